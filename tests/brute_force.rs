//! Every shortcut against its definition, spelt out naively, on a tiny ResNet with seeded random weights: closed
//! forms, skipped and shared passes, batching and budgets.

mod common;

use burn::tensor::{Device, Tensor, TensorData};
use camscope::cam::probe::Probe;
use camscope::cam::progress::Progress;
use camscope::cam::query::{Channels, Query};
use camscope::cam::target::Target;
use camscope::cam::view::View;
use camscope::cam::{Method, Saliency};
use camscope::device::ComputeDevice;
use camscope::model::Layer;
use camscope::model::loader::Model;
use camscope::weights::manifest::{Block, Variant};
use common::{Random, max_difference, positive, tiny, tiny_of};
use futures_util::FutureExt;

const VARIANTS: [Variant; 2] = [Variant::V1, Variant::V15];
const SIZE: [usize; 2] = [40, 56];

/// A model and a seeded random input, seen by it.
fn scene(variant: Variant) -> (Model, View) {
    seen(tiny(variant, ComputeDevice::cpu()))
}

fn seen(model: Model) -> (Model, View) {
    let values = Random::new(3).values(3 * SIZE[0] * SIZE[1], 1.0);
    let view = pollster::block_on(View::new(&model, values, SIZE)).expect("the network runs");
    (model, view)
}

fn saliency(
    method: Method,
    model: &Model,
    view: &View,
    (layer, target): (Layer, impl Into<Target>),
    channels: &Channels,
) -> Saliency {
    let go_on = |_: Progress| async { true }.boxed_local();
    let objective = target.into().resolve(&view.logits);
    let query = common::query(layer, &objective, channels);
    let probe = Probe::new(model, view, query, &go_on);
    pollster::block_on(method.saliency(&probe)).expect("the map is computed")
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().expect("f32 numbers")
}

/// Activations of a layer by the public `features`, with their size.
fn activations(model: &Model, view: &View, layer: Layer) -> (Vec<f32>, [usize; 3]) {
    let tensor = model.net.features(view.input.clone(), layer);
    let [_, channels, height, width] = tensor.dims();
    (numbers(tensor), [channels, height, width])
}

fn score_of(
    model: &Model,
    values: Vec<f32>,
    [channels, height, width]: [usize; 3],
    layer: Layer,
    class: usize,
) -> f32 {
    let data = TensorData::new(values, [1, channels, height, width]);
    numbers(
        model
            .net
            .head(Tensor::from_data(data, &Device::flex()), layer),
    )[class]
}

fn weighted(values: &[f32], weights: &[f64], area: usize) -> Vec<f32> {
    let cell = |cell: usize| -> f64 {
        weights
            .iter()
            .enumerate()
            .map(|(channel, weight)| weight * f64::from(values[channel * area + cell]))
            .sum()
    };
    (0..area).map(|index| cell(index) as f32).collect()
}

fn relative(values: &[f32], reference: &[f32]) -> f32 {
    let scale = reference
        .iter()
        .fold(0.0_f32, |scale, v| scale.max(v.abs()));
    max_difference(values, reference) / scale
}

#[test]
fn layers_have_the_sizes_that_are_announced() {
    for variant in VARIANTS {
        let (model, view) = scene(variant);
        for layer in Layer::ALL {
            let (_, [channels, height, width]) = activations(&model, &view, layer);
            assert_eq!(channels, model.net.channels(layer));
            let resolution = |side| camscope::model::resnet::ResNet::resolution(layer, side);
            assert_eq!([height, width], SIZE.map(resolution), "{}", layer.id());
        }
    }
}

#[test]
fn head_continues_where_features_stop() {
    let (model, view) = scene(Variant::V1);
    let whole = numbers(model.net.forward(view.input.clone()));
    assert_eq!(whole, view.logits);
    for layer in Layer::ALL {
        let logits = numbers(
            model
                .net
                .head(model.net.features(view.input.clone(), layer), layer),
        );
        assert!(max_difference(&logits, &whole) < 1e-5, "{}", layer.id());
    }
}

