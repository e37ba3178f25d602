//! Checkpoints written by torchvision, read, folded and run: logits and every method's map at every layer against
//! PyTorch and pytorch-grad-cam on the same input (`scripts/make_checkpoint.py` wrote both).

mod common;

use camscope::cam::Method;
use camscope::cam::probe::{Channels, Probe, Progress};
use camscope::cam::target::Target;
use camscope::cam::view::View;
use camscope::device::ComputeDevice;
use camscope::heatmap::Heatmap;
use camscope::model::loader::Model;
use camscope::weights::source::{self, Source as _};
use camscope::weights::{checkpoint, torchvision::TorchvisionResnet};
use common::{assemble, max_difference, pearson};
use futures_util::FutureExt;
use serde_json::Value;

fn model(file: &str) -> Model {
    let bytes = std::fs::read(common::fixtures().join(file)).expect("the checkpoint is there");
    let network = checkpoint::read(&bytes)
        .and_then(TorchvisionResnet::new)
        .expect("a torchvision ResNet");
    let tensors: Vec<_> = source::tensors(&network)
        .map(|tensor| {
            let tensor = tensor.expect("the tensors fold");
            let values = tensor.values.iter().map(|&value| value as f32).collect();
            (tensor.name, tensor.shape, values)
        })
        .collect();
    assemble(
        network.architecture().clone(),
        &tensors,
        ComputeDevice::cpu(),
    )
}

fn expectations(file: &str) -> Vec<Value> {
    let json = std::fs::read(common::fixtures().join(file)).expect("the expectations are there");
    let json: Value = serde_json::from_slice(&json).expect("JSON");
    json["cases"].as_array().expect("cases").clone()
}

fn floats(value: &Value) -> Vec<f32> {
    value
        .as_array()
        .expect("numbers")
        .iter()
        .map(|v| v.as_f64().expect("a number") as f32)
        .collect()
}

/// The fixture's input by its formula, `((7c + 3y + 5x) mod 17) / 8 − 1`.
fn input(case: &Value) -> (Vec<f32>, [usize; 2]) {
    assert_eq!(case["input"]["formula"], "((7*c + 3*y + 5*x) % 17) / 8 - 1");
    let side = |name: &str| case["input"][name].as_u64().expect("a size") as usize;
    let (height, width) = (side("height"), side("width"));
    let mut values = Vec::with_capacity(3 * height * width);
    for c in 0..3 {
        for y in 0..height {
            values.extend((0..width).map(|x| ((7 * c + 3 * y + 5 * x) % 17) as f32 / 8.0 - 1.0));
        }
    }
    (values, [height, width])
}

fn check(checkpoint: &str, expected: &str) -> usize {
    let model = model(checkpoint);
    let mut compared = 0;
    for case in expectations(expected) {
        let (values, size) = input(&case);
        let view = pollster::block_on(View::new(&model, values, size)).expect("the network runs");
        let logits = floats(&case["logits"]);
        let difference = max_difference(&view.logits, &logits);
        assert!(
            difference <= 1e-3,
            "{checkpoint}: logits differ by up to {difference}"
        );
        let target = case["target"].as_u64().expect("a class") as usize;
        for (key, map) in case["maps"].as_object().expect("maps") {
            let (method, layer) = key.split_once('.').expect("METHOD.LAYER");
            let method: Method = method.parse().expect("a method");
            let layer = layer.parse().expect("a layer");
            let objective = Target::Class(target).resolve(&view.logits);
            let go_on = |_: Progress| async { true }.boxed_local();
            let query = common::query(layer, &objective, &Channels::All);
            let probe = Probe::new(&model, &view, query, &go_on);
            let found = pollster::block_on(method.saliency(&probe))
                .expect("the map is computed")
                .raw;
            let side = |name: &str| map[name].as_u64().expect("a size") as usize;
            assert_eq!(
                (found.width, found.height),
                (side("width"), side("height")),
                "{key}"
            );
            let mut raw = floats(&map["raw"]);
            if method == Method::AblationCam && logits[target] < 0.0 {
                // The documented deviation: the reference's map is inverted for a negative score.
                raw.iter_mut().for_each(|v| *v = -*v);
            }
            let reference = Heatmap::new(found.width, found.height, raw);
            let correlation = pearson(&found.values, &reference.values);
            let [height, width] = size;
            let difference = max_difference(
                &found.finish(width, height).values,
                &reference.finish(width, height).values,
            );
            assert!(
                difference <= 2e-3,
                "{checkpoint} {key}: maps differ by up to {difference}"
            );
            assert!(
                correlation >= 0.9999,
                "{checkpoint} {key}: Pearson's correlation is {correlation}"
            );
            compared += 1;
        }
    }
    compared
}

#[test]
fn a_bottleneck_network_agrees_with_pytorch_in_every_format() {
    for file in [
        "torchvision_tiny.pth",
        "torchvision_tiny.safetensors",
        "torchvision_tiny_wrapped.pth",
    ] {
        assert_eq!(
            check(file, "torchvision_tiny.json"),
            30,
            "two inputs, three methods, five layers"
        );
    }
}

#[test]
fn a_network_of_basic_blocks_agrees_with_pytorch() {
    assert!(
        check(
            "torchvision_tiny_basic.safetensors",
            "torchvision_tiny_basic.json"
        ) >= 10
    );
}
