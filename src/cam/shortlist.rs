//! Which feature maps ScoreCAM shows the network first, and what it expects of those that it has not shown yet.
//!
//! ```text
//! next = argmax_k  ŝ_k + σ_k + ln ‖A_k‖        w = softmax(s where known, ŝ elsewhere)
//! ```
//!
//! `ŝ`, `σ`: mean and standard deviation of the score that `surrogate.rs` expects from those already known;
//! `‖A_k‖`: Euclidean norm of the feature map. A map weighs `exp(s_k)·A_k` in the result, so the sum is the
//! logarithm of what it may contribute (the upper confidence bound of Srinivas et al. 2010, arXiv 0912.3995, with
//! β = 1). The first ones are the largest. No paper's method: ours, labelled as an approximation wherever it ends
//! early.

use std::ops::Range;

use super::planes::Planes;
use super::surrogate::Surrogate;

/// Feature maps chosen on the same knowledge.
const BATCH: usize = 16;
/// So many of the largest feature maps come first: a quarter of the budget, within this.
const FIRST: std::ops::RangeInclusive<usize> = 16..=64;
/// Beyond this the choice is no longer refined: its cost grows with the square.
const MOST: usize = 512;
/// Masks are compared at this many cells a side at most.
const SIDE: usize = 7;

/// The order in which groups of channels with one mask are shown, and what is known of them.
///
/// ```
/// use camscope::cam::planes::Planes;
/// use camscope::cam::shortlist::Shortlist;
///
/// let planes = Planes::new([3, 1, 2], vec![0.0, 2.0, 1.0, 0.0, 3.0, 4.0]);
/// let mut list = Shortlist::new(&planes, vec![vec![0], vec![1], vec![2]], 2);
/// // The two with the largest norms are shown …
/// let scores = list.score_all(|channel| [3.0, 4.0, 5.0][channel]);
/// assert_eq!(scores, [5.0, 3.0]);
/// // … and what the third would have scored is guessed.
/// let expected = list.expected(&scores, 3);
/// assert_eq!((expected[0], expected[2]), (3.0, 5.0));
/// assert!(expected[1].is_finite());
/// ```
#[derive(Debug)]
pub struct Shortlist {
    /// Channels with the same mask.
    groups: Vec<Vec<usize>>,
    /// Logarithm of the norm of each group's activations.
    sizes: Vec<f64>,
    surrogate: Surrogate,
    /// Groups in the order in which they are shown.
    shown: Vec<usize>,
    is_shown: Vec<bool>,
    budget: usize,
}

impl Shortlist {
    /// A list of at most `budget` of `groups`; each group's first channel stands for it.
    ///
    /// ```
    /// use camscope::cam::planes::Planes;
    /// use camscope::cam::shortlist::Shortlist;
    ///
    /// let planes = Planes::new([2, 1, 2], vec![0.0, 2.0, 1.0, 0.0]);
    /// // There are two groups, however large the budget.
    /// let mut list = Shortlist::new(&planes, vec![vec![0], vec![1]], 100);
    /// assert_eq!(list.score_all(|_| 1.0).len(), 2);
    /// ```
    pub fn new(activations: &Planes, groups: Vec<Vec<usize>>, budget: usize) -> Self {
        let energies = activations.energies();
        let sizes = groups
            .iter()
            .map(|group| group.iter().map(|&channel| energies[channel]).sum::<f64>())
            .map(|energy| energy.ln() / 2.0)
            .collect();
        let [height, width] = [activations.height, activations.width].map(|side| side.min(SIDE));
        let masks = groups
            .iter()
            .flat_map(|group| small_mask(activations, group[0], [height, width]))
            .collect();
        Self {
            is_shown: vec![false; groups.len()],
            budget: budget.min(groups.len()),
            groups,
            sizes,
            surrogate: Surrogate::new(masks, height * width),
            shown: Vec::new(),
        }
    }

    /// How many will be shown in all.
    pub(crate) fn len(&self) -> usize {
        self.budget
    }

    /// Whether every group will be shown.
    pub(crate) fn is_complete(&self) -> bool {
        self.budget == self.groups.len()
    }

    /// The channels to show in these places of the order, which must be decided.
    pub(crate) fn channels(&self, places: Range<usize>) -> Vec<usize> {
        let groups = self.shown[places].iter();
        groups.map(|&group| self.groups[group][0]).collect()
    }

