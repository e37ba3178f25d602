//! How a tile of pictures differs from a known one at a layer, and what a convolution makes of it ([`crate::variants`]).

use alloc::vec;
use alloc::vec::Vec;

use crate::conv::{Conv, outputs};
use crate::isa::{Isa, Kernel, Level};
use crate::vector::Vector;

/// Pictures in a tile.
pub(crate) const LANES: usize = 8;
/// One number for each picture of a tile.
pub(crate) type Lanes = [f32; LANES];
/// Output channels whose sums are in registers at once: as many as there are registers for.
const ROWS: usize = if cfg!(target_family = "wasm") { 4 } else { 8 };
/// Weights that are used for all positions and tiles before the next: 256 KiB stay in the second cache level.
const BLOCK: usize = 65_536;

/// Differences of a tile of pictures from the known one at one layer.
#[derive(Debug)]
pub(crate) struct Changes {
    /// Height and width.
    pub size: [usize; 2],
    /// Where the entries of each position start, and one past the last.
    starts: Vec<usize>,
    /// The channel of each entry.
    channels: Vec<u32>,
    /// The difference of each entry, one for each picture.
    values: Vec<Lanes>,
}

impl Changes {
    /// None yet; the positions follow one by one.
    pub(crate) fn new(size: [usize; 2]) -> Self {
        Self {
            size,
            starts: vec![0],
            channels: Vec::new(),
            values: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, channel: usize, values: Lanes) {
        self.channels.push(channel as u32);
        self.values.push(values);
    }

    /// The next position follows.
    pub(crate) fn close(&mut self) {
        self.starts.push(self.channels.len());
    }

    /// How many positions.
    pub(crate) fn positions(&self) -> usize {
        self.starts.len() - 1
    }

    /// Channels and differences of a position.
    pub(crate) fn at(&self, position: usize) -> (&[u32], &[Lanes]) {
        let entries = self.starts[position]..self.starts[position + 1];
        (&self.channels[entries.clone()], &self.values[entries])
    }

    /// Mean of the differences over all positions, for each of `channels` channels.
    pub(crate) fn means(&self, channels: usize) -> Vec<Lanes> {
        let mut sums = vec![[0.0; LANES]; channels];
        for (&channel, values) in self.channels.iter().zip(&self.values) {
            add(&mut sums[channel as usize], values);
        }
        let [height, width] = self.size;
        let mean = |sum: Lanes| sum.map(|sum| sum / (height * width) as f32);
        sums.into_iter().map(mean).collect()
    }
}

pub(crate) fn add(sum: &mut Lanes, values: &Lanes) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += value;
    }
}

/// A convolution's weights, in the order in which changes meet them.
#[derive(Debug)]
pub(crate) struct Panels {
    /// For each [`ROWS`] output channels the weights of each entry of a patch, `[kh, kw, in]`.
    panels: Vec<[f32; ROWS]>,
    pub bias: Vec<f32>,
    /// `[out, kh, kw, in]`
    pub shape: [usize; 4],
    stride: usize,
    padding: usize,
    level: Level,
}

impl Panels {
    pub(crate) fn new(conv: &Conv) -> Self {
        let (weights, shape) = (conv.weights(), conv.shape());
        let (out, depth) = (shape[0], shape[1..].iter().product());
        let mut panels = Vec::with_capacity(out.div_ceil(ROWS) * depth);
        for rows in weights.chunks(ROWS * depth) {
            panels.extend((0..depth).map(|entry| {
                let mut column = [0.0; ROWS];
                for (to, row) in column.iter_mut().zip(rows.chunks_exact(depth)) {
                    *to = row[entry];
                }
                column
            }));
        }
        Self {
            panels,
            bias: conv.bias[..out].to_vec(),
            shape,
            stride: conv.stride,
            padding: conv.padding,
            level: conv.level,
        }
    }

    /// Entries of a patch.
    fn depth(&self) -> usize {
        self.shape[1..].iter().product()
    }

    /// Height and width of the result.
    pub(crate) fn output(&self, [height, width]: [usize; 2]) -> [usize; 2] {
        let [_, kh, kw, _] = self.shape;
        let side = |length, kernel| outputs(length, (kernel, self.stride, self.padding));
        [side(height, kh), side(width, kw)]
    }

    /// As many zeros as the result has sums, `[position, out]`, for each tile.
    pub(crate) fn zeros(&self, tiles: &[Changes]) -> Vec<Vec<Lanes>> {
        let count =
            |tile: &Changes| self.output(tile.size).iter().product::<usize>() * self.shape[0];
        tiles
            .iter()
            .map(|tile| vec![[0.0; LANES]; count(tile)])
            .collect()
    }

    /// Adds what the changes change in the output to `sums`, `[position, out]`, tile by tile.
    pub(crate) fn add(&self, tiles: &[Changes], sums: &mut [Vec<Lanes>]) {
        let panels = self;
        // SAFETY: the convolution's level is the processor's.
        unsafe {
            self.level.run(Products {
                panels,
                tiles,
                sums,
            });
        }
    }

    /// What ReLU leaves of `sums`, `[position, out]`, added to the known `outputs`, where the input is of `size`.
    pub(crate) fn rectify(&self, size: [usize; 2], outputs: &[f32], sums: &[Lanes]) -> Changes {
        let mut changes = Changes::new(self.output(size));
        // SAFETY: the convolution's level is the processor's.
        unsafe {
            self.level.run(Rectified {
                outputs,
                sums,
                changes: &mut changes,
            });
        }
        changes
    }

