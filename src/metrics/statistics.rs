//! Several methods over several pictures: means with intervals, ranks, and whether a difference is more than chance.
//!
//! - interval: percentile bootstrap, 95 %: the 2.5th and 97.5th percentile of the means of 10 000 resamples of the
//!   pictures (Efron 1979; `scipy.stats.bootstrap` with `method="percentile"`), from a generator with a fixed seed;
//! - rank: of the methods on one picture, 1 the best, ties by their mean (`scipy.stats.rankdata`), averaged over the
//!   pictures for which every method has a value;
//! - p: Wilcoxon's signed-rank test of the paired differences, two-sided (Wilcoxon 1945). Zero differences are left
//!   out. Up to `EXACT` pairs the exact distribution over all signs is used, with tied differences at their mean
//!   rank (without ties `scipy.stats.wilcoxon(method="exact")`, with ties `method=PermutationMethod()` over all
//!   permutations); above, the normal approximation with the correction for ties and none for continuity
//!   (`method="asymptotic"`).

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use serde::Serialize;

use super::agreement::ranks;
use crate::error::{Error, Result};

const RESAMPLES: usize = 10_000;
/// Most pairs for which the test is exact.
const EXACT: usize = 50;

/// One method over all pictures.
///
/// ```
/// use camscope::metrics::statistics::Aggregate;
///
/// let names = ["gradcam", "scorecam"].map(String::from);
/// let values = [vec![0.25, 0.5, 0.75], vec![0.5, 0.75, 1.0]];
/// let found = Aggregate::of(&names, &values, true, 0)?;
/// let best = &found.groups[1];
/// assert_eq!((best.name.as_str(), best.mean, best.n, best.rank), ("scorecam", 0.75, 3, 1.0));
/// assert!(best.low <= best.mean && best.mean <= best.high);
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    pub name: String,
    /// NaN without a value.
    pub mean: f64,
    /// 95 % bootstrap interval of the mean; NaN with fewer than two values.
    pub low: f64,
    pub high: f64,
    /// How many pictures have a value.
    pub n: usize,
    /// Mean rank, 1 the best; NaN where no picture has a value of every group.
    pub rank: f64,
}

/// Two methods on the pictures for which both have a value.
///
/// ```
/// use camscope::metrics::statistics::Aggregate;
///
/// let names = ["gradcam", "scorecam"].map(String::from);
/// let values = [vec![0.25, 0.5, 0.75], vec![0.5, 0.75, 1.0]];
/// let found = Aggregate::of(&names, &values, true, 0)?;
/// let pair = &found.pairs[0];
/// assert_eq!((pair.a.as_str(), pair.b.as_str(), pair.difference), ("gradcam", "scorecam", -0.25));
/// // Of the 8 ways to give three differences signs, two are as far out as this.
/// assert_eq!(pair.p, 0.25);
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    pub a: String,
    pub b: String,
    /// Mean of a − b; NaN without a picture.
    pub difference: f64,
    /// Its 95 % bootstrap interval; NaN with fewer than two pictures.
    pub low: f64,
    pub high: f64,
    /// Of Wilcoxon's signed-rank test, two-sided; 1 where no pair differs.
    pub p: f64,
    pub n: usize,
}

/// What several methods' values say together.
///
/// ```
/// use camscope::metrics::statistics::Aggregate;
///
/// let names = ["gradcam", "scorecam"].map(String::from);
/// let values = [vec![0.25, 0.5, 0.75], vec![0.5, 0.75, 1.0]];
/// let found = Aggregate::of(&names, &values, true, 0)?;
/// assert_eq!((found.groups.len(), found.pairs.len()), (2, 1));
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Aggregate {
    pub groups: Vec<Group>,
    /// Every pair once, the earlier group first.
    pub pairs: Vec<Pair>,
}

