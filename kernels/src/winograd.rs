//! 3×3 convolutions with stride 1 by fewer multiplications: Winograd's minimal filtering (Lavin and Gray, "Fast
//! Algorithms for Convolutional Neural Networks", 2015, arXiv 1509.09308).
//!
//! F(m×m, 3×3) computes m×m outputs of a channel pair with (m+2)² multiplications instead of 9m²: F(2×2) saves 2.25
//! times, F(4×4) 4 times, with larger weights.
//!
//! F(2×2) takes the usual points 0, ±1 and ∞; its rounding error is below that of the plain sum. F(4×4) takes 0, ±√½,
//! ±√2 and ∞: with them it is about twice that of the plain sum, with the usual 0, ±1, ±2 and ∞ more than four times.

use core::f64::consts::SQRT_2;

use crate::vector::Vector;

/// The points of F(4×4), besides 0 and ∞: ±A and ±B.
const A: f32 = core::f32::consts::FRAC_1_SQRT_2;
const B: f32 = core::f32::consts::SQRT_2;

/// `G` of F(m×m, 3×3), `[m + 2][3]`.
fn filter(side: usize) -> &'static [[f64; 3]] {
    if side == 4 {
        &[
            [1.0, 0.0, 0.0],
            [0.5, 0.5, 0.5],
            [0.5, -0.5, 0.5],
            [0.0, 0.0, 1.0],
        ]
    } else {
        &[
            [1.0, 0.0, 0.0],
            [-1.0 / 1.5, -SQRT_2 / 3.0, -0.5 / 1.5],
            [-1.0 / 1.5, SQRT_2 / 3.0, -0.5 / 1.5],
            [1.0 / 6.0, SQRT_2 / 6.0, 2.0 / 6.0],
            [1.0 / 6.0, -SQRT_2 / 6.0, 2.0 / 6.0],
            [0.0, 0.0, 1.0],
        ]
    }
}

/// The transformed kernel `G g Gᵀ` at its `F` frequencies, `side²`.
pub fn transform_kernel<const F: usize>(kernel: [[f32; 3]; 3], side: usize) -> [f32; F] {
    let g = filter(side);
    let mut transformed = [0.0; F];
    for (row, line) in g.iter().zip(transformed.chunks_exact_mut(side)) {
        let sum = |column: usize| -> f64 {
            let values = kernel.iter().map(|kernel| f64::from(kernel[column]));
            row.iter().zip(values).map(|(row, value)| row * value).sum()
        };
        let sums = [sum(0), sum(1), sum(2)];
        for (column, value) in g.iter().zip(line) {
            let products = column.iter().zip(sums).map(|(column, sum)| column * sum);
            *value = products.sum::<f64>() as f32;
        }
    }
    transformed
}

/// The kernel that was transformed, within rounding. `at(frequency)` gives the transformed one.
pub fn recover_kernel(side: usize, at: impl Fn(usize) -> f32) -> [[f32; 3]; 3] {
    let line = |at: &dyn Fn(usize) -> f64| {
        if side == 4 {
            [at(0), at(1) - at(2), at(3)]
        } else {
            [at(0), 1.5 / SQRT_2 * (at(2) - at(1)), at(5)]
        }
    };
    let rows = |row: usize| line(&|column| f64::from(at(row * side + column)));
    let columns = [0, 1, 2].map(|column| line(&|row| rows(row)[column]));
    [0, 1, 2].map(|row| [0, 1, 2].map(|column| columns[column][row] as f32))
}

/// `factor * v + sum`
#[inline(always)]
unsafe fn times<V: Vector>(factor: f32, v: V, sum: V) -> V {
    unsafe { sum.fma(V::splat(factor), v) }
}

/// `Bᵀ d` of one line of input.
#[inline(always)]
unsafe fn input_line<V: Vector, const S: usize>(d: [V; S]) -> [V; S] {
    unsafe {
        let mut t = d;
        if S == 4 {
            t[0] = d[0].sub(d[2]);
            t[1] = d[1].add(d[2]);
            t[2] = d[2].sub(d[1]);
            t[3] = d[1].sub(d[3]);
        } else {
            let (even, odd) = (times(-2.0, d[2], d[4]), times(-2.0, d[1], d[3]));
            let (even2, odd2) = (times(-0.5, d[2], d[4]), times(-0.5, d[1], d[3]));
            t[0] = times(-2.5, d[2], d[0].add(d[4]));
            t[1] = times(A, odd, even);
            t[2] = times(-A, odd, even);
            t[3] = times(B, odd2, even2);
            t[4] = times(-B, odd2, even2);
            t[5] = times(-2.5, d[3], d[1].add(d[5]));
        }
        t
    }
}

/// `Aᵀ m` of one line of products: the first `S - 2` are the outputs.
#[inline(always)]
unsafe fn output_line<V: Vector, const S: usize>(m: [V; S]) -> [V; S] {
    unsafe {
        let mut t = m;
        let (a, b) = (m[1].add(m[2]), m[1].sub(m[2]));
        if S == 4 {
            t[0] = m[0].add(a);
            t[1] = b.sub(m[3]);
        } else {
            let (c, d) = (m[3].add(m[4]), m[3].sub(m[4]));
            t[0] = m[0].add(a).add(c);
            t[1] = times(A, b, times(B, d, V::splat(0.0)));
            t[2] = times(0.5, a, c.add(c));
            t[3] = times(A / 2.0, b, times(2.0 * B, d, m[5]));
        }
        t
    }
}

/// Transforms `Bᵀ d B` of the channels `channel..channel + LANES` of a tile whose places are `from`, and writes
/// frequency `f` to `to + f * stride`.
///
/// # Safety
/// The pointers must be valid, `V` of the processor.
#[inline(always)]
pub unsafe fn input<V: Vector, const S: usize>(
    from: &[[*const f32; S]; S],
    channel: usize,
    to: *mut f32,
    stride: usize,
) {
    unsafe {
        let mut d = [[V::splat(0.0); S]; S];
        for (d, from) in d.iter_mut().zip(from) {
            for (d, from) in d.iter_mut().zip(from) {
                *d = V::load(from.add(channel));
            }
            *d = input_line(*d);
        }
        for column in 0..S {
            let mut line = [V::splat(0.0); S];
            for (value, d) in line.iter_mut().zip(&d) {
                *value = d[column];
            }
            for (row, value) in input_line(line).into_iter().enumerate() {
                value.store(to.add((row * S + column) * stride + channel));
            }
        }
    }
}

/// Transforms `Aᵀ m A` of the products whose frequency `f` lies at `from + f * stride`; the first `S - 2` rows and
/// columns of the result are the outputs.
///
/// # Safety
/// As [`input`].
#[inline(always)]
pub unsafe fn output<V: Vector, const S: usize>(from: *const f32, stride: usize) -> [[V; S]; S] {
    unsafe {
        let mut m = [[V::splat(0.0); S]; S];
        for (row, m) in m.iter_mut().enumerate() {
            for (column, m) in m.iter_mut().enumerate() {
                *m = V::load(from.add((row * S + column) * stride));
            }
            *m = output_line(*m);
        }
        for column in 0..S - 2 {
            let mut line = [V::splat(0.0); S];
            for (value, m) in line.iter_mut().zip(&m) {
                *value = m[column];
            }
            for (m, value) in m.iter_mut().zip(output_line(line)) {
                m[column] = value;
            }
        }
        m
    }
}
