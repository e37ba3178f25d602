//! What a map explains: one number made of the network's logits. As in pytorch-grad-cam, where a target is a function of
//! the output (`utils/model_targets.py`), every method works with every target.
//!
//! ```text
//! class        z_c
//! sum          Σ_i z_i
//! over         z_a − z_b                                       "a rather than b"
//! contrastive  Σ_i p_i (z_c − α z_i) / (Σ_i p_i + 1e-9)        over the classes nearest to c in logit
//! ```
//!
//! `z`: logits; `p`: their softmax. The contrastive target is Finer-CAM's (Zhang et al. 2025, arXiv 2501.11309), as
//! pytorch-grad-cam has it (`FinerWeightedTarget`, and `finer_cam.py` for the choice of classes): the weights `p` are
//! part of the function and take part in its slopes.
//!
//! Deviation: the classes to compare with are chosen once, on the picture as it is. A masked or augmented picture is
//! scored against the same classes.

use serde::Serialize;

use crate::error::{Error, Result};

/// What to explain.
///
/// ```
/// use camscope::cam::target::Target;
///
/// let logits = [2.0, 5.0, 4.5];
/// assert_eq!(Target::Class(1).resolve(&logits).score(&logits), 5.0);
/// assert_eq!(Target::Over { class: 1, over: 2 }.resolve(&logits).score(&logits), 0.5);
/// assert!(Target::Class(3).check(logits.len()).is_err());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// One class's logit.
    Class(usize),
    /// The sum of several classes' logits.
    Sum(Vec<usize>),
    /// How far one class is ahead of another.
    Over { class: usize, over: usize },
    /// A class against those that are nearest to it in logit.
    Contrastive {
        class: usize,
        /// How strongly the others count; 1 in the reference.
        alpha: f32,
        /// How many others; 3 in the reference. A model of fewer classes gives all it has.
        against: usize,
    },
}

impl From<usize> for Target {
    fn from(class: usize) -> Self {
        Self::Class(class)
    }
}

impl Target {
    /// The reference's contrastive target.
    ///
    /// ```
    /// use camscope::cam::target::Target;
    ///
    /// assert_eq!(Target::contrastive(4), Target::Contrastive { class: 4, alpha: 1.0, against: 3 });
    /// ```
    pub fn contrastive(class: usize) -> Self {
        Self::Contrastive {
            class,
            alpha: 1.0,
            against: 3,
        }
    }

    /// Checks the target against a model of `classes` classes.
    ///
    /// ```
    /// use camscope::cam::target::Target;
    /// use camscope::error::Error;
    ///
    /// assert_eq!(Target::Class(9).check(10), Ok(()));
    /// assert_eq!(Target::Class(10).check(10), Err(Error::Class { class: 10, classes: 10 }));
    /// assert!(Target::Over { class: 3, over: 3 }.check(10).is_err());
    /// ```
    ///
    /// # Errors
    /// [`Error::Class`] where a class does not exist, [`Error::Option`] where the combination makes no sense.
    pub fn check(&self, classes: usize) -> Result<()> {
        let named = match self {
            Self::Class(class) | Self::Contrastive { class, .. } => vec![*class],
            Self::Sum(named) => named.clone(),
            Self::Over { class, over } => vec![*class, *over],
        };
        if let Some(&class) = named.iter().find(|&&class| class >= classes) {
            return Err(Error::Class { class, classes });
        }
        let mut sorted = named.clone();
        sorted.sort_unstable();
        let twice = sorted.windows(2).find(|pair| pair[0] == pair[1]);
        match self {
            _ if named.is_empty() => Err(Error::Option(
                "The list of target classes is empty: name at least one.".into(),
            )),
            Self::Sum(_) if twice.is_some() => Err(Error::Option(
                "A class is named twice in the target: each counts once.".into(),
            )),
            Self::Over { .. } if twice.is_some() => Err(Error::Option(
                "A class cannot be compared with itself: choose two different ones.".into(),
            )),
            Self::Contrastive { alpha, .. } if !alpha.is_finite() => Err(Error::Option(
                "The contrastive target's alpha must be a number.".into(),
            )),
            Self::Contrastive { against: 0, .. } => Err(Error::Option(
                "A contrastive target needs at least one class to compare with.".into(),
            )),
            Self::Contrastive { .. } if classes < 2 => Err(Error::Option(
                "A contrastive target needs a model of two classes or more.".into(),
            )),
            _ => Ok(()),
        }
    }

