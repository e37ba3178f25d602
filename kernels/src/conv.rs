//! Convolutions of pictures that lie pixel by pixel, `[n, height, width, channels]`.
//!
//! A pixel's channels are one piece of memory, so that a 1×1 convolution is a matrix product of the picture as it lies
//! and packed weights; other kernels gather patches first, or go through Winograd's transform.

use alloc::vec::Vec;
use core::ops::Range;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::isa::Level;
use crate::patches::PatchTask;
use crate::places::{NONE, Places, Window};
use crate::pool::{Pool, Scratch, Shared, share};
use crate::tile::{DEPTH, Edges, Matrix};
use crate::tiles::WinogradTask;
use crate::winograd;

/// Size of a batch, `[n, height, width, channels]`.
pub type Size = [usize; 4];

/// A convolution with its weights packed.
#[derive(Debug, Clone)]
pub struct Conv {
    weights: Weights,
    /// Filled up to a multiple of a tile's columns.
    pub(crate) bias: Vec<f32>,
    /// `[out, kh, kw, in]`
    pub(crate) shape: [usize; 4],
    pub(crate) stride: usize,
    pub(crate) padding: usize,
    pub(crate) level: Level,
    /// No other has it, but for clones.
    id: usize,
}

/// Outputs along one direction, for an input of `length`.
pub fn outputs(length: usize, (kernel, stride, padding): Window) -> usize {
    (length + 2 * padding - kernel) / stride + 1
}

static NEXT_ID: AtomicUsize = AtomicUsize::new(0);

/// A picture of which some pixels are kept, the others being those of another picture of that size.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    pub places: &'a Places,
    /// A row for each of the places.
    pub values: &'a [f32],
    /// All pixels of the other.
    pub others: &'a [f32],
}

/// What a convolution reads when only some of its outputs are wanted.
#[derive(Clone, Copy)]
pub enum Input<'a> {
    Whole(&'a [f32]),
    Parts(Parts<'a>),
}

impl<'a> Parts<'a> {
    /// The channels of a pixel.
    pub fn row(&self, pixel: usize, channels: usize) -> &'a [f32] {
        match self.places.row(pixel) {
            NONE => &self.others[pixel * channels..][..channels],
            row => &self.values[row as usize * channels..][..channels],
        }
    }

    /// Writes a row for each of `wanted`.
    ///
    /// # Panics
    /// If one of the parts is not among them.
    pub fn fill(&self, wanted: &Places, channels: usize, to: &mut [f32]) {
        let mut parts = 0;
        for (to, &pixel) in to.chunks_exact_mut(channels).zip(wanted.pixels()) {
            to.copy_from_slice(self.row(pixel as usize, channels));
            parts += usize::from(self.places.row(pixel as usize) != NONE);
        }
        assert_eq!(parts, self.places.count(), "all parts are wanted");
    }
}

#[derive(Debug, Clone)]
enum Weights {
    /// `[kh · kw · in, out]`
    Patches(Matrix),
    /// For each frequency of a tile of 4 × 4 or 6 × 6 inputs, `[in, out]`.
    Winograd(usize, Vec<Matrix>),
}

/// Input channels up to which F(4×4) is used: behind them the planes are small and its weights large.
const FEW_CHANNELS: usize = 128;
/// Rows of a task of a plain product: with [`DEPTH`] entries each they fit the second cache level.
const ROWS: usize = 96;
/// Floats of all frequencies that a task of a Winograd convolution works on.
const WINOGRAD_FLOATS: usize = 192 * 1024;
/// Tiles of such a task: fewer would read the weights too often.
const WINOGRAD_TILES: [usize; 2] = [24, 96];

