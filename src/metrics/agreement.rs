//! How far two maps of the same size agree.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::heatmap::Heatmap;

/// Share of the pixels that the overlap compares: the hottest fifth of each map.
const TOP_SHARE: f64 = 0.2;

/// Agreement of two maps.
///
/// ```
/// use camscope::heatmap::Heatmap;
/// use camscope::metrics::agreement::Agreement;
///
/// let map = Heatmap::new(5, 1, vec![0.0, 0.1, 0.2, 0.3, 1.0]);
/// // Another scale, the same order.
/// let other = Heatmap::new(5, 1, vec![0.0, 0.5, 0.6, 0.7, 0.8]);
/// let Agreement { pearson, spearman, iou } = Agreement::of(&map, &other)?;
/// assert!(pearson < 0.9 && (spearman - 1.0).abs() < 1e-9 && iou == 1.0);
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Agreement {
    /// Pearson's correlation, −1…1; 0 where a map is constant.
    pub pearson: f64,
    /// Spearman's rank correlation, −1…1, ties ranked by their mean (`scipy.stats.spearmanr`).
    pub spearman: f64,
    /// Intersection over union of the hottest fifth of the pixels of each map, 0…1.
    pub iou: f64,
}

impl Agreement {
    /// Compares two maps.
    ///
    /// ```
    /// use camscope::heatmap::Heatmap;
    /// use camscope::metrics::agreement::Agreement;
    ///
    /// let map = Heatmap::new(2, 2, vec![0.0, 0.1, 0.2, 1.0]);
    /// let found = Agreement::of(&map, &map)?;
    /// assert!((found.pearson - 1.0).abs() < 1e-9 && found.iou == 1.0);
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Option`] if their sizes differ.
    pub fn of(a: &Heatmap, b: &Heatmap) -> Result<Self> {
        if (a.width, a.height) != (b.width, b.height) {
            let sizes = [a.width, a.height, b.width, b.height];
            let [aw, ah, bw, bh] = sizes;
            return Err(Error::Option(format!(
                "Maps of {aw} × {ah} and {bw} × {bh} cannot be compared."
            )));
        }
        let numbers =
            |map: &Heatmap| -> Vec<f64> { map.values.iter().map(|&v| f64::from(v)).collect() };
        let (a, b) = (numbers(a), numbers(b));
        let (ranks_a, ranks_b) = (ranks(&a), ranks(&b));
        Ok(Self {
            pearson: pearson(&a, &b),
            spearman: pearson(&ranks_a, &ranks_b),
            iou: iou(&ranks_a, &ranks_b),
        })
    }
}

fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    if aa > 0.0 && bb > 0.0 {
        ab / (aa * bb).sqrt()
    } else {
        0.0
    }
}

/// Ranks from 1, ties by their mean.
pub(super) fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for group in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = start as f64 + (group.len() + 1) as f64 / 2.0;
        group.iter().for_each(|&index| ranks[index] = rank);
        start += group.len();
    }
    ranks
}

/// Pixels of equal rank at the border are all in: a map of few distinct values has no sharper fifth.
fn iou(ranks_a: &[f64], ranks_b: &[f64]) -> f64 {
    let top = |ranks: &[f64]| -> Vec<bool> {
        let mut sorted = ranks.to_vec();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let count =
            ((ranks.len() as f64 * TOP_SHARE).round() as usize).clamp(1, ranks.len().max(1));
        let border = sorted.get(count - 1).copied().unwrap_or(f64::INFINITY);
        ranks.iter().map(|&rank| rank >= border).collect()
    };
    let (a, b) = (top(ranks_a), top(ranks_b));
    let both = a.iter().zip(&b).filter(|&(&a, &b)| a && b).count();
    let either = a.iter().zip(&b).filter(|&(&a, &b)| a || b).count();
    if either > 0 {
        both as f64 / either as f64
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(values: &[f32]) -> Heatmap {
        Heatmap::new(values.len(), 1, values.to_vec())
    }

    /// From `scripts/make_metrics.py` (SciPy 1.17.1, NumPy 2.2.6): `scipy.stats.pearsonr` and `spearmanr` of A and B, and the
    /// sets of the last fifth of `argsort`.
    const PEARSON: f64 = 0.8676641448709608;
    const SPEARMAN: f64 = 0.8134594612376582;
    const IOU: f64 = 0.3333333333333333;

    const A: [f32; 10] = [0.0, 0.1, 0.2, 0.4, 0.05, 0.9, 1.0, 0.3, 0.0, 0.6];
    const B: [f32; 10] = [0.1, 0.1, 0.3, 0.2, 0.0, 1.0, 0.7, 0.5, 0.2, 0.9];

    #[test]
    fn correlations_agree_with_scipy() {
        let found = Agreement::of(&map(&A), &map(&B)).expect("the sizes agree");
        assert!((found.pearson - PEARSON).abs() < 1e-6, "{found:?}");
        assert!((found.spearman - SPEARMAN).abs() < 1e-6, "{found:?}");
        assert!((found.iou - IOU).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn a_map_agrees_with_itself_and_not_with_its_opposite() {
        let opposite = A.map(|v| 1.0 - v);
        let same = Agreement::of(&map(&A), &map(&A)).expect("the sizes agree");
        assert!(
            (same.pearson - 1.0).abs() < 1e-12
                && (same.spearman - 1.0).abs() < 1e-12
                && same.iou == 1.0
        );
        let other = Agreement::of(&map(&A), &map(&opposite)).expect("the sizes agree");
        assert!(
            (other.pearson + 1.0).abs() < 1e-6
                && (other.spearman + 1.0).abs() < 1e-12
                && other.iou == 0.0
        );
    }

    #[test]
    fn a_constant_map_correlates_with_nothing() {
        let found = Agreement::of(&map(&A), &map(&[0.5; 10])).expect("the sizes agree");
        assert_eq!((found.pearson, found.spearman), (0.0, 0.0));
    }

    #[test]
    fn maps_of_other_sizes_are_refused() {
        assert!(Agreement::of(&map(&A), &map(&A[..5])).is_err());
    }
}
