//! Lets the device compile kernels before they are needed, while the weights are still on their way: in a browser that
//! happens beside the page.

use std::collections::HashSet;

use burn::tensor::Tensor;
use burn_wgpu::into_contiguous;

use super::pass::{Kind, Pass, Start};
use super::{GpuConv, Kernel, Style, VECTOR, launch, primitive, upload};
use crate::cam::mask::MASK_EPSILON;
use crate::device::ComputeDevice;
use crate::model::Layer;
use crate::model::resnet::{Block, Conv, ResNet};

/// As the shipped network takes its pictures.
const SIDE: usize = 224;
/// Sizes of batches that passes of whole pictures come in, where the device has the memory.
const BATCHES: [usize; 6] = [1, 2, 4, 8, 12, 16];
/// Sizes of batches of passes that start before layer4.
const TAILS: [usize; 2] = [16, 64];

/// The kernels of a picture's classification and its maps at layer4 that take no further pass.
pub(crate) fn first(device: &ComputeDevice) {
    let Some((style, net)) = outline(device) else {
        return;
    };
    let element = style.element;
    let mut kernels = vec![
        Kernel::PackPictures(element),
        Kernel::Copy(element),
        Kernel::Average(element),
        Kernel::Linear,
    ];
    kernels.extend(planned(&net, style, Start::Watched, [1, SIDE, SIDE]));
    compile(device, kernels);
    read(device, Layer::Layer4);
}

/// What masked pictures, other batches and AblationCAM at layer3 take besides.
pub(crate) fn others(device: &ComputeDevice) {
    let Some((style, net)) = outline(device) else {
        return;
    };
    let element = style.element;
    let mut kernels = vec![
        Kernel::Extremes,
        Kernel::Rows,
        Kernel::Masked(element, MASK_EPSILON.to_bits()),
    ];
    for start in [Start::Masked, Start::Picture] {
        for n in BATCHES {
            kernels.extend(planned(&net, style, start, [n, SIDE, SIDE]));
        }
    }
    kernels.extend([true, false].map(|rectify| Kernel::Without { element, rectify }));
    let tails = TAILS.map(|n| planned(&net, style, Start::Split(3), [n, SIDE / 16, SIDE / 16]));
    kernels.extend(tails.into_iter().flatten());
    compile(device, kernels);
    for layer in [Layer::Layer3, Layer::Layer2, Layer::Layer1] {
        read(device, layer);
    }
}

/// burn's own kernel, which differs with the size, for reading a layer's activations back.
fn read(device: &ComputeDevice, layer: Layer) {
    let side = ResNet::resolution(layer, SIDE);
    let channels = 64 * SIDE / side;
    let activations = Tensor::<4>::zeros([1, side, side, channels], &device.burn);
    into_contiguous(primitive(activations.permute([0, 3, 1, 2])));
}

/// The kernels of a pass that starts from so many pictures or features of one size.
fn planned(net: &ResNet, style: Style, start: Start, size: [usize; 3]) -> Vec<Kernel> {
    let pass = Pass::new(net, Kind { start, size }, style.element);
    let pass = pass.expect("all convolutions of the outline are ours");
    pass.kernels(start == Start::Masked)
}

/// Runs each kernel once, on nothing but zeros: told that there is nothing to do, it does nothing.
fn compile(device: &ComputeDevice, kernels: Vec<Kernel>) {
    /// More numbers than any kernel is told.
    const NUMBERS: usize = 64;
    let client = primitive(Tensor::<1>::empty([1], &device.burn)).client;
    let [zeros, written] = [(); 2].map(|()| upload(&client, &[0; NUMBERS]));
    let mut known = HashSet::new();
    for kernel in kernels.into_iter().filter(|&kernel| known.insert(kernel)) {
        let read = vec![&zeros; kernel.reads()];
        launch(&client, kernel, [1, 1, 1], &read, &written);
    }
}

/// A ResNet50 to plan passes of, with two blocks a stage: further ones are as the second. None on the CPU.
fn outline(device: &ComputeDevice) -> Option<(Style, ResNet)> {
    let style = device.style?;
    let weights = Tensor::empty([1, 1, 1, VECTOR], &device.burn);
    let bias = Tensor::empty([VECTOR], &device.burn);
    let conv = |inputs: usize, outputs: usize, side: usize, stride: usize| {
        let how = (stride, side / 2);
        let shape = [outputs, side, inputs];
        let conv = GpuConv::of(weights.clone(), bias.clone(), shape, how, style);
        Conv::of_gpu(conv, bias.clone(), how)
    };
    let mut inputs = 64;
    let mut blocks = |width: usize, stride: usize| {
        [(stride, true), (1, false)].map(|(stride, is_first)| {
            let outputs = 4 * width;
            let input = std::mem::replace(&mut inputs, outputs);
            Block {
                convs: vec![
                    conv(input, width, 1, stride),
                    conv(width, width, 3, 1),
                    conv(width, outputs, 1, 1),
                ],
                downsample: is_first.then(|| conv(input, outputs, 1, stride)),
            }
        })
    };
    let stages = [(64, 1), (128, 2), (256, 2), (512, 2)];
    let stages = stages.map(|(width, stride)| blocks(width, stride).into());
    let net = ResNet {
        stem: conv(3, 64, 7, 2),
        stages,
        fc_weight: Tensor::empty([1, 1], &device.burn),
        fc_bias: Tensor::empty([1], &device.burn),
        runner: None,
    };
    Some((style, net))
}