#[test]
fn the_variants_differ() {
    let logits = VARIANTS.map(|variant| scene(variant).1.logits);
    assert!(
        max_difference(&logits[0], &logits[1]) > 1e-3,
        "the stride's place must matter"
    );
}

#[test]
fn gradcam_weights_are_the_slopes_of_the_score() {
    for variant in VARIANTS {
        let (model, view) = scene(variant);
        for (layer, class) in Layer::ALL.into_iter().zip([0, 1, 2, 3, 4]) {
            let found = saliency(
                Method::GradCam,
                &model,
                &view,
                (layer, class),
                &Channels::All,
            );
            let (values, shape) = activations(&model, &view, layer);
            let area = shape[1] * shape[2];
            // Raising a whole channel by h changes the score by h · Σ gradient = h · area · weight, so long as no
            // ReLU behind changes sides; central differences in f32 allow for a few per cent.
            let step = 1e-3;
            let slope = |channel: usize| {
                let moved = |by: f32| {
                    let mut values = values.clone();
                    values[channel * area..][..area]
                        .iter_mut()
                        .for_each(|v| *v += by);
                    score_of(&model, values, shape, layer, class)
                };
                (moved(step) - moved(-step)) / (2.0 * step * area as f32)
            };
            let slopes: Vec<f32> = (0..shape[0]).map(slope).collect();
            let error = relative(&found.weights, &slopes);
            assert!(
                error < 0.05,
                "{variant:?} {}: weights are off by {error}",
                layer.id()
            );
        }
    }
}

/// Logits with one channel of a layer set to zero.
fn logits_without(
    model: &Model,
    (values, shape): (&[f32], [usize; 3]),
    layer: Layer,
    channel: usize,
) -> Vec<f32> {
    let [channels, height, width] = shape;
    let mut values = values.to_vec();
    values[channel * height * width..][..height * width].fill(0.0);
    let data = TensorData::new(values, [1, channels, height, width]);
    numbers(
        model
            .net
            .head(Tensor::from_data(data, &Device::flex()), layer),
    )
}

/// Networks of either stride variant and either kind of blocks.
fn ablated_networks() -> [Model; 3] {
    [
        (Block::Bottleneck, Variant::V1),
        (Block::Bottleneck, Variant::V15),
        (Block::Basic, Variant::V15),
    ]
    .map(|(block, variant)| tiny_of(block, variant, ComputeDevice::cpu()))
}

/// A target's value of a pass's logits.
type Formula = Box<dyn Fn(&[f32]) -> f32>;

/// Targets of each kind with their formulas spelt out; `logits`: those of the input as it is, which choose the contrastive
/// target's classes.
fn targets(logits: &[f32]) -> Vec<(Target, Formula)> {
    let distance = |other: &usize| (logits[*other] - logits[2]).abs();
    let mut others = [0, 1, 3, 4];
    others.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
    let nearest = [others[0], others[1]];
    let contrast = move |z: &[f32]| {
        let z: Vec<f64> = z.iter().copied().map(f64::from).collect();
        let total: f64 = z.iter().map(|z| z.exp()).sum();
        let share = nearest.map(|other| z[other].exp() / total);
        let ahead = nearest.map(|other| z[2] - 0.75 * z[other]);
        let sum = share[0] * ahead[0] + share[1] * ahead[1];
        (sum / (share[0] + share[1] + 1e-9)) as f32
    };
    let contrastive = Target::Contrastive {
        class: 2,
        alpha: 0.75,
        against: 2,
    };
    vec![
        (Target::Class(1), Box::new(|z| z[1])),
        (Target::Class(4), Box::new(|z| z[4])),
        (Target::Sum(vec![0, 3, 4]), Box::new(|z| z[0] + z[3] + z[4])),
        (
            Target::Over { class: 0, over: 2 },
            Box::new(|z| z[0] - z[2]),
        ),
        (
            Target::Over { class: 2, over: 0 },
            Box::new(|z| z[2] - z[0]),
        ),
        (contrastive, Box::new(contrast)),
    ]
}

