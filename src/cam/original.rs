//! CAM, the first of them: Zhou et al. 2016, "Learning Deep Features for Discriminative Localization", CVPR 2016,
//! arXiv 1512.04150, equation 2.
//!
//! ```text
//! map = Σ_k W_ck A_k
//! ```
//!
//! `A_k`: activations of channel k of the last convolution; `W`: the weights of the linear classifier that follows average
//! pooling. For a target of several classes, `W_c` is their combination with the target's slopes.
//! Reference: Grad-CAM's own theorem (arXiv 1610.02391, section 3.1): at the last layer its map is this one over h·w, and so
//! pytorch-grad-cam's `GradCAM` there. No deviation.
//!
//! Defined at layer4 only: elsewhere there are no classifier weights for the channels.

use super::probe::Probe;
use super::{CamMethod, Family, MethodInfo, Saliency, Work};
use crate::error::Result;
use crate::model::Layer;

pub(super) const INFO: MethodInfo = MethodInfo {
    id: "cam",
    name: "CAM",
    year: 2016,
    paper: "Zhou et al., Learning Deep Features for Discriminative Localization",
    url: "https://arxiv.org/abs/1512.04150",
    summary: "Weighs each feature map by the classifier's own weight for the class. Only the last layer has such weights.",
    cost: "Free: no pass",
    work: Work::None,
    family: Family::Activation,
    layers: &[Layer::Layer4],
};

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cam;

impl CamMethod for Cam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let activations = probe.activations().await?;
        Ok(Saliency::of_weights(
            probe,
            &activations,
            probe.class_weights(),
        ))
    }
}
