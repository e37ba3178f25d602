//! What must hold for every map, picture and number, whatever its size and values, NaN and infinity included.

mod common;

use camscope::cam::Method;
use camscope::cam::progress::Progress;
use camscope::error::Error;
use camscope::explainer::measure::{MeasureOptions, Metric};
use camscope::explainer::{ExplainOptions, Explainer};
use camscope::heatmap::Heatmap;
use camscope::metrics::agreement::Agreement;
use camscope::metrics::baseline::Baseline;
use camscope::metrics::confidence::Confidence;
use camscope::metrics::focus::{Focus, Inside, Region};
use camscope::metrics::statistics::Aggregate;
use camscope::model::Layer;
use camscope::palette::PALETTES;
use camscope::preprocess::{self, Crop};
use camscope::weights::manifest::{ChannelOrder, Preprocessing};
use futures_util::FutureExt;
use image::RgbImage;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};

/// The same cases on every machine; `PROPTEST_CASES` asks for more of them.
fn settings() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(6),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn map_of(value: impl Strategy<Value = f32> + Clone) -> impl Strategy<Value = Heatmap> {
    (1..20usize, 1..20usize).prop_flat_map(move |(width, height)| {
        prop::collection::vec(value.clone(), width * height)
            .prop_map(move |values| Heatmap::new(width, height, values))
    })
}

/// Any bits at all.
fn any_map() -> impl Strategy<Value = Heatmap> {
    map_of(prop_oneof![
        3 => prop::num::f32::ANY,
        1 => -1.0..1.0f32,
        1 => Just(0.0f32),
    ])
}

fn tame_map() -> impl Strategy<Value = Heatmap> {
    map_of(-10.0..10.0f32)
}

fn mirrored(map: &Heatmap) -> Heatmap {
    let rows = map.values.chunks(map.width);
    let values = rows.flat_map(|row| row.iter().rev().copied()).collect();
    Heatmap::new(map.width, map.height, values)
}

