//! Which ResNet a checkpoint's names and shapes describe, and every tensor that it must have.

use std::collections::{BTreeMap, HashSet};

use super::checkpoint::CheckpointError;
use super::manifest::{Architecture, Block, Family, Variant};
use super::source::convolutions;

/// Most weights that a network may have: twice ResNet-152's 60 million, 0.5 GB in memory.
pub(crate) const MAX_PARAMETERS: usize = 1 << 27;
/// Most classes.
pub(crate) const MAX_CLASSES: usize = 100_000;
/// Most residual blocks in a stage; ResNet-152 has 36.
pub(crate) const MAX_BLOCKS: usize = 256;

/// How many faults a message names.
const NAMED: usize = 4;

/// Published networks: depth, kind of block, blocks in each stage.
const KNOWN: [(usize, Block, [usize; 4]); 5] = [
    (18, Block::Basic, [2, 2, 2, 2]),
    (34, Block::Basic, [3, 4, 6, 3]),
    (50, Block::Bottleneck, [3, 4, 6, 3]),
    (101, Block::Bottleneck, [3, 4, 23, 3]),
    (152, Block::Bottleneck, [3, 8, 36, 3]),
];

/// Where names or shapes differ, so does what is computed.
const UNSUPPORTED: &str = "only ResNet-18, -34, -50, -101 and -152 by torchvision's names are understood (plain ones: \
     no groups, no other kinds of blocks)";

/// Names and shapes of what a checkpoint has.
pub(crate) type Shapes<'a> = BTreeMap<&'a str, &'a [usize]>;

/// A ResNet's measures: all shapes follow from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub architecture: Architecture,
    /// Channels after the first convolution.
    stem: usize,
    /// Per stage: channels between a block's convolutions, and after it.
    widths: [(usize, usize); 4],
    pub classes: usize,
}

impl Layout {
    /// Reads kind and number of blocks off the names and the measures off the shapes.
    ///
    /// The variant is v1.5, as torchvision's: a checkpoint does not say where the strides are.
    ///
    /// # Errors
    /// [`CheckpointError::Network`] naming what is missing, misshapen or not a ResNet's, with the shape expected;
    /// [`CheckpointError::TooLarge`] beyond [`MAX_PARAMETERS`].
    pub(crate) fn of(shapes: &Shapes<'_>) -> Result<Self, CheckpointError> {
        let shape = |name: &str| shapes.get(name).copied();
        let blocks = [1, 2, 3, 4].map(|stage| {
            (0..=MAX_BLOCKS)
                .take_while(|block| shape(&format!("layer{stage}.{block}.conv1.weight")).is_some())
                .count()
        });
        if blocks.iter().any(|&count| count == 0 || count > MAX_BLOCKS)
            || shape("fc.weight").is_none()
        {
            return Err(unlike(shapes));
        }
        let block = match shape("layer1.0.conv3.weight") {
            Some(_) => Block::Bottleneck,
            None => Block::Basic,
        };
        let architecture = Architecture {
            family: Family::Resnet,
            block,
            variant: Variant::V15,
            blocks,
        };
        let first = |name: &str| shape(name).and_then(|shape| shape.first().copied());
        let out = |name: String| first(&name).unwrap_or(0);
        let last_conv = match block {
            Block::Basic => "conv2",
            Block::Bottleneck => "conv3",
        };
        let found = Self {
            stem: out("conv1.weight".into()),
            widths: [1, 2, 3, 4].map(|stage| {
                (
                    out(format!("layer{stage}.0.conv1.weight")),
                    out(format!("layer{stage}.0.{last_conv}.weight")),
                )
            }),
            classes: out("fc.weight".into()),
            architecture,
        };
        // Measures read off a tensor that is itself misshapen would blame all the others: the published ones, where
        // they fit better, name the right one.
        let layout = [found.published(64), found.published(128)]
            .into_iter()
            .flatten()
            .chain([found])
            .min_by_key(|layout| layout.faults(shapes).map_or(usize::MAX, |all| all.len()))
            .expect("at least what was found");
        layout.check(shapes)?;
        Ok(layout)
    }

