//! Logits and maps of the ten sample pictures against pytorch-grad-cam's, on the same weights and inputs: the
//! full reference, where it is at hand. `tests/compact_reference.rs` checks the one in the repository.

mod common;

use camscope::cam::Method;
use camscope::cam::query::Channels;
use camscope::cam::scorecam::group_by_mask;
use camscope::cam::shortlist::Shortlist;
use camscope::cam::{Bounds, ablationcam, scorecam};
use camscope::explainer::{ExplainOptions, Explainer, Explanation, Picture};
use camscope::model::Layer;
use camscope::preprocess::Crop;
use common::{
    STAGES, Tensors, assert_map, explain, full_reference, gradcam_tolerance, max_difference,
    options, pearson, photo, picture,
};

/// One picture of the reference.
struct Sample {
    name: String,
    picture: Picture,
    tensors: Tensors,
    target: usize,
}

/// The ten samples; empty, with a line that says so, where the full reference is not at hand.
fn samples() -> Vec<Sample> {
    let Some(folder) = full_reference() else {
        println!("full reference: not at hand, the compact one in tests/fixtures is checked alone");
        return Vec::new();
    };
    let index = std::fs::read_to_string(folder.join("index.json")).expect("index.json is there");
    let index: serde_json::Value = serde_json::from_str(&index).expect("index.json is JSON");
    let samples: Vec<Sample> = index
        .as_object()
        .expect("a table of pictures")
        .iter()
        .map(|(name, entry)| Sample {
            name: name.clone(),
            picture: picture(&folder.join(format!("{name}.png"))),
            tensors: Tensors::read(&folder.join(format!("{name}.safetensors"))),
            target: entry["target"].as_u64().expect("a class") as usize,
        })
        .collect();
    println!("full reference: {} pictures", samples.len());
    samples
}

fn classify(explainer: &Explainer, picture: &Picture) -> camscope::explainer::Classification {
    pollster::block_on(explainer.classify(picture, Crop::Squash, 5))
        .expect("the picture is classified")
}

#[test]
fn logits_agree() {
    let explainer = Explainer::new(common::resnet50_f32());
    for sample in samples() {
        let found = classify(&explainer, &sample.picture);
        let difference = max_difference(&found.logits, sample.tensors.need("logits"));
        assert!(
            difference <= 2e-3,
            "{}: logits differ by up to {difference}",
            sample.name
        );
        assert_eq!(found.classes[0].index, sample.target, "{}", sample.name);
    }
}

#[test]
fn half_precision_weights_keep_probabilities_and_order() {
    let explainer = Explainer::new(common::resnet50_f16());
    for sample in samples() {
        let logits = sample.tensors.need("logits");
        let powers: Vec<f64> = logits.iter().map(|&l| f64::from(l).exp()).collect();
        let total: f64 = powers.iter().sum();
        let found =
            pollster::block_on(explainer.classify(&sample.picture, Crop::Squash, logits.len()))
                .expect("the picture is classified");
        for class in &found.classes {
            let difference = (f64::from(class.probability) - powers[class.index] / total).abs();
            assert!(
                difference <= 0.005,
                "{}: class {} is off by {difference}",
                sample.name,
                class.index
            );
        }
        let mut order: Vec<usize> = (0..logits.len()).collect();
        order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]));
        for (rank, pair) in order[..6].windows(2).enumerate() {
            // Float16 weights move logits by a few hundredths: closer pairs may swap.
            if logits[pair[0]] - logits[pair[1]] > 0.05 && rank < 5 {
                let place = |class| found.classes.iter().position(|c| c.index == class);
                assert!(
                    place(pair[0]) < place(pair[1]),
                    "{}: {} and {} swapped",
                    sample.name,
                    pair[0],
                    pair[1]
                );
            }
        }
    }
}

#[test]
fn gradcam_agrees_at_every_layer() {
    let explainer = Explainer::new(common::resnet50_f32());
    for sample in samples() {
        for layer in STAGES {
            let found = explain(
                &explainer,
                &sample.picture,
                &options(Method::GradCam, layer),
            );
            let key = format!("gradcam.{}", layer.id());
            let what = format!("{} {key}", sample.name);
            assert_map(
                &what,
                &found.map,
                sample.tensors.need(&key),
                gradcam_tolerance(layer),
            );
        }
    }
}

