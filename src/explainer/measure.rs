//! Numbers about a map, many of which ask the network.

use super::trials::Trials;
use super::{Explainer, Picture, probabilities};
use crate::cam::probe::Observer;
use crate::error::{Error, Result};
use crate::heatmap::Heatmap;
use crate::metrics::confidence::Confidence;
use crate::metrics::curves::{Curve, Substrate, blend, hottest_first};
use crate::metrics::focus::{Focus, Inside, Region};
use crate::preprocess::{self, Crop};

/// Most steps of a curve: one pixel row of the standard input each.
const MAX_STEPS: usize = 224;

/// A measure that is made only where it is asked for. [`Focus`] costs nothing and is always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    Focus,
    Confidence,
    Deletion,
    Insertion,
}

impl std::str::FromStr for Metric {
    type Err = Error;

    fn from_str(id: &str) -> Result<Self> {
        match id {
            "focus" => Ok(Self::Focus),
            "confidence" => Ok(Self::Confidence),
            "deletion" => Ok(Self::Deletion),
            "insertion" => Ok(Self::Insertion),
            other => Err(Error::Option(format!(
                "There is no measure \"{other}\": choose focus, confidence, deletion or insertion."
            ))),
        }
    }
}

/// What to measure and how.
#[derive(Debug, Clone)]
pub struct MeasureOptions {
    /// The class whose probability counts; the top class if none is given.
    pub target: Option<usize>,
    /// The crop that the map was made with.
    pub crop: Crop,
    /// Where to look for the heat.
    pub region: Option<Region>,
    pub metrics: Vec<Metric>,
    /// Steps of the deletion and insertion curves, 1…224.
    pub steps: usize,
    pub substrate: Substrate,
}

impl Default for MeasureOptions {
    fn default() -> Self {
        Self {
            target: None,
            crop: Crop::default(),
            region: None,
            metrics: vec![Metric::Focus],
            steps: 32,
            substrate: Substrate::default(),
        }
    }
}

/// What was measured.
#[derive(Debug, Clone)]
pub struct Measures {
    pub focus: Focus,
    /// With a region only.
    pub inside: Option<Inside>,
    pub confidence: Option<Confidence>,
    pub deletion: Option<Curve>,
    pub insertion: Option<Curve>,
}

/// One picture as the measures see it.
struct Subject<'a> {
    map: &'a Heatmap,
    /// The normalised input, `[3, height, width]`.
    input: Vec<f32>,
    size: [usize; 2],
    class: usize,
    /// The class's probability in the whole picture.
    before: f32,
}

impl Explainer {
    /// Measures `map`. Only the measures that ask the network need it to have the input's size. Between batches
    /// `observer` hears of the passes done and to be done and may stop it.
    ///
    /// # Errors
    /// [`Error::Decode`], [`Error::Class`], [`Error::Option`] where an option makes no sense or the map or the mask
    /// has another size, [`Error::Device`], [`Error::Cancelled`]
    pub async fn measure(
        &self,
        picture: &Picture,
        map: &Heatmap,
        options: &MeasureOptions,
        observer: &Observer<'_>,
    ) -> Result<Measures> {
        let region = options.region.as_ref();
        let mut measures = Measures {
            focus: Focus::of(map),
            inside: region.map(|region| Inside::of(map, region)).transpose()?,
            confidence: None,
            deletion: None,
            insertion: None,
        };
        let wants = |metric| options.metrics.contains(&metric);
        let (deletes, inserts) = (wants(Metric::Deletion), wants(Metric::Insertion));
        if !(1..=MAX_STEPS).contains(&options.steps) {
            let steps = options.steps;
            return Err(Error::Option(format!(
                "A curve of {steps} steps cannot be drawn: ask for 1 to {MAX_STEPS}."
            )));
        }
        if options
            .metrics
            .iter()
            .all(|&metric| metric == Metric::Focus)
        {
            return Ok(measures);
        }
        let subject = self.subject(picture, map, options).await?;
        let curves = usize::from(deletes) + usize::from(inserts);
        // Both curves have one end in the whole picture, and share the other.
        let total = usize::from(wants(Metric::Confidence)) + options.steps * curves
            - usize::from(curves == 2);
        let (size, class) = (subject.size, subject.class);
        let mut trials = Trials::new(&self.model, size, class, total, observer);
        trials.report(None).await?;
        if wants(Metric::Confidence) {
            measures.confidence = Some(subject.confidence(&mut trials).await?);
        }
        if curves > 0 {
            let (steps, substrate) = (options.steps, options.substrate);
            [measures.deletion, measures.insertion] = subject
                .curves([deletes, inserts], steps, substrate, &mut trials)
                .await?;
        }
        Ok(measures)
    }

    async fn subject<'a>(
        &self,
        picture: &Picture,
        map: &'a Heatmap,
        options: &MeasureOptions,
    ) -> Result<Subject<'a>> {
        let classes = self.model.classes();
        if let Some(class) = options.target.filter(|&class| class >= classes) {
            return Err(Error::Class { class, classes });
        }
        let seen = self.see(picture, options.crop).await?;
        let [height, width] = seen.view.size();
        if (map.width, map.height) != (width, height) {
            let (w, h) = (map.width, map.height);
            return Err(Error::Option(format!(
                "A map of {w} × {h} does not fit an input of {width} × {height}."
            )));
        }
        let class = options.target.unwrap_or_else(|| seen.top());
        Ok(Subject {
            map,
            input: preprocess::normalize(&seen.input.pixels, &self.model.manifest.preprocessing),
            size: [height, width],
            class,
            before: probabilities(&seen.view.logits)[class],
        })
    }
}

impl Subject<'_> {
    /// The normalised input multiplied by the map.
    fn masked(&self) -> Vec<f32> {
        let mut values = self.input.clone();
        for plane in values.chunks_exact_mut(self.map.values.len()) {
            plane
                .iter_mut()
                .zip(&self.map.values)
                .for_each(|(x, m)| *x *= m);
        }
        values
    }

    async fn confidence(&self, trials: &mut Trials<'_, '_>) -> Result<Confidence> {
        let after = trials.run(1, |_| self.masked()).await?[0];
        let before = self.before;
        Ok(Confidence { before, after })
    }

    /// Deletion and insertion, where wanted.
    async fn curves(
        &self,
        [deletes, inserts]: [bool; 2],
        steps: usize,
        substrate: Substrate,
        trials: &mut Trials<'_, '_>,
    ) -> Result<[Option<Curve>; 2]> {
        let order = hottest_first(self.map);
        let nothing = substrate.of(&self.input, self.size);
        let share = |step: usize| step as f64 / steps as f64;
        let mut empty = None;
        let mut curves = [None, None];
        if deletes {
            let mut probabilities = vec![self.before];
            let delete = |step| blend(&nothing, &self.input, &order, share(step + 1));
            probabilities.extend(trials.run(steps, delete).await?);
            empty = probabilities.last().copied();
            curves[0] = Some(Curve::new(probabilities));
        }
        if inserts {
            let mut probabilities: Vec<f32> = empty.into_iter().collect();
            let first = probabilities.len();
            let insert = |step| blend(&self.input, &nothing, &order, share(step + first));
            probabilities.extend(trials.run(steps - first, insert).await?);
            probabilities.push(self.before);
            curves[1] = Some(Curve::new(probabilities));
        }
        Ok(curves)
    }
}
