//! AblationCAM: Desai and Ramaswamy 2020, "Ablation-CAM: Visual Explanations for Deep Convolutional Network via
//! Gradient-free Localization", WACV 2020, equations 4 and 5.
//!
//! ```text
//! w_k = (s − s_k) / |s|        map = Σ_k w_k A_k
//! ```
//!
//! `s`: the target's value; `s_k`: the same with channel k of the target layer set to zero.
//! Reference: pytorch-grad-cam, `AblationCAM.get_cam_weights`, which divides by `s`.
//!
//! Deviations:
//! - The divisor is `|s|`, and the note beside the map says so where it matters. For a negative `s` the
//!   reference's map changes sign and shows what speaks *against* the target; here it keeps its meaning. For
//!   `s = 0` the differences are left undivided. Reference mode divides by `s`.
//! - A channel is always set to 0. The reference does so where the layer's smallest activation is 0, which
//!   holds behind a ReLU.
//!
//! Exact savings: at layer4 there is only average pooling and a linear layer behind, so
//! `s_k` needs no pass at all (for a class: `s − s_k = W_ck · mean(A_k)`); elsewhere a channel that is zero already is
//! skipped, and a pass computes what the channel changes and nothing else ([`crate::model::variants`], on the CPU) or
//! starts from what the next block makes of the other channels (`ResNet::head_without`, on the GPU).

use super::planes::Planes;
use super::probe::{Pass, Probe};
use super::{CamMethod, Family, MethodInfo, Note, Saliency};
use crate::error::Result;
use crate::model::Layer;

pub(super) const INFO: MethodInfo = MethodInfo {
    id: "ablationcam",
    name: "AblationCAM",
    year: 2020,
    paper: "Desai and Ramaswamy, Ablation-CAM: Visual Explanations for Deep Convolutional Network via \
            Gradient-free Localization",
    url: "https://openaccess.thecvf.com/content_WACV_2020/html/\
          Desai_Ablation-CAM_Visual_Explanations_for_Deep_Convolutional_Network_via_Gradient-free_Localization_WACV_2020_paper.html",
    summary: "Switches each feature map off and weighs it by how much the class score falls.",
    cost: "Free at layer4, one partial pass per active channel elsewhere",
    family: Family::Perturbation,
    layers: &Layer::ALL,
};

/// See the module.
#[derive(Debug, Clone, Copy)]
pub struct AblationCam;

impl CamMethod for AblationCam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let activations = probe.activations().await?;
        let score = probe.target_score();
        let (scores, exact) = if probe.layer() == Layer::Layer4 {
            (probe.ablated_scores(&activations.means()), true)
        } else {
            by_passes(probe, &activations).await?
        };
        let weights = weights(divisor(probe), score, &scores);
        let raw = probe.merge(&activations.weighted(&weights));
        let mut notes = notes(probe.query().reference, score);
        if !exact {
            notes.push(super::budget_note(&activations, &scores));
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

/// The score without each channel, by one pass through the layers behind for each that is not zero already.
async fn by_passes(probe: &Probe<'_>, activations: &Planes) -> Result<(Vec<f32>, bool)> {
    let score = probe.target_score();
    let selected = probe.channels().select(activations);
    let exact = selected.len() == activations.channels;
    let (active, dead): (Vec<usize>, Vec<usize>) = selected
        .into_iter()
        .partition(|&channel| activations.plane(channel).iter().any(|&v| v != 0.0));
    let mut scores = vec![f32::NAN; activations.channels];
    for channel in dead {
        scores[channel] = score;
    }
    let place = |found: &[f32]| {
        let mut scores = scores.clone();
        for (&channel, &score) in active.iter().zip(found) {
            scores[channel] = score;
        }
        scores
    };
    let partial =
        |found: &[f32]| activations.weighted_sum(&weights(divisor(probe), score, &place(found)));
    let found = probe.sweep(Pass::Ablated(&active), partial).await?;
    Ok((place(&found), exact))
}

/// `|s|`, in reference mode `s`.
fn divisor(probe: &Probe<'_>) -> f32 {
    let score = probe.target_score();
    match score.abs() {
        _ if probe.query().reference => score,
        0.0 => 1.0,
        size => size,
    }
}

fn weights(divisor: f32, score: f32, scores: &[f32]) -> Vec<f32> {
    scores
        .iter()
        .map(|ablated| (score - ablated) / divisor)
        .collect()
}

fn notes(reference: bool, score: f32) -> Vec<Note> {
    let (code, text) = match (score, reference) {
        (0.0, true) => (
            "zero-score",
            "The target's score is exactly zero. The reference divides by it, so there is no map.".into(),
        ),
        (0.0, false) => (
            "zero-score",
            "The target's score is exactly zero, so the method's weights are undefined. The map shows the \
             undivided score differences."
                .into(),
        ),
        (..0.0, true) => (
            "negative-score",
            format!(
                "The target's score is negative ({score:.2}). The reference divides by it, which inverts the map: it \
                 shows what speaks against the target."
            ),
        ),
        (..0.0, false) => (
            "negative-score",
            format!(
                "The target's score is negative ({score:.2}): the network sees little of it. camscope keeps the map's \
                 sign; pytorch-grad-cam's map would be inverted here."
            ),
        ),
        _ => return Vec::new(),
    };
    vec![Note::new(code, text)]
}
