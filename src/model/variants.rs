//! Passes over pictures that differ little from a known one, on the CPU: what changes is computed, and nothing else.
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

#[cfg(not(target_family = "wasm"))]
use rayon::prelude::*;

use super::Layer;
use super::resnet::{Block, Conv, ResNet};

/// Pictures in a tile.
pub(crate) const LANES: usize = 8;
/// One number for each picture of a tile.
type Lanes = [f32; LANES];
/// Output channels whose sums are in registers at once: as many as there are registers for.
const ROWS: usize = if cfg!(target_family = "wasm") { 4 } else { 8 };
/// Weights that are used for all positions and tiles before the next: 256 KiB stay in the second cache level.
const BLOCK: usize = 65_536;
/// Most tiles of a thread in a batch: more share no more work, and Cancel waits for all.
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

    /// What ReLU leaves of `sums`, `[position, channel]`, added to the known `outputs`.
    fn rectified(size: [usize; 2], outputs: &[f32], sums: &[Lanes]) -> Self {
        let mut changes = Self::new(size);
        let channels = outputs.len() / (size[0] * size[1]);
        for (outputs, sums) in outputs
            .chunks_exact(channels)
            .zip(sums.chunks_exact(channels))
        {
            for (channel, (&output, sum)) in outputs.iter().zip(sums).enumerate() {
                let change = sum.map(|sum| (output + sum).max(0.0) - output.max(0.0));
                if change != [0.0; LANES] {
                    changes.push(channel, change);
                }
            }
            changes.close();
        }
        changes
    }
}

/// A convolution's weights, in the order in which changes meet them.
#[derive(Debug)]
struct Kernel {
    /// For each [`ROWS`] output channels the weights of each entry of a patch, `[kh, kw, in]`.
    panels: Vec<[f32; ROWS]>,
    bias: Vec<f32>,
    /// `[out, kh, kw, in]`
    shape: [usize; 4],
    stride: usize,
    padding: usize,
}

impl Kernel {
    /// None where the weights are not on the host.
    fn new(conv: &Conv) -> Option<Self> {
        let (weights, shape) = conv.weights()?;
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
        let (stride, padding) = conv.stride_and_padding();
        let bias = conv.bias().into_data().try_into_vec().ok()?;
        Some(Self {
            panels,
            bias,
            shape,
            stride,
            padding,
        })
    }

    /// Entries of a patch.
    fn depth(&self) -> usize {
        self.shape[1..].iter().product()
    }

    /// Height and width of the result.
    fn output(&self, [height, width]: [usize; 2]) -> [usize; 2] {
        let [_, kh, kw, _] = self.shape;
        let side =
            |length: usize, kernel: usize| (length + 2 * self.padding - kernel) / self.stride + 1;
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
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the processor has the instructions.
            return unsafe { self.add_fused(tiles, sums) };
        }
        self.add_products::<false>(tiles, sums);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    fn add_fused(&self, tiles: &[Changes], sums: &mut [Vec<Lanes>]) {
        self.add_products::<true>(tiles, sums);
    }