impl Aggregate {
    /// `values[group][picture]`, NaN where missing. `higher_is_better` decides the ranks alone.
    ///
    /// ```
    /// use camscope::metrics::statistics::Aggregate;
    ///
    /// let names = ["a".to_string(), "b".to_string()];
    /// let found = Aggregate::of(&names, &[vec![1.0, 3.0], vec![0.0, f64::NAN]], true, 0)?;
    /// assert_eq!(found.groups[0].mean, 2.0);
    /// assert_eq!((found.pairs[0].difference, found.pairs[0].n), (1.0, 1));
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Option`] if the names, or the numbers of pictures, do not agree.
    pub fn of(
        names: &[String],
        values: &[Vec<f64>],
        higher_is_better: bool,
        seed: u64,
    ) -> Result<Self> {
        let pictures = values.first().map_or(0, Vec::len);
        if names.len() != values.len() || values.iter().any(|group| group.len() != pictures) {
            return Err(Error::Option(
                "Every group needs a name, and one value (or NaN) for each picture.".into(),
            ));
        }
        let mean_ranks = mean_ranks(values, higher_is_better);
        let groups = names.iter().zip(values).zip(mean_ranks);
        let groups = groups.map(|((name, values), rank)| {
            let known: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
            let [low, high] = interval(&known, seed);
            Group {
                name: name.clone(),
                mean: mean(&known),
                low,
                high,
                n: known.len(),
                rank,
            }
        });
        let groups = groups.collect();
        let mut pairs = Vec::new();
        for (second, b) in values.iter().enumerate() {
            for (first, a) in values[..second].iter().enumerate() {
                let differences = a.iter().zip(b).map(|(a, b)| a - b);
                let known: Vec<f64> = differences.filter(|v| !v.is_nan()).collect();
                let [low, high] = interval(&known, seed);
                pairs.push(Pair {
                    a: names[first].clone(),
                    b: names[second].clone(),
                    difference: mean(&known),
                    low,
                    high,
                    p: signed_rank(&known),
                    n: known.len(),
                });
            }
        }
        Ok(Self { groups, pairs })
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// 95 % percentile bootstrap interval of the mean.
fn interval(values: &[f64], seed: u64) -> [f64; 2] {
    if values.len() < 2 {
        return [f64::NAN; 2];
    }
    let mut numbers = Xoshiro256PlusPlus::seed_from_u64(seed);
    // 32 bits, so that machines of every word size draw the same pictures.
    let count = values.len() as u32;
    let mut draw = || values[numbers.random_range(0..count) as usize];
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| (0..count).map(|_| draw()).sum::<f64>() / f64::from(count))
        .collect();
    // Of infinity and its opposite there is no mean.
    if means.iter().any(|mean| mean.is_nan()) {
        return [f64::NAN; 2];
    }
    means.sort_by(f64::total_cmp);
    [0.025, 0.975].map(|share| {
        let position = share * (RESAMPLES - 1) as f64;
        let below = position.floor() as usize;
        let [low, high] = [means[below], means[below + 1]];
        if low.is_finite() && high.is_finite() {
            low + (high - low) * position.fract()
        } else if low.is_finite() {
            high
        } else {
            low
        }
    })
}

/// Each group's mean rank over the pictures that all groups have a value for.
fn mean_ranks(values: &[Vec<f64>], higher_is_better: bool) -> Vec<f64> {
    let mut sums = vec![0.0; values.len()];
    let mut complete = 0;
    for picture in 0..values.first().map_or(0, Vec::len) {
        let sign = if higher_is_better { -1.0 } else { 1.0 };
        let column: Vec<f64> = values.iter().map(|group| sign * group[picture]).collect();
        if column.iter().any(|v| v.is_nan()) {
            continue;
        }
        complete += 1;
        for (sum, rank) in sums.iter_mut().zip(ranks(&column)) {
            *sum += rank;
        }
    }
    sums.into_iter()
        .map(|sum| sum / f64::from(complete))
        .collect()
}

/// Two-sided p of Wilcoxon's signed-rank test.
fn signed_rank(differences: &[f64]) -> f64 {
    let nonzero: Vec<f64> = differences.iter().copied().filter(|&d| d != 0.0).collect();
    let sizes: Vec<f64> = nonzero.iter().map(|d| d.abs()).collect();
    let ranks = ranks(&sizes);
    let positive = nonzero.iter().zip(&ranks).filter(|(d, _)| **d > 0.0);
    let positive: f64 = positive.map(|(_, rank)| rank).sum();
    if nonzero.is_empty() {
        1.0
    } else if nonzero.len() <= EXACT {
        exact(&ranks, positive)
    } else {
        asymptotic(&ranks, positive)
    }
}

/// Share of all signs whose sum of positive ranks is at least as far out as `positive`, on both sides.
fn exact(ranks: &[f64], positive: f64) -> f64 {
    // Mean ranks are multiples of a half: twice them are whole.
    let doubled: Vec<usize> = ranks.iter().map(|rank| (2.0 * rank) as usize).collect();
    let total: usize = doubled.iter().sum();
    let mut chances = vec![0.0; total + 1];
    chances[0] = 1.0;
    for rank in doubled {
        for sum in (0..=total).rev() {
            let with = if sum >= rank {
                chances[sum - rank]
            } else {
                0.0
            };
            chances[sum] = f64::midpoint(chances[sum], with);
        }
    }
    let at = (2.0 * positive) as usize;
    let below: f64 = chances[..=at].iter().sum();
    let above: f64 = chances[at..].iter().sum();
    (2.0 * below.min(above)).min(1.0)
}

fn asymptotic(ranks: &[f64], positive: f64) -> f64 {
    let n = ranks.len() as f64;
    let mut sorted = ranks.to_vec();
    sorted.sort_by(f64::total_cmp);
    let ties: f64 = sorted
        .chunk_by(|a, b| a == b)
        .map(|tied| (tied.len() as f64).powi(3) - tied.len() as f64)
        .sum();
    let expected = n * (n + 1.0) / 4.0;
    let variance = n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - ties / 48.0;
    libm::erfc((positive - expected).abs() / (2.0 * variance).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: [f64; 12] = [
        0.61, 0.55, 0.72, 0.40, 0.66, 0.58, 0.49, 0.70, 0.63, 0.52, 0.47, 0.68,
    ];
    const B: [f64; 12] = [
        0.57, 0.56, 0.64, 0.43, 0.60, 0.49, 0.50, 0.59, 0.56, 0.41, 0.45, 0.55,
    ];
    const C: [f64; 12] = [
        0.30, 0.55, 0.64, 0.48, 0.35, 0.49, 0.62, 0.21, 0.56, 0.31, 0.70, 0.44,
    ];

    /// From `scripts/make_metrics.py` (SciPy 1.17.1): means and `stats.bootstrap` intervals of 200 000 resamples. Ours
    /// has 10 000: the percentiles' own spread is then about 0.0015, and the tolerance three times that.
    const MEANS: [[f64; 3]; 3] = [
        [0.584_167, 0.529_167, 0.6375],
        [0.529_167, 0.489_167, 0.5675],
        [0.470_833, 0.3875, 0.5525],
    ];
    /// `stats.rankdata(axis=0)`, averaged.
    const RANKS: [f64; 3] = [1.541_666_667, 2.125, 2.333_333_333];
    /// `stats.wilcoxon(method=PermutationMethod())` of a and b, a and c, b and c: the differences have ties and zeros.
    const TIED: [f64; 3] = [0.008_789_062_5, 0.109_375, 0.3125];
    /// `stats.wilcoxon(method="exact")` of eleven distinct differences.
    const EXACT_P: f64 = 0.041_992_187_5;
    /// `stats.wilcoxon(method="asymptotic", correction=False)` of eighty differences with ties and zeros.
    const ASYMPTOTIC_P: f64 = 0.011_530_855_572_662_695;

    fn aggregate(values: &[Vec<f64>]) -> Aggregate {
        let names: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
        Aggregate::of(&names[..values.len()], values, true, 0).expect("the sizes agree")
    }

    #[test]
    fn means_ranks_and_tests_agree_with_scipy() {
        let values = [A.to_vec(), B.to_vec(), C.to_vec()];
        let found = aggregate(&values);
        for (group, ([mean, low, high], rank)) in found.groups.iter().zip(MEANS.iter().zip(RANKS)) {
            assert!((group.mean - mean).abs() < 1e-6, "{group:?}");
            assert!(
                (group.low - low).abs() < 5e-3 && (group.high - high).abs() < 5e-3,
                "{group:?}"
            );
            assert!(
                (group.rank - rank).abs() < 1e-6 && group.n == 12,
                "{group:?}"
            );
        }
        // Whole numbers, as the script has them: in tenths and hundredths differences that are equal are not.
        let rounded = values.map(|group| group.iter().map(|v| (v * 100.0).round()).collect());
        for (pair, p) in aggregate(&rounded).pairs.iter().zip(TIED) {
            assert!((pair.p - p).abs() < 1e-9, "{pair:?}, not {p}");
        }
    }

    #[test]
    fn signed_rank_agrees_with_scipy() {
        let distinct = [5, -1, 9, 2, -3, 7, 11, 4, 13, -6, 8].map(f64::from);
        assert!((signed_rank(&distinct) - EXACT_P).abs() < 1e-9);
        let many: Vec<f64> = (0..80)
            .map(|k| f64::from(((37 * k) % 101 - 40_i32).div_euclid(3)))
            .collect();
        assert!((signed_rank(&many) - ASYMPTOTIC_P).abs() < 1e-9);
        assert_eq!(signed_rank(&[0.0, 0.0]), 1.0);
        assert_eq!(signed_rank(&[]), 1.0);
        // Both signs of one difference are as likely as each other.
        assert_eq!(signed_rank(&[3.0]), 1.0);
    }

    #[test]
    fn missing_values_are_left_out() {
        let mut gap = B.to_vec();
        gap[0] = f64::NAN;
        let found = aggregate(&[A.to_vec(), gap.clone()]);
        assert_eq!((found.groups[0].n, found.groups[1].n), (12, 11));
        assert_eq!(found.pairs[0].n, 11);
        let same = aggregate(&[A[1..].to_vec(), gap[1..].to_vec()]);
        assert_eq!(found.pairs[0], same.pairs[0]);
        assert_eq!(found.groups[0].rank, same.groups[0].rank);
        let lonely = aggregate(&[vec![0.5]]);
        assert!(lonely.groups[0].low.is_nan() && lonely.groups[0].mean == 0.5);
        let names = ["a".to_string()];
        assert!(Aggregate::of(&names, &[], true, 0).is_err());
    }

    #[test]
    fn lower_can_be_better_and_seeds_repeat() {
        let values = [vec![1.0, 2.0, 4.0], vec![2.0, 3.0, 5.0]];
        let names = ["a".to_string(), "b".to_string()];
        let of = |higher| Aggregate::of(&names, &values, higher, 7).expect("the sizes agree");
        let ranks = |found: Aggregate| [found.groups[0].rank, found.groups[1].rank];
        assert_eq!(ranks(of(false)), [1.0, 2.0]);
        assert_eq!(ranks(of(true)), [2.0, 1.0]);
        assert_eq!(of(true), of(true));
    }
}
