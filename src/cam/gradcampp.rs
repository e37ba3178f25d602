//! Grad-CAM++: Chattopadhay et al. 2018, "Grad-CAM++: Improved Visual Explanations for Deep Convolutional
//! Networks", arXiv 1710.11063.
//!
//! ```text
//! α = g² / (2 g² + (Σ_ij A_k) g³ + 1e-6), 0 where g = 0
//! w_k = Σ_ij α · relu(g)        map = Σ_k w_k A_k
//! ```
//!
//! `g`: gradient of the target with respect to `A_k`, the activations of channel k.
//! Reference: pytorch-grad-cam, `GradCAMPlusPlus.get_cam_weights`. No deviation; at layer4 g² is about 2e-7, so
//! the reference's epsilon decides the map there and is copied.

use super::planes::sum;
use super::probe::Probe;
use super::{CamMethod, Family, MethodInfo, Saliency, Work};
use crate::error::Result;

pub(super) const INFO: MethodInfo = MethodInfo {
    id: "gradcampp",
    name: "Grad-CAM++",
    year: 2018,
    paper: "Chattopadhay et al., Grad-CAM++: Improved Visual Explanations for Deep Convolutional Networks",
    url: "https://arxiv.org/abs/1710.11063",
    summary: "Grad-CAM with more weight on the places where the gradient is positive.",
    cost: "Free at layer4, one backward pass elsewhere",
    work: Work::Gradient,
    family: Family::Gradient,
};

const EPSILON: f32 = 1e-6;

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct GradCamPlusPlus;

impl CamMethod for GradCamPlusPlus {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let activations = probe.activations().await?;
        let gradients = probe.gradients().await?;
        let weights = activations.weights_with(&gradients, |activations, gradients| {
            let sum = sum(activations);
            let term = |&g: &f32| {
                if g <= 0.0 {
                    return 0.0;
                }
                let g = f64::from(g);
                g * g * g / (2.0 * g * g + sum * g * g * g + f64::from(EPSILON))
            };
            gradients.iter().map(term).sum()
        });
        Ok(Saliency::of_weights(probe, &activations, weights))
    }
}
