//! Grad-CAM: Selvaraju et al. 2017, "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
//! Localization", arXiv 1610.02391, equations 1 and 2.
//!
//! ```text
//! w_k = 1/(h·w) Σ_ij ∂y/∂A_k,ij        map = Σ_k w_k A_k
//! ```
//!
//! `A_k`: activations of channel k at the target layer, h × w; `y`: the target's value.
//! Reference: pytorch-grad-cam, `GradCAM.get_cam_weights`. No deviation.

use super::probe::Probe;
use super::{CamMethod, Family, MethodInfo, Saliency, Work};
use crate::error::Result;

pub(super) const INFO: MethodInfo = MethodInfo {
    id: "gradcam",
    name: "Grad-CAM",
    year: 2017,
    paper: "Selvaraju et al., Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization",
    url: "https://arxiv.org/abs/1610.02391",
    summary: "Weighs each feature map by how steeply the class score rises with it.",
    cost: "Free at layer4, one backward pass elsewhere",
    work: Work::Gradient,
    family: Family::Gradient,
};

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct GradCam;

impl CamMethod for GradCam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let activations = probe.activations().await?;
        Ok(Saliency::of_weights(
            probe,
            &activations,
            probe.gradient_means().await?,
        ))
    }
}
