//! One map out of several layers'.
//!
//! ```text
//! m_l = resize(scale(relu(raw_l)))        scale(m) = (m − min m) / (1e-7 + max (m − min m))
//! mean     scale(1/L Σ_l m_l)             pytorch-grad-cam, `BaseCAM.aggregate_multi_layers`
//! max      scale(max_l m_l)               torch-cam, `_CAM.fuse_cams`
//! product  scale(Π_l scale(m_l))          pytorch-grad-cam, `RefineCAM.forward` (arXiv 2605.14641)
//! ```
//!
//! Deviations: torch-cam leaves the maximum as it is, resizes to the largest layer's size rather than to the input's,
//! and for LayerCAM takes tanh(2 m) first; RefineCAM's own default method is Grad-CAM++, here it is the one asked for.

use serde::{Deserialize, Serialize};

use crate::heatmap::Heatmap;

/// How several layers' maps become one.
///
/// ```
/// use camscope::cam::fusion::Fusion;
/// use camscope::heatmap::Heatmap;
///
/// let (a, b) = (Heatmap::new(3, 1, vec![0.0, 1.0, 1.0]), Heatmap::new(3, 1, vec![1.0, 1.0, 0.0]));
/// // Hot only where both are.
/// let fused = Fusion::Product.fuse(&[&a, &b], 3, 1);
/// let percent: Vec<f32> = fused.values.iter().map(|v| (100.0 * v).round()).collect();
/// assert_eq!(percent, [0.0, 100.0, 0.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fusion {
    #[default]
    Mean,
    Max,
    Product,
}

impl Fusion {
    /// The final map at `width` × `height`, in 0…1, of raw signed maps of any sizes. One map alone comes out as
    /// [`Heatmap::finish`] makes it, whatever the fusion.
    ///
    /// ```
    /// use camscope::cam::fusion::Fusion;
    /// use camscope::heatmap::Heatmap;
    ///
    /// let (a, b) = (Heatmap::new(2, 1, vec![0.0, 8.0]), Heatmap::new(2, 1, vec![2.0, 0.0]));
    /// assert_eq!(Fusion::Max.fuse(&[&a], 4, 2), a.finish(4, 2));
    /// // Each is at its hottest in one of the cells: the largest value is the same everywhere, and scaled that is 0.
    /// assert!(Fusion::Max.fuse(&[&a, &b], 2, 1).is_blank());
    /// ```
    ///
    /// # Panics
    /// If there is no map.
    pub fn fuse(self, raws: &[&Heatmap], width: usize, height: usize) -> Heatmap {
        let maps: Vec<Heatmap> = raws
            .iter()
            .map(|raw| match self {
                Self::Product => raw.finish(width, height),
                Self::Mean | Self::Max => raw.rectify(width, height),
            })
            .collect();
        let count = maps.len() as f32;
        let mut fused = match self {
            Self::Mean => combine(maps, |a, b| a + b),
            Self::Max => combine(maps, f32::max),
            Self::Product => combine(maps, |a, b| a * b),
        };
        if self == Self::Mean {
            fused.values.iter_mut().for_each(|v| *v /= count);
        }
        fused.scale();
        fused
    }
}

/// The maps joined place by place.
fn combine(maps: Vec<Heatmap>, join: impl Fn(f32, f32) -> f32) -> Heatmap {
    let joined = maps.into_iter().reduce(|mut joined, map| {
        let pairs = joined.values.iter_mut().zip(&map.values);
        pairs.for_each(|(a, b)| *a = join(*a, *b));
        joined
    });
    joined.expect("there is a map to fuse")
}

/// Mean of maps of one size.
///
/// # Panics
/// If there is no map.
pub(crate) fn mean(maps: Vec<Heatmap>) -> Heatmap {
    let count = maps.len() as f32;
    let mut mean = combine(maps, |a, b| a + b);
    mean.values.iter_mut().for_each(|v| *v /= count);
    mean
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(values: [f32; 4]) -> Heatmap {
        Heatmap::new(2, 2, values.to_vec())
    }

    /// Worked out by hand from the formulas above; the scaling epsilon is below the tolerance.
    #[test]
    fn fusions_are_their_formulas() {
        let (a, b) = (map([-1.0, 0.0, 1.0, 4.0]), map([2.0, 6.0, 4.0, 2.0]));
        // Scaled: a is 0, 0, ¼, 1 and b is 0, 1, ½, 0.
        for (fusion, expected) in [
            (Fusion::Mean, [0.0, 1.0, 0.75, 1.0]),
            (Fusion::Max, [0.0, 1.0, 0.5, 1.0]),
            (Fusion::Product, [0.0, 0.0, 1.0, 0.0]),
        ] {
            let fused = fusion.fuse(&[&a, &b], 2, 2);
            for (found, expected) in fused.values.iter().zip(expected) {
                assert!(
                    (found - expected).abs() < 1e-5,
                    "{fusion:?}: {found} is not {expected}"
                );
            }
        }
    }

    #[test]
    fn one_map_alone_is_finished_as_ever() {
        let raw = map([-1.0, 0.3, 1.0, 4.0]);
        for fusion in [Fusion::Mean, Fusion::Max] {
            assert_eq!(fusion.fuse(&[&raw], 7, 5), raw.finish(7, 5));
        }
        let product = Fusion::Product.fuse(&[&raw], 7, 5);
        for (a, b) in product.values.iter().zip(&raw.finish(7, 5).values) {
            assert!((a - b).abs() < 1e-6);
        }
    }
}