    /// The function of the logits; `logits` are the unchanged picture's. The target must have passed
    /// [`Target::check`].
    ///
    /// ```
    /// use camscope::cam::target::Target;
    ///
    /// let logits = [2.0, 5.0, 4.5];
    /// let objective = Target::Sum(vec![0, 2]).resolve(&logits);
    /// assert_eq!(objective.score(&logits), 6.5);
    /// ```
    pub fn resolve(&self, logits: &[f32]) -> Objective {
        let plain = |kind, classes| Objective {
            kind,
            classes,
            alpha: 1.0,
        };
        match self {
            Self::Class(class) => plain(Kind::Class, vec![*class]),
            Self::Sum(classes) => plain(Kind::Sum, classes.clone()),
            Self::Over { class, over } => plain(Kind::Over, vec![*class, *over]),
            Self::Contrastive {
                class,
                alpha,
                against,
            } => {
                let distance = |other: usize| (logits[other] - logits[*class]).abs();
                let mut others: Vec<usize> =
                    (0..logits.len()).filter(|other| other != class).collect();
                others.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)));
                others.truncate(*against);
                Objective {
                    kind: Kind::Contrastive,
                    classes: std::iter::once(*class).chain(others).collect(),
                    alpha: *alpha,
                }
            }
        }
    }
}

/// Kind of [`Objective`].
///
/// ```
/// use camscope::cam::target::Kind;
///
/// assert_eq!(serde_json::to_string(&Kind::Contrastive)?, "\"contrastive\"");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Class,
    Sum,
    Over,
    Contrastive,
}

/// A target with all its classes known: a function of the logits.
///
/// ```
/// use camscope::cam::target::Target;
///
/// // A single class is the same function, whatever the picture …
/// assert_eq!(Target::Class(0).resolve(&[1.0, 2.0, 9.0]), Target::Class(0).resolve(&[1.0, 9.0, 2.0]));
/// // … but which class is nearest to it is not.
/// let nearest = Target::Contrastive { class: 0, alpha: 1.0, against: 1 };
/// assert_ne!(nearest.resolve(&[1.0, 2.0, 9.0]), nearest.resolve(&[1.0, 9.0, 2.0]));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    kind: Kind,
    /// The class (the first of several), then those that it is added to or compared with.
    classes: Vec<usize>,
    alpha: f32,
}

/// Keeps the contrastive target finite; the reference's constant.
const EPSILON: f64 = 1e-9;

impl Objective {
    /// Which of the functions it is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// The class that is explained (the first of several), then those that it is added to or compared with.
    pub(crate) fn classes(&self) -> &[usize] {
        &self.classes
    }

    /// Whether the slopes are the same at all logits.
    pub(crate) fn is_linear(&self) -> bool {
        self.kind != Kind::Contrastive
    }

    /// The function's value.
    ///
    /// ```
    /// use camscope::cam::target::Target;
    ///
    /// let objective = Target::Over { class: 1, over: 0 }.resolve(&[2.0, 5.0]);
    /// assert_eq!(objective.score(&[2.0, 5.0]), 3.0);
    /// assert_eq!(objective.score(&[4.0, 3.0]), -1.0);
    /// ```
    pub fn score(&self, logits: &[f32]) -> f32 {
        self.of(logits, |class| f64::from(logits[class]))
    }

    /// The function with the classes' probabilities in the place of their logits: what methods use that ask how sure the
    /// network is.
    pub(crate) fn confidence(&self, logits: &[f32]) -> f32 {
        let probabilities = softmax(logits);
        self.of(logits, |class| probabilities[class])
    }

    fn of(&self, logits: &[f32], value: impl Fn(usize) -> f64) -> f32 {
        let result = match self.kind {
            Kind::Class | Kind::Sum => self.classes.iter().map(|&class| value(class)).sum(),
            Kind::Over => value(self.classes[0]) - value(self.classes[1]),
            Kind::Contrastive => {
                let Contrast { sum, total, .. } = self.contrast(logits, value);
                sum / (total + EPSILON)
            }
        };
        result as f32
    }

    /// `∂score/∂logit`, one per class.
    pub(crate) fn slopes(&self, logits: &[f32]) -> Vec<f32> {
        let mut slopes = vec![0.0; logits.len()];
        match self.kind {
            Kind::Class | Kind::Sum => self.classes.iter().for_each(|&class| slopes[class] = 1.0),
            Kind::Over => {
                slopes[self.classes[0]] = 1.0;
                slopes[self.classes[1]] = -1.0;
            }
            Kind::Contrastive => self.contrastive_slopes(logits, &mut slopes),
        }
        slopes
    }

    /// With `d_i = z_c − α z_i`, `S` the score and `P = Σ p_i + ε`: the weights' share is
    /// `Σ_i p_i (δ_ij − p_j) (d_i − S) / P`, and directly `Σ p_i / P` for c and `−α p_i / P` for the others.
    fn contrastive_slopes(&self, logits: &[f32], slopes: &mut [f32]) {
        let Contrast {
            probabilities,
            sum,
            total,
        } = self.contrast(logits, |class| f64::from(logits[class]));
        let divisor = total + EPSILON;
        let score = sum / divisor;
        let excess = sum - score * total;
        for (slope, p) in slopes.iter_mut().zip(&probabilities) {
            *slope = (-p * excess / divisor) as f32;
        }
        let (class, alpha) = (self.classes[0], f64::from(self.alpha));
        slopes[class] += (total / divisor) as f32;
        for &other in &self.classes[1..] {
            let difference = f64::from(logits[class]) - alpha * f64::from(logits[other]);
            slopes[other] += (probabilities[other] * (difference - score - alpha) / divisor) as f32;
        }
    }

