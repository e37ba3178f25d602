//! The kernels as a library, on rayon's threads.

use std::cell::RefCell;
use std::collections::BTreeMap;

use camscope_kernels::{Conv, Level, Pool, Variants, Workspace};

use super::{ConvId, Kernels, Sized4, Step, VariantsId};

/// The kernels, for the best instruction set that this processor has.
#[derive(Debug, Default)]
pub(crate) struct Native(RefCell<State>);

#[derive(Debug, Default)]
struct State {
    convs: BTreeMap<ConvId, Conv>,
    variants: BTreeMap<VariantsId, Variants>,
    /// No convolution and no variants have it or a larger one.
    next: u32,
    workspace: Workspace,
}

impl Kernels for Native {
    fn threads(&self) -> usize {
        Lanes.lanes()
    }

    fn add(&self, weights: &[f32], shape: [usize; 4], bias: &[f32], how: (usize, usize)) -> ConvId {
        let state = &mut *self.0.borrow_mut();
        let id = state.next;
        state.next += 1;
        let conv = Conv::new(weights, shape, bias, how, Level::best());
        state.convs.insert(id, conv);
        id
    }

    fn remove(&self, conv: ConvId) {
        self.0.borrow_mut().convs.remove(&conv);
    }

    fn weights(&self, conv: ConvId, _: [usize; 4]) -> Vec<f32> {
        self.0.borrow().convs[&conv].weights()
    }

    fn run(&self, steps: &[Step], x: &[f32], size: [usize; 4]) -> Vec<Sized4> {
        let State {
            convs, workspace, ..
        } = &mut *self.0.borrow_mut();
        let steps: Vec<_> = steps.iter().map(|step| native(convs, step)).collect();
        let mut found = Vec::new();
        let emit = &mut |values, size| found.push((values, size));
        camscope_kernels::run(&Lanes, workspace, &steps, (x, size), emit);
        found
    }

    fn open_variants(&self, blocks: &[Step], activations: &[f32], size: [usize; 3]) -> VariantsId {
        let state = &mut *self.0.borrow_mut();
        let blocks: Vec<_> = blocks
            .iter()
            .map(|step| native(&state.convs, step))
            .collect();
        let variants = Variants::new(&blocks, activations, size);
        let id = state.next;
        state.next += 1;
        state.variants.insert(id, variants);
        id
    }

    fn close_variants(&self, variants: VariantsId) {
        self.0.borrow_mut().variants.remove(&variants);
    }

    fn variants_in_batch(&self, variants: VariantsId) -> [usize; 2] {
        self.0.borrow().variants[&variants].batches(Lanes.lanes())
    }

    fn without(&self, variants: VariantsId, channels: &[u32]) -> Vec<f32> {
        self.0.borrow().variants[&variants].without(&Lanes, channels)
    }
}

fn native<'a>(convs: &'a BTreeMap<ConvId, Conv>, step: &Step) -> camscope_kernels::Step<'a> {
    type Native<'a> = camscope_kernels::Step<'a>;
    match step {
        Step::Stem(conv) => Native::Stem(&convs[conv]),
        Step::Block {
            convs: ids,
            downsample,
        } => Native::Block {
            convs: ids.iter().map(|id| &convs[id]).collect(),
            downsample: downsample.map(|id| &convs[&id]),
        },
        Step::Conv { conv, relu } => Native::Conv {
            conv: &convs[conv],
            relu: *relu,
        },
        Step::Emit => Native::Emit,
    }
}

/// rayon's threads.
struct Lanes;

impl Pool for Lanes {
    fn lanes(&self) -> usize {
        rayon::current_num_threads()
    }

