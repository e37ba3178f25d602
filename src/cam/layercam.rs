//! LayerCAM: Jiang et al., LayerCAM: Exploring Hierarchical Class Activation Maps for Localization, IEEE TIP 30.
//!
//! ```text
//! map = Σ_k relu(g_k) · A_k
//! ```
//!
//! `A_k`: activations of channel k at the target layer; `g_k`: gradient of the target with respect to them.
//! Reference: pytorch-grad-cam, `LayerCAM.get_cam_image`. No deviation.

use super::probe::Probe;
use super::{CamMethod, Family, MethodInfo, Saliency, Work};
use crate::error::Result;

pub(super) const INFO: MethodInfo = MethodInfo {
    id: "layercam",
    name: "LayerCAM",
    year: 2021,
    paper: "Jiang et al., LayerCAM: Exploring Hierarchical Class Activation Maps for Localization",
    url: "https://doi.org/10.1109/TIP.2021.3089943",
    summary: "Weighs every place of a feature map by its own positive gradient; made for early layers.",
    cost: "Free at layer4, one backward pass elsewhere",
    work: Work::Gradient,
    family: Family::Gradient,
};

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct LayerCam;

impl CamMethod for LayerCam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let activations = probe.activations().await?;
        let gradients = probe.gradients().await?;
        let products = activations.combine(&gradients, |a, g| g.max(0.0) * a);
        Ok(Saliency::of_map(probe.merge(&products)))
    }
}