impl Conv {
    /// Packs `weights`, `[out, kh, kw, in]` row-major, for the instruction set `level`.
    ///
    /// # Panics
    /// If `weights` or `bias` do not have the entries that `shape` asks for.
    pub fn new(
        weights: &[f32],
        shape: [usize; 4],
        bias: &[f32],
        (stride, padding): (usize, usize),
        level: Level,
    ) -> Self {
        let [out, kh, kw, input] = shape;
        let depth = kh * kw * input;
        assert!(
            weights.len() == out * depth && bias.len() == out,
            "weights and bias fit the shape"
        );
        let width = level.columns();
        let packed = if (kh, kw, stride) == (3, 3, 1) {
            let kernel = |from: usize, channel: usize| {
                let weights = &weights[channel * depth + from..];
                [0, 1, 2].map(|y| [0, 1, 2].map(|x| weights[(y * kw + x) * input]))
            };
            let size = [input, out];
            if input <= FEW_CHANNELS {
                let entries = |row, column| winograd::transform_kernel(kernel(row, column), 6);
                Weights::Winograd(6, Matrix::pack_all::<36>(size, width, entries).into())
            } else {
                let entries = |row, column| winograd::transform_kernel(kernel(row, column), 4);
                Weights::Winograd(4, Matrix::pack_all::<16>(size, width, entries).into())
            }
        } else {
            Weights::Patches(Matrix::pack([depth, out], width, |row, column| {
                weights[column * depth + row]
            }))
        };
        let mut bias = bias.to_vec();
        bias.resize(out.next_multiple_of(width), 0.0);
        Self {
            weights: packed,
            bias,
            shape,
            stride,
            padding,
            level,
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// Tells it from every other, but for its clones.
    pub fn id(&self) -> usize {
        self.id
    }

    /// What an output sees.
    ///
    /// # Panics
    /// If the kernel is no square.
    pub fn window(&self) -> Window {
        let [_, height, width, _] = self.shape;
        assert_eq!(height, width, "the kernel is a square");
        (height, self.stride, self.padding)
    }

    /// The weights as they came, `[out, kh, kw, in]` row-major, within rounding.
    pub fn weights(&self) -> Vec<f32> {
        let [out, kh, kw, input] = self.shape;
        let depth = kh * kw * input;
        let mut weights = alloc::vec![0.0; out * depth];
        for (channel, weights) in weights.chunks_exact_mut(depth.max(1)).enumerate() {
            match &self.weights {
                Weights::Patches(matrix) => {
                    for (row, weight) in weights.iter_mut().enumerate() {
                        *weight = matrix.get(row, channel);
                    }
                }
                Weights::Winograd(side, matrices) => {
                    for from in 0..input {
                        let kernel = winograd::recover_kernel(*side, |frequency| {
                            matrices[frequency].get(from, channel)
                        });
                        for (place, &weight) in kernel.iter().flatten().enumerate() {
                            weights[place * input + from] = weight;
                        }
                    }
                }
            }
        }
        weights
    }

    /// `[out, kh, kw, in]`
    pub fn shape(&self) -> [usize; 4] {
        self.shape
    }

    /// Size of the result for an input of `size`.
    pub fn output(&self, [n, height, width, _]: Size) -> Size {
        let [out, kh, kw, _] = self.shape;
        let side = |length, kernel| outputs(length, (kernel, self.stride, self.padding));
        [n, side(height, kh), side(width, kw), out]
    }

    /// Convolves `x` (`size`), adds bias and, where given, the shortcut (of the result's size), then ReLU if asked for.
    ///
    /// # Panics
    /// If `x`, `shortcut` or `result` do not have the entries of their sizes.
    pub fn run(
        &self,
        threads: (&dyn Pool, &mut Scratch),
        (x, size): (&[f32], Size),
        shortcut: Option<&[f32]>,
        relu: bool,
        result: &mut [f32],
    ) {
        let count: usize = self.output(size).iter().product();
        assert!(
            x.len() == size.iter().product::<usize>() && size[3] == self.shape[3],
            "the input fits"
        );
        assert!(
            result.len() == count && shortcut.is_none_or(|shortcut| shortcut.len() == count),
            "the result and the shortcut fit"
        );
        let job = self.job((x, size), shortcut, relu, result);
        self.start(job, threads);
    }

    /// The same of one picture for the outputs at `wanted` alone, of which `shortcut` and `result` have a row each.
    ///
    /// # Panics
    /// As [`Conv::run`]; and if a convolution that [reads rows as they lie](Conv::reads_as_it_lies) is wanted elsewhere than
    /// where its parts are. Such a one reads none of the others, which may be left empty.
    pub fn run_at(
        &self,
        threads: (&dyn Pool, &mut Scratch),
        wanted: &Places,
        (x, size): (Input<'_>, Size),
        shortcut: Option<&[f32]>,
        relu: bool,
        result: &mut [f32],
    ) {
        let (all, channels) = (size.iter().product::<usize>(), size[3]);
        assert!(size[0] == 1 && channels == self.shape[3], "the input fits");
        let (values, parts) = match x {
            Input::Whole(x) => {
                assert_eq!(x.len(), all, "the input fits");
                (x, None)
            }
            Input::Parts(Parts {
                places,
                values,
                others,
            }) => {
                let as_it_lies = self.reads_as_it_lies();
                assert!(
                    values.len() == places.count() * channels
                        && (as_it_lies || others.len() == all),
                    "the input fits"
                );
                assert!(
                    !as_it_lies || places.pixels() == wanted.pixels(),
                    "rows are computed from rows"
                );
                (values, Some((places, others.as_ptr())))
            }
        };
        let count = wanted.count() * self.shape[0];
        assert!(
            result.len() == count && shortcut.is_none_or(|shortcut| shortcut.len() == count),
            "the result and the shortcut fit"
        );
        let job = Job {
            parts,
            wanted: Some(wanted),
            ..self.job((values, size), shortcut, relu, result)
        };
        self.start(job, threads);
    }

    /// Whether a pixel of the result needs no pixel of the input but that at its place.
    pub fn reads_as_it_lies(&self) -> bool {
        self.shape[1] * self.shape[2] * self.stride == 1 && self.padding == 0
    }

    fn job<'a>(
        &'a self,
        (x, size): (&[f32], Size),
        shortcut: Option<&[f32]>,
        relu: bool,
        result: &mut [f32],
    ) -> Job<'a> {
        Job {
            conv: self,
            x: x.as_ptr(),
            parts: None,
            size,
            output: self.output(size),
            wanted: None,
            shortcut: shortcut.map_or(ptr::null(), <[f32]>::as_ptr),
            relu,
            result: Shared(result.as_mut_ptr()),
        }
    }

    fn start(&self, job: Job<'_>, (pool, scratch): (&dyn Pool, &mut Scratch)) {
        if job.rows() == 0 {
            return;
        }
        match &self.weights {
            Weights::Patches(matrix) => job.patches(matrix, pool, scratch),
            Weights::Winograd(4, matrices) => job.winograd::<4>(matrices, pool, scratch),
            Weights::Winograd(_, matrices) => job.winograd::<6>(matrices, pool, scratch),
        }
    }
}

/// A convolution and what it is applied to.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    pub conv: &'a Conv,
    pub x: *const f32,
    /// Of which pixels `x` has rows, and all pixels of the picture that has the others; else `x` has all.
    pub parts: Option<(&'a Places, *const f32)>,
    pub size: Size,
    pub output: Size,
    /// Of which pixels the result and the shortcut have rows; else of all.
    pub wanted: Option<&'a Places>,
    pub shortcut: *const f32,
    pub relu: bool,
    pub result: Shared,
}

// SAFETY: lanes read what the pointers point to, and write disjoint parts of the result.
unsafe impl Sync for Job<'_> {}

/// How rows (pixels or tiles) and panels of columns are cut into tasks.
struct Cut {
    rows: usize,
    panels: usize,
    each: [usize; 2],
}

impl Cut {
    /// At most `most` rows in a task, and enough tasks for all lanes.
    fn new(rows: usize, panels: usize, most: usize, step: usize, lanes: usize) -> Self {
        // More than one task a lane: not all take equally long, nor do all lanes always have a core.
        let wanted = if lanes == 1 { 1 } else { 3 * lanes };
        let by_rows = rows.div_ceil(most).max(wanted.min(rows.div_ceil(8 * step)));
        let by_panels = wanted.div_ceil(by_rows).clamp(1, panels);
        let each = rows.div_ceil(by_rows).next_multiple_of(step).min(rows);
        Self {
            rows,
            panels,
            each: [each, panels.div_ceil(by_panels)],
        }
    }

