//! The CAM methods. Each computes a raw signed map at the target layer; ReLU, scaling and resizing are shared
//! ([`crate::heatmap::Heatmap::finish`]).
//!
//! A new method is one file with its formula and its [`MethodInfo`], and one line in the list that makes [`Method`], which
//! declares the file's module as well.
//!
//! The arithmetic on activations and gradients runs on the host: it is a few million operations beside a
//! network pass of billions, gives the same numbers on every device, and leaves no kernels to compile.

pub mod fusion;
pub(crate) mod mask;
pub(crate) mod pace;
pub mod planes;
pub mod probe;
pub mod progress;
mod projection;
pub mod query;
pub mod shortlist;
mod surrogate;
pub mod target;
pub mod view;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::heatmap::Heatmap;
use crate::model::Layer;
use planes::Planes;
use probe::Probe;
use target::Target;

/// A way to explain: from a probe into the network to a raw map.
pub(crate) trait CamMethod {
    /// The raw signed map at the target layer's resolution: no ReLU, no scaling, no resize.
    ///
    /// # Errors
    /// [`Error::Cancelled`] where the caller asked to stop, [`Error::Device`] where the device failed.
    fn saliency(&self, probe: &Probe<'_>) -> impl Future<Output = Result<Saliency>>;

    /// What the method explains when asked for `target`: that, unless it has a target of its own.
    fn target(&self, target: Target) -> Target {
        target
    }

    /// Whether eigen smoothing changes the map: it needs products per channel to project, and a map that is none already.
    fn has_eigen_smoothing(&self) -> bool {
        true
    }

    /// Whether there is a map for each layer, and not one for all.
    fn has_layers(&self) -> bool {
        true
    }
}

/// What a method found.
///
/// ```
/// use camscope::cam::Method;
/// use camscope::cam::probe::Probe;
/// use camscope::cam::query::{Channels, Query};
/// use camscope::cam::target::Target;
/// use camscope::cam::view::View;
/// use camscope::model::Layer;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let view = pollster::block_on(View::new(&model, vec![0.5; 3 * 64 * 64], [64, 64]))?;
/// let objective = Target::Class(2).resolve(&view.logits);
/// let (layer, channels) = (Layer::Layer4, Channels::All);
/// let query = Query { layer, objective: &objective, channels: &channels, eigen: false, reference: false };
/// let probe = Probe::new(&model, &view, query, &|_| Box::pin(async { true }));
///
/// let found = pollster::block_on(Method::ScoreCam.saliency(&probe))?;
/// assert!(found.exact && found.notes.is_empty());
/// // ScoreCAM's weights are a softmax of its scores.
/// assert_eq!(found.weights.len(), found.scores.len());
/// assert!((found.weights.iter().sum::<f32>() - 1.0).abs() < 1e-4);
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Saliency {
    /// Signed, at the target layer's resolution.
    pub raw: Heatmap,
    /// One weight per channel, NaN where the channel was not evaluated. Empty for methods without weights.
    pub weights: Vec<f32>,
    /// The target's value per channel, NaN where not evaluated. Empty for methods without scores.
    pub scores: Vec<f32>,
    /// False where channels were left out.
    pub exact: bool,
    pub notes: Vec<Note>,
}

impl Saliency {
    /// The weighted activations merged, exact and without remarks.
    fn of_weights(probe: &Probe<'_>, activations: &Planes, weights: Vec<f32>) -> Self {
        let raw = probe.merge_weighted(activations, &weights);
        Self {
            weights,
            ..Self::of_map(raw)
        }
    }

    /// A map that has no weights per channel, exact and without remarks.
    fn of_map(raw: Heatmap) -> Self {
        Self {
            raw,
            weights: Vec::new(),
            scores: Vec::new(),
            exact: true,
            notes: Vec::new(),
        }
    }
}

/// A remark that belongs beside the map.
///
/// ```
/// use camscope::cam::Method;
/// use camscope::cam::query::Channels;
/// use camscope::explainer::{ExplainOptions, Explainer, Picture};
/// use camscope::model::Layer;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let explainer = Explainer::new(model);
/// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
/// let options = ExplainOptions {
///     channels: Channels::Budget(8),
///     ..ExplainOptions::new(Method::AblationCam, Layer::Layer3)
/// };
/// let found = explainer.explain(&picture, &options, &|_| Box::pin(async { true }));
/// let notes = pollster::block_on(found)?.notes;
/// assert!(notes.iter().any(|note| note.code == "budget" && note.text.starts_with("Approximate: 8 of")));
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Stable identifier: `budget`, `blank`, `negative-score`, `zero-score`, `sign`, ….
    pub code: &'static str,
    /// The remark in plain words.
    pub text: String,
}

