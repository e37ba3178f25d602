//! Builds the network from a manifest and its shards: each shard is checked against its SHA-256 before a
//! single number of it is used, and every tensor against the shape that the architecture asks for.

use std::collections::BTreeMap;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use sha2::{Digest, Sha256};

use super::Layer;
use super::assembly::{Assembly, Layers, Weights};
use super::resnet::ResNet;
use crate::device::ComputeDevice;
use crate::error::{Error, Result};
use crate::weights::checkpoint::Element;
use crate::weights::checkpoint::tensor::decode;
use crate::weights::layout::{MAX_BLOCKS, MAX_CLASSES};
use crate::weights::manifest::{FORMAT, Manifest, Shard};

/// Least side of the network's input, in pixels: five halvings leave one cell.
pub(super) const MIN_SIDE: u32 = 32;
/// Most pixels of the shorter side that a manifest may ask for; memory grows with it.
pub(super) const MAX_SIDE: u32 = 1024;

/// A network ready to run, with what the manifest says about it.
///
/// ```
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// assert_eq!(model.manifest.labels.len(), model.classes());
/// assert_eq!(model.device.description, "CPU");
/// ```
#[derive(Debug, Clone)]
pub struct Model {
    pub net: ResNet,
    pub manifest: Manifest,
    pub device: ComputeDevice,
    /// The classifier's weights on the host, `[classes, features]` row-major: behind layer4 everything has a
    /// closed form in them.
    pub(crate) classifier: Vec<f32>,
}

impl Model {
    /// Number of classes.
    ///
    /// ```
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// assert_eq!(model.classes(), 7);
    /// ```
    pub fn classes(&self) -> usize {
        self.manifest.labels.len()
    }

    /// The classifier's weights for one class: one per channel of layer4.
    pub(crate) fn class_weights(&self, class: usize) -> &[f32] {
        let features = self.net.channels(Layer::Layer4);
        &self.classifier[class * features..][..features]
    }
}

/// Reads and checks a manifest.
///
/// ```
/// use camscope::model::loader::parse_manifest;
/// use camscope::weights::manifest::Manifest;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let manifest = serde_json::to_vec(&model.manifest)?;
/// assert_eq!(parse_manifest(&manifest)?, model.manifest);
///
/// let other = Manifest { format: "camscope-model/0".into(), ..model.manifest };
/// assert!(parse_manifest(&serde_json::to_vec(&other)?).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// use camscope::device::ComputeDevice;
/// use camscope::model::loader::Loader;
/// use camscope::weights::manifest::{Manifest, Shard};
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let shard = Shard { file: "weights-1.safetensors".into(), sha256: "00".repeat(32), bytes: 4 };
/// let manifest = Manifest { shards: vec![shard], ..model.manifest };
/// let json = serde_json::to_vec(&manifest)?;
/// let mut loader = Loader::new(&json, ComputeDevice::cpu())?;
/// assert_eq!(loader.shards(), manifest.shards);
/// // Nothing that arrives is trusted.
/// assert!(loader.add_shard(0, b"oops").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Loader {
    manifest: Manifest,
    device: ComputeDevice,
    loaded: Vec<bool>,
    tensors: Shards,
}

