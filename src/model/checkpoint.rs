//! A network that the user brings: a torchvision checkpoint, read layer by layer and folded as it comes.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use futures_util::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};

use super::assembly::{Assembly, Layers, Weights};
use super::loader::{MAX_SIDE, MIN_SIDE, Model};
use crate::device::ComputeDevice;
use crate::error::{Error, Result};
use crate::weights::checkpoint::{Checkpoint, CheckpointError};
use crate::weights::layout::Layout;
use crate::weights::manifest::{
    ChannelOrder, Dtype, FORMAT, KernelLayout, Manifest, Preprocessing,
};
use crate::weights::source::Source;
use crate::weights::torchvision::{self, TorchvisionResnet};

/// What a checkpoint does not say.
///
/// ```
/// use camscope::model::checkpoint::CheckpointOptions;
///
/// let options: CheckpointOptions = serde_json::from_str(r#"{ "name": "mine", "labels": ["cat", "dog"] }"#)?;
/// assert_eq!(options.name.as_deref(), Some("mine"));
/// assert_eq!(options.epsilon, None);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CheckpointOptions {
    /// Name to show. Default: what network it is.
    pub name: Option<String>,
    /// One per class, in the order of the logits. Default: `class 0` and so on.
    pub labels: Option<Vec<String>>,
    pub preprocessing: PreprocessingOptions,
    /// Of batch norm. Default: 1e-5, PyTorch's.
    pub epsilon: Option<f64>,
}

/// Default: ImageNet's with torchvision, as for [`torchvision::preprocessing`].
///
/// ```
/// use camscope::model::checkpoint::PreprocessingOptions;
///
/// let options: PreprocessingOptions = serde_json::from_str(r#"{ "crop": 299, "channelOrder": "bgr" }"#)?;
/// assert_eq!((options.crop, options.resize), (Some(299), None));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PreprocessingOptions {
    pub resize: Option<u32>,
    pub crop: Option<u32>,
    pub channel_order: Option<ChannelOrder>,
    pub scale: Option<f32>,
    pub mean: Option<[f32; 3]>,
    pub std: Option<[f32; 3]>,
}

impl PreprocessingOptions {
    fn complete(&self) -> Result<Preprocessing> {
        let default = torchvision::preprocessing();
        let how = Preprocessing {
            crop: self.crop.unwrap_or(default.crop),
            // A larger input than the default's resize is a picture not cropped, unless said otherwise.
            resize: self
                .resize
                .unwrap_or(default.resize.max(self.crop.unwrap_or(0))),
            channel_order: self.channel_order.unwrap_or(default.channel_order),
            scale: self.scale.unwrap_or(default.scale),
            mean: self.mean.unwrap_or(default.mean),
            std: self.std.unwrap_or(default.std),
        };
        let finite = |values: &[f32]| values.iter().all(|value| value.is_finite());
        if how.crop < MIN_SIDE || how.crop > how.resize || how.resize > MAX_SIDE {
            return Err(Error::Option(format!(
                "The network's input must be {MIN_SIDE} to {MAX_SIDE} pixels wide, and the picture's shorter side be \
                 resized to that or more, up to {MAX_SIDE}; {} and {} do not fit.",
                how.crop, how.resize
            )));
        }
        if !finite(&how.mean) || !finite(&how.std) || how.std.iter().any(|std| *std <= 0.0) {
            return Err(Error::Option(
                "Mean and standard deviation must be three numbers each, the latter above zero."
                    .into(),
            ));
        }
        if !how.scale.is_finite() || how.scale <= 0.0 {
            return Err(Error::Option(
                "The scale must be a number above zero.".into(),
            ));
        }
        Ok(how)
    }
}

