//! The strongest pattern in a stack of planes: their projection on the first principal component.
//!
//! ```text
//! X = the planes as an (h·w) × C matrix, columns centred        map = X v₁
//! ```
//!
//! `v₁`: the first right singular vector of X. Reference: pytorch-grad-cam, `get_2d_projection`
//! (`utils/svd_on_activations.py`).
//!
//! The vector comes from power iteration on XᵀX: the map needs no other, and a full decomposition of a
//! 3136 × 256 matrix would take longer than the network.

use super::planes::Planes;
use crate::heatmap::Heatmap;

/// Most iterations; the first two singular values of real maps differ enough for a few dozen.
const ITERATIONS: usize = 500;
/// Stops when an iteration turns the vector by less than this (1 − cosine).
const TURN: f64 = 1e-13;

/// What to do about the sign, which a singular vector does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// The one with which the map correlates positively with the sum of the planes.
    Corrected,
    /// As it comes: as the first of the Householder reflections turns it with which LAPACK, which the reference calls, starts
    /// ([`is_turned`]).
    AsItComes,
}

/// Projection of the centred planes on their first principal component. Values that are not numbers count as 0.
pub(super) fn first_component(planes: &Planes, sign: Sign) -> Heatmap {
    let (area, centred) = (planes.area(), centre(planes));
    let mut place = vec![0.0; area];
    for row in centred.chunks_exact(area) {
        place.iter_mut().zip(row).for_each(|(sum, v)| *sum += v);
    }
    let towards = place.clone();
    // Starting from the sum: it lies far from orthogonal to the strongest pattern. (A map that is constant has
    // none, and stays zero.)
    normalize(&mut place);
    for _ in 0..ITERATIONS {
        let next = apply(&centred, area, &place);
        let turn = 1.0 - dot(&next, &place).abs();
        place = next;
        if turn < TURN {
            break;
        }
    }
    // `place` is the left singular vector u₁; X v₁ = σ₁ u₁.
    let sigma = centred
        .chunks_exact(area)
        .map(|row| dot(row, &place).powi(2))
        .sum::<f64>()
        .sqrt();
    let inverted = match sign {
        Sign::Corrected => dot(&place, &towards) < 0.0,
        Sign::AsItComes => is_turned(&centred, &place),
    };
    let scale = if inverted { -sigma } else { sigma };
    let values = place.iter().map(|v| (v * scale) as f32).collect();
    Heatmap::new(planes.width, planes.height, values)
}

/// Whether the left singular vector `u` of the centred planes points against the direction that the first Householder
/// reflection of a bidiagonalisation leaves: of more places than planes the first plane, its first value made negative; else
/// the first row's product with all others, negated. What LAPACK does afterwards decides about the sign as well, and its
/// builds differ in it: SciPy 1.17.1's has this sign in 108 and NumPy 2.2.6's in 97 of 110 maps, and the two agree in 97
/// (`scripts/eigen_signs.py`).
fn is_turned(centred: &[f64], u: &[f64]) -> bool {
    let area = u.len();
    if area < centred.len() / area {
        return u[0] > 0.0;
    }
    let share = dot(&centred[..area], u);
    if centred[0] < 0.0 {
        share < 0.0
    } else {
        share > 0.0
    }
}

/// The planes, each minus its mean.
fn centre(planes: &Planes) -> Vec<f64> {
    let number = |&v: &f32| if v.is_nan() { 0.0 } else { f64::from(v) };
    planes
        .planes()
        .flat_map(|plane| {
            let mean = plane.iter().map(number).sum::<f64>() / plane.len() as f64;
            plane.iter().map(move |v| number(v) - mean)
        })
        .collect()
}

/// X Xᵀ u, normalised.
fn apply(centred: &[f64], area: usize, u: &[f64]) -> Vec<f64> {
    let mut next = vec![0.0; area];
    for row in centred.chunks_exact(area) {
        let share = dot(row, u);
        next.iter_mut().zip(row).for_each(|(n, x)| *n += share * x);
    }
    normalize(&mut next);
    next
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn normalize(vector: &mut [f64]) {
    let norm = dot(vector, vector).sqrt();
    if norm > 0.0 {
        vector.iter_mut().for_each(|v| *v /= norm);
    }
}
