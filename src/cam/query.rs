//! What a map is asked for, and the passes that answer it.

use std::cell::RefCell;

use super::planes::Planes;
use super::shortlist::Shortlist;
use super::target::Objective;
use crate::heatmap::Heatmap;
use crate::model::Layer;

/// What a map is asked for.
///
/// ```
/// use camscope::cam::query::{Channels, Query};
/// use camscope::cam::target::Target;
/// use camscope::model::Layer;
///
/// let objective = Target::Class(1).resolve(&[0.5, 2.0]);
/// let exact = Query {
///     layer: Layer::Layer4,
///     objective: &objective,
///     channels: &Channels::All,
///     eigen: false,
///     reference: false,
/// };
/// let smoothed = Query { eigen: true, ..exact };
/// assert_eq!(smoothed.objective.score(&[0.5, 2.0]), 2.0);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    pub layer: Layer,
    /// What is explained.
    pub objective: &'a Objective,
    pub channels: &'a Channels,
    /// Eigen smoothing: products per channel are projected on their first principal component, not summed.
    pub eigen: bool,
    /// Follow pytorch-grad-cam where the default departs from it.
    pub reference: bool,
}

/// Which channels a method that works channel by channel evaluates.
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
///     channels: Channels::Only(vec![3, 5]),
///     ..ExplainOptions::new(Method::AblationCam, Layer::Layer3)
/// };
/// let found = explainer.explain(&picture, &options, &|_| Box::pin(async { true }));
/// let scores = pollster::block_on(found)?.scores;
/// let known = (0..scores.len()).filter(|&channel| !scores[channel].is_nan());
/// assert_eq!(known.collect::<Vec<_>>(), [3, 5]);
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Channels {
    /// All of them: the exact map.
    #[default]
    All,
    /// This many passes, for those that promise most ([`super::ablationcam`], [`super::shortlist`]).
    Budget(usize),
    /// Exactly these.
    Only(Vec<usize>),
}

impl Channels {
    /// The channels to evaluate, by falling activation energy so that partial maps are good early.
    pub(crate) fn select(&self, activations: &Planes) -> Vec<usize> {
        let mut order = activations.by_energy();
        match self {
            Self::All => {}
            Self::Budget(count) => order.truncate(*count),
            Self::Only(channels) => order.retain(|channel| channels.contains(channel)),
        }
        order
    }
}

/// What each of a series of passes changes about the network or its input.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pass<'p> {
    /// A channel's activations are set to zero at the target layer; only the layers behind it run.
    Ablated(&'p [usize]),
    /// All of a channel's activations are set to one value.
    Filled(&'p [(usize, f32)]),
    /// The input is multiplied by a channel's upsampled, min–max scaled activations. Channels are chosen on the way.
    Masked(&'p RefCell<Shortlist>),
    /// The input is kept where a mask of its size is 1, and blurred where it is 0.
    Blended(&'p [Heatmap]),
    /// Only one place of the target layer keeps its activations; only the layers behind it run.
    Lit(&'p [usize]),
}

impl Pass<'_> {
    /// How many passes.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Ablated(jobs) | Self::Lit(jobs) => jobs.len(),
            Self::Filled(jobs) => jobs.len(),
            Self::Blended(masks) => masks.len(),
            Self::Masked(list) => list.borrow().len(),
        }
    }

    /// How many passes are decided, given what was found by those before: `wanted` of them, where that can be helped.
    pub(super) fn decided(&self, found: &[f32], wanted: usize) -> usize {
        match self {
            Self::Masked(list) => list.borrow_mut().decide(found, wanted),
            _ => self.count(),
        }
    }

    /// What is read off the logits: the target's value of them, or of their probabilities.
    pub(super) fn measure(&self, objective: &Objective, logits: &[f32]) -> f32 {
        match self {
            Self::Ablated(_) | Self::Filled(_) | Self::Masked(_) => objective.score(logits),
            Self::Blended(_) | Self::Lit(_) => objective.confidence(logits),
        }
    }
}
