//! The model-randomisation check: a map that stays the same when the network forgets what it has learned cannot show
//! what it has learned.
//!
//! At each step one part more is drawn anew, from the classifier down to the stem (a cascade), and the map of the same
//! class is made again:
//!
//! ```text
//! similarity(step) = correlation of the final map with that of the trained network (Pearson's; Spearman's of ranks)
//! reacts = mean of Spearman's correlation over the last three steps < 0.5
//! ```
//!
//! Adebayo et al. 2018 (arXiv 1810.03292, section 3.1). Deviations: they compare the maps' absolute values, with SSIM
//! too; here it is the final map, 0…1, since that is what is looked at. They keep each step's weights for the next; here
//! every step draws all of its parts afresh, since a random classifier as good as flips a coin whether it is for or
//! against what is seen, and one coin would decide every step. They read the result off a plot; the threshold is ours.
//!
//! At 0.5 a quarter of the ranks' variance is explained without learned weights in most of the network. Single steps say
//! little: on six pictures with two seeds each, Grad-CAM at layer4 gives -0.58 to 0.76 a step, but means of the last
//! three below 0.36; EigenCAM, which shows where features are strong whatever they are, gives 0.53 to 0.91. A map that is
//! blank, or the same number everywhere, correlates with nothing.

use serde::Serialize;

/// From here a map counts as unchanged.
const ALIKE: f64 = 0.5;
/// A map that a step leaves like this did not depend on what was drawn anew.
const SAME: f64 = 0.999;
/// Steps that decide.
const LAST: usize = 3;

/// How like the original the map is with the network randomised down to one part.
///
/// ```
/// use camscope::cam::Method;
/// use camscope::explainer::{ExplainOptions, Explainer, Picture};
/// use camscope::model::Layer;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let explainer = Explainer::new(model);
/// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
/// let options = ExplainOptions::new(Method::GradCam, Layer::Layer4);
/// let found = explainer.sanity(&picture, &options, 0, &|_| Box::pin(async { true }));
/// let found = pollster::block_on(found)?;
/// assert_eq!(found.stages[0].stage, "fc");
/// assert!(found.stages.iter().all(|step| step.spearman.abs() <= 1.0 + 1e-9));
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Step {
    /// The lowest part that was drawn anew.
    pub stage: &'static str,
    /// −1…1
    pub pearson: f64,
    /// −1…1
    pub spearman: f64,
}

/// What the steps say.
///
/// ```
/// use camscope::cam::Method;
/// use camscope::explainer::{ExplainOptions, Explainer, Picture};
/// use camscope::model::Layer;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let explainer = Explainer::new(model);
/// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
/// let options = ExplainOptions::new(Method::GradCam, Layer::Layer4);
/// let found = explainer.sanity(&picture, &options, 0, &|_| Box::pin(async { true }));
/// let found = pollster::block_on(found)?;
/// let last = found.stages[3..].iter().map(|step| step.spearman).sum::<f64>() / 3.0;
/// assert_eq!(found.verdict.reacts, last < 0.5);
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub reacts: bool,
    /// The same in plain words.
    pub text: String,
}

impl Verdict {
    /// From the steps in the order of the cascade, the classifier first.
    pub(crate) fn of(steps: &[Step]) -> Self {
        let last = &steps[steps.len().saturating_sub(LAST)..];
        let alike = last.iter().map(|step| step.spearman).sum::<f64>() / last.len() as f64;
        let reacts = alike < ALIKE;
        let mut text = if reacts {
            format!(
                "The map reacts to what the network has learned: with nearly all of its weights drawn at random it is \
                 no longer like the original (Spearman's correlation {alike:.2})."
            )
        } else {
            format!(
                "The map hardly reacts: with nearly all of the network's weights drawn at random it still looks like \
                 the original (Spearman's correlation {alike:.2}). It shows the picture, not what the network has \
                 learned."
            )
        };
        if steps.first().is_some_and(|step| step.spearman > SAME) {
            text.push_str(
                " It does not depend on the classifier, so it is the same for every class.",
            );
        }
        Self { reacts, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(spearman: [f64; 6]) -> Verdict {
        let steps = spearman.map(|spearman| Step {
            stage: "layer",
            pearson: spearman,
            spearman,
        });
        Verdict::of(&steps)
    }

    #[test]
    fn a_map_that_stays_the_same_is_flagged() {
        let found = verdict([1.0; 6]);
        assert!(!found.reacts && found.text.contains("hardly reacts"));
        assert!(!verdict([0.2, 0.1, 0.3, 0.6, 0.5, 0.55]).reacts);
    }

    #[test]
    fn a_map_that_changes_reacts() {
        assert!(verdict([0.9, 0.7, 0.4, 0.1, -0.2, 0.3]).reacts);
        assert!(verdict([0.0; 6]).reacts);
        let eigen = verdict([1.0, 0.4, 0.1, 0.0, 0.2, -0.1]);
        assert!(eigen.reacts && eigen.text.contains("every class"));
    }
}