    fn tasks(&self) -> usize {
        self.rows.div_ceil(self.each[0]) * self.panels.div_ceil(self.each[1])
    }

    /// Rows and panels of a task; tasks that follow each other share their panels.
    fn task(&self, index: usize) -> (Range<usize>, Range<usize>) {
        let across = self.rows.div_ceil(self.each[0]);
        let [row, panel] = [index % across * self.each[0], index / across * self.each[1]];
        (
            row..self.rows.min(row + self.each[0]),
            panel..self.panels.min(panel + self.each[1]),
        )
    }
}

impl Job<'_> {
    /// Of the result.
    fn rows(&self) -> usize {
        let [n, height, width, _] = self.output;
        self.wanted.map_or(n * height * width, Places::count)
    }

    /// Where the channels of a pixel of the input lie.
    #[inline(always)]
    pub fn input(&self, pixel: usize) -> *const f32 {
        let channels = self.size[3];
        match self.parts {
            None => self.x.wrapping_add(pixel * channels),
            Some((places, others)) => match places.row(pixel) {
                NONE => others.wrapping_add(pixel * channels),
                row => self.x.wrapping_add(row as usize * channels),
            },
        }
    }

    /// By a matrix product with the patches.
    fn patches(self, matrix: &Matrix, pool: &dyn Pool, scratch: &mut Scratch) {
        let cut = Cut::new(
            self.rows(),
            matrix.panels(),
            ROWS,
            self.conv.level.rows(),
            pool.lanes(),
        );
        let floats = cut.each[0] * DEPTH;
        share(pool, (scratch, floats), cut.tasks(), &|index, own| {
            let (rows, panels) = cut.task(index);
            let task = PatchTask {
                job: self,
                matrix,
                rows,
                panels,
                own,
            };
            // SAFETY: the level is the processor's; the task's part of the result is its own.
            unsafe { self.conv.level.run(task) };
        });
    }

