//! Linear imputation: every removed pixel becomes the weighted mean of its eight neighbours.
//!
//! ```text
//! u_i = Σ_j w_ij u_j / Σ_j w_ij     w = 1/6 beside, above and below; 1/12 diagonally; 0 beyond the border
//! ```
//!
//! for all removed pixels at once, with `u_j` the picture's own value where `j` is kept: a discrete Laplace equation.
//! Rong et al. 2022, ROAD (arXiv 2202.00449, section 4.2); reference: pytorch-grad-cam, `NoisyLinearImputer`
//! (`metrics/road.py`), which solves it directly.
//!
//! Deviation: solved by conjugate gradients, to 1e-5 of the largest value. Without help those need hundreds of steps
//! where a large part is removed, since each carries a value one pixel further; preconditioned by multigrid (blocks of
//! 2 × 2 pixels become one unknown, again and again) about fifteen. The planes go through as SIMD lanes.
//! Where nothing is kept, which the reference's system cannot be solved for, the planes become zero.

use wide::f32x4;

/// What the last step's correction may be, as a share of the picture's largest value. It is a tenth of the error, since
/// the multigrid cycle makes slow waves too small.
const TOLERANCE: f32 = 1e-6;
/// More steps bring nothing that f32 could hold.
const MAX_STEPS: usize = 100;
/// Levels of at most this many unknowns are solved by smoothing alone.
const COARSEST: usize = 32;
const COARSEST_SWEEPS: usize = 8;
/// The neighbours after a pixel in reading order, as (right, down), and their weights in twelfths, which unlike sixths
/// are exact in f32; those before it mirror them.
const NEIGHBOURS: [(isize, isize, f32); 4] = [(1, 0, 2.0), (-1, 1, 1.0), (0, 1, 2.0), (1, 1, 1.0)];

/// Fills the pixels of up to four planes (`[planes, height, width]` row-major) that are not kept.
pub(crate) fn linear(planes: &[f32], keep: &[bool], width: usize) -> Vec<f32> {
    let size = keep.len();
    let mut filled = planes.to_vec();
    if !keep.contains(&true) {
        filled.fill(0.0);
        return filled;
    }
    let picture: Vec<f32x4> = (0..size)
        .map(|pixel| {
            let mut lanes = [0.0; 4];
            for (lane, plane) in lanes.iter_mut().zip(planes.chunks_exact(size)) {
                *lane = plane[pixel];
            }
            f32x4::new(lanes)
        })
        .collect();
    let (system, right) = Level::new(&picture, keep, width);
    let scale = planes.iter().fold(0.0, |max: f32, v| max.max(v.abs()));
    let solved = Multigrid::new(system).solve(&right, TOLERANCE * scale);
    for (pixel, value) in solved.iter().enumerate().filter(|&(pixel, _)| !keep[pixel]) {
        let lanes = value.to_array();
        for (plane, lane) in filled.chunks_exact_mut(size).zip(lanes) {
            plane[pixel] = lane;
        }
    }
    filled
}

/// A symmetric positive definite system on a grid: `diagonal[i] u_i − Σ_j links u_j = right[i]` over the neighbours `j`.
struct Level {
    width: usize,
    height: usize,
    /// 0 where there is no unknown.
    diagonal: Vec<f32>,
    /// To the neighbours after the cell, in the order of [`NEIGHBOURS`].
    links: [Vec<f32>; 4],
}

impl Level {
    /// The system for the removed pixels, and its right side.
    fn new(picture: &[f32x4], keep: &[bool], width: usize) -> (Self, Vec<f32x4>) {
        let mut level = Self::empty(width, keep.len() / width);
        let mut right = vec![f32x4::ZERO; keep.len()];
        for (links, (dx, dy, weight)) in NEIGHBOURS.into_iter().enumerate() {
            for a in 0..keep.len() {
                let Some(b) = level.neighbour(a, dx, dy) else {
                    continue;
                };
                for (here, there) in [(a, b), (b, a)] {
                    if !keep[here] {
                        level.diagonal[here] += weight;
                        if keep[there] {
                            right[here] += picture[there] * f32x4::splat(weight);
                        }
                    }
                }
                if !keep[a] && !keep[b] {
                    level.links[links][a] = weight;
                }
            }
        }
        (level, right)
    }

    fn empty(width: usize, height: usize) -> Self {
        let zeros = || vec![0.0; width * height];
        Self {
            width,
            height,
            diagonal: zeros(),
            links: [zeros(), zeros(), zeros(), zeros()],
        }
    }

    fn neighbour(&self, index: usize, dx: isize, dy: isize) -> Option<usize> {
        let x = (index % self.width).checked_add_signed(dx)?;
        let y = (index / self.width).checked_add_signed(dy)?;
        (x < self.width && y < self.height).then_some(y * self.width + x)
    }

    /// How far in reading order the neighbours are that the links lead to.
    fn gaps(&self) -> [usize; 4] {
        [1, self.width - 1, self.width, self.width + 1]
    }

