//! The one orchestrator: picture → preprocess → model → CAM method → heatmap. Keeps what the network made of
//! the last picture, so that another class, layer or method does not run it again.

pub mod measure;
mod trials;

use std::cell::RefCell;
use std::rc::Rc;

use image::RgbImage;
use sha2::{Digest, Sha256};
use web_time::Instant;

use crate::cam::planes::Planes;
use crate::cam::probe::{self, Channels, Observer, Probe, Progress, View};
use crate::cam::{Method, Note};
use crate::error::{Error, Result};
use crate::heatmap::Heatmap;
use crate::model::Layer;
use crate::model::loader::Model;
use crate::model::resnet::ResNet;
use crate::preprocess::{self, Crop, CropBox, Input};

/// Largest decoded picture that is kept for the next call, in pixels.
const KEPT_PIXELS: u64 = 16_000_000;

/// A picture as it comes.
#[derive(Debug, Clone)]
pub enum Picture {
    /// The bytes of a file.
    Encoded(Vec<u8>),
    /// Raw pixels, four bytes each.
    Rgba {
        width: u32,
        height: u32,
        data: Vec<u8>,
    },
}

/// SHA-256 of a picture's bytes.
type Fingerprint = [u8; 32];

impl Picture {
    fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::Encoded(bytes) => Sha256::digest(bytes).into(),
            Self::Rgba {
                width,
                height,
                data,
            } => Sha256::new()
                .chain_update(width.to_le_bytes())
                .chain_update(height.to_le_bytes())
                .chain_update(data)
                .finalize()
                .into(),
        }
    }

    fn decode(&self) -> Result<RgbImage> {
        match self {
            Self::Encoded(bytes) => preprocess::decode(bytes),
            Self::Rgba {
                width,
                height,
                data,
            } => preprocess::from_rgba(*width, *height, data.clone()),
        }
    }
}

/// One class with its probability (softmax over all classes) and logit.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ClassScore {
    pub index: usize,
    pub label: String,
    pub probability: f32,
    pub logit: f32,
}

/// What the network thinks the picture is.
#[derive(Debug, Clone)]
pub struct Classification {
    /// Size of the upright picture, in pixels.
    pub width: u32,
    pub height: u32,
    /// The part of it that the network saw.
    pub crop: CropBox,
    /// The likeliest classes, best first.
    pub classes: Vec<ClassScore>,
    /// One per class.
    pub logits: Vec<f32>,
}

/// What to explain and how.
#[derive(Debug, Clone)]
pub struct ExplainOptions {
    pub method: Method,
    pub layer: Layer,
    /// The top class if none is given.
    pub target: Option<usize>,
    pub crop: Crop,
    pub channels: Channels,
}

/// A map with everything that was found on the way.
#[derive(Debug, Clone)]
pub struct Explanation {
    pub method: Method,
    pub layer: Layer,
    pub target: ClassScore,
    /// The final map at the input's size, in 0…1.
    pub map: Heatmap,
    /// The signed map before ReLU, at the activations' size.
    pub raw: Heatmap,
    /// One per channel, NaN where not evaluated; empty where the method has none.
    pub weights: Vec<f32>,
    /// One target logit per channel, likewise.
    pub scores: Vec<f32>,
    pub exact: bool,
    /// Passes through the network or its part behind the layer, besides the classification.
    pub passes: usize,
    pub seconds: f64,
    pub notes: Vec<Note>,
}

/// A layer of the loaded model, for the standard input size.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LayerInfo {
    pub id: &'static str,
    pub channels: usize,
    pub height: usize,
    pub width: usize,
}

/// A picture after preprocessing and the network's first pass.
struct Seen {
    key: (Fingerprint, Crop),
    input: Input,
    view: View,
}

impl Seen {
    /// The class with the largest logit.
    fn top(&self) -> usize {
        let logits = &self.view.logits;
        (0..logits.len())
            .max_by(|&a, &b| logits[a].total_cmp(&logits[b]))
            .unwrap_or(0)
    }
}

/// Explains pictures with one model.
pub struct Explainer {
    model: Model,
    seen: RefCell<Option<Rc<Seen>>>,
    decoded: RefCell<Option<(Fingerprint, Rc<RgbImage>)>>,
}

