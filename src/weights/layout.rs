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

/// ImageNet's: what a published network's classifier has where the file has none.
const PUBLISHED_CLASSES: usize = 1000;

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
    /// The network that a checkpoint has, all of it.
    ///
    /// # Errors
    /// As [`Self::recognise`], and [`CheckpointError::Network`] naming what is missing, misshapen or not a ResNet's, with
    /// the shape expected.
    pub(crate) fn of(shapes: &Shapes<'_>) -> Result<Self, CheckpointError> {
        let layout = Self::recognise(shapes)?;
        layout.check(shapes)?;
        Ok(layout)
    }

    /// Reads kind and number of blocks off the names and the measures off the shapes: what a checkpoint comes closest to,
    /// whatever of it is missing or misshapen.
    ///
    /// The variant is v1.5, as torchvision's: a checkpoint does not say where the strides are.
    ///
    /// # Errors
    /// [`CheckpointError::Network`] where it is none; [`CheckpointError::TooLarge`] beyond [`MAX_PARAMETERS`].
    pub(crate) fn recognise(shapes: &Shapes<'_>) -> Result<Self, CheckpointError> {
        let mut closest =
            blocks(shapes).map(|(block, blocks)| Self::closest(block, blocks, shapes));
        // The tensor that is missing may be one that kind and number are read off: a published network may then be
        // closer. Most of it must be there, or the file is of something else.
        if closest.as_ref().is_none_or(|(faults, _)| *faults > 0) {
            let published = KNOWN
                .into_iter()
                .map(|(_, block, blocks)| Self::closest(block, blocks, shapes))
                .filter(|(faults, layout)| *faults < layout.tensors().len() / 2);
            closest = closest
                .into_iter()
                .chain(published)
                .min_by_key(|(faults, _)| *faults);
        }
        let (_, layout) = closest.ok_or_else(|| unlike(shapes))?;
        layout.check_size()?;
        Ok(layout)
    }

    /// The measures that fit best for these blocks, and how many faults are left.
    fn closest(block: Block, blocks: [usize; 4], shapes: &Shapes<'_>) -> (usize, Self) {
        let first = |name: &str| shapes.get(name).and_then(|shape| shape.first().copied());
        let out = |conv: &str| {
            let (weights, norm) = names(conv);
            first(&format!("{weights}.weight"))
                .or_else(|| first(&format!("{norm}.weight")))
                .unwrap_or(0)
        };
        let last_conv = match block {
            Block::Basic => "conv2",
            Block::Bottleneck => "conv3",
        };
        let found = Self {
            stem: out("conv1"),
            widths: [1, 2, 3, 4].map(|stage| {
                (
                    out(&format!("layer{stage}.0.conv1")),
                    out(&format!("layer{stage}.0.{last_conv}")),
                )
            }),
            classes: first("fc.weight")
                .or_else(|| first("fc.bias"))
                .unwrap_or(PUBLISHED_CLASSES),
            architecture: Architecture {
                family: Family::Resnet,
                block,
                variant: Variant::V15,
                blocks,
            },
        };
        // Measures read off a tensor that is itself misshapen would blame all the others: the published ones, where
        // they fit better, name the right one.
        [found.published(64), found.published(128)]
            .into_iter()
            .flatten()
            .chain([found])
            .map(|layout| {
                let faults = layout.faults(shapes).map_or(usize::MAX, |all| all.len());
                (faults, layout)
            })
            .min_by_key(|(faults, _)| *faults)
            .expect("at least what was found")
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

    fn check_size(&self) -> Result<(), CheckpointError> {
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
        Ok(())
    }

    fn check(&self, shapes: &Shapes<'_>) -> Result<(), CheckpointError> {
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

/// Kind of block and blocks in each stage, as the names tell; `None` where a stage or the classifier is missing.
fn blocks(shapes: &Shapes<'_>) -> Option<(Block, [usize; 4])> {
    let blocks = [1, 2, 3, 4].map(|stage| {
        (0..=MAX_BLOCKS)
            .take_while(|block| {
                shapes.contains_key(format!("layer{stage}.{block}.conv1.weight").as_str())
            })
            .count()
    });
    if blocks.iter().any(|&count| count == 0 || count > MAX_BLOCKS)
        || !shapes.contains_key("fc.weight")
    {
        return None;
    }
    let block = if shapes.contains_key("layer1.0.conv3.weight") {
        Block::Bottleneck
    } else {
        Block::Basic
    };
    Some((block, blocks))
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
    fn a_missing_tensor_that_the_network_is_read_off_is_named_too() {
        for (file, name, tensor, expected) in [
            (
                "resnet50",
                "ResNet-50",
                "layer2.1.conv1.weight",
                "[128, 512, 1, 1]",
            ),
            // Without its last block, it would be another network.
            (
                "resnet50",
                "ResNet-50",
                "layer3.5.conv1.weight",
                "[256, 1024, 1, 1]",
            ),
            (
                "resnet50",
                "ResNet-50",
                "layer1.0.conv3.weight",
                "[256, 64, 1, 1]",
            ),
            ("resnet50", "ResNet-50", "fc.weight", "[1000, 2048]"),
            (
                "resnet50",
                "ResNet-50",
                "layer3.0.conv1.weight",
                "[256, 512, 1, 1]",
            ),
            (
                "resnet18",
                "ResNet-18",
                "layer4.0.conv1.weight",
                "[512, 256, 3, 3]",
            ),
            (
                "wide_resnet50_2",
                "Wide ResNet-50",
                "layer1.0.conv3.weight",
                "[256, 128, 1, 1]",
            ),
        ] {
            let mut shapes = torchvision(file);
            shapes.remove(tensor);
            let text = layout(&shapes).unwrap_err().to_string();
            let fault = format!("read as a {name}, {tensor} is missing (expected {expected}). ");
            assert!(text.contains(&fault), "{text}");
        }
        // The number of classes is still that of the file.
        let text = refusal(|shapes| {
            shapes.remove("fc.weight");
            shapes.insert("fc.bias".into(), vec![7]);
        });
        assert!(
            text.contains("ResNet-50, fc.weight is missing (expected [7, 2048])."),
            "{text}"
        );
        let text = refusal(|shapes| shapes.retain(|name, _| !name.starts_with("fc.")));
        assert!(
            text.contains("ResNet-50, fc.weight is missing (expected [1000, 2048]); fc.bias is"),
            "{text}"
        );
    }

    #[test]
    fn measures_of_no_published_network_are_kept_where_a_tensor_is_missing() {
        for (tensor, expected) in [
            ("conv1.weight", "[24, 3, 7, 7]"),
            ("layer1.0.conv3.weight", "[16, 8, 1, 1]"),
            ("layer2.0.conv1.weight", "[8, 16, 1, 1]"),
        ] {
            let (_, block, blocks) = KNOWN[2];
            let own = Layout {
                architecture: Architecture {
                    family: Family::Resnet,
                    block,
                    variant: Variant::V15,
                    blocks,
                },
                stem: 24,
                widths: [(8, 16); 4],
                classes: 5,
            };
            let mut shapes: Owned = own.tensors().into_iter().collect();
            assert_eq!(layout(&shapes).unwrap(), own);
            shapes.remove(tensor);
            let text = layout(&shapes).unwrap_err().to_string();
            let fault = format!("blocks, {tensor} is missing (expected {expected}).");
            assert!(text.contains(&fault), "{text}");
        }
    }

    #[test]
    fn other_networks_are_refused() {
        let vgg = [("features.0.weight".to_owned(), vec![64, 3, 3, 3])];
        let text = layout(&vgg.into()).unwrap_err().to_string();
        assert!(
            text.contains("are not all there by torchvision's names")
                && text.contains("features.0.weight"),
            "{text}"
        );
        let text = layout(&Owned::new()).unwrap_err().to_string();
        assert!(text.contains("it has no tensors"), "{text}");
        // Too little of a ResNet to say which.
        let mut stem = torchvision("resnet50");
        stem.retain(|name, _| !name.starts_with("layer") && !name.starts_with("fc."));
        let text = layout(&stem).unwrap_err().to_string();
        assert!(text.contains("are not all there"), "{text}");
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
