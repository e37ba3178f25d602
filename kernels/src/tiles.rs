//! A 3×3 convolution by Winograd's transform, tile by tile.

use core::ops::Range;
use core::ptr;

use crate::conv::Job;
use crate::isa::{Isa, Kernel};
use crate::places::NONE;
use crate::tile::{Edges, Matrix, Rows, blocks, multiply};
use crate::vector::Vector;
use crate::winograd;

/// Some tiles, and columns of the result.
pub struct WinogradTask<'a, const S: usize> {
    pub job: Job<'a>,
    pub matrices: &'a [Matrix],
    /// Rows and columns of tiles of a picture.
    pub grid: [usize; 2],
    /// Those that are computed; else all are.
    pub chosen: Option<&'a [u32]>,
    /// Of these.
    pub tiles: Range<usize>,
    pub panels: Range<usize>,
    pub own: *mut f32,
}

impl<const S: usize> Kernel for WinogradTask<'_, S> {
    #[inline(always)]
    unsafe fn run<I: Isa>(self) {
        let input = self.job.size[3];
        let columns = self.matrices[0].columns_of(&self.panels);
        let count = self.tiles.len();
        let zeros = self.own;
        let inputs = zeros.wrapping_add(input);
        let products = inputs.wrapping_add(S * S * count * input);
        unsafe {
            ptr::write_bytes(zeros, 0, input);
            for (index, tile) in self.tiles.clone().enumerate() {
                let from = self.places(tile, zeros);
                let to = inputs.add(index * input);
                let mut channel = 0;
                while channel + I::V::LANES <= input {
                    winograd::input::<I::V, S>(&from, channel, to, count * input);
                    channel += I::V::LANES;
                }
                for channel in channel..input {
                    winograd::input::<f32, S>(&from, channel, to, count * input);
                }
            }
            for (frequency, matrix) in self.matrices.iter().enumerate() {
                let result = Rows {
                    at: products.add(frequency * count * columns.len()),
                    stride: columns.len(),
                };
                for block in blocks(input) {
                    let a = Rows {
                        at: inputs
                            .add(frequency * count * input + block.start)
                            .cast_const(),
                        stride: input,
                    };
                    multiply::<I>(a, count, matrix, &block, &self.panels, result, Edges::NONE);
                }
            }
            for (index, tile) in self.tiles.clone().enumerate() {
                let from = products.add(index * columns.len());
                let to = self.rows(tile);
                let mut column = 0;
                while column + I::V::LANES <= columns.len() {
                    self.finish::<I::V>(&to, from, columns.start, column, columns.len());
                    column += I::V::LANES;
                }
                for column in column..columns.len() {
                    self.finish::<f32>(&to, from, columns.start, column, columns.len());
                }
            }
        }
    }
}

impl<const S: usize> WinogradTask<'_, S> {
    /// Picture, and first row and column of a tile's outputs.
    fn corner(&self, tile: usize) -> (usize, [usize; 2]) {
        let tile = self.chosen.map_or(tile, |chosen| chosen[tile] as usize);
        let [down, across] = self.grid;
        let (row, column) = (tile / across, tile % across);
        (row / down, [row % down * (S - 2), column * (S - 2)])
    }

    /// Where a tile's inputs lie; outside of the picture are zeros.
    #[inline(always)]
    fn places(&self, tile: usize, zeros: *const f32) -> [[*const f32; S]; S] {
        let [_, height, width, _] = self.job.size;
        let (n, [top, left]) = self.corner(tile);
        let padding = self.job.conv.padding;
        let mut places = [[zeros; S]; S];
        for (row, places) in places.iter_mut().enumerate() {
            let y = (top + row).wrapping_sub(padding);
            for (column, place) in places.iter_mut().enumerate() {
                let x = (left + column).wrapping_sub(padding);
                if y < height && x < width {
                    *place = self.job.input((n * height + y) * width + x);
                }
            }
        }
        places
    }

    /// The result's rows of a tile's outputs; the last two of each line are none.
    #[inline(always)]
    fn rows(&self, tile: usize) -> [[u32; S]; S] {
        let [_, height, width, _] = self.job.output;
        let (n, [top, left]) = self.corner(tile);
        let mut rows = [[NONE; S]; S];
        for (y, rows) in (top..height).zip(&mut rows[..S - 2]) {
            for (x, row) in (left..width).zip(&mut rows[..S - 2]) {
                let pixel = (n * height + y) * width + x;
                *row = self
                    .job
                    .wanted
                    .map_or(pixel as u32, |wanted| wanted.row(pixel));
            }
        }
        rows
    }

    /// Writes a tile's outputs of the columns from `first + column` on.
    #[inline(always)]
    unsafe fn finish<V: Vector>(
        &self,
        rows: &[[u32; S]; S],
        from: *const f32,
        first: usize,
        column: usize,
        columns: usize,
    ) {
        let out = self.job.output[3];
        unsafe {
            let stride = self.tiles.len() * columns;
            let values = winograd::output::<V, S>(from.add(column), stride);
            let edges = self.job.edges(0, first + column);
            let bias = V::load(edges.bias);
            for (rows, values) in rows.iter().zip(&values[..S - 2]) {
                for (&row, &value) in rows.iter().zip(&values[..S - 2]) {
                    if row == NONE {
                        continue;
                    }
                    let place = row as usize * out + first + column;
                    let mut value = value.add(bias);
                    if !edges.shortcut.is_null() {
                        value = value.add(V::load(edges.shortcut.add(place)));
                    }
                    if edges.relu {
                        value = value.max(V::splat(0.0));
                    }
                    value.store(self.job.result.at(place));
                }
            }
        }
    }
}