#[test]
fn ablationcam_agrees_at_layer4() {
    let explainer = Explainer::new(common::resnet50_f32());
    for sample in samples() {
        let found = explain(
            &explainer,
            &sample.picture,
            &options(Method::AblationCam, Layer::Layer4),
        );
        if let Some(map) = sample.tensors.get("ablationcam.layer4") {
            assert_map(
                &format!("{} ablationcam.layer4", sample.name),
                &found.map,
                map,
                2e-3,
            );
        }
        // The reference has brute-force maps of two pictures only. For a positive score the method's weights at
        // layer4 are Grad-CAM's times the activations' means, which holds for the reference's own numbers too.
        if let Some(weights) = sample.tensors.get("ablationcam.layer4.weights") {
            let difference = max_difference(&found.weights, weights);
            assert!(
                difference <= 1e-4,
                "{}: weights differ by up to {difference}",
                sample.name
            );
        }
    }
}

#[test]
fn ablationcam_agrees_at_layer3() {
    let explainer = Explainer::new(common::resnet50_f32());
    for sample in samples() {
        let Some(map) = sample.tensors.get("ablationcam.layer3") else {
            continue;
        };
        let found = explain(
            &explainer,
            &sample.picture,
            &options(Method::AblationCam, Layer::Layer3),
        );
        assert_map(
            &format!("{} ablationcam.layer3", sample.name),
            &found.map,
            map,
            2e-3,
        );
    }
}

/// `ln(w_j / w_k) = s_j − s_k`, so ratios within the subset must be the reference's ratios.
fn assert_weight_ratios(sample: &str, found: &Explanation, reference: &[f32], channels: &[usize]) {
    // Relative to the strongest channel of the subset, whose weight is least affected by rounding.
    let strongest = *channels
        .iter()
        .max_by(|&&a, &&b| reference[a].total_cmp(&reference[b]))
        .expect("the subset is not empty");
    for &channel in channels {
        let ratio = found.weights[channel] / found.weights[strongest];
        let expected = reference[channel] / reference[strongest];
        let error = (ratio / expected - 1.0).abs();
        assert!(
            error <= 0.01,
            "{sample}: channel {channel}'s weight ratio is off by {error}"
        );
    }
}

/// 48 channels, chosen once by a fixed linear congruential generator.
fn fixed_subset(channels: usize) -> Vec<usize> {
    let mut state = 12_345_u64;
    let mut subset = std::collections::BTreeSet::new();
    while subset.len() < 48 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        subset.insert((state >> 33) as usize % channels);
    }
    subset.into_iter().collect()
}

#[test]
fn scorecam_weights_agree_on_a_fixed_subset() {
    let explainer = Explainer::new(common::resnet50_f32());
    for sample in samples() {
        let reference = sample.tensors.need("scorecam.layer4.weights");
        let subset = fixed_subset(reference.len());
        let mut options = options(Method::ScoreCam, Layer::Layer4);
        options.channels = Channels::Only(subset.clone());
        let found = explain(&explainer, &sample.picture, &options);
        assert!(!found.exact, "a subset is not exact");
        assert_weight_ratios(&sample.name, &found, reference, &subset);
    }
}

#[test]
fn one_whole_scorecam_map_agrees() {
    let explainer = Explainer::new(common::resnet50_f32());
    let Some(sample) = samples()
        .into_iter()
        .find(|sample| sample.name.contains("goldfish"))
    else {
        return;
    };
    let found = explain(
        &explainer,
        &sample.picture,
        &options(Method::ScoreCam, Layer::Layer4),
    );
    assert!(
        found.exact && found.passes < 2048,
        "{} passes",
        found.passes
    );
    assert_map(
        "goldfish scorecam.layer4",
        &found.map,
        sample.tensors.need("scorecam.layer4"),
        5e-3,
    );
}

/// Center crop of the original photo against the reference's input, made by Pillow.
#[test]
fn preprocessing_agrees_with_pillow() {
    let explainer = Explainer::new(common::resnet50_f32());
    let Some(reference) = full_reference() else {
        return;
    };
    for sample in samples() {
        let photo = photo(&sample.name);
        let input = explainer
            .input(&picture(&photo), Crop::Center)
            .expect("the photo is readable");
        let expected = image::open(reference.join(format!("{}.png", sample.name)))
            .expect("the input")
            .into_rgb8();
        let pairs = input.pixels.as_raw().iter().zip(expected.as_raw());
        let mean = pairs.map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>()
            / expected.as_raw().len() as f64;
        // Pillow and the image crate decode JPEG with other inverse transforms and chroma filters.
        assert!(
            mean < 1.5,
            "{}: pixels differ by {mean} of 255 on average",
            sample.name
        );
        let logits = pollster::block_on(explainer.classify(&picture(&photo), Crop::Center, 1))
            .expect("classified");
        assert_eq!(logits.classes[0].index, sample.target, "{}", sample.name);
    }
}

