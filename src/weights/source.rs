//! What a model format must offer to be converted, and the network's layers in order.

use super::fold::Conv;
use super::manifest::{Architecture, Block};

/// A trained network in some file format.
pub trait Source {
    /// Why a tensor could not be had.
    type Error;

    fn architecture(&self) -> &Architecture;

    /// Whether there is a convolution of this name; asked for shortcuts, which only some blocks have.
    fn has(&self, name: &str) -> bool;

    /// A convolution by torchvision's name (`layer1.0.conv2`, `layer2.0.downsample`), with its batch norm.
    fn conv(&self, name: &str) -> Result<Conv, Self::Error>;

    /// The last layer: a 1×1 [`Conv`] from features to classes.
    fn classifier(&self) -> Result<Conv, Self::Error>;
}

/// A tensor as it is stored, before rounding.
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