impl Loader {
    /// Starts on a model, to be run on `device`.
    ///
    /// ```
    /// use camscope::device::ComputeDevice;
    /// use camscope::model::loader::Loader;
    /// use camscope::weights::manifest::{Manifest, Shard};
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let shard = Shard { file: "weights-1.safetensors".into(), sha256: "00".repeat(32), bytes: 4 };
    /// let manifest = Manifest { shards: vec![shard], ..model.manifest };
    /// let json = serde_json::to_vec(&manifest)?;
    /// assert!(Loader::new(&json, ComputeDevice::cpu()).is_ok());
    /// assert!(Loader::new(b"{}", ComputeDevice::cpu()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
            tensors: Shards::default(),
        })
    }

    /// The shards to deliver.
    ///
    /// ```
    /// use camscope::device::ComputeDevice;
    /// use camscope::model::loader::Loader;
    /// use camscope::weights::manifest::{Manifest, Shard};
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let shard = Shard { file: "weights-1.safetensors".into(), sha256: "00".repeat(32), bytes: 4 };
    /// let manifest = Manifest { shards: vec![shard], ..model.manifest };
    /// let json = serde_json::to_vec(&manifest)?;
    /// let loader = Loader::new(&json, ComputeDevice::cpu())?;
    /// assert_eq!(loader.shards()[0].file, "weights-1.safetensors");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn shards(&self) -> &[Shard] {
        &self.manifest.shards
    }

    /// Checks one shard and reads its tensors.
    ///
    /// ```
    /// use camscope::device::ComputeDevice;
    /// use camscope::model::loader::Loader;
    /// use camscope::weights::manifest::{Manifest, Shard, TensorEntry};
    /// use safetensors::{Dtype, tensor::TensorView};
    /// use sha2::{Digest, Sha256};
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let bias = TensorView::new(Dtype::F32, vec![7], &[0; 28])?;
    /// let bytes = safetensors::serialize([("fc.bias", bias)], None)?;
    /// let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    /// let manifest = Manifest {
    ///     shards: vec![Shard { file: "weights-1.safetensors".into(), sha256, bytes: bytes.len() as u64 }],
    ///     tensors: [("fc.bias".into(), TensorEntry { shard: 0, shape: vec![7] })].into(),
    ///     ..model.manifest
    /// };
    /// let mut loader = Loader::new(&serde_json::to_vec(&manifest)?, ComputeDevice::cpu())?;
    /// let mut altered = bytes.clone();
    /// altered[bytes.len() - 1] ^= 1;
    /// assert!(loader.add_shard(0, &altered).is_err());
    /// assert_eq!(loader.add_shard(0, &bytes), Ok(()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Weights`] naming the shard if its size, hash or contents are not what the manifest says.
    pub fn add_shard(&mut self, index: usize, bytes: &[u8]) -> Result<()> {
        verify(self.shard(index)?, bytes)?;
        if self.loaded.len() > 1 && !self.loaded.contains(&true) {
            // The first of several that come from afar: the device would wait for the others.
            self.device.compile_ahead();
        }
        self.add_kept_shard(index, bytes)
    }

    /// As [`Loader::add_shard`], for a shard that was checked when it was stored: its SHA-256 is the caller's to check.
    ///
    /// ```
    /// use camscope::device::ComputeDevice;
    /// use camscope::model::loader::Loader;
    /// use camscope::weights::manifest::{Manifest, Shard};
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let shard = Shard { file: "weights-1.safetensors".into(), sha256: "00".repeat(32), bytes: 4 };
    /// let manifest = Manifest { shards: vec![shard], ..model.manifest };
    /// let json = serde_json::to_vec(&manifest)?;
    /// let mut loader = Loader::new(&json, ComputeDevice::cpu())?;
    /// // The hash does not count here, but what is in it does.
    /// let refused = loader.add_kept_shard(0, b"oops").unwrap_err().to_string();
    /// assert!(refused.contains("not valid safetensors"), "{refused}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Weights`] naming the shard if its size or contents are not what the manifest says.
    pub fn add_kept_shard(&mut self, index: usize, bytes: &[u8]) -> Result<()> {
        let shard = self.shard(index)?;
        let file = shard.file.clone();
        verify_size(shard, bytes)?;
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
            let stored = Stored::new(&view).ok_or_else(|| {
                weights(format!(
                    "The tensor {name} in {file} is neither float16 nor float32."
                ))
            })?;
            self.tensors
                .0
                .insert(name.into(), (stored, view.shape().to_vec()));
        }
        self.loaded[index] = true;
        Ok(())
    }

    fn shard(&self, index: usize) -> Result<&Shard> {
        let shard = self.manifest.shards.get(index);
        shard.ok_or_else(|| weights(format!("The manifest has no shard number {index}.")))
    }

    /// Puts the network together.
    ///
    /// ```
    /// use camscope::device::ComputeDevice;
    /// use camscope::model::loader::Loader;
    /// use camscope::weights::manifest::{Manifest, Shard};
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let shard = Shard { file: "weights-1.safetensors".into(), sha256: "00".repeat(32), bytes: 4 };
    /// let manifest = Manifest { shards: vec![shard], ..model.manifest };
    /// let json = serde_json::to_vec(&manifest)?;
    /// let refused = Loader::new(&json, ComputeDevice::cpu())?.finish().unwrap_err().to_string();
    /// assert_eq!(refused, "The weights file weights-1.safetensors has not been loaded.");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Weights`] naming the first missing shard, or the tensor that is missing or misshapen.
    pub fn finish(self) -> Result<Model> {
        if let Some(index) = self.loaded.iter().position(|loaded| !loaded) {
            let file = &self.manifest.shards[index].file;
            return Err(weights(format!(
                "The weights file {file} has not been loaded."
            )));
        }
        let mut assembly = Assembly::new(self.tensors, self.manifest, self.device)?;
        while assembly.step()? {}
        assembly.finish()
    }
}

