//! Passes over pictures that differ little from a known one: what changes is computed, and nothing else.
//!
//! ```text
//! z'(q) = z(q) + Σ W(q − p, c) · Δ(p, c)        Δ'(q, c) = relu(z'(q, c)) − relu(z(q, c))
//! ```
//!
//! `z`: a convolution's output for the known picture, computed once; `Δ`: how far an activation is from the known
//! one; the sum runs over the positions `p` in reach and the channels `c` that change there. Those are few: at first a
//! picture differs in one channel, and further on ReLU leaves about a fifth of the units on, mostly the same ones in
//! the known picture and its variants. A tile of pictures shares one list of channels a position, so each weight is
//! read once for all of them and the products run in vectors. Nothing is neglected: the result is that of whole
//! passes, to rounding.

use alloc::vec;
use alloc::vec::Vec;
use core::slice;

use crate::conv::{Conv, outputs};
use crate::isa::{Isa, Kernel, Level};
use crate::network::Step;
use crate::pool::{Pool, Shared};
use crate::vector::Vector;

/// Pictures in a tile.
const LANES: usize = 8;
/// One number for each picture of a tile.
type Lanes = [f32; LANES];
/// Output channels whose sums are in registers at once: as many as there are registers for.
const ROWS: usize = if cfg!(target_family = "wasm") { 4 } else { 8 };
/// Weights that are used for all positions and tiles before the next: 256 KiB stay in the second cache level.
const BLOCK: usize = 65_536;
/// Most tiles of a thread in a batch: more share no more work, and whoever stops waits for all.
const TILES: usize = 4;
/// Memory for the largest layer of a batch, in bytes.
const MEMORY: usize = 64 << 20;

/// Differences of a tile of pictures from the known one at one layer.
#[derive(Debug)]
struct Changes {
    /// Height and width.
    size: [usize; 2],
    /// Where the entries of each position start, and one past the last.
    starts: Vec<usize>,
    /// The channel of each entry.
    channels: Vec<u32>,
    /// The difference of each entry, one for each picture.
    values: Vec<Lanes>,
}

impl Changes {
    /// None yet; the positions follow one by one.
    fn new(size: [usize; 2]) -> Self {
        Self {
            size,
            starts: vec![0],
            channels: Vec::new(),
            values: Vec::new(),
        }
    }

    fn push(&mut self, channel: usize, values: Lanes) {
        self.channels.push(channel as u32);
        self.values.push(values);
    }

    /// The next position follows.
    fn close(&mut self) {
        self.starts.push(self.channels.len());
    }

    fn at(&self, position: usize) -> (&[u32], &[Lanes]) {
        let entries = self.starts[position]..self.starts[position + 1];
        (&self.channels[entries.clone()], &self.values[entries])
    }

    /// Mean of the differences over all positions, for each of `channels` channels.
    fn means(&self, channels: usize) -> Vec<Lanes> {
        let mut sums = vec![[0.0; LANES]; channels];
        for (&channel, values) in self.channels.iter().zip(&self.values) {
            add(&mut sums[channel as usize], values);
        }
        let [height, width] = self.size;
        let mean = |sum: Lanes| sum.map(|sum| sum / (height * width) as f32);
        sums.into_iter().map(mean).collect()
    }
}

fn add(sum: &mut Lanes, values: &Lanes) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += value;
    }
}

/// A convolution's weights, in the order in which changes meet them.
#[derive(Debug)]
struct Panels {
    /// For each [`ROWS`] output channels the weights of each entry of a patch, `[kh, kw, in]`.
    panels: Vec<[f32; ROWS]>,
    bias: Vec<f32>,
    /// `[out, kh, kw, in]`
    shape: [usize; 4],
    stride: usize,
    padding: usize,
    level: Level,
}

