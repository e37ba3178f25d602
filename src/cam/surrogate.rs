//! A guess at what has not been tried: Gaussian process regression from masks to scores.
//!
//! ```text
//! s(m) ~ GP(s̄, σ² k)        k(m, n) = exp(−‖m − n‖² / 2ℓ²) + m·n / D
//! mean = s̄ + kᵀ (K + ηI)⁻¹ (s − s̄)        variance = k(m, m) − kᵀ (K + ηI)⁻¹ k + η
//! ```
//!
//! `m`, `n`: masks as vectors of `D` values; `s`: scores of the masks that were tried, `s̄` and `σ` their mean and
//! spread; `η`: noise, which stands for what the masks' vectors do not tell.
//! Rasmussen & Williams 2006, "Gaussian Processes for Machine Learning", equations 2.23 and 2.24. The Cholesky factor
//! of `K + ηI` grows by a row with each mask that is tried, together with what it does to all others, so nothing is
//! solved twice.

/// ℓ, for vectors of [`REFERENCE_LENGTH`] values.
const LENGTH: f64 = 1.5;
/// As many values as a mask at layer4 has for the standard input.
const REFERENCE_LENGTH: f64 = 49.0;
/// η
const NOISE: f64 = 0.03;

/// The state of the regression: which masks were tried, and what that tells of the others.
#[derive(Debug)]
pub(super) struct Surrogate {
    /// Masks, `[count, dimensions]`.
    masks: Vec<f32>,
    dimensions: usize,
    /// In the order in which they were tried.
    tried: Vec<usize>,
    /// Rows of L⁻¹ K, `[tried, count]`.
    rows: Vec<Vec<f64>>,
    /// Diagonal of L.
    pivots: Vec<f64>,
    /// Of each mask, without noise, in units of σ².
    variances: Vec<f64>,
}

/// What is expected of each mask's score.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expectation {
    pub mean: Vec<f64>,
    /// Standard deviation.
    pub spread: Vec<f64>,
}

impl Surrogate {
    /// A regression over `masks`, `[count, dimensions]` row-major, values in 0…1. None is tried yet.
    pub(super) fn new(masks: Vec<f32>, dimensions: usize) -> Self {
        let variances = masks
            .chunks_exact(dimensions)
            .map(|mask| kernel(mask, mask))
            .collect();
        Self {
            masks,
            dimensions,
            tried: Vec::new(),
            rows: Vec::new(),
            pivots: Vec::new(),
            variances,
        }
    }

    /// Takes note that this mask's score will be known.
    pub(super) fn add(&mut self, tried: usize) {
        let own = self.mask(tried);
        let mut row: Vec<f64> = self
            .masks
            .chunks_exact(self.dimensions)
            .map(|mask| kernel(own, mask))
            .collect();
        for known in &self.rows {
            let factor = known[tried];
            row.iter_mut()
                .zip(known)
                .for_each(|(value, known)| *value -= factor * known);
        }
        let pivot = (row[tried] + NOISE).sqrt();
        row.iter_mut().for_each(|value| *value /= pivot);
        self.variances
            .iter_mut()
            .zip(&row)
            .for_each(|(variance, value)| *variance = (*variance - value * value).max(0.0));
        self.tried.push(tried);
        self.rows.push(row);
        self.pivots.push(pivot);
    }

    /// The masks that were tried, in their order.
    pub(super) fn tried(&self) -> &[usize] {
        &self.tried
    }

    /// What to expect of every mask, given the scores of those that were tried, in their order. At least one.
    pub(super) fn expect(&self, scores: &[f32]) -> Expectation {
        let count = scores.len() as f64;
        let mean = scores.iter().map(|&score| f64::from(score)).sum::<f64>() / count;
        let squares = scores
            .iter()
            .map(|&score| (f64::from(score) - mean).powi(2));
        let sigma = (squares.sum::<f64>() / count).sqrt();
        let scale = if sigma > 0.0 { sigma } else { 1.0 };
        let mut expected = vec![0.0; self.variances.len()];
        let mut solved: Vec<f64> = Vec::with_capacity(scores.len());
        for (index, &score) in scores.iter().enumerate() {
            let tried = self.tried[index];
            let known: f64 = self.rows[..index]
                .iter()
                .zip(&solved)
                .map(|(row, value)| row[tried] * value)
                .sum();
            let value = ((f64::from(score) - mean) / scale - known) / self.pivots[index];
            expected
                .iter_mut()
                .zip(&self.rows[index])
                .for_each(|(sum, row)| *sum += value * row);
            solved.push(value);
        }
        Expectation {
            mean: expected.iter().map(|value| mean + scale * value).collect(),
            spread: self
                .variances
                .iter()
                .map(|variance| scale * (variance + NOISE).sqrt())
                .collect(),
        }
    }