    fn contrast(&self, logits: &[f32], value: impl Fn(usize) -> f64) -> Contrast {
        let probabilities = softmax(logits);
        let (class, others) = (self.classes[0], &self.classes[1..]);
        let difference = |other: usize| value(class) - f64::from(self.alpha) * value(other);
        Contrast {
            sum: others
                .iter()
                .map(|&other| probabilities[other] * difference(other))
                .sum(),
            total: others.iter().map(|&other| probabilities[other]).sum(),
            probabilities,
        }
    }
}

/// Numerator and denominator of the contrastive target.
struct Contrast {
    probabilities: Vec<f64>,
    sum: f64,
    total: f64,
}

/// Softmax of all logits.
///
/// ```
/// use camscope::cam::target::softmax;
///
/// let found = softmax(&[0.0, 3_f32.ln()]);
/// assert!((found[0] - 0.25).abs() < 1e-6 && (found[1] - 0.75).abs() < 1e-6);
/// ```
pub fn softmax(logits: &[f32]) -> Vec<f64> {
    let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f64> = logits
        .iter()
        .map(|&logit| f64::from(logit - max).exp())
        .collect();
    let total: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGITS: [f32; 6] = [2.0, -1.5, 1.75, 0.5, 2.75, -3.0];

    #[test]
    fn the_nearest_classes_are_compared_with() {
        let objective = Target::contrastive(0).resolve(&LOGITS);
        assert_eq!(objective.classes(), [0, 2, 4, 3]);
        let all = Target::Contrastive {
            class: 0,
            alpha: 1.0,
            against: 99,
        };
        assert_eq!(all.resolve(&LOGITS).classes().len(), LOGITS.len());
    }

    /// Central differences in f32: two digits.
    #[test]
    fn slopes_are_the_scores_derivatives() {
        let soft = Target::Contrastive {
            class: 4,
            alpha: 0.6,
            against: 2,
        };
        for target in [
            Target::Class(3),
            Target::Sum(vec![1, 4, 5]),
            Target::Over { class: 5, over: 0 },
            Target::contrastive(0),
            soft,
        ] {
            let objective = target.resolve(&LOGITS);
            for (class, slope) in objective.slopes(&LOGITS).into_iter().enumerate() {
                let moved = |by: f32| {
                    let mut logits = LOGITS;
                    logits[class] += by;
                    objective.score(&logits)
                };
                let expected = (moved(0.01) - moved(-0.01)) / 0.02;
                assert!(
                    (slope - expected).abs() < 2e-3,
                    "{target:?}, class {class}: {slope} is not {expected}"
                );
            }
        }
    }

    /// `FinerWeightedTarget(0, [2, 4, 3], 1)(torch.tensor([2, -1.5, 1.75, .5, 2.75, -3]))`, float64, by hand:
    /// p ∝ exp(z).
    #[test]
    fn the_contrastive_score_is_the_weighted_difference() {
        let p = [1.75_f64, 2.75, 0.5].map(f64::exp);
        let expected = (p[0] * 0.25 + p[1] * -0.75 + p[2] * 1.5) / p.iter().sum::<f64>();
        let score = Target::contrastive(0).resolve(&LOGITS).score(&LOGITS);
        assert!((f64::from(score) - expected).abs() < 1e-6);
    }

    #[test]
    fn impossible_targets_are_refused() {
        let missing = Error::Class {
            class: 6,
            classes: 6,
        };
        assert_eq!(Target::Class(6).check(6), Err(missing.clone()));
        assert_eq!(Target::Sum(vec![1, 6]).check(6), Err(missing.clone()));
        assert_eq!(Target::Over { class: 1, over: 6 }.check(6), Err(missing));
        let endless = Target::Contrastive {
            class: 0,
            alpha: f32::NAN,
            against: 3,
        };
        let alone = Target::Contrastive {
            class: 0,
            alpha: 1.0,
            against: 0,
        };
        for target in [
            Target::Sum(vec![]),
            Target::Sum(vec![2, 3, 2]),
            Target::Over { class: 2, over: 2 },
            endless,
            alone,
        ] {
            assert!(
                matches!(target.check(6), Err(Error::Option(_))),
                "{target:?}"
            );
        }
        assert!(Target::contrastive(0).check(1).is_err());
        assert!(Target::contrastive(5).check(6).is_ok());
    }
}