    /// The cell of the next coarser level that holds `index`.
    fn parent(&self, index: usize) -> usize {
        let (x, y) = (index % self.width, index / self.width);
        y / 2 * self.width.div_ceil(2) + x / 2
    }

    /// The same system for values that are constant on blocks of 2 × 2 cells (Galerkin's).
    fn coarser(&self) -> Self {
        let mut coarse = Self::empty(self.width.div_ceil(2), self.height.div_ceil(2));
        for (index, value) in self.diagonal.iter().enumerate() {
            coarse.diagonal[self.parent(index)] += value;
        }
        for (links, gap) in self.links.iter().zip(self.gaps()) {
            for (a, &link) in links.iter().enumerate().filter(|&(_, &link)| link != 0.0) {
                let (a, b) = (self.parent(a), self.parent(a + gap));
                let (first, second) = (a.min(b), a.max(b));
                match second - first {
                    0 => coarse.diagonal[a] -= 2.0 * link,
                    1 => coarse.links[0][first] += link,
                    gap => coarse.links[gap + 2 - coarse.width][first] += link,
                }
            }
        }
        coarse
    }

    /// `Σ_j links u_j` over the neighbours of a cell.
    fn neighbours(&self, u: &[f32x4], index: usize) -> f32x4 {
        let mut sum = f32x4::ZERO;
        // A link that would leave the grid is 0, but what lies there must not be read.
        for (links, gap) in self.links.iter().zip(self.gaps()) {
            let after = links[index];
            if after != 0.0 {
                sum += u[index + gap] * f32x4::splat(after);
            }
            if index >= gap {
                let before = links[index - gap];
                if before != 0.0 {
                    sum += u[index - gap] * f32x4::splat(before);
                }
            }
        }
        sum
    }

    fn unknowns(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        (0..self.diagonal.len()).filter(|&index| self.diagonal[index] != 0.0)
    }

    /// Gauss–Seidel: each unknown in turn takes the value that its equation asks for.
    fn smooth(&self, u: &mut [f32x4], right: &[f32x4], order: impl Iterator<Item = usize>) {
        for index in order {
            let value = right[index] + self.neighbours(u, index);
            u[index] = value * f32x4::splat(1.0 / self.diagonal[index]);
        }
    }

    /// `right − A u`
    fn residual(&self, u: &[f32x4], right: &[f32x4]) -> Vec<f32x4> {
        let mut residual = vec![f32x4::ZERO; u.len()];
        for index in self.unknowns() {
            let own = u[index] * f32x4::splat(self.diagonal[index]);
            residual[index] = right[index] + self.neighbours(u, index) - own;
        }
        residual
    }
}

/// The system at ever coarser resolutions, finest first.
struct Multigrid(Vec<Level>);

impl Multigrid {
    fn new(finest: Level) -> Self {
        let mut levels = vec![finest];
        while let Some(last) = levels.last()
            && last.unknowns().count() > COARSEST
        {
            levels.push(last.coarser());
        }
        Self(levels)
    }

    /// An approximate solution at `depth`, linear and symmetric in `right`: a W-cycle.
    fn cycle(&self, depth: usize, right: &[f32x4]) -> Vec<f32x4> {
        let level = &self.0[depth];
        let mut u = vec![f32x4::ZERO; right.len()];
        if depth + 1 == self.0.len() {
            for _ in 0..COARSEST_SWEEPS {
                level.smooth(&mut u, right, level.unknowns());
                level.smooth(&mut u, right, level.unknowns().rev());
            }
            return u;
        }
        level.smooth(&mut u, right, level.unknowns());
        for _ in 0..2 {
            let residual = level.residual(&u, right);
            let mut coarse = vec![f32x4::ZERO; self.0[depth + 1].diagonal.len()];
            for index in level.unknowns() {
                coarse[level.parent(index)] += residual[index];
            }
            let correction = self.cycle(depth + 1, &coarse);
            for index in level.unknowns() {
                u[index] += correction[level.parent(index)];
            }
        }
        level.smooth(&mut u, right, level.unknowns().rev());
        u
    }

    /// Twice, the second time for what the first left: in f32 it loses count of the residual.
    fn solve(&self, right: &[f32x4], tolerance: f32) -> Vec<f32x4> {
        let mut u = self.gradients(right.to_vec(), tolerance);
        let left = self.0[0].residual(&u, right);
        let correction = self.gradients(left, tolerance);
        for (u, correction) in u.iter_mut().zip(correction) {
            *u += correction;
        }
        u
    }

