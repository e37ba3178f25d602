//! CAM, the first of them: Zhou et al. 2016, "Learning Deep Features for Discriminative Localization", CVPR 2016,
//! arXiv 1512.04150, equation 2.
//!
//! ```text
//! map = Σ_k w_k A_k        w_k = Σ_ij ∂y/∂A_k,ij        at the last layer w_k = W_ck
//! ```
//!
//! `A_k`: activations of channel k at the target layer; `y`: the target's value; `W`: the weights of the linear classifier
//! that follows average pooling. There `∂y/∂A_k,ij = W_ck/(h·w)` at each of the h·w places, so their sum is `W_ck`; for a
//! target of several classes, `W_c` is their combination with the target's slopes.
//! Reference: Grad-CAM's own theorem (arXiv 1610.02391, section 3.1): Grad-CAM's map is this one over h·w, and so
//! pytorch-grad-cam's `GradCAM`.
//! Deviation: the paper defines it at the last layer alone, for only that one has classifier weights. Before it the sums of
//! the gradient, which that theorem generalises them to, take their place, and a note says so.

use super::probe::Probe;
use super::{CamMethod, Family, MethodInfo, Note, Saliency, Work};
use crate::error::Result;
use crate::model::Layer;

pub(super) const INFO: MethodInfo = MethodInfo {
    id: "cam",
    name: "CAM",
    year: 2016,
    paper: "Zhou et al., Learning Deep Features for Discriminative Localization",
    url: "https://arxiv.org/abs/1512.04150",
    summary: "Weighs each feature map by the classifier's own weight for the class. Before the last layer, which alone has such weights, by the class score's slope.",
    cost: "Free at layer4, one backward pass elsewhere",
    work: Work::Gradient,
    family: Family::Gradient,
};

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cam;

impl CamMethod for Cam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let activations = probe.activations().await?;
        let weights = probe.gradients().await?.sums();
        let mut found = Saliency::of_weights(probe, &activations, weights);
        if probe.layer() != Layer::Layer4 {
            found.notes.push(Note::new(
                "generalised",
                "CAM is defined at the last layer, whose channels have classifier weights. Here the sums of the gradient \
                 take their place: at the last layer these are the same, and the map is Grad-CAM's everywhere.",
            ));
        }
        Ok(found)
    }
}
