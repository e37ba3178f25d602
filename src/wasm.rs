//! The JavaScript boundary: converts and delegates, nothing more. The only file with JavaScript types.

use std::cell::{OnceCell, RefCell};

use image::RgbImage;
use js_sys::{
    Array, Float32Array, Function, Object, Promise, Reflect, Uint8Array, Uint8ClampedArray,
};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::cam::Method;
use crate::cam::probe::{Channels, Progress};
use crate::device::ComputeDevice;
use crate::error::{Error, Result};
use crate::explainer::{ExplainOptions, Explainer, Picture};
use crate::heatmap::Heatmap;
use crate::metrics::agreement::Agreement;
use crate::metrics::focus::{Focus, Inside, Region};
use crate::model::loader::Loader;
use crate::palette::PALETTES;
use crate::preprocess::Crop;
use crate::weights::manifest::Shard;

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
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
    /// Opens `"webgpu"` or `"cpu"`.
    pub async fn open(device: String) -> JsResult<Engine> {
        let device = ComputeDevice::open(device.parse()?).await?;
        Ok(Self {
            device,
            loader: RefCell::new(None),
            explainer: OnceCell::new(),
        })
    }

    /// `{ kind, description }`
    #[wasm_bindgen(getter)]
    pub fn device(&self) -> JsResult {
        #[derive(Serialize)]
        struct Device<'a> {
            kind: &'a str,
            description: &'a str,
        }
        to_js(&Device {
            kind: self.device.kind.id(),
            description: &self.device.description,
        })
    }

    /// Reads a manifest; returns `{ shards: [{ file, sha256, bytes }] }`, to be delivered with `addShard`.
    #[wasm_bindgen(js_name = beginModel)]
    pub fn begin_model(&self, manifest: &[u8]) -> JsResult {
        #[derive(Serialize)]
        struct Plan<'a> {
            shards: &'a [Shard],
        }
        let loader = Loader::new(manifest, self.device.clone())?;
        let plan = to_js(&Plan {
            shards: loader.shards(),
        })?;
        *self.loader.borrow_mut() = Some(loader);
        Ok(plan)
    }

    /// Checks one shard's size and SHA-256 and uploads it.
    #[wasm_bindgen(js_name = addShard)]
    pub fn add_shard(&self, index: usize, bytes: &[u8]) -> JsResult<()> {
        let mut loader = self.loader.borrow_mut();
        let loader = loader
            .as_mut()
            .ok_or_else(|| Error::Weights("No model is being loaded.".into()))?;
        Ok(loader.add_shard(index, bytes)?)
    }

    /// Puts the model together; returns its description. An engine loads one model.
    #[wasm_bindgen(js_name = finishModel)]
    pub async fn finish_model(&self) -> JsResult {
        let loader = self.loader.borrow_mut().take();
        let loader = loader.ok_or_else(|| Error::Weights("No model is being loaded.".into()))?;
        let explainer = Explainer::new(loader.finish()?);
        let explainer = match self.explainer.set(explainer) {
            Ok(()) => self.loaded()?,
            Err(_) => {
                return Err(Error::Weights(
                    "This engine already has a model: open another.".into(),
                )
                .into());
            }
        };
        let manifest = &explainer.model().manifest;
        let info = to_js(&ModelInfo {
            name: &manifest.name,
            title: &manifest.title,
            variant: manifest.architecture.variant.id(),
            classes: manifest.labels.len(),
            labels: &manifest.labels,
            layers: explainer.layers(),
            source: &manifest.source,
            license: &manifest.license,
            accuracy: manifest.accuracy,
        })?;
        Ok(info)
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
            options(crop)?
        };
        pixels(&self.loaded()?.input(&picture(&image)?, crop)?.pixels)
    }

    /// The likeliest classes: see `Explainer.classify` in `www/camscope.js`.
    pub async fn classify(&self, image: JsValue, options: JsValue) -> JsResult {
        let options: ClassifyOptions = self::options(options)?;
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

    /// One map: see `Explainer.explain` in `www/camscope.js`. `on_progress` returns a promise of whether to go on.
    pub async fn explain(
        &self,
        image: JsValue,
        options: JsValue,
        on_progress: Option<Function>,
    ) -> JsResult {
        let options: JsExplainOptions = self::options(options)?;
        let options = options.parse()?;
        let observer = move |progress: Progress| {
            let on_progress = on_progress.clone();
            Box::pin(async move {
                match on_progress {
                    Some(callback) => report(&callback, progress).await.unwrap_or(false),
                    None => true,
                }
            }) as futures_util::future::LocalBoxFuture<'_, bool>
        };
        let found = self
            .loaded()?
            .explain(&picture(&image)?, &options, &observer)
            .await?;
        let object = to_js(&ExplanationHead {
            method: found.method.info().id,
            layer: found.layer.id(),
            target: found.target,
            width: found.map.width,
            height: found.map.height,
            exact: found.exact,
            passes: found.passes,
            seconds: found.seconds,
            notes: found.notes,
        })?;
        set(&object, "values", floats(&found.map.values))?;
        set(&object, "raw", map(&found.raw)?)?;
        set(&object, "weights", floats(&found.weights))?;
        set(&object, "scores", floats(&found.scores))?;
        Ok(object)
    }

    /// Numbers about a map `{ width, height, values }`: `{ focus, inside, confidence }`; see `Explainer.measure` in
    /// `www/camscope.js`.
    pub async fn measure(&self, image: JsValue, map: JsValue, options: JsValue) -> JsResult {
        let options: MeasureOptions = self::options(options)?;
        let map = heatmap(&map)?;
        let inside = options.region.map(|region| Inside::of(&map, region));
        let confidence = match options.target {
            Some(class) => {
                let found = self
                    .loaded()?
                    .confidence(&picture(&image)?, options.crop, &map, class)
                    .await?;
                Some(JsConfidence {
                    before: found.before,
                    after: found.after,
                    drop: found.drop(),
                    increase: found.increase(),
                })
            }
            None => None,
        };
        to_js(&Measures {
            focus: Focus::of(&map),
            inside,
            confidence,
        })
    }

    /// Logits of a batch of normalised inputs, `[n, 3, height, width]`: the bare network, for benchmarks.
    pub async fn forward(
        &self,
        values: Vec<f32>,
        n: usize,
        height: usize,
        width: usize,
    ) -> JsResult {
        Ok(floats(
            &self.loaded()?.forward(values, [n, height, width]).await?,
        ))
    }

    fn loaded(&self) -> Result<&Explainer> {
        self.explainer
            .get()
            .ok_or_else(|| Error::Weights("The model is not loaded yet.".into()))
    }
}

