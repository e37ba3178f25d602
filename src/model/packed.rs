//! Convolution on the CPU for the browser: matrix product of packed weights with the input's patches, bias,
//! shortcut and ReLU in the same pass.
//!
//! burn-flex re-orders every kernel at every call and adds bias, shortcut and ReLU in passes of their own; packed
//! once at load, the same network takes a fraction of the time on one thread. The blocking is Goto and van de
//! Geijn's ("Anatomy of High-Performance Matrix Multiplication", 2008): a block of patches stays in the second
//! cache level, a panel of weights in the first, a tile of the result in registers.

#[cfg(not(target_family = "wasm"))]
use rayon::prelude::*;
use wide::f32x4;

/// Rows (output channels) of a register tile. Larger tiles load less, but V8 then keeps some of their sums in
/// memory: for all of ResNet50's convolutions 4 × 8 takes 180 ms, 5 × 8 350 ms, 3 × 12 375 ms (Node 20, one core).
const ROWS: usize = 4;
/// Columns (pixels) of a register tile.
const COLUMNS: usize = 8;
/// Vectors in a row of a tile.
const VECTORS: usize = COLUMNS / 4;
/// Patch entries per block: a panel of weights and one of patches together fit the first cache level.
const DEPTH: usize = 256;
/// Pixels per block, in tiles: the patches of a block take 384 KiB at most.
const TILES: usize = 48;

/// A convolution with its weights packed for the CPU.
#[derive(Debug, Clone)]
pub struct PackedConv {
    /// For each block of [`DEPTH`] patch entries, for each [`ROWS`] output channels: the weights, entry by entry.
    panels: Vec<f32>,
    bias: Vec<f32>,
    /// `[out, kh, kw, in]`
    shape: [usize; 4],
    stride: usize,
    padding: usize,
}

/// Size of a batch, `[n, channels, height, width]`.
pub type Size = [usize; 4];

impl PackedConv {
    /// Packs `weights`, `[out, kh, kw, in]` row-major.
    ///
    /// # Panics
    /// If `weights` or `bias` do not have the entries that `shape` asks for.
    pub fn new(
        weights: &[f32],
        shape: [usize; 4],
        bias: Vec<f32>,
        stride: usize,
        padding: usize,
    ) -> Self {
        let [out, kh, kw, input] = shape;
        let depth = kh * kw * input;
        assert_eq!(
            (weights.len(), bias.len()),
            (out * depth, out),
            "weights and bias fit the shape"
        );
        let mut panels = Vec::with_capacity(out.next_multiple_of(ROWS) * depth);
        for start in (0..depth).step_by(DEPTH) {
            for first in (0..out).step_by(ROWS) {
                for entry in start..depth.min(start + DEPTH) {
                    panels.extend((first..first + ROWS).map(|row| {
                        if row < out {
                            weights[row * depth + entry]
                        } else {
                            0.0
                        }
                    }));
                }
            }
        }
        Self {
            panels,
            bias,
            shape,
            stride,
            padding,
        }
    }

