//! What a model format must offer to be converted, and the network's layers in order.

use super::fold::Conv;
use super::manifest::{Architecture, Block};

/// A trained network in some file format.
///
/// ```
/// use std::convert::Infallible;
///
/// use camscope::weights::fold::{Conv, Kernel};
/// use camscope::weights::manifest::{Architecture, Block, Family, Variant};
/// use camscope::weights::source::{Source, tensors};
///
/// /// A network whose weights are all 1, with one channel everywhere.
/// struct Ones(Architecture);
///
/// impl Source for Ones {
///     type Error = Infallible;
///
///     fn architecture(&self) -> &Architecture {
///         &self.0
///     }
///
///     fn has(&self, name: &str) -> bool {
///         name.ends_with(".downsample")
///     }
///
///     fn conv(&self, _: &str) -> Result<Conv, Infallible> {
///         Ok(Conv { kernel: Kernel::from_oihw([1, 1, 1, 1], &[1.0]), bias: None, norm: None })
///     }
///
///     fn classifier(&self) -> Result<Conv, Infallible> {
///         self.conv("fc")
///     }
/// }
///
/// let (family, block, variant) = (Family::Resnet, Block::Basic, Variant::V15);
/// let ones = Ones(Architecture { family, block, variant, blocks: [1; 4] });
/// // Kernel and bias of conv1, of three convolutions a block, and of fc.
/// assert_eq!(tensors(&ones).count(), 2 * (1 + 4 * 3 + 1));
/// ```
pub trait Source {
    /// Why a tensor could not be had.
    type Error;

    /// What network it is.
    ///
    /// ```
    /// use std::fs::File;
    ///
    /// use camscope::weights::checkpoint::Checkpoint;
    /// use camscope::weights::source::Source;
    /// use camscope::weights::torchvision::{EPSILON, TorchvisionResnet};
    ///
    /// let checkpoint = Checkpoint::open(File::open("tests/fixtures/torchvision_tiny.pth")?)?;
    /// let network = TorchvisionResnet::new(checkpoint, EPSILON)?;
    /// assert_eq!(network.architecture().blocks, [1, 2, 1, 1]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn architecture(&self) -> &Architecture;

    /// Whether there is a convolution of this name; asked for shortcuts, which only some blocks have.
    ///
    /// ```
    /// use std::fs::File;
    ///
    /// use camscope::weights::checkpoint::Checkpoint;
    /// use camscope::weights::source::Source;
    /// use camscope::weights::torchvision::{EPSILON, TorchvisionResnet};
    ///
    /// let checkpoint = Checkpoint::open(File::open("tests/fixtures/torchvision_tiny.pth")?)?;
    /// let network = TorchvisionResnet::new(checkpoint, EPSILON)?;
    /// assert!(network.has("layer2.0.downsample") && !network.has("layer2.1.downsample"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn has(&self, name: &str) -> bool;

    /// A convolution by torchvision's name (`layer1.0.conv2`, `layer2.0.downsample`), with its batch norm.
    ///
    /// ```
    /// use std::fs::File;
    ///
    /// use camscope::weights::checkpoint::Checkpoint;
    /// use camscope::weights::source::Source;
    /// use camscope::weights::torchvision::{EPSILON, TorchvisionResnet};
    ///
    /// let checkpoint = Checkpoint::open(File::open("tests/fixtures/torchvision_tiny.pth")?)?;
    /// let network = TorchvisionResnet::new(checkpoint, EPSILON)?;
    /// let conv = network.conv("layer2.0.downsample")?;
    /// assert_eq!((conv.kernel.out, conv.kernel.inputs), (32, 16));
    /// assert!(conv.norm.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn conv(&self, name: &str) -> Result<Conv, Self::Error>;

    /// The last layer: a 1×1 [`Conv`] from features to classes.
    ///
    /// ```
    /// use std::fs::File;
    ///
    /// use camscope::weights::checkpoint::Checkpoint;
    /// use camscope::weights::source::Source;
    /// use camscope::weights::torchvision::{EPSILON, TorchvisionResnet};
    ///
    /// let checkpoint = Checkpoint::open(File::open("tests/fixtures/torchvision_tiny.pth")?)?;
    /// let network = TorchvisionResnet::new(checkpoint, EPSILON)?;
    /// let classifier = network.classifier()?;
    /// assert_eq!((classifier.kernel.out, classifier.kernel.inputs), (7, 64));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn classifier(&self) -> Result<Conv, Self::Error>;
}

