//! ScoreCAM: Wang et al. 2020, "Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural
//! Networks", arXiv 1910.01279, equations 5 to 8.
//!
//! ```text
//! M_k = scale(up(A_k))        s_k = y(x ∘ M_k)        w = softmax(s)        map = Σ_k w_k A_k
//! ```
//!
//! `up`: bilinear to the input's size with aligned corners; `scale`: `(m − min) / (max − min + 1e-8)`; `x`: the
//! normalised input; `y`: the target's value; the softmax runs over the channels.
//! Reference: pytorch-grad-cam, `ScoreCAM.get_cam_weights`. No deviation (the paper subtracts a baseline score,
//! which the softmax cancels).
//!
//! Exact savings: channels with the same mask share one pass. A constant channel's mask is all zero, whatever
//! the constant; a channel with a single active cell has a mask that depends on the cell alone.
//!
//! The feature maps that promise most come first ([`super::shortlist`]), so that a partial map is good early: it
//! counts the rest at the scores that are expected of them. With a channel budget that is where it ends; the softmax
//! then runs over known and expected scores.

use std::cell::RefCell;
use std::collections::HashMap;

use super::planes::Planes;
use super::probe::Probe;
use super::query::{Channels, Pass};
use super::shortlist::Shortlist;
use super::{Bounds, CamMethod, Family, MethodInfo, Note, Saliency, Work};
use crate::error::Result;
use crate::model::Layer;

pub(super) const INFO: MethodInfo = MethodInfo {
    id: "scorecam",
    name: "ScoreCAM",
    year: 2020,
    paper: "Wang et al., Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks",
    url: "https://arxiv.org/abs/1910.01279",
    summary: "Shows the network the picture through each feature map and weighs the map by the class score.",
    cost: "One full pass per distinct feature map: about 1550 at layer4",
    work: Work::Channels,
    family: Family::Perturbation,
};

/// For maps of so many passes, over the ten ImageNet photos of the reference and with the shipped ResNet50.
/// `examples/channel_budget.rs` measures those before layer4; `tests/parity.rs` holds some of these, and measures those of
/// layer4 with the reference's scores.
///
/// ```
/// use camscope::cam::scorecam::MEASURED;
/// use camscope::model::Layer;
///
/// assert!(MEASURED.iter().any(|(layer, _)| *layer == Layer::Layer4));
/// assert!(MEASURED.iter().all(|(_, known)| known.is_sorted_by_key(|(passes, _)| *passes)));
/// ```
pub const MEASURED: &Bounds = &[
    (Layer::Stem, &[(8, 0.424), (16, 0.457), (32, 0.996)]),
    (
        Layer::Layer1,
        &[
            (8, -0.023),
            (16, -0.052),
            (32, 0.446),
            (64, 0.995),
            (128, 0.999),
        ],
    ),
    (
        Layer::Layer2,
        &[
            (8, -0.446),
            (16, -0.419),
            (32, 0.294),
            (64, 0.629),
            (128, 0.956),
            (192, 0.997),
            (256, 0.999),
        ],
    ),
    (
        Layer::Layer3,
        &[
            (8, 0.416),
            (16, 0.41),
            (32, 0.584),
            (64, 0.865),
            (128, 0.896),
            (192, 0.898),
            (256, 0.995),
            (512, 0.999),
        ],
    ),
    (
        Layer::Layer4,
        &[
            (8, 0.855),
            (16, 0.871),
            (32, 0.9205),
            (64, 0.96),
            (128, 0.973),
            (192, 0.9928),
            (256, 0.998),
            (512, 0.9995),
        ],
    ),
];

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScoreCam;

impl CamMethod for ScoreCam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let activations = probe.activations().await?;
        let count = activations.channels;
        let (candidates, budget) = match probe.channels() {
            Channels::Budget(budget) => (activations.by_energy(), *budget),
            other => (other.select(&activations), usize::MAX),
        };
        let groups = group_by_mask(&activations, &candidates);
        let distinct = groups.len();
        let list = RefCell::new(Shortlist::new(&activations, groups, budget));
        let total = list.borrow().len();
        let partial = |found: &[f32]| {
            activations.weighted_sum(&softmax(&list.borrow().expected(found, count)))
        };
        let found = probe.sweep(Pass::Masked(&list), partial).await?;
        let list = list.into_inner();
        let scores = list.known(&found, count);
        let weights = softmax(&list.expected(&found, count));
        let raw = probe.merge_weighted(&activations, &weights);
        let mut notes = Vec::new();
        if !list.is_complete() {
            notes.push(shortlist_note(probe, total, distinct));
        } else if candidates.len() < count {
            notes.push(super::budget_note(&activations, &scores));
        }
        Ok(Saliency {
            raw,
            weights,
            scores,
            exact: notes.is_empty(),
            notes,
        })
    }
}