    /// Decides what to show next where all that was decided is known: `scores` are those of the channels so far, in
    /// their order. Where all will be shown, so that their order decides about partial maps alone, it does so as soon as
    /// fewer than `wanted` are decided. Returns how many are.
    pub(crate) fn decide(&mut self, scores: &[f32], wanted: usize) -> usize {
        let is_early =
            self.is_complete() && !scores.is_empty() && self.shown.len() < wanted.min(self.budget);
        if scores.len() == self.shown.len() || is_early {
            self.extend(scores);
        }
        self.shown.len()
    }

    /// Decides all there is to show, with `score` of each channel that is shown: their scores, in their order.
    ///
    /// ```
    /// use camscope::cam::planes::Planes;
    /// use camscope::cam::shortlist::Shortlist;
    ///
    /// let planes = Planes::new([2, 1, 2], vec![0.0, 2.0, 3.0, 0.0]);
    /// let mut list = Shortlist::new(&planes, vec![vec![0], vec![1]], 2);
    /// // The larger comes first.
    /// assert_eq!(list.score_all(|channel| channel as f32), [1.0, 0.0]);
    /// ```
    pub fn score_all(&mut self, score: impl Fn(usize) -> f32) -> Vec<f32> {
        let mut scores = Vec::new();
        while scores.len() < self.len() {
            let decided = self.decide(&scores, 0);
            let next = self.channels(scores.len()..decided);
            scores.extend(next.into_iter().map(&score));
        }
        scores
    }

    fn extend(&mut self, scores: &[f32]) {
        let (promise, count) = if scores.is_empty() {
            let first = (self.budget / 4).clamp(*FIRST.start(), *FIRST.end());
            (self.sizes.clone(), first)
        } else {
            let tried = self.surrogate.tried().len();
            let expected = self.surrogate.expect(&scores[..scores.len().min(tried)]);
            let terms = expected.mean.iter().zip(&expected.spread).zip(&self.sizes);
            let promise = terms.map(|((mean, spread), size)| mean + spread + size);
            let is_refined = self.shown.len() < MOST;
            (
                promise.collect(),
                if is_refined { BATCH } else { self.budget },
            )
        };
        let mut rest: Vec<usize> = (0..self.groups.len())
            .filter(|&group| !self.is_shown[group])
            .collect();
        rest.sort_by(|&a, &b| promise[b].total_cmp(&promise[a]));
        rest.truncate(count.min(self.budget - self.shown.len()));
        for group in rest {
            self.is_shown[group] = true;
            self.shown.push(group);
            if self.surrogate.tried().len() < MOST {
                self.surrogate.add(group);
            }
        }
    }

    /// Scores of all channels, `[channels]`: those of `scores`, in the order in which they were shown, and NaN
    /// where none is known.
    pub(crate) fn known(&self, scores: &[f32], channels: usize) -> Vec<f32> {
        let mut spread = vec![f32::NAN; channels];
        for (&group, &score) in self.shown.iter().zip(scores) {
            for &channel in &self.groups[group] {
                spread[channel] = score;
            }
        }
        spread
    }

    /// The same with what is expected where none is known. At least one must be.
    ///
    /// ```
    /// use camscope::cam::planes::Planes;
    /// use camscope::cam::shortlist::Shortlist;
    ///
    /// let planes = Planes::new([3, 1, 2], vec![0.0, 2.0, 0.0, 1.0, 3.0, 0.0]);
    /// // Channels 0 and 1 have one mask: what is found for one holds for both.
    /// let mut list = Shortlist::new(&planes, vec![vec![0, 1], vec![2]], 2);
    /// let scores = list.score_all(|channel| if channel == 0 { 7.0 } else { 8.0 });
    /// assert_eq!(list.expected(&scores, 3), [7.0, 7.0, 8.0]);
    /// ```
    pub fn expected(&self, scores: &[f32], channels: usize) -> Vec<f32> {
        let mut spread = self.known(scores, channels);
        if scores.len() == self.groups.len() {
            return spread;
        }
        let expected = self
            .surrogate
            .expect(&scores[..scores.len().min(self.surrogate.tried().len())]);
        for (group, &mean) in self.groups.iter().zip(&expected.mean) {
            for &channel in group {
                if spread[channel].is_nan() {
                    spread[channel] = mean as f32;
                }
            }
        }
        spread
    }
}

