//! Builds the network from a manifest and its shards: each shard is checked against its SHA-256 before a
//! single number of it is used, and every tensor against the shape that the architecture asks for.

use std::collections::BTreeMap;

use burn::tensor::{Tensor, TensorData};
use safetensors::SafeTensors;
use sha2::{Digest, Sha256};

use super::Layer;
use super::resnet::{Block, Conv, ResNet};
use crate::device::ComputeDevice;
use crate::error::{Error, Result};
use crate::weights::manifest::{Block as BlockKind, FORMAT, Manifest, Shard, Variant};

/// Most classes that a manifest may have; keeps a hostile manifest from allocating without end.
const MAX_CLASSES: usize = 100_000;
/// Least side of the network's input, in pixels: five halvings leave one cell.
const MIN_SIDE: u32 = 32;
/// Most pixels of the shorter side that a manifest may ask for; memory grows with it.
const MAX_SIDE: u32 = 1024;
/// Most residual blocks per stage (ResNet-152 has 36).
const MAX_BLOCKS: usize = 256;

/// A network ready to run, with what the manifest says about it.
#[derive(Debug)]
pub struct Model {
    pub net: ResNet,
    pub manifest: Manifest,
    pub device: ComputeDevice,
    /// The classifier's weights on the host, `[classes, features]` row-major: behind layer4 everything has a
    /// closed form in them.
    pub classifier: Vec<f32>,
}

impl Model {
    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.manifest.labels.len()
    }

    /// The classifier's weights for one class: one per channel of layer4.
    pub fn class_weights(&self, class: usize) -> &[f32] {
        let features = self.net.channels(Layer::Layer4);
        &self.classifier[class * features..][..features]
    }
}

/// Reads and checks a manifest.
///
/// # Errors
/// [`Error::Weights`] if it is not JSON of the known format, or describes something impossible.
pub fn parse_manifest(json: &[u8]) -> Result<Manifest> {
    let manifest: Manifest = serde_json::from_slice(json).map_err(|error| {
        weights(format!(
            "The model's manifest cannot be read: {error}. Reload the page."
        ))
    })?;
    if manifest.format != FORMAT {
        return Err(weights(format!(
            "The model's manifest has the format \"{}\"; this version reads \"{FORMAT}\". Convert the weights again.",
            manifest.format
        )));
    }
    let classes = manifest.labels.len();
    let blocks = manifest.architecture.blocks;
    if classes == 0 || classes > MAX_CLASSES || blocks.iter().any(|&n| n == 0 || n > MAX_BLOCKS) {
        return Err(weights(format!(
            "The manifest asks for {classes} classes and {blocks:?} blocks: not a ResNet."
        )));
    }
    let how = &manifest.preprocessing;
    let numbers = how.mean.iter().chain(&how.std).chain([&how.scale]);
    let sides = how.crop >= MIN_SIDE && how.crop <= how.resize && how.resize <= MAX_SIDE;
    if !sides || how.std.contains(&0.0) || numbers.into_iter().any(|number| !number.is_finite()) {
        return Err(weights(format!(
            "The manifest asks for pictures of {} pixels cut to {}, or for numbers that no picture has.",
            how.resize, how.crop
        )));
    }
    Ok(manifest)
}

/// Takes the shards of a model in any order and puts the network together.
#[derive(Debug)]
pub struct Loader {
    manifest: Manifest,
    device: ComputeDevice,
    loaded: Vec<bool>,
    /// Tensors read so far; each is taken out as its layer is built.
    tensors: BTreeMap<String, (Vec<f32>, Vec<usize>)>,
}

impl Loader {
    /// Starts on a model, to be run on `device`.
    ///
    /// # Errors
    /// As [`parse_manifest`].
    pub fn new(manifest: &[u8], device: ComputeDevice) -> Result<Self> {
        let manifest = parse_manifest(manifest)?;
        let loaded = vec![false; manifest.shards.len()];
        Ok(Self {
            manifest,
            device,
            loaded,
            tensors: BTreeMap::new(),
        })
    }

    /// The shards to deliver.
    pub fn shards(&self) -> &[Shard] {
        &self.manifest.shards
    }