    /// The weights as they came, `[out, kh, kw, in]` row-major.
    pub fn weights(&self) -> Vec<f32> {
        let (out, depth) = (self.shape[0], self.depth());
        let mut weights = vec![0.0; out * depth];
        let mut packed = self.panels.chunks_exact(ROWS);
        for start in (0..depth).step_by(DEPTH) {
            for first in (0..out).step_by(ROWS) {
                for entry in start..depth.min(start + DEPTH) {
                    let values = packed.next().expect("every entry is packed");
                    for (row, &value) in (first..out).zip(values) {
                        weights[row * depth + entry] = value;
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

    /// Entries of a patch.
    fn depth(&self) -> usize {
        self.shape[1..].iter().product()
    }

    /// Size of the result for an input of `size`.
    pub fn output(&self, [n, _, height, width]: Size) -> Size {
        let [out, kh, kw, _] = self.shape;
        let side =
            |length: usize, kernel: usize| (length + 2 * self.padding - kernel) / self.stride + 1;
        [n, out, side(height, kh), side(width, kw)]
    }

    /// Convolves `x` (`size`, row-major); adds bias and, where given, the shortcut (of the result's size); then
    /// ReLU if asked for.
    ///
    /// # Panics
    /// If `x` or `shortcut` do not have the entries of their sizes.
    pub fn run(&self, x: &[f32], size: Size, shortcut: Option<Vec<f32>>, relu: bool) -> Vec<f32> {
        let [n, channels, height, width] = size;
        assert_eq!(
            (x.len(), channels),
            (n * channels * height * width, self.shape[3]),
            "the input fits"
        );
        let output = self.output(size);
        let area = output[2] * output[3];
        let mut result = shortcut.unwrap_or_else(|| vec![0.0; output.iter().product()]);
        assert_eq!(
            result.len(),
            output.iter().product::<usize>(),
            "the shortcut fits"
        );
        let convolve = |(x, result): (&[f32], &mut [f32])| {
            for (row, bias) in result.chunks_exact_mut(area).zip(&self.bias) {
                row.iter_mut().for_each(|value| *value += bias);
            }
            self.multiply(x, [height, width], [output[2], output[3]], result);
            if relu {
                result.iter_mut().for_each(|value| *value = value.max(0.0));
            }
        };
        let (image, plane) = (channels * height * width, output[1] * area);
        #[cfg(target_family = "wasm")]
        x.chunks_exact(image)
            .zip(result.chunks_exact_mut(plane))
            .for_each(convolve);
        #[cfg(not(target_family = "wasm"))]
        x.par_chunks_exact(image)
            .zip(result.par_chunks_exact_mut(plane))
            .for_each(convolve);
        result
    }

    /// Adds the products to `result`, `[out, area]`, block by block.
    fn multiply(&self, x: &[f32], size: [usize; 2], output: [usize; 2], result: &mut [f32]) {
        let mut patches = vec![f32x4::ZERO; DEPTH * TILES * VECTORS];
        let (depth, area) = (self.depth(), output[0] * output[1]);
        let panels = self.shape[0].div_ceil(ROWS);
        for start in (0..area).step_by(TILES * COLUMNS) {
            let pixels = start..area.min(start + TILES * COLUMNS);
            for (block, first) in (0..depth).step_by(DEPTH).enumerate() {
                let entries = first..depth.min(first + DEPTH);
                self.gather(
                    x,
                    size,
                    output[1],
                    entries.clone(),
                    pixels.clone(),
                    &mut patches,
                );
                let weights = &self.panels[block * DEPTH * panels * ROWS..];
                for (panel, weights) in weights
                    .chunks_exact(entries.len() * ROWS)
                    .take(panels)
                    .enumerate()
                {
                    for (tile, patch) in patches.chunks_exact(DEPTH * VECTORS).enumerate() {
                        let column = pixels.start + tile * COLUMNS;
                        if column >= pixels.end {
                            break;
                        }
                        let sums = product(weights, &patch[..entries.len() * VECTORS]);
                        let count = COLUMNS.min(pixels.end - column);
                        for (row, sums) in (panel * ROWS..self.shape[0]).zip(sums) {
                            let place = &mut result[row * area + column..][..count];
                            place
                                .iter_mut()
                                .zip(sums.iter().flat_map(|v| v.as_array()))
                                .for_each(|(to, v)| *to += v);
                        }
                    }
                }
            }
        }
    }

    /// Writes the patch entries `entries` of the output pixels `pixels` tile by tile: `[tile][entry][COLUMNS]`.
    fn gather(
        &self,
        x: &[f32],
        [height, width]: [usize; 2],
        out_width: usize,
        entries: std::ops::Range<usize>,
        pixels: std::ops::Range<usize>,
        patches: &mut [f32x4],
    ) {
        let [_, _, kw, input] = self.shape;
        let mut line = [0.0_f32; TILES * COLUMNS];
        for (index, entry) in entries.enumerate() {
            let (position, channel) = (entry / input, entry % input);
            let plane = &x[channel * height * width..][..height * width];
            let (ky, kx) = (position / kw, position % kw);
            let mut pixel = pixels.start;
            while pixel < pixels.end {
                let (oy, ox) = (pixel / out_width, pixel % out_width);
                let count = (out_width - ox).min(pixels.end - pixel);
                let to = &mut line[pixel - pixels.start..][..count];
                let y = (oy * self.stride + ky).wrapping_sub(self.padding);
                if y < height {
                    self.gather_row(&plane[y * width..][..width], ox, kx, to);
                } else {
                    to.fill(0.0);
                }
                pixel += count;
            }
            let columns = line[..pixels.len()].chunks(COLUMNS);
            for (patch, columns) in patches.chunks_exact_mut(DEPTH * VECTORS).zip(columns) {
                let mut values = [0.0; COLUMNS];
                values[..columns.len()].copy_from_slice(columns);
                for (to, values) in patch[index * VECTORS..][..VECTORS]
                    .iter_mut()
                    .zip(values.chunks_exact(4))
                {
                    *to = f32x4::new([values[0], values[1], values[2], values[3]]);
                }
            }
        }
    }

    /// One row of output pixels from `ox` on, read at kernel column `kx`; zero outside.
    fn gather_row(&self, row: &[f32], ox: usize, kx: usize, to: &mut [f32]) {
        if self.stride == 1 {
            // Output pixel i reads column i + shift, which lies inside for i in lo..hi.
            let lo = self.padding.saturating_sub(ox + kx).min(to.len());
            let hi = (row.len() + self.padding)
                .saturating_sub(ox + kx)
                .clamp(lo, to.len());
            to[..lo].fill(0.0);
            to[hi..].fill(0.0);
            if lo < hi {
                to[lo..hi].copy_from_slice(&row[ox + lo + kx - self.padding..][..hi - lo]);
            }
        } else {
            for (index, value) in to.iter_mut().enumerate() {
                let column = ((ox + index) * self.stride + kx).wrapping_sub(self.padding);
                *value = row.get(column).copied().unwrap_or(0.0);
            }
        }
    }
}

/// A register tile of the product: for each entry, the outer product of [`ROWS`] weights and [`COLUMNS`] pixels.
#[inline(always)]
fn product(weights: &[f32], patch: &[f32x4]) -> [[f32x4; VECTORS]; ROWS] {
    let mut sums = [[f32x4::ZERO; VECTORS]; ROWS];
    for (weights, pixels) in weights.chunks_exact(ROWS).zip(patch.chunks_exact(VECTORS)) {
        for (sums, &weight) in sums.iter_mut().zip(weights) {
            let weight = f32x4::splat(weight);
            for (sum, &pixels) in sums.iter_mut().zip(pixels) {
                *sum += weight * pixels;
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use burn::tensor::activation::relu;
    use burn::tensor::module::conv2d;
    use burn::tensor::ops::ConvOptions;
    use burn::tensor::{Device, Tensor, TensorData};

    use super::*;

    fn numbers(count: usize, seed: usize) -> Vec<f32> {
        (0..count)
            .map(|i| ((i * 7919 + seed * 104_729) % 2003) as f32 / 1001.5 - 1.0)
            .collect()
    }

    /// Against burn's convolution, on shapes that end in the middle of tiles, panels and blocks.
    #[test]
    fn agrees_with_burn_on_odd_shapes() {
        let cases = [
            // [n, in, h, w], out, kernel, stride, padding
            ([1, 3, 17, 23], 7, 7, 2, 3),
            ([2, 5, 9, 11], 13, 3, 1, 1),
            ([1, 31, 8, 7], 6, 3, 2, 1),
            ([3, 300, 5, 3], 11, 1, 1, 0),
            ([1, 64, 7, 7], 64, 3, 1, 1),
            ([1, 4, 40, 41], 5, 1, 2, 0),
            ([1, 1, 1, 1], 1, 3, 1, 1),
            ([1, 2, 3, 400], 4, 3, 1, 1),
        ];
        for ([n, input, h, w], out, kernel, stride, padding) in cases {
            let device = Device::flex();
            let size = [n, input, h, w];
            let x = numbers(n * input * h * w, 1);
            let weights = numbers(out * kernel * kernel * input, 2);
            let bias = numbers(out, 3);
            let conv = PackedConv::new(
                &weights,
                [out, kernel, kernel, input],
                bias.clone(),
                stride,
                padding,
            );
            assert_eq!(conv.weights(), weights);
            let options = ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1);
            let kernel = TensorData::new(weights, [out, kernel, kernel, input]);
            let kernel = Tensor::<4>::from_data(kernel, &device).permute([0, 3, 1, 2]);
            let bias = Tensor::<1>::from_data(TensorData::new(bias, [out]), &device);
            let tensor = Tensor::<4>::from_data(TensorData::new(x.clone(), size), &device);
            let plain = conv2d(tensor, kernel, Some(bias), options);
            assert_eq!(conv.output(size), plain.dims());
            let shortcut = numbers(plain.dims().iter().product(), 4);
            let sum = plain.clone()
                + Tensor::from_data(TensorData::new(shortcut.clone(), plain.dims()), &device);
            for (found, expected) in [
                (conv.run(&x, size, None, false), plain.clone()),
                (conv.run(&x, size, Some(shortcut), true), relu(sum)),
            ] {
                let expected: Vec<f32> = expected.into_data().try_into_vec().expect("f32 numbers");
                let worst = found
                    .iter()
                    .zip(&expected)
                    .map(|(a, b)| (a - b).abs())
                    .fold(0.0, f32::max);
                assert!(worst < 2e-4, "{size:?} → {out}: off by {worst}");
            }
        }
    }
}
