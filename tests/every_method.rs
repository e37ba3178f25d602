//! What holds for every method, on the tiny ResNet with seeded random weights: a finite map at every layer it is defined for
//! and with every way of asking, one pass for what can be shared, progress and cancelling through several runs; and Recipro-CAM
//! against its definition.

mod common;

use std::cell::RefCell;

use burn::tensor::{Device, Tensor, TensorData};
use camscope::cam::fusion::Fusion;
use camscope::cam::probe::Probe;
use camscope::cam::progress::Progress;
use camscope::cam::query::Channels;
use camscope::cam::target::{Target, softmax};
use camscope::cam::view::{Augmentation, View};
use camscope::cam::{Method, Work};
use camscope::device::ComputeDevice;
use camscope::error::Error;
use camscope::explainer::{ExplainOptions, Explainer, Picture};
use camscope::model::Layer;
use camscope::weights::manifest::{Block, Variant};
use common::{Random, explain, max_difference, noise, options, small_photo, tiny, tiny_of};
use futures_util::FutureExt;

fn with_layers(method: Method, layers: &[Layer]) -> ExplainOptions {
    let mut options = options(method, layers[0]);
    options.layers = layers.to_vec();
    options
}

#[test]
fn every_method_has_a_map_wherever_and_however_it_is_asked() {
    let explainer = Explainer::new(tiny(Variant::V1, ComputeDevice::cpu()));
    let contrastive = Target::Contrastive {
        class: 1,
        alpha: 0.5,
        against: 9,
    };
    let targets = [
        Target::Class(2),
        Target::Sum(vec![0, 3]),
        Target::Over { class: 4, over: 1 },
        contrastive,
    ];
    for method in Method::ALL {
        for (index, &layer) in Layer::ALL.iter().enumerate() {
            let mut options = options(method, layer);
            options.target = Some(targets[index % targets.len()].clone());
            for (eigen, reference) in [(false, false), (true, false), (true, true)] {
                options.smoothing.eigen = eigen;
                options.reference = reference;
                let found = explain(&explainer, &small_photo(), &options);
                let id = method.info().id;
                assert_eq!((found.map.width, found.map.height), (40, 40), "{id}");
                assert!(
                    found.map.values.iter().all(|v| (0.0..=1.0).contains(v)),
                    "{id}"
                );
                assert!(
                    found.signed.values.iter().all(|v| v.abs() <= 1.0 + 1e-6),
                    "{id}"
                );
                assert!(found.raw.values.iter().all(|v| v.is_finite()), "{id}");
                assert!(found.exact && found.fusion.is_none(), "{id}");
            }
        }
    }
}

#[test]
fn reciprocam_is_its_definition() {
    let size = [40, 56];
    for variant in [Variant::V1, Variant::V15] {
        let model = tiny(variant, ComputeDevice::cpu());
        let values = Random::new(5).values(3 * size[0] * size[1], 1.0);
        let view = pollster::block_on(View::new(&model, values, size)).expect("the network runs");
        for layer in Layer::ALL {
            let objective = Target::Class(3).resolve(&view.logits);
            let go_on = |_: Progress| async { true }.boxed_local();
            let query = common::query(layer, &objective, &Channels::All);
            let probe = Probe::new(&model, &view, query, &go_on);
            let found = pollster::block_on(Method::ReciproCam.saliency(&probe))
                .expect("a map")
                .raw;
            let features = model.net.features(view.input.clone(), layer);
            let shape = features.dims();
            let features: Vec<f32> = features.into_data().try_into_vec().expect("f32 numbers");
            let area = shape[2] * shape[3];
            // Every seventh place: they are many.
            for place in (0..area).step_by(7) {
                let mut alone = vec![0.0; features.len()];
                for channel in 0..shape[1] {
                    alone[channel * area + place] = features[channel * area + place];
                }
                let alone = Tensor::from_data(TensorData::new(alone, shape), &Device::flex());
                let logits: Vec<f32> = model
                    .net
                    .head(alone, layer)
                    .into_data()
                    .try_into_vec()
                    .expect("f32 numbers");
                let expected = softmax(&logits)[3] as f32;
                let off = (found.values[place] - expected).abs();
                assert!(
                    off < 1e-5,
                    "{variant:?} {} place {place}: off by {off}",
                    layer.id()
                );
            }
        }
    }
}

