//! Where the tests find models, pictures and reference maps, and how they compare.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use camscope::cam::Method;
use camscope::cam::progress::Progress;
use camscope::cam::query::{Channels, Query};
use camscope::cam::target::Objective;
use camscope::device::ComputeDevice;
use camscope::explainer::{ExplainOptions, Explainer, Explanation, Picture};
use camscope::heatmap::Heatmap;
use camscope::model::Layer;
use camscope::model::loader::{Loader, Model};
use camscope::preprocess::Crop;
use camscope::weights::manifest::{
    Architecture, Block, ChannelOrder, Dtype, FORMAT, Family, KernelLayout, Manifest,
    Preprocessing, Shard, TensorEntry, Variant,
};
use futures_util::FutureExt;
use safetensors::SafeTensors;
use sha2::{Digest, Sha256};

/// Layers whose maps the reference has.
pub const STAGES: [Layer; 4] = [Layer::Layer1, Layer::Layer2, Layer::Layer3, Layer::Layer4];

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn fixtures() -> PathBuf {
    root().join("tests/fixtures")
}

/// The converted ResNet50 in float32; `cargo xtask test` makes it.
pub fn resnet50_f32() -> Model {
    resnet50_f32_on(ComputeDevice::cpu())
}

/// The same on another device.
pub fn resnet50_f32_on(device: ComputeDevice) -> Model {
    let folder = model_folder("CAMSCOPE_MODEL_F32", "target/camscope/models/resnet50-f32");
    load(&folder, device)
}

/// The converted ResNet50 as shipped.
pub fn resnet50_f16() -> Model {
    load(
        &model_folder("CAMSCOPE_MODEL_F16", "pkg/models/resnet50"),
        ComputeDevice::cpu(),
    )
}

fn model_folder(variable: &str, default: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(|| root().join(default), PathBuf::from)
}

