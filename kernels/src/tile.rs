//! The matrix product: packed weights, and tiles of the result that stay in registers.
//!
//! The blocking is Goto and van de Geijn's ("Anatomy of High-Performance Matrix Multiplication", 2008): a panel of
//! weights stays in the first cache level, a block of rows in the second, a tile of the result in registers.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;
use core::ptr;

use crate::isa::Isa;
use crate::vector::Vector;

/// Most entries of a row that are multiplied before the sums go back to memory: a panel of weights of this depth takes
/// half of the first cache level.
pub const DEPTH: usize = 256;

/// A matrix `[depth, columns]`, packed: for each block of [`DEPTH`] entries, for each panel of columns, entry by entry.
#[derive(Debug, Clone)]
pub struct Matrix {
    pub values: Vec<f32>,
    pub depth: usize,
    pub columns: usize,
    /// Columns of a panel; the last one is filled up with zeros.
    width: usize,
}

impl Matrix {
    /// Packs what `entry(row, column)` gives.
    pub fn pack(size: [usize; 2], width: usize, entry: impl Fn(usize, usize) -> f32) -> Self {
        let [matrix] = Self::pack_all(size, width, |row, column| [entry(row, column)]);
        matrix
    }

    /// Packs several matrices of the same size, whose entries come together.
    pub fn pack_all<const N: usize>(
        [depth, columns]: [usize; 2],
        width: usize,
        entries: impl Fn(usize, usize) -> [f32; N],
    ) -> [Self; N] {
        let mut matrices = [(); N].map(|()| Self {
            values: Vec::with_capacity(columns.next_multiple_of(width) * depth),
            depth,
            columns,
            width,
        });
        for block in blocks(depth) {
            for first in (0..columns).step_by(width) {
                for row in block.clone() {
                    for column in first..first + width {
                        let values = if column < columns {
                            entries(row, column)
                        } else {
                            [0.0; N]
                        };
                        for (matrix, value) in matrices.iter_mut().zip(values) {
                            matrix.values.push(value);
                        }
                    }
                }
            }
        }
        matrices
    }

    /// Panels of columns.
    pub fn panels(&self) -> usize {
        self.columns.div_ceil(self.width)
    }

    /// The columns of some panels.
    pub fn columns_of(&self, panels: &Range<usize>) -> Range<usize> {
        panels.start * self.width..self.columns.min(panels.end * self.width)
    }

    /// One panel's part of the block of entries that begins at `start` and has `depth` entries.
    #[inline(always)]
    fn panel(&self, start: usize, depth: usize, panel: usize) -> *const f32 {
        let at = start * self.panels() * self.width + panel * depth * self.width;
        self.values[at..at + depth * self.width].as_ptr()
    }

    pub fn get(&self, row: usize, column: usize) -> f32 {
        let start = row - row % DEPTH;
        let depth = (self.depth - start).min(DEPTH);
        let (panel, column) = (column / self.width, column % self.width);
        let at = start * self.panels() * self.width + panel * depth * self.width;
        self.values[at + (row - start) * self.width + column]
    }
}

/// Entries of a row `start..end`, the blocks in which a product is computed.
pub fn blocks(depth: usize) -> impl Iterator<Item = Range<usize>> {
    (0..depth)
        .step_by(DEPTH)
        .map(move |start| start..depth.min(start + DEPTH))
}

/// What happens to the sums before and after they are computed.
#[derive(Clone, Copy)]
pub struct Edges {
    /// Added to each row, a multiple of the panel's width; null: nothing is.
    pub bias: *const f32,
    /// Added to the result, of its layout; null: nothing is.
    pub shortcut: *const f32,
    /// Through ReLU.
    pub relu: bool,
}

impl Edges {
    pub const NONE: Self = Self {
        bias: ptr::null(),
        shortcut: ptr::null(),
        relu: false,
    };
}

/// Rows of floats in memory: row `i` begins at `at + i * stride`.
#[derive(Clone, Copy)]
pub struct Rows<P> {
    pub at: P,
    pub stride: usize,
}

/// Multiplies `rows` rows of `a`, which hold the entries `block`, by the columns of `panels`, and adds to `c` what
/// comes out, or with the first block begins there. `c` and `edges` point to the first column of the first panel.
///
/// # Safety
/// The pointers must be valid for all of that, and nobody else use that part of `c` meanwhile.
#[inline(always)]
pub unsafe fn multiply<I: Isa>(
    a: Rows<*const f32>,
    rows: usize,
    matrix: &Matrix,
    block: &Range<usize>,
    panels: &Range<usize>,
    c: Rows<*mut f32>,
    edges: Edges,
) {
    let first = block.start == 0;
    let last = block.end == matrix.depth;
    for panel in panels.clone() {
        let b = matrix.panel(block.start, block.len(), panel);
        let offset = (panel - panels.start) * I::COLUMNS;
        let columns = (matrix.columns - panel * I::COLUMNS).min(I::COLUMNS);
        for row in (0..rows).step_by(I::ROWS) {
            let count = (rows - row).min(I::ROWS);
            let place = row * c.stride + offset;
            let shift = |pointer: *const f32, by: usize| {
                if pointer.is_null() {
                    pointer
                } else {
                    pointer.wrapping_add(by)
                }
            };
            let how = Tile {
                a: Rows {
                    at: a.at.wrapping_add(row * a.stride),
                    stride: a.stride,
                },
                b,
                depth: block.len(),
                c: Rows {
                    at: c.at.wrapping_add(place),
                    stride: c.stride,
                },
                accumulate: !first,
                bias: if first {
                    shift(edges.bias, offset)
                } else {
                    ptr::null()
                },
                shortcut: if last {
                    shift(edges.shortcut, place)
                } else {
                    ptr::null()
                },
                relu: last && edges.relu,
            };
            if columns == I::COLUMNS {
                unsafe { I::tile(count, &how) };
            } else {
                unsafe { narrow::<I>(count, columns, how) };
            }
        }
    }
}

