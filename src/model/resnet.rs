//! ResNet (He et al. 2015, arXiv 1512.03385) with batch norm folded into the convolutions, split where the CAM
//! methods cut it: `features` up to a layer, `head` from there to the logits.
//!
//! Names are torchvision's. Both stride variants are here: v1 (Keras) halves the resolution in a bottleneck's
//! first 1×1 convolution, v1.5 (torchvision) in its 3×3.

use std::cell::OnceCell;
use std::ops::Range;

use burn::tensor::activation::relu;
use burn::tensor::module::{conv2d, max_pool2d};
use burn::tensor::ops::{ConvOptions, MaxPoolOptions};
use burn::tensor::{Device, Tensor, TensorData, s};

use super::Layer;
use super::cpu::{CpuConv, Step, Variants};
#[cfg(feature = "webgpu")]
use super::gpu::{self, GpuConv};
use crate::device::{ComputeDevice, Kind};

/// A convolution with a bias, batch norm folded in.
#[derive(Debug, Clone)]
pub(crate) struct Conv {
    kernel: Kernel,
    /// `[out]`
    bias: Tensor<1>,
    stride: usize,
    padding: usize,
}

/// Weights in the form that the device is fastest with.
#[derive(Debug, Clone)]
enum Kernel {
    /// On the GPU.
    #[cfg(feature = "webgpu")]
    Fused(Box<GpuConv>),
    /// On the GPU where the sizes do not suit the kernel above, for burn: `[out, in, kh, kw]`, channels-last in memory.
    Tensor(Tensor<4>),
    /// On the CPU. The tensor is made when a gradient first needs one: burn differentiates its own convolution.
    Packed(CpuConv, OnceCell<Tensor<4>>),
}

impl Conv {
    /// `weights` are `[out, kh, kw, in]` row-major; `bias` has one entry per output channel.
    pub(crate) fn new(
        (weights, shape): (Vec<f32>, [usize; 4]),
        bias: Vec<f32>,
        (stride, padding): (usize, usize),
        device: &ComputeDevice,
    ) -> Self {
        let bias_tensor =
            Tensor::from_data(TensorData::new(bias.clone(), [shape[0]]), &device.burn);
        let how = (stride, padding);
        let kernel = match &device.kernels {
            #[cfg(feature = "webgpu")]
            None => match GpuConv::new(&weights, shape, bias_tensor.clone(), how, device) {
                Some(conv) => Kernel::Fused(Box::new(conv)),
                None => Kernel::Tensor(channels_last(weights, shape, &device.burn)),
            },
            #[cfg(not(feature = "webgpu"))]
            None => Kernel::Tensor(channels_last(weights, shape, &device.burn)),
            Some(kernels) => {
                let packed = CpuConv::new(kernels, &weights, shape, &bias, how);
                Kernel::Packed(packed, OnceCell::new())
            }
        };
        Self {
            kernel,
            bias: bias_tensor,
            stride,
            padding,
        }
    }

    /// One of the GPU's, with its bias once more.
    #[cfg(feature = "webgpu")]
    pub(super) fn of_gpu(
        conv: GpuConv,
        bias: Tensor<1>,
        (stride, padding): (usize, usize),
    ) -> Self {
        Self {
            kernel: Kernel::Fused(Box::new(conv)),
            bias,
            stride,
            padding,
        }
    }

    /// Output channels.
    pub(crate) fn channels(&self) -> usize {
        self.bias.dims()[0]
    }

