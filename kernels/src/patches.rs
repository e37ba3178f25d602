//! A convolution as a matrix product: of the pixels as they lie, or of patches gathered first.

use core::ops::Range;
use core::ptr;

use crate::conv::Job;
use crate::isa::{Isa, Kernel};
use crate::tile::{Matrix, Rows, blocks, multiply};

/// Some rows and columns of the result.
pub struct PatchTask<'a> {
    pub job: Job<'a>,
    pub matrix: &'a Matrix,
    pub rows: Range<usize>,
    pub panels: Range<usize>,
    pub own: *mut f32,
}

impl Kernel for PatchTask<'_> {
    #[inline(always)]
    unsafe fn run<I: Isa>(self) {
        let Job { conv, size, .. } = self.job;
        let out = conv.shape[0];
        let column = self.matrix.columns_of(&self.panels).start;
        let offset = self.rows.start * out + column;
        let result = Rows {
            at: self.job.result.at(offset),
            stride: out,
        };
        let edges = self.job.edges(offset, column);
        let as_it_lies =
            conv.reads_as_it_lies() && self.job.parts.is_some() == self.job.wanted.is_some();
        for block in blocks(self.matrix.depth) {
            let a = if as_it_lies {
                Rows {
                    at: self
                        .job
                        .x
                        .wrapping_add(self.rows.start * size[3] + block.start),
                    stride: size[3],
                }
            } else {
                unsafe { self.gather(&block) };
                Rows {
                    at: self.own.cast_const(),
                    stride: block.len(),
                }
            };
            let rows = self.rows.len();
            unsafe { multiply::<I>(a, rows, self.matrix, &block, &self.panels, result, edges) };
        }
    }
}

impl PatchTask<'_> {
    /// Copies the entries `block` of the patches of this task's pixels: `[pixel][entry]`.
    unsafe fn gather(&self, block: &Range<usize>) {
        let Job {
            conv,
            x,
            size: [_, height, width, channels],
            output: [_, out_height, out_width, _],
            ..
        } = self.job;
        let line = conv.shape[2] * channels;
        let picture = height * width * channels;
        let mut to = self.own;
        for row in self.rows.clone() {
            let pixel = match self.job.wanted {
                Some(wanted) => wanted.pixels()[row] as usize,
                None => row,
            };
            let (place, ox) = (pixel / out_width, pixel % out_width);
            let (n, oy) = (place / out_height, place % out_height);
            // Of a kernel's line the entries from `lo` to `hi` lie inside the picture; entry 0 at column `left`.
            let left = (ox * conv.stride) as isize - conv.padding as isize;
            let lo = (-left).max(0) as usize * channels;
            let hi = ((width as isize - left).max(0) as usize * channels).min(line);
            let mut entry = block.start;
            while entry < block.end {
                let (ky, start) = (entry / line, entry % line);
                let end = line.min(start + block.end - entry);
                let y = (oy * conv.stride + ky).wrapping_sub(conv.padding);
                let inside = if y < height {
                    start.max(lo).min(end)..end.min(hi).max(start)
                } else {
                    end..end
                };
                unsafe {
                    if inside.start < inside.end {
                        ptr::write_bytes(to, 0, inside.start - start);
                        let within = to.add(inside.start - start);
                        if self.job.parts.is_some() {
                            let first = (y * width) as isize + left;
                            self.gather_pixels(first, inside.clone(), within);
                        } else {
                            let row = (n * picture + y * width * channels) as isize;
                            let from = row + left * channels as isize + inside.start as isize;
                            ptr::copy_nonoverlapping(x.offset(from), within, inside.len());
                        }
                        ptr::write_bytes(to.add(inside.end - start), 0, end - inside.end);
                    } else {
                        ptr::write_bytes(to, 0, end - start);
                    }
                    to = to.add(end - start);
                }
                entry += end - start;
            }
        }
    }

    /// Copies some entries of a line of pixels that do not follow each other in memory; entry 0 belongs to pixel
    /// `first`.
    unsafe fn gather_pixels(&self, first: isize, entries: Range<usize>, mut to: *mut f32) {
        let channels = self.job.size[3];
        let mut entry = entries.start;
        while entry < entries.end {
            let channel = entry % channels;
            let count = (channels - channel).min(entries.end - entry);
            let pixel = first + (entry / channels) as isize;
            unsafe {
                let from = self.job.input(pixel as usize).add(channel);
                ptr::copy_nonoverlapping(from, to, count);
                to = to.add(count);
            }
            entry += count;
        }
    }
}
