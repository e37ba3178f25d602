//! Puts the network together block by block, from layers that somebody reads one at a time: only the layer at hand is
//! held beside what is already on the device.

use burn::tensor::{Tensor, TensorData};

use super::loader::Model;
use super::resnet::{Block, Conv, ResNet};
use crate::device::ComputeDevice;
use crate::error::{Error, Result};
use crate::weights::manifest::{Block as BlockKind, Manifest, Variant};

/// A convolution or the classifier, batch norm folded in.
#[derive(Debug)]
pub(super) struct Weights {
    /// `[out, kh, kw, in]` row-major; the classifier's kernel is 1×1.
    pub kernel: Vec<f32>,
    pub shape: [usize; 4],
    /// `[out]`
    pub bias: Vec<f32>,
}

/// Where the layers come from.
pub(super) trait Layers {
    /// Whether there is a convolution of this name (`layer1.0.downsample`).
    fn has(&self, name: &str) -> bool;

    /// Takes a convolution.
    fn conv(&mut self, name: &str) -> Result<Weights>;

    /// Takes the classifier.
    fn classifier(&mut self) -> Result<Weights>;
}

/// A network as far as it is built.
pub(super) struct Assembly<L> {
    layers: L,
    manifest: Manifest,
    device: ComputeDevice,
    stem: Conv,
    stages: [Vec<Block>; 4],
    /// Channels at the end of what is built.
    channels: usize,
    /// Weights in what is built.
    parameters: usize,
}

impl<L: Layers> Assembly<L> {
    /// Builds the first convolution.
    pub(super) fn new(layers: L, manifest: Manifest, device: ComputeDevice) -> Result<Self> {
        let mut layers = layers;
        let (stem, parameters) = conv(&mut layers, "conv1", 3, (2, 3), &device)?;
        Ok(Self {
            channels: stem.channels(),
            layers,
            manifest,
            device,
            stem,
            stages: Default::default(),
            parameters,
        })
    }

    /// Weights in what is built.
    pub(super) fn parameters(&self) -> usize {
        self.parameters
    }

    /// Builds the next block; false once there is none.
    pub(super) fn step(&mut self) -> Result<bool> {
        let blocks = self.manifest.architecture.blocks;
        let Some(stage) = (0..4).find(|&stage| self.stages[stage].len() < blocks[stage]) else {
            return Ok(false);
        };
        let index = self.stages[stage].len();
        let stride = if stage > 0 && index == 0 { 2 } else { 1 };
        let block = self.block(&format!("layer{}.{index}", stage + 1), stride)?;
        self.channels = block
            .convs
            .last()
            .expect("a block has convolutions")
            .channels();
        self.stages[stage].push(block);
        Ok(true)
    }

    /// The network, once all its blocks are built.
    pub(super) fn finish(mut self) -> Result<Model> {
        let classes = self.manifest.labels.len();
        let Weights {
            kernel,
            shape,
            bias,
        } = self.layers.classifier()?;
        let expected = [classes, 1, 1, self.channels];
        if shape != expected {
            return Err(misshapen("fc", shape, expected));
        }
        let device = &self.device.burn;
        let fc_weight = Tensor::from_data(
            TensorData::new(kernel.clone(), [classes, self.channels]),
            device,
        );
        let fc_bias = Tensor::from_data(TensorData::new(bias, [classes]), device);
        Ok(Model {
            net: ResNet {
                stem: self.stem,
                stages: self.stages,
                fc_weight,
                fc_bias,
                #[cfg(feature = "webgpu")]
                runner: super::gpu::replay::Runner::new(&self.device),
            },
            manifest: self.manifest,
            device: self.device,
            classifier: kernel,
        })
    }

    fn block(&mut self, name: &str, stride: usize) -> Result<Block> {
        let architecture = &self.manifest.architecture;
        // (stride, padding) of each convolution. The stride's place is what tells v1 from v1.5.
        let plan: &[(usize, usize)] = match (architecture.block, architecture.variant) {
            (BlockKind::Basic, _) => &[(stride, 1), (1, 1)],
            (BlockKind::Bottleneck, Variant::V1) => &[(stride, 0), (1, 1), (1, 0)],
            (BlockKind::Bottleneck, Variant::V15) => &[(1, 0), (stride, 1), (1, 0)],
        };
        let input = self.channels;
        let mut channels = input;
        let mut convs = Vec::with_capacity(plan.len());
        for (index, &how) in plan.iter().enumerate() {
            let conv = self.conv(&format!("{name}.conv{}", index + 1), channels, how)?;
            channels = conv.channels();
            convs.push(conv);
        }
        let projection = format!("{name}.downsample");
        let downsample = if self.layers.has(&projection) {
            Some(self.conv(&projection, input, (stride, 0))?)
        } else {
            None
        };
        let shortcut = downsample.as_ref().map_or(input, Conv::channels);
        if shortcut != channels || (downsample.is_none() && stride != 1) {
            return Err(Error::Weights(format!(
                "The tensor {projection}.weight is missing or does not fit its block."
            )));
        }
        Ok(Block { convs, downsample })
    }

    fn conv(&mut self, name: &str, input: usize, how: (usize, usize)) -> Result<Conv> {
        let (conv, parameters) = conv(&mut self.layers, name, input, how, &self.device)?;
        self.parameters += parameters;
        Ok(conv)
    }
}

/// Takes a convolution whose kernel side is `2 * padding + 1`; also gives the number of its weights.
fn conv(
    layers: &mut impl Layers,
    name: &str,
    input: usize,
    (stride, padding): (usize, usize),
    device: &ComputeDevice,
) -> Result<(Conv, usize)> {
    let Weights {
        kernel,
        shape,
        bias,
    } = layers.conv(name)?;
    let side = 2 * padding + 1;
    let expected = [shape[0], side, side, input];
    if shape != expected {
        return Err(misshapen(name, shape, expected));
    }
    let parameters = kernel.len();
    let conv = Conv::new((kernel, shape), bias, (stride, padding), device);
    Ok((conv, parameters))
}

fn misshapen(name: &str, found: [usize; 4], expected: [usize; 4]) -> Error {
    Error::Weights(format!(
        "The tensor {name}.weight has the shape {found:?}; the architecture needs {expected:?}."
    ))
}
