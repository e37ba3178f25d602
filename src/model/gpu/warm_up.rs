//! Lets the device compile the kernels while the weights are still on their way, so that the first picture need not wait
//! for them: in a browser that happens beside the page.

use burn::tensor::{Tensor, TensorData};

use super::replay::Runner;
use super::{Cut, GpuConv};
use crate::device::ComputeDevice;
use crate::model::resnet::{Block, Conv, ResNet};

/// Channels of the network that is run: every kernel takes so few, and they cost next to nothing.
pub(super) const CHANNELS: usize = 16;
/// As the shipped network: burn's kernels differ with the sizes that they are for.
const CLASSES: usize = 1000;
const SIDE: usize = 224;

/// Runs every kernel that a forward of a ResNet needs once, on next to nothing.
pub(crate) fn run(device: &ComputeDevice) {
    let Some(style) = device.style else {
        return;
    };
    let zeros = |shape: [usize; 4]| Tensor::<4>::zeros(shape, &device.burn);
    if style.cut == Cut::Shared {
        // Input channels, side, whether with a shortcut and ReLU: in blocks, projections and the stem. Of many pixels, for
        // large tiles; and of few with many channels, which are summed up in parts.
        let large = [
            (32, 1, false, false),
            (32, 1, false, true),
            (32, 1, true, true),
            (32, 3, false, true),
            (3, 7, false, true),
        ];
        let parts = [
            (256, 1, false, false),
            (256, 1, false, true),
            (256, 1, true, true),
            (256, 3, false, true),
            (2048, 1, false, true),
        ];
        let large = large.map(|kind| (kind, 128));
        let parts = parts.map(|kind| (kind, 4));
        for ((inputs, side, shortcut, rectify), length) in large.into_iter().chain(parts) {
            let weights = vec![0.0; CHANNELS * side * side * inputs];
            let shape = [CHANNELS, side, side, inputs];
            let bias = Tensor::zeros([CHANNELS], &device.burn);
            let how = (1, side / 2);
            let conv = GpuConv::new(&weights, shape, bias, how, device)
                .expect("the channels come in fours");
            let added = shortcut.then(|| zeros([1, CHANNELS, length, length]));
            conv.forward(zeros([1, inputs, length, length]), added, rectify);
        }
    }
    network(device, &mut |count| vec![0.0; count]).forward(zeros([1, 3, SIDE, SIDE]));
}

/// A network of one bottleneck a stage, in layer1 of two. `draw` makes so many weights.
pub(super) fn network(device: &ComputeDevice, draw: &mut dyn FnMut(usize) -> Vec<f32>) -> ResNet {
    let mut conv = |inputs: usize, side: usize, stride: usize| {
        let shape = [CHANNELS, side, side, inputs];
        let weights = draw(shape.iter().product());
        Conv::new((weights, shape), draw(CHANNELS), (stride, side / 2), device)
    };
    let stem = conv(3, 7, 2);
    let mut block = |stride: usize, is_first: bool| Block {
        convs: vec![
            conv(CHANNELS, 1, stride),
            conv(CHANNELS, 3, 1),
            conv(CHANNELS, 1, 1),
        ],
        downsample: is_first.then(|| conv(CHANNELS, 1, stride)),
    };
    let stages = [
        vec![block(1, true), block(1, false)],
        vec![block(2, true)],
        vec![block(2, true)],
        vec![block(2, true)],
    ];
    let weights = TensorData::new(draw(CLASSES * CHANNELS), [CLASSES, CHANNELS]);
    let bias = TensorData::new(draw(CLASSES), [CLASSES]);
    ResNet {
        stem,
        stages,
        fc_weight: Tensor::from_data(weights, &device.burn),
        fc_bias: Tensor::from_data(bias, &device.burn),
        runner: Runner::new(device),
    }
}
