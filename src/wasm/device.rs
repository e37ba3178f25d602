//! What is asked of the device itself: whether its kernels are right, and how fast it is.

use serde::Deserialize;
use wasm_bindgen::prelude::*;

use super::convert::{self, to_js};
use super::{Engine, JsResult};
use crate::model::profile;

#[wasm_bindgen]
impl Engine {
    /// Compares each kernel of ours with burn's plain operations: `[{ name, error }]`, see `Explainer.checkDevice` in
    /// `www/camscope.js`.
    #[wasm_bindgen(js_name = checkDevice)]
    pub async fn check_device(&self) -> JsResult {
        #[cfg(feature = "webgpu")]
        let outcomes = crate::model::gpu::check::run(&self.device).await?;
        #[cfg(not(feature = "webgpu"))]
        let outcomes: [(); 0] = [];
        to_js(&outcomes)
    }

    /// How long each convolution takes: `[{ name, shape, macs, milliseconds }]`, for benchmarks.
    pub async fn profile(&self, options: JsValue) -> JsResult {
        let ProfileOptions {
            batch,
            rounds,
            calls,
        } = convert::options(options)?;
        to_js(&profile::profile(self.loaded()?.model(), batch, rounds, calls).await?)
    }
}

#[derive(Deserialize)]
#[serde(default)]
struct ProfileOptions {
    batch: usize,
    rounds: usize,
    calls: usize,
}

impl Default for ProfileOptions {
    fn default() -> Self {
        Self {
            batch: 1,
            rounds: 3,
            calls: 1,
        }
    }
}