    /// By Winograd's transform of tiles of `S` × `S` inputs.
    fn winograd<const S: usize>(self, matrices: &[Matrix], pool: &dyn Pool, scratch: &mut Scratch) {
        let [n, height, width, out] = self.output;
        let input = self.size[3];
        let grid = [height.div_ceil(S - 2), width.div_ceil(S - 2)];
        let chosen = self.wanted.map(|wanted| wanted.tiles(S - 2, grid));
        let count = chosen.as_ref().map_or(n * grid[0] * grid[1], Vec::len);
        let tile = S * S * (input + out);
        let [least, most] = WINOGRAD_TILES;
        let cut = Cut::new(
            count,
            matrices[0].panels(),
            (WINOGRAD_FLOATS / tile).clamp(least, most),
            self.conv.level.rows(),
            pool.lanes(),
        );
        // Before them the zeros around the picture.
        let floats = input + cut.each[0] * tile;
        share(pool, (scratch, floats), cut.tasks(), &|index, own| {
            let (tiles, panels) = cut.task(index);
            let task = WinogradTask::<S> {
                job: self,
                matrices,
                grid,
                chosen: chosen.as_deref(),
                tiles,
                panels,
                own,
            };
            // SAFETY: as above.
            unsafe { self.conv.level.run(task) };
        });
    }

