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
//! - A channel is always set to 0. The reference does so where the layer's smallest activation is 0, which nearly always
//!   holds behind a ReLU; else it takes far smaller values, and so does reference mode (`fills`).
//!
//! Exact savings: at layer4 there is only average pooling and a linear layer behind, so
//! `s_k` needs no pass at all (for a class: `s − s_k = W_ck · mean(A_k)`); elsewhere a channel that is zero already is
//! skipped, and a pass computes what the channel changes and nothing else (`kernels/src/variants.rs`, on the CPU) or
//! starts from what the next block makes of the other channels (`ResNet::head_without`, on the GPU).
//!
//! With a channel budget, the channels that promise most are switched off, and the others' weights are predicted
//! (`Forecast`). No paper's method: ours, labelled as an approximation.

use super::planes::{Planes, dot, falling};
use super::probe::Probe;
use super::query::{Channels, Pass};
use super::{Bounds, CamMethod, Family, MethodInfo, Note, Saliency, Work};
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
    work: Work::Ablations,
    family: Family::Perturbation,
};

/// For maps of so many channels, over the ten ImageNet photos of the reference and with the shipped ResNet50.
/// `examples/channel_budget.rs` measures them; `tests/compact_reference.rs` holds some of layer3 against the reference's maps,
/// `tests/parity.rs` one of the stem. There the exact map of one photo is empty: a quick one that is not counts as 0.
///
/// ```
/// use camscope::cam::ablationcam::MEASURED;
/// use camscope::model::Layer;
///
/// // At layer4 every map is exact.
/// assert!(MEASURED.iter().all(|(layer, _)| *layer != Layer::Layer4));
/// assert!(MEASURED.iter().all(|(_, known)| known.is_sorted_by_key(|(channels, _)| *channels)));
/// ```
pub const MEASURED: &Bounds = &[
    (Layer::Stem, &[(8, 0.0), (16, 0.0), (32, 0.932)]),
    (
        Layer::Layer1,
        &[(8, 0.64), (32, 0.751), (64, 0.811), (128, 0.915)],
    ),
    (
        Layer::Layer2,
        &[
            (8, 0.557),
            (32, 0.727),
            (64, 0.818),
            (128, 0.872),
            (256, 0.986),
        ],
    ),
    (
        Layer::Layer3,
        &[
            (8, 0.932),
            (16, 0.935),
            (32, 0.945),
            (64, 0.953),
            (128, 0.981),
            (256, 0.993),
            (512, 0.998),
        ],
    ),
];

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AblationCam;

impl CamMethod for AblationCam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let activations = probe.activations().await?;
        let score = probe.target_score();
        let is_reference = probe.query().reference;
        let found = if let Some(fills) = is_reference.then(|| fills(&activations)).flatten() {
            by_filling(probe, &activations, &fills).await?
        } else if probe.layer() == Layer::Layer4 {
            Found::exactly(probe.ablated_scores(&activations.means()), score)
        } else {
            by_passes(probe, &activations).await?
        };
        let weights = weights(divisor(probe), &found.drops);
        let raw = probe.merge_weighted(&activations, &weights);
        let mut notes = notes(is_reference, score);
        let exact = found.remark.is_none();
        notes.extend(found.remark);
        let scores = found.scores;
        Ok(Saliency {
            raw,
            weights,
            scores,
            exact,
            notes,
        })
    }
}

/// What is known of the channels.
struct Found {
    /// `s_k`; NaN where a channel was not switched off.
    scores: Vec<f32>,
    /// `s − s_k`, predicted where a channel was not switched off; NaN where nothing is known of it.
    drops: Vec<f32>,
    /// Why this is not exact.
    remark: Option<Note>,
}

impl Found {
    fn exactly(scores: Vec<f32>, score: f32) -> Self {
        Self {
            drops: drops(&scores, score),
            scores,
            remark: None,
        }
    }
}

/// What the reference sets each channel to where no activation of the layer is 0 (`AblationLayer.__call__`): 1e7 less than
/// the smallest activation in its batch, those that are set already included.
fn fills(activations: &Planes) -> Option<Vec<f32>> {
    const BATCH: usize = 32;
    const STEP: f32 = 1e7;
    let values = activations.planes().flatten().copied();
    let least = values.fold(f32::INFINITY, f32::min);
    let fill = |channel: usize| (0..=channel % BATCH).fold(least, |value, _| value - STEP);
    (least != 0.0).then(|| (0..activations.channels).map(fill).collect())
}

/// The score with each channel set to its value of `fills`.
async fn by_filling(probe: &Probe<'_>, activations: &Planes, fills: &[f32]) -> Result<Found> {
    let score = probe.target_score();
    let selected = probe.channels().select(activations);
    let jobs: Vec<(usize, f32)> = selected.iter().map(|&k| (k, fills[k])).collect();
    let unknown = vec![f32::NAN; activations.channels];
    let place = |found: &[f32]| placed(unknown.clone(), &selected, found);
    let partial = |found: &[f32]| {
        let drops = drops(&place(found), score);
        activations.weighted_sum(&weights(divisor(probe), &drops))
    };
    let scores = place(&probe.sweep(Pass::Filled(&jobs), partial).await?);
    let is_whole = selected.len() == activations.channels;
    Ok(Found {
        remark: (!is_whole).then(|| super::budget_note(activations, &scores)),
        ..Found::exactly(scores, score)
    })
}