impl Panels {
    fn new(conv: &Conv) -> Self {
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
    fn output(&self, [height, width]: [usize; 2]) -> [usize; 2] {
        let [_, kh, kw, _] = self.shape;
        let side = |length, kernel| outputs(length, (kernel, self.stride, self.padding));
        [side(height, kh), side(width, kw)]
    }

    /// As many zeros as the result has sums, `[position, out]`, for each tile.
    fn zeros(&self, tiles: &[Changes]) -> Vec<Vec<Lanes>> {
        let count =
            |tile: &Changes| self.output(tile.size).iter().product::<usize>() * self.shape[0];
        tiles
            .iter()
            .map(|tile| vec![[0.0; LANES]; count(tile)])
            .collect()
    }

    /// Adds what the changes change in the output to `sums`, `[position, out]`, tile by tile.
    fn add(&self, tiles: &[Changes], sums: &mut [Vec<Lanes>]) {
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

/// What ReLU leaves of `sums`, `[position, channel]`, added to the known `outputs`.
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

/// A residual block, and what it makes of the known picture.
#[derive(Debug)]
struct KnownBlock {
    panels: Vec<Panels>,
    downsample: Option<Panels>,
    /// Of each convolution the output before ReLU, `[position, out]`, the last one's with the shortcut.
    outputs: Vec<Vec<f32>>,
}

impl KnownBlock {
    /// Runs the block over the known picture `x`, a single tile of differences from zero.
    fn new(convs: &[&Conv], downsample: Option<&Conv>, x: &[Changes]) -> (Self, Vec<Changes>) {
        let mut known = Self {
            panels: convs.iter().map(|conv| Panels::new(conv)).collect(),
            downsample: downsample.map(Panels::new),
            outputs: Vec::new(),
        };
        let mut size = x[0].size;
        for panels in &known.panels {
            size = panels.output(size);
            known
                .outputs
                .push(vec![0.0; size[0] * size[1] * panels.shape[0]]);
        }
        let mut outputs = Vec::new();
        let y = known.run(x, |index, sums| {
            let shortcut = known.downsample.iter().filter(|_| known.is_last(index));
            for panels in shortcut.chain([&known.panels[index]]) {
                for sums in sums[0].chunks_exact_mut(panels.shape[0]) {
                    for (sum, &bias) in sums.iter_mut().zip(&panels.bias) {
                        add(sum, &[bias; LANES]);
                    }
                }
            }
            outputs.push(sums[0].iter().map(|sum| sum[0]).collect());
        });
        known.outputs = outputs;
        (known, y)
    }

    fn is_last(&self, index: usize) -> bool {
        index + 1 == self.panels.len()
    }

    /// What the changes `x` change in the block's output. `tap` sees the sums of each convolution before ReLU.
    fn run(&self, x: &[Changes], mut tap: impl FnMut(usize, &mut [Vec<Lanes>])) -> Vec<Changes> {
        let mut y = Vec::new();
        for (index, (panels, outputs)) in self.panels.iter().zip(&self.outputs).enumerate() {
            let input = if index == 0 { x } else { &y };
            let mut sums = panels.zeros(input);
            panels.add(input, &mut sums);
            if self.is_last(index) {
                self.add_shortcut(x, &mut sums);
            }
            tap(index, &mut sums);
            let rectify = |(tile, sums): (&Changes, Vec<Lanes>)| {
                let mut changes = Changes::new(panels.output(tile.size));
                // SAFETY: the convolution's level is the processor's.
                unsafe {
                    panels.level.run(Rectified {
                        outputs,
                        sums: &sums,
                        changes: &mut changes,
                    });
                }
                changes
            };
            y = input.iter().zip(sums).map(rectify).collect();
        }
        y
    }

    fn add_shortcut(&self, x: &[Changes], sums: &mut [Vec<Lanes>]) {
        if let Some(panels) = &self.downsample {
            return panels.add(x, sums);
        }
        for (tile, sums) in x.iter().zip(sums) {
            let channels = sums.len() / (tile.starts.len() - 1);
            for (position, sums) in sums.chunks_exact_mut(channels).enumerate() {
                let (changed, values) = tile.at(position);
                for (&channel, values) in changed.iter().zip(values) {
                    add(&mut sums[channel as usize], values);
                }
            }
        }
    }
}

/// Pictures that differ from a known one in one channel of a layer, and what the blocks behind it make of them.
#[derive(Debug)]
pub struct Variants {
    /// Activations of the layer, `[channels, height, width]`.
    activations: Vec<f32>,
    size: [usize; 2],
    blocks: Vec<KnownBlock>,
    /// Channels of the last block.
    features: usize,
}

impl Variants {
    /// Runs `blocks` over `activations`, `[channels, height, width]` row-major: the known picture.
    ///
    /// # Panics
    /// If the sizes do not fit, or if one of the steps is no block.
    pub fn new(
        blocks: &[Step<'_>],
        activations: &[f32],
        [channels, height, width]: [usize; 3],
    ) -> Self {
        let area = height * width;
        assert_eq!(activations.len(), channels * area, "the activations fit");
        let mut known = Changes::new([height, width]);
        for position in 0..area {
            for (channel, plane) in activations.chunks_exact(area).enumerate() {
                if plane[position] != 0.0 {
                    known.push(channel, [plane[position]; LANES]);
                }
            }
            known.close();
        }
        let (mut x, mut features) = (vec![known], channels);
        let run = |step: &Step<'_>| {
            let Step::Block { convs, downsample } = step else {
                panic!("variants go through blocks alone");
            };
            let (known, y) = KnownBlock::new(convs, *downsample, &x);
            x = y;
            features = known.panels.last().map_or(features, |last| last.shape[0]);
            known
        };
        let blocks = blocks.iter().map(run).collect();
        Self {
            activations: activations.to_vec(),
            size: [height, width],
            blocks,
            features,
        }
    }

    /// Channels of the last block.
    pub fn features(&self) -> usize {
        self.features
    }

    /// Pictures in a batch on so many threads: fewer take as long, and more take more memory than is good.
    pub fn batches(&self, threads: usize) -> [usize; 2] {
        let outputs = self.blocks.iter().flat_map(|block| &block.outputs);
        let largest = outputs.map(Vec::len).max().unwrap_or(1);
        let fitting = (MEMORY / (largest * size_of::<Lanes>())).max(1);
        [1, TILES].map(|tiles| LANES * fitting.min(tiles * threads))
    }

    /// How far the last block's means over all positions are from the known picture's with each of `channels` set to zero:
    /// `[channels.len(), features]` row-major.
    pub fn without(&self, pool: &dyn Pool, channels: &[u32]) -> Vec<f32> {
        let mut means = vec![0.0; channels.len() * self.features];
        let each = channels.len().div_ceil(LANES).div_ceil(pool.lanes()) * LANES;
        let to = Shared(means.as_mut_ptr());
        pool.run(&|lane| {
            let first = (lane * each).min(channels.len());
            let own = &channels[first..][..each.min(channels.len() - first)];
            let (at, count) = (to.at(first * self.features), own.len() * self.features);
            // SAFETY: each lane has channels of its own.
            self.run(own, unsafe { slice::from_raw_parts_mut(at, count) });
        });
        means
    }

    fn run(&self, channels: &[u32], means: &mut [f32]) {
        let tiles = channels.chunks(LANES).map(|tile| self.ablated(tile));
        let last = self
            .blocks
            .iter()
            .fold(tiles.collect(), |x: Vec<Changes>, block| {
                block.run(&x, |_, _| {})
            });
        let of_tiles = means.chunks_mut(LANES * self.features.max(1));
        for (means, changes) in of_tiles.zip(last) {
            let of_tile = changes.means(self.features);
            for (lane, means) in means.chunks_exact_mut(self.features).enumerate() {
                for (to, mean) in means.iter_mut().zip(&of_tile) {
                    *to = mean[lane];
                }
            }
        }
    }

    /// One channel set to zero in each picture.
    fn ablated(&self, channels: &[u32]) -> Changes {
        let mut changes = Changes::new(self.size);
        let area = self.size[0] * self.size[1];
        for position in 0..area {
            for (lane, &channel) in channels.iter().enumerate() {
                let value = self.activations[channel as usize * area + position];
                if value != 0.0 {
                    let mut values = [0.0; LANES];
                    values[lane] = -value;
                    changes.push(channel as usize, values);
                }
            }
            changes.close();
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use crate::conv::Conv;
    use crate::isa::Level;
    use crate::network::{Step, Workspace, run};
    use crate::pool::{Pool, Single};
    use crate::testing::{Lanes, numbers};

    use super::Variants;

    /// `[out, kernel, in]`
    fn conv([out, side, input]: [usize; 3], stride: usize, seed: usize, level: Level) -> Conv {
        let shape = [out, side, side, input];
        let weights = numbers(shape.iter().product(), seed);
        Conv::new(
            &weights,
            shape,
            &numbers(out, seed + 1),
            (stride, side / 2),
            level,
        )
    }

    /// Against whole passes of the same blocks, with sizes that end in the middle of tiles and panels: one block that
    /// changes the shape, one of plain convolutions that does not.
    #[test]
    fn the_means_are_those_of_whole_passes() {
        for level in Level::all() {
            let first = [
                conv([13, 1, 21], 2, 1, level),
                conv([13, 3, 13], 1, 3, level),
                conv([19, 1, 13], 1, 5, level),
            ];
            let downsample = conv([19, 1, 21], 2, 7, level);
            let second = [
                conv([19, 3, 19], 1, 9, level),
                conv([19, 3, 19], 1, 11, level),
            ];
            let blocks = [
                Step::Block {
                    convs: first.iter().collect(),
                    downsample: Some(&downsample),
                },
                Step::Block {
                    convs: second.iter().collect(),
                    downsample: None,
                },
            ];
            let size = [21, 9, 7];
            // As ReLU leaves them: half of them are zero.
            let activations: Vec<f32> = numbers(size.iter().product(), 13)
                .into_iter()
                .map(|value| value.max(0.0))
                .collect();
            let variants = Variants::new(&blocks, &activations, size);
            let known = means(&blocks, &activations, size);
            assert_eq!(variants.features(), 19);
            let all: Vec<u32> = (0..21).collect();
            for (pool, channels) in [
                (&Single as &dyn Pool, &all[..]),
                (&Lanes, &all),
                (&Lanes, &[20, 3]),
                (&Lanes, &[]),
            ] {
                let found = variants.without(pool, channels);
                assert_eq!(found.len(), channels.len() * 19);
                for (found, &channel) in found.chunks_exact(19).zip(channels) {
                    let mut ablated = activations.clone();
                    ablated[channel as usize * 63..][..63].fill(0.0);
                    let expected = means(&blocks, &ablated, size);
                    let most = known.iter().copied().fold(0.0, f32::max);
                    for ((found, with), without) in found.iter().zip(&known).zip(&expected) {
                        let off = (found - (without - with)).abs();
                        assert!(
                            off < 1e-5 * most,
                            "channel {channel}: off by {off} of {most}"
                        );
                    }
                }
            }
        }
    }

    /// What whole passes leave: the mean of each channel.
    fn means(blocks: &[Step<'_>], x: &[f32], [channels, height, width]: [usize; 3]) -> Vec<f32> {
        let steps: Vec<_> = blocks.iter().cloned().chain([Step::Emit]).collect();
        let mut found = Vec::new();
        run(
            &Single,
            &mut Workspace::default(),
            &steps,
            (x, [1, channels, height, width]),
            &mut |values, [_, _, height, width]| {
                let area = height * width;
                found = values
                    .chunks_exact(area)
                    .map(|plane| plane.iter().sum::<f32>() / area as f32)
                    .collect();
            },
        );
        found
    }

    #[test]
    fn a_batch_grows_with_the_threads_and_not_beyond_its_memory() {
        let level = Level::best();
        let only = conv([8, 1, 8], 1, 1, level);
        let of = |side: usize| {
            let block = Step::Block {
                convs: vec![&only],
                downsample: None,
            };
            let activations = numbers(8 * side * side, 2);
            Variants::new(&[block], &activations, [8, side, side])
        };
        assert_eq!(of(2).batches(1), [8, 32]);
        assert_eq!(of(2).batches(4), [32, 128]);
        // 8 channels at 256 × 256 for 8 pictures are 16 MiB: four tiles fit.
        assert_eq!(of(256).batches(2), [16, 32]);
    }
}
