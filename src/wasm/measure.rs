//! `Engine.measure` and `sanity`, `compare`, `baseline` and `aggregate`: numbers about maps.

use js_sys::{Array, Function, Object, Reflect};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use super::convert::{self, floats, heatmap, picture, set, to_js};
use super::explain::{JsExplainOptions, observer};
use super::{Engine, JsResult};
use crate::cam::Note;
use crate::error::Result;
use crate::explainer::measure::{MeasureOptions, Metric};
use crate::metrics::adcc::{Adcc, Arcc};
use crate::metrics::agreement::Agreement;
use crate::metrics::baseline::Baseline;
use crate::metrics::confidence::Confidence;
use crate::metrics::curves::Curve;
use crate::metrics::focus::{Focus, Inside, Region};
use crate::metrics::randomization::Step;
use crate::metrics::road::Road;
use crate::metrics::statistics::Aggregate;
use crate::preprocess::Crop;

#[wasm_bindgen]
impl Engine {
    /// Numbers about a map `{ width, height, values }`: see `Explainer.measure` in `www/camscope.js`. `on_progress`
    /// returns a promise of whether to go on.
    pub async fn measure(
        &self,
        image: JsValue,
        map: JsValue,
        options: JsValue,
        on_progress: Option<Function>,
    ) -> JsResult {
        let region = region(&options)?;
        let options: JsMeasureOptions = convert::options(options)?;
        let options = options.parse(region)?;
        let observer = observer(on_progress);
        let found = self
            .loaded()?
            .measure(&picture(&image)?, &heatmap(&map)?, &options, &observer)
            .await?;
        let object = to_js(&Numbers {
            focus: found.focus,
            inside: found.inside,
            confidence: found.confidence.as_ref().map(JsConfidence::from),
            adcc: found.adcc,
            arcc: found.arcc,
        })?;
        set(&object, "deletion", curve(found.deletion.as_ref())?)?;
        set(&object, "insertion", curve(found.insertion.as_ref())?)?;
        set(&object, "road", road(found.road.as_ref())?)?;
        Ok(object)
    }

    /// The model-randomisation check: `{ stages, maps, reacts, text, notes }`, see `Explainer.sanity` in `www/camscope.js`.
    pub async fn sanity(
        &self,
        image: JsValue,
        options: JsValue,
        seed: u32,
        on_progress: Option<Function>,
    ) -> JsResult {
        let options: JsExplainOptions = convert::options(options)?;
        let options = options.parse()?;
        let observer = observer(on_progress);
        let found = self
            .loaded()?
            .sanity(&picture(&image)?, &options, seed.into(), &observer)
            .await?;
        let object = to_js(&JsSanity {
            stages: found.stages,
            reacts: found.verdict.reacts,
            text: found.verdict.text,
            notes: found.notes,
        })?;
        let maps: Array = found
            .maps
            .iter()
            .map(convert::map)
            .collect::<JsResult<_>>()?;
        set(&object, "maps", maps.into())?;
        Ok(object)
    }
}

/// How far two maps `{ width, height, values }` agree: `{ pearson, spearman, iou }`.
#[wasm_bindgen]
pub fn compare(a: JsValue, b: JsValue) -> JsResult {
    to_js(&Agreement::of(&heatmap(&a)?, &heatmap(&b)?)?)
}

/// A control map, `"random"` or `"gaussian"`: `{ width, height, values }`.
#[wasm_bindgen]
pub fn baseline(kind: &str, width: usize, height: usize, seed: u32) -> JsResult {
    let baseline = match kind.parse()? {
        Baseline::Random { .. } => Baseline::Random { seed: seed.into() },
        other => other,
    };
    convert::map(&baseline.map(width, height)?)
}