#[test]
fn ablationcam_is_its_definition() {
    for model in ablated_networks() {
        let (model, view) = seen(model);
        let architecture = &model.manifest.architecture;
        for layer in Layer::ALL {
            let (values, shape) = activations(&model, &view, layer);
            let area = shape[1] * shape[2];
            let without: Vec<Vec<f32>> = (0..shape[0])
                .map(|channel| logits_without(&model, (&values, shape), layer, channel))
                .collect();
            for (target, formula) in targets(&view.logits) {
                let what = format!("{architecture:?} {} {target:?}", layer.id());
                let found = saliency(
                    Method::AblationCam,
                    &model,
                    &view,
                    (layer, target),
                    &Channels::All,
                );
                let scores: Vec<f32> = without.iter().map(|logits| formula(logits)).collect();
                let difference = max_difference(&found.scores, &scores);
                assert!(difference < 1e-4, "{what}: scores are off by {difference}");
                let score = formula(&view.logits);
                let weights: Vec<f64> = scores
                    .iter()
                    .map(|ablated| f64::from((score - ablated) / score.abs()))
                    .collect();
                let error = relative(&found.raw.values, &weighted(&values, &weights, area));
                assert!(error < 1e-3, "{what}: the map is off by {error}");
            }
        }
    }
}

/// As `AblationLayer.__call__` of pytorch-grad-cam, which loops over the pictures of a batch.
#[test]
fn reference_mode_ablates_as_the_reference_where_no_activation_is_0() {
    let model = positive();
    let values = Random::new(3).values(3 * SIZE[0] * SIZE[1], 1.0);
    let values = values.into_iter().map(f32::abs).collect();
    let view = pollster::block_on(View::new(&model, values, SIZE)).expect("the network runs");
    let objective = Target::Class(1).resolve(&view.logits);
    let go_on = |_: Progress| async { true }.boxed_local();
    for layer in Layer::ALL {
        let (values, shape) = activations(&model, &view, layer);
        let area = shape[1] * shape[2];
        let mut least = values.iter().copied().fold(f32::INFINITY, f32::min);
        assert!(least > 0.0, "{}: {least}", layer.id());
        let scores = (0..shape[0]).map(|channel| {
            least -= 1e7;
            let mut values = values.clone();
            values[channel * area..][..area].fill(least);
            score_of(&model, values, shape, layer, 1)
        });
        let scores: Vec<f32> = scores.collect();
        let query = Query {
            reference: true,
            ..common::query(layer, &objective, &Channels::All)
        };
        let probe = Probe::new(&model, &view, query, &go_on);
        let found = pollster::block_on(Method::AblationCam.saliency(&probe));
        let found = found.expect("the map is computed");
        let error = relative(&found.scores, &scores);
        assert!(error < 1e-5, "{}: scores are off by {error}", layer.id());
        let score = view.logits[1];
        let weights: Vec<f64> = scores
            .iter()
            .map(|ablated| f64::from((score - ablated) / score))
            .collect();
        let error = relative(&found.raw.values, &weighted(&values, &weights, area));
        assert!(error < 1e-5, "{}: the map is off by {error}", layer.id());
    }
}

#[test]
fn a_channel_is_taken_from_the_next_block_as_if_it_were_zero() {
    for model in ablated_networks() {
        let (model, view) = seen(model);
        let architecture = &model.manifest.architecture;
        for layer in Layer::ALL {
            let (values, shape) = activations(&model, &view, layer);
            let channels: Vec<usize> = (0..shape[0]).rev().collect();
            let features = model.net.features(view.input.clone(), layer);
            let found = numbers(model.net.head_without(&features, &channels, layer));
            let expected: Vec<f32> = channels
                .iter()
                .flat_map(|&channel| logits_without(&model, (&values, shape), layer, channel))
                .collect();
            let difference = max_difference(&found, &expected);
            assert!(
                difference < 1e-4,
                "{architecture:?} {}: logits are off by {difference}",
                layer.id()
            );
        }
    }
}