/// The scores that were `found` of some `channels`, in their places.
fn placed(mut scores: Vec<f32>, channels: &[usize], found: &[f32]) -> Vec<f32> {
    for (&channel, &score) in channels.iter().zip(found) {
        scores[channel] = score;
    }
    scores
}

/// The score without each channel, by one pass through the layers behind for each that is not zero already.
async fn by_passes(probe: &Probe<'_>, activations: &Planes) -> Result<Found> {
    let score = probe.target_score();
    let (selected, forecast) = match probe.channels() {
        Channels::Budget(budget) if *budget < activations.channels => {
            let forecast = Forecast::new(activations, &*probe.gradients().await?);
            (forecast.order[..*budget].to_vec(), Some(forecast))
        }
        channels => (channels.select(activations), None),
    };
    let switched = selected.len();
    let (active, dead): (Vec<usize>, Vec<usize>) = selected
        .into_iter()
        .partition(|&channel| activations.plane(channel).iter().any(|&v| v != 0.0));
    let mut scores = vec![f32::NAN; activations.channels];
    for channel in dead {
        scores[channel] = score;
    }
    let place = |found: &[f32]| placed(scores.clone(), &active, found);
    let drops = |scores: &[f32]| {
        let drops = drops(scores, score);
        match &forecast {
            Some(forecast) => forecast.complete(&drops),
            None => drops,
        }
    };
    let partial =
        |found: &[f32]| activations.weighted_sum(&weights(divisor(probe), &drops(&place(found))));
    let found = probe.sweep(Pass::Ablated(&active), partial).await?;
    let scores = place(&found);
    let remark = match forecast {
        Some(_) => Some(forecast_note(probe, switched, activations.channels)),
        None if switched < activations.channels => Some(super::budget_note(activations, &scores)),
        None => None,
    };
    Ok(Found {
        drops: drops(&scores),
        scores,
        remark,
    })
}

/// What is expected of the channels before they are switched off.
///
/// ```text
/// s − s_k ≈ c · Σ_ij ∂s/∂A_k,ij · A_k,ij
/// ```
///
/// The sum is what the score would fall by if it were linear in the channel (first-order Taylor expansion, as Molchanov
/// et al. 2017, arXiv 1611.06440, equation 7, rank channels for pruning); `c` fits it to the falls that are known, by least
/// squares. `|sum|·‖A_k‖`, what the channel may contribute to the map, is the order in which channels are switched off.
#[derive(Debug, Clone)]
pub(crate) struct Forecast {
    /// The sums.
    slopes: Vec<f32>,
    /// Channels, those that promise most first.
    pub order: Vec<usize>,
}

impl Forecast {
    /// From the activations of a layer and the target's gradient with respect to them, both `[channels, h, w]`.
    pub(crate) fn new(activations: &Planes, gradients: &Planes) -> Self {
        let slopes = activations.weights_with(gradients, dot);
        let energies = activations.energies();
        let pairs = slopes.iter().zip(&energies);
        let promises: Vec<f64> = pairs
            .map(|(&slope, energy)| f64::from(slope).abs() * energy.sqrt())
            .collect();
        let order = falling(&promises);
        Self { slopes, order }
    }

    /// The falls of all channels: those in `drops`, and in the place of a NaN what is expected.
    pub(crate) fn complete(&self, drops: &[f32]) -> Vec<f32> {
        let known = drops.iter().zip(&self.slopes);
        let (drops_known, slopes_known): (Vec<f32>, Vec<f32>) =
            known.filter(|(drop, _)| !drop.is_nan()).unzip();
        let squares = dot(&slopes_known, &slopes_known);
        let scale = if squares > 0.0 {
            dot(&drops_known, &slopes_known) / squares
        } else {
            1.0
        };
        let expected = |slope: &f32| (scale * f64::from(*slope)) as f32;
        let pairs = drops.iter().zip(&self.slopes);
        pairs
            .map(|(&drop, slope)| if drop.is_nan() { expected(slope) } else { drop })
            .collect()
    }
}

/// Says what an approximate map rests on, and what is known of its error.
fn forecast_note(probe: &Probe<'_>, switched: usize, channels: usize) -> Note {
    let error = match super::measured(probe, MEASURED, switched) {
        Some((count, pearson)) => format!(
            "On ten ImageNet photos with the shipped ResNet50, maps of {count} channels correlated with the exact ones \
             at {pearson} or better."
        ),
        None => super::UNMEASURED.into(),
    };
    let text = format!(
        "Approximate: {switched} of the layer's {channels} channels were switched off, those that promised most; what \
         the others would do is predicted from the gradient. {error}"
    );
    Note::new("budget", text)
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

fn drops(scores: &[f32], score: f32) -> Vec<f32> {
    scores.iter().map(|ablated| score - ablated).collect()
}

fn weights(divisor: f32, drops: &[f32]) -> Vec<f32> {
    drops.iter().map(|drop| drop / divisor).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_goes_lower_with_each_channel_of_a_batch() {
        assert_eq!(
            fills(&Planes::new([2, 1, 2], vec![1.0, 0.0, 2.0, 3.0])),
            None
        );
        let found = fills(&Planes::new([34, 1, 1], vec![2.0; 34])).expect("none is 0");
        let step = |steps: usize| (0..steps).fold(2.0_f32, |value, _| value - 1e7);
        assert_eq!(found[..2], [step(1), step(2)]);
        assert_eq!(found[31..], [step(32), step(1), step(2)]);
    }
}
