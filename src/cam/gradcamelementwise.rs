//! Grad-CAM element-wise: pytorch-grad-cam's own variant of Grad-CAM, no paper.
//!
//! ```text
//! map = Σ_k relu(g_k · A_k)
//! ```
//!
//! `A_k`: activations of channel k at the target layer; `g_k`: gradient of the target with respect to them.
//! Reference: pytorch-grad-cam, `GradCAMElementWise.get_cam_image`. No deviation.

use super::probe::Probe;
use super::{CamMethod, Family, MethodInfo, Saliency, Work};
use crate::error::Result;

pub(super) const INFO: MethodInfo = MethodInfo {
    id: "gradcamelementwise",
    name: "Grad-CAM element-wise",
    year: 2021,
    paper: "pytorch-grad-cam's own variant of Grad-CAM",
    url: "https://github.com/jacobgil/pytorch-grad-cam",
    summary: "Keeps only the places where gradient and activation agree, before summing.",
    cost: "Free at layer4, one backward pass elsewhere",
    work: Work::Gradient,
    family: Family::Gradient,
};

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct GradCamElementWise;

impl CamMethod for GradCamElementWise {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let activations = probe.activations().await?;
        let gradients = probe.gradients().await?;
        let products = activations.combine(&gradients, |a, g| (g * a).max(0.0));
        Ok(Saliency::of_map(probe.merge(&products)))
    }
}