/// What a checkpoint has, and what its network must have, before any of its weights is read.
///
/// ```
/// use camscope::model::checkpoint::inspect;
///
/// let file = std::fs::File::open("tests/fixtures/torchvision_tiny.pth")?;
/// let found = inspect(file)?;
/// assert_eq!(found.architecture, "ResNet of 1, 2, 1 and 1 bottleneck blocks");
/// assert_eq!((found.classes, found.labels), (7, None));
/// assert_eq!(found.fault, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize)]
pub struct Inspection {
    /// `ResNet-50`
    pub architecture: String,
    pub classes: usize,
    /// Weights that are used.
    pub parameters: usize,
    /// Everything in the file, counters included.
    pub tensors: Vec<TensorInfo>,
    /// Everything that the network must have, in the order of the pass.
    pub expected: Vec<ExpectedTensor>,
    /// Why it cannot be loaded, as [`load`] says it: what is missing, misshapen, foreign or of a type that is not read.
    pub fault: Option<String>,
    /// Size of the file.
    pub bytes: u64,
    /// Checkpoints have none.
    pub labels: Option<Vec<String>>,
}

/// A tensor of a checkpoint.
///
/// ```
/// use camscope::model::checkpoint::inspect;
///
/// let file = std::fs::File::open("tests/fixtures/torchvision_tiny.pth")?;
/// let found = inspect(file)?;
/// let first = found.tensors.iter().find(|tensor| tensor.name == "conv1.weight").unwrap();
/// assert_eq!(first.shape, [16, 3, 7, 7]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize)]
pub struct TensorInfo {
    pub name: String,
    pub shape: Vec<usize>,
}

/// A tensor that a network must have.
///
/// ```
/// use camscope::model::checkpoint::inspect;
///
/// let file = std::fs::File::open("tests/fixtures/torchvision_tiny.pth")?;
/// let expected = inspect(file)?.expected;
/// assert_eq!(expected[0].name, "conv1.weight");
/// assert_eq!(expected[0].found.as_ref(), Some(&expected[0].shape));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize)]
pub struct ExpectedTensor {
    pub name: String,
    pub shape: Vec<usize>,
    /// Its shape in the file; `None`: it is missing.
    pub found: Option<Vec<usize>>,
}

impl From<CheckpointError> for Error {
    fn from(error: CheckpointError) -> Self {
        Self::Weights(error.to_string())
    }
}

/// Reads the index of a checkpoint and compares it with the network that it comes closest to; no weights are read.
///
/// ```
/// use std::io::Cursor;
///
/// use camscope::model::checkpoint::inspect;
///
/// let file = std::fs::File::open("tests/fixtures/torchvision_tiny.pth")?;
/// assert_eq!(inspect(file)?.classes, 7);
/// assert_eq!(inspect(Cursor::new(b"no checkpoint")).unwrap_err().name(), "WeightsError");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Weights`] if it is no checkpoint, or nothing like a ResNet by torchvision's names.
pub fn inspect(file: impl Read + Seek) -> Result<Inspection> {
    let checkpoint = Checkpoint::open(file)?;
    let tensors = checkpoint
        .tensors()
        .map(|(name, shape)| TensorInfo {
            name: name.into(),
            shape: shape.into(),
        })
        .collect();
    let bytes = checkpoint.bytes();
    let layout = Layout::recognise(&checkpoint.tensors().collect())?;
    let expected = layout
        .tensors()
        .into_iter()
        .map(|(name, shape)| ExpectedTensor {
            found: checkpoint.shape(&name).map(Into::into),
            name,
            shape,
        })
        .collect();
    let fault = TorchvisionResnet::new(checkpoint, torchvision::EPSILON).err();
    Ok(Inspection {
        architecture: layout.name(),
        classes: layout.classes,
        parameters: layout.parameters().unwrap_or_default(),
        tensors,
        expected,
        fault: fault.map(|error| error.to_string()),
        bytes,
        labels: None,
    })
}

/// Called between blocks with the bytes of weights (as f32) loaded and in all; answers whether to go on.
///
/// ```
/// use camscope::device::ComputeDevice;
/// use camscope::error::Error;
/// use camscope::model::checkpoint::{CheckpointOptions, load};
///
/// let file = std::fs::File::open("tests/fixtures/torchvision_tiny.pth")?;
/// // Stops where it is asked to go on.
/// let stopped = load(file, CheckpointOptions::default(), ComputeDevice::cpu(), &|loaded, total| {
///     assert!(loaded <= total);
///     Box::pin(async { false })
/// });
/// assert_eq!(pollster::block_on(stopped).err(), Some(Error::Cancelled));
/// # Ok::<(), std::io::Error>(())
/// ```
pub type LoadObserver<'a> = dyn Fn(usize, usize) -> LocalBoxFuture<'a, bool> + 'a;

