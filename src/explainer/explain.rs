//! One map: target, layers, smoothing and fusion around a CAM method.

use std::cell::Cell;

use web_time::Instant;

use super::{ClassScore, Explainer, Picture, probabilities};
use crate::cam::fusion::{Fusion, mean};
use crate::cam::probe::Probe;
use crate::cam::progress::{Observer, Progress};
use crate::cam::query::{Channels, Query};
use crate::cam::target::{Kind, Objective, Target};
use crate::cam::view::{Augmentation, View};
use crate::cam::{Method, Note, Saliency};
use crate::device::Precision;
use crate::error::{Error, Result};
use crate::heatmap::Heatmap;
use crate::model::Layer;
use crate::preprocess::Crop;

/// What to explain and how.
///
/// ```
/// use camscope::cam::Method;
/// use camscope::cam::fusion::Fusion;
/// use camscope::explainer::ExplainOptions;
/// use camscope::model::Layer;
///
/// // Two layers' maps in one, of a class of one's own choice.
/// let options = ExplainOptions {
///     layers: vec![Layer::Layer3, Layer::Layer4],
///     fusion: Fusion::Max,
///     target: Some(283.into()),
///     ..ExplainOptions::new(Method::LayerCam, Layer::Layer4)
/// };
/// assert_eq!(options.layers.len(), 2);
/// ```
#[derive(Debug, Clone)]
pub struct ExplainOptions {
    pub method: Method,
    /// One, or several whose maps are fused.
    pub layers: Vec<Layer>,
    pub fusion: Fusion,
    /// The top class if none is given.
    pub target: Option<Target>,
    pub crop: Crop,
    pub channels: Channels,
    pub smoothing: Smoothing,
    /// Follow pytorch-grad-cam where the default departs from it; docs/methods.md lists where.
    pub reference: bool,
}

impl ExplainOptions {
    /// The exact map of the top class by one method at one layer, in the middle of the picture, with nothing on top.
    ///
    /// ```
    /// use camscope::cam::Method;
    /// use camscope::cam::query::Channels;
    /// use camscope::explainer::ExplainOptions;
    /// use camscope::model::Layer;
    ///
    /// let options = ExplainOptions::new(Method::ScoreCam, Layer::Layer4);
    /// assert_eq!((options.target, options.channels), (None, Channels::All));
    /// ```
    pub fn new(method: Method, layer: Layer) -> Self {
        Self {
            method,
            layers: vec![layer],
            fusion: Fusion::Mean,
            target: None,
            crop: Crop::Center,
            channels: Channels::All,
            smoothing: Smoothing::default(),
            reference: false,
        }
    }

    /// What is explained of what the network has seen: unless asked otherwise its top class.
    fn objective(&self, view: &View) -> Objective {
        let target = match &self.target {
            Some(target) => target.clone(),
            None => Target::Class(super::top(&view.logits)),
        };
        self.method.target(target).resolve(&view.logits)
    }
}

/// Ways to smooth a map, as pytorch-grad-cam has them.
///
/// ```
/// use camscope::cam::Method;
/// use camscope::explainer::{ExplainOptions, Explainer, Picture, Smoothing};
/// use camscope::model::Layer;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let explainer = Explainer::new(model);
/// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
/// let options = ExplainOptions {
///     smoothing: Smoothing { aug: true, eigen: false },
///     ..ExplainOptions::new(Method::GradCam, Layer::Layer4)
/// };
/// let found = pollster::block_on(explainer.explain(&picture, &options, &|_| Box::pin(async { true })))?;
/// // The input as it is has been classified; its five variants take a pass each.
/// assert_eq!(found.passes, 5);
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Smoothing {
    /// Mean of the maps of six variants of the input ([`Augmentation::ALL`]).
    pub aug: bool,
    /// First principal component of the products per channel in place of their sum.
    pub eigen: bool,
}

