//! The JavaScript boundary: converts and delegates, nothing more. The only module with JavaScript types.

mod convert;
mod device;
mod explain;
mod export;
mod kernels;
mod load;
mod measure;

use std::cell::{OnceCell, RefCell};

use js_sys::{Array, Float32Array, Uint8Array};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use self::convert::{floats, picture, pixels, set, to_js};
use self::kernels::Kernels;
use crate::cam::Method;
use crate::device::{ComputeDevice, Kind, Precision};
use crate::error::{Error, Result};
use crate::explainer::Explainer;
use crate::model::Layer;
use crate::model::loader::Loader;
use crate::palette::PALETTES;
use crate::preprocess::Crop;

unsafe extern "C" {
    /// Runs what crates have registered to be run before `main`; made by the linker.
    fn __wasm_call_ctors();
}

#[wasm_bindgen(start)]
fn start() {
    // SAFETY: the module's start, which comes once and first. Where nothing calls it, the linker takes the module for a
    // program and has every exported function run all of them anew, those that hand an answer's objects to the page among
    // them: 70 ms for a map.
    unsafe { __wasm_call_ctors() };
    console_error_panic_hook::set_once();
}

/// The version of this package.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}

impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        let js = js_sys::Error::new(&error.to_string());
        js.set_name(error.name());
        js.into()
    }
}

type JsResult<T = JsValue> = std::result::Result<T, JsValue>;

/// The engine: a device, and on it a model once one is loaded.
#[wasm_bindgen]
pub struct Engine {
    device: ComputeDevice,
    loader: RefCell<Option<Loader>>,
    explainer: OnceCell<Explainer>,
}

#[wasm_bindgen]
impl Engine {
    /// Opens `"webgpu"`, with `"webgpu-f16"` in half precision, or `"cpu"`, which needs the kernels that compute there.
    pub async fn open(device: String, kernels: Option<Kernels>) -> JsResult<Engine> {
        let (kind, precision) = match device.strip_suffix("-f16") {
            Some(kind) => (kind, Precision::Half),
            None => (device.as_str(), Precision::Full),
        };
        let device = match kind.parse()? {
            Kind::WebGpu => ComputeDevice::gpu(precision).await?,
            Kind::Cpu => ComputeDevice::with_kernels(kernels::shared(kernels)?),
        };
        Ok(Self {
            device,
            loader: RefCell::new(None),
            explainer: OnceCell::new(),
        })
    }

    /// `{ kind, description, precision, threads }`; threads: on the CPU, those that it computes on.
    #[wasm_bindgen(getter)]
    pub fn device(&self) -> JsResult {
        #[derive(Serialize)]
        struct Device<'a> {
            kind: &'a str,
            description: &'a str,
            precision: &'a str,
            threads: Option<usize>,
        }
        to_js(&Device {
            kind: self.device.kind.id(),
            description: &self.device.description,
            precision: self.device.precision().id(),
            threads: self.device.threads(),
        })
    }

    /// The upright picture, no side longer than `max_side`: `{ width, height, pixels }`.
    pub async fn preview(&self, image: JsValue, max_side: u32) -> JsResult {
        pixels(&self.loaded()?.preview(&picture(&image)?, max_side)?)
    }

    /// What the network sees: `{ width, height, pixels }`.
    pub async fn input(&self, image: JsValue, crop: JsValue) -> JsResult {
        let crop = if crop.is_undefined() {
            Crop::default()
        } else {
            convert::options(crop)?
        };
        pixels(&self.loaded()?.input(&picture(&image)?, crop)?.pixels)
    }

    /// The likeliest classes: see `Explainer.classify` in `www/camscope.js`.
    pub async fn classify(&self, image: JsValue, options: JsValue) -> JsResult {
        let options: ClassifyOptions = convert::options(options)?;
        let top_k = options.top_k.unwrap_or(5);
        let found = self
            .loaded()?
            .classify(&picture(&image)?, options.crop, top_k)
            .await?;
        let object = to_js(&ClassificationHead {
            width: found.width,
            height: found.height,
            crop: found.crop,
            classes: found.classes,
        })?;
        set(&object, "logits", floats(&found.logits))?;
        Ok(object)
    }

    /// Logits of a batch of normalised inputs, `[n, 3, height, width]`: the bare network, for benchmarks.
    pub async fn forward(&self, values: Float32Array, n: u32, height: u32, width: u32) -> JsResult {
        let picture = 3 * height * width;
        let pictures = (0..n as usize).map(|index| {
            let first = index as u32 * picture;
            values.subarray(first, first + picture).to_vec()
        });
        let size = [height, width].map(|length| length as usize);
        Ok(floats(&self.loaded()?.forward(pictures, size).await?))
    }

    /// Logits of plain passes through the layers behind `layer`, each with a channel set to zero: for benchmarks.
    #[wasm_bindgen(js_name = plainPasses)]
    pub async fn plain_passes(&self, image: JsValue, options: JsValue) -> JsResult {
        let PlainPasses {
            crop,
            layer,
            channels,
            batch,
        } = convert::options(options)?;
        let found = self
            .loaded()?
            .plain_passes(&picture(&image)?, crop, layer, &channels, batch)
            .await?;
        Ok(floats(&found))
    }

    fn loaded(&self) -> Result<&Explainer> {
        self.explainer
            .get()
            .ok_or_else(|| Error::Weights("The model is not loaded yet.".into()))
    }
}

/// The colour maps: `[{ id, name, uniform, diverging, rgb }]`, `rgb` of 256 × 3 bytes.
#[wasm_bindgen]
pub fn palettes() -> JsResult<Array> {
    #[derive(Serialize)]
    struct Head {
        id: &'static str,
        name: &'static str,
        uniform: bool,
        diverging: bool,
    }
    PALETTES
        .iter()
        .map(|palette| {
            let object = to_js(&Head {
                id: palette.id,
                name: palette.name,
                uniform: palette.uniform,
                diverging: palette.diverging,
            })?;
            set(
                &object,
                "rgb",
                Uint8Array::from(palette.table().as_slice()).into(),
            )?;
            Ok(object)
        })
        .collect()
}

/// The methods: `[{ id, name, year, paper, url, summary, cost, work, family, layers }]`.
#[wasm_bindgen]
pub fn methods() -> JsResult {
    to_js(&Method::ALL.map(Method::info))
}

#[derive(Serialize)]
struct ClassificationHead {
    width: u32,
    height: u32,
    crop: crate::preprocess::CropBox,
    classes: Vec<crate::explainer::ClassScore>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct ClassifyOptions {
    crop: Crop,
    top_k: Option<usize>,
}

#[derive(Deserialize)]
struct PlainPasses {
    crop: Crop,
    layer: Layer,
    channels: Vec<usize>,
    batch: usize,
}
