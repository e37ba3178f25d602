//! FullGrad: Srinivas and Fleuret 2019, "Full-Gradient Representation for Neural Network Visualization", NeurIPS 2019,
//! arXiv 1905.00780, equation 6.
//!
//! ```text
//! map = Σ_c ψ(|∂y/∂x_c · x_c|) + Σ_l Σ_k ψ(|b_lk · g_lk|)        ψ(m) = resize((m − min m) / (1e-7 + max (m − min m)))
//! ```
//!
//! `x`: the normalised input, channel by channel; `b_lk`: bias of channel k of convolution l; `g_lk`: gradient of the target
//! `y` with respect to that channel's output. Reference: pytorch-grad-cam, `FullGrad.compute_cam_per_layer`; with eigen
//! smoothing, as there, one map per convolution is brought to an eighth of the size and projected.
//!
//! Deviation: batch norm is folded into the convolution before it, so each pair counts with its one joint bias
//! (`β − μγ/√(σ²+ε)`, plus a convolution's own bias times `γ/√(σ²+ε)`). Where convolutions have no bias of their own, as in
//! torchvision's networks, this is the reference on the network as it is; where they have (Keras'), the reference counts them
//! once more.
//!
//! The map takes the whole network together: the target layer makes no difference, and the note beside the map says so.

use super::planes::Planes;
use super::probe::Probe;
use super::projection::first_component;
use super::{CamMethod, Family, MethodInfo, Note, Saliency, Work};
use crate::error::Result;
use crate::heatmap::Heatmap;

pub(super) const INFO: MethodInfo = MethodInfo {
    id: "fullgrad",
    name: "FullGrad",
    year: 2019,
    paper: "Srinivas and Fleuret, Full-Gradient Representation for Neural Network Visualization",
    url: "https://arxiv.org/abs/1905.00780",
    summary: "Adds up what the input and every bias of the network contribute to the score, all layers together.",
    cost: "One pass forward and backward through the whole network",
    work: Work::WholeGradient,
    family: Family::Gradient,
};

/// With eigen smoothing the maps are made this much smaller.
const SHRINK: usize = 8;

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct FullGrad;

impl CamMethod for FullGrad {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let [height, width] = probe.size();
        let mut maps = Vec::new();
        let (input, gradient) = probe
            .full_gradients(|bias, gradients| maps.push(bias_map(&bias, &gradients)))
            .await?;
        let input = input.combine(&gradient, |x, g| (x * g).abs());
        // One map per channel of the input, as in the reference: eigen smoothing counts them one by one.
        let one = |plane: &[f32]| {
            let mut map = Heatmap::new(width, height, plane.to_vec());
            map.scale();
            map
        };
        maps.extend(input.planes().map(one));
        let raw = if probe.query().eigen {
            let (h, w) = ((height / SHRINK).max(1), (width / SHRINK).max(1));
            let small = maps.iter().flat_map(|map| {
                let mut map = map.resize(width, height);
                map.scale();
                map.resize(w, h).values
            });
            let planes = Planes::new([maps.len(), h, w], small.collect());
            let mut map = first_component(&planes, probe.sign());
            map.scale();
            map.resize(width, height)
        } else {
            let mut total = vec![0.0_f64; height * width];
            for map in &maps {
                let map = map.resize(width, height);
                let pairs = total.iter_mut().zip(&map.values);
                pairs.for_each(|(sum, &v)| *sum += f64::from(v));
            }
            Heatmap::new(width, height, total.into_iter().map(|v| v as f32).collect())
        };
        let mut saliency = Saliency::of_map(raw);
        let text =
            "FullGrad takes all layers together: its map is the same whichever layer is chosen.";
        saliency.notes.push(Note::new("all-layers", text));
        Ok(saliency)
    }

    fn has_layers(&self) -> bool {
        false
    }
}

/// `Σ_k scale(|b_k g_k|)` at the convolution's own size: resizing, which is linear, can wait for the sum.
fn bias_map(bias: &[f32], gradients: &Planes) -> Heatmap {
    let mut total = vec![0.0_f32; gradients.area()];
    for (plane, bias) in gradients.planes().zip(bias) {
        let product = plane.iter().map(|g| (bias * g).abs()).collect();
        let mut map = Heatmap::new(gradients.width, gradients.height, product);
        map.scale();
        total
            .iter_mut()
            .zip(&map.values)
            .for_each(|(sum, v)| *sum += v);
    }
    Heatmap::new(gradients.width, gradients.height, total)
}