    /// Pixels from one place of the kernel to the next.
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }

    /// Height and width of the kernel: all of ResNet's have a padding of half of it.
    pub(crate) fn side(&self) -> usize {
        2 * self.padding + 1
    }

    /// The same numbers in the memory layout that convolutions leave behind.
    pub(super) fn settle(x: Tensor<4>, device: &ComputeDevice) -> Tensor<4> {
        match device.kind {
            Kind::WebGpu => {
                let size = x.dims();
                let [n, channels, height, width] = size;
                x.reshape([n, height, width, channels])
                    .permute([0, 3, 1, 2])
            }
            Kind::Cpu => x,
        }
    }

    /// The same convolution with other weights and no bias: `draw` makes as many as `[out, kh, kw, in]` asks for.
    pub(crate) fn redrawn(
        &self,
        draw: impl FnOnce([usize; 4]) -> Vec<f32>,
        device: &ComputeDevice,
    ) -> Self {
        let of_tensor = |kernel: &Tensor<4>| {
            let [out, input, height, width] = kernel.dims();
            [out, height, width, input]
        };
        let shape = match &self.kernel {
            #[cfg(feature = "webgpu")]
            Kernel::Fused(conv) => of_tensor(&conv.kernel()),
            Kernel::Tensor(kernel) => of_tensor(kernel),
            Kernel::Packed(packed, _) => packed.shape(),
        };
        let bias = vec![0.0; shape[0]];
        Self::new(
            (draw(shape), shape),
            bias,
            (self.stride, self.padding),
            device,
        )
    }

    pub(super) fn stride_and_padding(&self) -> (usize, usize) {
        (self.stride, self.padding)
    }

    /// `[out]`, the folded batch norm's included.
    pub(crate) fn bias(&self) -> Tensor<1> {
        self.bias.clone()
    }

    /// `[n, in, h, w]` → `[n, out, h', w']`, plus `shortcut` where given (of the result's shape), through ReLU
    /// if asked for.
    pub(super) fn forward(
        &self,
        x: Tensor<4>,
        shortcut: Option<Tensor<4>>,
        rectify: bool,
    ) -> Tensor<4> {
        let y = match &self.kernel {
            #[cfg(feature = "webgpu")]
            Kernel::Fused(conv) if !x.is_autodiff() => {
                return conv.forward(x, shortcut, rectify);
            }
            Kernel::Packed(packed, _) if !x.is_autodiff() => {
                let relu = rectify && shortcut.is_none();
                let conv = packed.id();
                packed.run_one(Step::Conv { conv, relu }, x)
            }
            _ => self.convolve(x, self.tensor()),
        };
        let y = match shortcut {
            Some(shortcut) => y + shortcut,
            None => y,
        };
        if rectify { relu(y) } else { y }
    }

    /// Weights, `[out, in, kh, kw]`.
    pub(super) fn tensor(&self) -> Tensor<4> {
        match &self.kernel {
            #[cfg(feature = "webgpu")]
            Kernel::Fused(conv) => conv.kernel(),
            Kernel::Tensor(kernel) => kernel.clone(),
            Kernel::Packed(packed, tensor) => {
                let unpack =
                    || channels_last(packed.weights(), packed.shape(), &self.bias.device());
                tensor.get_or_init(unpack).clone()
            }
        }
    }

    /// The GPU's kernel, where there is one.
    #[cfg(feature = "webgpu")]
    pub(super) fn fused(&self) -> Option<&GpuConv> {
        match &self.kernel {
            Kernel::Fused(conv) => Some(conv),
            _ => None,
        }
    }

    /// The packed weights, where a convolution of `x` uses them.
    fn packed(&self, x: &Tensor<4>) -> Option<&CpuConv> {
        match &self.kernel {
            Kernel::Packed(conv, _) if !x.is_autodiff() => Some(conv),
            _ => None,
        }
    }

    /// By burn.
    fn convolve(&self, x: Tensor<4>, kernel: Tensor<4>) -> Tensor<4> {
        let [_, _, side, _] = kernel.dims();
        // A strided 1×1 reads one of stride² positions: picking those first leaves a plain matrix product.
        let (x, stride) = if side == 1 {
            (subsample(x, self.stride), 1)
        } else {
            (x, self.stride)
        };
        let options = ConvOptions::new([stride; 2], [self.padding; 2], [1, 1], 1);
        conv2d(x, kernel, Some(self.bias.clone()), options)
    }
}

/// `[out, kh, kw, in]` row-major, seen as `[out, in, kh, kw]`.
fn channels_last(weights: Vec<f32>, shape: [usize; 4], device: &Device) -> Tensor<4> {
    Tensor::<4>::from_data(TensorData::new(weights, shape), device).permute([0, 3, 1, 2])
}

pub(super) fn subsample(x: Tensor<4>, stride: usize) -> Tensor<4> {
    match stride {
        1 => x,
        stride => {
            let step = stride as i32;
            x.slice(s![.., .., ..;step, ..;step])
        }
    }
}

/// A residual block: convolutions with ReLU between them, plus the shortcut, then ReLU.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// Two (basic) or three (bottleneck) convolutions.
    pub convs: Vec<Conv>,
    /// The projection, where the shape changes.
    pub downsample: Option<Conv>,
}