    /// The changes that the output's `position` sees, each position's with where its weights are in a patch.
    fn reach<'c>(&self, tile: &'c Changes, position: usize, patch: &mut Vec<Entry<'c>>) {
        let [_, kh, kw, _] = self.shape;
        let [height, width] = tile.size;
        let [_, columns] = self.output(tile.size);
        let (row, column) = (position / columns, position % columns);
        patch.clear();
        for (ky, kx) in (0..kh).flat_map(|ky| (0..kw).map(move |kx| (ky, kx))) {
            let y = (row * self.stride + ky).wrapping_sub(self.padding);
            let x = (column * self.stride + kx).wrapping_sub(self.padding);
            if y < height && x < width {
                let (channels, values) = tile.at(y * width + x);
                if !channels.is_empty() {
                    patch.push((ky * kw + kx, channels, values));
                }
            }
        }
    }
}

/// The changes of one position: where its weights are in a patch, the channels, the differences.
type Entry<'c> = (usize, &'c [u32], &'c [Lanes]);

/// Adds to the sums of all tiles what their changes change.
struct Products<'a> {
    panels: &'a Panels,
    tiles: &'a [Changes],
    sums: &'a mut [Vec<Lanes>],
}

impl Kernel for Products<'_> {
    #[inline(always)]
    unsafe fn run<I: Isa>(self) {
        unsafe {
            match LANES / I::V::LANES {
                1 => self.add::<I::V, 1>(),
                2 => self.add::<I::V, 2>(),
                _ => self.add::<f32, LANES>(),
            }
        }
    }
}

impl Products<'_> {
    /// `PARTS` vectors make a tile's lanes.
    #[inline(always)]
    unsafe fn add<V: Vector, const PARTS: usize>(self) {
        let Self {
            panels: of,
            tiles,
            sums,
        } = self;
        let (out, depth) = (of.shape[0], of.depth());
        let step = (BLOCK / (depth * ROWS)).max(1);
        let mut patch = Vec::new();
        for (block, panels) in of.panels.chunks(step * depth).enumerate() {
            for (tile, sums) in tiles.iter().zip(sums.iter_mut()) {
                for (position, sums) in sums.chunks_exact_mut(out).enumerate() {
                    of.reach(tile, position, &mut patch);
                    let rows = sums[block * step * ROWS..].chunks_mut(ROWS);
                    for (panel, rows) in panels.chunks_exact(depth).zip(rows) {
                        // SAFETY: the caller's promise.
                        unsafe { product::<V, PARTS>(panel, of.shape[3], &patch, rows) };
                    }
                }
            }
        }
    }
}

/// Adds to `rows`, the sums of as many output channels: `panel` has their weights, `patch` the changes in reach.
#[inline(always)]
unsafe fn product<V: Vector, const PARTS: usize>(
    panel: &[[f32; ROWS]],
    input: usize,
    patch: &[Entry<'_>],
    rows: &mut [Lanes],
) {
    // SAFETY: the caller has the instruction set, and a tile's lanes are as many as `PARTS` vectors have.
    unsafe {
        let mut sums = [[V::splat(0.0); PARTS]; ROWS];
        for &(place, channels, values) in patch {
            let weights = &panel[place * input..][..input];
            for (&channel, values) in channels.iter().zip(values) {
                let mut parts = [V::splat(0.0); PARTS];
                for (index, part) in parts.iter_mut().enumerate() {
                    *part = V::load(values.as_ptr().add(index * V::LANES));
                }
                for (sums, &weight) in sums.iter_mut().zip(&weights[channel as usize]) {
                    let weight = V::splat(weight);
                    for (sum, &part) in sums.iter_mut().zip(&parts) {
                        *sum = sum.fma(weight, part);
                    }
                }
            }
        }
        for (row, sums) in rows.iter_mut().zip(&sums) {
            for (index, &sum) in sums.iter().enumerate() {
                let at = row.as_mut_ptr().add(index * V::LANES);
                V::load(at).add(sum).store(at);
            }
        }
    }
}

/// [`Panels::rectify`], position by position.
struct Rectified<'a> {
    outputs: &'a [f32],
    sums: &'a [Lanes],
    changes: &'a mut Changes,
}

impl Kernel for Rectified<'_> {
    #[inline(always)]
    unsafe fn run<I: Isa>(self) {
        let Self {
            outputs,
            sums,
            changes,
        } = self;
        let channels = outputs.len() / (changes.size[0] * changes.size[1]);
        for (outputs, sums) in outputs
            .chunks_exact(channels)
            .zip(sums.chunks_exact(channels))
        {
            for (channel, (&output, sums)) in outputs.iter().zip(sums).enumerate() {
                // SAFETY: the caller has the instruction set.
                let change = unsafe { rectified::<I::V>(output, sums) };
                if change != [0.0; LANES] {
                    changes.push(channel, change);
                }
            }
            changes.close();
        }
    }
}

#[inline(always)]
unsafe fn rectified<V: Vector>(output: f32, sums: &Lanes) -> Lanes {
    let mut change = [0.0; LANES];
    // SAFETY: the caller has the instruction set, whose vectors divide the lanes.
    unsafe {
        let (zero, known) = (V::splat(0.0), V::splat(output));
        let before = known.max(zero);
        for at in (0..LANES).step_by(V::LANES) {
            let after = known.add(V::load(sums.as_ptr().add(at))).max(zero);
            after.sub(before).store(change.as_mut_ptr().add(at));
        }
    }
    change
}
