//! Does a map react to what the network has learned? See [`crate::metrics::randomization`].

use super::{ExplainOptions, Explainer, Picture};
use crate::cam::Note;
use crate::cam::progress::{Observer, Progress};
use crate::cam::target::Target;
use crate::cam::view::View;
use crate::error::{Error, Result};
use crate::heatmap::Heatmap;
use crate::metrics::agreement::Agreement;
use crate::metrics::randomization::{Step, Verdict};
use crate::model::randomized::Part;
use crate::preprocess;

/// The maps of a network that is randomised from the top down.
///
/// ```
/// use camscope::cam::Method;
/// use camscope::explainer::{ExplainOptions, Explainer, Picture};
/// use camscope::model::Layer;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let explainer = Explainer::new(model);
/// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
/// let options = ExplainOptions::new(Method::EigenCam, Layer::Layer4);
/// let found = explainer.sanity(&picture, &options, 0, &|_| Box::pin(async { true }));
/// let found = pollster::block_on(found)?;
/// let stages: Vec<&str> = found.stages.iter().map(|step| step.stage).collect();
/// assert_eq!(stages, ["fc", "layer4", "layer3", "layer2", "layer1", "stem"]);
/// assert_eq!(found.maps.len(), stages.len());
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sanity {
    /// One per part, the classifier first.
    pub stages: Vec<Step>,
    /// The final map of each stage, 0…1.
    pub maps: Vec<Heatmap>,
    pub verdict: Verdict,
    /// Of the trained network's map: what an approximate one rests on, for one.
    pub notes: Vec<Note>,
}

/// Steps that one map counts in the progress, however many passes it takes.
const STEPS: usize = 100;

impl Explainer {
    /// Makes the map of the trained network, then that of the same class with ever more of the network drawn anew:
    /// seven maps, and the memory of a second network. `observer` hears of the progress in hundredths of a map.
    ///
    /// ```
    /// use camscope::cam::Method;
    /// use camscope::explainer::{ExplainOptions, Explainer, Picture};
    /// use camscope::model::Layer;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let explainer = Explainer::new(model);
    /// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
    /// let options = ExplainOptions::new(Method::EigenCam, Layer::Layer4);
    /// let found = explainer.sanity(&picture, &options, 0, &|_| Box::pin(async { true }));
    /// // EigenCAM does not ask the classifier: with another one its map is the same.
    /// let found = pollster::block_on(found)?;
    /// assert!(found.stages[0].pearson > 0.999 && found.verdict.text.contains("every class"));
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Explainer::explain`].
    pub async fn sanity(
        &self,
        picture: &Picture,
        options: &ExplainOptions,
        seed: u64,
        observer: &Observer<'_>,
    ) -> Result<Sanity> {
        let seen = self.see(picture, options.crop).await?;
        let mut options = options.clone();
        options.target = options.target.or(Some(Target::Class(seen.top())));
        let total = (Part::CASCADE.len() + 1) * STEPS;
        let part_of_all = |run: usize| {
            move |progress: Progress| {
                let share = STEPS * progress.done / progress.total.max(1);
                let done = run * STEPS + share;
                let left =
                    |seconds| seconds * (total - done) as f64 / (STEPS - share).max(1) as f64;
                observer(Progress {
                    done,
                    total,
                    seconds_left: progress.seconds_left.map(left),
                    partial: None,
                })
            }
        };
        let first = part_of_all(0);
        if !first(Progress::start()).await {
            return Err(Error::Cancelled);
        }
        let original = self.explain_view(&seen.view, &options, &first).await?;
        let input = preprocess::normalize(&seen.input.pixels, &self.model.manifest.preprocessing);
        let (mut stages, mut maps) = (Vec::new(), Vec::new());
        for run in 1..=Part::CASCADE.len() {
            let observer = part_of_all(run);
            if !observer(Progress::start()).await {
                return Err(Error::Cancelled);
            }
            let parts = &Part::CASCADE[..run];
            let model = self.model.randomized(parts, seed.wrapping_add(run as u64));
            let explainer = Explainer::new(model);
            let view = View::new(&explainer.model, input.clone(), seen.view.size()).await?;
            let found = explainer.explain_view(&view, &options, &observer).await?;
            let Agreement {
                pearson, spearman, ..
            } = Agreement::of(&original.map, &found.map)?;
            stages.push(Step {
                stage: Part::CASCADE[run - 1].id(),
                pearson,
                spearman,
            });
            maps.push(found.map);
        }
        Ok(Sanity {
            verdict: Verdict::of(&stages),
            stages,
            maps,
            notes: original.notes,
        })
    }
}
