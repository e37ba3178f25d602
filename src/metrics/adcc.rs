//! ADCC and ARCC: three properties of a good map in one number, their harmonic mean, so that none makes up for another.
//!
//! ```text
//! ADCC = 3 / (1/coherency + 1/(1 − complexity) + 1/(1 − drop))
//! ARCC = 3 / (1/coherency + 1/(1 − complexity) + 1/road)
//! coherency = (ρ(m(x), m(x ∘ m(x))) + 1) / 2      complexity = mean |m(x)|
//! drop = max(0, f(x) − f(x ∘ m(x))) / f(x)        road = clip(2 · ROAD combined at p = 20, 40, 60, 80, 0, 1)
//! ```
//!
//! `m(x)`: the final map of the normalised input `x`; `ρ`: Pearson's correlation, 0 where a map is constant; `f`: the
//! target class's probability. All lie in 0…1, 1 is best. ADCC: Poppi et al. 2021 (arXiv 2104.10252); ARCC: arXiv
//! 2605.14641. Reference: pytorch-grad-cam, `Coherency`, `Complexity` and `ARCC` (`metrics/arcc.py`; its drop is not
//! relative, and it has no ADCC). Deviation: a part of 0 makes the mean exactly 0, where the reference adds 1e-8.

use serde::Serialize;

use super::agreement::Agreement;
use super::confidence::Confidence;
use super::road::Road;
use crate::error::Result;
use crate::heatmap::Heatmap;

/// Where ARCC asks ROAD.
pub(crate) const PERCENTILES: [u8; 4] = [20, 40, 60, 80];

/// Average drop, coherency and complexity.
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
/// let options = MeasureOptions { metrics: vec![Metric::Adcc], ..MeasureOptions::default() };
/// let found = explainer.measure(&picture, &map, &options, &|_| Box::pin(async { true }));
/// let found = pollster::block_on(found)?.adcc.expect("it was asked for");
/// // A map that does not come from the picture is as it was when the picture is masked.
/// assert_eq!(found.coherency, 1.0);
/// let parts = [found.coherency, 1.0 - found.complexity, 1.0 - found.average_drop];
/// let harmonic = 3.0 / parts.iter().map(|part| 1.0 / part).sum::<f64>();
/// assert!((found.adcc - harmonic).abs() < 1e-9);
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Adcc {
    pub adcc: f64,
    /// How like its own map the map of the masked picture is, 0…1.
    pub coherency: f64,
    /// Mean of the map, 0…1: small is good.
    pub complexity: f64,
    /// Share of the class's probability that the masked picture loses, 0…1: small is good.
    pub average_drop: f64,
}

/// ROAD, coherency and complexity.
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
/// let options = MeasureOptions { metrics: vec![Metric::Arcc], ..MeasureOptions::default() };
/// let found = explainer.measure(&picture, &map, &options, &|_| Box::pin(async { true }));
/// let found = pollster::block_on(found)?.arcc.expect("it was asked for");
/// let mean = map.values.iter().map(|&value| f64::from(value)).sum::<f64>() / 4096.0;
/// assert!((found.sparsity - (1.0 - mean)).abs() < 1e-6);
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Arcc {
    pub arcc: f64,
    /// As in [`Adcc`].
    pub coherency: f64,
    /// `1 − complexity`, 0…1.
    pub sparsity: f64,
    /// ROAD between 0 and 1.
    pub road: f64,
}

impl Adcc {
    pub(crate) fn new(map: &Heatmap, coherency: f64, confidence: Confidence) -> Self {
        let (complexity, before) = (complexity(map), f64::from(confidence.before));
        let average_drop = if before > 0.0 {
            f64::from(confidence.drop()) / before
        } else {
            0.0
        };
        Self {
            adcc: harmonic([coherency, 1.0 - complexity, 1.0 - average_drop]),
            coherency,
            complexity,
            average_drop,
        }
    }
}

impl Arcc {
    /// `road` must have the [`PERCENTILES`].
    pub(crate) fn new(map: &Heatmap, coherency: f64, road: &Road) -> Self {
        let sparsity = 1.0 - complexity(map);
        let road = (2.0 * road.at(&PERCENTILES).combined()).clamp(0.0, 1.0);
        Self {
            arcc: harmonic([coherency, sparsity, road]),
            coherency,
            sparsity,
            road,
        }
    }
}

/// From the map of the picture and that of the masked picture.
///
/// # Errors
/// [`crate::error::Error::Option`] if their sizes differ.
pub(crate) fn coherency(map: &Heatmap, again: &Heatmap) -> Result<f64> {
    Ok(f64::midpoint(Agreement::of(map, again)?.pearson, 1.0))
}

/// Values that are no numbers count as 0, those beyond 1 as 1: a map that was not scaled is as complex as can be.
fn complexity(map: &Heatmap) -> f64 {
    let numbers = map.values.iter().filter(|v| !v.is_nan());
    let sum: f64 = numbers.map(|&v| f64::from(v.abs()).min(1.0)).sum();
    sum / map.values.len() as f64
}

fn harmonic(parts: [f64; 3]) -> f64 {
    if parts.iter().all(|&part| part > 0.0) {
        3.0 / parts.iter().map(|part| 1.0 / part).sum::<f64>()
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From `scripts/make_metrics.py`: `scipy.stats.hmean([0.9, 0.6, 0.75])` (SciPy 1.17.1).
    const HARMONIC: f64 = 0.729_729_729_729_729_7;

    #[test]
    fn the_mean_is_harmonic() {
        assert!((harmonic([0.9, 0.6, 0.75]) - HARMONIC).abs() < 1e-12);
        assert_eq!(harmonic([0.9, 0.0, 0.75]), 0.0);
    }

    #[test]
    fn a_map_is_as_complex_as_it_is_hot() {
        let of = |values: [f32; 4]| complexity(&Heatmap::new(2, 2, values.to_vec()));
        assert!((of([0.0, 1.0, 0.5, 0.5]) - 0.5).abs() < 1e-12);
        assert!((of([f32::NAN, 1.0, -1.0, 0.0]) - 0.5).abs() < 1e-12);
        assert!((of([f32::INFINITY, 7.0, 1.0, 1.0]) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_drop_is_relative() {
        let map = Heatmap::new(2, 1, vec![0.5, 0.0]);
        let confidence = |before, after| Confidence { before, after };
        let found = Adcc::new(&map, 1.0, confidence(0.8, 0.6));
        assert!((found.average_drop - 0.25).abs() < 1e-6 && found.complexity == 0.25);
        assert!((found.adcc - 3.0 / (1.0 + 2.0 / 0.75)).abs() < 1e-6);
        assert_eq!(Adcc::new(&map, 1.0, confidence(0.5, 0.6)).average_drop, 0.0);
    }

    #[test]
    fn a_map_and_its_opposite_are_incoherent() {
        let map = Heatmap::new(3, 1, vec![0.0, 0.5, 1.0]);
        let opposite = Heatmap::new(3, 1, vec![1.0, 0.5, 0.0]);
        assert!((coherency(&map, &map).expect("the sizes agree") - 1.0).abs() < 1e-12);
        assert!(coherency(&map, &opposite).expect("the sizes agree").abs() < 1e-12);
    }
}