/// How far two maps `{ width, height, values }` agree: `{ pearson, spearman, iou }`.
#[wasm_bindgen]
pub fn compare(a: JsValue, b: JsValue) -> JsResult {
    to_js(&Agreement::of(&heatmap(&a)?, &heatmap(&b)?)?)
}

/// The colour maps: `[{ id, name, uniform, rgb }]`, `rgb` of 256 × 3 bytes.
#[wasm_bindgen]
pub fn palettes() -> JsResult<Array> {
    #[derive(Serialize)]
    struct Head {
        id: &'static str,
        name: &'static str,
        uniform: bool,
    }
    PALETTES
        .iter()
        .map(|palette| {
            let object = to_js(&Head {
                id: palette.id,
                name: palette.name,
                uniform: palette.uniform,
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

/// The methods: `[{ id, name, year, paper, url, summary, cost }]`.
#[wasm_bindgen]
pub fn methods() -> JsResult {
    to_js(&Method::ALL.map(Method::info))
}

#[derive(Serialize)]
struct ModelInfo<'a> {
    name: &'a str,
    title: &'a str,
    variant: &'a str,
    classes: usize,
    labels: &'a [String],
    layers: Vec<crate::explainer::LayerInfo>,
    source: &'a str,
    license: &'a str,
    accuracy: Option<crate::weights::manifest::Accuracy>,
}

#[derive(Serialize)]
struct ClassificationHead {
    width: u32,
    height: u32,
    crop: crate::preprocess::CropBox,
    classes: Vec<crate::explainer::ClassScore>,
}

#[derive(Serialize)]
struct ExplanationHead {
    method: &'static str,
    layer: &'static str,
    target: crate::explainer::ClassScore,
    width: usize,
    height: usize,
    exact: bool,
    passes: usize,
    seconds: f64,
    notes: Vec<crate::cam::Note>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct ClassifyOptions {
    crop: Crop,
    top_k: Option<usize>,
}

#[derive(Deserialize)]
struct JsExplainOptions {
    method: String,
    layer: Option<String>,
    target: Option<usize>,
    #[serde(default)]
    crop: Crop,
    channels: Option<JsChannels>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum JsChannels {
    Budget(usize),
    Only(Vec<usize>),
}

impl JsExplainOptions {
    fn parse(self) -> Result<ExplainOptions> {
        let layer = self
            .layer
            .map(|layer| layer.parse())
            .transpose()?
            .unwrap_or_default();
        let channels = match self.channels {
            None => Channels::All,
            Some(JsChannels::Budget(count)) => Channels::Budget(count),
            Some(JsChannels::Only(channels)) => Channels::Only(channels),
        };
        Ok(ExplainOptions {
            method: self.method.parse()?,
            layer,
            target: self.target,
            crop: self.crop,
            channels,
        })
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct MeasureOptions {
    /// The class whose confidence to measure; none is measured without.
    target: Option<usize>,
    crop: Crop,
    region: Option<Region>,
}

#[derive(Serialize)]
struct Measures {
    focus: Focus,
    inside: Option<Inside>,
    confidence: Option<JsConfidence>,
}

#[derive(Serialize)]
struct JsConfidence {
    before: f32,
    after: f32,
    drop: f32,
    increase: bool,
}

/// Tells the page how far the work is; its promise says whether to go on.
async fn report(callback: &Function, progress: Progress) -> JsResult<bool> {
    let object = Object::new();
    set(&object, "done", progress.done.into())?;
    set(&object, "total", progress.total.into())?;
    set(
        &object,
        "secondsLeft",
        progress.seconds_left.map_or(JsValue::NULL, JsValue::from),
    )?;
    let partial = progress.partial.as_ref().map_or(Ok(JsValue::NULL), map)?;
    set(&object, "partial", partial)?;
    let answer = callback.call1(&JsValue::NULL, &object)?;
    Ok(JsFuture::from(Promise::resolve(&answer)).await?.is_truthy())
}

/// A `Uint8Array` holds an encoded picture; an object with `width`, `height` and `data` raw RGBA pixels.
fn picture(image: &JsValue) -> Result<Picture> {
    if let Some(bytes) = image.dyn_ref::<Uint8Array>() {
        return Ok(Picture::Encoded(bytes.to_vec()));
    }
    let field = |name: &str| Reflect::get(image, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let side = |name: &str| {
        field(name)
            .as_f64()
            .filter(|v| (0.0..=65_535.0).contains(v))
            .map(|v| v as u32)
    };
    let data = field("data");
    let data = match data.dyn_ref::<Uint8ClampedArray>() {
        Some(pixels) => Some(pixels.to_vec()),
        None => data.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec),
    };
    match (side("width"), side("height"), data) {
        (Some(width), Some(height), Some(data)) => Ok(Picture::Rgba {
            width,
            height,
            data,
        }),
        _ => Err(Error::Decode(
            "A picture must be the bytes of a file, or ImageData.".into(),
        )),
    }
}

/// An object with `width`, `height` and a `Float32Array` of `values`.
fn heatmap(map: &JsValue) -> Result<Heatmap> {
    let field = |name: &str| Reflect::get(map, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let side = |name: &str| {
        field(name)
            .as_f64()
            .filter(|v| (1.0..=65_535.0).contains(v))
            .map(|v| v as usize)
    };
    let values = field("values")
        .dyn_ref::<Float32Array>()
        .map(Float32Array::to_vec);
    match (side("width"), side("height"), values) {
        (Some(width), Some(height), Some(values)) if values.len() == width * height => {
            Ok(Heatmap::new(width, height, values))
        }
        _ => Err(Error::Option(
            "A map must have width, height and as many values.".into(),
        )),
    }
}

fn pixels(picture: &RgbImage) -> JsResult {
    let rgba: Vec<u8> = picture
        .pixels()
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255])
        .collect();
    let object = Object::new();
    set(&object, "width", picture.width().into())?;
    set(&object, "height", picture.height().into())?;
    set(
        &object,
        "pixels",
        Uint8ClampedArray::from(rgba.as_slice()).into(),
    )?;
    Ok(object.into())
}

fn map(map: &Heatmap) -> JsResult {
    let object = Object::new();
    set(&object, "width", map.width.into())?;
    set(&object, "height", map.height.into())?;
    set(&object, "values", floats(&map.values))?;
    Ok(object.into())
}

fn floats(values: &[f32]) -> JsValue {
    Float32Array::from(values).into()
}

fn set(object: &JsValue, key: &str, value: JsValue) -> JsResult<()> {
    Reflect::set(object, &key.into(), &value).map(|_| ())
}

fn to_js<T: Serialize>(value: &T) -> JsResult {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(JsValue::from)
}

/// Reads an options object; `undefined` stands for all defaults.
fn options<T: for<'de> Deserialize<'de>>(value: JsValue) -> Result<T> {
    let value = if value.is_undefined() {
        Object::new().into()
    } else {
        value
    };
    serde_wasm_bindgen::from_value(value)
        .map_err(|error| Error::Option(format!("An option is not valid: {error}.")))
}