    /// The same network with torchvision's measures; `width` is that of layer1's blocks: 64, or 128 in the wide ones.
    fn published(&self, width: usize) -> Option<Self> {
        self.depth()?;
        let expansion = match self.architecture.block {
            Block::Basic if width != 64 => return None,
            Block::Basic => 1,
            Block::Bottleneck => 4,
        };
        Some(Self {
            stem: 64,
            widths: [0, 1, 2, 3].map(|stage| (width << stage, (64 * expansion) << stage)),
            ..self.clone()
        })
    }

    fn depth(&self) -> Option<usize> {
        let Architecture { block, blocks, .. } = self.architecture;
        KNOWN
            .into_iter()
            .find(|(_, kind, counts)| (*kind, *counts) == (block, blocks))
            .map(|(depth, ..)| depth)
    }

    /// `ResNet-50`; in words where it is none of the published ones.
    pub(crate) fn name(&self) -> String {
        let Architecture { block, blocks, .. } = &self.architecture;
        match self.depth() {
            Some(depth) if self.published(64).as_ref() == Some(self) => format!("ResNet-{depth}"),
            Some(depth) if self.published(128).as_ref() == Some(self) => {
                format!("Wide ResNet-{depth}")
            }
            _ => {
                let kind = match block {
                    Block::Basic => "basic",
                    Block::Bottleneck => "bottleneck",
                };
                let [a, b, c, d] = blocks;
                format!("ResNet of {a}, {b}, {c} and {d} {kind} blocks")
            }
        }
    }

    /// Channels between a stage's convolutions and after its blocks, `stage` from 0.
    fn input(&self, stage: usize, block: usize) -> usize {
        match (stage, block) {
            (0, 0) => self.stem,
            (_, 0) => self.widths[stage - 1].1,
            _ => self.widths[stage].1,
        }
    }

    /// Whether a block's shortcut is a convolution: where the size or the number of channels changes.
    pub(crate) fn has_shortcut(&self, stage: usize, block: usize) -> bool {
        block == 0 && (stage > 0 || self.stem != self.widths[0].1)
    }

    /// Kernel shape `[out, in, height, width]` of a convolution by torchvision's name (`layer2.0.downsample`).
    pub(crate) fn kernel(&self, name: &str) -> [usize; 4] {
        let mut parts = name.split('.');
        let (Some(stage), Some(block), Some(part)) = (parts.next(), parts.next(), parts.next())
        else {
            return [self.stem, 3, 7, 7];
        };
        let number = |text: &str| -> usize { text.parse().expect("a name from `convolutions`") };
        let stage = number(&stage["layer".len()..]) - 1;
        let (inner, outer) = self.widths[stage];
        let input = self.input(stage, number(block));
        match (self.architecture.block, part) {
            (_, "downsample") => [outer, input, 1, 1],
            (Block::Basic, "conv1") => [inner, input, 3, 3],
            (Block::Basic, _) => [outer, inner, 3, 3],
            (Block::Bottleneck, "conv1") => [inner, input, 1, 1],
            (Block::Bottleneck, "conv2") => [inner, inner, 3, 3],
            (Block::Bottleneck, _) => [outer, inner, 1, 1],
        }
    }

    /// Names of all convolutions, in the order of the pass.
    pub(crate) fn convolutions(&self) -> Vec<String> {
        convolutions(&self.architecture, |name| {
            let number = |text: &str| text.parse::<usize>().ok();
            let mut parts = name
                .strip_prefix("layer")
                .into_iter()
                .flat_map(|rest| rest.split('.'));
            let stage = parts.next().and_then(number);
            let block = parts.next().and_then(number);
            matches!((stage, block), (Some(stage), Some(block)) if self.has_shortcut(stage - 1, block))
        })
    }

