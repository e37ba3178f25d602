//! `Engine.explain`: one map.

use futures_util::future::LocalBoxFuture;
use js_sys::{Function, Object, Promise};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::convert::{self, floats, map, picture, set, to_js};
use super::{Engine, JsResult};
use crate::cam::fusion::Fusion;
use crate::cam::progress::Progress;
use crate::cam::query::Channels;
use crate::cam::target::Target;
use crate::error::{Error, Result};
use crate::explainer::{ExplainOptions, Smoothing};
use crate::model::Layer;
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
            layer: found.layers[0],
            layers: found.layers,
            fusion: found.fusion,
            target: found.target,
            objective: found.objective,
            width: found.map.width,
            height: found.map.height,
            exact: found.exact,
            passes: found.passes,
            seconds: found.seconds,
            notes: found.notes,
        })?;
        set(&object, "values", floats(&found.map.values))?;
        set(&object, "signed", map(&found.signed)?)?;
        set(&object, "raw", map(&found.raw)?)?;
        set(&object, "weights", floats(&found.weights))?;
        set(&object, "scores", floats(&found.scores))?;
        Ok(object)
    }
}

#[derive(Serialize)]
struct ExplanationHead {
    method: &'static str,
    layer: Layer,
    layers: Vec<Layer>,
    fusion: Option<Fusion>,
    target: crate::explainer::ClassScore,
    objective: crate::explainer::Explained,
    width: usize,
    height: usize,
    exact: bool,
    passes: usize,
    seconds: f64,
    notes: Vec<crate::cam::Note>,
}

/// The options of `explain`, as JavaScript has them.
#[derive(Deserialize)]
pub(super) struct JsExplainOptions {
    method: String,
    layer: Option<JsLayers>,
    fusion: Option<String>,
    target: Option<JsTarget>,
    #[serde(default)]
    crop: Crop,
    channels: Option<JsChannels>,
    #[serde(default)]
    smoothing: Vec<String>,
    #[serde(default)]
    reference: bool,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "layer must be a layer's name or a list of them")]
enum JsLayers {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "target must be a class index, a list of them, { class, over }, or { class, contrastive: true }"
)]
enum JsTarget {
    Class(usize),
    Sum(Vec<usize>),
    Over {
        class: usize,
        over: usize,
    },
    Contrastive {
        class: usize,
        contrastive: bool,
        alpha: Option<f32>,
        against: Option<usize>,
    },
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "channels must be how many channels to take, or a list of their indices"
)]
enum JsChannels {
    Budget(usize),
    Only(Vec<usize>),
}

impl JsExplainOptions {
    pub(super) fn parse(self) -> Result<ExplainOptions> {
        let layers = match self.layer {
            None => vec![Layer::default()],
            Some(JsLayers::One(id)) => vec![id.parse()?],
            Some(JsLayers::Several(ids)) => {
                ids.iter().map(|id| id.parse()).collect::<Result<_>>()?
            }
        };
        let fusion = match self.fusion.as_deref() {
            None | Some("mean") => Fusion::Mean,
            Some("max") => Fusion::Max,
            Some("product") => Fusion::Product,
            Some(other) => {
                return Err(Error::Option(format!(
                    "There is no fusion \"{other}\": choose mean, max or product."
                )));
            }
        };
        let mut smoothing = Smoothing::default();
        for name in &self.smoothing {
            match name.as_str() {
                "aug" => smoothing.aug = true,
                "eigen" => smoothing.eigen = true,
                other => {
                    return Err(Error::Option(format!(
                        "There is no smoothing \"{other}\": choose aug, eigen, or both."
                    )));
                }
            }
        }
        let channels = match self.channels {
            None => Channels::All,
            Some(JsChannels::Budget(count)) => Channels::Budget(count),
            Some(JsChannels::Only(channels)) => Channels::Only(channels),
        };
        Ok(ExplainOptions {
            method: self.method.parse()?,
            layers,
            fusion,
            target: self.target.map(JsTarget::parse),
            crop: self.crop,
            channels,
            smoothing,
            reference: self.reference,
        })
    }
}

impl JsTarget {
    fn parse(self) -> Target {
        match self {
            Self::Class(class)
            | Self::Contrastive {
                class,
                contrastive: false,
                ..
            } => Target::Class(class),
            Self::Sum(classes) => Target::Sum(classes),
            Self::Over { class, over } => Target::Over { class, over },
            Self::Contrastive {
                class,
                alpha,
                against,
                ..
            } => Target::Contrastive {
                class,
                alpha: alpha.unwrap_or(1.0),
                against: against.unwrap_or(3),
            },
        }
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
