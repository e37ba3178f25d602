//! Eigen-CAM: Muhammad and Yeasin 2020, "Eigen-CAM: Class Activation Map using Principal Components",
//! arXiv 2008.00299. And Eigengrad-CAM, pytorch-grad-cam's variant on gradient × activation.
//!
//! ```text
//! X = B as an (h·w) × C matrix, columns centred        map = X v₁
//! ```
//!
//! `B`: the activations `A` (Eigen-CAM) or `g · A` (Eigengrad-CAM), with `g` the gradient of the target logit;
//! `v₁`: the first right singular vector of X. Reference: pytorch-grad-cam, `get_2d_projection`.
//!
//! Deviation: a singular vector has no sign of its own, and the reference takes whichever its library returns, so
//! its maps come out inverted at times. Here the sign is the one with which the map correlates positively with
//! the sum of `B` over the channels.
//!
//! The vector comes from power iteration on XᵀX: the map needs no other, and a full decomposition of a
//! 3136 × 256 matrix would take longer than the network.

use super::planes::Planes;
use super::probe::Probe;
use super::{CamMethod, MethodInfo, Saliency};
use crate::error::Result;
use crate::heatmap::Heatmap;

pub(super) const INFO: MethodInfo = MethodInfo {
    id: "eigencam",
    name: "Eigen-CAM",
    year: 2020,
    paper: "Muhammad and Yeasin, Eigen-CAM: Class Activation Map using Principal Components",
    url: "https://arxiv.org/abs/2008.00299",
    summary: "Shows the strongest pattern in the feature maps, whatever the class.",
    cost: "Free: no pass",
};

pub(super) const GRAD_INFO: MethodInfo = MethodInfo {
    id: "eigengradcam",
    name: "Eigengrad-CAM",
    year: 2021,
    paper: "pytorch-grad-cam's variant of Eigen-CAM on gradient × activation",
    url: "https://github.com/jacobgil/pytorch-grad-cam",
    summary: "Shows the strongest pattern in gradient × activation, so that it depends on the class.",
    cost: "Free at layer4, one backward pass elsewhere",
};

/// Most iterations; the first two singular values of real maps differ enough for a few dozen.
const ITERATIONS: usize = 500;
/// Stops when an iteration turns the vector by less than this (1 − cosine).
const TURN: f64 = 1e-13;

/// See the module.
#[derive(Debug, Clone, Copy)]
pub struct EigenCam;

impl CamMethod for EigenCam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        Ok(Saliency::of_map(projection(&*probe.activations().await?)))
    }
}

/// See the module.
#[derive(Debug, Clone, Copy)]
pub struct EigenGradCam;

impl CamMethod for EigenGradCam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let mut product = probe.gradients().await?;
        let activations = probe.activations().await?;
        product
            .values
            .iter_mut()
            .zip(&activations.values)
            .for_each(|(g, a)| *g *= a);
        Ok(Saliency::of_map(projection(&product)))
    }
}

/// Projection of the centred planes on their first principal component, with the sign of their sum.
fn projection(planes: &Planes) -> Heatmap {
    let (area, centred) = (planes.area(), centre(planes));
    let sum = planes.sum_with(planes, |value, _| value);
    let mut place: Vec<f64> = sum.values.iter().map(|&v| f64::from(v)).collect();
    let mean = place.iter().sum::<f64>() / area as f64;
    place.iter_mut().for_each(|v| *v -= mean);
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
    let sign = if dot(&place, &towards) < 0.0 {
        -sigma
    } else {
        sigma
    };
    let values = place.iter().map(|v| (v * sign) as f32).collect();
    Heatmap::new(planes.width, planes.height, values)
}

/// The planes, each minus its mean.
fn centre(planes: &Planes) -> Vec<f64> {
    planes
        .planes()
        .flat_map(|plane| {
            let mean = plane.iter().map(|&v| f64::from(v)).sum::<f64>() / plane.len() as f64;
            plane.iter().map(move |&v| f64::from(v) - mean)
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
