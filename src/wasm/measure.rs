//! `Engine.measure` and `compare`: numbers about maps.

use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use super::convert::{self, heatmap, picture, to_js};
use super::{Engine, JsResult};
use crate::metrics::agreement::Agreement;
use crate::metrics::focus::{Focus, Inside, Region};
use crate::preprocess::Crop;

#[wasm_bindgen]
impl Engine {
    /// Numbers about a map `{ width, height, values }`: `{ focus, inside, confidence }`; see `Explainer.measure` in
    /// `www/camscope.js`.
    pub async fn measure(&self, image: JsValue, map: JsValue, options: JsValue) -> JsResult {
        let options: MeasureOptions = convert::options(options)?;
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
}

/// How far two maps `{ width, height, values }` agree: `{ pearson, spearman, iou }`.
#[wasm_bindgen]
pub fn compare(a: JsValue, b: JsValue) -> JsResult {
    to_js(&Agreement::of(&heatmap(&a)?, &heatmap(&b)?)?)
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