/// Tensors read so far; each is taken out as its layer is built.
#[derive(Debug, Default)]
struct Shards(BTreeMap<String, (Stored, Vec<usize>)>);

/// A tensor's little-endian bytes, as they came: as float32 all shards together would take twice the memory.
#[derive(Debug)]
struct Stored {
    element: Element,
    bytes: Vec<u8>,
}

impl Stored {
    /// None where the numbers are of another kind.
    fn new(view: &TensorView<'_>) -> Option<Self> {
        let element = match view.dtype() {
            Dtype::F16 => Element::F16,
            Dtype::F32 => Element::F32,
            _ => return None,
        };
        let bytes = view.data().to_vec();
        Some(Self { element, bytes })
    }
}

impl Layers for Shards {
    fn has(&self, name: &str) -> bool {
        self.0.contains_key(&format!("{name}.weight"))
    }

    fn conv(&mut self, name: &str) -> Result<Weights> {
        let (kernel, shape) = self.take(&format!("{name}.weight"))?;
        let Ok(shape) = <[usize; 4]>::try_from(shape.as_slice()) else {
            return Err(weights(format!(
                "The tensor {name}.weight has the shape {shape:?}; a kernel has four sides."
            )));
        };
        let bias = self.bias(name, shape[0])?;
        Ok(Weights {
            kernel,
            shape,
            bias,
        })
    }

    fn classifier(&mut self) -> Result<Weights> {
        let (kernel, shape) = self.take("fc.weight")?;
        let [classes, features] = shape[..] else {
            return Err(weights(format!(
                "The tensor fc.weight has the shape {shape:?}; a classifier has two sides."
            )));
        };
        let bias = self.bias("fc", classes)?;
        Ok(Weights {
            kernel,
            shape: [classes, 1, 1, features],
            bias,
        })
    }
}

impl Shards {
    fn bias(&mut self, name: &str, length: usize) -> Result<Vec<f32>> {
        let key = format!("{name}.bias");
        let (values, shape) = self.take(&key)?;
        if shape == [length] {
            return Ok(values);
        }
        Err(weights(format!(
            "The tensor {key} has the shape {shape:?}; the architecture needs [{length}]."
        )))
    }

    fn take(&mut self, key: &str) -> Result<(Vec<f32>, Vec<usize>)> {
        let (stored, shape) = self
            .0
            .remove(key)
            .ok_or_else(|| weights(format!("The tensor {key} is missing.")))?;
        Ok((decode(stored.element, &stored.bytes), shape))
    }
}

/// Checks size and SHA-256.
fn verify(shard: &Shard, bytes: &[u8]) -> Result<()> {
    verify_size(shard, bytes)?;
    let Shard { file, sha256, .. } = shard;
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

fn verify_size(shard: &Shard, bytes: &[u8]) -> Result<()> {
    if bytes.len() as u64 == shard.bytes {
        return Ok(());
    }
    Err(weights(format!(
        "The weights file {} is incomplete: {} of {} bytes arrived. Try again.",
        shard.file,
        bytes.len(),
        shard.bytes
    )))
}

fn weights(message: String) -> Error {
    Error::Weights(message)
}