impl Block {
    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        if let (Some(conv), Some(step)) = (self.convs[0].packed(&x), self.step(&x)) {
            return conv.run_one(step, x);
        }
        let shortcut = match &self.downsample {
            Some(conv) => conv.forward(x.clone(), None, false),
            None => x.clone(),
        };
        self.finish(self.convs[0].forward(x, None, true), shortcut)
    }

    /// What follows the first convolution.
    pub(super) fn finish(&self, y: Tensor<4>, shortcut: Tensor<4>) -> Tensor<4> {
        let (last, between) = self.convs[1..]
            .split_last()
            .expect("a block has two convolutions or more");
        let y = between
            .iter()
            .fold(y, |y, conv| conv.forward(y, None, true));
        last.forward(y, Some(shortcut), true)
    }

    /// The block for the CPU, where `x` goes through packed convolutions.
    fn step(&self, x: &Tensor<4>) -> Option<Step> {
        let id = |conv: &Conv| Some(conv.packed(x)?.id());
        Some(Step::Block {
            convs: self.convs.iter().map(id).collect::<Option<_>>()?,
            downsample: match &self.downsample {
                Some(conv) => Some(id(conv)?),
                None => None,
            },
        })
    }

    /// As `forward`, with every convolution's output handed through `tap`.
    fn tapped(&self, x: Tensor<4>, tap: Tap<'_>) -> Tensor<4> {
        let shortcut = match &self.downsample {
            Some(conv) => tap(conv.forward(x.clone(), None, false), conv),
            None => x.clone(),
        };
        let (last, first) = self.convs.split_last().expect("a block has convolutions");
        let y = first
            .iter()
            .fold(x, |y, conv| relu(tap(conv.forward(y, None, false), conv)));
        relu(tap(last.forward(y, None, false), last) + shortcut)
    }
}

/// Sees a convolution's output, and may replace it.
pub(crate) type Tap<'a> = &'a mut dyn FnMut(Tensor<4>, &Conv) -> Tensor<4>;

fn pool(x: Tensor<4>) -> Tensor<4> {
    let options = MaxPoolOptions::new([3, 3])
        .with_stride([2, 2])
        .with_padding([1, 1]);
    max_pool2d(x, options)
}

/// As f32, where convolutions leave f16.
pub(super) fn full_precision(x: Tensor<4>) -> Tensor<4> {
    #[cfg(feature = "webgpu")]
    return gpu::as_type(x, gpu::Element::F32);
    #[cfg(not(feature = "webgpu"))]
    x
}

/// The network on its device.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use camscope::model::Layer;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let input = Tensor::<4>::ones([1, 3, 64, 64], &Device::flex());
/// // Cut anywhere, the two parts are the whole.
/// let whole = model.net.forward(input.clone());
/// let cut = model.net.head(model.net.features(input, Layer::Layer2), Layer::Layer2);
/// assert!((whole - cut).abs().max().into_scalar::<f32>() < 1e-4);
/// ```
#[derive(Debug, Clone)]
pub struct ResNet {
    /// 7×7, stride 2.
    pub(crate) stem: Conv,
    /// `layer1` to `layer4`.
    pub(crate) stages: [Vec<Block>; 4],
    /// `[classes, features]`
    pub(crate) fc_weight: Tensor<2>,
    /// `[classes]`
    pub(crate) fc_bias: Tensor<1>,
    /// Runs whole passes on a GPU.
    #[cfg(feature = "webgpu")]
    pub(crate) runner: Option<gpu::replay::Runner>,
}

impl ResNet {
    /// Activations of one layer: `[n, 3, h, w]` → `[n, channels, h', w']`, all ≥ 0.
    ///
    /// ```
    /// use burn::tensor::{Device, Tensor};
    /// use camscope::model::Layer;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let input = Tensor::<4>::ones([2, 3, 64, 48], &Device::flex());
    /// let features = model.net.features(input, Layer::Layer2);
    /// assert_eq!(features.dims(), [2, 32, 8, 6]);
    /// assert!(features.min().into_scalar::<f32>() >= 0.0);
    /// ```
    pub fn features(&self, x: Tensor<4>, layer: Layer) -> Tensor<4> {
        self.piece(x, true, 0..layer.index())
    }

