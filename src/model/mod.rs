//! The network: its building blocks, its layers, and how it is loaded.

mod ablation;
mod assembly;
pub mod checkpoint;
pub(crate) mod cpu;
#[cfg(feature = "webgpu")]
pub mod gpu;
pub mod loader;
pub mod profile;
pub(crate) mod randomized;
pub mod resnet;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// A place in the network whose output the CAM methods can look at.
///
/// ```
/// use camscope::model::Layer;
///
/// assert_eq!("layer2".parse(), Ok(Layer::Layer2));
/// assert_eq!(Layer::default(), Layer::Layer4);
/// assert!(Layer::Stem < Layer::Layer1);
/// ```
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// After the first convolution, ReLU and max pooling.
    Stem,
    Layer1,
    Layer2,
    Layer3,
    /// The last residual stage, just before average pooling: the usual target layer.
    #[default]
    Layer4,
}

impl Layer {
    /// All layers, input to output.
    ///
    /// ```
    /// use camscope::model::Layer;
    ///
    /// assert!(Layer::ALL.is_sorted());
    /// assert!(Layer::ALL.iter().all(|layer| layer.id().parse() == Ok(*layer)));
    /// ```
    pub const ALL: [Self; 5] = [
        Self::Stem,
        Self::Layer1,
        Self::Layer2,
        Self::Layer3,
        Self::Layer4,
    ];

    /// `stem`, `layer1`, …, `layer4`.
    ///
    /// ```
    /// use camscope::model::Layer;
    ///
    /// assert_eq!(Layer::Stem.id(), "stem");
    /// ```
    pub fn id(self) -> &'static str {
        match self {
            Self::Stem => "stem",
            Self::Layer1 => "layer1",
            Self::Layer2 => "layer2",
            Self::Layer3 => "layer3",
            Self::Layer4 => "layer4",
        }
    }

    /// Position in [`Layer::ALL`]; also the number of residual stages up to and including this layer.
    pub(crate) fn index(self) -> usize {
        self as usize
    }
}

impl std::str::FromStr for Layer {
    type Err = Error;

    fn from_str(id: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|layer| layer.id() == id)
            .ok_or_else(|| {
                Error::Layer(format!(
                    "There is no layer \"{id}\": choose stem, layer1, layer2, layer3 or layer4."
                ))
            })
    }
}
