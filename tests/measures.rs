//! Measures that ask the network, against pytorch-grad-cam's own metric classes on the same maps.

mod common;

use camscope::explainer::Explainer;
use camscope::heatmap::Heatmap;
use camscope::preprocess::Crop;
use common::{Tensors, picture};

/// `CamMultImageConfidenceChange` on the drawn picture with the reference's final maps at layer4, softmax of the top
/// class: printed by `scripts/make_metrics.py` (pytorch-grad-cam 1.5.7). Tolerance: the maps are float16, so 1e-3.
const CONFIDENCE_CHANGE: [(&str, f32); 3] = [
    ("gradcam", -0.291_537),
    ("ablationcam", -0.279_966),
    ("scorecam", -0.226_067),
];

#[test]
fn confidence_change_agrees_with_pytorch_grad_cam() {
    let explainer = Explainer::new(common::resnet50_f32());
    let folder = common::fixtures().join("reference");
    let tensors = Tensors::read(&folder.join("drawn.safetensors"));
    let photo = picture(&folder.join("drawn.png"));
    let found = pollster::block_on(explainer.classify(&photo, Crop::Squash, 1))
        .expect("the picture is classified");
    let top = &found.classes[0];
    for (method, expected) in CONFIDENCE_CHANGE {
        let map = Heatmap::new(
            224,
            224,
            tensors.need(&format!("{method}.layer4.final")).to_vec(),
        );
        let confidence =
            pollster::block_on(explainer.confidence(&photo, Crop::Squash, &map, top.index));
        let confidence = confidence.expect("the map fits");
        let change = confidence.change();
        assert!(
            (change - expected).abs() <= 1e-3,
            "{method}: the confidence changes by {change}, not {expected}"
        );
        assert!((confidence.before - top.probability).abs() < 1e-6);
        assert!((confidence.drop() + change).abs() < 1e-6 && !confidence.increase());
    }
}

#[test]
fn the_whole_picture_keeps_the_confidence_and_nothing_loses_it() {
    let explainer = Explainer::new(common::resnet50_f32());
    let photo = picture(&common::fixtures().join("reference/drawn.png"));
    let found = pollster::block_on(explainer.classify(&photo, Crop::Squash, 1))
        .expect("the picture is classified");
    let class = found.classes[0].index;
    let change = |value: f32| {
        let map = Heatmap::new(224, 224, vec![value; 224 * 224]);
        pollster::block_on(explainer.confidence(&photo, Crop::Squash, &map, class))
            .expect("the map fits")
            .change()
    };
    assert!(change(1.0).abs() < 1e-6);
    assert!(change(0.0) < -0.3);
}

#[test]
fn a_map_of_another_size_is_refused() {
    let explainer = Explainer::new(common::resnet50_f32());
    let photo = picture(&common::fixtures().join("reference/drawn.png"));
    let map = Heatmap::new(7, 7, vec![1.0; 49]);
    let error = pollster::block_on(explainer.confidence(&photo, Crop::Squash, &map, 0))
        .expect_err("too small");
    assert!(error.to_string().contains("7 × 7"), "{error}");
}