/// Loads a converted model from its folder.
pub fn load(folder: &Path, device: ComputeDevice) -> Model {
    let manifest = std::fs::read(folder.join("manifest.json"))
        .unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask test`", folder.display()));
    let mut loader = Loader::new(&manifest, device).expect("the manifest is valid");
    for (index, shard) in loader.shards().to_vec().iter().enumerate() {
        let bytes = std::fs::read(folder.join(&shard.file)).expect("the shard is there");
        loader
            .add_shard(index, &bytes)
            .expect("the shard is intact");
    }
    loader.finish().expect("the model is complete")
}

/// The full reference maps, where `$CAMSCOPE_REFERENCE` (or the folder beside the repository) has them.
pub fn full_reference() -> Option<PathBuf> {
    let folder = std::env::var_os("CAMSCOPE_REFERENCE")
        .map_or_else(|| root().join("../shared/reference"), PathBuf::from);
    folder.join("index.json").exists().then_some(folder)
}

/// A small picture without symmetry.
pub fn small_photo() -> Picture {
    let data = (0..40 * 40).flat_map(|i: u32| {
        [
            (i * 7 % 256) as u8,
            (i * 3 % 256) as u8,
            (i / 40 * 6) as u8,
            255,
        ]
    });
    Picture::Rgba {
        width: 40,
        height: 40,
        data: data.collect(),
    }
}

/// Where a photo of the reference lies as it was published, if `cargo xtask assets` could fetch it.
pub fn photo(name: &str) -> PathBuf {
    std::env::var_os("CAMSCOPE_SAMPLES")
        .map_or_else(|| root().join("pkg/samples"), PathBuf::from)
        .join(format!("{name}.JPEG"))
}

/// Names of the photos in the full reference.
pub fn reference_photos(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).expect("the folder is readable");
    let mut names: Vec<String> = files
        .filter_map(|file| {
            let name = file.ok()?.file_name().into_string().ok()?;
            Some(name.strip_suffix(".safetensors")?.to_owned())
        })
        .collect();
    names.sort();
    names
}

/// A safetensors file read into f32 (and integers as f32).
pub struct Tensors(BTreeMap<String, (Vec<usize>, Vec<f32>)>);

impl Tensors {
    pub fn read(path: &Path) -> Self {
        let bytes =
            std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let file = SafeTensors::deserialize(&bytes).expect("a safetensors file");
        let numbers = |view: &safetensors::tensor::TensorView<'_>| -> Vec<f32> {
            let data = view.data();
            match view.dtype() {
                safetensors::Dtype::F32 => data
                    .chunks_exact(4)
                    .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
                    .collect(),
                safetensors::Dtype::F16 => data
                    .chunks_exact(2)
                    .map(|b| half::f16::from_le_bytes(b.try_into().unwrap()).to_f32())
                    .collect(),
                safetensors::Dtype::I64 => data
                    .chunks_exact(8)
                    .map(|b| i64::from_le_bytes(b.try_into().unwrap()) as f32)
                    .collect(),
                safetensors::Dtype::I32 => data
                    .chunks_exact(4)
                    .map(|b| i32::from_le_bytes(b.try_into().unwrap()) as f32)
                    .collect(),
                other => panic!("{other:?} is not expected here"),
            }
        };
        Self(
            file.iter()
                .map(|(name, view)| (name.into(), (view.shape().to_vec(), numbers(&view))))
                .collect(),
        )
    }

    pub fn get(&self, name: &str) -> Option<&[f32]> {
        self.0.get(name).map(|(_, values)| values.as_slice())
    }

    pub fn need(&self, name: &str) -> &[f32] {
        self.get(name)
            .unwrap_or_else(|| panic!("{name} is in the reference"))
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

pub fn picture(path: &Path) -> Picture {
    Picture::Encoded(
        std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
    )
}

/// Options for a map of the whole 224 × 224 picture.
pub fn options(method: Method, layer: Layer) -> ExplainOptions {
    ExplainOptions {
        crop: Crop::Squash,
        ..ExplainOptions::new(method, layer)
    }
}

pub fn explain(explainer: &Explainer, picture: &Picture, options: &ExplainOptions) -> Explanation {
    let go_on = |_: Progress| async { true }.boxed_local();
    pollster::block_on(explainer.explain(picture, options, &go_on)).expect("the map is computed")
}

/// What a probe is asked for when it explains one class.
pub fn query<'a>(layer: Layer, objective: &'a Objective, channels: &'a Channels) -> Query<'a> {
    Query {
        layer,
        objective,
        channels,
        eigen: false,
        reference: false,
    }
}

pub fn max_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len(), "the lengths agree");
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(
            0.0,
            |worst, d| if d.is_nan() { f32::NAN } else { worst.max(d) },
        )
}

/// Pearson's correlation.
pub fn pearson(a: &[f32], b: &[f32]) -> f64 {
    let mean = |v: &[f32]| v.iter().map(|&x| f64::from(x)).sum::<f64>() / v.len() as f64;
    let (ma, mb) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (&x, &y) in a.iter().zip(b) {
        let (x, y) = (f64::from(x) - ma, f64::from(y) - mb);
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    ab / (aa * bb).sqrt()
}

/// How far a Grad-CAM map may be from the reference's.
///
/// Before layer4 the gradient passes ReLUs, and a unit within rounding of zero counts or does not. In float64 the
/// same network gives maps that differ from the float32 reference's own by up to 3.2e-3 at layer1 and 2.1e-3 at
/// layer2 (goldfish), and from camscope's by 4e-6: the tolerance there is the reference's rounding, not ours.
pub fn gradcam_tolerance(layer: Layer) -> f32 {
    if layer == Layer::Layer4 { 2e-3 } else { 5e-3 }
}

/// Fails unless the final map agrees with the reference's.
pub fn assert_map(what: &str, map: &Heatmap, reference: &[f32], tolerance: f32) {
    let difference = max_difference(&map.values, reference);
    let correlation = pearson(&map.values, reference);
    assert!(
        difference <= tolerance,
        "{what}: the maps differ by up to {difference}, allowed are {tolerance}"
    );
    assert!(
        correlation >= 0.9999,
        "{what}: Pearson's correlation is {correlation}"
    );
}

/// Numbers of a fixed linear congruential generator, uniform in −1…1.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 40) as f32 / (1_u64 << 23) as f32) - 1.0
    }

    pub fn values(&mut self, count: usize, scale: f32) -> Vec<f32> {
        (0..count).map(|_| self.next() * scale).collect()
    }
}

/// Puts a model together from tensors in the stored layout, all in one shard.
pub fn assemble(
    architecture: Architecture,
    tensors: &[(String, Vec<usize>, Vec<f32>)],
    device: ComputeDevice,
) -> Model {
    let bytes: Vec<Vec<u8>> = tensors
        .iter()
        .map(|(.., values)| values.iter().flat_map(|v| v.to_le_bytes()).collect())
        .collect();
    let views = tensors.iter().zip(&bytes).map(|((name, shape, _), bytes)| {
        let view =
            safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape.clone(), bytes);
        (name.clone(), view.expect("the shape fits the values"))
    });
    let shard = safetensors::serialize(views, None).expect("the tensors can be stored");
    let classes = tensors
        .iter()
        .find(|(name, ..)| name == "fc.bias")
        .expect("there is a classifier")
        .1[0];
    let manifest = Manifest {
        format: FORMAT.into(),
        name: "tiny".into(),
        title: "Tiny".into(),
        architecture,
        preprocessing: Preprocessing {
            resize: 48,
            crop: 40,
            channel_order: ChannelOrder::Rgb,
            scale: 1.0 / 255.0,
            mean: [0.5; 3],
            std: [0.5; 3],
        },
        dtype: Dtype::F32,
        kernel_layout: KernelLayout::Ohwi,
        labels: (0..classes).map(|class| format!("class {class}")).collect(),
        source: "seeded random numbers".into(),
        license: "none".into(),
        accuracy: None,
        shards: vec![Shard {
            file: "tiny.safetensors".into(),
            sha256: Sha256::digest(&shard)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
            bytes: shard.len() as u64,
        }],
        tensors: tensors
            .iter()
            .map(|(name, shape, _)| {
                (
                    name.clone(),
                    TensorEntry {
                        shard: 0,
                        shape: shape.clone(),
                    },
                )
            })
            .collect(),
    };
    let json = serde_json::to_vec(&manifest).expect("the manifest can be written");
    let mut loader = Loader::new(&json, device).expect("the manifest is valid");
    loader.add_shard(0, &shard).expect("the shard is intact");
    loader.finish().expect("the model is complete")
}

/// A bottleneck ResNet of 8 to 24 channels with seeded random weights and 5 classes.
pub fn tiny(variant: Variant, device: ComputeDevice) -> Model {
    tiny_of(Block::Bottleneck, variant, device)
}

/// The same of either kind of blocks.
pub fn tiny_of(block: Block, variant: Variant, device: ComputeDevice) -> Model {
    tiny_from(block, variant, device, |weight| weight)
}

/// The same without negative weights.
pub fn positive() -> Model {
    let (block, variant) = (Block::Bottleneck, Variant::V15);
    tiny_from(block, variant, ComputeDevice::cpu(), f32::abs)
}

fn tiny_from(
    block: Block,
    variant: Variant,
    device: ComputeDevice,
    change: fn(f32) -> f32,
) -> Model {
    let mut random = Random::new(7);
    let mut tensors = Vec::new();
    let mut conv = |name: String, [out, side, input]: [usize; 3]| {
        let fan_in = (side * side * input) as f32;
        let kernel = random.values(out * side * side * input, (6.0 / fan_in).sqrt());
        tensors.push((
            format!("{name}.weight"),
            vec![out, side, side, input],
            kernel,
        ));
        tensors.push((format!("{name}.bias"), vec![out], random.values(out, 0.2)));
    };
    conv("conv1".into(), [8, 7, 3]);
    let mut input = 8;
    let blocks = [1, 2, 1, 1];
    for (stage, (&count, output)) in blocks.iter().zip([12, 16, 20, 24]).enumerate() {
        for index in 0..count {
            let name = format!("layer{}.{index}", stage + 1);
            if block == Block::Basic {
                conv(format!("{name}.conv1"), [output, 3, input]);
                conv(format!("{name}.conv2"), [output, 3, output]);
            } else {
                conv(format!("{name}.conv1"), [6, 1, input]);
                conv(format!("{name}.conv2"), [6, 3, 6]);
                conv(format!("{name}.conv3"), [output, 1, 6]);
            }
            if index == 0 {
                conv(format!("{name}.downsample"), [output, 1, input]);
            }
            input = output;
        }
    }
    tensors.push((
        "fc.weight".into(),
        vec![5, input],
        random.values(5 * input, 0.5),
    ));
    tensors.push(("fc.bias".into(), vec![5], random.values(5, 0.1)));
    let architecture = Architecture {
        family: Family::Resnet,
        block,
        variant,
        blocks,
    };
    let weights = tensors.iter_mut().flat_map(|(_, _, values)| values);
    weights.for_each(|weight| *weight = change(*weight));
    assemble(architecture, &tensors, device)
}

/// The tiny network as tests that need no particular one take it.
pub fn tiny_default() -> Model {
    tiny(Variant::V15, ComputeDevice::cpu())
}

/// A picture of seeded noise.
pub fn noise(width: u32, height: u32) -> Picture {
    let mut random = Random::new(11);
    let pixel = |_| [0; 3].map(|_: u8| ((random.next() + 1.0) * 127.5) as u8);
    let data = (0..width * height)
        .map(pixel)
        .flat_map(|[r, g, b]| [r, g, b, 255])
        .collect();
    Picture::Rgba {
        width,
        height,
        data,
    }
}
