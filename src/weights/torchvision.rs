//! A ResNet by torchvision's names: what kind it is, and its layers.

use super::checkpoint::{CheckpointError, PlainTensor, StateDict};
use super::fold::{BatchNorm, Conv, Kernel};
use super::manifest::{Architecture, Block, ChannelOrder, Family, Preprocessing, Variant};
use super::source::Source;

/// torchvision's batch norm.
const EPSILON: f64 = 1e-5;

/// Groups, dilation and other blocks change names or shapes in ways that these cannot express.
const UNSUPPORTED: &str =
    "only torchvision's plain ResNets (18 to 152 layers, no groups) are understood";

/// A state dictionary of torchvision's `resnet18` … `resnet152`.
#[derive(Debug)]
pub struct TorchvisionResnet {
    architecture: Architecture,
    tensors: StateDict,
}

impl TorchvisionResnet {
    /// Reads kind and number of blocks off the names, and checks that nothing is missing.
    ///
    /// The variant is v1.5, as torchvision's: a checkpoint does not say where the strides are.
    pub fn new(tensors: StateDict) -> Result<Self, CheckpointError> {
        let blocks = [1, 2, 3, 4].map(|stage| {
            (0..)
                .take_while(|block| {
                    tensors.contains_key(&format!("layer{stage}.{block}.conv1.weight"))
                })
                .count()
        });
        if blocks.contains(&0) || !tensors.contains_key("fc.weight") {
            return Err(CheckpointError::Network(format!(
                "it has no conv1, layer1 to layer4 and fc by torchvision's names; {UNSUPPORTED}"
            )));
        }
        let block = if tensors.contains_key("layer1.0.conv3.weight") {
            Block::Bottleneck
        } else {
            Block::Basic
        };
        let resnet = Self {
            architecture: Architecture {
                family: Family::Resnet,
                block,
                variant: Variant::V15,
                blocks,
            },
            tensors,
        };
        resnet.check()?;
        Ok(resnet)
    }

    /// Preprocessing of torchvision's ImageNet models.
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

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.tensors["fc.weight"].shape[0]
    }

    /// Follows the channels through the network, so that a grouped or otherwise different one is refused here
    /// rather than computed wrongly.
    fn check(&self) -> Result<(), CheckpointError> {
        let expect = |name: &str, expected: [Option<usize>; 3]| {
            let kernel = self.conv(name)?.kernel;
            let found = [kernel.inputs, kernel.height, kernel.width];
            let fits = found
                .iter()
                .zip(expected)
                .all(|(found, expected)| expected.is_none_or(|expected| *found == expected));
            if fits {
                Ok(kernel.out)
            } else {
                Err(CheckpointError::Network(format!(
                    "{name} takes {} channels with a {}×{} kernel; {UNSUPPORTED}",
                    found[0], found[1], found[2]
                )))
            }
        };
        let mut channels = expect("conv1", [Some(3), Some(7), Some(7)])?;
        for (stage, blocks) in (1..).zip(self.architecture.blocks) {
            for block in 0..blocks {
                let name = |part: &str| format!("layer{stage}.{block}.{part}");
                let sides: &[usize] = match self.architecture.block {
                    Block::Basic => &[3, 3],
                    Block::Bottleneck => &[1, 3, 1],
                };
                let mut inner = channels;
                for (conv, side) in (1..).zip(sides) {
                    let side = Some(*side);
                    inner = expect(&name(&format!("conv{conv}")), [Some(inner), side, side])?;
                }
                let shortcut = name("downsample");
                let beside = if self.has(&shortcut) {
                    expect(&shortcut, [Some(channels), Some(1), Some(1)])?
                } else {
                    channels
                };
                if beside != inner {
                    return Err(CheckpointError::Network(format!(
                        "layer{stage}.{block} adds {inner} channels to {beside}; {UNSUPPORTED}"
                    )));
                }
                channels = inner;
            }
        }
        let features = self.classifier()?.kernel.inputs;
        if features != channels {
            return Err(CheckpointError::Network(format!(
                "fc takes {features} features from {channels} channels; {UNSUPPORTED}"
            )));
        }
        Ok(())
    }

    fn tensor(&self, name: &str) -> Result<&PlainTensor, CheckpointError> {
        self.tensors
            .get(name)
            .ok_or_else(|| CheckpointError::Network(format!("tensor {name} is missing")))
    }

    fn vector(&self, name: &str, length: usize) -> Result<Vec<f32>, CheckpointError> {
        let tensor = self.tensor(name)?;
        if tensor.shape == [length] {
            Ok(tensor.values.clone())
        } else {
            Err(wrong_shape(name, tensor))
        }
    }
}

