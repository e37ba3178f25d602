//! ResNet-18, -34, -50, -101 and -152 at their full size, from checkpoints with torchvision's tensors: logits and Grad-CAM
//! at the stem and every layer against PyTorch and pytorch-grad-cam. Every weight is a formula of its place, in
//! `scripts/make_depths.py`, which wrote `tests/fixtures/torchvision_depths.json`, and here.
//!
//! Tolerance: logits 1e-4 of the largest, maps 1e-3 and Pearson 0.9999: float32 networks of two libraries.

mod common;

use std::io::Cursor;

use camscope::cam::Method;
use camscope::cam::probe::Probe;
use camscope::cam::progress::Progress;
use camscope::cam::query::Channels;
use camscope::cam::target::Target;
use camscope::cam::view::View;
use camscope::device::ComputeDevice;
use camscope::heatmap::Heatmap;
use camscope::model::checkpoint::{self, CheckpointOptions};
use camscope::model::loader::Model;
use common::{max_difference, pearson};
use futures_util::FutureExt;
use safetensors::tensor::{Dtype, TensorView};
use serde_json::Value;

fn fixture(file: &str) -> Value {
    let json = std::fs::read(common::fixtures().join(file)).expect("the fixture is there");
    serde_json::from_slice(&json).expect("JSON")
}

fn whole(value: &Value) -> usize {
    value.as_u64().expect("a whole number") as usize
}

fn floats(value: &Value) -> Vec<f32> {
    let values = value.as_array().expect("numbers").iter();
    values
        .map(|v| v.as_f64().expect("a number") as f32)
        .collect()
}

/// A number in 0…1 of 24 bits.
fn mixed(tensor: usize, index: usize) -> f32 {
    let mut x = (index as u32).wrapping_add((tensor as u32).wrapping_mul(0x9E37_79B9));
    x ^= x >> 16;
    x = x.wrapping_mul(0x7FEB_352D);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846C_A68B);
    x ^= x >> 16;
    (x >> 8) as f32 * (0.5_f32).powi(24)
}

/// A tensor's numbers by its name, its place among the names, and its shape.
fn values(name: &str, place: usize, shape: &[usize]) -> Vec<u8> {
    let value = |u: f32| {
        let signed = 2.0 * u - 1.0;
        if shape.len() > 1 {
            let inputs: usize = shape[1..].iter().product();
            signed * (6.0 / inputs as f64).sqrt() as f32
        } else if name.ends_with("running_var") {
            0.5 + u
        } else if name.ends_with("weight") {
            0.25 + 0.5 * u
        } else {
            0.25 * signed
        }
    };
    let numbers = (0..shape.iter().product()).map(|index| value(mixed(place, index)));
    numbers.flat_map(f32::to_le_bytes).collect()
}

/// A checkpoint with the tensors of torchvision's network of that name.
fn checkpoint(shapes: &serde_json::Map<String, Value>) -> Vec<u8> {
    let mut names: Vec<_> = shapes.iter().collect();
    names.sort_by_key(|&(name, _)| name);
    let tensors: Vec<_> = names
        .into_iter()
        .map(|(name, shape)| {
            let shape: Vec<usize> = shape
                .as_array()
                .expect("a shape")
                .iter()
                .map(whole)
                .collect();
            (name, shape)
        })
        .enumerate()
        .filter(|(_, (name, _))| !name.ends_with("num_batches_tracked"))
        .map(|(place, (name, shape))| {
            let data = values(name, place, &shape);
            (name, shape, data)
        })
        .collect();
    let views = tensors.iter().map(|(name, shape, data)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), data);
        (name, view.expect("the data fill the shape"))
    });
    safetensors::serialize(views, None).expect("the tensors can be stored")
}

fn load(file: Vec<u8>) -> Model {
    let go_on = |_, _| async { true }.boxed_local();
    let options = CheckpointOptions::default();
    let load = checkpoint::load(Cursor::new(file), options, ComputeDevice::cpu(), &go_on);
    pollster::block_on(load).expect("a torchvision ResNet")
}

#[test]
fn every_depth_agrees_with_pytorch() {
    let (expected, shapes) = (
        fixture("torchvision_depths.json"),
        fixture("torchvision_shapes.json"),
    );
    let [height, width, target] = ["height", "width", "target"].map(|key| whole(&expected[key]));
    let mut input = Vec::new();
    for c in 0..3 {
        for y in 0..height {
            input.extend((0..width).map(|x| ((7 * c + 3 * y + 5 * x) % 17) as f32 / 8.0 - 1.0));
        }
    }
    let networks = expected["networks"].as_object().expect("networks");
    assert_eq!(networks.len(), 5);
    for (name, network) in networks {
        let model = load(checkpoint(shapes[name].as_object().expect("shapes")));
        let view = pollster::block_on(View::new(&model, input.clone(), [height, width]));
        let view = view.expect("the network runs");
        let logits: Vec<f32> = view.logits.iter().step_by(50).copied().collect();
        let reference = floats(&network["logits"]);
        let scale = reference.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
        let off = max_difference(&logits, &reference) / scale;
        println!("{name}: logits off by {off:.1e} of {scale}");
        assert!(
            off <= 1e-4,
            "{name}: logits are off by {off} of the largest"
        );
        let maps = network["maps"].as_object().expect("maps");
        assert_eq!(maps.len(), 5, "{name}: the stem and every layer");
        for (layer, map) in maps {
            let objective = Target::Class(target).resolve(&view.logits);
            let go_on = |_: Progress| async { true }.boxed_local();
            let query = common::query(layer.parse().expect("a layer"), &objective, &Channels::All);
            let probe = Probe::new(&model, &view, query, &go_on);
            let found = pollster::block_on(Method::GradCam.saliency(&probe));
            let found = found.expect("the map is computed").raw;
            let size = (whole(&map["width"]), whole(&map["height"]));
            assert_eq!((found.width, found.height), size, "{name} {layer}");
            let reference = Heatmap::new(size.0, size.1, floats(&map["raw"]));
            let correlation = pearson(&found.values, &reference.values);
            let off = max_difference(
                &found.finish(width, height).values,
                &reference.finish(width, height).values,
            );
            println!("{name} {layer}: off by {off:.1e}, Pearson {correlation:.7}");
            assert!(off <= 1e-3, "{name} {layer}: off by {off}");
            assert!(correlation >= 0.9999, "{name} {layer}: {correlation}");
        }
    }
}
