//! `Engine.beginModel`, `addShard`, `finishModel`: how a model comes in.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::convert::to_js;
use super::{Engine, JsResult};
use crate::error::Error;
use crate::explainer::Explainer;
use crate::model::loader::Loader;
use crate::weights::manifest::Shard;

#[wasm_bindgen]
impl Engine {
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
