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

use crate::changes::{Changes, LANES, Lanes, Panels, add};
use crate::conv::Conv;
use crate::network::Step;
use crate::pool::{Pool, Shared};

/// Most tiles of a thread in a batch: more share no more work, and whoever stops waits for all.
const TILES: usize = 4;
/// Memory for the largest layer of a batch, in bytes.
const MEMORY: usize = 64 << 20;

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
            let rectify =
                |(tile, sums): (&Changes, Vec<Lanes>)| panels.rectify(tile.size, outputs, &sums);
            y = input.iter().zip(sums).map(rectify).collect();
        }
        y
    }

    fn add_shortcut(&self, x: &[Changes], sums: &mut [Vec<Lanes>]) {
        if let Some(panels) = &self.downsample {
            return panels.add(x, sums);
        }
        for (tile, sums) in x.iter().zip(sums) {
            let channels = sums.len() / tile.positions();
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
