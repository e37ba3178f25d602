//! The network on the CPU: burn's tensors in and out, everything between in the kernels (`kernels/`), a whole piece of
//! the network at a time.

#[cfg(not(target_family = "wasm"))]
mod native;

use std::fmt::Debug;
use std::rc::Rc;

use burn::tensor::{Tensor, TensorData};

#[cfg(not(target_family = "wasm"))]
pub(crate) use native::Native;

/// Names a convolution that the kernels hold.
pub(crate) type ConvId = u32;

/// Names what passes with channels set to zero start from.
pub(crate) type VariantsId = u32;

/// Numbers and their size, `[n, channels, height, width]`.
pub(crate) type Sized4 = (Vec<f32>, [usize; 4]);

/// Where the kernels are: a library natively; in the browser a WebAssembly module of their own, whose memory can be
/// shared among threads as the engine's cannot.
pub(crate) trait Kernels: Debug {
    /// Threads that they compute on.
    fn threads(&self) -> usize;

    /// Packs a convolution: weights `[out, kh, kw, in]` row-major, one bias per output channel, stride and padding.
    fn add(&self, weights: &[f32], shape: [usize; 4], bias: &[f32], how: (usize, usize)) -> ConvId;

    /// Forgets it.
    fn remove(&self, conv: ConvId);

    /// Its weights as they came, within rounding.
    fn weights(&self, conv: ConvId, shape: [usize; 4]) -> Vec<f32>;

    /// Runs `steps`; the result is what each [`Step::Emit`] asks for.
    fn run(&self, steps: &[Step], x: &[f32], size: [usize; 4]) -> Vec<Sized4>;

    /// What passes with channels of `activations`, `[channels, height, width]`, set to zero start from: they go through
    /// `blocks` (`kernels/src/variants.rs`).
    fn open_variants(&self, blocks: &[Step], activations: &[f32], size: [usize; 3]) -> VariantsId;

    /// Forgets it.
    fn close_variants(&self, variants: VariantsId);

    /// Pictures in a batch of such passes, at least and at most.
    fn variants_in_batch(&self, variants: VariantsId) -> [usize; 2];

    /// How far the means behind the last block are from the known ones with each of `channels` set to zero, one row after
    /// the other.
    fn without(&self, variants: VariantsId, channels: &[u32]) -> Vec<f32>;
}

/// A step of the network.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// A convolution with ReLU, then max pooling.
    Stem(ConvId),
    /// Convolutions with ReLU between them, plus the input (through `downsample` where the shape changes), then ReLU.
    Block {
        convs: Vec<ConvId>,
        downsample: Option<ConvId>,
    },
    /// A convolution on its own, with ReLU if asked for.
    Conv { conv: ConvId, relu: bool },
    /// What the steps so far computed is wanted.
    Emit,
}

/// A convolution that the kernels hold, as long as this or a clone of it lives.
#[derive(Debug, Clone)]
pub(crate) struct CpuConv(Rc<Held>);

#[derive(Debug)]
struct Held {
    id: ConvId,
    /// `[out, kh, kw, in]`
    shape: [usize; 4],
    kernels: Rc<dyn Kernels>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.kernels.remove(self.id);
    }
}

impl CpuConv {
    /// `weights` are `[out, kh, kw, in]` row-major; `bias` has one entry per output channel; then stride and padding.
    pub(crate) fn new(
        kernels: &Rc<dyn Kernels>,
        weights: &[f32],
        shape: [usize; 4],
        bias: &[f32],
        how: (usize, usize),
    ) -> Self {
        Self(Rc::new(Held {
            id: kernels.add(weights, shape, bias, how),
            shape,
            kernels: kernels.clone(),
        }))
    }

    pub(crate) fn id(&self) -> ConvId {
        self.0.id
    }

    /// `[out, kh, kw, in]`
    pub(crate) fn shape(&self) -> [usize; 4] {
        self.0.shape
    }

    /// The weights as they came, within rounding.
    pub(crate) fn weights(&self) -> Vec<f32> {
        self.0.kernels.weights(self.0.id, self.0.shape)
    }

    /// Runs steps, of this convolution and others on the same device, on `x`, `[n, channels, height, width]`; the result
    /// is what each [`Step::Emit`] asks for.
    ///
    /// # Panics
    /// If the sizes do not fit.
    pub(crate) fn run(&self, steps: &[Step], x: Tensor<4>) -> Vec<Tensor<4>> {
        let (size, device) = (x.dims(), x.device());
        let values: Vec<f32> = x
            .into_data()
            .try_into_vec()
            .expect("the network computes in f32");
        let found = self.0.kernels.run(steps, &values, size);
        found
            .into_iter()
            .map(|(values, size)| Tensor::from_data(TensorData::new(values, size), &device))
            .collect()
    }

    /// What passes through `blocks`, on the same device, with channels of `activations`, `[channels, height, width]`, set to
    /// zero start from.
    pub(crate) fn variants(
        &self,
        blocks: &[Step],
        activations: &[f32],
        size: [usize; 3],
    ) -> Variants {
        let kernels = self.0.kernels.clone();
        Variants {
            id: kernels.open_variants(blocks, activations, size),
            kernels,
        }
    }

    /// Runs one step and returns its result. As [`CpuConv::run`].
    pub(crate) fn run_one(&self, step: Step, x: Tensor<4>) -> Tensor<4> {
        let found = self.run(&[step, Step::Emit], x);
        found.into_iter().next().expect("one emits")
    }
}

/// Passes over pictures that differ from a known one in one channel of a layer: what changes is computed, and nothing else.
#[derive(Debug)]
pub(crate) struct Variants {
    id: VariantsId,
    kernels: Rc<dyn Kernels>,
}

impl Drop for Variants {
    fn drop(&mut self) {
        self.kernels.close_variants(self.id);
    }
}

impl Variants {
    /// Pictures in a batch: fewer than the first take as long, and more than the second are not good for the memory.
    pub(crate) fn batches(&self) -> [usize; 2] {
        self.kernels.variants_in_batch(self.id)
    }

    /// How far the last layer's means over all positions are from the known picture's with each of `channels` set to zero:
    /// `[channels.len(), features]` row-major.
    pub(crate) fn without(&self, channels: &[usize]) -> Vec<f32> {
        let channels: Vec<u32> = channels.iter().map(|&channel| channel as u32).collect();
        self.kernels.without(self.id, &channels)
    }
}
