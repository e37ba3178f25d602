//! Eigen-CAM: Muhammad and Yeasin 2020, "Eigen-CAM: Class Activation Map using Principal Components",
//! arXiv 2008.00299. And Eigengrad-CAM, pytorch-grad-cam's variant on gradient × activation.
//!
//! ```text
//! X = B as an (h·w) × C matrix, columns centred        map = X v₁
//! ```
//!
//! `B`: the activations `A` (Eigen-CAM) or `g · A` (Eigengrad-CAM), with `g` the gradient of the target;
//! `v₁`: the first right singular vector of X. Reference: pytorch-grad-cam, `EigenCAM` and `EigenGradCAM`.
//!
//! Deviation: a singular vector has no sign of its own, and the reference takes whichever its library returns, so
//! its maps come out inverted at times. Here the sign is the one with which the map correlates positively with
//! the sum of `B` over the channels; in reference mode it is left as it comes ([`Sign`]). The note beside the map
//! says which.

use super::planes::Planes;
use super::probe::Probe;
use super::projection::{Sign, first_component};
use super::{CamMethod, Family, MethodInfo, Note, Saliency, Work};
use crate::error::Result;

pub(super) const INFO: MethodInfo = MethodInfo {
    id: "eigencam",
    name: "Eigen-CAM",
    year: 2020,
    paper: "Muhammad and Yeasin, Eigen-CAM: Class Activation Map using Principal Components",
    url: "https://arxiv.org/abs/2008.00299",
    summary: "Shows the strongest pattern in the feature maps, whatever the class.",
    cost: "Free: no pass",
    work: Work::None,
    family: Family::Activation,
};

pub(super) const GRAD_INFO: MethodInfo = MethodInfo {
    id: "eigengradcam",
    name: "Eigengrad-CAM",
    year: 2021,
    paper: "pytorch-grad-cam's variant of Eigen-CAM on gradient × activation",
    url: "https://github.com/jacobgil/pytorch-grad-cam",
    summary: "Shows the strongest pattern in gradient × activation, so that it depends on the class.",
    cost: "Free at layer4, one backward pass elsewhere",
    work: Work::Gradient,
    family: Family::Gradient,
};

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct EigenCam;

impl CamMethod for EigenCam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        Ok(projected(probe, &*probe.activations().await?))
    }

    fn has_eigen_smoothing(&self) -> bool {
        false
    }
}

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct EigenGradCam;

impl CamMethod for EigenGradCam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let activations = probe.activations().await?;
        let gradients = probe.gradients().await?;
        Ok(projected(
            probe,
            &activations.combine(&gradients, |a, g| g * a),
        ))
    }

    fn has_eigen_smoothing(&self) -> bool {
        false
    }
}

fn projected(probe: &Probe<'_>, planes: &Planes) -> Saliency {
    let sign = probe.sign();
    let mut saliency = Saliency::of_map(first_component(planes, sign));
    saliency.notes.push(sign_note(sign));
    saliency
}

fn sign_note(sign: Sign) -> Note {
    let text = match sign {
        Sign::Corrected => {
            "A principal component has no sign of its own. camscope turns this map so that it is hot where the features \
             are strong; pytorch-grad-cam's may come out inverted."
        }
        Sign::AsItComes => {
            "A principal component has no sign of its own, and reference mode does not choose one: the map may be \
             inverted, hot where the features are weak."
        }
    };
    Note::new("sign", text)
}
