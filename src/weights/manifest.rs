//! `manifest.json`: what a converted model consists of and how to feed it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The value of [`Manifest::format`] that this version reads and writes.
///
/// ```
/// use camscope::weights::manifest::FORMAT;
///
/// assert!(FORMAT.starts_with("camscope-model/"));
/// ```
pub const FORMAT: &str = "camscope-model/1";

/// Largest size of one shard, in bytes (20 MiB): small enough for hosts that limit a file's size, and to retry.
///
/// ```
/// use camscope::weights::manifest::MAX_SHARD_BYTES;
///
/// // ResNet50 in float16, 51 MB, takes three.
/// assert_eq!(51_000_000_u64.div_ceil(MAX_SHARD_BYTES), 3);
/// ```
pub const MAX_SHARD_BYTES: u64 = 20 * 1024 * 1024;

/// A converted model: architecture, preprocessing, labels, and the shards that hold its tensors.
///
/// ```
/// use camscope::weights::manifest::{Dtype, FORMAT, Manifest};
///
/// let manifest: Manifest = serde_json::from_str(r#"{
///     "format": "camscope-model/1",
///     "name": "pets",
///     "title": "Pets",
///     "architecture": { "family": "resnet", "block": "basic", "variant": "v1.5", "blocks": [2, 2, 2, 2] },
///     "preprocessing": {
///         "resize": 256, "crop": 224, "channelOrder": "rgb", "scale": 0.0039,
///         "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]
///     },
///     "dtype": "f16",
///     "kernelLayout": "ohwi",
///     "labels": ["cat", "dog"],
///     "source": "https://example.org",
///     "license": "MIT",
///     "shards": [{ "file": "pets-1.safetensors", "sha256": "5891b5b5…", "bytes": 1024 }],
///     "tensors": { "fc.bias": { "shard": 0, "shape": [2] } }
/// }"#)?;
/// assert_eq!((manifest.format.as_str(), manifest.dtype), (FORMAT, Dtype::F16));
/// assert_eq!(manifest.accuracy, None);
/// # Ok::<(), serde_json::Error>(())
/// ```
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
///
/// ```
/// use camscope::weights::manifest::{Architecture, Block, Family, Variant};
///
/// let resnet50 = Architecture {
///     family: Family::Resnet,
///     block: Block::Bottleneck,
///     variant: Variant::V1,
///     blocks: [3, 4, 6, 3],
/// };
/// // Three convolutions a block, the first one, and the classifier.
/// assert_eq!(3 * resnet50.blocks.iter().sum::<usize>() + 2, 50);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Architecture {
    pub family: Family,
    pub block: Block,
    pub variant: Variant,
    /// Residual blocks in layer1 to layer4: `[3, 4, 6, 3]` for ResNet50.
    pub blocks: [usize; 4],
}

/// Kind of network.
///
/// ```
/// use camscope::weights::manifest::Family;
///
/// assert_eq!(serde_json::to_string(&Family::Resnet)?, "\"resnet\"");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    Resnet,
}

/// Kind of residual block.
///
/// ```
/// use camscope::weights::manifest::Block;
///
/// assert_eq!(serde_json::from_str::<Block>("\"bottleneck\"")?, Block::Bottleneck);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Block {
    /// Two 3×3 convolutions (ResNet-18, -34).
    Basic,
    /// 1×1, 3×3, 1×1 (ResNet-50, -101, -152).
    Bottleneck,
}

/// Where a bottleneck that halves the resolution has its stride.
///
/// ```
/// use camscope::weights::manifest::Variant;
///
/// assert_eq!(serde_json::from_str::<Variant>("\"v1.5\"")?, Variant::V15);
/// # Ok::<(), serde_json::Error>(())
/// ```
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
    ///
    /// ```
    /// use camscope::weights::manifest::Variant;
    ///
    /// assert_eq!(Variant::V15.id(), "v1.5");
    /// ```
    pub fn id(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V15 => "v1.5",
        }
    }
}

/// From an RGB picture of 8 bits a channel to the network's input: `(pixel * scale - mean) / std`.
///
/// ```
/// use camscope::weights::manifest::{ChannelOrder, Preprocessing};
///
/// // Keras' ResNet50: blue first, the mean taken off, not scaled.
/// let keras = Preprocessing {
///     resize: 256,
///     crop: 224,
///     channel_order: ChannelOrder::Bgr,
///     scale: 1.0,
///     mean: [103.939, 116.779, 123.68],
///     std: [1.0; 3],
/// };
/// assert!(keras.crop <= keras.resize);
/// ```
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

/// Order of a picture's channels in the network's input.
///
/// ```
/// use camscope::weights::manifest::ChannelOrder;
///
/// assert_eq!(serde_json::from_str::<ChannelOrder>("\"bgr\"")?, ChannelOrder::Bgr);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelOrder {
    Rgb,
    Bgr,
}

/// Type of stored numbers.
///
/// ```
/// use camscope::weights::manifest::Dtype;
///
/// assert_eq!(serde_json::to_string(&Dtype::F16)?, "\"f16\"");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dtype {
    F16,
    F32,
}

/// Memory order of the convolution kernels.
///
/// ```
/// use camscope::weights::manifest::KernelLayout;
///
/// assert_eq!(serde_json::to_string(&KernelLayout::Ohwi)?, "\"ohwi\"");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KernelLayout {
    /// `[out, kh, kw, in]`: input channels are contiguous, which is how the convolution kernels read them.
    Ohwi,
}

/// Shares of ImageNet's validation pictures whose class is the likeliest, or one of the five likeliest.
///
/// ```
/// use camscope::weights::manifest::Accuracy;
///
/// let published: Accuracy = serde_json::from_str(r#"{ "top1": 0.749, "top5": 0.921 }"#)?;
/// assert!(published.top1 < published.top5);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    pub top1: f32,
    pub top5: f32,
}

/// One safetensors file.
///
/// ```
/// use camscope::weights::manifest::Shard;
///
/// let shard: Shard = serde_json::from_str(r#"{ "file": "pets-1.safetensors", "sha256": "5891b5b5…", "bytes": 9 }"#)?;
/// assert_eq!(shard.bytes, 9);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// File name, relative to the manifest.
    pub file: String,
    /// Lower-case hexadecimal SHA-256 of the file.
    pub sha256: String,
    pub bytes: u64,
}

/// Where a tensor is and how it is shaped.
///
/// ```
/// use camscope::weights::manifest::TensorEntry;
///
/// let kernel: TensorEntry = serde_json::from_str(r#"{ "shard": 0, "shape": [64, 7, 7, 3] }"#)?;
/// assert_eq!(kernel.shape.iter().product::<usize>(), 9408);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TensorEntry {
    /// Index into [`Manifest::shards`].
    pub shard: usize,
    /// `[out, kh, kw, in]` for kernels, `[classes, features]` for `fc.weight`, `[out]` for biases.
    pub shape: Vec<usize>,
}