impl Note {
    pub(crate) fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
        }
    }
}

/// Declares [`Method`] from one line a file: its module, and of each method in it the type that computes it, which names the
/// variant, and what to tell about it.
macro_rules! methods {
    ($($visibility:vis mod $module:ident: $($variant:ident($info:ident)),+;)+) => {
        $($visibility mod $module;)+

        /// The methods.
        ///
        /// ```
        /// use camscope::cam::Method;
        ///
        /// let method: Method = "scorecam".parse()?;
        /// assert_eq!(method.info().name, "ScoreCAM");
        /// assert!(Method::ALL.contains(&method));
        /// # Ok::<(), camscope::error::Error>(())
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Method {
            $($($variant,)+)+
        }

        impl Method {
            /// All methods.
            ///
            /// ```
            /// use camscope::cam::Method;
            ///
            /// assert!(Method::ALL.iter().all(|method| method.info().id.parse() == Ok(*method)));
            /// ```
            pub const ALL: [Self; [$($($module::$info.id),+),+].len()] = [$($(Self::$variant),+),+];

            /// Name, paper and cost.
            ///
            /// ```
            /// use camscope::cam::Method;
            ///
            /// let info = Method::GradCam.info();
            /// assert_eq!((info.id, info.name, info.year), ("gradcam", "Grad-CAM", 2017));
            /// ```
            pub fn info(self) -> MethodInfo {
                match self {
                    $($(Self::$variant => $module::$info,)+)+
                }
            }

            /// Runs the method.
            ///
            /// ```
            /// use camscope::cam::Method;
            /// use camscope::cam::probe::Probe;
            /// use camscope::cam::query::{Channels, Query};
            /// use camscope::cam::target::Target;
            /// use camscope::cam::view::View;
            /// use camscope::model::Layer;
            ///
            /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
            /// let view = pollster::block_on(View::new(&model, vec![0.5; 3 * 64 * 64], [64, 64]))?;
            /// let objective = Target::Class(2).resolve(&view.logits);
            /// let (layer, channels) = (Layer::Layer3, Channels::All);
            /// let query = Query { layer, objective: &objective, channels: &channels, eigen: false, reference: false };
            /// let probe = Probe::new(&model, &view, query, &|_| Box::pin(async { true }));
            ///
            /// let found = pollster::block_on(Method::GradCam.saliency(&probe))?;
            /// assert_eq!((found.raw.width, found.raw.height), (4, 4));
            /// assert_eq!(found.weights.len(), model.net.channels(Layer::Layer3));
            /// # Ok::<(), camscope::error::Error>(())
            /// ```
            ///
            /// # Errors
            /// [`Error::Cancelled`] where the caller asked to stop, [`Error::Device`] where the device failed.
            pub async fn saliency(self, probe: &Probe<'_>) -> Result<Saliency> {
                match self {
                    $($(Self::$variant => $module::$variant.saliency(probe).await,)+)+
                }
            }

            /// As [`CamMethod::target`].
            pub(crate) fn target(self, target: Target) -> Target {
                match self {
                    $($(Self::$variant => $module::$variant.target(target),)+)+
                }
            }

            /// As [`CamMethod::has_eigen_smoothing`].
            pub(crate) fn has_eigen_smoothing(self) -> bool {
                match self {
                    $($(Self::$variant => $module::$variant.has_eigen_smoothing(),)+)+
                }
            }

            /// As [`CamMethod::has_layers`].
            pub(crate) fn has_layers(self) -> bool {
                match self {
                    $($(Self::$variant => $module::$variant.has_layers(),)+)+
                }
            }
        }
    };
}

methods! {
    mod original: Cam(INFO);
    mod gradcam: GradCam(INFO);
    mod gradcampp: GradCamPlusPlus(INFO);
    mod hirescam: HiResCam(INFO);
    mod gradcamelementwise: GradCamElementWise(INFO);
    mod xgradcam: XGradCam(INFO);
    mod layercam: LayerCam(INFO);
    mod eigencam: EigenCam(INFO), EigenGradCam(GRAD_INFO);
    pub mod ablationcam: AblationCam(INFO);
    pub mod scorecam: ScoreCam(INFO);
    mod fullgrad: FullGrad(INFO);
    mod finercam: FinerCam(INFO);
    mod groupcam: GroupCam(INFO);
    mod reciprocam: ReciproCam(INFO);
    mod randomcam: RandomCam(INFO);
}

