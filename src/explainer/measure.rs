//! Numbers about a map, many of which ask the network.

use super::trials::Trials;
use super::{ExplainOptions, Explainer, Picture, probabilities};
use crate::cam::progress::{Observer, Progress};
use crate::cam::target::Target;
use crate::cam::view::View;
use crate::error::{Error, Result};
use crate::heatmap::Heatmap;
use crate::metrics::adcc::{self, Adcc, Arcc};
use crate::metrics::confidence::Confidence;
use crate::metrics::curves::{Curve, Substrate, blend, hottest_first};
use crate::metrics::focus::{Focus, Inside, Region};
use crate::metrics::road::{self, Order, Road};
use crate::preprocess::{self, Crop};

/// Most steps of a curve: one pixel row of the standard input each.
const MAX_STEPS: usize = 224;

/// A measure that is made only where it is asked for. [`Focus`] costs nothing and is always there.
///
/// ```
/// use camscope::explainer::measure::Metric;
///
/// assert_eq!("road".parse(), Ok(Metric::Road));
/// assert!("beauty".parse::<Metric>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    Focus,
    Confidence,
    Deletion,
    Insertion,
    Road,
    Adcc,
    Arcc,
}

impl std::str::FromStr for Metric {
    type Err = Error;

    fn from_str(id: &str) -> Result<Self> {
        match id {
            "focus" => Ok(Self::Focus),
            "confidence" => Ok(Self::Confidence),
            "deletion" => Ok(Self::Deletion),
            "insertion" => Ok(Self::Insertion),
            "road" => Ok(Self::Road),
            "adcc" => Ok(Self::Adcc),
            "arcc" => Ok(Self::Arcc),
            other => Err(Error::Option(format!(
                "There is no measure \"{other}\": choose focus, confidence, deletion, insertion, road, adcc or arcc."
            ))),
        }
    }
}

/// What to measure and how.
///
/// ```
/// use camscope::explainer::measure::{MeasureOptions, Metric};
///
/// let options = MeasureOptions {
///     metrics: vec![Metric::Deletion, Metric::Insertion],
///     ..MeasureOptions::default()
/// };
/// assert_eq!((options.steps, options.target), (32, None));
/// ```
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
    /// How the map was made. Coherency, a part of ADCC and ARCC, explains the masked picture the same way; without this
    /// the map is taken not to depend on the picture, which makes it coherent. The crop counts for nothing here.
    pub explain: Option<ExplainOptions>,
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
            explain: None,
        }
    }
}

