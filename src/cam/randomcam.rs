//! RandomCAM, a control: random weights. A method whose map is no better than this one says nothing.
//!
//! ```text
//! w_k ~ U(−1, 1)        map = Σ_k w_k A_k
//! ```
//!
//! Reference: pytorch-grad-cam, `RandomCAM.get_cam_weights`. Deviation: the numbers come from a generator with a
//! fixed seed (SplitMix64, Steele et al. 2014), so that a result can be repeated.

use super::probe::Probe;
use super::{CamMethod, Family, MethodInfo, Saliency, Work};
use crate::error::Result;

pub(super) const INFO: MethodInfo = MethodInfo {
    id: "randomcam",
    name: "RandomCAM",
    year: 2021,
    paper: "pytorch-grad-cam's control",
    url: "https://github.com/jacobgil/pytorch-grad-cam",
    summary: "A control: random weights. What a method shows beyond this is its own.",
    cost: "Free: no pass",
    work: Work::None,
    family: Family::Control,
};

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct RandomCam;

impl CamMethod for RandomCam {
    async fn saliency(&self, probe: &Probe<'_>) -> Result<Saliency> {
        let activations = probe.activations().await?;
        let weights = (0..activations.channels as u64).map(uniform).collect();
        Ok(Saliency::of_weights(probe, &activations, weights))
    }
}

/// The `index`th number of the sequence, in −1…1.
fn uniform(index: u64) -> f32 {
    let mut state = (index + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^= state >> 31;
    ((state >> 40) as f32 / (1_u64 << 23) as f32) - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_uniform() {
        let numbers: Vec<f32> = (0..10_000).map(uniform).collect();
        let mean = numbers.iter().sum::<f32>() / 10_000.0;
        let variance = numbers.iter().map(|v| v * v).sum::<f32>() / 10_000.0;
        assert!(numbers.iter().all(|v| (-1.0..=1.0).contains(v)));
        // Variance of U(−1, 1) is 1/3.
        assert!(
            mean.abs() < 0.02 && (variance - 1.0 / 3.0).abs() < 0.01,
            "{mean}, {variance}"
        );
    }
}
