//! XGrad-CAM: Fu et al. 2020, "Axiom-based Grad-CAM: Towards Accurate Visualization and Explanation of CNNs",
//! arXiv 2008.02312.
//!
//! ```text
//! w_k = Σ_ij g · A_k / (Σ_ij A_k + 1e-7)        map = Σ_k w_k A_k
//! ```
//!
//! `g`: gradient of the target with respect to `A_k`, the activations of channel k.
//! Reference: pytorch-grad-cam, `XGradCAM.get_cam_weights`. No deviation. At layer4 the gradient is the same
//! everywhere, so the map is Grad-CAM's.

use super::planes::{dot, sum};
use super::probe::Probe;
use super::{CamMethod, Family, MethodInfo, Saliency, Work};
use crate::error::Result;

pub(super) const INFO: MethodInfo = MethodInfo {
    id: "xgradcam",
    name: "XGrad-CAM",
    year: 2020,
    paper: "Fu et al., Axiom-based Grad-CAM: Towards Accurate Visualization and Explanation of CNNs",
    url: "https://arxiv.org/abs/2008.02312",
    summary: "Averages the gradient where the feature map is active.",
    cost: "Free at layer4, one backward pass elsewhere",
    work: Work::Gradient,
    family: Family::Gradient,
};

const EPSILON: f64 = 1e-7;

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct XGradCam;

impl CamMethod for XGradCam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let activations = probe.activations().await?;
        let gradients = probe.gradients().await?;
        let weights = activations.weights_with(&gradients, |activations, gradients| {
            dot(activations, gradients) / (sum(activations) + EPSILON)
        });
        Ok(Saliency::of_weights(probe, &activations, weights))
    }
}