    #[inline(always)]
    fn add_products<const FUSED: bool>(&self, tiles: &[Changes], sums: &mut [Vec<Lanes>]) {
        let (out, depth) = (self.shape[0], self.depth());
        let step = (BLOCK / (depth * ROWS)).max(1);
        let mut patch = Vec::new();
        for (block, panels) in self.panels.chunks(step * depth).enumerate() {
            for (tile, sums) in tiles.iter().zip(sums.iter_mut()) {
                for (position, sums) in sums.chunks_exact_mut(out).enumerate() {
                    self.reach(tile, position, &mut patch);
                    let rows = sums[block * step * ROWS..].chunks_mut(ROWS);
                    for (panel, rows) in panels.chunks_exact(depth).zip(rows) {
                        let products = product::<FUSED>(panel, self.shape[3], &patch);
                        for (row, product) in rows.iter_mut().zip(&products) {
                            add(row, product);
                        }
                    }
                }
            }
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

/// Sums of [`ROWS`] output channels: `panel` has their weights, `patch` the changes in reach.
#[inline(always)]
fn product<const FUSED: bool>(
    panel: &[[f32; ROWS]],
    input: usize,
    patch: &[Entry<'_>],
) -> [Lanes; ROWS] {
    let mut sums = [[0.0; LANES]; ROWS];
    for &(place, channels, values) in patch {
        let weights = &panel[place * input..][..input];
        for (&channel, values) in channels.iter().zip(values) {
            let weights = weights[channel as usize];
            for (sums, weight) in sums.iter_mut().zip(weights) {
                for (sum, &value) in sums.iter_mut().zip(values) {
                    // Without the instruction a fused product is a call into a library.
                    *sum = if FUSED {
                        weight.mul_add(value, *sum)
                    } else {
                        *sum + weight * value
                    };
                }
            }
        }
    }
    sums
}

#[inline(always)]
fn add(sum: &mut Lanes, values: &Lanes) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += value;
    }
}

/// A residual block, and what it makes of the known picture.
#[derive(Debug)]
struct KnownBlock {
    kernels: Vec<Kernel>,
    downsample: Option<Kernel>,
    /// Of each convolution the output before ReLU, `[position, out]`, the last one's with the shortcut.
    outputs: Vec<Vec<f32>>,
}

impl KnownBlock {
    /// Runs the block over the known picture `x`, a single tile of differences from zero.
    fn new(block: &Block, x: &[Changes]) -> Option<(Self, Vec<Changes>)> {
        let downsample = match &block.downsample {
            Some(conv) => Some(Kernel::new(conv)?),
            None => None,
        };
        let mut known = Self {
            kernels: block.convs.iter().map(Kernel::new).collect::<Option<_>>()?,
            downsample,
            outputs: Vec::new(),
        };
        let mut size = x[0].size;
        for kernel in &known.kernels {
            size = kernel.output(size);
            known
                .outputs
                .push(vec![0.0; size[0] * size[1] * kernel.shape[0]]);
        }
        let mut outputs = Vec::new();
        let y = known.run(x, |index, sums| {
            let shortcut = known.downsample.iter().filter(|_| known.is_last(index));
            for kernel in shortcut.chain([&known.kernels[index]]) {
                for sums in sums[0].chunks_exact_mut(kernel.shape[0]) {
                    for (sum, &bias) in sums.iter_mut().zip(&kernel.bias) {
                        add(sum, &[bias; LANES]);
                    }
                }
            }
            outputs.push(sums[0].iter().map(|sum| sum[0]).collect());
        });
        known.outputs = outputs;
        Some((known, y))
    }

    fn is_last(&self, index: usize) -> bool {
        index + 1 == self.kernels.len()
    }

    /// What the changes `x` change in the block's output. `tap` sees the sums of each convolution before ReLU.
    fn run(&self, x: &[Changes], mut tap: impl FnMut(usize, &mut [Vec<Lanes>])) -> Vec<Changes> {
        let mut y = Vec::new();
        for (index, (kernel, outputs)) in self.kernels.iter().zip(&self.outputs).enumerate() {
            let input = if index == 0 { x } else { &y };
            let mut sums = kernel.zeros(input);
            kernel.add(input, &mut sums);
            if self.is_last(index) {
                self.add_shortcut(x, &mut sums);
            }
            tap(index, &mut sums);
            y = input
                .iter()
                .zip(sums)
                .map(|(tile, sums)| Changes::rectified(kernel.output(tile.size), outputs, &sums))
                .collect();
        }
        y
    }

    fn add_shortcut(&self, x: &[Changes], sums: &mut [Vec<Lanes>]) {
        if let Some(kernel) = &self.downsample {
            return kernel.add(x, sums);
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

/// The layers behind a target layer, and what they make of the known picture.
#[derive(Debug)]
pub(crate) struct Variants {
    /// Activations of the target layer, `[channels, height, width]`.
    activations: Vec<f32>,
    size: [usize; 2],
    blocks: Vec<KnownBlock>,
    /// Channels of the last layer.
    features: usize,
}

impl Variants {
    /// Runs the layers of `net` behind `layer` over its `activations`, `[channels, height, width]` row-major. None where the
    /// weights are not on the host.
    pub(crate) fn new(
        net: &ResNet,
        layer: Layer,
        activations: &[f32],
        size: [usize; 2],
    ) -> Option<Self> {
        let area = size[0] * size[1];
        let mut known = Changes::new(size);
        for position in 0..area {
            for (channel, plane) in activations.chunks_exact(area).enumerate() {
                if plane[position] != 0.0 {
                    known.push(channel, [plane[position]; LANES]);
                }
            }
            known.close();
        }
        let mut x = vec![known];
        let mut blocks = Vec::new();
        for block in net.stages[layer.index()..].iter().flatten() {
            let (known, y) = KnownBlock::new(block, &x)?;
            blocks.push(known);
            x = y;
        }
        Some(Self {
            activations: activations.to_vec(),
            size,
            blocks,
            features: net.channels(Layer::Layer4),
        })
    }

    /// Most pictures in a batch.
    pub(crate) fn max_batch(&self) -> usize {
        let outputs = self.blocks.iter().flat_map(|block| &block.outputs);
        let largest = outputs.map(Vec::len).max().unwrap_or(1);
        #[cfg(target_family = "wasm")]
        let threads = 1;
        #[cfg(not(target_family = "wasm"))]
        let threads = rayon::current_num_threads();
        let fitting = MEMORY / (largest * size_of::<Lanes>());
        LANES * fitting.clamp(1, TILES * threads)
    }

    /// How far the last layer's means over all positions are from the known picture's with each of `channels` set to zero
    /// at the target layer: `[channels.len(), features]` row-major.
    pub(crate) fn without(&self, channels: &[usize]) -> Vec<f32> {
        let tiles: Vec<&[usize]> = channels.chunks(LANES).collect();
        #[cfg(target_family = "wasm")]
        return self.run(&tiles);
        #[cfg(not(target_family = "wasm"))]
        tiles
            .par_chunks(tiles.len().div_ceil(rayon::current_num_threads()).max(1))
            .flat_map_iter(|tiles| self.run(tiles))
            .collect()
    }

    fn run(&self, tiles: &[&[usize]]) -> Vec<f32> {
        let changes = tiles.iter().map(|tile| self.ablated(tile)).collect();
        let last = self
            .blocks
            .iter()
            .fold(changes, |x: Vec<Changes>, block| block.run(&x, |_, _| {}));
        let mut means = Vec::new();
        for (tile, changes) in tiles.iter().zip(last) {
            let of_tile = changes.means(self.features);
            for lane in 0..tile.len() {
                means.extend(of_tile.iter().map(|mean| mean[lane]));
            }
        }
        means
    }

    /// One channel set to zero in each picture.
    fn ablated(&self, channels: &[usize]) -> Changes {
        let mut changes = Changes::new(self.size);
        let area = self.size[0] * self.size[1];
        for position in 0..area {
            for (lane, &channel) in channels.iter().enumerate() {
                let value = self.activations[channel * area + position];
                if value != 0.0 {
                    let mut values = [0.0; LANES];
                    values[lane] = -value;
                    changes.push(channel, values);
                }
            }
            changes.close();
        }
        changes
    }
}