/// Says what an approximate map rests on, and what is known of its error.
fn shortlist_note(probe: &Probe<'_>, shown: usize, distinct: usize) -> Note {
    let error = match super::measured(probe, MEASURED, shown) {
        Some((budget, pearson)) => format!(
            "On ten ImageNet photos with the shipped ResNet50, maps of {budget} passes correlated with the exact ones \
             at {pearson} or better."
        ),
        None => super::UNMEASURED.into(),
    };
    let text = format!(
        "Approximate: the network was shown {shown} of the layer's {distinct} distinct feature maps, those that promised \
         most; the scores of the others are predicted from these. {error}"
    );
    Note::new("budget", text)
}

/// Channels with the same mask, in the order of `channels`; each group's first member stands for it.
///
/// ```
/// use camscope::cam::planes::Planes;
/// use camscope::cam::scorecam::group_by_mask;
///
/// // The first two have their heat in the same cell alone, so that scaled to 0…1 they are one mask.
/// let planes = Planes::new([3, 1, 2], vec![0.0, 2.0, 0.0, 5.0, 1.0, 2.0]);
/// assert_eq!(group_by_mask(&planes, &[0, 1, 2]), [vec![0, 1], vec![2]]);
/// ```
pub fn group_by_mask(activations: &Planes, channels: &[usize]) -> Vec<Vec<usize>> {
    #[derive(PartialEq, Eq, Hash)]
    enum Mask {
        Zero,
        Spot(usize),
        Own(usize),
    }
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<Mask, usize> = HashMap::new();
    for &channel in channels {
        let plane = activations.plane(channel);
        let mut hot = plane
            .iter()
            .enumerate()
            .filter(|&(_, &value)| value != 0.0)
            .map(|(cell, _)| cell);
        let mask = match (hot.next(), hot.next()) {
            _ if plane.iter().all(|&value| value == plane[0]) => Mask::Zero,
            (Some(cell), None) if plane[cell] > 0.0 => Mask::Spot(cell),
            _ => Mask::Own(channel),
        };
        let group = *known.entry(mask).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(group) => group.push(channel),
            None => groups.push(vec![channel]),
        }
    }
    groups
}

/// Softmax over the entries that are not NaN; those stay NaN.
fn softmax(scores: &[f32]) -> Vec<f32> {
    let max = scores
        .iter()
        .copied()
        .filter(|score| !score.is_nan())
        .fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f64> = scores
        .iter()
        .map(|&score| f64::from(score - max).exp())
        .collect();
    let total: f64 = powers.iter().filter(|power| !power.is_nan()).sum();
    powers
        .into_iter()
        .map(|power| (power / total) as f32)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_masks_share_a_pass() {
        let planes = Planes::new(
            [6, 1, 3],
            vec![
                0.0, 0.0, 0.0, // zero
                0.0, 2.0, 0.0, // spot at 1
                1.0, 2.0, 3.0, // its own
                0.0, 0.5, 0.0, // spot at 1
                4.0, 4.0, 4.0, // constant: the same mask as zero
                0.0, 0.0, 7.0, // spot at 2
            ],
        );
        let groups = group_by_mask(&planes, &[5, 4, 3, 2, 1, 0]);
        assert_eq!(groups, vec![vec![5], vec![4, 0], vec![3, 1], vec![2]]);
    }

    #[test]
    fn softmax_leaves_out_what_was_not_evaluated() {
        let weights = softmax(&[1000.0, f32::NAN, 1000.0 + std::f32::consts::LN_2]);
        assert!((weights[0] - 1.0 / 3.0).abs() < 1e-4 && weights[1].is_nan());
        assert!((weights[2] - 2.0 / 3.0).abs() < 1e-4);
    }
}