fn wrong_shape(name: &str, tensor: &PlainTensor) -> CheckpointError {
    CheckpointError::Network(format!("tensor {name} has shape {:?}", tensor.shape))
}

/// torchvision's names of a convolution and of its batch norm.
fn names(conv: &str) -> (String, String) {
    if conv.ends_with(".downsample") {
        (format!("{conv}.0"), format!("{conv}.1"))
    } else {
        (conv.to_owned(), conv.replace("conv", "bn"))
    }
}

impl Source for TorchvisionResnet {
    type Error = CheckpointError;

    fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    fn has(&self, name: &str) -> bool {
        self.tensors
            .contains_key(&format!("{}.weight", names(name).0))
    }

    fn conv(&self, name: &str) -> Result<Conv, CheckpointError> {
        let (conv, norm) = names(name);
        let weight = format!("{conv}.weight");
        let tensor = self.tensor(&weight)?;
        let [out, inputs, height, width] = tensor.shape[..] else {
            return Err(wrong_shape(&weight, tensor));
        };
        Ok(Conv {
            kernel: Kernel::from_oihw([out, inputs, height, width], &tensor.values),
            bias: None,
            norm: Some(BatchNorm {
                gamma: self.vector(&format!("{norm}.weight"), out)?,
                beta: self.vector(&format!("{norm}.bias"), out)?,
                mean: self.vector(&format!("{norm}.running_mean"), out)?,
                variance: self.vector(&format!("{norm}.running_var"), out)?,
                epsilon: EPSILON,
            }),
        })
    }

    fn classifier(&self) -> Result<Conv, CheckpointError> {
        let tensor = self.tensor("fc.weight")?;
        let [out, inputs] = tensor.shape[..] else {
            return Err(wrong_shape("fc.weight", tensor));
        };
        Ok(Conv {
            kernel: Kernel::from_oihw([out, inputs, 1, 1], &tensor.values),
            bias: Some(self.vector("fc.bias", out)?),
            norm: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::checkpoint;
    use super::*;

    fn tiny(file: &str) -> StateDict {
        let path = format!("{}/tests/fixtures/{file}", env!("CARGO_MANIFEST_DIR"));
        checkpoint::read(&std::fs::read(path).unwrap()).unwrap()
    }

    #[test]
    fn kind_and_number_of_blocks_are_read_off() {
        let resnet = TorchvisionResnet::new(tiny("torchvision_tiny.pth")).unwrap();
        assert_eq!(resnet.architecture().block, Block::Bottleneck);
        assert_eq!(resnet.architecture().blocks, [1, 2, 1, 1]);
        assert_eq!(resnet.architecture().variant, Variant::V15);
        assert_eq!(resnet.classes(), 7);
        let basic = TorchvisionResnet::new(tiny("torchvision_tiny_basic.safetensors")).unwrap();
        assert_eq!(basic.architecture().block, Block::Basic);
        assert_eq!(basic.architecture().blocks, [1, 1, 2, 1]);
    }

    #[test]
    fn other_networks_are_refused_with_the_reason() {
        let refuse = |change: &dyn Fn(&mut StateDict)| {
            let mut tensors = tiny("torchvision_tiny.pth");
            change(&mut tensors);
            TorchvisionResnet::new(tensors).unwrap_err().to_string()
        };
        let missing = refuse(&|tensors| drop(tensors.remove("layer2.1.bn2.running_mean")));
        assert!(
            missing.contains("layer2.1.bn2.running_mean is missing"),
            "{missing}"
        );
        let other = refuse(&|tensors| drop(tensors.remove("fc.weight")));
        assert!(other.contains("torchvision's names"), "{other}");
        // As in ResNeXt: each kernel sees one of two groups.
        let grouped = refuse(&|tensors| {
            let kernel = tensors.get_mut("layer1.0.conv2.weight").unwrap();
            kernel.shape[1] /= 2;
            let half = kernel.values.len() / 2;
            kernel.values.truncate(half);
        });
        assert!(grouped.contains("layer1.0.conv2"), "{grouped}");
    }
}