/// The mask by `torch.nn.functional.interpolate(…, align_corners=True)`'s definition, pixel by pixel.
fn mask(plane: &[f32], [h, w]: [usize; 2], [height, width]: [usize; 2]) -> Vec<f32> {
    let at = |y: usize, x: usize| plane[y.min(h - 1) * w + x.min(w - 1)];
    let mut mask = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let fy = y as f32 * (h - 1) as f32 / (height - 1) as f32;
            let fx = x as f32 * (w - 1) as f32 / (width - 1) as f32;
            let (iy, ix) = (fy as usize, fx as usize);
            let (dy, dx) = (fy - iy as f32, fx - ix as f32);
            let top = at(iy, ix) * (1.0 - dx) + at(iy, ix + 1) * dx;
            let bottom = at(iy + 1, ix) * (1.0 - dx) + at(iy + 1, ix + 1) * dx;
            mask.push(top * (1.0 - dy) + bottom * dy);
        }
    }
    let min = mask.iter().copied().fold(f32::INFINITY, f32::min);
    let max = mask.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    mask.iter()
        .map(|v| (v - min) / (max - min + 1e-8))
        .collect()
}

#[test]
fn scorecam_is_its_definition() {
    for variant in VARIANTS {
        let (model, view) = scene(variant);
        let input = numbers(view.input.clone());
        for layer in Layer::ALL {
            let (values, shape) = activations(&model, &view, layer);
            let area = shape[1] * shape[2];
            let through = |channel: usize| {
                let mask = mask(
                    &values[channel * area..][..area],
                    [shape[1], shape[2]],
                    SIZE,
                );
                let masked: Vec<f32> = input
                    .chunks(mask.len())
                    .flat_map(|plane| plane.iter().zip(&mask).map(|(x, m)| x * m))
                    .collect();
                let data = TensorData::new(masked, [1, 3, SIZE[0], SIZE[1]]);
                numbers(model.net.forward(Tensor::from_data(data, &Device::flex())))
            };
            let masked: Vec<Vec<f32>> = (0..shape[0]).map(through).collect();
            for (target, formula) in targets(&view.logits) {
                let what = format!("{variant:?} {} {target:?}", layer.id());
                let found = saliency(
                    Method::ScoreCam,
                    &model,
                    &view,
                    (layer, target),
                    &Channels::All,
                );
                let scores: Vec<f32> = masked.iter().map(|logits| formula(logits)).collect();
                let difference = max_difference(&found.scores, &scores);
                assert!(difference < 1e-3, "{what}: scores are off by {difference}");
                let powers: Vec<f64> = scores.iter().map(|&s| f64::from(s).exp()).collect();
                let total: f64 = powers.iter().sum();
                let weights: Vec<f64> = powers.iter().map(|power| power / total).collect();
                let error = relative(&found.raw.values, &weighted(&values, &weights, area));
                assert!(error < 1e-3, "{what}: the map is off by {error}");
                assert!(found.exact && found.notes.is_empty());
            }
        }
    }
}

#[test]
fn a_budget_takes_the_most_active_channels_first_and_says_so() {
    let (model, view) = scene(Variant::V1);
    let place = (Layer::Layer2, 2);
    let all = saliency(Method::ScoreCam, &model, &view, place, &Channels::All);
    let some = saliency(Method::ScoreCam, &model, &view, place, &Channels::Budget(5));
    let (values, shape) = activations(&model, &view, place.0);
    let area = shape[1] * shape[2];
    let mut order: Vec<usize> = (0..shape[0]).collect();
    let energy = |channel: &usize| {
        values[channel * area..][..area]
            .iter()
            .map(|v| v * v)
            .sum::<f32>()
    };
    order.sort_by(|a, b| energy(b).total_cmp(&energy(a)));
    for (rank, &channel) in order.iter().enumerate() {
        if rank < 5 {
            assert!((some.scores[channel] - all.scores[channel]).abs() < 1e-4);
        } else {
            // Not shown to the network, but expected to have some score.
            assert!(some.scores[channel].is_nan() && some.weights[channel] > 0.0);
        }
    }
    assert!(
        !some.exact
            && some
                .notes
                .iter()
                .any(|note| note.code == "budget" && note.text.contains("5 of the layer's 16"))
    );
    let sum: f32 = some.weights.iter().sum();
    assert!((sum - 1.0).abs() < 1e-5);
    let large = saliency(
        Method::ScoreCam,
        &model,
        &view,
        place,
        &Channels::Budget(1000),
    );
    assert!(large.exact && large.raw == all.raw);
}

