//! A network that has unlearned some of its layers: their weights drawn anew, as before any training.
//!
//! Convolutions: N(0, 2 / fan-in), without biases (He et al. 2015, arXiv 1502.01852); the classifier:
//! U(−1/√fan-in, 1/√fan-in), without biases. Batch norm is folded into the convolutions and as good as untrained with
//! them: it would neither shift nor scale.

use burn::tensor::{Tensor, TensorData};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand_distr::{Distribution, Normal, Uniform};

use super::loader::Model;
use super::resnet::{Block, Conv};

/// A part of the network that is drawn anew as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The classifier.
    Fc,
    /// A residual stage, 1…4.
    Stage(usize),
    /// The first convolution.
    Stem,
}

impl Part {
    /// All parts, output to input: the order of the cascade.
    pub(crate) const CASCADE: [Self; 6] = [
        Self::Fc,
        Self::Stage(4),
        Self::Stage(3),
        Self::Stage(2),
        Self::Stage(1),
        Self::Stem,
    ];

    /// `fc`, `layer4`, …, `layer1`, `stem`.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Fc => "fc",
            Self::Stage(stage) => super::Layer::ALL[stage].id(),
            Self::Stem => "stem",
        }
    }
}

impl Model {
    /// The same network with some parts drawn anew; the others are shared, not copied. The same seed draws the same
    /// weights on every machine.
    pub(crate) fn randomized(&self, parts: &[Part], seed: u64) -> Self {
        let mut model = self.clone();
        let mut numbers = Xoshiro256PlusPlus::seed_from_u64(seed);
        for &part in parts {
            match part {
                Part::Fc => model.redraw_classifier(&mut numbers),
                Part::Stage(stage) => {
                    for Block { convs, downsample } in &mut model.net.stages[stage - 1] {
                        for conv in convs.iter_mut().chain(downsample) {
                            *conv = redraw(conv, &mut numbers, self);
                        }
                    }
                }
                Part::Stem => model.net.stem = redraw(&model.net.stem, &mut numbers, self),
            }
        }
        model
    }

    fn redraw_classifier(&mut self, numbers: &mut Xoshiro256PlusPlus) {
        let device = &self.device.burn;
        let [classes, features] = self.net.fc_weight.dims();
        self.classifier = uniform(features, classes * features, numbers);
        let weights = TensorData::new(self.classifier.clone(), [classes, features]);
        self.net.fc_weight = Tensor::from_data(weights, device);
        self.net.fc_bias = Tensor::zeros([classes], device);
    }
}

fn redraw(conv: &Conv, numbers: &mut Xoshiro256PlusPlus, model: &Model) -> Conv {
    let draw = |[out, height, width, input]: [usize; 4]| {
        let fan_in = height * width * input;
        normal(fan_in, out * fan_in, numbers)
    };
    conv.redrawn(draw, &model.device)
}

/// `count` weights of a convolution that adds up `fan_in` values.
fn normal(fan_in: usize, count: usize, numbers: &mut Xoshiro256PlusPlus) -> Vec<f32> {
    let normal = Normal::new(0.0, (2.0 / fan_in as f32).sqrt()).expect("the deviation is finite");
    (0..count).map(|_| normal.sample(numbers)).collect()
}

/// `count` weights of a classifier that adds up `fan_in` values.
fn uniform(fan_in: usize, count: usize, numbers: &mut Xoshiro256PlusPlus) -> Vec<f32> {
    let bound = 1.0 / (fan_in as f32).sqrt();
    let uniform = Uniform::new_inclusive(-bound, bound).expect("the bound is a number");
    (0..count).map(|_| uniform.sample(numbers)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean, variance and kurtosis, which tells the two apart: 3 of a normal distribution, 1.8 of a uniform one.
    fn moments(values: &[f32]) -> [f64; 3] {
        let mean_of = |power: i32, mean: f64| {
            let sum: f64 = values
                .iter()
                .map(|&v| (f64::from(v) - mean).powi(power))
                .sum();
            sum / values.len() as f64
        };
        let mean = mean_of(1, 0.0);
        let variance = mean_of(2, mean);
        [mean, variance, mean_of(4, mean) / (variance * variance)]
    }

    #[test]
    fn weights_are_drawn_as_before_training() {
        let mut numbers = Xoshiro256PlusPlus::seed_from_u64(1);
        let [mean, variance, kurtosis] = moments(&normal(50, 100_000, &mut numbers));
        assert!(
            mean.abs() < 2e-3
                && (variance - 2.0 / 50.0).abs() < 1e-3
                && (kurtosis - 3.0).abs() < 0.1
        );
        let found = uniform(100, 100_000, &mut numbers);
        let [mean, variance, kurtosis] = moments(&found);
        assert!(
            mean.abs() < 1e-3
                && (variance - 0.01 / 3.0).abs() < 1e-4
                && (kurtosis - 1.8).abs() < 0.05
        );
        assert!(found.iter().all(|weight| weight.abs() <= 0.1));
    }
}