fn is_share(value: f64) -> bool {
    (0.0..=1.0 + 1e-9).contains(&value)
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn a_resized_map_stays_within_its_range(map in tame_map(), width in 1..50usize, height in 1..50usize) {
        let resized = map.resize(width, height);
        prop_assert_eq!((resized.width, resized.height), (width, height));
        prop_assert_eq!(resized.values.len(), width * height);
        let (min, max) = map.range();
        // Rounding of two interpolations.
        prop_assert!(resized.values.iter().all(|&v| v >= min - 1e-5 && v <= max + 1e-5));
    }

    #[test]
    fn resizing_to_the_same_size_changes_nothing(map in tame_map()) {
        prop_assert_eq!(map.resize(map.width, map.height), map);
    }

    #[test]
    fn resizing_and_mirroring_commute(map in tame_map(), width in 1..50usize, height in 1..50usize) {
        let one = mirrored(&map.resize(width, height));
        let other = mirrored(&map).resize(width, height);
        for (a, b) in one.values.iter().zip(&other.values) {
            prop_assert!((a - b).abs() < 1e-4, "{} {}", a, b);
        }
    }

    #[test]
    fn resizing_survives_any_value(map in any_map(), width in 1..50usize, height in 1..50usize) {
        prop_assert_eq!(map.resize(width, height).values.len(), width * height);
    }

    #[test]
    fn a_final_map_lies_between_zero_and_one(map in any_map(), width in 1..50usize, height in 1..50usize) {
        let last = map.finish(width, height);
        prop_assert!(last.values.iter().all(|v| (0.0..=1.0).contains(v)), "{:?}", last.range());
        if !map.values.iter().any(|v| v.is_finite() && *v > 0.0) {
            prop_assert!(last.is_blank());
        }
    }

    #[test]
    fn a_final_map_does_not_depend_on_the_maps_scale(map in tame_map(), power in -3..4i32) {
        let factor = 2f32.powi(power);
        let scaled = map.values.iter().map(|v| v * factor).collect();
        let scaled = Heatmap::new(map.width, map.height, scaled).finish(30, 20);
        let (_, max) = map.range();
        // Below that the constant that keeps the scaling finite shows.
        prop_assume!(max > 0.1);
        for (a, b) in map.finish(30, 20).values.iter().zip(&scaled.values) {
            prop_assert!((a - b).abs() < 1e-3, "{} {}", a, b);
        }
    }

    #[test]
    fn numbers_of_any_map_are_shares(map in any_map()) {
        let focus = Focus::of(&map);
        for share in [focus.above_half, focus.half_heat, focus.effective_area, focus.gini, focus.centre[0], focus.centre[1]] {
            prop_assert!(is_share(share), "{:?}", focus);
        }
        let n = map.values.len() as f64;
        let pixel = 1.0 / n - 1e-9;
        if map.values.iter().any(|v| v.is_finite() && *v > 0.0) {
            prop_assert!(focus.half_heat >= pixel && focus.effective_area >= pixel && focus.above_half >= pixel);
            // The hotter half of the pixels holds half of the heat.
            prop_assert!(focus.half_heat <= (n / 2.0).ceil() / n + 1e-9, "{:?}", focus);
        }
    }

    #[test]
    fn focus_does_not_depend_on_scale_and_mirrors_with_the_map(map in tame_map(), power in -3..4i32) {
        let scaled = map.values.iter().map(|v| v * 2f32.powi(power)).collect();
        let focus = Focus::of(&map);
        let same = Focus::of(&Heatmap::new(map.width, map.height, scaled));
        let other = Focus::of(&mirrored(&map));
        for (a, b) in [
            (focus.gini, same.gini), (focus.effective_area, same.effective_area), (focus.half_heat, same.half_heat),
            (focus.gini, other.gini), (focus.centre[0], 1.0 - other.centre[0]), (focus.centre[1], other.centre[1]),
        ] {
            prop_assert!((a - b).abs() < 1e-9, "{:?} {:?} {:?}", focus, same, other);
        }
    }

    #[test]
    fn any_region_holds_a_share(
        map in any_map(),
        [x, y, width, height] in prop::array::uniform4(prop::num::f64::ANY),
    ) {
        let region = Region::Box { x, y, width, height };
        let inside = Inside::of(&map, &region).expect("a box fits any map");
        prop_assert!(is_share(inside.energy) && is_share(inside.area), "{:?}", inside);
    }

    #[test]
    fn any_mask_holds_a_share(map in any_map(), mask in any_map()) {
        let fits = (map.width, map.height) == (mask.width, mask.height);
        match Inside::of(&map, &Region::Mask(mask)) {
            Ok(inside) => prop_assert!(fits && is_share(inside.energy) && is_share(inside.area), "{:?}", inside),
            Err(_) => prop_assert!(!fits),
        }
        let own = Inside::of(&map, &Region::Mask(map.clone())).expect("a map fits itself");
        prop_assert!(is_share(own.energy) && is_share(own.area), "{:?}", own);
    }

    #[test]
    fn two_halves_hold_all(map in tame_map(), cut in 0.0..20.0f64) {
        let part = |x, width| {
            let region = Region::Box { x, y: 0.0, width, height: 100.0 };
            Inside::of(&map, &region).expect("a box fits any map")
        };
        let (left, right, whole) = (part(0.0, cut), part(cut, 100.0), part(0.0, 100.0));
        prop_assert!((left.energy + right.energy - whole.energy).abs() < 1e-9);
        prop_assert!((left.area + right.area - 1.0).abs() < 1e-9 && whole.area == 1.0);
        prop_assert_eq!(left.peak || right.peak, whole.peak);
    }

    #[test]
    fn agreement_is_symmetric_and_within_its_range(
        (a, b) in (1..20usize, 1..20usize).prop_flat_map(|(width, height)| {
            let one = prop::collection::vec(prop::num::f32::ANY, width * height);
            let two = prop::collection::vec(prop_oneof![prop::num::f32::ANY, Just(0.5f32)], width * height);
            (one, two).prop_map(move |(a, b)| (Heatmap::new(width, height, a), Heatmap::new(width, height, b)))
        })
    ) {
        let one = Agreement::of(&a, &b).expect("the sizes agree");
        let other = Agreement::of(&b, &a).expect("the sizes agree");
        prop_assert!(one.pearson.abs() <= 1.0 + 1e-9 && one.spearman.abs() <= 1.0 + 1e-9, "{:?}", one);
        prop_assert!(is_share(one.iou));
        for (a, b) in [(one.pearson, other.pearson), (one.spearman, other.spearman), (one.iou, other.iou)] {
            prop_assert!((a - b).abs() < 1e-9, "{:?} {:?}", one, other);
        }
    }

    #[test]
    fn ranks_do_not_change_under_a_rising_function(map in tame_map()) {
        let risen = map.values.iter().map(|v| v.exp()).collect();
        let risen = Heatmap::new(map.width, map.height, risen);
        let found = Agreement::of(&map, &risen).expect("the sizes agree");
        let is_constant = risen.values.iter().all(|v| *v == risen.values[0]);
        // Rounding may make two neighbours equal.
        prop_assert!(is_constant || found.spearman > 1.0 - 1e-3, "{:?}", found);
        prop_assert!(is_constant || found.iou > 0.9, "{:?}", found);
    }

    #[test]
    fn confidence_is_lost_or_gained_but_not_both(before in 0.0..=1.0f32, after in 0.0..=1.0f32) {
        let confidence = Confidence { before, after };
        prop_assert!((0.0..=1.0).contains(&confidence.drop()));
        prop_assert!(!(confidence.increase() && confidence.drop() > 0.0));
        prop_assert_eq!(confidence.increase(), after > before);
    }

    /// A report's numbers over all pictures, whatever its table holds.
    #[test]
    fn statistics_of_any_numbers_are_in_order(
        values in prop::collection::vec(prop::collection::vec(prop_oneof![
            4 => -10.0..10.0f64,
            1 => Just(0.5f64),
            1 => Just(f64::NAN),
            1 => prop::num::f64::ANY,
            1 => prop::sample::select(vec![f64::INFINITY, f64::NEG_INFINITY]),
        ], 7), 1..4),
    ) {
        let names: Vec<String> = (0..values.len()).map(|i| i.to_string()).collect();
        let found = Aggregate::of(&names, &values, true, 1).expect("the table is regular");
        for (group, values) in found.groups.iter().zip(&values) {
            let given: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
            prop_assert_eq!(group.n, given.len());
            let has = |value| given.contains(&value);
            let sides = (has(f64::NEG_INFINITY), has(f64::INFINITY));
            let tame = given.iter().all(|v| v.abs() < 1e300);
            // What is infinite is not told as if it were a number.
            prop_assert!(!tame || group.mean.is_finite() != given.is_empty());
            prop_assert!(sides == (false, false) || !group.mean.is_finite());
            if group.n < 2 || sides == (true, true) {
                prop_assert!(group.low.is_nan() && group.high.is_nan(), "{:?}", group);
            } else if tame || sides.0 || sides.1 {
                let slack = 1e-9 * given.iter().filter(|v| v.is_finite()).fold(1.0f64, |most, v| most.max(v.abs()));
                prop_assert!(group.low <= group.mean + slack && group.mean <= group.high + slack, "{:?}", group);
            }
            prop_assert!(group.rank.is_nan() || (1.0..=names.len() as f64).contains(&group.rank));
        }
        for pair in &found.pairs {
            prop_assert!(pair.n == 0 || is_share(pair.p), "{:?}", pair);
        }
    }

    #[test]
    fn control_maps_of_any_size_know_nothing_but_it(width in 1..400usize, height in 1..400usize, seed in any::<u64>()) {
        for kind in [Baseline::Gaussian, Baseline::Random { seed }] {
            let map = kind.map(width, height).expect("the size is fine");
            prop_assert_eq!((map.width, map.height, map.values.len()), (width, height, width * height));
            prop_assert!(map.values.iter().all(|v| (0.0..=1.0).contains(v)), "{:?}", map.range());
            prop_assert_eq!(&map, &kind.map(width, height).expect("the size is fine"));
        }
        let gaussian = Baseline::Gaussian.map(width, height).expect("the size is fine");
        let upside_down: Vec<f32> = gaussian.values.iter().rev().copied().collect();
        for other in [mirrored(&gaussian).values, upside_down] {
            for (a, b) in gaussian.values.iter().zip(&other) {
                prop_assert!((a - b).abs() < 1e-5, "{} {}", a, b);
            }
        }
        // Nowhere is it hotter than in the middle.
        let middle = gaussian.values[height / 2 * width + width / 2];
        prop_assert!(gaussian.values.iter().all(|v| *v <= middle + 1e-5));
        if width > 64 && height > 64 {
            let other = Baseline::Random { seed: seed.wrapping_add(1) };
            prop_assert_ne!(
                Baseline::Random { seed }.map(width, height).expect("the size is fine").values,
                other.map(width, height).expect("the size is fine").values
            );
        }
    }

    #[test]
    fn control_maps_of_impossible_sizes_are_refused(side in prop_oneof![Just(0usize), 4097..usize::MAX], other in 1..4097usize) {
        for (width, height) in [(side, other), (other, side)] {
            for kind in [Baseline::Gaussian, Baseline::Random { seed: 1 }] {
                prop_assert!(matches!(kind.map(width, height), Err(Error::Option(_))));
            }
        }
    }

    #[test]
    fn the_network_sees_a_part_of_any_picture(
        width in 1..300u32,
        height in 1..300u32,
        crop in prop::sample::select(vec![Crop::Center, Crop::Squash, Crop::Full]),
        colour in prop::array::uniform3(any::<u8>()),
        (side, more) in (1..40u32, 0..20u32),
    ) {
        let how = Preprocessing {
            resize: side + more,
            crop: side,
            channel_order: ChannelOrder::Bgr,
            scale: 1.0,
            mean: [0.0; 3],
            std: [1.0; 3],
        };
        let picture = RgbImage::from_pixel(width, height, image::Rgb(colour));
        let input = preprocess::crop(&picture, crop, &how);
        let frame = input.crop;
        prop_assert!(frame.x >= 0.0 && frame.y >= 0.0 && frame.width > 0.0 && frame.height > 0.0);
        prop_assert!(frame.x + frame.width <= f64::from(width) + 1e-6, "{:?}", frame);
        prop_assert!(frame.y + frame.height <= f64::from(height) + 1e-6, "{:?}", frame);
        if crop != Crop::Full {
            prop_assert_eq!(input.pixels.dimensions(), (side, side));
        }
        // Whatever is done to one colour, it stays that colour, blue first here.
        let values = preprocess::normalize(&input.pixels, &how);
        let plane = values.len() / 3;
        for (channel, colour) in colour.iter().rev().enumerate() {
            let found = &values[channel * plane..][..plane];
            prop_assert!(found.iter().all(|v| (v - f32::from(*colour)).abs() <= 1.0));
        }
    }

    #[test]
    fn raw_pixels_fit_their_size_or_are_refused(width in 0..40u32, height in 0..40u32, bytes in 0..6400usize) {
        let fits = width > 0 && height > 0 && bytes == (4 * width * height) as usize;
        prop_assert_eq!(preprocess::from_rgba(width, height, vec![200; bytes]).is_ok(), fits);
        let exact = vec![200; (4 * width * height) as usize];
        prop_assert_eq!(preprocess::from_rgba(width, height, exact).is_ok(), width > 0 && height > 0);
    }
}

