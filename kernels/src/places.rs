//! Some of a picture's pixels.

use alloc::vec::Vec;

/// No row: the pixel is not among them.
pub const NONE: u32 = u32::MAX;

/// Some pixels of a picture; what is kept of each is a row, in their order.
#[derive(Debug, Clone)]
pub struct Places {
    /// Height and width of the picture.
    size: [usize; 2],
    /// Ascending.
    pixels: Vec<u32>,
    /// Of every pixel, or [`NONE`].
    rows: Vec<u32>,
}

/// A kernel's side, its stride and its padding.
pub type Window = (usize, usize, usize);

impl Places {
    /// The pixels of which `chosen` says so.
    pub fn new(size: [usize; 2], chosen: impl Fn(usize) -> bool) -> Self {
        let mut places = Self {
            size,
            pixels: Vec::new(),
            rows: Vec::with_capacity(size[0] * size[1]),
        };
        for pixel in 0..size[0] * size[1] {
            let row = if chosen(pixel) {
                places.pixels.push(pixel as u32);
                places.pixels.len() as u32 - 1
            } else {
                NONE
            };
            places.rows.push(row);
        }
        places
    }

    /// Those of the outputs, `size`, that see one of them through a window.
    pub fn reached(&self, size: [usize; 2], (side, stride, padding): Window) -> Self {
        if (side, stride, size) == (1, 1, self.size) {
            return self.clone();
        }
        // The outputs o along one direction with o·stride − padding ≤ place < o·stride − padding + side.
        let reach = |place: usize, end: usize| {
            let first = (place + padding + 1).saturating_sub(side).div_ceil(stride);
            first.min(end)..((place + padding) / stride + 1).min(end)
        };
        let mut seen = alloc::vec![false; size[0] * size[1]];
        for (y, x) in self.coordinates() {
            for y in reach(y, size[0]) {
                let across = reach(x, size[1]);
                seen[y * size[1]..][across].fill(true);
            }
        }
        Self::new(size, |pixel| seen[pixel])
    }

    /// The tiles of `side` × `side` pixels that hold one of them, `across` in a line of tiles.
    pub fn tiles(&self, side: usize, [down, across]: [usize; 2]) -> Vec<u32> {
        let mut seen = alloc::vec![false; down * across];
        for (y, x) in self.coordinates() {
            seen[y / side * across + x / side] = true;
        }
        let tiles = seen.iter().enumerate().filter(|(_, seen)| **seen);
        tiles.map(|(tile, _)| tile as u32).collect()
    }

    fn coordinates(&self) -> impl Iterator<Item = (usize, usize)> {
        let width = self.size[1];
        let pixels = self.pixels.iter().map(|&pixel| pixel as usize);
        pixels.map(move |pixel| (pixel / width, pixel % width))
    }

    pub fn count(&self) -> usize {
        self.pixels.len()
    }

    /// Share of the picture, 0…1.
    pub fn share(&self) -> f32 {
        self.count() as f32 / self.rows.len().max(1) as f32
    }

    pub fn pixels(&self) -> &[u32] {
        &self.pixels
    }

    /// The row of a pixel, or [`NONE`].
    #[inline(always)]
    pub fn row(&self, pixel: usize) -> u32 {
        self.rows[pixel]
    }
}

#[cfg(test)]
mod tests {
    use std::vec;
    use std::vec::Vec;

    use super::*;

    #[test]
    fn an_output_is_reached_where_its_window_holds_a_pixel() {
        let size = [9, 7];
        let places = Places::new(size, |pixel| pixel % 11 == 3 || pixel == 62);
        for (side, stride, padding) in [
            (1, 1, 0),
            (1, 2, 0),
            (3, 1, 1),
            (3, 2, 1),
            (7, 2, 3),
            (3, 1, 0),
        ] {
            let output = size.map(|length| (length + 2 * padding - side) / stride + 1);
            let found = places.reached(output, (side, stride, padding));
            let mut plain = vec![];
            for (oy, ox) in (0..output[0]).flat_map(|y| (0..output[1]).map(move |x| (y, x))) {
                let inside =
                    |start: usize, at: usize| (start..start + side).contains(&(at + padding));
                let seen = places
                    .coordinates()
                    .any(|(y, x)| inside(oy * stride, y) && inside(ox * stride, x));
                if seen {
                    plain.push((oy * output[1] + ox) as u32);
                }
            }
            assert_eq!(found.pixels(), plain, "{side}, {stride}, {padding}");
            let rows: Vec<_> = plain
                .iter()
                .map(|&pixel| found.row(pixel as usize))
                .collect();
            assert_eq!(rows, (0..plain.len() as u32).collect::<Vec<_>>());
        }
        assert_eq!(places.tiles(4, [3, 2]), [0, 1, 2, 3, 4, 5]);
        assert_eq!(Places::new(size, |pixel| pixel == 62).tiles(4, [3, 2]), [5]);
    }
}
