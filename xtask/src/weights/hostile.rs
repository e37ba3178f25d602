//! Fuzzing of the converter of TensorFlow.js models.

use std::collections::HashMap;

use camscope::weights::source;
use fuzz::mutate::{join, split};
use fuzz::{Campaign, Limits};
use serde_json::{Value, json};

use super::tfjs::Model;
use crate::assets::Assets;

#[global_allocator]
static COUNTING: fuzz::memory::Counting = fuzz::memory::Counting;

/// Inputs that the test command tries.
const RUNS: usize = 3000;

#[test]
fn tfjs() {
    let assets: Assets = toml::from_str(include_str!("../../../assets.toml")).unwrap();
    let about = assets.weights;
    let shard = about.model.replace("model.json", "shard");
    let (model, values) = keras_resnet();
    let campaign = Campaign {
        name: "tfjs",
        seeds: vec![join(&[&model, br#"{"0":"a","1":"b"}"#, &values])],
        tokens: [
            r#""shape":[1]"#,
            r#""shape":[4294967296,4294967296,1]"#,
            r#""shape":[]"#,
            r#""dtype":"float32""#,
            r#""strides":[2,2]"#,
            r#""epsilon":0"#,
            r#""epsilon":-1"#,
            r#""name":"conv1/kernel""#,
            r#""paths":[]"#,
            r#""shard""#,
            "fc1000",
            "res2b_branch2a",
            "null",
            "{}",
            "[]",
            ",",
        ]
        .map(|token| token.as_bytes().to_vec())
        .to_vec(),
        repair: |_| {},
        limits: Limits {
            bytes: 64 << 20,
            seconds: 60,
            input: 64 * 1024,
        },
    };
    let read = |bytes: &[u8]| {
        let parts = split(bytes, 3);
        let files = HashMap::from([
            (about.model.clone(), parts[0].to_vec()),
            (about.labels.clone(), parts[1].to_vec()),
            (shard.clone(), parts[2].to_vec()),
        ]);
        let convert = || {
            let model = Model::from_files(&files, &about)?;
            let mut count = 0;
            for tensor in source::tensors(&model) {
                count += tensor?.values.len();
            }
            anyhow::Ok(count)
        };
        match convert() {
            Ok(count) => format!("{count} values"),
            Err(error) => format!("{error:#}"),
        }
    };
    assert!(read(&campaign.seeds[0]).ends_with(" values"));
    campaign.run(RUNS, read);
}

/// `model.json` and the values of Keras' ResNet50 cut down to one block a stage and one channel throughout.
fn keras_resnet() -> (Vec<u8>, Vec<u8>) {
    let mut layers = Vec::new();
    let mut index = Vec::new();
    let mut count = 0;
    let mut tensor = |name: String, shape: &[usize]| {
        count += shape.iter().product::<usize>();
        index.push(json!({ "name": name, "shape": shape, "dtype": "float32" }));
    };
    let mut conv = |conv: &str, norm: &str, side: usize, inputs: usize, stride: usize| {
        layers.push(json!({ "config": { "name": conv, "strides": [stride, stride] } }));
        layers.push(json!({ "config": { "name": norm, "epsilon": 1e-3 } }));
        tensor(format!("{conv}/kernel"), &[side, side, inputs, 1]);
        tensor(format!("{conv}/bias"), &[1]);
        for part in ["gamma", "beta", "moving_mean", "moving_variance"] {
            tensor(format!("{norm}/{part}"), &[1]);
        }
    };
    conv("conv1", "bn_conv1", 7, 3, 2);
    for stage in 2..=5 {
        for (branch, side) in [("2a", 1), ("2b", 3), ("2c", 1), ("1", 1)] {
            let stride = if branch == "2a" && stage > 2 { 2 } else { 1 };
            let name = format!("{stage}a_branch{branch}");
            conv(&format!("res{name}"), &format!("bn{name}"), side, 1, stride);
        }
    }
    tensor("fc1000/kernel".into(), &[1, 2]);
    tensor("fc1000/bias".into(), &[2]);
    let model: Value = json!({
        "modelTopology": { "model_config": { "config": { "layers": layers } } },
        "weightsManifest": [{ "paths": ["shard"], "weights": index }],
    });
    let values = (0..count).flat_map(|i| (i as f32).to_le_bytes()).collect();
    (serde_json::to_vec(&model).unwrap(), values)
}