/// What is stated of quick maps at a layer.
fn stated(bounds: &Bounds, layer: Layer) -> &'static [(usize, f32)] {
    let found = bounds.iter().find(|(of, _)| *of == layer);
    found.expect("the layer's figures").1
}

/// The figures that the page states beside an approximate map: with the reference's own scores (logarithms of its
/// softmax weights), so without a pass through the network.
#[test]
fn the_stated_error_of_a_channel_budget_is_the_measured_one() {
    let explainer = Explainer::new(common::resnet50_f32());
    let samples = samples();
    if samples.is_empty() {
        return;
    }
    let stated = stated(scorecam::MEASURED, Layer::Layer4);
    let mut measured = vec![1.0_f64; stated.len()];
    for sample in &samples {
        let activations =
            pollster::block_on(explainer.activations(&sample.picture, Crop::Squash, Layer::Layer4));
        let activations = activations.expect("the network runs");
        let weights = sample.tensors.need("scorecam.layer4.weights");
        let map = |weights: &[f32]| activations.weighted_sum(weights).finish(224, 224).values;
        let exact = map(weights);
        let groups = group_by_mask(&activations, &activations.by_energy());
        println!("{}: {} passes", sample.name, groups.len());
        for (worst, (budget, _)) in measured.iter_mut().zip(stated) {
            let mut list = Shortlist::new(&activations, groups.clone(), *budget);
            let scores = list.score_all(|channel| weights[channel].ln());
            let quick: Vec<f32> = list
                .expected(&scores, activations.channels)
                .into_iter()
                .map(f32::exp)
                .collect();
            *worst = worst.min(pearson(&map(&quick), &exact));
        }
    }
    println!("smallest Pearson by passes: {stated:?} stated, {measured:.4?} measured");
    for ((budget, stated), worst) in stated.iter().zip(measured) {
        let spare = worst - f64::from(*stated);
        assert!(
            (0.0..=0.001).contains(&spare),
            "{budget} passes: measured {worst}, stated {stated}"
        );
    }
}

/// Some of the figures before layer4, each by the photo that correlates least: the whole way, with a pass for each mask or
/// channel. They are of the weights as shipped and the photos as they are decoded.
#[test]
fn the_stated_error_before_layer4_is_the_measured_one() {
    let cases = [
        (
            Method::AblationCam,
            Layer::Stem,
            "n04037443_racer",
            [32].as_slice(),
        ),
        (Method::ScoreCam, Layer::Stem, "n01608432_kite", &[8, 16]),
        (Method::ScoreCam, Layer::Layer1, "n01443537_goldfish", &[32]),
    ];
    let explainer = Explainer::new(common::resnet50_f16());
    for (method, layer, name, budgets) in cases {
        let photo = photo(name);
        if !photo.exists() {
            println!("{name}: not at hand, the stated error is not measured");
            continue;
        }
        let picture = picture(&photo);
        let of = |channels| {
            let options = ExplainOptions {
                channels,
                ..ExplainOptions::new(method, layer)
            };
            explain(&explainer, &picture, &options)
        };
        let bounds = match method {
            Method::AblationCam => ablationcam::MEASURED,
            _ => scorecam::MEASURED,
        };
        let exact = of(Channels::All);
        let stated = stated(bounds, layer).iter();
        for (budget, stated) in stated.filter(|(budget, _)| budgets.contains(budget)) {
            let quick = of(Channels::Budget(*budget));
            let what = format!("{name}, {method:?} at {}, {budget}", layer.id());
            assert!(exact.exact && !quick.exact, "{what}");
            let found = pearson(&quick.map.values, &exact.map.values);
            println!("{what}: {stated} stated, {found:.4} measured");
            let spare = found - f64::from(*stated);
            assert!(
                (0.0..=0.001).contains(&spare),
                "{what}: measured {found}, stated {stated}"
            );
        }
    }
}