/// Loads a checkpoint onto `device`. At no time is more than one layer held beside what the device has.
///
/// ```
/// use camscope::device::ComputeDevice;
/// use camscope::model::checkpoint::{CheckpointOptions, load};
///
/// let file = std::fs::File::open("tests/fixtures/torchvision_tiny.pth")?;
/// let options = CheckpointOptions { name: Some("mine".into()), ..CheckpointOptions::default() };
/// let model = load(file, options, ComputeDevice::cpu(), &|_, _| Box::pin(async { true }));
/// let model = pollster::block_on(model)?;
/// assert_eq!((model.manifest.name.as_str(), model.classes()), ("mine", 7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Weights`] as [`inspect`], with its fault, and if the weights are not finite; [`Error::Option`] if the options make no
/// sense or the labels are not as many as the classes; [`Error::Cancelled`].
pub async fn load(
    file: impl Read + Seek,
    options: CheckpointOptions,
    device: ComputeDevice,
    observer: &LoadObserver<'_>,
) -> Result<Model> {
    let epsilon = options.epsilon.unwrap_or(torchvision::EPSILON);
    if !(0.0..1.0).contains(&epsilon) {
        return Err(Error::Option(format!(
            "Batch norm's epsilon must be 0 or more and below 1, not {epsilon}."
        )));
    }
    let preprocessing = options.preprocessing.complete()?;
    let network = TorchvisionResnet::new(Checkpoint::open(file)?, epsilon)?;
    let classes = network.classes();
    let labels = options
        .labels
        .unwrap_or_else(|| (0..classes).map(|class| format!("class {class}")).collect());
    if labels.len() != classes {
        return Err(Error::Option(format!(
            "The network has {classes} classes, but there are {} labels. Give one for each class, or none.",
            labels.len()
        )));
    }
    let architecture = network.layout().name();
    let manifest = Manifest {
        format: FORMAT.into(),
        name: options.name.clone().unwrap_or_else(|| architecture.clone()),
        title: match options.name {
            Some(name) => format!("{name} ({architecture})"),
            None => architecture,
        },
        architecture: network.architecture().clone(),
        preprocessing,
        dtype: Dtype::F32,
        kernel_layout: KernelLayout::Ohwi,
        labels,
        source: "a checkpoint on this device".into(),
        license: "not stated".into(),
        accuracy: None,
        shards: Vec::new(),
        tensors: BTreeMap::new(),
    };
    const WIDTH: usize = size_of::<f32>();
    let total = network.layout().parameters().unwrap_or_default() * WIDTH;
    let mut assembly = Assembly::new(network, manifest, device)?;
    while assembly.step()? {
        if !observer(assembly.parameters() * WIDTH, total).await {
            return Err(Error::Cancelled);
        }
    }
    assembly.finish()
}

impl<R: Read + Seek> Layers for TorchvisionResnet<R> {
    fn has(&self, name: &str) -> bool {
        Source::has(self, name)
    }

    fn conv(&mut self, name: &str) -> Result<Weights> {
        folded(&Source::conv(self, name)?, name)
    }

    fn classifier(&mut self) -> Result<Weights> {
        folded(&Source::classifier(self)?, "fc")
    }
}

/// Rounded once, from f64.
fn folded(conv: &crate::weights::fold::Conv, name: &str) -> Result<Weights> {
    let shape = [
        conv.kernel.out,
        conv.kernel.height,
        conv.kernel.width,
        conv.kernel.inputs,
    ];
    let round = |values: Vec<f64>| -> Vec<f32> { values.into_iter().map(|v| v as f32).collect() };
    let folded = conv.fold();
    let (kernel, bias) = (round(folded.kernel), round(folded.bias));
    if kernel.iter().chain(&bias).all(|value| value.is_finite()) {
        return Ok(Weights {
            kernel,
            shape,
            bias,
        });
    }
    Err(Error::Weights(format!(
        "The weights of {name} with its batch norm folded in are too large for float32."
    )))
}