/// The slopes, the order and the fit of the prediction, spelled out.
#[test]
fn ablationcam_with_a_budget_switches_off_what_promises_most_and_predicts_the_rest() {
    let (model, view) = scene(Variant::V1);
    let place = (Layer::Layer2, 2);
    let all = saliency(Method::AblationCam, &model, &view, place, &Channels::All);
    let some = saliency(
        Method::AblationCam,
        &model,
        &view,
        place,
        &Channels::Budget(5),
    );
    let (values, [channels, height, width]) = activations(&model, &view, place.0);
    let slopes = saliency(Method::XGradCam, &model, &view, place, &Channels::All).weights;
    let area = height * width;
    let plane = |channel: usize| &values[channel * area..][..area];
    // XGrad-CAM's weight is the sum of gradient times activation over the sum of activations.
    let expected: Vec<f32> = (0..channels)
        .map(|channel| slopes[channel] * plane(channel).iter().sum::<f32>())
        .collect();
    let promise = |channel: usize| {
        expected[channel].abs() * plane(channel).iter().map(|v| v * v).sum::<f32>().sqrt()
    };
    let mut order: Vec<usize> = (0..channels).collect();
    order.sort_by(|&a, &b| promise(b).total_cmp(&promise(a)));
    let (known, rest) = order.split_at(5);
    let over = |of: &dyn Fn(usize) -> f32| known.iter().map(|&channel| of(channel)).sum::<f32>();
    let scale = over(&|k| all.weights[k] * expected[k]) / over(&|k| expected[k] * expected[k]);
    for &channel in known {
        assert!((some.weights[channel] - all.weights[channel]).abs() < 1e-5);
        assert!((some.scores[channel] - all.scores[channel]).abs() < 1e-4);
    }
    for &channel in rest {
        let predicted = scale * expected[channel];
        assert!(some.scores[channel].is_nan());
        assert!(
            (some.weights[channel] - predicted).abs() < 1e-4,
            "{channel}: {} {predicted}",
            some.weights[channel]
        );
    }
    let stated = format!("5 of the layer's {channels} channels");
    let is_noted =
        |note: &camscope::cam::Note| note.code == "budget" && note.text.contains(&stated);
    assert!(!some.exact && some.notes.iter().any(is_noted));
    let large = Channels::Budget(channels);
    let large = saliency(Method::AblationCam, &model, &view, place, &large);
    assert!(large.exact && large.raw == all.raw);
}

#[test]
fn a_negative_score_keeps_the_maps_sign_and_is_noted() {
    let (model, view) = scene(Variant::V1);
    let class = view
        .logits
        .iter()
        .position(|&score| score < 0.0)
        .expect("a class with a negative score");
    let found = saliency(
        Method::AblationCam,
        &model,
        &view,
        (Layer::Layer4, class),
        &Channels::All,
    );
    assert!(found.notes.iter().any(|note| note.code == "negative-score"));
    // At layer4 the weights are Grad-CAM's times positive numbers: the signs must agree.
    let slopes = saliency(
        Method::GradCam,
        &model,
        &view,
        (Layer::Layer4, class),
        &Channels::All,
    )
    .weights;
    assert!(found.weights.iter().zip(&slopes).all(|(a, b)| a * b >= 0.0));
}
