//! How a convolution is cut into workgroups.

use super::spec::{Element, Tile, VECTOR};
use super::{Cut, GpuConv, wgsl};

/// Fewer workgroups than this leave parts of a GPU idle.
const BUSY: usize = 256;
/// So many large tiles are as good as more small ones.
const ENOUGH: usize = 200;
/// Sums over so many patch entries, in vectors, are long; those of larger kernels are in any case.
const LONG: usize = 512;
/// A convolution is cut into this many sums at most.
const MOST_PARTS: usize = 16;

/// How sums are cut into parts where there are too few workgroups: adding parts up costs a pass of its own.
struct Split {
    /// Workgroups to aim at.
    aim: usize,
    /// Patch entries, in vectors, that a part must have.
    least: usize,
}

/// As measured on an NVIDIA H200, tile by tile (`docs/benchmarks.md`).
const SPLIT: Split = Split {
    aim: BUSY,
    least: 32,
};
const LONG_SPLIT: Split = Split {
    aim: 1200,
    least: 16,
};

/// Into how many parts sums over `entries` are cut, of so many workgroups.
fn split(groups: usize, entries: usize, how: Split) -> usize {
    if groups >= BUSY {
        return 1;
    }
    let most = (entries / how.least).clamp(1, MOST_PARTS);
    (how.aim / groups.max(1)).clamp(1, most)
}

/// How a convolution is cut for one size of input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    /// Height and width of the input.
    pub input: [usize; 2],
    /// Of the result: `[n, height, width, channels]`.
    pub size: [usize; 4],
    pub tile: Tile,
    /// Patch entries, in vectors.
    pub entries: usize,
    /// Of them, in each part.
    pub share: usize,
    pub parts: usize,
}

impl Plan {
    /// For an input of `[n, height, width]`.
    pub(super) fn new(conv: &GpuConv, [n, height, width]: [usize; 3]) -> Self {
        let out = |length: usize| (length + 2 * conv.padding - conv.side) / conv.stride + 1;
        let size = [n, out(height), out(width), conv.outputs];
        let entries = conv.side * conv.side * conv.inputs.div_ceil(VECTOR);
        let pixels = size[0] * size[1] * size[2];
        let groups = |tile: Tile| {
            let [rows, columns] = tile.size();
            pixels.div_ceil(rows) * size[3].div_ceil(columns)
        };
        let is_long = conv.inputs >= VECTOR * 8 && (conv.side > 1 || entries >= LONG);
        let (tile, parts) = match conv.style.cut {
            Cut::Direct => (Tile::Direct, 1),
            Cut::Shared if is_long => (Tile::Deep, split(groups(Tile::Deep), entries, LONG_SPLIT)),
            Cut::Shared if groups(Tile::Large) >= ENOUGH => (Tile::Large, 1),
            Cut::Shared => (Tile::Small, split(groups(Tile::Small), entries, SPLIT)),
        };
        let share = entries.div_ceil(parts).next_multiple_of(tile.depth());
        Self {
            input: [height, width],
            size,
            tile,
            entries,
            share,
            parts: entries.div_ceil(share),
        }
    }

    /// In the order of [`wgsl::SIZES`].
    pub(super) fn numbers(&self, conv: &GpuConv) -> [usize; wgsl::SIZES.len()] {
        [
            self.input[0],
            self.input[1],
            conv.inputs.div_ceil(VECTOR),
            self.size[1],
            self.size[2],
            self.size[3] / VECTOR,
            conv.stride,
            conv.padding,
            self.pixels(),
            self.entries,
            self.share,
        ]
    }

    pub(super) fn pixels(&self) -> usize {
        self.size[..3].iter().product()
    }

    /// Of the result.
    pub(super) fn vectors(&self) -> usize {
        self.pixels() * self.size[3] / VECTOR
    }

    /// Of the result.
    pub(super) fn bytes(&self, element: Element) -> usize {
        self.vectors() * VECTOR * element.bytes()
    }

    /// Of the sums of all parts; none where there is one.
    pub(super) fn part_bytes(&self) -> usize {
        match self.parts {
            1 => 0,
            parts => parts * self.bytes(Element::F32),
        }
    }

    pub(super) fn workgroups(&self) -> [usize; 3] {
        let [rows, columns] = self.tile.size();
        [
            self.size[3].div_ceil(columns),
            self.pixels().div_ceil(rows),
            self.parts,
        ]
    }
}