/// One channel's activations between 0 and 1, averaged down to `[height, width]`.
fn small_mask(
    activations: &Planes,
    channel: usize,
    [height, width]: [usize; 2],
) -> impl Iterator<Item = f32> {
    let plane = activations.plane(channel);
    let min = plane.iter().copied().fold(f32::INFINITY, f32::min);
    let max = plane.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let scale = if max > min { 1.0 / (max - min) } else { 0.0 };
    let columns = activations.width;
    let cells = |cell: usize, small: usize, large: usize| {
        cell * large / small..((cell + 1) * large).div_ceil(small)
    };
    let rows = activations.height;
    (0..height).flat_map(move |row| {
        (0..width).map(move |column| {
            let (mut sum, mut count) = (0.0, 0.0);
            for y in cells(row, height, rows) {
                for x in cells(column, width, columns) {
                    sum += (plane[y * columns + x] - min) * scale;
                    count += 1.0;
                }
            }
            sum / count
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Forty channels of 2 × 2 cells. Scores follow the mask's upper left cell.
    fn activations() -> Planes {
        let values = (0..160_u32).map(|i| ((i.wrapping_mul(2_654_435_761) >> 16) % 97) as f32);
        Planes::new([40, 2, 2], values.collect())
    }

    fn score(activations: &Planes, channel: usize) -> f32 {
        3.0 * small_mask(activations, channel, [2, 2])
            .next()
            .expect("four cells")
    }

    fn run(budget: usize) -> (Shortlist, Vec<f32>, Vec<usize>) {
        let activations = activations();
        let groups = (0..40).map(|channel| vec![channel]).collect();
        let mut list = Shortlist::new(&activations, groups, budget);
        let (mut scores, mut order) = (Vec::new(), Vec::new());
        while scores.len() < list.len() {
            let decided = list.decide(&scores, 0);
            let next = list.channels(scores.len()..decided);
            scores.extend(next.iter().map(|&channel| score(&activations, channel)));
            order.extend(next);
        }
        (list, scores, order)
    }

    #[test]
    fn every_group_comes_once() {
        let (list, scores, mut order) = run(1000);
        assert!(list.is_complete() && scores.len() == 40);
        order.sort_unstable();
        assert_eq!(order, (0..40).collect::<Vec<_>>());
        let known = list.known(&scores, 40);
        assert_eq!(known, list.expected(&scores, 40));
        assert!((0..40).all(|channel| known[channel] == score(&activations(), channel)));
    }

    #[test]
    fn a_complete_list_is_decided_before_all_is_known() {
        let activations = activations();
        for (budget, early) in [(1000, 32), (24, 16)] {
            let groups = (0..40).map(|channel| vec![channel]).collect();
            let mut list = Shortlist::new(&activations, groups, budget);
            assert_eq!(list.decide(&[], 1), 16);
            let first = list.channels(0..8).into_iter();
            let scores: Vec<_> = first.map(|channel| score(&activations, channel)).collect();
            assert_eq!(list.decide(&scores, 16), 16);
            assert_eq!(list.decide(&scores, 17), early);
        }
    }

    #[test]
    fn the_largest_come_first_and_the_rest_is_predicted() {
        let (list, scores, order) = run(24);
        assert!(!list.is_complete() && order.len() == 24);
        let activations = activations();
        assert_eq!(order[..16], activations.by_energy()[..16]);
        let (known, expected) = (list.known(&scores, 40), list.expected(&scores, 40));
        for channel in 0..40 {
            assert_eq!(known[channel].is_nan(), !order.contains(&channel));
            // The scores are a linear function of the masks, from 0 to 3: what 24 of them tell of the others.
            let error = (expected[channel] - score(&activations, channel)).abs();
            assert!(error < 0.75, "channel {channel} is off by {error}");
        }
    }

    #[test]
    fn large_masks_are_averaged() {
        let values = (0..196).map(|i| i as f32).collect();
        let planes = Planes::new([1, 14, 14], values);
        let small: Vec<f32> = small_mask(&planes, 0, [7, 7]).collect();
        assert_eq!(small.len(), 49);
        assert!((small[0] - (0.0 + 1.0 + 14.0 + 15.0) / 4.0 / 195.0).abs() < 1e-6);
        assert!((small[48] - (195.0 + 194.0 + 181.0 + 180.0) / 4.0 / 195.0).abs() < 1e-6);
    }
}
