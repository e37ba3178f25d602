//! Convolutions on the GPU in one kernel each: matrix product of weights packed at load with the input's patches, bias,
//! shortcut and ReLU in the same pass, sums in f32.
//!
//! burn 0.22.1 runs a 3×3 convolution in WGSL without tiles, re-orders its weights where they are not channels-last, and
//! adds bias, shortcut and ReLU in passes of their own. Channels stay innermost in memory from the first convolution to
//! the last; to burn a result is a tensor `[n, channels, height, width]` with permuted strides.

pub mod check;
mod kernel;
mod pass;
mod plan;
pub(crate) mod replay;
mod simple;
mod spec;
#[cfg(target_family = "wasm")]
pub(crate) mod staging;
pub(crate) mod warm_up;
mod wgsl;

use std::cell::RefCell;
use std::collections::HashMap;

use burn::tensor::{DType, Shape, Tensor, TensorData};
use burn_wgpu::{CubeTensor, Wgpu, into_contiguous};
use cubecl::client::Client;
use cubecl::server::Handle;

use crate::device::ComputeDevice;
use kernel::{Kernel, launch, launch_each};
use plan::Plan;
use simple::WORKGROUP;
pub(crate) use spec::Element;
use spec::{Finish, Spec, VECTOR};

/// How the kernels are to work on a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    pub cut: Cut,
    /// What activations and weights are kept as.
    pub element: Element,
}

/// How the work is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Through shared memory, over many workgroups.
    Shared,
    /// For GPUs that the processor emulates: straight reads, one output column each.
    Direct,
}

/// A convolution with a bias on the GPU.
#[derive(Debug, Clone)]
pub(crate) struct GpuConv {
    /// `[side, side, in, out]`, the channels of a picture filled up to four.
    weights: Tensor<4>,
    /// `[out]`
    bias: Tensor<1>,
    side: usize,
    /// As in the network: without what `weights` is filled up with.
    inputs: usize,
    outputs: usize,
    stride: usize,
    padding: usize,
    style: Style,
    told: Told,
}

impl GpuConv {
    /// A convolution from `weights`, `[out, kh, kw, in]` row-major, or none where no kernel fits: channels must come in
    /// fours, but for a picture's three.
    pub(crate) fn new(
        weights: &[f32],
        [outputs, side, width, inputs]: [usize; 4],
        bias: Tensor<1>,
        (stride, padding): (usize, usize),
        device: &ComputeDevice,
    ) -> Option<Self> {
        let fits = side == width
            && outputs.is_multiple_of(VECTOR)
            && (inputs == 3 || inputs.is_multiple_of(VECTOR));
        let style = device.style.filter(|_| fits)?;
        let filled = inputs.next_multiple_of(VECTOR);
        let area = side * side;
        let mut packed = vec![0.0; area * filled * outputs];
        for (out, weights) in weights.chunks_exact(area * inputs).enumerate() {
            for (place, weights) in weights.chunks_exact(inputs).enumerate() {
                for (input, &weight) in weights.iter().enumerate() {
                    packed[(place * filled + input) * outputs + out] = weight;
                }
            }
        }
        let shape = [side, side, filled, outputs];
        let weights = Tensor::<4>::from_data(TensorData::new(packed, shape), &device.burn);
        let weights = as_type(weights, style.element);
        let how = (stride, padding);
        Some(Self::of(weights, bias, [outputs, side, inputs], how, style))
    }

    /// A convolution of `[out, side, in]` over packed weights; to plan with, any will do.
    fn of(
        weights: Tensor<4>,
        bias: Tensor<1>,
        [outputs, side, inputs]: [usize; 3],
        (stride, padding): (usize, usize),
        style: Style,
    ) -> Self {
        Self {
            weights,
            bias,
            side,
            inputs,
            outputs,
            stride,
            padding,
            style,
            told: Told::default(),
        }
    }

    /// The weights as burn's own convolution takes them: `[out, in, side, side]`.
    pub(crate) fn kernel(&self) -> Tensor<4> {
        let [side, _, _, out] = self.weights.dims();
        let weights = self
            .weights
            .clone()
            .slice([0..side, 0..side, 0..self.inputs, 0..out]);
        as_type(weights.permute([3, 2, 0, 1]), Element::F32)
    }

