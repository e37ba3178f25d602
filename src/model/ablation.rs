//! Passes behind a layer with one channel set to zero in each picture, by burn's operations on any device.
//!
//! An ablated channel `k` takes one product from the next block's first convolution and from its projection,
//!
//! ```text
//! z_k = z − W_k ∗ A_k
//! ```
//!
//! so these two run once for all pictures of a batch; the layers behind run for each. Where both are of 1×1, a GPU does
//! all but the first of it by [kernels of ours](super::gpu::replay); on the CPU `kernels/src/variants.rs` saves more.

use burn::tensor::activation::relu;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Int, Tensor, TensorData};

use super::Layer;
use super::resnet::{Block, Conv, ResNet, full_precision, subsample};

impl ResNet {
    /// As [`ResNet::head_with`] zero for all values of one of `channels` in each picture, for less.
    ///
    /// ```
    /// use burn::tensor::{Device, Tensor};
    /// use camscope::model::Layer;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let input = Tensor::<4>::ones([1, 3, 64, 64], &Device::flex());
    /// let features = model.net.features(input, Layer::Layer3);
    /// let short = model.net.head_without(&features, &[0, 1, 2], Layer::Layer3);
    /// let jobs = [(0, 0.0), (1, 0.0), (2, 0.0)];
    /// let plain = model.net.head_with(&features, &jobs, Layer::Layer3);
    /// assert!((short - plain).abs().max().into_scalar::<f32>() < 1e-4);
    /// ```
    pub fn head_without(
        &self,
        activations: &Tensor<4>,
        channels: &[usize],
        layer: Layer,
    ) -> Tensor<2> {
        #[cfg(feature = "webgpu")]
        if let Some(runner) = &self.runner
            && layer != Layer::Layer4
            && let Some(logits) = runner.head_without(self, activations, channels, layer.index())
        {
            return logits;
        }
        let mut blocks = self.stages[layer.index()..].iter().flatten();
        let first = match blocks.next() {
            Some(block) => block.forward_without(activations, channels),
            None => zeroed(activations, channels),
        };
        self.classify(blocks.fold(first, |x, block| block.forward(x)))
    }

    /// As [`ResNet::head`] of `activations`, `[1, channels, h, w]`, with all values of one channel replaced by another in each
    /// picture, both as `jobs` say: `[n, classes]`. Plain passes through all of the layers behind.
    ///
    /// ```
    /// use burn::tensor::{Device, Tensor};
    /// use camscope::model::Layer;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let input = Tensor::<4>::ones([1, 3, 64, 64], &Device::flex());
    /// let features = model.net.features(input, Layer::Layer3);
    /// let logits = model.net.head_with(&features, &[(0, 0.0), (5, -1.0)], Layer::Layer3);
    /// assert_eq!(logits.dims(), [2, 7]);
    /// ```
    pub fn head_with(
        &self,
        activations: &Tensor<4>,
        jobs: &[(usize, f32)],
        layer: Layer,
    ) -> Tensor<2> {
        self.head(filled(activations, jobs), layer)
    }
}

impl Block {
    /// As `forward` of `x`, `[1, in, h, w]`, with one of `channels` set to zero in each picture of the result. What the
    /// other channels contribute is computed once for all.
    fn forward_without(&self, x: &Tensor<4>, channels: &[usize]) -> Tensor<4> {
        let without = |conv: &Conv| {
            full_precision(conv.forward(x.clone(), None, false)) - conv.contributions(x, channels)
        };
        let shortcut = match &self.downsample {
            Some(conv) => without(conv),
            None => zeroed(x, channels),
        };
        self.finish(relu(without(&self.convs[0])), shortcut)
    }
}

impl Conv {
    /// What single `channels` of `x`, `[1, in, h, w]`, contribute to the output, one in each picture of the result,
    /// `[n, out, h', w']`: a rank-1 product of a column of weights and a plane where the kernel is 1×1.
    fn contributions(&self, x: &Tensor<4>, channels: &[usize]) -> Tensor<4> {
        let indices: Vec<i32> = channels.iter().map(|&channel| channel as i32).collect();
        let indices = TensorData::new(indices, [channels.len()]);
        let indices = Tensor::<1, Int>::from_data(indices, &x.device());
        let planes = x.clone().select(1, indices.clone());
        let columns = self.tensor().select(1, indices);
        let columns = columns.permute([1, 0, 2, 3]);
        let [n, out, kh, kw] = columns.dims();
        let (stride, padding) = self.stride_and_padding();
        if [kh, kw] == [1, 1] {
            return subsample(planes, stride).permute([1, 0, 2, 3]) * columns;
        }
        let options = ConvOptions::new([stride; 2], [padding; 2], [1, 1], n);
        let columns = columns.reshape([n * out, 1, kh, kw]);
        let products = conv2d(planes, columns, None, options);
        let [_, _, height, width] = products.dims();
        products.reshape([n, out, height, width])
    }
}

/// `x`, `[1, in, h, w]`, with one of `channels` set to zero in each picture of the result.
fn zeroed(x: &Tensor<4>, channels: &[usize]) -> Tensor<4> {
    let jobs: Vec<_> = channels.iter().map(|&channel| (channel, 0.0)).collect();
    filled(x, &jobs)
}

/// `x`, `[1, in, h, w]`, with all values of one channel replaced by another in each picture of the result.
fn filled(x: &Tensor<4>, jobs: &[(usize, f32)]) -> Tensor<4> {
    let (n, count) = (jobs.len(), x.dims()[1]);
    let mut keep = vec![1.0_f32; n * count];
    let mut add = vec![0.0_f32; n * count];
    for (row, &(channel, value)) in jobs.iter().enumerate() {
        keep[row * count + channel] = 0.0;
        add[row * count + channel] = value;
    }
    let [keep, add] = [keep, add].map(|values| {
        Tensor::<4>::from_data(TensorData::new(values, [n, count, 1, 1]), &x.device())
    });
    x.clone() * keep + add
}
