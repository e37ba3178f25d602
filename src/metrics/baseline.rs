//! Maps that know nothing of the picture. A number about a heatmap means something beside the same number of these.
//!
//! - random: a grid of independent U(0, 1) values, one per 32 × 32 pixels (7 × 7 on 224 × 224, the resolution of a
//!   map at layer4), brought to the picture's size as every heatmap is;
//! - gaussian: `exp(−((x − cx)²/σx² + (y − cy)²/σy²)/2)` around the middle, σ a quarter of the side: photographers put
//!   what they photograph in the middle, and a map that says no more than that has found nothing.

use std::str::FromStr;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use crate::error::{Error, Result};
use crate::heatmap::Heatmap;

/// Pixels per cell of the random grid: the last stage's stride.
const CELL: usize = 32;
/// The Gaussian's σ as a share of the side.
const SPREAD: f64 = 0.25;
/// Longest side of a map that is made.
const MAX_SIDE: usize = 4096;

/// A control map.
///
/// ```
/// use camscope::metrics::baseline::Baseline;
///
/// assert_eq!("random".parse(), Ok(Baseline::Random { seed: 0 }));
/// assert!("median".parse::<Baseline>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    Random { seed: u64 },
    Gaussian,
}

impl FromStr for Baseline {
    type Err = Error;

    /// Reads `random` (with seed 0) or `gaussian`.
    fn from_str(kind: &str) -> Result<Self> {
        match kind {
            "random" => Ok(Self::Random { seed: 0 }),
            "gaussian" => Ok(Self::Gaussian),
            other => Err(Error::Option(format!(
                "There is no control map \"{other}\": choose random or gaussian."
            ))),
        }
    }
}

impl Baseline {
    /// The map at `width` × `height` pixels, from 0 to 1. The same seed gives the same map on every machine.
    ///
    /// ```
    /// use camscope::metrics::baseline::Baseline;
    ///
    /// let map = Baseline::Gaussian.map(9, 5)?;
    /// let middle = map.values[2 * 9 + 4];
    /// assert_eq!(map.range(), (0.0, middle));
    /// let random = |seed| Baseline::Random { seed }.map(64, 64);
    /// assert_eq!(random(1), random(1));
    /// assert_ne!(random(1), random(2));
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Option`] if a side is 0 or above 4096.
    pub fn map(self, width: usize, height: usize) -> Result<Heatmap> {
        if !(1..=MAX_SIDE).contains(&width) || !(1..=MAX_SIDE).contains(&height) {
            return Err(Error::Option(format!(
                "A control map of {width} × {height} cannot be made: sides go from 1 to {MAX_SIDE}."
            )));
        }
        let raw = match self {
            Self::Random { seed } => random(width.div_ceil(CELL), height.div_ceil(CELL), seed),
            Self::Gaussian => gaussian(width, height),
        };
        Ok(raw.finish(width, height))
    }
}

fn random(width: usize, height: usize, seed: u64) -> Heatmap {
    let mut numbers = Xoshiro256PlusPlus::seed_from_u64(seed);
    let values = (0..width * height).map(|_| numbers.random()).collect();
    Heatmap::new(width, height, values)
}

fn gaussian(width: usize, height: usize) -> Heatmap {
    let offset = |at: usize, side: usize| ((at as f64 + 0.5) / side as f64 - 0.5) / SPREAD;
    let values = (0..width * height).map(|index| {
        let (x, y) = (offset(index % width, width), offset(index / width, height));
        (-(x * x + y * y) / 2.0).exp() as f32
    });
    Heatmap::new(width, height, values.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_maps_differ_by_seed_alone() {
        let map = |seed| {
            let map = Baseline::Random { seed }.map(224, 224);
            map.expect("the size is fine")
        };
        assert_eq!(map(3), map(3));
        assert_ne!(map(3), map(4));
        let (low, high) = map(3).range();
        assert!(low == 0.0 && (high - 1.0).abs() < 1e-5, "{low}, {high}");
    }

    #[test]
    fn the_gaussian_is_centred() {
        let map = Baseline::Gaussian.map(64, 32).expect("the size is fine");
        let at = |x: usize, y: usize| map.values[y * 64 + x];
        assert!(at(31, 15) > 0.99 && at(0, 0) < 1e-6);
        assert_eq!(at(10, 5), at(53, 26));
        // A quarter of the width from the middle is one σ: exp(−½) = 0.61, less what the corner's scaling to 0 takes.
        assert!((at(47, 15) - 0.606).abs() < 0.03, "{}", at(47, 15));
    }

    #[test]
    fn sides_that_cannot_be_are_refused() {
        assert!(Baseline::Gaussian.map(0, 5).is_err() && Baseline::Gaussian.map(5, 9999).is_err());
        assert!("median".parse::<Baseline>().is_err());
    }
}