    /// Name and shape of every weight that the checkpoint must have, in the order of the pass.
    pub(crate) fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        let mut all = Vec::new();
        for conv in self.convolutions() {
            let kernel = self.kernel(&conv);
            let (weights, norm) = names(&conv);
            all.push((format!("{weights}.weight"), kernel.to_vec()));
            for part in ["weight", "bias", "running_mean", "running_var"] {
                all.push((format!("{norm}.{part}"), vec![kernel[0]]));
            }
        }
        all.push(("fc.weight".into(), vec![self.classes, self.widths[3].1]));
        all.push(("fc.bias".into(), vec![self.classes]));
        all
    }

    /// Number of weights; `None` beyond what a computer counts.
    pub(crate) fn parameters(&self) -> Option<usize> {
        self.tensors().iter().try_fold(0_usize, |sum, (_, shape)| {
            let count = shape
                .iter()
                .try_fold(1_usize, |n, side| n.checked_mul(*side))?;
            sum.checked_add(count)
        })
    }

    fn check(&self, shapes: &Shapes<'_>) -> Result<(), CheckpointError> {
        let size = self.parameters();
        if size.is_none_or(|size| size > MAX_PARAMETERS) || self.classes > MAX_CLASSES {
            return Err(CheckpointError::TooLarge(format!(
                "its names and shapes describe {} weights and {} classes; up to {} million weights and {MAX_CLASSES} \
                 classes are supported",
                size.map_or("too many".into(), |size| size.to_string()),
                self.classes,
                MAX_PARAMETERS / 1_000_000
            )));
        }
        let faults = self.faults(shapes).unwrap_or_default();
        if faults.is_empty() {
            return Ok(());
        }
        let more = match faults.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        let named = faults[..faults.len().min(NAMED)].join("; ");
        Err(CheckpointError::Network(format!(
            "read as a {}, {named}{more}. {UNSUPPORTED}",
            self.name()
        )))
    }

    /// What is missing, misshapen, or not part of this network, in words; `None` if it is too large to list.
    fn faults(&self, shapes: &Shapes<'_>) -> Option<Vec<String>> {
        self.parameters().filter(|size| *size <= MAX_PARAMETERS)?;
        let expected = self.tensors();
        let mut faults: Vec<String> = expected
            .iter()
            .filter_map(|(name, expected)| match shapes.get(name.as_str()) {
                None => Some(format!("{name} is missing (expected {expected:?})")),
                Some(found) if *found != expected => Some(format!(
                    "{name} has the shape {found:?} (expected {expected:?})"
                )),
                Some(_) if expected.contains(&0) => Some(format!("{name} is empty")),
                Some(_) => None,
            })
            .collect();
        let known: HashSet<&str> = expected.iter().map(|(name, _)| name.as_str()).collect();
        faults.extend(
            shapes
                .keys()
                .filter(|name| !known.contains(*name) && !name.ends_with(".num_batches_tracked"))
                .map(|name| format!("{name} is not part of it")),
        );
        Some(faults)
    }
}

/// torchvision's names of a convolution and of its batch norm.
pub(super) fn names(conv: &str) -> (String, String) {
    if conv.ends_with(".downsample") {
        (format!("{conv}.0"), format!("{conv}.1"))
    } else {
        (conv.to_owned(), conv.replace("conv", "bn"))
    }
}

