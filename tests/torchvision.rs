//! Checkpoints written by torchvision, read, folded and run: logits and maps at every layer against PyTorch and
//! pytorch-grad-cam on the same input (`scripts/make_checkpoint.py` wrote both), by ten methods and Recipro-CAM for a network of
//! bottleneck blocks and one of basic blocks, and by Grad-CAM for another epsilon.
//!
//! Tolerance: logits 1e-3, final maps 2e-3 and Pearson 0.9999.

mod common;

use std::io::Cursor;

use camscope::cam::Method;
use camscope::cam::probe::Probe;
use camscope::cam::progress::Progress;
use camscope::cam::query::Channels;
use camscope::cam::target::Target;
use camscope::cam::view::View;
use camscope::device::ComputeDevice;
use camscope::error::Error;
use camscope::heatmap::Heatmap;
use camscope::model::checkpoint::{self, CheckpointOptions};
use camscope::model::loader::Model;
use common::{max_difference, pearson};
use futures_util::FutureExt;
use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Value, json};

fn bytes(file: &str) -> Vec<u8> {
    std::fs::read(common::fixtures().join(file)).expect("the checkpoint is there")
}

/// Loads a checkpoint with options as the page gives them.
fn load(bytes: &[u8], options: Value) -> Result<Model, Error> {
    let options: CheckpointOptions = serde_json::from_value(options).expect("options");
    let go_on = |_, _| async { true }.boxed_local();
    let load = checkpoint::load(Cursor::new(bytes), options, ComputeDevice::cpu(), &go_on);
    pollster::block_on(load)
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

fn check(checkpoint: &str, expected: &str, options: Value) -> usize {
    let model = load(&bytes(checkpoint), options).expect("a torchvision ResNet");
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
            if [Method::EigenCam, Method::EigenGradCam].contains(&method)
                && pearson(&found.values, &raw) < 0.0
            {
                // Eigen maps are compared up to their sign, which a singular vector does not have.
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
        "torchvision_tiny_legacy.pth",
    ] {
        assert_eq!(
            check(file, "torchvision_tiny.json", json!({})),
            110,
            "two inputs, eleven methods, five layers"
        );
    }
}

#[test]
fn a_network_of_basic_blocks_agrees_with_pytorch() {
    let (file, expected) = (
        "torchvision_tiny_basic.safetensors",
        "torchvision_tiny_basic.json",
    );
    assert_eq!(
        check(file, expected, json!({})),
        110,
        "two inputs, eleven methods, five layers"
    );
}

#[test]
fn another_epsilon_of_batch_norm_agrees_with_pytorch() {
    let expected = "torchvision_tiny_epsilon.json";
    let options = json!({ "epsilon": 1e-3 });
    assert_eq!(check("torchvision_tiny.pth", expected, options), 10);
    // With the usual one the network is another: the expectations would notice.
    let case = &expectations(expected)[0];
    let (values, size) = input(case);
    let model = load(&bytes("torchvision_tiny.pth"), json!({})).expect("a torchvision ResNet");
    let view = pollster::block_on(View::new(&model, values, size)).expect("the network runs");
    assert!(max_difference(&view.logits, &floats(&case["logits"])) > 2e-3);
}

#[test]
fn labels_and_preprocessing_are_the_users() {
    let file = bytes("torchvision_tiny.pth");
    let plain = load(&file, json!({})).expect("no options are needed");
    assert_eq!(plain.manifest.labels[6], "class 6");
    assert_eq!(plain.manifest.preprocessing.mean, [0.485, 0.456, 0.406]);
    let labels = ["a", "b", "c", "d", "e", "f", "g"];
    let options = json!({
        "name": "mine", "labels": labels,
        "preprocessing": { "crop": 64, "resize": 72, "mean": [0.5, 0.5, 0.5], "channelOrder": "bgr" },
    });
    let own = load(&file, options).expect("the options fit");
    assert_eq!(own.manifest.labels, labels);
    assert_eq!(own.manifest.name, "mine");
    assert_eq!(own.manifest.preprocessing.crop, 64);
    assert_eq!(own.manifest.preprocessing.std, [0.229, 0.224, 0.225]);
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let file = bytes("torchvision_tiny.pth");
    for (options, part) in [
        (
            json!({ "labels": ["a", "b"] }),
            "7 classes, but there are 2 labels",
        ),
        (json!({ "epsilon": -1.0 }), "epsilon"),
        (json!({ "epsilon": 1.0 }), "epsilon"),
        (json!({ "preprocessing": { "crop": 8 } }), "32 to 1024"),
        (
            json!({ "preprocessing": { "crop": 300, "resize": 299 } }),
            "300 and 299",
        ),
        (
            json!({ "preprocessing": { "std": [0.2, 0.0, 0.2] } }),
            "standard deviation",
        ),
        (json!({ "preprocessing": { "scale": 0.0 } }), "scale"),
    ] {
        match load(&file, options) {
            Err(Error::Option(text)) => assert!(text.contains(part), "{text}"),
            other => panic!("{part}: {:?}", other.map(|_| "loaded")),
        }
    }
}

#[test]
fn inspecting_lists_what_is_in_the_file() {
    let found = checkpoint::inspect(Cursor::new(bytes("torchvision_tiny_wrapped.pth"))).unwrap();
    assert_eq!(found.classes, 7);
    assert_eq!(
        found.architecture,
        "ResNet of 1, 2, 1 and 1 bottleneck blocks"
    );
    let shape = |name: &str| {
        let tensor = found.tensors.iter().find(|tensor| tensor.name == name);
        tensor.expect("it is listed").shape.clone()
    };
    assert_eq!(shape("layer2.0.downsample.0.weight"), [32, 16, 1, 1]);
    assert_eq!(shape("bn1.num_batches_tracked"), [0; 0]);
    assert!(checkpoint::inspect(Cursor::new(bytes("hostile.pth"))).is_err());
}

#[test]
fn inspecting_lists_what_the_network_must_have_beside_what_the_file_has() {
    let file = bytes("torchvision_tiny_basic.safetensors");
    let whole = checkpoint::inspect(Cursor::new(&file)).unwrap();
    assert_eq!(whole.fault, None);
    assert!(
        whole
            .expected
            .iter()
            .all(|tensor| tensor.found.as_ref() == Some(&tensor.shape))
    );
    assert_eq!(whole.expected[0].name, "conv1.weight");
    assert_eq!(whole.expected.last().unwrap().name, "fc.bias");
    // Renamed, which leaves the file's index as long as it is.
    let (name, other) = ("layer1.0.bn1.running_var", "layer1.0.bn1.running_vat");
    let index = file
        .windows(name.len())
        .position(|bytes| bytes == name.as_bytes())
        .unwrap();
    let mut damaged = file.clone();
    damaged[index..index + name.len()].copy_from_slice(other.as_bytes());
    let found = checkpoint::inspect(Cursor::new(&damaged)).unwrap();
    let fault = found.fault.expect("it cannot be loaded");
    assert!(
        fault.contains(&format!("{name} is missing (expected")),
        "{fault}"
    );
    assert!(
        fault.contains(&format!("{other} is not part of it")),
        "{fault}"
    );
    for (before, now) in whole.expected.iter().zip(&found.expected) {
        assert_eq!((&before.name, &before.shape), (&now.name, &now.shape));
        let is_there = now.name != name;
        assert_eq!(now.found.as_ref(), is_there.then_some(&now.shape));
    }
    // The same is said where it is loaded nevertheless.
    let error = load(&damaged, json!({})).expect_err("it is refused");
    assert_eq!(error, Error::Weights(fault));
}

#[test]
fn loading_stops_where_it_is_told_to() {
    let stop = |done, total| {
        assert!(done < total);
        async { false }.boxed_local()
    };
    let file = Cursor::new(bytes("torchvision_tiny.pth"));
    let load = checkpoint::load(
        file,
        CheckpointOptions::default(),
        ComputeDevice::cpu(),
        &stop,
    );
    assert!(matches!(pollster::block_on(load), Err(Error::Cancelled)));
}

/// The float32 fixture with one tensor changed, as a safetensors file.
fn altered(name: &str, change: impl Fn(&mut Vec<u8>, &mut Vec<usize>, &mut Dtype)) -> Vec<u8> {
    let file = bytes("torchvision_tiny_basic.safetensors");
    let file = safetensors::SafeTensors::deserialize(&file).expect("a safetensors file");
    let tensors: Vec<_> = file
        .iter()
        .map(|(key, view)| {
            let (mut data, mut shape, mut dtype) =
                (view.data().to_vec(), view.shape().to_vec(), view.dtype());
            if key == name {
                change(&mut data, &mut shape, &mut dtype);
            }
            (key.to_owned(), data, shape, dtype)
        })
        .collect();
    let views = tensors.iter().map(|(key, data, shape, dtype)| {
        let view = TensorView::new(*dtype, shape.clone(), data).expect("the data fill the shape");
        (key, view)
    });
    safetensors::serialize(views, None).expect("the tensors can be stored")
}

#[test]
fn what_does_not_fit_is_named() {
    let refusal = |file: &[u8]| match load(file, json!({})) {
        Err(Error::Weights(text)) => text,
        other => panic!("{:?}", other.map(|_| "loaded")),
    };
    let text = refusal(&altered("layer3.1.bn1.bias", |data, shape, _| {
        data.truncate(4);
        *shape = vec![1];
    }));
    assert!(
        text.contains("layer3.1.bn1.bias has the shape [1] (expected [32])"),
        "{text}"
    );
    let text = refusal(&altered("conv1.weight", |_, _, dtype| *dtype = Dtype::I32));
    assert!(
        text.contains("conv1.weight is of a type that is not read"),
        "{text}"
    );
    let text = refusal(&altered("fc.bias", |data, _, _| {
        data[..4].copy_from_slice(&f32::NAN.to_le_bytes());
    }));
    assert!(
        text.contains("fc.bias has values that are infinite or not a number"),
        "{text}"
    );
    let text = refusal(&altered("bn1.running_var", |data, _, _| {
        data[..4].copy_from_slice(&(-1.0_f32).to_le_bytes());
    }));
    assert!(text.contains("bn1.running_var"), "{text}");
    let text = refusal(&altered("layer1.0.conv1.weight", |data, _, _| {
        let largest = f32::MAX.to_le_bytes();
        data.chunks_exact_mut(4)
            .for_each(|value| value.copy_from_slice(&largest));
    }));
    assert!(
        text.contains("layer1.0.conv1") && text.contains("too large for float32"),
        "{text}"
    );
}
