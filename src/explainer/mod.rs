//! The one orchestrator: picture → preprocess → model → CAM method → heatmap. Keeps what the network made of
//! the last picture, so that another class, layer or method does not run it again.

mod explain;
mod mark;
pub mod measure;
pub mod sanity;
mod trials;

pub use explain::{ExplainOptions, Explained, Explanation, Smoothing};

use std::cell::RefCell;
use std::rc::Rc;

use image::RgbImage;
use mark::Mark;

use crate::cam::planes::Planes;
use crate::cam::query::Channels;
use crate::cam::target::softmax;
use crate::cam::view::{self, View};
use crate::error::{Error, Result};
use crate::model::Layer;
use crate::model::loader::Model;
use crate::model::resnet::ResNet;
use crate::preprocess::{self, Crop, CropBox, Input};

/// Largest decoded picture that is kept for the next call, in pixels.
const KEPT_PIXELS: u64 = 16_000_000;

/// A picture as it comes.
///
/// ```
/// use camscope::explainer::Picture;
///
/// let grey = Picture::Rgba { width: 2, height: 1, data: vec![128, 128, 128, 255, 128, 128, 128, 255] };
/// let mut png = std::io::Cursor::new(Vec::new());
/// image::RgbImage::new(3, 2).write_to(&mut png, image::ImageFormat::Png)?;
/// let black = Picture::Encoded(png.into_inner());
/// # assert!(matches!((grey, black), (Picture::Rgba { .. }, Picture::Encoded(_))));
/// # Ok::<(), image::ImageError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
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

impl Picture {
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
///
/// ```
/// use camscope::explainer::{Explainer, Picture};
/// use camscope::preprocess::Crop;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let explainer = Explainer::new(model);
/// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
/// let classes = pollster::block_on(explainer.classify(&picture, Crop::Center, 7))?.classes;
/// let sum: f32 = classes.iter().map(|class| class.probability).sum();
/// assert!((sum - 1.0).abs() < 1e-5);
/// assert!(classes[0].logit >= classes[1].logit);
/// assert_eq!(classes[0].label, format!("class {}", classes[0].index));
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ClassScore {
    pub index: usize,
    pub label: String,
    pub probability: f32,
    pub logit: f32,
}

/// What the network thinks the picture is.
///
/// ```
/// use camscope::explainer::{Explainer, Picture};
/// use camscope::preprocess::Crop;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let explainer = Explainer::new(model);
/// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
/// let found = pollster::block_on(explainer.classify(&picture, Crop::Center, 2))?;
/// assert_eq!((found.width, found.height), (40, 30));
/// assert_eq!((found.classes.len(), found.logits.len()), (2, 7));
/// # Ok::<(), camscope::error::Error>(())
/// ```
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

/// A layer of the loaded model, for the standard input size.
///
/// ```
/// use camscope::explainer::{Explainer, LayerInfo};
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let last = Explainer::new(model).layers().pop();
/// assert_eq!(last, Some(LayerInfo { id: "layer4", channels: 64, height: 2, width: 2 }));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LayerInfo {
    pub id: &'static str,
    pub channels: usize,
    pub height: usize,
    pub width: usize,
}

/// A picture after preprocessing and the network's first pass.
struct Seen {
    mark: Rc<Mark>,
    crop: Crop,
    input: Input,
    view: View,
}

impl Seen {
    /// The class with the largest logit.
    fn top(&self) -> usize {
        top(&self.view.logits)
    }
}

/// Explains pictures with one model.
///
/// ```
/// use camscope::explainer::{Explainer, Picture};
/// use camscope::preprocess::Crop;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let explainer = Explainer::new(model);
/// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
/// let found = pollster::block_on(explainer.classify(&picture, Crop::Squash, 1))?;
/// assert_eq!(found.classes.len(), 1);
/// # Ok::<(), camscope::error::Error>(())
/// ```
pub struct Explainer {
    model: Model,
    seen: RefCell<Option<Rc<Seen>>>,
    decoded: RefCell<Option<(Rc<Mark>, Rc<RgbImage>)>>,
}

impl Explainer {
    /// An explainer for a loaded model.
    ///
    /// ```
    /// use camscope::explainer::Explainer;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let explainer = Explainer::new(model);
    /// assert_eq!(explainer.model().classes(), 7);
    /// ```
    pub fn new(model: Model) -> Self {
        Self {
            model,
            seen: RefCell::new(None),
            decoded: RefCell::new(None),
        }
    }