    fn run(&self, work: &(dyn Fn(usize) + Sync)) {
        use rayon::prelude::*;

        let lanes = (0..self.lanes()).into_par_iter().with_max_len(1);
        lanes.for_each(work);
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use burn::tensor::activation::relu;
    use burn::tensor::module::{conv2d, max_pool2d};
    use burn::tensor::ops::{ConvOptions, MaxPoolOptions};
    use burn::tensor::{Device, Tensor, TensorData};

    use super::super::CpuConv;
    use super::*;

    fn numbers(count: usize, seed: usize) -> Vec<f32> {
        (0..count)
            .map(|i| ((i * 7919 + seed * 104_729) % 2003) as f32 / 1001.5 - 1.0)
            .collect()
    }

    fn tensor<const D: usize>(shape: [usize; D], seed: usize) -> Tensor<D> {
        let values = numbers(shape.iter().product(), seed);
        Tensor::from_data(TensorData::new(values, shape), &Device::flex())
    }

    /// A convolution of the kernels, and the same by burn.
    struct Both {
        packed: CpuConv,
        kernel: Tensor<4>,
        bias: Tensor<1>,
        options: ConvOptions<2>,
    }

    impl Both {
        /// `shape` is `[out, kh, kw, in]`.
        fn new(shape: [usize; 4], (stride, padding): (usize, usize), seed: usize) -> Self {
            let kernels: Rc<dyn Kernels> = Rc::new(Native::default());
            Self::on(&kernels, shape, (stride, padding), seed)
        }

        fn on(
            kernels: &Rc<dyn Kernels>,
            shape: [usize; 4],
            how: (usize, usize),
            seed: usize,
        ) -> Self {
            let weights = numbers(shape.iter().product(), seed);
            let bias = numbers(shape[0], seed + 1);
            Self {
                packed: CpuConv::new(kernels, &weights, shape, &bias, how),
                kernel: tensor(shape, seed).permute([0, 3, 1, 2]),
                bias: tensor([shape[0]], seed + 1),
                options: ConvOptions::new([how.0; 2], [how.1; 2], [1; 2], 1),
            }
        }

        fn by_burn(&self, x: Tensor<4>) -> Tensor<4> {
            let bias = Some(self.bias.clone());
            conv2d(x, self.kernel.clone(), bias, self.options.clone())
        }
    }

    /// The largest difference, as a share of the largest number.
    fn difference(found: Tensor<4>, expected: Tensor<4>) -> f32 {
        assert_eq!(found.dims(), expected.dims());
        let most = expected.clone().abs().max().into_scalar::<f32>();
        (found - expected).abs().max().into_scalar::<f32>() / most
    }

    /// Against burn's convolution, on shapes that end in the middle of tiles, panels and blocks.
    #[test]
    fn agrees_with_burn_on_odd_shapes() {
        let cases = [
            // [n, in, h, w], out, kernel, stride, padding
            ([1, 3, 17, 23], 7, 7, 2, 3),
            ([2, 5, 9, 11], 13, 3, 1, 1),
            ([1, 31, 8, 7], 6, 3, 2, 1),
            ([3, 300, 5, 3], 11, 1, 1, 0),
            ([1, 64, 7, 7], 64, 3, 1, 1),
            ([1, 200, 9, 9], 70, 3, 1, 1),
            ([1, 4, 40, 41], 5, 1, 2, 0),
            ([1, 1, 1, 1], 1, 3, 1, 1),
            ([1, 2, 3, 400], 4, 3, 1, 1),
        ];
        for (size, out, side, stride, padding) in cases {
            let shape = [out, side, side, size[1]];
            let both = Both::new(shape, (stride, padding), 2);
            let given = numbers(shape.iter().product(), 2);
            let returned = both.packed.weights();
            let worst = returned.iter().zip(&given).map(|(a, b)| (a - b).abs());
            assert!(worst.fold(0.0, f32::max) < 1e-6, "{shape:?}: the weights");
            let x = tensor(size, 1);
            let plain = both.by_burn(x.clone());
            let conv = both.packed.id();
            for relu_too in [false, true] {
                let step = Step::Conv {
                    conv,
                    relu: relu_too,
                };
                let expected = if relu_too {
                    relu(plain.clone())
                } else {
                    plain.clone()
                };
                let off = difference(both.packed.run_one(step, x.clone()), expected);
                assert!(off < 1e-5, "{size:?} → {shape:?}: off by {off}");
            }
        }
    }

    /// Stem, a block that halves the resolution and one that does not, for more pictures than are computed at a time.
    #[test]
    fn a_piece_of_the_network_agrees_with_burn() {
        let kernels: Rc<dyn Kernels> = Rc::new(Native::default());
        let both = |shape, how, seed| Both::on(&kernels, shape, how, seed);
        let stem = both([48, 7, 7, 3], (2, 3), 1);
        let first = [
            both([20, 1, 1, 48], (2, 0), 2),
            both([20, 3, 3, 20], (1, 1), 3),
            both([50, 1, 1, 20], (1, 0), 4),
        ];
        let downsample = both([50, 1, 1, 48], (2, 0), 5);
        let second = [
            both([50, 3, 3, 50], (1, 1), 6),
            both([50, 3, 3, 50], (1, 1), 7),
        ];
        let ids = |convs: &[Both]| convs.iter().map(|conv| conv.packed.id()).collect();
        let x = tensor([5, 3, 131, 150], 8);
        let steps = [
            Step::Stem(stem.packed.id()),
            Step::Emit,
            Step::Block {
                convs: ids(&first),
                downsample: Some(downsample.packed.id()),
            },
            Step::Block {
                convs: ids(&second),
                downsample: None,
            },
            Step::Emit,
        ];
        let [found_stem, found]: [_; 2] = stem.packed.run(&steps, x.clone()).try_into().unwrap();

        let pooling = MaxPoolOptions::new([3, 3])
            .with_stride([2, 2])
            .with_padding([1, 1]);
        let pooled = max_pool2d(relu(stem.by_burn(x)), pooling);
        let [a, b, c] = &first;
        let y = c.by_burn(relu(b.by_burn(relu(a.by_burn(pooled.clone())))));
        let y = relu(y + downsample.by_burn(pooled.clone()));
        let [a, b] = &second;
        let z = relu(b.by_burn(relu(a.by_burn(y.clone()))) + y);
        let off = [difference(found_stem, pooled), difference(found, z)];
        assert!(off[0] < 1e-5 && off[1] < 1e-5, "off by {off:?}");
    }
}