/// What the page says of dots in a map: a network of v1 reads every second row and column of a layer before a stride, and
/// any other reads these more than the rest.
#[test]
fn strides_leave_dots_in_every_network() {
    let networks = [
        (Block::Bottleneck, Variant::V1),
        (Block::Bottleneck, Variant::V15),
        (Block::Basic, Variant::V15),
    ];
    for (block, variant) in networks {
        let explainer = Explainer::new(tiny_of(block, variant, ComputeDevice::cpu()));
        for method in [Method::HiResCam, Method::LayerCam, Method::ReciproCam] {
            let mut sums = [0.0; 2];
            for class in 0..5 {
                let mut options = options(method, Layer::Layer1);
                options.target = Some(Target::Class(class));
                let raw = explain(&explainer, &noise(224, 224), &options).raw;
                let middle = raw.values.iter().sum::<f32>() / raw.values.len() as f32;
                for (place, value) in raw.values.iter().enumerate() {
                    let is_read = [place / raw.width, place % raw.width]
                        .iter()
                        .all(|at| at.is_multiple_of(2));
                    let far = value
                        - if method == Method::ReciproCam {
                            middle
                        } else {
                            0.0
                        };
                    sums[usize::from(is_read)] += far.abs() / if is_read { 1.0 } else { 3.0 };
                }
            }
            let between = sums[0] / sums[1];
            // Without dots it is about 1.
            let most = if variant == Variant::V1 { 0.1 } else { 0.7 };
            let id = method.info().id;
            assert!(between < most, "{block:?} {variant:?} {id}: {between}");
        }
    }
}

#[test]
fn a_gradient_is_computed_once_for_all_methods() {
    let explainer = Explainer::new(tiny(Variant::V1, ComputeDevice::cpu()));
    let passes = |method, target: usize| {
        let mut options = options(method, Layer::Layer2);
        options.target = Some(target.into());
        explain(&explainer, &small_photo(), &options).passes
    };
    assert_eq!(passes(Method::GradCam, 1), 1);
    assert_eq!(passes(Method::LayerCam, 1), 0);
    assert_eq!(passes(Method::LayerCam, 2), 1);
    assert_eq!(passes(Method::HiResCam, 1), 0);
}

/// What a method says that it takes is what it takes, at most; nothing only where it says so.
#[test]
fn a_method_takes_the_passes_that_it_says() {
    for method in Method::ALL {
        let info = method.info();
        for layer in Layer::ALL {
            let explainer = Explainer::new(tiny(Variant::V1, ComputeDevice::cpu()));
            let found = explain(&explainer, &small_photo(), &options(method, layer));
            let is_last = layer == Layer::Layer4;
            let gradient = usize::from(!is_last);
            let most = match info.work {
                Work::None => 0,
                Work::Gradient | Work::OwnGradient => gradient,
                Work::WholeGradient => 1,
                Work::Masks { count } => count + gradient,
                Work::Channels => found.scores.len(),
                Work::Ablations if is_last => 0,
                Work::Ablations => found.scores.len(),
                Work::Places => found.raw.values.len(),
            };
            let passes = found.passes;
            let place = format!("{} at {}: {passes} of {most}", info.id, layer.id());
            assert!(passes <= most, "{place}");
            assert_eq!(passes == 0, most == 0, "{place}");
        }
    }
}

#[test]
fn several_runs_report_as_one_and_stop_when_asked() {
    let explainer = Explainer::new(tiny(Variant::V15, ComputeDevice::cpu()));
    let mut options = with_layers(Method::ScoreCam, &[Layer::Layer3, Layer::Layer4]);
    options.fusion = Fusion::Product;
    options.smoothing.aug = true;
    let reports = RefCell::new(Vec::new());
    let note = |progress: Progress| {
        reports.borrow_mut().push(progress);
        async { true }.boxed_local()
    };
    let found =
        pollster::block_on(explainer.explain(&small_photo(), &options, &note)).expect("a map");
    let reports = reports.into_inner();
    assert!(reports.windows(2).all(|pair| pair[0].done <= pair[1].done));
    assert!(
        reports
            .iter()
            .all(|report| report.total == reports[0].total)
    );
    let last = reports.last().expect("there are reports");
    assert_eq!(last.done, last.total);
    let partials = reports.iter().filter_map(|report| report.partial.as_ref());
    assert!(partials.clone().count() > 0);
    assert!(partials.into_iter().all(|map| map.values.len() == 1600));
    assert_eq!(found.layers, options.layers);
    assert_eq!(found.fusion, Some(Fusion::Product));

    let seen = RefCell::new(0);
    let stop = |_: Progress| {
        *seen.borrow_mut() += 1;
        let go_on = *seen.borrow() < 5;
        async move { go_on }.boxed_local()
    };
    let cancelled = pollster::block_on(explainer.explain(&small_photo(), &options, &stop));
    assert_eq!(cancelled.expect_err("it was cancelled"), Error::Cancelled);
    assert_eq!(*seen.borrow(), 5, "nothing runs after the answer");
}

