//! ROAD, "remove and debias": what happens to the class when the hottest pixels go, and when the coldest go, with the
//! holes filled in so that their shape tells the network nothing.
//!
//! ```text
//! MoRF(p) = f(x without the pixels of at least the p-th percentile of the map)     − f(x)
//! LeRF(p) = f(x without the pixels of at most the (100 − p)-th percentile)         − f(x)
//! combined = (mean LeRF − mean MoRF) / 2                 p = 10, 20 … 90
//! ```
//!
//! `x`: the normalised input; `f`: the target class's probability (softmax). Removed pixels are imputed linearly
//! (`impute.rs`) plus 0.01 · N(0, 1) in units of the normalised input. A good map has a large combined value: the
//! class goes with its hot pixels and stays without its cold ones. Rong et al. 2022 (arXiv 2202.00449).
//!
//! Reference: pytorch-grad-cam, `ROADMostRelevantFirst`, `ROADLeastRelevantFirst` and `ROADCombined`
//! (`metrics/road.py`); percentiles as `numpy.percentile` interpolates them, and LeRF is MoRF of `1 − map`. As there,
//! pixels of exactly the threshold go: where more than p % of a map are zero, MoRF(p) removes everything. Deviation:
//! the noise comes from a generator with a fixed seed, and a picture of which everything is removed is that noise
//! alone (the reference's system of equations is singular there).

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand_distr::{Distribution, StandardNormal};

use super::impute;
use crate::heatmap::Heatmap;

/// Magnitude of the noise, in units of the normalised input.
const NOISE: f32 = 0.01;

/// Where ROAD is measured: the reference's nine percentiles.
pub(crate) const PERCENTILES: [u8; 9] = [10, 20, 30, 40, 50, 60, 70, 80, 90];

/// Which pixels go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// The hottest (MoRF).
    MostRelevant,
    /// The coldest (LeRF).
    LeastRelevant,
}

/// Change of the class's probability, −1…1, when pixels of the map are removed.
///
/// ```
/// use camscope::explainer::measure::{MeasureOptions, Metric};
/// use camscope::explainer::{Explainer, Picture};
/// use camscope::metrics::baseline::Baseline;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let explainer = Explainer::new(model);
/// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
/// let map = Baseline::Gaussian.map(64, 64)?;
/// let options = MeasureOptions { metrics: vec![Metric::Road], ..MeasureOptions::default() };
/// let found = explainer.measure(&picture, &map, &options, &|_| Box::pin(async { true }));
/// let road = pollster::block_on(found)?.road.expect("it was asked for");
/// assert_eq!(road.percentiles, [10, 20, 30, 40, 50, 60, 70, 80, 90]);
/// assert_eq!((road.morf.len(), road.lerf.len()), (9, 9));
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Road {
    /// Where it was measured.
    pub percentiles: Vec<u8>,
    /// The hottest pixels removed: negative for a good map. One value per percentile.
    pub morf: Vec<f32>,
    /// The coldest pixels removed: near 0, or above, for a good map.
    pub lerf: Vec<f32>,
}

impl Road {
    /// Mean over the percentiles.
    pub(crate) fn morf_mean(&self) -> f64 {
        mean(&self.morf)
    }

    /// Mean over the percentiles.
    pub(crate) fn lerf_mean(&self) -> f64 {
        mean(&self.lerf)
    }

    /// `(LeRF − MoRF) / 2` of the means, −1…1.
    ///
    /// ```
    /// use camscope::metrics::road::Road;
    ///
    /// let road = Road { percentiles: vec![20, 40], morf: vec![-0.5, -0.25], lerf: vec![0.0, 0.25] };
    /// assert_eq!(road.combined(), (0.125 + 0.375) / 2.0);
    /// ```
    pub fn combined(&self) -> f64 {
        (self.lerf_mean() - self.morf_mean()) / 2.0
    }

    /// The same at some of the percentiles.
    pub(crate) fn at(&self, percentiles: &[u8]) -> Self {
        let pick = |values: &[f32]| {
            let pairs = self.percentiles.iter().zip(values);
            let wanted = pairs.filter(|(percentile, _)| percentiles.contains(percentile));
            wanted.map(|(_, &value)| value).collect()
        };
        Self {
            percentiles: percentiles.to_vec(),
            morf: pick(&self.morf),
            lerf: pick(&self.lerf),
        }
    }
}

fn mean(values: &[f32]) -> f64 {
    values.iter().map(|&v| f64::from(v)).sum::<f64>() / values.len() as f64
}

/// The normalised input without the pixels that go at `percentile`.
pub(crate) fn removed(input: &[f32], map: &Heatmap, order: Order, percentile: u8) -> Vec<f32> {
    let (values, seed) = match order {
        Order::MostRelevant => (map.values.clone(), u64::from(percentile)),
        Order::LeastRelevant => {
            let cold = map.values.iter().map(|v| 1.0 - v).collect();
            (cold, 100 + u64::from(percentile))
        }
    };
    let threshold = quantile(&values, f64::from(percentile) / 100.0);
    let keep: Vec<bool> = values.iter().map(|&v| v < threshold).collect();
    let mut filled = impute::linear(input, &keep, map.width);
    let mut numbers = Xoshiro256PlusPlus::seed_from_u64(seed);
    for plane in filled.chunks_exact_mut(keep.len()) {
        for value in plane.iter_mut().zip(&keep).filter(|(_, kept)| !**kept) {
            let noise: f32 = StandardNormal.sample(&mut numbers);
            *value.0 += NOISE * noise;
        }
    }
    filled
}

/// `numpy.quantile` with its default, linear interpolation.
fn quantile(values: &[f32], share: f64) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    let position = share * (sorted.len() - 1) as f64;
    let (below, above) = (position.floor() as usize, position.ceil() as usize);
    let fraction = (position - below as f64) as f32;
    sorted[below] + (sorted[above] - sorted[below]) * fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate() {
        // From `scripts/make_metrics.py`: `numpy.quantile` (2.2.6) of the same.
        let expected = [
            (0.0, 1.0),
            (0.25, 1.75),
            (0.5, 2.5),
            (0.9, 7.9),
            (1.0, 10.0),
        ];
        for (share, value) in expected {
            assert!((quantile(&[3.0, 1.0, 2.0, 10.0], share) - value).abs() < 1e-6);
        }
    }

    #[test]
    fn the_hottest_or_the_coldest_go() {
        let map = Heatmap::new(10, 1, (0..10).map(|at| at as f32 / 10.0).collect());
        let input: Vec<f32> = (0..30).map(|at| at as f32).collect();
        let changed = |order, percentile| -> Vec<usize> {
            let found = removed(&input, &map, order, percentile);
            let differs = |&at: &usize| found[at] != input[at];
            (0..10).filter(differs).collect()
        };
        assert_eq!(changed(Order::MostRelevant, 80), [8, 9]);
        assert_eq!(changed(Order::LeastRelevant, 80), [0, 1]);
        assert_eq!(
            changed(Order::MostRelevant, 10),
            [1, 2, 3, 4, 5, 6, 7, 8, 9]
        );
    }

    #[test]
    fn the_means_combine() {
        let road = Road {
            percentiles: vec![10, 20, 30],
            morf: vec![-0.6, -0.4, -0.2],
            lerf: vec![-0.1, 0.0, 0.1],
        };
        assert!((road.combined() - 0.2).abs() < 1e-7);
        let part = road.at(&[10, 30]);
        assert!(part.morf == [-0.6, -0.2] && part.lerf == [-0.1, 0.1]);
    }
}
