//! How a model comes in: `Engine.beginModel`, `addShard`, `finishModel` for a converted one, `loadCheckpoint` for a
//! file of the user's, `inspect` for what is in such a file.

use std::cell::RefMut;
use std::io::{self, Read, Seek, SeekFrom};

use futures_util::FutureExt;
use js_sys::{Function, Promise, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::convert::{self, to_js};
use super::{Engine, JsResult};
use crate::error::Error;
use crate::explainer::Explainer;
use crate::model::checkpoint;
use crate::model::loader::{Loader, Model};
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
        Ok(self.loading()?.add_shard(index, bytes)?)
    }

    /// Uploads a shard that was checked when it was stored; its SHA-256 is the caller's to check, after the first result.
    #[wasm_bindgen(js_name = addKeptShard)]
    pub fn add_kept_shard(&self, index: usize, bytes: &[u8]) -> JsResult<()> {
        Ok(self.loading()?.add_kept_shard(index, bytes)?)
    }

    /// Puts the model together; returns its description. An engine loads one model.
    #[wasm_bindgen(js_name = finishModel)]
    pub async fn finish_model(&self) -> JsResult {
        let loader = self.loader.borrow_mut().take();
        let loader = loader.ok_or_else(|| Error::Weights("No model is being loaded.".into()))?;
        self.put(loader.finish()?)
    }

    /// Loads a torchvision checkpoint of `size` bytes; `read(offset, length)` gives bytes of the file, at once.
    /// `options` are those of [`checkpoint::CheckpointOptions`]; `on_progress(done, total)` hears of bytes and returns
    /// a promise of whether to go on. Returns the model's description.
    #[wasm_bindgen(js_name = loadCheckpoint)]
    pub async fn load_checkpoint(
        &self,
        read: Function,
        size: f64,
        options: JsValue,
        on_progress: Function,
    ) -> JsResult {
        let options = convert::options(options)?;
        let observer = |done: usize, total: usize| {
            let answer = on_progress.call2(&JsValue::NULL, &done.into(), &total.into());
            async move {
                let going = async { JsFuture::from(Promise::resolve(&answer?)).await };
                going.await.is_ok_and(|go_on: JsValue| go_on.is_truthy())
            }
            .boxed_local()
        };
        let file = JsFile::new(read, size);
        let model = checkpoint::load(file, options, self.device.clone(), &observer).await?;
        self.put(model)
    }
}

impl Engine {
    /// The model that is being loaded.
    fn loading(&self) -> crate::error::Result<RefMut<'_, Loader>> {
        RefMut::filter_map(self.loader.borrow_mut(), Option::as_mut)
            .map_err(|_| Error::Weights("No model is being loaded.".into()))
    }

    /// Keeps a model and describes it. An engine has one.
    fn put(&self, model: Model) -> JsResult {
        if self.explainer.set(Explainer::new(model)).is_err() {
            return Err(
                Error::Weights("This engine already has a model: open another.".into()).into(),
            );
        }
        let explainer = self.loaded()?;
        let manifest = &explainer.model().manifest;
        to_js(&ModelInfo {
            name: &manifest.name,
            title: &manifest.title,
            variant: manifest.architecture.variant.id(),
            classes: manifest.labels.len(),
            labels: &manifest.labels,
            preprocessing: &manifest.preprocessing,
            layers: explainer.layers(),
            source: &manifest.source,
            license: &manifest.license,
            accuracy: manifest.accuracy,
        })
    }
}

/// What is in a checkpoint of `size` bytes, before anything is allocated for it: see `Explainer.inspect` in
/// `www/camscope.js`. `read` as for `loadCheckpoint`.
#[wasm_bindgen]
pub fn inspect(read: Function, size: f64) -> JsResult {
    to_js(&checkpoint::inspect(JsFile::new(read, size))?)
}

/// A file that JavaScript reads in pieces.
struct JsFile {
    read: Function,
    size: u64,
    position: u64,
}

impl JsFile {
    fn new(read: Function, size: f64) -> Self {
        Self {
            read,
            size: size as u64,
            position: 0,
        }
    }
}

impl Read for JsFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.size.saturating_sub(self.position);
        let count = (buffer.len() as u64).min(left);
        if count == 0 {
            return Ok(0);
        }
        let refused = |error: JsValue| {
            let why = error.dyn_ref::<js_sys::Error>().map(js_sys::Error::message);
            io::Error::other(why.map_or_else(|| format!("{error:?}"), String::from))
        };
        let piece = self
            .read
            .call2(
                &JsValue::NULL,
                &(self.position as f64).into(),
                &(count as f64).into(),
            )
            .map_err(refused)?;
        let piece = Uint8Array::new(&piece);
        let length = piece.length() as usize;
        if length > buffer.len() {
            return Err(io::Error::other("more came than was asked for"));
        }
        piece.copy_to(&mut buffer[..length]);
        self.position += length as u64;
        Ok(length)
    }
}

impl Seek for JsFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (base, offset) = match to {
            SeekFrom::Start(position) => (position, 0),
            SeekFrom::End(offset) => (self.size, offset),
            SeekFrom::Current(offset) => (self.position, offset),
        };
        self.position = base
            .checked_add_signed(offset)
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

#[derive(Serialize)]
struct ModelInfo<'a> {
    name: &'a str,
    title: &'a str,
    variant: &'a str,
    classes: usize,
    labels: &'a [String],
    preprocessing: &'a crate::weights::manifest::Preprocessing,
    layers: Vec<crate::explainer::LayerInfo>,
    source: &'a str,
    license: &'a str,
    accuracy: Option<crate::weights::manifest::Accuracy>,
}
