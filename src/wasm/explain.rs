//! `Engine.explain`: one map.

use futures_util::future::LocalBoxFuture;
use js_sys::{Function, Object, Promise};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::convert::{self, floats, map, picture, set, to_js};
use super::{Engine, JsResult};
use crate::cam::probe::{Channels, Progress};
use crate::error::Result;
use crate::explainer::ExplainOptions;
use crate::preprocess::Crop;

#[wasm_bindgen]
impl Engine {
    /// One map: see `Explainer.explain` in `www/camscope.js`. `on_progress` returns a promise of whether to go on.
    pub async fn explain(
        &self,
        image: JsValue,
        options: JsValue,
        on_progress: Option<Function>,
    ) -> JsResult {
        let options: JsExplainOptions = convert::options(options)?;
        let options = options.parse()?;
        let observer = observer(on_progress);
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

/// What hears of progress in Rust, given what hears of it in JavaScript: a function that returns a promise of whether
/// to go on.
pub(super) fn observer(
    on_progress: Option<Function>,
) -> impl Fn(Progress) -> LocalBoxFuture<'static, bool> {
    move |progress: Progress| {
        let on_progress = on_progress.clone();
        Box::pin(async move {
            match on_progress {
                Some(callback) => report(&callback, progress).await.unwrap_or(false),
                None => true,
            }
        })
    }
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