#[test]
fn every_palette_has_a_colour_for_every_value() {
    for palette in PALETTES {
        let table = palette.table();
        assert_eq!(table.len(), 256 * 3, "{}", palette.id);
        let steps = table.chunks(3).zip(table[3..].chunks(3));
        let jump = steps
            .map(|(a, b)| {
                a.iter()
                    .zip(b)
                    .map(|(a, b)| a.abs_diff(*b))
                    .max()
                    .unwrap_or(0)
            })
            .max();
        // No edges where the values have none.
        assert!(jump < Some(24), "{}: {jump:?}", palette.id);
    }
}

/// Measures of any map at all, asked of a network: in their ranges, or refused in kind.
#[test]
fn measures_of_any_map_stay_in_their_ranges() {
    let explainer = Explainer::new(common::tiny_default());
    let photo = common::noise(48, 40);
    let input = explainer.input(&photo, Crop::Center).expect("a picture");
    let (width, height) = input.pixels.dimensions();
    let (width, height) = (width as usize, height as usize);
    let value = prop_oneof![
        3 => prop::num::f32::ANY,
        3 => 0.0..1.0f32,
        2 => Just(0.0f32),
        1 => Just(f32::NAN),
        1 => Just(f32::INFINITY),
    ];
    let values = prop_oneof![
        prop::collection::vec(value, width * height),
        prop::collection::vec(0.0..1.0f32, width * height),
        Just(vec![0.0; width * height]),
        Just(vec![f32::NAN; width * height]),
    ];
    let settings = ProptestConfig {
        cases: 48,
        ..settings()
    };
    let all = [
        Metric::Confidence,
        Metric::Deletion,
        Metric::Insertion,
        Metric::Road,
        Metric::Adcc,
        Metric::Arcc,
    ];
    let options = MeasureOptions {
        metrics: all.to_vec(),
        steps: 3,
        explain: Some(ExplainOptions::new(Method::GradCam, Layer::Layer4)),
        ..MeasureOptions::default()
    };
    let mut runner = TestRunner::new(settings);
    let outcome = runner.run(&values, |values| {
        let map = Heatmap::new(width, height, values);
        let go_on = |_: Progress| async { true }.boxed_local();
        let found = pollster::block_on(explainer.measure(&photo, &map, &options, &go_on));
        let found = match found {
            Err(Error::Option(_)) => return Ok(()),
            found => found.expect("measured, or refused in kind"),
        };
        for curve in [found.deletion, found.insertion] {
            let curve = curve.expect("it was asked for");
            prop_assert!(is_share(curve.area), "{}", curve.area);
        }
        let road = found.road.expect("it was asked for");
        let combined = road.combined();
        prop_assert!((-1.0..=1.0).contains(&combined), "ROAD {}", combined);
        let adcc = found.adcc.expect("it was asked for");
        for number in [
            adcc.adcc,
            adcc.coherency,
            adcc.complexity,
            adcc.average_drop,
        ] {
            prop_assert!(is_share(number), "{adcc:?}");
        }
        let arcc = found.arcc.expect("it was asked for");
        for number in [arcc.arcc, arcc.coherency, arcc.sparsity, arcc.road] {
            prop_assert!(is_share(number), "{arcc:?}");
        }
        let confidence = found.confidence.expect("it was asked for");
        prop_assert!(is_share(f64::from(confidence.drop())));
        Ok(())
    });
    outcome.expect("every map");
}

