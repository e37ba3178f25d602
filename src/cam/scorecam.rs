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
//! With a channel budget the softmax runs over the evaluated channels; the map then differs from the exact one
//! only by the channels left out, since min–max scaling removes the common factor.

use std::collections::HashMap;

use super::planes::Planes;
use super::probe::{Channels, Pass, Probe};
use super::target::Kind;
use super::{CamMethod, Family, MethodInfo, Saliency, budget_note};
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
    family: Family::Perturbation,
    layers: &Layer::ALL,
};

/// Lower bound of the correlation (Pearson) of a map of so many channels with the exact one, over the ten ImageNet
/// photos of the reference, for the shipped ResNet50 at layer4. `tests/parity.rs` measures it.
pub const MEASURED: [(usize, f32); 6] = [
    (32, 0.755),
    (64, 0.873),
    (128, 0.9395),
    (256, 0.973),
    (512, 0.9945),
    (1024, 0.9998),
];

/// See the module.
#[derive(Debug, Clone, Copy)]
pub struct ScoreCam;

impl CamMethod for ScoreCam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let activations = probe.activations().await?;
        let selected = probe.channels().select(&activations);
        let exact = selected.len() == activations.channels;
        let groups = group_by_mask(&activations, &selected);
        let jobs: Vec<usize> = groups.iter().map(|group| group[0]).collect();
        let spread = |found: &[f32]| {
            let mut scores = vec![f32::NAN; activations.channels];
            for (group, &score) in groups.iter().zip(found) {
                for &channel in group {
                    scores[channel] = score;
                }
            }
            scores
        };
        let partial = |found: &[f32]| activations.weighted_sum(&softmax(&spread(found)));
        let found = probe.sweep(Pass::Masked(&jobs), partial).await?;
        let scores = spread(&found);
        let weights = softmax(&scores);
        let raw = probe.merge(&activations.weighted(&weights));
        let mut notes = Vec::new();
        if !exact {
            let mut note = budget_note(&activations, &scores);
            note.text.push_str(&stated_error(probe, selected.len()));
            notes.push(note);
        }
        Ok(Saliency {
            raw,
            weights,
            scores,
            exact,
            notes,
        })
    }
}

/// What is known of the error of a map of so many channels.
fn stated_error(probe: &Probe<'_>, evaluated: usize) -> String {
    let known = MEASURED
        .iter()
        .rev()
        .find(|(budget, _)| *budget <= evaluated);
    let measured = probe.query().objective.kind() == Kind::Class && !probe.query().eigen;
    match (probe.channels(), probe.layer(), known) {
        (Channels::Budget(_), Layer::Layer4, Some((budget, pearson))) if measured => format!(
            " On ten ImageNet photos with the shipped ResNet50, maps of {budget} channels correlated with the exact \
             ones at {pearson} or better."
        ),
        _ => " The error of such a map has not been measured.".into(),
    }
}

/// Channels with the same mask, in the order of `channels`; each group's first member stands for it.
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