/// What was measured.
///
/// ```
/// use camscope::explainer::measure::MeasureOptions;
/// use camscope::explainer::{Explainer, Picture};
/// use camscope::heatmap::Heatmap;
/// use camscope::metrics::focus::Region;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let explainer = Explainer::new(model);
/// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
/// // Only the measures that are asked for are there, and the focus, which asks the network nothing.
/// let region = Region::Box { x: 0.0, y: 0.0, width: 1.0, height: 2.0 };
/// let options = MeasureOptions { region: Some(region), ..MeasureOptions::default() };
/// let map = Heatmap::new(2, 2, vec![1.0, 0.0, 1.0, 0.0]);
/// let found = explainer.measure(&picture, &map, &options, &|_| Box::pin(async { true }));
/// let found = pollster::block_on(found)?;
/// assert_eq!(found.focus.above_half, 0.5);
/// assert_eq!(found.inside.map(|inside| inside.energy), Some(1.0));
/// assert!(found.road.is_none());
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Measures {
    pub focus: Focus,
    /// With a region only.
    pub inside: Option<Inside>,
    pub confidence: Option<Confidence>,
    pub deletion: Option<Curve>,
    pub insertion: Option<Curve>,
    pub road: Option<Road>,
    pub adcc: Option<Adcc>,
    pub arcc: Option<Arcc>,
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
    /// ```
    /// use camscope::explainer::measure::{MeasureOptions, Metric};
    /// use camscope::explainer::{Explainer, Picture};
    /// use camscope::heatmap::Heatmap;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let explainer = Explainer::new(model);
    /// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
    /// let options = MeasureOptions { metrics: vec![Metric::Confidence], ..MeasureOptions::default() };
    /// // A map that keeps the whole picture changes nothing.
    /// let map = Heatmap::new(64, 64, vec![1.0; 64 * 64]);
    /// let found = explainer.measure(&picture, &map, &options, &|_| Box::pin(async { true }));
    /// let confidence = pollster::block_on(found)?.confidence;
    /// assert!(confidence.is_some_and(|confidence| confidence.change().abs() < 1e-5));
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
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
            road: None,
            adcc: None,
            arcc: None,
        };
        let steps = options.steps;
        if !(1..=MAX_STEPS).contains(&steps) {
            return Err(Error::Option(format!(
                "A curve of {steps} steps cannot be drawn: ask for 1 to {MAX_STEPS}."
            )));
        }
        let wants = |metric| options.metrics.contains(&metric);
        if options
            .metrics
            .iter()
            .all(|&metric| metric == Metric::Focus)
        {
            return Ok(measures);
        }
        let plan = Plan::new(options);
        let subject = self.subject(picture, map, options).await?;
        let (size, class) = (subject.size, subject.class);
        let mut trials = Trials::new(&self.model, size, class, plan.passes(), observer);
        trials.report(None).await?;
        let (mut after, mut coherency) = (None, 1.0);
        if let Some(how) = options.explain.as_ref().filter(|_| plan.coherency) {
            let found = self.coherency(&subject, how, &mut trials).await?;
            (after, coherency) = (Some(found.0), found.1);
        } else if plan.masked {
            after = trials.run(1, |_| subject.masked()).await?.pop();
        }
        if let Some(after) = after {
            let before = subject.before;
            let confidence = Confidence { before, after };
            measures.confidence = wants(Metric::Confidence).then_some(confidence);
            measures.adcc = wants(Metric::Adcc).then(|| Adcc::new(map, coherency, confidence));
        }
        if !plan.percentiles.is_empty() {
            let road = subject.road(plan.percentiles, &mut trials).await?;
            measures.arcc = wants(Metric::Arcc).then(|| Arcc::new(map, coherency, &road));
            measures.road = wants(Metric::Road).then_some(road);
        }
        if plan.curves.contains(&true) {
            let nothing = options.substrate.of(&subject.input, size);
            [measures.deletion, measures.insertion] = subject
                .curves(plan.curves, steps, &nothing, &mut trials)
                .await?;
        }
        Ok(measures)
    }

    /// The class's probability in the masked picture, and how like the map the masked picture's own map is.
    async fn coherency(
        &self,
        subject: &Subject<'_>,
        how: &ExplainOptions,
        trials: &mut Trials<'_, '_>,
    ) -> Result<(f32, f64)> {
        let mut how = how.clone();
        // The masked picture may look like another class, which is not the one to explain.
        how.target = how.target.or(Some(Target::Class(subject.class)));
        let view = View::new(&self.model, subject.masked(), subject.size).await?;
        let observer = |progress: Progress| trials.nested(progress);
        let again = self.explain_view(&view, &how, &observer).await?;
        trials.finish_nested(1).await?;
        let after = probabilities(&view.logits)[subject.class];
        Ok((after, adcc::coherency(subject.map, &again.map)?))
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

/// The passes that the wanted measures take.
struct Plan {
    /// One of the masked picture.
    masked: bool,
    /// What its explanation takes; how many passes those are shows only then.
    coherency: bool,
    /// Deletion, insertion.
    curves: [bool; 2],
    steps: usize,
    /// Of ROAD; two pictures each.
    percentiles: &'static [u8],
}

impl Plan {
    fn new(options: &MeasureOptions) -> Self {
        let wants = |metric| options.metrics.contains(&metric);
        let coherency = options.explain.is_some() && (wants(Metric::Adcc) || wants(Metric::Arcc));
        Self {
            masked: coherency || wants(Metric::Confidence) || wants(Metric::Adcc),
            coherency,
            curves: [wants(Metric::Deletion), wants(Metric::Insertion)],
            steps: options.steps,
            percentiles: if wants(Metric::Road) {
                &road::PERCENTILES
            } else if wants(Metric::Arcc) {
                &adcc::PERCENTILES
            } else {
                &[]
            },
        }
    }

    fn passes(&self) -> usize {
        let curves = self.curves.into_iter().filter(|&wanted| wanted).count();
        // Each curve has one end in the whole picture, and both share the other.
        let curves = self.steps * curves - usize::from(curves == 2);
        usize::from(self.masked) + curves + 2 * self.percentiles.len()
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

    async fn road(&self, percentiles: &[u8], trials: &mut Trials<'_, '_>) -> Result<Road> {
        let mut changes = Vec::new();
        for order in [Order::MostRelevant, Order::LeastRelevant] {
            let remove = |at: usize| road::removed(&self.input, self.map, order, percentiles[at]);
            let found = trials.run(percentiles.len(), remove).await?;
            changes.push(found.into_iter().map(|p| p - self.before).collect());
        }
        let lerf = changes.pop().expect("there are two orders");
        let morf = changes.pop().expect("there are two orders");
        Ok(Road {
            percentiles: percentiles.to_vec(),
            morf,
            lerf,
        })
    }

    /// Deletion and insertion over `nothing`, where wanted.
    async fn curves(
        &self,
        [deletes, inserts]: [bool; 2],
        steps: usize,
        nothing: &[f32],
        trials: &mut Trials<'_, '_>,
    ) -> Result<[Option<Curve>; 2]> {
        let order = hottest_first(self.map);
        let share = |step: usize| step as f64 / steps as f64;
        let mut empty = None;
        let mut curves = [None, None];
        if deletes {
            let mut probabilities = vec![self.before];
            let delete = |step| blend(nothing, &self.input, &order, share(step + 1));
            probabilities.extend(trials.run(steps, delete).await?);
            empty = probabilities.last().copied();
            curves[0] = Some(Curve::new(probabilities));
        }
        if inserts {
            let mut probabilities: Vec<f32> = empty.into_iter().collect();
            let first = probabilities.len();
            let insert = |step| blend(&self.input, nothing, &order, share(step + first));
            probabilities.extend(trials.run(steps - first, insert).await?);
            probabilities.push(self.before);
            curves[1] = Some(Curve::new(probabilities));
        }
        Ok(curves)
    }
}
