//! What the network thinks of the part of the picture that a map keeps.
//!
//! ```text
//! change = f(x ∘ map) − f(x)        drop = max(0, −change)        increase: change > 0
//! ```
//!
//! `x`: the normalised input; `f`: the target class's probability (softmax). Chattopadhay et al. 2018
//! (arXiv 1710.11063, section 4.1). Reference: pytorch-grad-cam, `CamMultImageConfidenceChange`, `DropInConfidence`
//! and `IncreaseInConfidence` (`metrics/cam_mult_image.py`), which give the drop as here, not relative to `f(x)`.

use serde::Serialize;

/// The target class's probability with the whole picture and with what the map keeps.
///
/// ```
/// use camscope::metrics::confidence::Confidence;
///
/// let found = Confidence { before: 0.75, after: 0.5 };
/// assert_eq!((found.change(), found.drop(), found.increase()), (-0.25, 0.25, false));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Confidence {
    /// `f(x)`, 0…1.
    pub before: f32,
    /// `f(x ∘ map)`, 0…1.
    pub after: f32,
}

impl Confidence {
    /// `f(x ∘ map) − f(x)`, −1…1.
    ///
    /// ```
    /// use camscope::metrics::confidence::Confidence;
    ///
    /// assert_eq!(Confidence { before: 0.5, after: 0.75 }.change(), 0.25);
    /// ```
    pub fn change(&self) -> f32 {
        self.after - self.before
    }

    /// How much confidence is lost, 0…1.
    ///
    /// ```
    /// use camscope::metrics::confidence::Confidence;
    ///
    /// assert_eq!(Confidence { before: 0.75, after: 0.25 }.drop(), 0.5);
    /// assert_eq!(Confidence { before: 0.25, after: 0.75 }.drop(), 0.0);
    /// ```
    pub fn drop(&self) -> f32 {
        (-self.change()).max(0.0)
    }

    /// Whether the network is surer of the class without the rest of the picture.
    ///
    /// ```
    /// use camscope::metrics::confidence::Confidence;
    ///
    /// assert!(Confidence { before: 0.5, after: 0.75 }.increase());
    /// assert!(!Confidence { before: 0.5, after: 0.5 }.increase());
    /// ```
    pub fn increase(&self) -> bool {
        self.change() > 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drop_and_increase_are_the_two_sides_of_change() {
        let lost = Confidence {
            before: 0.75,
            after: 0.5,
        };
        assert!(lost.change() == -0.25 && lost.drop() == 0.25 && !lost.increase());
        let gained = Confidence {
            before: 0.5,
            after: 0.75,
        };
        assert!(gained.drop() == 0.0 && gained.increase());
    }
}