    pub fn edges(&self, offset: usize, column: usize) -> Edges {
        Edges {
            bias: self.conv.bias[column..].as_ptr(),
            shortcut: if self.shortcut.is_null() {
                ptr::null()
            } else {
                self.shortcut.wrapping_add(offset)
            },
            relu: self.relu,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::*;
    use crate::pool::Single;
    use crate::testing::{Lanes, numbers};

    /// By the definition, in float64.
    fn by_definition(
        (x, [n, height, width, input]): (&[f32], Size),
        (weights, [out, kh, kw, _]): (&[f32], [usize; 4]),
        bias: &[f32],
        (stride, padding): (usize, usize),
        [_, out_height, out_width, _]: Size,
    ) -> Vec<f64> {
        let mut result = vec![];
        for (n, oy) in (0..n).flat_map(|n| (0..out_height).map(move |oy| (n, oy))) {
            for (ox, channel) in (0..out_width).flat_map(|ox| (0..out).map(move |c| (ox, c))) {
                let mut sum = f64::from(bias[channel]);
                for (ky, kx) in (0..kh).flat_map(|ky| (0..kw).map(move |kx| (ky, kx))) {
                    let y = (oy * stride + ky).wrapping_sub(padding);
                    let x_ = (ox * stride + kx).wrapping_sub(padding);
                    if y >= height || x_ >= width {
                        continue;
                    }
                    for from in 0..input {
                        let weight = weights[((channel * kh + ky) * kw + kx) * input + from];
                        let value = x[((n * height + y) * width + x_) * input + from];
                        sum += f64::from(weight) * f64::from(value);
                    }
                }
                result.push(sum);
            }
        }
        result
    }

    /// On shapes that end in the middle of tiles, panels and blocks, with every instruction set and with threads.
    #[test]
    fn agrees_with_the_definition_on_odd_shapes() {
        let cases = [
            // [n, h, w, in], out, kernel, stride, padding
            ([1, 17, 23, 3], 7, 7, 2, 3),
            ([2, 9, 11, 5], 13, 3, 1, 1),
            ([1, 8, 7, 31], 6, 3, 2, 1),
            ([3, 5, 3, 300], 11, 1, 1, 0),
            ([1, 7, 7, 64], 64, 3, 1, 1),
            ([2, 14, 14, 200], 40, 3, 1, 1),
            ([1, 40, 41, 4], 5, 1, 2, 0),
            ([1, 1, 1, 1], 1, 3, 1, 1),
            ([1, 6, 5, 3], 2, 3, 1, 0),
            ([1, 3, 400, 2], 4, 3, 1, 1),
            ([1, 30, 30, 20], 130, 1, 1, 0),
        ];
        for (size, out, kernel, stride, padding) in cases {
            let [_, _, _, input] = size;
            let shape = [out, kernel, kernel, input];
            let (x, weights) = (
                numbers(size.iter().product(), 1),
                numbers(shape.iter().product(), 2),
            );
            let bias = numbers(out, 3);
            for level in Level::all() {
                let conv = Conv::new(&weights, shape, &bias, (stride, padding), level);
                let recovered = conv.weights();
                let worst = recovered.iter().zip(&weights).map(|(a, b)| (a - b).abs());
                assert!(worst.fold(0.0, f32::max) < 1e-6, "{shape:?}: the weights");
                let output = conv.output(size);
                let plain = by_definition(
                    (&x, size),
                    (&weights, shape),
                    &bias,
                    (stride, padding),
                    output,
                );
                let shortcut = numbers(plain.len(), 4);
                for (pool, added) in [(&Single as &dyn Pool, None), (&Lanes, Some(&*shortcut))] {
                    let mut found = vec![f32::NAN; plain.len()];
                    let threads = (pool, &mut Scratch::default());
                    conv.run(threads, (&x, size), added, added.is_some(), &mut found);
                    for (index, (&found, &plain)) in found.iter().zip(&plain).enumerate() {
                        let expected = match added {
                            Some(added) => (plain + f64::from(added[index])).max(0.0),
                            None => plain,
                        };
                        let off = (f64::from(found) - expected).abs();
                        assert!(off < 2e-4, "{level:?}, {size:?} → {shape:?}: off by {off}");
                    }
                }
            }
        }
    }
}