    /// The model.
    ///
    /// ```
    /// use camscope::device::Kind;
    /// use camscope::explainer::Explainer;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let explainer = Explainer::new(model);
    /// assert_eq!(explainer.model().device.kind, Kind::Cpu);
    /// ```
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The layers that can be looked at, with their sizes for the standard input.
    ///
    /// ```
    /// use camscope::explainer::Explainer;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let layers = Explainer::new(model).layers();
    /// let ids: Vec<&str> = layers.iter().map(|layer| layer.id).collect();
    /// assert_eq!(ids, ["stem", "layer1", "layer2", "layer3", "layer4"]);
    /// ```
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
    /// ```
    /// use camscope::explainer::{Explainer, Picture};
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let explainer = Explainer::new(model);
    /// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
    /// assert_eq!(explainer.preview(&picture, 20)?.dimensions(), (20, 15));
    /// assert_eq!(explainer.preview(&picture, 999)?.dimensions(), (40, 30));
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Decode`]
    pub fn preview(&self, picture: &Picture, max_side: u32) -> Result<RgbImage> {
        let decoded = self.decode(picture, &self.mark(picture))?;
        let (width, height) = decoded.dimensions();
        let scale = (f64::from(max_side.max(1)) / f64::from(width.max(height))).min(1.0);
        let side = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
        Ok(preprocess::resize(&decoded, side(width), side(height)))
    }

    /// What the network sees of the picture, before normalisation.
    ///
    /// ```
    /// use camscope::explainer::{Explainer, Picture};
    /// use camscope::preprocess::Crop;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let explainer = Explainer::new(model);
    /// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
    /// assert_eq!(explainer.input(&picture, Crop::Center)?.pixels.dimensions(), (64, 64));
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Decode`]
    pub fn input(&self, picture: &Picture, crop: Crop) -> Result<Input> {
        let decoded = self.decode(picture, &self.mark(picture))?;
        Ok(preprocess::crop(
            &decoded,
            crop,
            &self.model.manifest.preprocessing,
        ))
    }

    /// Logits of a batch of normalised inputs, `[3, height, width]` row-major each: the bare network, for benchmarks.
    ///
    /// ```
    /// use camscope::explainer::Explainer;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let explainer = Explainer::new(model);
    /// let picture: Vec<f32> = (0..3 * 64 * 64).map(|i| (i % 7) as f32 / 7.0).collect();
    /// let pictures = [picture.clone(), picture].into_iter();
    /// let logits = pollster::block_on(explainer.forward(pictures, [64, 64]))?;
    /// assert_eq!(logits.len(), 2 * 7);
    /// let short = [vec![0.0; 5]].into_iter();
    /// assert!(pollster::block_on(explainer.forward(short, [64, 64])).is_err());
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Option`] if the values of a picture do not fill the size, [`Error::Device`]
    pub async fn forward(
        &self,
        pictures: impl ExactSizeIterator<Item = Vec<f32>>,
        [height, width]: [usize; 2],
    ) -> Result<Vec<f32>> {
        let wanted = 3 * height * width;
        if pictures.len() == 0 || wanted == 0 {
            return Err(Error::Option("There is no picture to look at.".into()));
        }
        let mut unfit = None;
        let pictures = pictures.map(|mut values| {
            if values.len() != wanted {
                unfit = Some(values.len());
                values.resize(wanted, 0.0);
            }
            values
        });
        let logits = view::forward(&self.model, pictures, [height, width]).await?;
        match unfit {
            None => Ok(logits),
            Some(count) => Err(Error::Option(format!(
                "{count} values do not fill a picture of 3 × {height} × {width}."
            ))),
        }
    }

    /// The `top_k` likeliest classes and all logits.
    ///
    /// ```
    /// use camscope::explainer::{Explainer, Picture};
    /// use camscope::preprocess::Crop;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let explainer = Explainer::new(model);
    /// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
    /// let found = pollster::block_on(explainer.classify(&picture, Crop::Center, 5))?;
    /// let best = found.logits.iter().copied().fold(f32::MIN, f32::max);
    /// assert_eq!(found.classes[0].logit, best);
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
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
    /// ```
    /// use camscope::explainer::{Explainer, Picture};
    /// use camscope::model::Layer;
    /// use camscope::preprocess::Crop;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let explainer = Explainer::new(model);
    /// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
    /// let planes = pollster::block_on(explainer.activations(&picture, Crop::Center, Layer::Layer2))?;
    /// assert_eq!((planes.channels, planes.height, planes.width), (32, 8, 8));
    /// // They come out of a ReLU.
    /// assert!(planes.values.iter().all(|&value| value >= 0.0));
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Decode`], [`Error::Device`]
    pub async fn activations(
        &self,
        picture: &Picture,
        crop: Crop,
        layer: Layer,
    ) -> Result<Rc<Planes>> {
        let seen = self.see(picture, crop).await?;
        seen.view.planes(&self.model.device, layer).await
    }

    /// Logits with each of `channels` of a layer set to zero, by plain passes through the layers behind in batches of
    /// `batch`: what AblationCAM is measured against, for benchmarks.
    ///
    /// ```
    /// use camscope::cam::Method;
    /// use camscope::explainer::{ExplainOptions, Explainer, Picture};
    /// use camscope::model::Layer;
    /// use camscope::preprocess::Crop;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let explainer = Explainer::new(model);
    /// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
    /// let options = ExplainOptions::new(Method::AblationCam, Layer::Layer3);
    /// let map = explainer.explain(&picture, &options, &|_| Box::pin(async { true }));
    /// let map = pollster::block_on(map)?;
    /// let crop = Crop::Center;
    /// let logits = explainer.plain_passes(&picture, crop, Layer::Layer3, &[4, 7, 1], 2);
    /// let logits = pollster::block_on(logits)?;
    /// for (row, channel) in logits.chunks(7).zip([4, 7, 1]) {
    ///     assert!((row[map.target.index] - map.scores[channel]).abs() < 1e-4);
    /// }
    /// let nothing = explainer.plain_passes(&picture, crop, Layer::Layer3, &[48], 2);
    /// assert!(pollster::block_on(nothing).is_err());
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Option`] for a channel that the layer does not have, [`Error::Decode`], [`Error::Device`]
    pub async fn plain_passes(
        &self,
        picture: &Picture,
        crop: Crop,
        layer: Layer,
        channels: &[usize],
        batch: usize,
    ) -> Result<Vec<f32>> {
        self.check_channels(&Channels::Only(channels.to_vec()), layer)?;
        let seen = self.see(picture, crop).await?;
        let view = &seen.view;
        view.plain_passes(&self.model, layer, channels, batch.max(1))
            .await
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
        let mark = self.mark(picture);
        if let Some(seen) = self.seen.borrow().as_ref()
            && Rc::ptr_eq(&seen.mark, &mark)
            && seen.crop == crop
        {
            return Ok(seen.clone());
        }
        let how = &self.model.manifest.preprocessing;
        let input = preprocess::crop(&*self.decode(picture, &mark)?, crop, how);
        let (width, height) = input.pixels.dimensions();
        let values = preprocess::normalize(&input.pixels, how);
        let view = View::new(&self.model, values, [height as usize, width as usize]).await?;
        let seen = Rc::new(Seen {
            mark,
            crop,
            input,
            view,
        });
        *self.seen.borrow_mut() = Some(seen.clone());
        Ok(seen)
    }

    fn decode(&self, picture: &Picture, mark: &Rc<Mark>) -> Result<Rc<RgbImage>> {
        if let Some((known, decoded)) = self.decoded.borrow().as_ref()
            && Rc::ptr_eq(known, mark)
        {
            return Ok(decoded.clone());
        }
        let decoded = Rc::new(picture.decode()?);
        let pixels = u64::from(decoded.width()) * u64::from(decoded.height());
        if pixels <= KEPT_PIXELS {
            *self.decoded.borrow_mut() = Some((mark.clone(), decoded.clone()));
        }
        Ok(decoded)
    }

    /// A picture's mark: that of an earlier call if what was made of it is still there.
    fn mark(&self, picture: &Picture) -> Rc<Mark> {
        let seen = self.seen.borrow().as_ref().map(|seen| seen.mark.clone());
        let decoded = self.decoded.borrow();
        let decoded = decoded.as_ref().map(|(mark, _)| mark.clone());
        let mut known = seen.into_iter().chain(decoded);
        known
            .find(|mark| mark.is_of(picture))
            .unwrap_or_else(|| Rc::new(Mark::of(picture)))
    }
}

/// Softmax of all logits.
fn probabilities(logits: &[f32]) -> Vec<f32> {
    let probabilities = softmax(logits).into_iter();
    probabilities.map(|p| p as f32).collect()
}

/// The class of the largest logit.
fn top(logits: &[f32]) -> usize {
    (0..logits.len())
        .max_by(|&a, &b| logits[a].total_cmp(&logits[b]))
        .unwrap_or(0)
}