/// A tensor as it is stored, before rounding.
///
/// ```
/// use std::fs::File;
///
/// use camscope::weights::checkpoint::Checkpoint;
/// use camscope::weights::source::tensors;
/// use camscope::weights::torchvision::{EPSILON, TorchvisionResnet};
///
/// let checkpoint = Checkpoint::open(File::open("tests/fixtures/torchvision_tiny.pth")?)?;
/// let network = TorchvisionResnet::new(checkpoint, EPSILON)?;
/// let first = tensors(&network).next().expect("there are some")?;
/// assert_eq!((first.name.as_str(), first.shape), ("conv1.weight", vec![16, 7, 7, 3]));
/// assert_eq!(first.values.len(), 16 * 7 * 7 * 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    pub name: String,
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

/// Names of all convolutions, in the order in which a photo passes them. `has` tells whether a block's shortcut
/// (`layer1.0.downsample`) is a convolution.
pub(crate) fn convolutions(architecture: &Architecture, has: impl Fn(&str) -> bool) -> Vec<String> {
    let per_block = match architecture.block {
        Block::Basic => 2,
        Block::Bottleneck => 3,
    };
    let mut names = vec!["conv1".to_owned()];
    for (stage, blocks) in (1..).zip(architecture.blocks) {
        for block in 0..blocks {
            let prefix = format!("layer{stage}.{block}");
            names.extend((1..=per_block).map(|conv| format!("{prefix}.conv{conv}")));
            let shortcut = format!("{prefix}.downsample");
            if has(&shortcut) {
                names.push(shortcut);
            }
        }
    }
    names
}

/// Every stored tensor of the network, one after the other: `NAME.weight` and `NAME.bias` of each convolution
/// with its batch norm folded in, then `fc.weight` and `fc.bias`.
///
/// ```
/// use std::fs::File;
///
/// use camscope::weights::checkpoint::Checkpoint;
/// use camscope::weights::source::tensors;
/// use camscope::weights::torchvision::{EPSILON, TorchvisionResnet};
///
/// let checkpoint = Checkpoint::open(File::open("tests/fixtures/torchvision_tiny.pth")?)?;
/// let network = TorchvisionResnet::new(checkpoint, EPSILON)?;
/// let names = tensors(&network).map(|tensor| Ok::<_, Box<dyn std::error::Error>>(tensor?.name));
/// let names: Vec<String> = names.collect::<Result<_, _>>()?;
/// assert_eq!(names[..3], ["conv1.weight", "conv1.bias", "layer1.0.conv1.weight"]);
/// assert_eq!(names.last().map(String::as_str), Some("fc.bias"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn tensors<S: Source>(source: &S) -> impl Iterator<Item = Result<Tensor, S::Error>> {
    convolutions(source.architecture(), |name| source.has(name))
        .into_iter()
        .map(|name| {
            let conv = source.conv(&name)?;
            let kernel = &conv.kernel;
            let shape = vec![kernel.out, kernel.height, kernel.width, kernel.inputs];
            Ok(pair(&name, shape, &conv))
        })
        .chain(std::iter::once_with(|| {
            let conv = source.classifier()?;
            let shape = vec![conv.kernel.out, conv.kernel.inputs];
            Ok(pair("fc", shape, &conv))
        }))
        .flat_map(|result| match result {
            Ok(pair) => pair.map(Ok).into_iter().collect(),
            Err(error) => vec![Err(error)],
        })
}

fn pair(name: &str, shape: Vec<usize>, conv: &Conv) -> [Tensor; 2] {
    let folded = conv.fold();
    [
        Tensor {
            name: format!("{name}.weight"),
            shape,
            values: folded.kernel,
        },
        Tensor {
            name: format!("{name}.bias"),
            shape: vec![conv.kernel.out],
            values: folded.bias,
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::manifest::{Family, Variant};

    fn architecture(block: Block, blocks: [usize; 4]) -> Architecture {
        Architecture {
            family: Family::Resnet,
            block,
            variant: Variant::V15,
            blocks,
        }
    }

    #[test]
    fn resnet50_has_53_convolutions_and_resnet18_has_20() {
        // With the classifier those are 54 and 21 layers with weights; the names' 50 and 18 leave out shortcuts.
        let resnet50 = architecture(Block::Bottleneck, [3, 4, 6, 3]);
        let first = |name: &str| name.ends_with(".0.downsample");
        assert_eq!(convolutions(&resnet50, first).len(), 53);
        let resnet18 = architecture(Block::Basic, [2, 2, 2, 2]);
        let after_layer1 = |name: &str| first(name) && !name.starts_with("layer1");
        assert_eq!(convolutions(&resnet18, after_layer1).len(), 20);
    }

    #[test]
    fn layers_are_listed_in_the_order_of_the_pass() {
        let tiny = architecture(Block::Basic, [1, 1, 1, 1]);
        assert_eq!(
            convolutions(&tiny, |name| name == "layer2.0.downsample")[..6],
            [
                "conv1",
                "layer1.0.conv1",
                "layer1.0.conv2",
                "layer2.0.conv1",
                "layer2.0.conv2",
                "layer2.0.downsample"
            ]
        );
    }
}