/// What to tell about a method before it runs.
///
/// ```
/// use camscope::cam::{Family, Method, MethodInfo};
///
/// let MethodInfo { name, family, year, .. } = Method::ScoreCam.info();
/// assert_eq!((name, family, year), ("ScoreCAM", Family::Perturbation, 2020));
/// ```
#[derive(Debug, Clone, Copy, Serialize)]
pub struct MethodInfo {
    pub id: &'static str,
    pub name: &'static str,
    pub year: u16,
    pub paper: &'static str,
    pub url: &'static str,
    /// One sentence on what it does.
    pub summary: &'static str,
    /// What it costs, in words.
    pub cost: &'static str,
    pub work: Work,
    pub family: Family,
}

/// What a map takes of the network beyond the classification, at most. From it the page knows how long a map will take,
/// and what not to start unasked.
///
/// ```
/// use camscope::cam::{Method, Work};
///
/// assert_eq!(Method::EigenCam.info().work, Work::None);
/// assert_eq!(Method::ScoreCam.info().work, Work::Channels);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Work {
    /// Nothing: the activations are there.
    None,
    /// The gradient of the target at the layer, which is computed once for all methods that take it.
    Gradient,
    /// The gradient of another target than the one that is asked for.
    OwnGradient,
    /// A gradient through the whole network, whichever layer is asked for.
    WholeGradient,
    /// A pass for each of so many masks of the picture, and the gradient that they are made of.
    Masks { count: usize },
    /// A pass for each channel, or for as many as there is a budget for.
    Channels,
    /// A pass through the layers behind for each channel, or for as many as there is a budget for; nothing at the last one.
    Ablations,
    /// A pass through the layers behind for each place; next to nothing at the last one.
    Places,
}

/// What a method asks the network for.
///
/// ```
/// use camscope::cam::{Family, Method};
///
/// let of = |family| Method::ALL.into_iter().filter(move |method| method.info().family == family);
/// assert_eq!(of(Family::Control).collect::<Vec<_>>(), [Method::RandomCam]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// How the target changes with the features.
    Gradient,
    /// The features alone.
    Activation,
    /// What becomes of the target when features or pixels are taken away.
    Perturbation,
    /// As perturbation, with features taken together so that a few dozen passes do.
    Group,
    /// Nothing: what a map of no meaning looks like.
    Control,
}

impl std::str::FromStr for Method {
    type Err = Error;

    fn from_str(id: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|method| method.info().id == id)
            .ok_or_else(|| Error::Option(format!("There is no method \"{id}\".")))
    }
}

/// Said of an approximate map in the place of its error.
const UNMEASURED: &str = "The error of such a map has not been measured.";

/// Lower bounds of the correlation (Pearson) of approximate maps with the exact ones, by layer: pairs of how many channels
/// or passes such a map rests on, rising, and the bound.
///
/// ```
/// use camscope::cam::{Bounds, ablationcam};
/// use camscope::model::Layer;
///
/// /// Whether maps of that many channels are known to correlate so well.
/// fn holds(known: &Bounds, layer: Layer, channels: usize, least: f32) -> bool {
///     let of_layer = known.iter().filter(|(known, _)| *known == layer).flat_map(|(_, pairs)| *pairs);
///     of_layer.rev().find(|(count, _)| *count <= channels).is_some_and(|(_, bound)| *bound >= least)
/// }
/// assert!(holds(ablationcam::MEASURED, Layer::Layer3, 300, 0.95));
/// assert!(!holds(ablationcam::MEASURED, Layer::Layer3, 4, 0.95));
/// ```
pub type Bounds = [(Layer, &'static [(usize, f32)])];

/// What is known of maps at this layer that rest on as much as this one, or a little less. Nothing is known of maps that are
/// not of one class, or smoothed.
fn measured(probe: &Probe<'_>, known: &Bounds, spent: usize) -> Option<(usize, f32)> {
    let query = probe.query();
    if query.objective.kind() != target::Kind::Class || query.eigen {
        return None;
    }
    let (_, known) = known.iter().find(|(layer, _)| *layer == probe.layer())?;
    known
        .iter()
        .rev()
        .find(|(least, _)| *least <= spent)
        .copied()
}

/// Says how much of the layer an approximate map rests on.
fn budget_note(activations: &Planes, scores: &[f32]) -> Note {
    let evaluated = scores.iter().filter(|score| !score.is_nan()).count();
    let energies = activations.energies();
    let total: f64 = energies.iter().sum();
    let covered: f64 = energies
        .iter()
        .zip(scores)
        .filter(|(_, score)| !score.is_nan())
        .map(|(energy, _)| energy)
        .sum();
    let share = if total > 0.0 {
        100.0 * covered / total
    } else {
        100.0
    };
    let text = format!(
        "Approximate: {evaluated} of {} channels, which hold {share:.0} % of the layer's activation energy.",
        activations.channels
    );
    Note::new("budget", text)
}