/// A tile that has fewer columns than the registers: by way of full ones beside.
#[inline(never)]
unsafe fn narrow<I: Isa>(rows: usize, columns: usize, how: Tile) {
    let width = I::COLUMNS;
    let (c, shortcut) = (how.c, how.shortcut);
    let mut beside = vec![0.0_f32; 2 * rows * width];
    let (result, added) = beside.split_at_mut(rows * width);
    let copy = |from: *const f32, to: &mut [f32]| {
        for row in 0..rows {
            for column in 0..columns {
                to[row * width + column] = unsafe { *from.add(row * c.stride + column) };
            }
        }
    };
    if how.accumulate {
        copy(c.at, result);
    }
    if !shortcut.is_null() {
        copy(shortcut, added);
    }
    let full = Tile {
        c: Rows {
            at: result.as_mut_ptr(),
            stride: width,
        },
        shortcut: if shortcut.is_null() {
            shortcut
        } else {
            added.as_ptr()
        },
        ..how
    };
    unsafe { I::tile(rows, &full) };
    for row in 0..rows {
        for column in 0..columns {
            unsafe { *c.at.add(row * c.stride + column) = result[row * width + column] };
        }
    }
}

/// One tile of the result.
pub struct Tile {
    a: Rows<*const f32>,
    b: *const f32,
    depth: usize,
    c: Rows<*mut f32>,
    accumulate: bool,
    bias: *const f32,
    shortcut: *const f32,
    relu: bool,
}

/// Entries that one turn of the innermost loop takes.
const UNROLL: usize = 4;

/// Computes a tile of `R` rows and `N` vectors of columns.
///
/// # Safety
/// Its pointers must be valid, `V` of the processor.
#[inline(always)]
pub unsafe fn tile<V: Vector, const R: usize, const N: usize>(how: &Tile) {
    unsafe {
        // Loops over the sums are short and have no branches, so that all are unrolled: else the sums lie in memory.
        let mut sums = [[V::splat(0.0); N]; R];
        if how.accumulate {
            for (r, sums) in sums.iter_mut().enumerate() {
                for (n, sum) in sums.iter_mut().enumerate() {
                    *sum = V::load(how.c.at.add(r * how.c.stride + n * V::LANES));
                }
            }
        } else if !how.bias.is_null() {
            for sums in &mut sums {
                for (n, sum) in sums.iter_mut().enumerate() {
                    *sum = V::load(how.bias.add(n * V::LANES));
                }
            }
        }
        let mut a = [how.a.at; R];
        for (r, a) in a.iter_mut().enumerate() {
            *a = how.a.at.add(r * how.a.stride);
        }
        let mut b = how.b;
        for _ in 0..how.depth / UNROLL {
            for k in 0..UNROLL {
                outer_product(&mut sums, &a, k, b.add(k * N * V::LANES));
            }
            for a in &mut a {
                *a = a.add(UNROLL);
            }
            b = b.add(UNROLL * N * V::LANES);
        }
        for k in 0..how.depth % UNROLL {
            outer_product(&mut sums, &a, k, b.add(k * N * V::LANES));
        }
        if !how.shortcut.is_null() {
            for (r, sums) in sums.iter_mut().enumerate() {
                for (n, sum) in sums.iter_mut().enumerate() {
                    let place = r * how.c.stride + n * V::LANES;
                    *sum = sum.add(V::load(how.shortcut.add(place)));
                }
            }
        }
        if how.relu {
            for sums in &mut sums {
                for sum in sums {
                    *sum = sum.max(V::splat(0.0));
                }
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            for (n, sum) in sums.iter().enumerate() {
                sum.store(how.c.at.add(r * how.c.stride + n * V::LANES));
            }
        }
    }
}

#[inline(always)]
unsafe fn outer_product<V: Vector, const R: usize, const N: usize>(
    sums: &mut [[V; N]; R],
    a: &[*const f32; R],
    k: usize,
    b: *const f32,
) {
    unsafe {
        let mut weights = [V::splat(0.0); N];
        for (n, weights) in weights.iter_mut().enumerate() {
            *weights = V::load(b.add(n * V::LANES));
        }
        for (sums, a) in sums.iter_mut().zip(a) {
            let value = V::splat(*a.add(k));
            for (sum, &weights) in sums.iter_mut().zip(&weights) {
                *sum = sum.fma(value, weights);
            }
        }
    }
}
