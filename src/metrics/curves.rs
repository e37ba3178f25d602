//! Deletion and insertion: how fast the network loses the class as a map's hottest pixels go, and how fast it finds
//! the class as they come.
//!
//! ```text
//! deletion(s)  = f(x with the hottest share s of the pixels replaced by x̃)
//! insertion(s) = f(x̃ with the hottest share s of the pixels replaced by x)
//! area = ∫₀¹ curve(s) ds, by the trapezoid rule
//! ```
//!
//! `x`: the normalised input; `x̃`: what stands for "nothing there", see [`Substrate`]; `f`: the target class's
//! probability (softmax). A good map has a small area under deletion and a large one under insertion.
//! Petsiuk et al. 2018, RISE (arXiv 1806.07421, section 4.2).
//!
//! Deviations from the authors' code: it deletes to the training mean and inserts over a blurred picture; here both
//! curves use the substrate that is asked for, so that insertion ends where deletion starts. Its blur (σ = 5, cut to
//! 11 × 11 pixels) leaves most objects recognisable; here σ is 10, as in Fong and Vedaldi 2017 (arXiv 1704.03296),
//! without a cut. Equal pixels go row by row.

use std::str::FromStr;

use serde::Serialize;

use super::blur;
use crate::error::{Error, Result};
use crate::heatmap::Heatmap;

/// σ of the blurred substrate, in pixels of the input.
const BLUR_SIGMA: f64 = 10.0;

/// What a pixel is when it is not there.
///
/// ```
/// use camscope::metrics::curves::Substrate;
///
/// assert_eq!("mean".parse(), Ok(Substrate::Mean));
/// assert_eq!(Substrate::default(), Substrate::Blur);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Substrate {
    /// The picture blurred by a Gaussian of 10 pixels: no details, and no edges that were not there.
    #[default]
    Blur,
    /// The mean colour of the training pictures: zero after normalisation.
    Mean,
}

impl FromStr for Substrate {
    type Err = Error;

    fn from_str(id: &str) -> Result<Self> {
        match id {
            "blur" => Ok(Self::Blur),
            "mean" => Ok(Self::Mean),
            other => Err(Error::Option(format!(
                "Deleted pixels cannot become \"{other}\": choose blur or mean."
            ))),
        }
    }
}

impl Substrate {
    /// What is left of normalised planes of `width` columns when nothing is there.
    pub(crate) fn of(self, planes: &[f32], [height, width]: [usize; 2]) -> Vec<f32> {
        match self {
            Self::Mean => vec![0.0; planes.len()],
            Self::Blur => planes
                .chunks_exact(height * width)
                .flat_map(|plane| blur::gaussian(plane, width, BLUR_SIGMA))
                .collect(),
        }
    }
}

/// The class's probability against the share of pixels deleted or inserted.
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
/// let options = MeasureOptions { metrics: vec![Metric::Insertion], ..MeasureOptions::default() };
/// let found = explainer.measure(&picture, &map, &options, &|_| Box::pin(async { true }));
/// let curve = pollster::block_on(found)?.insertion.expect("it was asked for");
/// // From nothing to the whole picture, in 32 steps.
/// assert_eq!((curve.shares.len(), curve.probabilities.len()), (33, 33));
/// assert_eq!((curve.shares[0], curve.shares[32]), (0.0, 1.0));
/// assert!((0.0..=1.0).contains(&curve.area));
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    /// Shares of the pixels, from 0 to 1.
    pub shares: Vec<f32>,
    /// The class's probability at each share, 0…1.
    pub probabilities: Vec<f32>,
    /// Area under the curve, 0…1.
    pub area: f64,
}

impl Curve {
    /// A curve through `probabilities` at equal distances.
    ///
    /// # Panics
    /// If there are fewer than two.
    pub(crate) fn new(probabilities: Vec<f32>) -> Self {
        let steps = probabilities.len() - 1;
        let shares = (0..=steps).map(|at| at as f32 / steps as f32).collect();
        let trapezoids = probabilities
            .windows(2)
            .map(|pair| f64::from(pair[0]) + f64::from(pair[1]));
        let area = trapezoids.sum::<f64>() / (2 * steps) as f64;
        Self {
            shares,
            probabilities,
            area,
        }
    }
}

/// The pixels of a map, hottest first; equal ones in the order of their rows.
pub(crate) fn hottest_first(map: &Heatmap) -> Vec<usize> {
    let mut order: Vec<usize> = (0..map.values.len()).collect();
    order.sort_by(|&a, &b| map.values[b].total_cmp(&map.values[a]));
    order
}

/// `below` with the first `share` of the pixels in `order` taken from `above`; both have the same number of planes.
pub(crate) fn blend(above: &[f32], below: &[f32], order: &[usize], share: f64) -> Vec<f32> {
    let count = (share * order.len() as f64).round() as usize;
    let mut values = below.to_vec();
    for (to, from) in values
        .chunks_exact_mut(order.len())
        .zip(above.chunks_exact(order.len()))
    {
        for &pixel in &order[..count] {
            to[pixel] = from[pixel];
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_is_that_of_the_trapezoids() {
        // Closed forms: a straight line from 1 to 0, and a constant.
        let line = Curve::new(vec![1.0, 0.75, 0.5, 0.25, 0.0]);
        assert!((line.area - 0.5).abs() < 1e-12 && line.shares == [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert!((Curve::new(vec![0.3; 9]).area - 0.3).abs() < 1e-6);
    }

    #[test]
    fn the_hottest_pixels_come_first() {
        let map = Heatmap::new(3, 2, vec![0.1, 0.5, 0.5, 0.9, 0.0, 0.1]);
        let order = hottest_first(&map);
        assert_eq!(order, [3, 1, 2, 0, 5, 4]);
        let (above, below) = ([1.0; 12], [0.0; 12]);
        let half = blend(&above, &below, &order, 0.5);
        assert_eq!(half[..6], [0.0, 1.0, 1.0, 1.0, 0.0, 0.0]);
        assert_eq!(half[..6], half[6..]);
        assert_eq!(blend(&above, &below, &order, 0.0), below);
        assert_eq!(blend(&above, &below, &order, 1.0), above);
    }
}