/// A map with everything that was found on the way.
///
/// ```
/// use camscope::cam::Method;
/// use camscope::explainer::{ExplainOptions, Explainer, Picture};
/// use camscope::model::Layer;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let explainer = Explainer::new(model);
/// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
/// let options = ExplainOptions::new(Method::GradCam, Layer::Layer3);
/// let found = pollster::block_on(explainer.explain(&picture, &options, &|_| Box::pin(async { true })))?;
/// // The map comes from the raw one, which has the layer's size.
/// assert_eq!((found.raw.width, found.raw.height), (4, 4));
/// assert_eq!(found.map, found.raw.finish(64, 64));
/// assert_eq!(found.signed, found.raw.signed(64, 64));
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Explanation {
    pub method: Method,
    pub layers: Vec<Layer>,
    /// None for a single layer.
    pub fusion: Option<Fusion>,
    /// The class that is explained, the first of several.
    pub target: ClassScore,
    pub objective: Explained,
    /// The final map at the input's size, in 0…1.
    pub map: Heatmap,
    /// The map before ReLU at the input's size, in −1…1: of several layers or variants of the input the mean.
    pub signed: Heatmap,
    /// The signed map before ReLU, at the activations' size. This and the next two are of the first layer and the input
    /// as it is.
    pub raw: Heatmap,
    /// One per channel, NaN where not evaluated; empty where the method has none.
    pub weights: Vec<f32>,
    /// The target's value per channel, likewise.
    pub scores: Vec<f32>,
    pub exact: bool,
    /// Passes through the network or its part behind the layer, besides the classification.
    pub passes: usize,
    pub seconds: f64,
    pub notes: Vec<Note>,
}

/// What was explained.
///
/// ```
/// use camscope::cam::Method;
/// use camscope::cam::target::{Kind, Target};
/// use camscope::explainer::{ExplainOptions, Explainer, Picture};
/// use camscope::model::Layer;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let explainer = Explainer::new(model);
/// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
/// let options = ExplainOptions {
///     target: Some(Target::Over { class: 2, over: 5 }),
///     ..ExplainOptions::new(Method::GradCam, Layer::Layer4)
/// };
/// let found = pollster::block_on(explainer.explain(&picture, &options, &|_| Box::pin(async { true })))?;
/// let explained = found.objective;
/// assert_eq!(explained.kind, Kind::Over);
/// assert_eq!(explained.score, explained.classes[0].logit - explained.classes[1].logit);
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Explained {
    pub kind: Kind,
    /// The class, then those that it is added to or compared with.
    pub classes: Vec<ClassScore>,
    /// The target's value: a logit, or the combination of several.
    pub score: f32,
}

