//! RandomCAM, a control: random weights. A method whose map is no better than this one says nothing.
//!
//! ```text
//! w_k ~ U(−1, 1)        map = Σ_k w_k A_k
//! ```
//!
//! Reference: pytorch-grad-cam, `RandomCAM.get_cam_weights`, after `numpy.random.seed(0)`: the same numbers every time, so that
//! a result can be repeated (MT19937, Matsumoto and Nishimura 1998).

use rand_mt::Mt;

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
        let mut generator = Mt::new(SEED);
        let weights = (0..activations.channels).map(|_| uniform(&mut generator));
        Ok(Saliency::of_weights(probe, &activations, weights.collect()))
    }
}

const SEED: u32 = 0;

/// The next number in −1…1, as `numpy.random.uniform` draws it: 53 bits of two numbers.
fn uniform(generator: &mut Mt) -> f32 {
    let high = u64::from(generator.next_u32() >> 5);
    let low = u64::from(generator.next_u32() >> 6);
    let share = (high << 26 | low) as f64 / (1_u64 << 53) as f64;
    (2.0 * share - 1.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `numpy.random.seed(0); numpy.random.uniform(-1, 1, size=(1, 2048))`, NumPy 2.2.6: the first three and the last two.
    #[test]
    fn weights_are_numpys() {
        let mut generator = Mt::new(SEED);
        let found: Vec<f32> = (0..2048).map(|_| uniform(&mut generator)).collect();
        assert_eq!(found[..3], [0.097_627_01, 0.430_378_73, 0.205_526_75]);
        assert_eq!(found[2046..], [0.373_566_74, -0.424_849_24]);
    }
}
