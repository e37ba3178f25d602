//! The network on the CPU, as the page's worker opens it (`www/kernels.js`): a WebAssembly module beside the engine's.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::error::{Error, Result};
use crate::model::cpu::{self, ConvId, Sized4, Step};

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
        let words: Vec<u32> = steps.iter().flat_map(spell).collect();
        let found = Kernels::run(self, &words, x, &size.map(|n| n as u32));
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
}

/// A step as the module reads it (`compute` in `kernels/src/module.rs`).
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