    /// Activations of all layers, in the order of [`Layer::ALL`], and logits `[n, classes]` of one forward pass.
    pub(crate) fn watch(&self, x: Tensor<4>) -> ([Tensor<4>; 5], Tensor<2>) {
        #[cfg(feature = "webgpu")]
        if let Some(runner) = &self.runner
            && let Some((features, logits)) = runner.watch(self, &x)
            && let Ok(features) = <[_; 5]>::try_from(features)
        {
            return (features.map(full_precision), logits);
        }
        let features = self.pieces(x, true, [0..0, 0..1, 1..2, 2..3, 3..4]);
        let logits = self.classify(features[4].clone());
        (features, logits)
    }

    /// From the activations of `layer` to the logits: `[n, channels, h, w]` → `[n, classes]`.
    ///
    /// ```
    /// use burn::tensor::{Device, Tensor};
    /// use camscope::model::Layer;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let features = Tensor::<4>::ones([2, 64, 3, 5], &Device::flex());
    /// assert_eq!(model.net.head(features, Layer::Layer4).dims(), [2, 7]);
    /// ```
    pub fn head(&self, activations: Tensor<4>, layer: Layer) -> Tensor<2> {
        #[cfg(feature = "webgpu")]
        if let (Some(runner), false) = (&self.runner, activations.is_autodiff())
            && layer != Layer::Layer4
            && let Some(logits) = runner.head(self, &activations, layer.index())
        {
            return logits;
        }
        self.classify(self.piece(activations, false, layer.index()..4))
    }

    /// Average pooling and the linear classifier.
    pub(super) fn classify(&self, last: Tensor<4>) -> Tensor<2> {
        #[cfg(feature = "webgpu")]
        if let (Some(runner), false) = (&self.runner, last.is_autodiff())
            && let Some(logits) = runner.classify(self, &last)
        {
            return logits;
        }
        let last = full_precision(last);
        let [n, channels, h, w] = last.dims();
        let pooled = last
            .reshape([n, channels, h * w])
            .mean_dim(2)
            .reshape([n, channels]);
        pooled.matmul(self.fc_weight.clone().transpose()) + self.fc_bias.clone().unsqueeze()
    }

