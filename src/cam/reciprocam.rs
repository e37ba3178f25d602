//! Recipro-CAM: Byun and Lee 2022, "Recipro-CAM: Fast gradient-free visual explanations for convolutional neural networks",
//! arXiv 2209.14074, section 3.
//!
//! ```text
//! map_ij = p(A ∘ δ_ij)
//! ```
//!
//! `A`: activations of the target layer; `δ_ij`: 1 at place (i, j), in every channel, and 0 elsewhere; `p`: the class's
//! probability (softmax) that the layers behind make of it; for a target of several classes, the target made of their
//! probabilities. Reference: the authors' program (github.com/sybyun/ReciproCAM, `src/recipro_cam.py`), whose Gaussian around
//! the place is switched off. No deviation.
//!
//! A network of variant v1 reads every second row and column of layer1 to layer3 only: places that nobody reads all score
//! alike, and the map shows a grid.

use super::probe::Probe;

use super::query::Pass;
use super::{CamMethod, Family, MethodInfo, Saliency, Work};
use crate::error::Result;
use crate::heatmap::Heatmap;

pub(super) const INFO: MethodInfo = MethodInfo {
    id: "reciprocam",
    name: "Recipro-CAM",
    year: 2022,
    paper: "Byun and Lee, Recipro-CAM: Fast gradient-free visual explanations for convolutional neural networks",
    url: "https://arxiv.org/abs/2209.14074",
    summary: "Asks the network for the class from the features of one place alone, place by place.",
    cost: "One partial pass per place: 49 at layer4, where they are all but free, 196 at layer3, 3136 at layer1",
    work: Work::Places,
    family: Family::Group,
};

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReciproCam;

impl CamMethod for ReciproCam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let activations = probe.activations().await?;
        let (width, height) = (activations.width, activations.height);
        let places: Vec<usize> = (0..width * height).collect();
        // Places to come are as good as the worst so far, and so come out cold.
        let so_far = |found: &[f32]| {
            let worst = found.iter().copied().fold(f32::INFINITY, f32::min);
            let mut values = found.to_vec();
            values.resize(width * height, worst);
            let low = |v: f32| if worst.is_finite() { v - worst } else { 0.0 };
            Heatmap::new(width, height, values.into_iter().map(low).collect())
        };
        let values = probe.sweep(Pass::Lit(&places), so_far).await?;
        Ok(Saliency::of_map(Heatmap::new(width, height, values)))
    }

    fn has_eigen_smoothing(&self) -> bool {
        false
    }
}
