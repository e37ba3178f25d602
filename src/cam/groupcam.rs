//! Group-CAM: Zhang, Rao and Yang 2021, "Group-CAM: Group Score-Weighted Visual Explanations for Deep Convolutional
//! Networks", arXiv 2103.13859, section 3.
//!
//! ```text
//! G_l = relu(Σ_{k in group l} mean(g_k) A_k), values up to their 70th percentile set to 0
//! M_l = scale(resize(G_l))        s_l = p(x ∘ M_l + x̃ ∘ (1 − M_l)) − p(x̃)        map = Σ_l s_l M_l
//! ```
//!
//! 32 groups of neighbouring channels; `g`: gradient of the target; `p`: the class's probability (softmax; for a target of
//! several classes, the target made of their probabilities); `x`: the normalised input; `x̃`: the same blurred by a Gaussian of
//! 51 pixels and sigma 50, borders mirrored; `scale`: min–max. A group whose mask is constant is left out.
//! Reference: the authors' program (github.com/wofmanaf/Group-CAM, `cam/groupcam.py`), from which the constants come. No
//! deviation.
//!
//! The groups' masks have the input's size, and so has the raw map.

use super::planes::Planes;
use super::probe::Probe;
use super::query::Pass;
use super::{CamMethod, Family, MethodInfo, Saliency, Work};
use crate::error::Result;
use crate::heatmap::Heatmap;

pub(super) const INFO: MethodInfo = MethodInfo {
    id: "groupcam",
    name: "Group-CAM",
    year: 2021,
    paper: "Zhang, Rao and Yang, Group-CAM: Group Score-Weighted Visual Explanations for Deep Convolutional Networks",
    url: "https://arxiv.org/abs/2103.13859",
    summary: "Shows the network the picture through 32 groups of weighted feature maps. A quicker relative of ScoreCAM, not an \
              approximation of it.",
    cost: "33 full passes, and one backward pass before layer4",
    // One of them is empty.
    work: Work::Masks { count: GROUPS + 1 },
    family: Family::Group,
};

const GROUPS: usize = 32;
const PERCENTILE: f64 = 0.7;

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct GroupCam;

impl CamMethod for GroupCam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let [height, width] = probe.size();
        let activations = probe.activations().await?;
        let weighted = activations.weighted(&probe.gradient_means().await?);
        // An empty mask leaves the blurred picture alone: what the others are held against.
        let mut masks = vec![Heatmap::new(width, height, vec![0.0; width * height])];
        masks.extend(
            groups(&weighted)
                .into_iter()
                .filter_map(|group| mask(group, width, height)),
        );
        let combine = |found: &[f32]| {
            let mut total = vec![0.0_f64; width * height];
            let Some((baseline, scores)) = found.split_first() else {
                return Heatmap::new(width, height, vec![0.0; width * height]);
            };
            for (mask, score) in masks[1..].iter().zip(scores) {
                let gain = f64::from(score - baseline);
                let pairs = total.iter_mut().zip(&mask.values);
                pairs.for_each(|(sum, &v)| *sum += gain * f64::from(v));
            }
            Heatmap::new(width, height, total.into_iter().map(|v| v as f32).collect())
        };
        let found = probe.sweep(Pass::Blended(&masks), combine).await?;
        Ok(Saliency::of_map(combine(&found)))
    }

    fn has_eigen_smoothing(&self) -> bool {
        false
    }
}

/// `relu` of each group's sum; groups as `torch.chunk` makes them.
fn groups(weighted: &Planes) -> Vec<Heatmap> {
    let size = weighted.channels.div_ceil(GROUPS) * weighted.area();
    weighted
        .values
        .chunks(size)
        .map(|group| {
            let mut total = vec![0.0_f64; weighted.area()];
            for plane in group.chunks_exact(weighted.area()) {
                let pairs = total.iter_mut().zip(plane);
                pairs.for_each(|(sum, &v)| *sum += f64::from(v));
            }
            let values = total.into_iter().map(|v| v.max(0.0) as f32).collect();
            Heatmap::new(weighted.width, weighted.height, values)
        })
        .collect()
}

/// The group's mask at the input's size, in 0…1; none where it is constant.
fn mask(mut group: Heatmap, width: usize, height: usize) -> Option<Heatmap> {
    let threshold = percentile(&group.values);
    for value in &mut group.values {
        if *value <= threshold {
            *value = 0.0;
        }
    }
    let mut mask = group.resize(width, height);
    let (min, max) = mask.range();
    if min == max {
        return None;
    }
    mask.values
        .iter_mut()
        .for_each(|v| *v = (*v - min) / (max - min));
    Some(mask)
}

/// As `numpy.percentile(values, 70)`: linear between neighbours.
fn percentile(values: &[f32]) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    let position = PERCENTILE * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    let share = (position - below as f64) as f32;
    sorted[below] + (sorted[above] - sorted[below]) * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_percentile_is_numpys() {
        // numpy.percentile([3, 1, 4, 1, 5, 9, 2, 6], 70), NumPy 2.2.
        let found = percentile(&[3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0]);
        assert!((found - 4.9).abs() < 1e-6, "{found}");
        assert!((percentile(&[2.5]) - 2.5).abs() < 1e-6);
    }
}
