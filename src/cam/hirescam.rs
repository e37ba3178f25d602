//! HiResCAM: Draelos and Carin, Use HiResCAM instead of Grad-CAM for faithful explanations of CNNs, arXiv 2011.08891.
//!
//! ```text
//! map = Σ_k g_k · A_k
//! ```
//!
//! `A_k`: activations of channel k at the target layer; `g_k`: gradient of the target with respect to them.
//! Reference: pytorch-grad-cam, `HiResCAM.get_cam_image`. No deviation. At layer4 the
//! gradient is the same everywhere, so the map is Grad-CAM's.

use super::probe::Probe;
use super::{CamMethod, Family, MethodInfo, Saliency, Work};
use crate::error::Result;

pub(super) const INFO: MethodInfo = MethodInfo {
    id: "hirescam",
    name: "HiResCAM",
    year: 2020,
    paper: "Draelos and Carin, Use HiResCAM instead of Grad-CAM for faithful explanations of CNNs",
    url: "https://arxiv.org/abs/2011.08891",
    summary: "Multiplies gradient and activation place by place before summing.",
    cost: "Free at layer4, one backward pass elsewhere",
    work: Work::Gradient,
    family: Family::Gradient,
};

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct HiResCam;

impl CamMethod for HiResCam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let activations = probe.activations().await?;
        let gradients = probe.gradients().await?;
        let products = activations.combine(&gradients, |a, g| g * a);
        Ok(Saliency::of_map(probe.merge(&products)))
    }
}