    /// Conjugate gradients, each lane its own system, until the cycle would change no value by `tolerance`.
    fn gradients(&self, right: Vec<f32x4>, tolerance: f32) -> Vec<f32x4> {
        let finest = &self.0[0];
        let nothing = vec![f32x4::ZERO; right.len()];
        let mut u = nothing.clone();
        let mut residual = right;
        let mut direction = nothing.clone();
        let mut before = f32x4::ZERO;
        for _ in 0..MAX_STEPS {
            let change = self.cycle(0, &residual);
            let largest = change.iter().fold(f32x4::ZERO, |max, v| max.max(v.abs()));
            let now = dot(&residual, &change);
            let beta = ratio(now, before);
            for (d, z) in direction.iter_mut().zip(&change) {
                *d = *z + *d * beta;
            }
            // residual(d, 0) is −A d.
            let image = finest.residual(&direction, &nothing);
            let alpha = ratio(now, f32x4::ZERO - dot(&direction, &image));
            for (((u, r), d), image) in u.iter_mut().zip(&mut residual).zip(&direction).zip(&image)
            {
                *u += *d * alpha;
                *r += *image * alpha;
            }
            before = now;
            if largest.to_array().iter().all(|&lane| lane <= tolerance) {
                break;
            }
        }
        u
    }
}

/// Row by row of a thousand: sums of fifty thousand numbers lose digits in f32.
fn dot(a: &[f32x4], b: &[f32x4]) -> f32x4 {
    let part = |(a, b): (&[f32x4], &[f32x4])| {
        let products = a.iter().zip(b).map(|(a, b)| *a * *b);
        products.fold(f32x4::ZERO, |sum, product| sum + product)
    };
    let parts = a.chunks(1000).zip(b.chunks(1000)).map(part);
    parts.fold(f32x4::ZERO, |sum, part| sum + part)
}

/// 0 where there is nothing to divide by: that lane is solved.
fn ratio(above: f32x4, below: f32x4) -> f32x4 {
    let (above, below) = (above.to_array(), below.to_array());
    f32x4::new(std::array::from_fn(|lane| {
        if below[lane] > 0.0 {
            above[lane] / below[lane]
        } else {
            0.0
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values and kept pixels of a fixed pattern.
    fn pattern(width: usize, height: usize, every: usize) -> (Vec<f32>, Vec<bool>) {
        let planes = (0..3 * width * height).map(|at| ((at * 7919) % 1009) as f32 / 4.0 - 126.0);
        let keep = (0..width * height).map(|at| (at * 31) % every == 0);
        (planes.collect(), keep.collect())
    }

    /// Each removed pixel must be the mean of its neighbours: the equation itself, taken from the reference.
    fn assert_harmonic(filled: &[f32], keep: &[bool], width: usize, tolerance: f32) {
        let height = keep.len() / width;
        for plane in filled.chunks_exact(keep.len()) {
            for at in (0..keep.len()).filter(|&at| !keep[at]) {
                let (x, y) = (at % width, at / width);
                let (mut sum, mut total) = (0.0, 0.0);
                for ny in y.saturating_sub(1)..(y + 2).min(height) {
                    for nx in x.saturating_sub(1)..(x + 2).min(width) {
                        let weight = match (nx == x, ny == y) {
                            (true, true) => 0.0,
                            (false, false) => 1.0 / 12.0,
                            _ => 1.0 / 6.0,
                        };
                        sum += weight * plane[ny * width + nx];
                        total += weight;
                    }
                }
                let off = (plane[at] - sum / total).abs();
                assert!(off <= tolerance, "({x}, {y}) is off by {off}");
            }
        }
    }

    #[test]
    fn removed_pixels_are_the_mean_of_their_neighbours() {
        for (width, height, every) in [(1, 9, 4), (9, 1, 4), (2, 2, 3), (31, 17, 5), (64, 65, 700)]
        {
            let (planes, keep) = pattern(width, height, every);
            let filled = linear(&planes, &keep, width);
            assert_harmonic(&filled, &keep, width, 4e-3);
            let kept = |at: &usize| keep[at % keep.len()];
            for at in (0..planes.len()).filter(kept) {
                assert_eq!(filled[at], planes[at]);
            }
        }
    }

    #[test]
    fn a_slope_is_continued_across_a_large_hole() {
        // A linear function solves the equation exactly inside the picture: the closed form. Up to 112: 1e-5 of it.
        let (width, height) = (224, 224);
        let slope = |at: usize| 0.5 * (at % width) as f32 - 0.25 * (at / width) as f32;
        let plane: Vec<f32> = (0..width * height).map(slope).collect();
        let keep: Vec<bool> = (0..width * height)
            .map(|at| !(3..221).contains(&(at % width)) || !(2..200).contains(&(at / width)))
            .collect();
        let mut planes = plane.clone();
        planes.extend(plane.iter().map(|v| -v));
        planes.extend([7.0].repeat(plane.len()));
        let filled = linear(&planes, &keep, width);
        let off = |(found, expected): (&f32, &f32)| (found - expected).abs();
        let worst = filled.iter().zip(&planes).map(off).fold(0.0, f32::max);
        assert!(worst < 1.1e-3, "it is off by {worst}");
    }

    #[test]
    fn a_picture_without_a_kept_pixel_becomes_zero() {
        let (planes, _) = pattern(8, 8, 2);
        assert_eq!(linear(&planes, &[false; 64], 8), [0.0; 192]);
    }
}