/// Methods over pictures, `values[group][picture]`: `{ groups, pairs }`, see `Explainer.aggregate` in
/// `www/camscope.js`.
#[wasm_bindgen]
pub fn aggregate(options: JsValue) -> JsResult {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct JsAggregateOptions {
        groups: Vec<String>,
        values: Vec<Vec<f64>>,
        higher_is_better: bool,
        seed: u32,
    }
    let options: JsAggregateOptions = convert::options(options)?;
    let JsAggregateOptions {
        groups,
        values,
        higher_is_better,
        seed,
    } = options;
    let seed = seed.into();
    to_js(&Aggregate::of(&groups, &values, higher_is_better, seed)?)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct JsMeasureOptions {
    target: Option<usize>,
    crop: Crop,
    metrics: Option<Vec<String>>,
    steps: Option<usize>,
    substrate: Option<String>,
    explain: Option<JsExplainOptions>,
}

impl JsMeasureOptions {
    fn parse(self, region: Option<Region>) -> Result<MeasureOptions> {
        let default = MeasureOptions::default();
        let metrics = match self.metrics {
            Some(ids) => ids.iter().map(|id| id.parse()).collect::<Result<_>>()?,
            None if self.target.is_some() => vec![Metric::Focus, Metric::Confidence],
            None => default.metrics,
        };
        Ok(MeasureOptions {
            target: self.target,
            crop: self.crop,
            region,
            metrics,
            steps: self.steps.unwrap_or(default.steps),
            substrate: match self.substrate {
                Some(id) => id.parse()?,
                None => default.substrate,
            },
            explain: self.explain.map(JsExplainOptions::parse).transpose()?,
        })
    }
}

/// A box `{ x, y, width, height }`, or a mask `{ width, height, values }`.
fn region(options: &JsValue) -> Result<Option<Region>> {
    #[derive(Deserialize)]
    struct JsBox {
        x: f64,
        y: f64,
        width: f64,
        height: f64,
    }
    let field = |of: &JsValue, name: &str| Reflect::get(of, &name.into());
    let region = field(options, "region").unwrap_or(JsValue::UNDEFINED);
    if region.is_undefined() || region.is_null() {
        return Ok(None);
    }
    if field(&region, "values").is_ok_and(|values| !values.is_undefined()) {
        return Ok(Some(Region::Mask(heatmap(&region)?)));
    }
    let JsBox {
        x,
        y,
        width,
        height,
    } = convert::options(region)?;
    Ok(Some(Region::Box {
        x,
        y,
        width,
        height,
    }))
}

/// `{ shares, probabilities, area }`, or null.
fn curve(curve: Option<&Curve>) -> JsResult {
    let Some(curve) = curve else {
        return Ok(JsValue::NULL);
    };
    let object = Object::new();
    set(&object, "shares", floats(&curve.shares))?;
    set(&object, "probabilities", floats(&curve.probabilities))?;
    set(&object, "area", curve.area.into())?;
    Ok(object.into())
}

/// `{ percentiles, morf, lerf, morfMean, lerfMean, combined }`, or null.
fn road(road: Option<&Road>) -> JsResult {
    let Some(road) = road else {
        return Ok(JsValue::NULL);
    };
    let object = Object::new();
    set(&object, "percentiles", to_js(&road.percentiles)?)?;
    set(&object, "morf", floats(&road.morf))?;
    set(&object, "lerf", floats(&road.lerf))?;
    set(&object, "morfMean", road.morf_mean().into())?;
    set(&object, "lerfMean", road.lerf_mean().into())?;
    set(&object, "combined", road.combined().into())?;
    Ok(object.into())
}

#[derive(Serialize)]
struct Numbers {
    focus: Focus,
    inside: Option<Inside>,
    confidence: Option<JsConfidence>,
    adcc: Option<Adcc>,
    arcc: Option<Arcc>,
}

#[derive(Serialize)]
struct JsSanity {
    stages: Vec<Step>,
    reacts: bool,
    text: String,
    notes: Vec<Note>,
}

#[derive(Serialize)]
struct JsConfidence {
    before: f32,
    after: f32,
    drop: f32,
    increase: bool,
}

impl From<&Confidence> for JsConfidence {
    fn from(found: &Confidence) -> Self {
        Self {
            before: found.before,
            after: found.after,
            drop: found.drop(),
            increase: found.increase(),
        }
    }
}
