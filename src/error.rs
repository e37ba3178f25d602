//! Everything that can go wrong, each with what happened and what to do about it.

/// Shorthand for results of this crate.
///
/// ```
/// use camscope::error::{Error, Result};
///
/// fn even(number: u32) -> Result<u32> {
///     (number % 2 == 0).then_some(number).ok_or_else(|| Error::Option(format!("{number} is odd.")))
/// }
/// assert_eq!(even(4), Ok(4));
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong. The message is written for the person in front of the page.
///
/// ```
/// use camscope::error::Error;
///
/// let error = Error::Class { class: 1000, classes: 1000 };
/// assert_eq!(error.to_string(), "class 1000 does not exist: this model has classes 0 to 999");
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The picture could not be read.
    #[error("{0}")]
    Decode(String),
    /// The model's manifest or one of its shards is missing, altered or does not fit.
    #[error("{0}")]
    Weights(String),
    /// The compute device is missing or failed.
    #[error("{0}")]
    Device(String),
    /// The compute device has not memory enough.
    #[error("{0}")]
    Memory(String),
    /// The target class does not exist.
    #[error("class {class} does not exist: this model has classes 0 to {}", classes - 1)]
    Class { class: usize, classes: usize },
    /// The target layer does not exist, or the method is not defined there.
    #[error("{0}")]
    Layer(String),
    /// An option has a value that makes no sense.
    #[error("{0}")]
    Option(String),
    /// The caller asked to stop.
    #[error("the computation was cancelled")]
    Cancelled,
}

impl Error {
    /// Name of the matching JavaScript error: `DecodeError`, …, `AbortError`.
    ///
    /// ```
    /// use camscope::error::Error;
    ///
    /// assert_eq!(Error::Cancelled.name(), "AbortError");
    /// ```
    pub fn name(&self) -> &'static str {
        match self {
            Self::Decode(_) => "DecodeError",
            Self::Weights(_) => "WeightsError",
            Self::Device(_) | Self::Memory(_) => "DeviceError",
            Self::Class { .. } => "ClassError",
            Self::Layer(_) => "LayerError",
            Self::Option(_) => "OptionError",
            Self::Cancelled => "AbortError",
        }
    }
}