    /// `[n, in, h, w]` → `[n, out, h', w']`, plus `shortcut` where given (of the result's shape), through ReLU if asked
    /// for. A picture may have any type of number; else, and for the result, it is that of the style.
    pub(crate) fn forward(
        &self,
        x: Tensor<4>,
        shortcut: Option<Tensor<4>>,
        rectify: bool,
    ) -> Tensor<4> {
        let [n, inputs, height, width] = x.dims();
        assert_eq!(inputs, self.inputs, "the input fits");
        let element = self.style.element;
        let plan = Plan::new(self, [n, height, width]);
        let x = if inputs == PICTURE {
            let x = primitive(as_type(x, Element::F32));
            let bytes = n * height * width * VECTOR * element.bytes();
            let packed = x.client.empty(bytes);
            self.pack_pictures(&x, &packed);
            primitive(tensor(&x, packed, [n, height, width, VECTOR], element))
        } else {
            channels_last(as_type(x, element))
        };
        let shortcut = shortcut.map(|shortcut| channels_last(as_type(shortcut, element)));
        let y = x.client.empty(plan.bytes(element));
        let parts = (plan.parts > 1).then(|| x.client.empty(plan.part_bytes()));
        let buffers = Buffers {
            x: &x.handle,
            shortcut: shortcut.as_ref().map(|shortcut| &shortcut.handle),
            parts: parts.as_ref(),
            partly: None,
            y: &y,
        };
        self.launch(&x.client, &plan, rectify, buffers);
        tensor(&x, y, plan.size, element).permute([0, 3, 1, 2])
    }

    /// Hands the convolution to the device, from and to buffers that hold what `plan` says, channels innermost.
    fn launch(&self, client: &Client, plan: &Plan, rectify: bool, buffers: Buffers<'_>) {
        let mut numbers = plan.numbers(self).to_vec();
        numbers.extend(buffers.partly.map(|partly| partly.begin));
        let sizes = self.told.numbers(client, &numbers);
        let weights = primitive(self.weights.clone());
        let bias = primitive(self.bias.clone());
        let (kernel, adding) = self.kernels(
            plan,
            buffers.shortcut.is_some(),
            rectify,
            buffers.partly.is_some(),
        );
        let mut read = vec![buffers.x, &weights.handle, &sizes];
        let count = plan.workgroups();
        let Some((adding, parts)) = adding.zip(buffers.parts) else {
            read.push(&bias.handle);
            read.extend(buffers.shortcut);
            if let Some(Partly { rows, known, .. }) = buffers.partly {
                read.extend([rows, known]);
            }
            launch(client, kernel, count, &read, buffers.y);
            return;
        };
        launch(client, kernel, count, &read, parts);
        let vectors = plan.vectors();
        let sizes = self
            .told
            .numbers(client, &[plan.parts, vectors, self.outputs / VECTOR]);
        let mut read = vec![parts, &sizes, &bias.handle];
        read.extend(buffers.shortcut);
        launch_each(client, adding, vectors, &read, buffers.y);
    }

    /// The kernel that computes the convolution where it is cut as `plan` says, and the one that adds its parts up, if
    /// there are several. `partly`: only some rows are computed.
    fn kernels(
        &self,
        plan: &Plan,
        shortcut: bool,
        rectify: bool,
        partly: bool,
    ) -> (Kernel, Option<Kernel>) {
        let element = self.style.element;
        let adding = (plan.parts > 1).then_some(Kernel::AddParts {
            element,
            shortcut,
            rectify,
        });
        let spec = Spec {
            tile: plan.tile,
            finish: match adding {
                Some(_) => Finish::Part,
                None => Finish::Bias { shortcut, rectify },
            },
            element,
            side: self.side,
            aligned: self
                .inputs
                .div_ceil(VECTOR)
                .is_multiple_of(plan.tile.depth()),
            partly,
        };
        (Kernel::Convolution(spec), adding)
    }

    /// `[n, 3, h, w]` of f32 → `[n, h, w, 4]` row-major, the last channel 0.
    fn pack_pictures(&self, x: &CubeTensor, packed: &Handle) {
        let (shape, strides) = (x.meta.shape(), x.meta.strides());
        let (n, width, places) = (shape[0], shape[3], shape[2] * shape[3]);
        let sizes = [
            strides[0], strides[1], strides[2], strides[3], width, places,
        ];
        let sizes = self.told.numbers(&x.client, &sizes);
        let count = [places.div_ceil(WORKGROUP), n, 1];
        let kernel = Kernel::PackPictures(self.style.element);
        let read = [&x.handle, &sizes];
        launch(&x.client, kernel, count, &read, packed);
    }
}

