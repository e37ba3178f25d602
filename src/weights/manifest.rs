//! `manifest.json`: what a converted model consists of and how to feed it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The value of [`Manifest::format`] that this version reads and writes.
pub const FORMAT: &str = "camscope-model/1";

/// Largest size of one shard, in bytes (20 MiB): small enough for hosts that limit a file's size, and to retry.
pub const MAX_SHARD_BYTES: u64 = 20 * 1024 * 1024;

/// A converted model: architecture, preprocessing, labels, and the shards that hold its tensors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Always [`FORMAT`]; anything else is refused.
    pub format: String,
    /// Short name, also the folder's: `resnet50`.
    pub name: String,
    /// Name to show: `ResNet50 (Keras)`.
    pub title: String,
    pub architecture: Architecture,
    pub preprocessing: Preprocessing,
    /// Type in which the tensors are stored. They are computed with in f32.
    pub dtype: Dtype,
    pub kernel_layout: KernelLayout,
    /// One name per class, in the order of the logits.
    pub labels: Vec<String>,
    /// Where the weights come from.
    pub source: String,
    pub license: String,
    /// Published accuracy on ImageNet's validation set, where known.
    pub accuracy: Option<Accuracy>,
    pub shards: Vec<Shard>,
    /// Every tensor by torchvision's name (`layer1.0.conv1.weight`, `fc.bias`), batch norm folded in.
    pub tensors: BTreeMap<String, TensorEntry>,
}

/// Shape of the network. Channel counts follow from the tensors' shapes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Architecture {
    pub family: Family,
    pub block: Block,
    pub variant: Variant,
    /// Residual blocks in layer1 to layer4: `[3, 4, 6, 3]` for ResNet50.
    pub blocks: [usize; 4],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    Resnet,
}

/// Kind of residual block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Block {
    /// Two 3×3 convolutions (ResNet-18, -34).
    Basic,
    /// 1×1, 3×3, 1×1 (ResNet-50, -101, -152).
    Bottleneck,
}

/// Where a bottleneck that halves the resolution has its stride.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Variant {
    /// On the first 1×1 convolution (He et al. 2015; Keras).
    #[serde(rename = "v1")]
    V1,
    /// On the 3×3 convolution (torchvision).
    #[serde(rename = "v1.5")]
    V15,
}

impl Variant {
    /// The name used in the manifest and shown to users.
    pub fn id(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V15 => "v1.5",
        }
    }
}

/// From an RGB picture of 8 bits a channel to the network's input: `(pixel * scale - mean) / std`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Preprocessing {
    /// The shorter side is resized to this many pixels before the centre crop.
    pub resize: u32,
    /// Side of the square centre crop, in pixels.
    pub crop: u32,
    pub channel_order: ChannelOrder,
    /// Factor on the pixel's 0–255 value.
    pub scale: f32,
    /// Per channel, in `channel_order`.
    pub mean: [f32; 3],
    /// Per channel, in `channel_order`.
    pub std: [f32; 3],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelOrder {
    Rgb,
    Bgr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dtype {
    F16,
    F32,
}

/// Memory order of the convolution kernels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KernelLayout {
    /// `[out, kh, kw, in]`: input channels are contiguous, which is how the convolution kernels read them.
    Ohwi,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    pub top1: f32,
    pub top5: f32,
}

/// One safetensors file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// File name, relative to the manifest.
    pub file: String,
    /// Lower-case hexadecimal SHA-256 of the file.
    pub sha256: String,
    pub bytes: u64,
}

/// Where a tensor is and how it is shaped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TensorEntry {
    /// Index into [`Manifest::shards`].
    pub shard: usize,
    /// `[out, kh, kw, in]` for kernels, `[classes, features]` for `fc.weight`, `[out]` for biases.
    pub shape: Vec<usize>,
}