/// The network with its weights drawn anew, by any seed, for any picture, method and layer.
#[test]
fn a_network_that_forgets_gives_maps_all_the_same() {
    let explainer = Explainer::new(common::tiny_default());
    let cases = (
        any::<u64>(),
        (1..90u32, 1..90u32),
        prop::sample::select(vec![
            Method::GradCam,
            Method::GradCamPlusPlus,
            Method::LayerCam,
            Method::EigenCam,
        ]),
        prop::sample::select(Layer::ALL.to_vec()),
    );
    let settings = ProptestConfig {
        cases: 24,
        ..settings()
    };
    let mut runner = TestRunner::new(settings);
    let outcome = runner.run(&cases, |(seed, (width, height), method, layer)| {
        let photo = common::noise(width, height);
        let options = ExplainOptions::new(method, layer);
        let go_on = |_: Progress| async { true }.boxed_local();
        let check = |seed| {
            let found = pollster::block_on(explainer.sanity(&photo, &options, seed, &go_on));
            found.expect("the maps are made")
        };
        let known = || common::explain(&explainer, &photo, &options).map;
        let before = known();
        let found = check(seed);
        prop_assert_eq!(found.stages.len(), 6);
        for (step, map) in found.stages.iter().zip(&found.maps) {
            prop_assert!(
                step.pearson.abs() <= 1.0 + 1e-9 && step.spearman.abs() <= 1.0 + 1e-9,
                "{:?}",
                step
            );
            prop_assert_eq!((map.width, map.height), (before.width, before.height));
            prop_assert!(
                map.values.iter().all(|v| (0.0..=1.0).contains(v)),
                "{:?}",
                map.range()
            );
        }
        // The same seed draws the same weights; another others, in all parts.
        prop_assert_eq!(&check(seed).maps, &found.maps);
        prop_assert_ne!(&check(seed.wrapping_add(99)).maps, &found.maps);
        // The network itself has forgotten nothing.
        prop_assert_eq!(known(), before);
        Ok(())
    });
    outcome.expect("maps in order");
}