    /// Checks one shard and reads its tensors.
    ///
    /// # Errors
    /// [`Error::Weights`] naming the shard if its size, hash or contents are not what the manifest says.
    pub fn add_shard(&mut self, index: usize, bytes: &[u8]) -> Result<()> {
        let shard = self
            .manifest
            .shards
            .get(index)
            .ok_or_else(|| weights(format!("The manifest has no shard number {index}.")))?;
        let file = shard.file.clone();
        verify(shard, bytes)?;
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| {
            weights(format!(
                "The weights file {file} is not valid safetensors: {error}."
            ))
        })?;
        for (name, view) in tensors.iter() {
            let entry = self
                .manifest
                .tensors
                .get(name)
                .filter(|entry| entry.shard == index);
            if entry.is_none_or(|entry| entry.shape != view.shape()) {
                return Err(weights(format!(
                    "The weights file {file} has a tensor {name} of shape {:?} that the manifest does not list there.",
                    view.shape()
                )));
            }
            let values = to_f32(&view).ok_or_else(|| {
                weights(format!(
                    "The tensor {name} in {file} is neither float16 nor float32."
                ))
            })?;
            self.tensors
                .insert(name.into(), (values, view.shape().to_vec()));
        }
        self.loaded[index] = true;
        Ok(())
    }

    /// Puts the network together.
    ///
    /// # Errors
    /// [`Error::Weights`] naming the first missing shard, or the tensor that is missing or misshapen.
    pub fn finish(mut self) -> Result<Model> {
        if let Some(index) = self.loaded.iter().position(|loaded| !loaded) {
            let file = &self.manifest.shards[index].file;
            return Err(weights(format!(
                "The weights file {file} has not been loaded."
            )));
        }
        let stem = self.conv("conv1", 3, 2, 3)?;
        let mut channels = stem.channels();
        let mut stages: [Vec<Block>; 4] = Default::default();
        for (stage, blocks) in stages.iter_mut().enumerate() {
            for index in 0..self.manifest.architecture.blocks[stage] {
                let stride = if stage > 0 && index == 0 { 2 } else { 1 };
                let block = self.block(&format!("layer{}.{index}", stage + 1), channels, stride)?;
                channels = block
                    .convs
                    .last()
                    .expect("a block has convolutions")
                    .channels();
                blocks.push(block);
            }
        }
        let classes = self.manifest.labels.len();
        let classifier = self.take("fc.weight", &[classes, channels])?;
        let fc_bias = self.take("fc.bias", &[classes])?;
        let device = &self.device.burn;
        let fc_weight = Tensor::from_data(
            TensorData::new(classifier.clone(), [classes, channels]),
            device,
        );
        let fc_bias = Tensor::from_data(TensorData::new(fc_bias, [classes]), device);
        let net = ResNet {
            stem,
            stages,
            fc_weight,
            fc_bias,
        };
        Ok(Model {
            net,
            manifest: self.manifest,
            device: self.device,
            classifier,
        })
    }

    fn block(&mut self, name: &str, input: usize, stride: usize) -> Result<Block> {
        let architecture = &self.manifest.architecture;
        // (padding, stride) of each convolution. The stride's place is what tells v1 from v1.5.
        let plan: &[(usize, usize)] = match (architecture.block, architecture.variant) {
            (BlockKind::Basic, _) => &[(1, stride), (1, 1)],
            (BlockKind::Bottleneck, Variant::V1) => &[(0, stride), (1, 1), (0, 1)],
            (BlockKind::Bottleneck, Variant::V15) => &[(0, 1), (1, stride), (0, 1)],
        };
        let mut channels = input;
        let mut convs = Vec::with_capacity(plan.len());
        for (index, &(padding, stride)) in plan.iter().enumerate() {
            let conv = self.conv(
                &format!("{name}.conv{}", index + 1),
                channels,
                stride,
                padding,
            )?;
            channels = conv.channels();
            convs.push(conv);
        }
        let projection = format!("{name}.downsample");
        let downsample = if self.tensors.contains_key(&format!("{projection}.weight")) {
            Some(self.conv(&projection, input, stride, 0)?)
        } else {
            None
        };
        let shortcut = downsample.as_ref().map_or(input, Conv::channels);
        if shortcut != channels || (downsample.is_none() && stride != 1) {
            return Err(weights(format!(
                "The tensor {projection}.weight is missing or does not fit its block."
            )));
        }
        Ok(Block { convs, downsample })
    }

    /// Takes a convolution whose kernel side is `2 * padding + 1`.
    fn conv(&mut self, name: &str, input: usize, stride: usize, padding: usize) -> Result<Conv> {
        let side = 2 * padding + 1;
        let key = format!("{name}.weight");
        let out = match self.tensors.get(&key) {
            Some((_, shape)) => shape.first().copied().unwrap_or(0),
            None => return Err(missing(&key)),
        };
        let shape = [out, side, side, input];
        let weights = self.take(&key, &shape)?;
        let bias = self.take(&format!("{name}.bias"), &[out])?;
        Ok(Conv::new(
            (weights, shape),
            bias,
            (stride, padding),
            &self.device,
        ))
    }

    /// Takes a tensor out, if it is there and has the shape.
    fn take(&mut self, key: &str, expected: &[usize]) -> Result<Vec<f32>> {
        let (values, shape) = self.tensors.remove(key).ok_or_else(|| missing(key))?;
        if shape == expected {
            return Ok(values);
        }
        Err(weights(format!(
            "The tensor {key} has the shape {shape:?}; the architecture needs {expected:?}."
        )))
    }
}

/// Checks size and SHA-256.
fn verify(shard: &Shard, bytes: &[u8]) -> Result<()> {
    let Shard {
        file,
        sha256,
        bytes: length,
    } = shard;
    if bytes.len() as u64 != *length {
        return Err(weights(format!(
            "The weights file {file} is incomplete: {} of {length} bytes arrived. Try again.",
            bytes.len()
        )));
    }
    let actual: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if actual != *sha256 {
        return Err(weights(format!(
            "The weights file {file} is not the one expected (SHA-256 {actual}, expected {sha256}). Try again."
        )));
    }
    Ok(())
}

fn to_f32(view: &safetensors::tensor::TensorView<'_>) -> Option<Vec<f32>> {
    let data = view.data();
    match view.dtype() {
        safetensors::Dtype::F32 => Some(
            data.chunks_exact(4)
                .map(|b| f32::from_le_bytes(b.try_into().expect("4 bytes")))
                .collect(),
        ),
        safetensors::Dtype::F16 => Some(
            data.chunks_exact(2)
                .map(|b| half::f16::from_le_bytes(b.try_into().expect("2 bytes")).to_f32())
                .collect(),
        ),
        _ => None,
    }
}

fn weights(message: String) -> Error {
    Error::Weights(message)
}

fn missing(name: &str) -> Error {
    weights(format!("The tensor {name} is missing."))
}
