//! Finer-CAM: Zhang et al. 2025, "Finer-CAM: Spotting the Difference Reveals Finer Details for Visual Explanation",
//! CVPR 2025, arXiv 2501.11309.
//!
//! ```text
//! map = Grad-CAM's of  Σ_i p_i (z_c − α z_i) / (Σ_i p_i + 1e-9)
//! ```
//!
//! over the three classes i nearest to c in logit, α = 1 ([`Target::Contrastive`]). A target that names its classes itself
//! (a sum, a difference, another contrastive one) is taken as it is, as the reference does.
//! Reference: pytorch-grad-cam, `FinerCAM` on `GradCAM`. No deviation but the target's (see [`super::target`]).

use super::gradcam::GradCam;
use super::probe::Probe;
use super::target::Target;
use super::{CamMethod, Family, MethodInfo, Saliency, Work};
use crate::error::Result;

pub(super) const INFO: MethodInfo = MethodInfo {
    id: "finercam",
    name: "Finer-CAM",
    year: 2025,
    paper: "Zhang et al., Finer-CAM: Spotting the Difference Reveals Finer Details for Visual Explanation",
    url: "https://arxiv.org/abs/2501.11309",
    summary: "Grad-CAM of what sets the class apart from the three that the network finds most alike.",
    cost: "Free at layer4, one backward pass elsewhere",
    work: Work::OwnGradient,
    family: Family::Gradient,
};

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct FinerCam;

impl CamMethod for FinerCam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        GradCam.saliency(probe).await
    }

    fn target(&self, target: Target) -> Target {
        match target {
            Target::Class(class) => Target::contrastive(class),
            other => other,
        }
    }
}