impl GpuConv {
    /// What a 1×1 convolution makes of `x`, `[1, in, h, w]` with one of its channels set to zero in each picture of the
    /// result `y`. What the other channels contribute is computed once for all; `channels` are `n` numbers of 32 bits.
    fn launch_without(
        &self,
        x: &Tensor<4>,
        (channels, n): (&Handle, usize),
        rectify: bool,
        y: &Handle,
    ) {
        let element = self.style.element;
        let [_, _, _, width] = x.dims();
        let z = self.forward(x.clone(), None, false);
        let [_, _, height, out_width] = z.dims();
        let x = channels_last(as_type(x.clone(), element));
        let z = channels_last(z);
        let (outputs, pixels) = (self.outputs / VECTOR, height * out_width);
        let vectors = n * pixels * outputs;
        let inputs = self.inputs / VECTOR;
        let sizes = [
            outputs,
            pixels,
            inputs,
            width,
            out_width,
            self.stride,
            vectors,
        ];
        let sizes = self.told.numbers(&x.client, &sizes);
        let weights = primitive(self.weights.clone());
        let read = [&z.handle, &x.handle, &weights.handle, channels, &sizes];
        let kernel = Kernel::Without { element, rectify };
        launch_each(&x.client, kernel, vectors, &read, y);
    }
}

/// Channels of a picture.
const PICTURE: usize = 3;

/// What a convolution reads and writes.
#[derive(Clone, Copy)]
struct Buffers<'a> {
    x: &'a Handle,
    shortcut: Option<&'a Handle>,
    /// For the sums of the parts; needed only where there are several.
    parts: Option<&'a Handle>,
    /// Only where there is one part.
    partly: Option<Partly<'a>>,
    y: &'a Handle,
}

/// Which rows of a convolution's results are computed, and what the others are.
#[derive(Clone, Copy)]
struct Partly<'a> {
    /// As [`simple::rows`] has them.
    rows: &'a Handle,
    /// Where those of this convolution begin.
    begin: usize,
    /// The results for a picture of zeros.
    known: &'a Handle,
}

/// What kernels were told so far, by what it says: each write to the device ends a submission, so they are kept.
#[derive(Debug, Clone, Default)]
struct Told(RefCell<HashMap<Vec<usize>, Handle>>);

impl Told {
    /// Numbers for a kernel, on the device of `client`.
    fn numbers(&self, client: &Client, values: &[usize]) -> Handle {
        if let Some(known) = self.0.borrow().get(values) {
            return known.clone();
        }
        let handle = upload(client, values);
        self.0.borrow_mut().insert(values.to_vec(), handle.clone());
        handle
    }
}

/// Numbers of 32 bits on the device of `client`.
fn upload(client: &Client, values: &[usize]) -> Handle {
    let bytes: Vec<u8> = values
        .iter()
        .flat_map(|&value| (value as u32).to_le_bytes())
        .collect();
    client.create_from_slice(&bytes)
}

fn primitive<const D: usize>(tensor: Tensor<D>) -> CubeTensor {
    tensor
        .try_into_primitive::<Wgpu>()
        .expect("the tensor is on the GPU and has no gradient")
}

fn dtype(element: Element) -> DType {
    match element {
        Element::F32 => DType::F32,
        Element::F16 => DType::F16,
    }
}

/// The same numbers, as near as they can be kept.
pub(crate) fn as_type(x: Tensor<4>, element: Element) -> Tensor<4> {
    if x.dtype() == dtype(element) {
        x
    } else {
        x.cast(dtype(element))
    }
}

/// A tensor over `handle`.
fn tensor(on: &CubeTensor, handle: Handle, shape: [usize; 4], element: Element) -> Tensor<4> {
    let (client, device) = (on.client.clone(), on.device.clone());
    let shape = Shape::new(shape);
    let primitive = CubeTensor::new_contiguous(client, device, shape, handle, dtype(element));
    Tensor::from_primitive::<Wgpu>(primitive)
}

/// `[n, channels, h, w]` → `[n, h, w, channels]` row-major; free for what came out of these kernels.
fn channels_last(x: Tensor<4>) -> CubeTensor {
    into_contiguous(primitive(x.permute([0, 2, 3, 1])))
}