impl Explainer {
    /// One map. `observer` hears of progress between batches and may stop it.
    ///
    /// ```
    /// use camscope::cam::Method;
    /// use camscope::explainer::{ExplainOptions, Explainer, Picture};
    /// use camscope::model::Layer;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let explainer = Explainer::new(model);
    /// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
    /// let options = ExplainOptions::new(Method::HiResCam, Layer::Layer4);
    /// let found = pollster::block_on(explainer.explain(&picture, &options, &|_| Box::pin(async { true })))?;
    /// let (least, most) = found.map.range();
    /// assert!(found.exact && least >= 0.0 && most <= 1.0);
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Decode`], [`Error::Class`], [`Error::Layer`], [`Error::Option`], [`Error::Device`],
    /// [`Error::Cancelled`]
    pub async fn explain(
        &self,
        picture: &Picture,
        options: &ExplainOptions,
        observer: &Observer<'_>,
    ) -> Result<Explanation> {
        self.check(options)?;
        let seen = self.see(picture, options.crop).await?;
        self.explain_view(&seen.view, options, observer).await
    }

    /// One map of what the network has seen already.
    ///
    /// ```
    /// use camscope::cam::Method;
    /// use camscope::cam::view::View;
    /// use camscope::explainer::{ExplainOptions, Explainer};
    /// use camscope::model::Layer;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let view = pollster::block_on(View::new(&model, vec![0.5; 3 * 64 * 48], [64, 48]))?;
    /// let explainer = Explainer::new(model);
    /// let options = ExplainOptions::new(Method::GradCam, Layer::Layer4);
    /// let found = explainer.explain_view(&view, &options, &|_| Box::pin(async { true }));
    /// let found = pollster::block_on(found)?;
    /// assert_eq!((found.map.width, found.map.height), (48, 64));
    /// assert_eq!(found.target.logit, view.logits.iter().copied().fold(f32::MIN, f32::max));
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Explainer::explain`], but for [`Error::Decode`].
    pub async fn explain_view(
        &self,
        view: &View,
        options: &ExplainOptions,
        observer: &Observer<'_>,
    ) -> Result<Explanation> {
        self.check(options)?;
        let started = Instant::now();
        let objective = options.objective(view);
        let work = Work::new(self, view, options, &objective, observer);
        let (maps, mut saliency) = work.run().await?;
        if options.smoothing.eigen && !options.method.has_eigen_smoothing() {
            let name = options.method.info().name;
            let text = format!("{name} has no eigen smoothing: the map is the one without.");
            saliency.notes.push(Note::new("no-smoothing", text));
        }
        if self.model.device.precision() == Precision::Half {
            let text = "Computed in half precision: on one photo, values at layer3 and layer4 were within 0.005 of the exact \
                        map's.";
            saliency.notes.push(Note::new("half-precision", text));
        }
        if maps.last.is_blank() {
            saliency.notes.push(blank_note(options, &saliency.raw));
        }
        let probabilities = probabilities(&view.logits);
        let score = |&class: &usize| self.class_score(class, &view.logits, &probabilities);
        let classes: Vec<ClassScore> = objective.classes().iter().map(score).collect();
        Ok(Explanation {
            method: options.method,
            layers: options.layers.clone(),
            fusion: (options.layers.len() > 1).then_some(options.fusion),
            target: classes[0].clone(),
            objective: Explained {
                kind: objective.kind(),
                score: objective.score(&view.logits),
                classes,
            },
            map: maps.last,
            signed: maps.signed,
            raw: saliency.raw,
            weights: saliency.weights,
            scores: saliency.scores,
            exact: saliency.exact,
            passes: work.passes.get(),
            seconds: started.elapsed().as_secs_f64(),
            notes: saliency.notes,
        })
    }

    fn check(&self, options: &ExplainOptions) -> Result<()> {
        if let Some(target) = &options.target {
            options
                .method
                .target(target.clone())
                .check(self.model.classes())?;
        }
        let mut known = Vec::new();
        for &layer in &options.layers {
            if known.contains(&layer) {
                return Err(Error::Layer(format!(
                    "{} is named twice: a fused map takes each layer once.",
                    layer.id()
                )));
            }
            known.push(layer);
            if self.model.device.precision() == Precision::Half && !is_exact_in_half(layer) {
                return Err(Error::Layer(format!(
                    "Half precision is not exact enough at {}: a map there was up to 0.08 off, and 0.02 is the most that \
                     camscope allows itself. Choose full precision, or layer3 or layer4.",
                    layer.id()
                )));
            }
            self.check_channels(&options.channels, layer)?;
        }
        if known.is_empty() {
            return Err(Error::Layer(
                "The list of layers is empty: name at least one.".into(),
            ));
        }
        Ok(())
    }

    pub(super) fn check_channels(&self, channels: &Channels, layer: Layer) -> Result<()> {
        let count = self.model.net.channels(layer);
        match channels {
            Channels::Budget(0) => Err(Error::Option(
                "A channel budget of 0 leaves nothing to compute: ask for at least 1.".into(),
            )),
            Channels::Only(wanted) if wanted.is_empty() => Err(Error::Option(
                "The list of channels is empty: name at least one.".into(),
            )),
            Channels::Only(wanted) => match wanted.iter().find(|&&channel| channel >= count) {
                Some(channel) => Err(Error::Option(format!(
                    "{} has channels 0 to {}, not {channel}.",
                    layer.id(),
                    count - 1
                ))),
                None => Ok(()),
            },
            Channels::Budget(_) | Channels::All => Ok(()),
        }
    }
}

/// Whether maps in half precision stay within 0.02 of those in full precision. On an H200 and one photo: Grad-CAM at
/// layer1 0.082, AblationCAM at layer3 0.0043, ScoreCAM at layer4 0.0045, others there less (docs/benchmarks.md).
fn is_exact_in_half(layer: Layer) -> bool {
    matches!(layer, Layer::Layer3 | Layer::Layer4)
}

/// The runs of a method that one map takes: one for each variant of the input and layer.
struct Work<'a, 'o> {
    explainer: &'a Explainer,
    view: &'a View,
    options: &'a ExplainOptions,
    objective: &'a Objective,
    observer: &'a Observer<'o>,
    augmentations: &'static [Augmentation],
    layers: &'a [Layer],
    passes: Cell<usize>,
}

/// A map at the input's size: final, and signed.
struct Maps {
    last: Heatmap,
    signed: Heatmap,
}

/// Steps that one of several runs counts in the progress, however many passes it takes.
const STEPS: usize = 100;

impl<'a, 'o> Work<'a, 'o> {
    fn new(
        explainer: &'a Explainer,
        view: &'a View,
        options: &'a ExplainOptions,
        objective: &'a Objective,
        observer: &'a Observer<'o>,
    ) -> Self {
        Self {
            explainer,
            view,
            options,
            objective,
            observer,
            augmentations: if options.smoothing.aug {
                &Augmentation::ALL
            } else {
                &Augmentation::ALL[..1]
            },
            layers: if options.method.has_layers() {
                &options.layers
            } else {
                &options.layers[..1]
            },
            passes: Cell::new(0),
        }
    }

    fn runs(&self) -> usize {
        self.augmentations.len() * self.layers.len()
    }

    /// The maps, and what the first layer told of the input as it is, with every layer's notes.
    async fn run(&self) -> Result<(Maps, Saliency)> {
        let (mut finished, mut signed) = (Vec::new(), Vec::new());
        let mut found: Vec<Saliency> = Vec::new();
        let [height, width] = self.view.size();
        for &augmentation in self.augmentations {
            let variant;
            let view = if augmentation == Augmentation::NONE {
                self.view
            } else {
                variant = self
                    .view
                    .augmented(&self.explainer.model, augmentation)
                    .await?;
                self.passes.set(self.passes.get() + 1);
                &*variant
            };
            // The reference asks of each variant for itself what its top class is.
            let own = (self.options.reference && self.options.target.is_none())
                .then(|| self.options.objective(view));
            let objective = own.as_ref().unwrap_or(self.objective);
            let mut raws: Vec<Heatmap> = Vec::new();
            for &layer in self.layers {
                let place = Place {
                    layer,
                    augmentation,
                    run: finished.len() * self.layers.len() + raws.len(),
                };
                let saliency = self.one((view, objective), place, &finished, &raws).await?;
                raws.push(saliency.raw.clone());
                if found.len() < self.layers.len() {
                    found.push(saliency);
                }
            }
            finished.push(self.fuse(&raws, augmentation));
            let maps = raws.iter().map(|raw| raw.signed(width, height)).collect();
            signed.push(unmirrored(mean(maps), augmentation));
        }
        let maps = Maps {
            last: self.smooth(finished),
            signed: self.smooth(signed),
        };
        Ok((maps, self.gather(found)))
    }

    /// One run of the method.
    async fn one(
        &self,
        (view, objective): (&View, &Objective),
        place: Place,
        finished: &[Heatmap],
        raws: &[Heatmap],
    ) -> Result<Saliency> {
        let started = Instant::now();
        let observer = |mut progress: Progress| {
            progress.partial = progress.partial.map(|raw| {
                let raws: Vec<Heatmap> = raws.iter().cloned().chain([raw]).collect();
                let map = self.fuse(&raws, place.augmentation);
                self.smooth(finished.iter().cloned().chain([map]).collect())
            });
            if self.runs() > 1 {
                let left = self.runs() - place.run - 1;
                let elapsed = started.elapsed().as_secs_f64();
                progress.seconds_left = progress
                    .seconds_left
                    .map(|seconds| seconds + (elapsed + seconds) * left as f64);
                progress.done = place.run * STEPS + STEPS * progress.done / progress.total.max(1);
                progress.total = self.runs() * STEPS;
            }
            (self.observer)(progress)
        };
        if self.runs() > 1 {
            let at_start = Progress {
                done: 0,
                total: 1,
                seconds_left: None,
                partial: None,
            };
            if !observer(at_start).await {
                return Err(Error::Cancelled);
            }
        }
        let query = Query {
            layer: place.layer,
            objective,
            channels: &self.options.channels,
            eigen: self.options.smoothing.eigen,
            reference: self.options.reference,
        };
        let probe = Probe::new(&self.explainer.model, view, query, &observer);
        let saliency = self.options.method.saliency(&probe).await?;
        self.passes.set(self.passes.get() + probe.passes());
        Ok(saliency)
    }

    /// The layers' map of one variant of the input, turned back to the input as it is.
    fn fuse(&self, raws: &[Heatmap], augmentation: Augmentation) -> Heatmap {
        let [height, width] = self.view.size();
        let raws: Vec<&Heatmap> = raws.iter().collect();
        unmirrored(self.options.fusion.fuse(&raws, width, height), augmentation)
    }

    /// The variants' mean: the reference does not scale it again.
    fn smooth(&self, mut maps: Vec<Heatmap>) -> Heatmap {
        if maps.len() == 1 {
            maps.remove(0)
        } else {
            mean(maps)
        }
    }

    fn gather(&self, found: Vec<Saliency>) -> Saliency {
        let exact = found.iter().all(|saliency| saliency.exact);
        let several = found.len() > 1;
        let mut notes: Vec<Note> = Vec::new();
        for (layer, saliency) in self.layers.iter().zip(&found) {
            for note in &saliency.notes {
                let mut note = note.clone();
                if several {
                    note.text = format!("{}: {}", layer.id(), note.text);
                }
                notes.push(note);
            }
        }
        let first = found.into_iter().next().expect("there is a layer");
        Saliency {
            exact,
            notes,
            ..first
        }
    }
}

/// Which run it is.
#[derive(Debug, Clone, Copy)]
struct Place {
    layer: Layer,
    augmentation: Augmentation,
    run: usize,
}

fn unmirrored(map: Heatmap, augmentation: Augmentation) -> Heatmap {
    if augmentation.mirrored {
        map.mirrored()
    } else {
        map
    }
}

fn blank_note(options: &ExplainOptions, raw: &Heatmap) -> Note {
    let (min, max) = raw.range();
    let text = if options.layers.len() > 1 && options.fusion == Fusion::Product {
        "The map is empty: no place is hot at all of these layers at once."
    } else if min == 0.0 && max == 0.0 {
        "The map is zero everywhere: no feature of this layer speaks for or against the target."
    } else if min == max && max > 0.0 {
        "The map is the same at every place, so no place stands out: it is drawn empty."
    } else {
        "The map is empty: at every place of this layer the features speak against the target more than for it. \
         The raw map has the negative values."
    };
    Note::new("blank", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_map_has_its_reason() {
        let options = ExplainOptions::new(Method::GradCam, Layer::Layer4);
        let note = |values: &[f32]| {
            let raw = Heatmap::new(values.len(), 1, values.to_vec());
            blank_note(&options, &raw).text
        };
        assert!(note(&[0.0, 0.0]).contains("zero everywhere"));
        assert!(note(&[-1.0, -0.5]).contains("against the target"));
        assert!(note(&[2.0, 2.0]).contains("the same at every place"));
        assert!(note(&[3.0]).contains("the same at every place"));
    }
}