impl Explainer {
    /// An explainer for a loaded model.
    pub fn new(model: Model) -> Self {
        Self {
            model,
            seen: RefCell::new(None),
            decoded: RefCell::new(None),
        }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The layers that can be looked at, with their sizes for the standard input.
    pub fn layers(&self) -> Vec<LayerInfo> {
        let side = self.model.manifest.preprocessing.crop as usize;
        Layer::ALL
            .into_iter()
            .map(|layer| {
                let (channels, resolution) = (
                    self.model.net.channels(layer),
                    ResNet::resolution(layer, side),
                );
                LayerInfo {
                    id: layer.id(),
                    channels,
                    height: resolution,
                    width: resolution,
                }
            })
            .collect()
    }

    /// The upright picture, scaled down so that no side exceeds `max_side` pixels.
    ///
    /// # Errors
    /// [`Error::Decode`]
    pub fn preview(&self, picture: &Picture, max_side: u32) -> Result<RgbImage> {
        let decoded = self.decode(picture, picture.fingerprint())?;
        let (width, height) = decoded.dimensions();
        let scale = (f64::from(max_side.max(1)) / f64::from(width.max(height))).min(1.0);
        let side = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
        Ok(preprocess::resize(&decoded, side(width), side(height)))
    }

    /// What the network sees of the picture, before normalisation.
    ///
    /// # Errors
    /// [`Error::Decode`]
    pub fn input(&self, picture: &Picture, crop: Crop) -> Result<Input> {
        let decoded = self.decode(picture, picture.fingerprint())?;
        Ok(preprocess::crop(
            &decoded,
            crop,
            &self.model.manifest.preprocessing,
        ))
    }

    /// Logits of a batch of normalised inputs, `[n, 3, height, width]` row-major: the bare network, for benchmarks.
    ///
    /// # Errors
    /// [`Error::Option`] if the values do not fill the size, [`Error::Device`]
    pub async fn forward(
        &self,
        values: Vec<f32>,
        [n, height, width]: [usize; 3],
    ) -> Result<Vec<f32>> {
        if n == 0 || height == 0 || width == 0 || values.len() != n * 3 * height * width {
            let count = values.len();
            return Err(Error::Option(format!(
                "{count} values do not fill a batch of {n} × 3 × {height} × {width}."
            )));
        }
        probe::forward(&self.model, values, [n, height, width]).await
    }

    /// The `top_k` likeliest classes and all logits.
    ///
    /// # Errors
    /// [`Error::Decode`], [`Error::Device`]
    pub async fn classify(
        &self,
        picture: &Picture,
        crop: Crop,
        top_k: usize,
    ) -> Result<Classification> {
        let seen = self.see(picture, crop).await?;
        let logits = seen.view.logits.clone();
        // Top k on the host: burn's topk_with_indices panics on WebGPU (burn#5110).
        let mut order: Vec<usize> = (0..logits.len()).collect();
        order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]));
        order.truncate(top_k);
        let probabilities = probabilities(&logits);
        let classes = order
            .into_iter()
            .map(|class| self.class_score(class, &logits, &probabilities))
            .collect();
        let (width, height) = seen.input.picture;
        Ok(Classification {
            width,
            height,
            crop: seen.input.crop,
            classes,
            logits,
        })
    }

    /// The activations of one layer.
    ///
    /// # Errors
    /// [`Error::Decode`], [`Error::Device`]
    pub async fn activations(
        &self,
        picture: &Picture,
        crop: Crop,
        layer: Layer,
    ) -> Result<Rc<Planes>> {
        self.see(picture, crop).await?.view.planes(layer).await
    }

    /// One map. `observer` hears of progress between batches and may stop it.
    ///
    /// # Errors
    /// [`Error::Decode`], [`Error::Class`], [`Error::Option`], [`Error::Device`], [`Error::Cancelled`]
    pub async fn explain(
        &self,
        picture: &Picture,
        options: &ExplainOptions,
        observer: &Observer<'_>,
    ) -> Result<Explanation> {
        self.check(options)?;
        let started = Instant::now();
        let seen = self.see(picture, options.crop).await?;
        let logits = &seen.view.logits;
        let target = options.target.unwrap_or_else(|| seen.top());
        let [height, width] = seen.view.size();
        let finish = |mut progress: Progress| {
            progress.partial = progress.partial.map(|raw| raw.finish(width, height));
            observer(progress)
        };
        let place = (options.layer, target);
        let probe = Probe::new(&self.model, &seen.view, place, &options.channels, &finish);
        let mut saliency = options.method.saliency(&probe).await?;
        if saliency.raw.is_blank() {
            saliency.notes.push(blank_note(&saliency.raw));
        }
        Ok(Explanation {
            method: options.method,
            layer: options.layer,
            target: self.class_score(target, logits, &probabilities(logits)),
            map: saliency.raw.finish(width, height),
            raw: saliency.raw,
            weights: saliency.weights,
            scores: saliency.scores,
            exact: saliency.exact,
            passes: probe.passes(),
            seconds: started.elapsed().as_secs_f64(),
            notes: saliency.notes,
        })
    }

    fn check(&self, options: &ExplainOptions) -> Result<()> {
        let classes = self.model.classes();
        if let Some(class) = options.target.filter(|&class| class >= classes) {
            return Err(Error::Class { class, classes });
        }
        let channels = self.model.net.channels(options.layer);
        let layer = options.layer.id();
        match &options.channels {
            Channels::Budget(0) => Err(Error::Option(
                "A channel budget of 0 leaves nothing to compute: ask for at least 1.".into(),
            )),
            Channels::Only(wanted) if wanted.is_empty() => Err(Error::Option(
                "The list of channels is empty: name at least one.".into(),
            )),
            Channels::Only(wanted) => match wanted.iter().find(|&&channel| channel >= channels) {
                Some(channel) => Err(Error::Option(format!(
                    "{layer} has channels 0 to {}, not {channel}.",
                    channels - 1
                ))),
                None => Ok(()),
            },
            Channels::Budget(_) | Channels::All => Ok(()),
        }
    }

    fn class_score(&self, index: usize, logits: &[f32], probabilities: &[f32]) -> ClassScore {
        let label = self.model.manifest.labels[index].clone();
        ClassScore {
            index,
            label,
            probability: probabilities[index],
            logit: logits[index],
        }
    }

    /// Preprocesses the picture and runs the network over it, unless that was just done.
    async fn see(&self, picture: &Picture, crop: Crop) -> Result<Rc<Seen>> {
        let key = (picture.fingerprint(), crop);
        if let Some(seen) = self.seen.borrow().as_ref().filter(|seen| seen.key == key) {
            return Ok(seen.clone());
        }
        let how = &self.model.manifest.preprocessing;
        let input = preprocess::crop(&*self.decode(picture, key.0)?, crop, how);
        let (width, height) = input.pixels.dimensions();
        let values = preprocess::normalize(&input.pixels, how);
        let view = View::new(&self.model, values, [height as usize, width as usize]).await?;
        let seen = Rc::new(Seen { key, input, view });
        *self.seen.borrow_mut() = Some(seen.clone());
        Ok(seen)
    }

    fn decode(&self, picture: &Picture, fingerprint: Fingerprint) -> Result<Rc<RgbImage>> {
        if let Some((_, decoded)) = self
            .decoded
            .borrow()
            .as_ref()
            .filter(|(known, _)| *known == fingerprint)
        {
            return Ok(decoded.clone());
        }
        let decoded = Rc::new(picture.decode()?);
        let pixels = u64::from(decoded.width()) * u64::from(decoded.height());
        if pixels <= KEPT_PIXELS {
            *self.decoded.borrow_mut() = Some((fingerprint, decoded.clone()));
        }
        Ok(decoded)
    }
}

/// Softmax of all logits.
fn probabilities(logits: &[f32]) -> Vec<f32> {
    let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f64> = logits
        .iter()
        .map(|&logit| f64::from(logit - max).exp())
        .collect();
    let total: f64 = powers.iter().sum();
    powers
        .into_iter()
        .map(|power| (power / total) as f32)
        .collect()
}

fn blank_note(raw: &Heatmap) -> Note {
    let (min, max) = raw.range();
    let text = if min == 0.0 && max == 0.0 {
        "The map is zero everywhere: no feature of this layer speaks for or against the class."
    } else {
        "The map is empty: at every place of this layer the features speak against the class more than for it. \
         The raw map has the negative values."
    };
    Note::new("blank", text)
}