/// It has not even the names.
fn unlike(shapes: &Shapes<'_>) -> CheckpointError {
    let examples: Vec<&str> = shapes.keys().copied().take(3).collect();
    let examples = match examples.as_slice() {
        [] => "it has no tensors".to_owned(),
        some => format!("its tensors are called {} …", some.join(", ")),
    };
    CheckpointError::Network(format!(
        "conv1, layer1 to layer4 and fc are not all there by torchvision's names; {examples}; {UNSUPPORTED}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Owned = BTreeMap<String, Vec<usize>>;

    fn layout(shapes: &Owned) -> Result<Layout, CheckpointError> {
        let slices = shapes
            .iter()
            .map(|(name, shape)| (name.as_str(), shape.as_slice()));
        Layout::of(&slices.collect())
    }

    fn refusal(change: impl Fn(&mut Owned)) -> String {
        let mut shapes = torchvision("resnet50");
        change(&mut shapes);
        layout(&shapes).unwrap_err().to_string()
    }

    /// Names and shapes of torchvision's network, listed by `scripts/make_checkpoint.py`.
    fn torchvision(name: &str) -> Owned {
        let all: BTreeMap<String, Owned> =
            serde_json::from_str(include_str!("../../tests/fixtures/torchvision_shapes.json"))
                .expect("the list is JSON");
        all[name].clone()
    }

    #[test]
    fn torchvisions_networks_are_known_by_name_with_all_their_tensors() {
        // Parameters as torchvision's documentation gives them; running means and variances come on top.
        for (file, name, documented) in [
            ("resnet18", "ResNet-18", 11_689_512),
            ("resnet34", "ResNet-34", 21_797_672),
            ("resnet50", "ResNet-50", 25_557_032),
            ("resnet101", "ResNet-101", 44_549_160),
            ("resnet152", "ResNet-152", 60_192_808),
            ("wide_resnet50_2", "Wide ResNet-50", 68_883_240),
        ] {
            let shapes = torchvision(file);
            let layout = layout(&shapes).unwrap();
            assert_eq!(layout.name(), name);
            assert_eq!(layout.classes, 1000);
            let expected: Owned = layout.tensors().into_iter().collect();
            let weights: Owned = shapes
                .into_iter()
                .filter(|(name, _)| !name.ends_with("num_batches_tracked"))
                .collect();
            assert_eq!(expected, weights);
            let statistics: usize = expected
                .iter()
                .filter(|(name, _)| name.contains("running_"))
                .map(|(_, shape)| shape[0])
                .sum();
            assert_eq!(layout.parameters(), Some(documented + statistics));
        }
    }

    #[test]
    fn what_is_missing_misshapen_or_foreign_is_named_with_what_was_expected() {
        let missing = refusal(|shapes| drop(shapes.remove("layer2.1.bn2.running_mean")));
        assert!(
            missing.contains("ResNet-50, layer2.1.bn2.running_mean is missing (expected [128])."),
            "{missing}"
        );
        for (name, shape, expected) in [
            (
                "layer3.5.conv2.weight",
                vec![256, 256, 1, 1],
                "[256, 256, 3, 3]",
            ),
            // From these the measures are read.
            ("conv1.weight", vec![63, 3, 7, 7], "[64, 3, 7, 7]"),
            (
                "layer4.0.conv3.weight",
                vec![2047, 512, 1, 1],
                "[2048, 512, 1, 1]",
            ),
            ("conv1.weight", vec![64, 1, 7, 7], "[64, 3, 7, 7]"),
            ("bn1.weight", vec![], "[64]"),
        ] {
            let text = refusal(|shapes| drop(shapes.insert(name.into(), shape.clone())));
            let fault = format!("{name} has the shape {shape:?} (expected {expected}).");
            assert!(text.contains(&fault), "{text}");
        }
        let foreign =
            refusal(|shapes| drop(shapes.insert("layer1.0.se.fc1.weight".into(), vec![4])));
        assert!(
            foreign.contains("layer1.0.se.fc1.weight is not part of it"),
            "{foreign}"
        );
    }

    #[test]
    fn other_networks_are_refused() {
        let text = refusal(|shapes| drop(shapes.remove("fc.weight")));
        assert!(text.contains("torchvision's names"), "{text}");
        let vgg = [("features.0.weight".to_owned(), vec![64, 3, 3, 3])];
        let text = layout(&vgg.into()).unwrap_err().to_string();
        assert!(text.contains("features.0.weight"), "{text}");
        assert!(layout(&Owned::new()).is_err());
        // Each kernel sees one of 32 groups.
        let text = layout(&torchvision("resnext50_32x4d"))
            .unwrap_err()
            .to_string();
        assert!(
            text.contains("layer1.0.conv2.weight") && text.contains("groups"),
            "{text}"
        );
    }

    #[test]
    fn absurd_sizes_are_refused_before_anything_is_allocated() {
        let text =
            refusal(|shapes| drop(shapes.insert("fc.weight".into(), vec![usize::MAX, 2048])));
        assert!(
            text.contains("too large") && text.contains("134 million"),
            "{text}"
        );
        let text = refusal(|shapes| {
            shapes.insert("fc.weight".into(), vec![0, 2048]);
            shapes.insert("fc.bias".into(), vec![0]);
        });
        assert!(text.contains("fc.weight is empty"), "{text}");
    }
}
