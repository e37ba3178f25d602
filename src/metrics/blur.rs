//! Gaussian blur: what is left of a picture when its details are taken away.

/// Blurs `height` rows of `width` values by a Gaussian of `sigma` pixels, cut off at four sigma; beyond the border
/// the nearest pixel goes on (`scipy.ndimage.gaussian_filter(plane, sigma, mode="nearest")`).
pub(super) fn gaussian(plane: &[f32], width: usize, sigma: f64) -> Vec<f32> {
    let kernel = kernel(sigma);
    // Rows become columns on the way, so twice the same pass blurs both directions.
    let height = plane.len() / width;
    let turned = rows(plane, width, &kernel);
    rows(&turned, height, &kernel)
}

/// Weights at 0, 1, 2 … pixels from the middle; with both sides they add up to 1.
fn kernel(sigma: f64) -> Vec<f64> {
    let radius = (4.0 * sigma + 0.5) as usize;
    let weights: Vec<f64> = (0..=radius)
        .map(|at| (-0.5 * (at as f64 / sigma).powi(2)).exp())
        .collect();
    let sum = 2.0 * weights.iter().sum::<f64>() - weights[0];
    weights.into_iter().map(|weight| weight / sum).collect()
}

/// Blurs each row and returns the result transposed.
fn rows(plane: &[f32], width: usize, kernel: &[f64]) -> Vec<f32> {
    let height = plane.len() / width;
    let mut turned = vec![0.0; plane.len()];
    for (y, row) in plane.chunks_exact(width).enumerate() {
        for x in 0..width {
            let sides = kernel.iter().enumerate().skip(1).map(|(at, weight)| {
                let (left, right) = (x.saturating_sub(at), (x + at).min(width - 1));
                weight * (f64::from(row[left]) + f64::from(row[right]))
            });
            let value = kernel[0] * f64::from(row[x]) + sides.sum::<f64>();
            turned[x * height + y] = value as f32;
        }
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From `scripts/make_metrics.py` (SciPy 1.17.1): `scipy.ndimage.gaussian_filter(ramp, 1.5, mode="nearest")` of
    /// `ramp[y, x] = ((7 * y + 3 * x) % 11) / 10`, 5 rows of 7. Tolerance 1e-6: f32 beside f64.
    const BLURRED: [f32; 35] = [
        0.3316626, 0.4176397, 0.4832205, 0.4962658, 0.4798807, 0.4900365, 0.5407802, 0.4467815,
        0.4851319, 0.503987, 0.4943701, 0.4797093, 0.4944514, 0.5404868, 0.5419262, 0.5350344,
        0.5150497, 0.4919245, 0.4852219, 0.5059976, 0.5429239, 0.5975947, 0.5588137, 0.51594,
        0.4935617, 0.4991703, 0.5151739, 0.5219717, 0.6165151, 0.5644148, 0.5132648, 0.501593,
        0.5216377, 0.5229214, 0.4823476,
    ];

    #[test]
    fn blur_agrees_with_scipy() {
        let ramp: Vec<f32> = (0..35)
            .map(|at| ((7 * (at / 7) + 3 * (at % 7)) % 11) as f32 / 10.0)
            .collect();
        for (found, expected) in gaussian(&ramp, 7, 1.5).iter().zip(BLURRED) {
            assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
        }
    }
}