#[test]
fn impossible_questions_are_refused_in_kind() {
    let explainer = Explainer::new(tiny(Variant::V1, ComputeDevice::cpu()));
    let refuse = |options: &ExplainOptions| {
        let go_on = |_: Progress| async { true }.boxed_local();
        pollster::block_on(explainer.explain(&small_photo(), options, &go_on))
            .expect_err("impossible")
    };
    for layers in [&[][..], &[Layer::Layer2, Layer::Layer2]] {
        let mut options = options(Method::GradCam, Layer::Layer4);
        options.layers = layers.to_vec();
        assert!(matches!(refuse(&options), Error::Layer(_)));
    }
    let mut options = options(Method::GradCam, Layer::Layer4);
    options.target = Some(Target::Over { class: 0, over: 5 });
    let missing = Error::Class {
        class: 5,
        classes: 5,
    };
    assert_eq!(refuse(&options), missing);
    options.target = Some(Target::Sum(vec![1, 1]));
    assert!(matches!(refuse(&options), Error::Option(_)));
}

#[test]
fn mirroring_the_picture_mirrors_a_map_smoothed_by_augmentation() {
    let explainer = Explainer::new(tiny(Variant::V15, ComputeDevice::cpu()));
    let Picture::Rgba {
        width,
        height,
        data,
    } = small_photo()
    else {
        unreachable!("the photo is raw pixels");
    };
    let rows = data.chunks_exact(4 * width as usize);
    let mirrored = rows.flat_map(|row| row.chunks_exact(4).rev().flatten().copied());
    let mirror = Picture::Rgba {
        width,
        height,
        data: mirrored.collect(),
    };
    let mut options = options(Method::GradCam, Layer::Layer3);
    options.target = Some(Target::Class(1));
    options.smoothing.aug = true;
    let found = explain(&explainer, &small_photo(), &options);
    let other = explain(&explainer, &mirror, &options);
    assert!(max_difference(&found.map.values, &other.map.mirrored().values) < 1e-4);
    assert!(max_difference(&found.signed.values, &other.signed.mirrored().values) < 1e-4);
}

/// With augmentation and no target, reference mode asks of each variant what its top class is; the default explains one class.
#[test]
fn each_variant_has_its_own_top_class_in_reference_mode() {
    let model = tiny(Variant::V15, ComputeDevice::cpu());
    let explainer = Explainer::new(tiny(Variant::V15, ComputeDevice::cpu()));
    let mut random = Random::new(5);
    let top = |view: &View| {
        let logits = view.logits.iter().enumerate();
        logits
            .max_by(|a, b| a.1.total_cmp(b.1))
            .expect("there are classes")
            .0
    };
    // A picture whose variants do not all have the same.
    let (view, variants) = (0..200)
        .find_map(|_| {
            let values = random.values(3 * 32 * 32, 2.0);
            let view = pollster::block_on(View::new(&model, values, [32, 32])).expect("a view");
            let variants = Augmentation::ALL.map(|augmentation| {
                let variant = pollster::block_on(view.augmented(&model, augmentation));
                (augmentation.mirrored, variant.expect("a variant"))
            });
            let differ = variants
                .iter()
                .any(|(_, variant)| top(variant) != top(&view));
            differ.then_some((view, variants))
        })
        .expect("one of two hundred");
    let map = |view: &View, options: &ExplainOptions| {
        let go_on = |_: Progress| async { true }.boxed_local();
        pollster::block_on(explainer.explain_view(view, options, &go_on))
            .expect("a map")
            .map
    };
    let mean_of = |class: &dyn Fn(&View) -> usize| {
        let mut mean = vec![0.0; 32 * 32];
        for (mirrored, variant) in &variants {
            let mut options = options(Method::GradCam, Layer::Layer3);
            options.target = Some(class(variant).into());
            let map = map(variant, &options);
            let map = if *mirrored { map.mirrored() } else { map };
            mean.iter_mut()
                .zip(&map.values)
                .for_each(|(sum, v)| *sum += v / 6.0);
        }
        mean
    };
    let mut options = options(Method::GradCam, Layer::Layer3);
    options.smoothing.aug = true;
    let default = map(&view, &options).values;
    options.reference = true;
    let reference = map(&view, &options).values;
    assert!(max_difference(&default, &mean_of(&|_| top(&view))) < 1e-4);
    assert!(max_difference(&reference, &mean_of(&top)) < 1e-4);
    assert!(max_difference(&reference, &default) > 1e-3);
}
