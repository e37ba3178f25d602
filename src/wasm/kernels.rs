//! The network on the CPU, as the page's worker opens it (`www/kernels.js`): a WebAssembly module beside the engine's.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::error::{Error, Result};
use crate::model::cpu::{self, ConvId, Sized4, Step, VariantsId};

#[wasm_bindgen]
extern "C" {
    /// See `Kernels` in `www/wasm-engine.d.ts`.
    #[derive(Debug)]
    pub type Kernels;

    #[wasm_bindgen(method, getter)]
    fn threads(this: &Kernels) -> u32;
    #[wasm_bindgen(method)]
    fn add(
        this: &Kernels,
        weights: &[f32],
        shape: &[u32],
        bias: &[f32],
        stride: u32,
        padding: u32,
    ) -> ConvId;
    #[wasm_bindgen(method)]
    fn remove(this: &Kernels, conv: ConvId);
    #[wasm_bindgen(method)]
    fn weights(this: &Kernels, conv: ConvId, count: u32) -> Vec<f32>;
    #[wasm_bindgen(method)]
    fn run(this: &Kernels, words: &[u32], x: &[f32], size: &[u32]) -> Array;
    #[wasm_bindgen(method, js_name = "openVariants")]
    fn open_variants(
        this: &Kernels,
        words: &[u32],
        activations: &[f32],
        size: &[u32],
    ) -> VariantsId;
    #[wasm_bindgen(method, js_name = "closeVariants")]
    fn close_variants(this: &Kernels, variants: VariantsId);
    #[wasm_bindgen(method, js_name = "variantsInBatch")]
    fn variants_in_batch(this: &Kernels, variants: VariantsId, at_most: bool) -> u32;
    #[wasm_bindgen(method)]
    fn without(this: &Kernels, variants: VariantsId, channels: &[u32]) -> Vec<f32>;

    type Activations;

    #[wasm_bindgen(method, getter)]
    fn values(this: &Activations) -> Vec<f32>;
    #[wasm_bindgen(method, getter)]
    fn size(this: &Activations) -> Vec<u32>;
}

/// The kernels for a device.
///
/// # Errors
/// [`Error::Device`] where there are none.
pub(super) fn shared(kernels: Option<Kernels>) -> Result<Rc<dyn cpu::Kernels>> {
    let missing = || Error::Device("The CPU's part of the engine is missing.".into());
    Ok(Rc::new(kernels.ok_or_else(missing)?))
}

impl cpu::Kernels for Kernels {
    fn threads(&self) -> usize {
        Kernels::threads(self) as usize
    }

    fn add(&self, weights: &[f32], shape: [usize; 4], bias: &[f32], how: (usize, usize)) -> ConvId {
        let (stride, padding) = (how.0 as u32, how.1 as u32);
        Kernels::add(
            self,
            weights,
            &shape.map(|n| n as u32),
            bias,
            stride,
            padding,
        )
    }

    fn remove(&self, conv: ConvId) {
        Kernels::remove(self, conv);
    }

    fn weights(&self, conv: ConvId, shape: [usize; 4]) -> Vec<f32> {
        Kernels::weights(self, conv, shape.iter().product::<usize>() as u32)
    }

    fn run(&self, steps: &[Step], x: &[f32], size: [usize; 4]) -> Vec<Sized4> {
        let found = Kernels::run(self, &spelled(steps), x, &size.map(|n| n as u32));
        let found = found
            .into_iter()
            .map(JsValue::unchecked_into::<Activations>);
        found
            .map(|activations| {
                let size: [u32; 4] = activations
                    .size()
                    .try_into()
                    .expect("a size has four sides");
                (activations.values(), size.map(|n| n as usize))
            })
            .collect()
    }

    fn open_variants(&self, blocks: &[Step], activations: &[f32], size: [usize; 3]) -> VariantsId {
        let size = size.map(|n| n as u32);
        Kernels::open_variants(self, &spelled(blocks), activations, &size)
    }

    fn close_variants(&self, variants: VariantsId) {
        Kernels::close_variants(self, variants);
    }

    fn variants_in_batch(&self, variants: VariantsId) -> [usize; 2] {
        [false, true].map(|at_most| Kernels::variants_in_batch(self, variants, at_most) as usize)
    }

    fn without(&self, variants: VariantsId, channels: &[u32]) -> Vec<f32> {
        Kernels::without(self, variants, channels)
    }
}

fn spelled(steps: &[Step]) -> Vec<u32> {
    steps.iter().flat_map(spell).collect()
}

/// A step as the module reads it (`steps` in `kernels/src/module.rs`).
fn spell(step: &Step) -> Vec<u32> {
    match step {
        Step::Stem(conv) => vec![0, *conv],
        Step::Block { convs, downsample } => {
            let head = [1, downsample.unwrap_or(0), convs.len() as u32];
            head.into_iter().chain(convs.iter().copied()).collect()
        }
        Step::Conv { conv, relu } => vec![2, *conv, u32::from(*relu)],
        Step::Emit => vec![3],
    }
}