    fn mask(&self, index: usize) -> &[f32] {
        &self.masks[index * self.dimensions..(index + 1) * self.dimensions]
    }
}

fn kernel(a: &[f32], b: &[f32]) -> f64 {
    let (mut distance, mut product) = (0.0_f32, 0.0_f32);
    for (x, y) in a.iter().zip(b) {
        distance += (x - y) * (x - y);
        product += x * y;
    }
    let per_value = 1.0 / a.len() as f64;
    let distance = f64::from(distance) * per_value * REFERENCE_LENGTH;
    (-distance / (2.0 * LENGTH * LENGTH)).exp() + f64::from(product) * per_value
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seven masks of three values, five of them tried.
    const MASKS: [f32; 21] = [
        0.1, 0.9, 0.3, 0.5, 0.2, 1.0, 0.0, 0.4, 0.8, 1.0, 0.6, 0.0, 0.7, 0.7, 0.2, 0.3, 0.0, 0.5,
        0.9, 0.1, 0.6,
    ];
    const TRIED: [usize; 5] = [2, 0, 5, 3, 6];
    const SCORES: [f32; 5] = [1.5, -0.25, 3.0, 0.75, 2.0];

    /// Equations 2.23 and 2.24 as they stand, by Gaussian elimination.
    fn by_definition() -> Expectation {
        let mask = |index: usize| &MASKS[3 * index..3 * index + 3];
        let n = TRIED.len();
        let mean = SCORES.iter().sum::<f32>() as f64 / n as f64;
        let variance = SCORES.iter().map(|&s| (f64::from(s) - mean).powi(2));
        let sigma = (variance.sum::<f64>() / n as f64).sqrt();
        let solve = |right: Vec<f64>| {
            let mut rows: Vec<Vec<f64>> = (0..n)
                .map(|i| {
                    let noise = |j| if i == j { NOISE } else { 0.0 };
                    let row = (0..n).map(|j| kernel(mask(TRIED[i]), mask(TRIED[j])) + noise(j));
                    row.chain([right[i]]).collect()
                })
                .collect();
            for i in 0..n {
                let pivot = rows[i].clone();
                for (_, row) in rows.iter_mut().enumerate().filter(|&(j, _)| j != i) {
                    let factor = row[i] / pivot[i];
                    row.iter_mut()
                        .zip(&pivot)
                        .for_each(|(a, b)| *a -= factor * b);
                }
            }
            (0..n)
                .map(|i| rows[i][n] / rows[i][i])
                .collect::<Vec<f64>>()
        };
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let scores = SCORES.iter().map(|&s| (f64::from(s) - mean) / sigma);
        let alpha = solve(scores.collect());
        let columns = (0..7).map(|index| {
            let row = TRIED.map(|tried| kernel(mask(index), mask(tried)));
            let own = kernel(mask(index), mask(index));
            let variance = own - dot(&row, &solve(row.to_vec())) + NOISE;
            (mean + sigma * dot(&row, &alpha), sigma * variance.sqrt())
        });
        let (mean, spread) = columns.unzip();
        Expectation { mean, spread }
    }

    #[test]
    fn it_is_what_the_equations_say() {
        let mut surrogate = Surrogate::new(MASKS.to_vec(), 3);
        TRIED.into_iter().for_each(|index| surrogate.add(index));
        let (found, expected) = (surrogate.expect(&SCORES), by_definition());
        let pairs = |a: &[f64], b: &[f64]| {
            a.iter()
                .zip(b)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f64::max)
        };
        assert!(
            pairs(&found.mean, &expected.mean) < 1e-9,
            "{found:?} {expected:?}"
        );
        assert!(
            pairs(&found.spread, &expected.spread) < 1e-9,
            "{found:?} {expected:?}"
        );
    }

    #[test]
    fn equal_scores_are_expected_everywhere() {
        let mut surrogate = Surrogate::new(MASKS.to_vec(), 3);
        surrogate.add(1);
        let found = surrogate.expect(&[4.0]);
        assert!(found.mean.iter().all(|&mean| (mean - 4.0).abs() < 1e-12));
        assert_eq!(surrogate.tried(), [1]);
    }
}