    /// The whole network: `[n, 3, h, w]` → logits `[n, classes]`.
    ///
    /// ```
    /// use burn::tensor::{Device, Tensor};
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let input = Tensor::<4>::ones([2, 3, 64, 64], &Device::flex());
    /// assert_eq!(model.net.forward(input).dims(), [2, 7]);
    /// ```
    pub fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        #[cfg(feature = "webgpu")]
        if let (Some(runner), false) = (&self.runner, x.is_autodiff())
            && let Some(logits) = runner.forward(self, &x)
        {
            return logits;
        }
        self.classify(self.piece(x, true, 0..4))
    }

    /// As [`ResNet::forward`] of `pictures`, `[3, h, w]` row-major each, that are not on `device` yet.
    pub(crate) fn forward_each(
        &self,
        mut pictures: impl ExactSizeIterator<Item = Vec<f32>>,
        [height, width]: [usize; 2],
        device: &Device,
    ) -> Tensor<2> {
        let n = pictures.len();
        #[cfg(feature = "webgpu")]
        if let Some(runner) = &self.runner
            && let Some(logits) = runner.forward_each(self, &mut pictures, [height, width], device)
        {
            return logits;
        }
        let values: Vec<f32> = pictures.by_ref().flatten().collect();
        self.forward(Tensor::from_data(
            TensorData::new(values, [n, 3, height, width]),
            device,
        ))
    }

    /// As [`ResNet::forward`] of `picture`, `[1, 3, h, w]`, through masks: each of some `channels` of `features`, `[1,
    /// channels, h', w']`, upsampled bilinearly with aligned corners and scaled to 0–1, its least value and its range plus
    /// `epsilon` being 0 and 1. None where the device has no kernel for it.
    pub(crate) fn forward_masked(
        &self,
        picture: &Tensor<4>,
        features: &Tensor<4>,
        channels: &[usize],
        epsilon: f32,
    ) -> Option<Tensor<2>> {
        #[cfg(feature = "webgpu")]
        return self
            .runner
            .as_ref()?
            .forward_masked(self, picture, features, channels, epsilon);
        #[cfg(not(feature = "webgpu"))]
        {
            let _ = (picture, features, channels, epsilon);
            None
        }
    }

    /// As [`ResNet::forward`], with every convolution's output handed through `tap` before shortcut and ReLU.
    pub(crate) fn tapped(&self, x: Tensor<4>, tap: Tap<'_>) -> Tensor<2> {
        let stem = pool(relu(tap(self.stem.forward(x, None, false), &self.stem)));
        let blocks = self.stages.iter().flatten();
        let last = blocks.fold(stem, |x, block| block.tapped(x, tap));
        self.classify(last)
    }

    fn stem(&self, x: Tensor<4>) -> Tensor<4> {
        pool(self.stem.forward(x, None, true))
    }

    /// As `pieces`, of one range.
    fn piece(&self, x: Tensor<4>, stem: bool, stages: Range<usize>) -> Tensor<4> {
        let [last] = self.pieces(x, stem, std::array::from_fn(|_| stages.clone()));
        last
    }

    /// Activations behind each of some ranges of residual stages that follow one another (0 is layer1); before the first
    /// range the stem, if asked for.
    fn pieces<const N: usize>(
        &self,
        x: Tensor<4>,
        stem: bool,
        stages: [Range<usize>; N],
    ) -> [Tensor<4>; N] {
        if let (Some(conv), Some(steps)) = (self.stem.packed(&x), self.steps(&x, stem, &stages)) {
            return conv.run(&steps, x).try_into().expect("each range emits");
        }
        let mut x = if stem { self.stem(x) } else { x };
        stages.map(|range| {
            let blocks = self.stages[range].iter().flatten();
            x = blocks.fold(x.clone(), |x, block| block.forward(x));
            full_precision(x.clone())
        })
    }

    /// The same for the CPU, where `x` goes through packed convolutions, if there are any.
    fn steps(&self, x: &Tensor<4>, stem: bool, stages: &[Range<usize>]) -> Option<Vec<Step>> {
        let first = self.stem.packed(x)?.id();
        if !stem && stages.iter().all(Range::is_empty) {
            return None;
        }
        let mut steps: Vec<_> = stem.then_some(Step::Stem(first)).into_iter().collect();
        for range in stages {
            for block in self.stages[range.clone()].iter().flatten() {
                steps.push(block.step(x)?);
            }
            steps.push(Step::Emit);
        }
        Some(steps)
    }

    /// What passes behind `layer` with channels of its `activations`, `[1, channels, h, w]`, set to zero start from, on the CPU.
    pub(crate) fn variants(&self, activations: &Tensor<4>, layer: Layer) -> Option<Variants> {
        let blocks = self.stages[layer.index()..].iter().flatten();
        let steps: Vec<_> = blocks
            .map(|block| block.step(activations))
            .collect::<Option<_>>()?;
        let first = self.stem.packed(activations)?;
        let [_, channels, height, width] = activations.dims();
        let values: Vec<f32> = activations.to_data().try_into_vec().ok()?;
        Some(first.variants(&steps, &values, [channels, height, width]))
    }

    /// Channels at a layer's output.
    ///
    /// ```
    /// use camscope::model::Layer;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// assert_eq!(Layer::ALL.map(|layer| model.net.channels(layer)), [16, 16, 32, 48, 64]);
    /// ```
    pub fn channels(&self, layer: Layer) -> usize {
        let last = match layer.index() {
            0 => &self.stem,
            stage => {
                let block = self.stages[stage - 1].last().expect("a stage has blocks");
                block.convs.last().expect("a block has convolutions")
            }
        };
        last.channels()
    }

    /// Height or width of a layer's output for an input of that many pixels.
    ///
    /// ```
    /// use camscope::model::Layer;
    /// use camscope::model::resnet::ResNet;
    ///
    /// assert_eq!(Layer::ALL.map(|layer| ResNet::resolution(layer, 224)), [56, 56, 28, 14, 7]);
    /// ```
    pub fn resolution(layer: Layer, input: usize) -> usize {
        // Every halving here pads so that ⌈n/2⌉ remain: the stem has two, layer2 to layer4 one each.
        let halvings = match layer {
            Layer::Stem | Layer::Layer1 => 2,
            Layer::Layer2 => 3,
            Layer::Layer3 => 4,
            Layer::Layer4 => 5,
        };
        (0..halvings).fold(input, |n, _| n.div_ceil(2))
    }
}
