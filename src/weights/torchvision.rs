//! A ResNet by torchvision's names: its layers, read from a checkpoint one at a time.

use std::io::{Read, Seek};

use super::checkpoint::{Checkpoint, CheckpointError};
use super::fold::{BatchNorm, Conv, Kernel};
use super::layout::{Layout, names};
use super::manifest::{Architecture, ChannelOrder, Preprocessing};
use super::source::Source;

/// torchvision's batch norm. Checkpoints do not say.
///
/// ```
/// use std::fs::File;
///
/// use camscope::weights::checkpoint::Checkpoint;
/// use camscope::weights::source::Source;
/// use camscope::weights::torchvision::{EPSILON, TorchvisionResnet};
///
/// let checkpoint = Checkpoint::open(File::open("tests/fixtures/torchvision_tiny.pth")?)?;
/// let network = TorchvisionResnet::new(checkpoint, EPSILON)?;
/// assert!(network.conv("conv1")?.norm.is_some_and(|norm| norm.epsilon == EPSILON));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub const EPSILON: f64 = 1e-5;

/// A state dictionary of torchvision's `resnet18` … `resnet152`.
///
/// ```
/// use std::fs::File;
///
/// use camscope::weights::checkpoint::Checkpoint;
/// use camscope::weights::source::Source;
/// use camscope::weights::torchvision::{EPSILON, TorchvisionResnet};
///
/// let checkpoint = Checkpoint::open(File::open("tests/fixtures/torchvision_tiny.pth")?)?;
/// let network = TorchvisionResnet::new(checkpoint, EPSILON)?;
/// // Layer by layer, as they are asked for.
/// assert_eq!(network.conv("conv1")?.kernel.out, 16);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct TorchvisionResnet<R> {
    layout: Layout,
    checkpoint: Checkpoint<R>,
    epsilon: f64,
}

impl<R: Read + Seek> TorchvisionResnet<R> {
    /// Reads off what network it is, and checks that all of it is there. `epsilon` is batch norm's.
    ///
    /// ```
    /// use std::fs::File;
    ///
    /// use camscope::weights::checkpoint::Checkpoint;
    /// use camscope::weights::torchvision::{EPSILON, TorchvisionResnet};
    ///
    /// let checkpoint = Checkpoint::open(File::open("tests/fixtures/torchvision_tiny_basic.safetensors")?)?;
    /// assert!(TorchvisionResnet::new(checkpoint, EPSILON).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`CheckpointError::Network`] naming what is missing, misshapen, not a ResNet's or not of a floating-point type;
    /// [`CheckpointError::TooLarge`] beyond 134 million weights.
    pub fn new(checkpoint: Checkpoint<R>, epsilon: f64) -> Result<Self, CheckpointError> {
        let layout = Layout::of(&checkpoint.tensors().collect())?;
        for (name, _) in layout.tensors() {
            if !checkpoint.is_float(&name) {
                return Err(CheckpointError::Network(format!(
                    "{name} is of a type that is not read; weights must be float16, bfloat16, float32 or float64"
                )));
            }
        }
        Ok(Self {
            layout,
            checkpoint,
            epsilon,
        })
    }

    /// What network it is.
    #[cfg(any(feature = "compute", test))]
    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Number of classes.
    ///
    /// ```
    /// use std::fs::File;
    ///
    /// use camscope::weights::checkpoint::Checkpoint;
    /// use camscope::weights::torchvision::{EPSILON, TorchvisionResnet};
    ///
    /// let checkpoint = Checkpoint::open(File::open("tests/fixtures/torchvision_tiny.pth")?)?;
    /// let network = TorchvisionResnet::new(checkpoint, EPSILON)?;
    /// assert_eq!(network.classes(), 7);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn classes(&self) -> usize {
        self.layout.classes
    }

    fn values(&self, name: &str) -> Result<Vec<f32>, CheckpointError> {
        let values = self.checkpoint.values(name)?;
        if values.iter().all(|value| value.is_finite()) {
            Ok(values)
        } else {
            Err(CheckpointError::Network(format!(
                "{name} has values that are infinite or not a number"
            )))
        }
    }
}

/// Preprocessing of torchvision's ImageNet models.
///
/// ```
/// use camscope::weights::torchvision::preprocessing;
///
/// let how = preprocessing();
/// assert_eq!((how.resize, how.crop, how.mean), (256, 224, [0.485, 0.456, 0.406]));
/// ```
pub fn preprocessing() -> Preprocessing {
    Preprocessing {
        resize: 256,
        crop: 224,
        channel_order: ChannelOrder::Rgb,
        scale: 1.0 / 255.0,
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
    }
}

impl<R: Read + Seek> Source for TorchvisionResnet<R> {
    type Error = CheckpointError;

    fn architecture(&self) -> &Architecture {
        &self.layout.architecture
    }

    fn has(&self, name: &str) -> bool {
        self.checkpoint
            .shape(&format!("{}.weight", names(name).0))
            .is_some()
    }

    fn conv(&self, name: &str) -> Result<Conv, CheckpointError> {
        let (conv, norm) = names(name);
        let values = |part: &str| self.values(&format!("{norm}.{part}"));
        let variance = values("running_var")?;
        if variance
            .iter()
            .any(|value| f64::from(*value) + self.epsilon <= 0.0)
        {
            return Err(CheckpointError::Network(format!(
                "{norm}.running_var with epsilon {} is not above zero everywhere",
                self.epsilon
            )));
        }
        Ok(Conv {
            kernel: Kernel::from_oihw(
                self.layout.kernel(name),
                &self.values(&format!("{conv}.weight"))?,
            ),
            bias: None,
            norm: Some(BatchNorm {
                gamma: values("weight")?,
                beta: values("bias")?,
                mean: values("running_mean")?,
                variance,
                epsilon: self.epsilon,
            }),
        })
    }

    fn classifier(&self) -> Result<Conv, CheckpointError> {
        let values = self.values("fc.weight")?;
        let inputs = values.len() / self.layout.classes;
        Ok(Conv {
            kernel: Kernel::from_oihw([self.layout.classes, inputs, 1, 1], &values),
            bias: Some(self.values("fc.bias")?),
            norm: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;
    use crate::weights::manifest::{Block, Variant};

    fn tiny(file: &str) -> TorchvisionResnet<File> {
        let path = format!("{}/tests/fixtures/{file}", env!("CARGO_MANIFEST_DIR"));
        let checkpoint = Checkpoint::open(File::open(path).unwrap()).unwrap();
        TorchvisionResnet::new(checkpoint, EPSILON).unwrap()
    }

    #[test]
    fn kind_and_number_of_blocks_are_read_off() {
        let resnet = tiny("torchvision_tiny.pth");
        assert_eq!(resnet.architecture().block, Block::Bottleneck);
        assert_eq!(resnet.architecture().blocks, [1, 2, 1, 1]);
        assert_eq!(resnet.architecture().variant, Variant::V15);
        assert_eq!(resnet.classes(), 7);
        assert_eq!(
            resnet.layout().name(),
            "ResNet of 1, 2, 1 and 1 bottleneck blocks"
        );
        let basic = tiny("torchvision_tiny_basic.safetensors");
        assert_eq!(basic.architecture().block, Block::Basic);
        assert_eq!(basic.architecture().blocks, [1, 1, 2, 1]);
    }
}
