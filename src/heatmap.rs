//! Heatmaps as plain numbers: ReLU, min–max scaling and bilinear resizing, exactly as the reference does them
//! (pytorch-grad-cam, `pytorch_grad_cam/utils/image.py`, `scale_cam_image`, and `base_cam.py`).

/// A grid of values, row by row.
///
/// ```
/// use camscope::heatmap::Heatmap;
///
/// let raw = Heatmap::new(2, 1, vec![-4.0, 8.0]);
/// // What speaks against is cut off, and the rest scaled to 0…1 and resized …
/// let percent: Vec<f32> = raw.finish(4, 1).values.iter().map(|v| (100.0 * v).round()).collect();
/// assert_eq!(percent, [0.0, 25.0, 75.0, 100.0]);
/// // … or kept, as shares of the largest absolute value.
/// assert_eq!(raw.signed(2, 1).values, [-0.5, 1.0]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Heatmap {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `height * width` values, row-major.
    pub values: Vec<f32>,
}

/// Keeps the scaling finite on a constant map; the reference's constant.
const SCALE_EPSILON: f32 = 1e-7;

impl Heatmap {
    /// A map of `width` × `height` values.
    ///
    /// ```
    /// use camscope::heatmap::Heatmap;
    ///
    /// let map = Heatmap::new(2, 3, vec![0.0; 6]);
    /// assert_eq!((map.width, map.height), (2, 3));
    /// ```
    ///
    /// # Panics
    /// If `values` does not have `width * height` entries.
    pub fn new(width: usize, height: usize, values: Vec<f32>) -> Self {
        assert_eq!(
            values.len(),
            width * height,
            "a map needs width × height values"
        );
        Self {
            width,
            height,
            values,
        }
    }

    /// From the raw signed map at the activations' size to the final map at the input's size, in 0…1:
    /// ReLU, min–max, bilinear resize, min–max again.
    ///
    /// A map without a positive value stays all zero. Values that are not finite count as zero.
    ///
    /// ```
    /// use camscope::heatmap::Heatmap;
    ///
    /// let map = Heatmap::new(2, 1, vec![-1.0, 5.0]).finish(6, 4);
    /// assert_eq!((map.width, map.height), (6, 4));
    /// let (least, most) = map.range();
    /// assert!(least == 0.0 && (most - 1.0).abs() < 1e-6);
    /// assert!(Heatmap::new(2, 1, vec![-1.0, f32::NAN]).finish(6, 4).is_blank());
    /// ```
    pub fn finish(&self, width: usize, height: usize) -> Self {
        let mut map = self.rectify(width, height);
        map.scale();
        map
    }

    /// The part of [`Heatmap::finish`] that is done layer by layer: ReLU, min–max, bilinear resize.
    pub(crate) fn rectify(&self, width: usize, height: usize) -> Self {
        let mut map = self.finite();
        map.values.iter_mut().for_each(|v| *v = v.max(0.0));
        map.scale();
        map.resize(width, height)
    }

    /// The signed map at the input's size, divided by the largest absolute value of the raw one: −1…1, for a reader who
    /// wants to see what speaks against as well. Zero everywhere for a zero map.
    ///
    /// ```
    /// use camscope::heatmap::Heatmap;
    ///
    /// let raw = Heatmap::new(3, 1, vec![-4.0, 0.0, 2.0]);
    /// assert_eq!(raw.signed(3, 1).values, [-1.0, 0.0, 0.5]);
    /// ```
    pub fn signed(&self, width: usize, height: usize) -> Self {
        let mut map = self.finite();
        let largest = map.values.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
        if largest > 0.0 {
            map.values.iter_mut().for_each(|v| *v /= largest);
        }
        map.resize(width, height)
    }

    /// The map with 0 for what is not finite.
    fn finite(&self) -> Self {
        let finite = |&v: &f32| if v.is_finite() { v } else { 0.0 };
        Self::new(
            self.width,
            self.height,
            self.values.iter().map(finite).collect(),
        )
    }

    /// The map mirrored left to right.
    ///
    /// ```
    /// use camscope::heatmap::Heatmap;
    ///
    /// let map = Heatmap::new(2, 2, vec![1.0, 2.0, 3.0, 4.0]);
    /// assert_eq!(map.mirrored().values, [2.0, 1.0, 4.0, 3.0]);
    /// ```
    pub fn mirrored(&self) -> Self {
        let rows = self.values.chunks_exact(self.width);
        let values = rows.flat_map(|row| row.iter().rev().copied()).collect();
        Self::new(self.width, self.height, values)
    }

    /// Smallest and largest value.
    ///
    /// ```
    /// use camscope::heatmap::Heatmap;
    ///
    /// assert_eq!(Heatmap::new(3, 1, vec![0.5, -2.0, 1.0]).range(), (-2.0, 1.0));
    /// ```
    pub fn range(&self) -> (f32, f32) {
        self.values
            .iter()
            .fold((f32::INFINITY, f32::NEG_INFINITY), |(lo, hi), &v| {
                (lo.min(v), hi.max(v))
            })
    }

    /// True where no value is above zero: nothing speaks for the class.
    ///
    /// ```
    /// use camscope::heatmap::Heatmap;
    ///
    /// assert!(Heatmap::new(2, 1, vec![-3.0, 0.0]).is_blank());
    /// assert!(!Heatmap::new(2, 1, vec![-3.0, 0.1]).is_blank());
    /// ```
    pub fn is_blank(&self) -> bool {
        !self.values.iter().any(|&v| v > 0.0)
    }

    /// Min–max scaling in place: `x -= min; x /= 1e-7 + max` (`scale_cam_image`).
    pub(crate) fn scale(&mut self) {
        let (min, max) = self.range();
        let divisor = SCALE_EPSILON + (max - min);
        for value in &mut self.values {
            *value = (*value - min) / divisor;
        }
    }

    /// Bilinear resize with half-pixel centres and clamped edges (`cv2.resize`, `INTER_LINEAR`).
    ///
    /// ```
    /// use camscope::heatmap::Heatmap;
    ///
    /// let map = Heatmap::new(2, 1, vec![0.0, 1.0]);
    /// assert_eq!(map.resize(4, 1).values, [0.0, 0.25, 0.75, 1.0]);
    /// ```
    pub fn resize(&self, width: usize, height: usize) -> Self {
        let columns = taps(self.width, width);
        let widened: Vec<f32> = self
            .values
            .chunks_exact(self.width)
            .flat_map(|row| {
                let value = |&(left, right, fx)| between(row[left], row[right], fx);
                columns.iter().map(value)
            })
            .collect();
        let mut values = Vec::with_capacity(width * height);
        for (top, bottom, fy) in taps(self.height, height) {
            let [top, bottom] = [top, bottom].map(|row| &widened[row * width..][..width]);
            let pairs = top.iter().zip(bottom);
            values.extend(pairs.map(|(&upper, &lower)| between(upper, lower, fy)));
        }
        Self::new(width, height, values)
    }
}

/// The number at `share` of the way from `a` to `b`.
fn between(a: f32, b: f32, share: f32) -> f32 {
    a + (b - a) * share
}

/// For each target position: the two source positions and the weight of the second.
fn taps(from: usize, to: usize) -> Vec<(usize, usize, f32)> {
    let scale = from as f64 / to as f64;
    (0..to)
        .map(|i| {
            let position = ((i as f64 + 0.5) * scale - 0.5).clamp(0.0, (from - 1) as f64);
            let first = position.floor() as usize;
            (
                first,
                (first + 1).min(from - 1),
                (position - first as f64) as f32,
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resize_matches_opencv() {
        // cv2.resize(np.float32([[0, 1], [2, 4]]), (4, 4)), OpenCV 4.10.
        let map = Heatmap::new(2, 2, vec![0.0, 1.0, 2.0, 4.0]).resize(4, 4);
        let expected = [
            0.0, 0.25, 0.75, 1.0, 0.5, 0.8125, 1.4375, 1.75, 1.5, 1.9375, 2.8125, 3.25, 2.0, 2.5,
            3.5, 4.0,
        ];
        for (value, want) in map.values.iter().zip(expected) {
            assert!((value - want).abs() < 1e-6, "{value} is not {want}");
        }
    }

    #[test]
    fn finished_maps_span_zero_to_one() {
        let map = Heatmap::new(3, 2, vec![-5.0, 1.0, 2.0, 8.0, f32::NAN, 3.0]).finish(12, 9);
        let (min, max) = map.range();
        assert!(
            min.abs() < 1e-6 && (max - 1.0).abs() < 1e-5,
            "{min} … {max}"
        );
    }

    #[test]
    fn a_map_without_positive_values_stays_zero() {
        let map = Heatmap::new(2, 2, vec![-1.0, -2.0, -0.5, 0.0]).finish(8, 8);
        assert!(map.is_blank());
        assert!(map.values.iter().all(|&v| v == 0.0));
    }

    #[test]
    fn signed_maps_keep_zero_and_both_signs() {
        let map = Heatmap::new(2, 1, vec![-4.0, 2.0]);
        assert_eq!(map.signed(2, 1).values, [-1.0, 0.5]);
        assert_eq!(map.mirrored().signed(2, 1).values, [0.5, -1.0]);
        let zero = Heatmap::new(2, 1, vec![0.0, f32::NAN]).signed(4, 4);
        assert!(zero.values.iter().all(|&v| v == 0.0));
    }

    #[test]
    fn a_single_cell_fills_the_frame() {
        let map = Heatmap::new(1, 1, vec![3.0]).resize(5, 4);
        assert_eq!(map.values, vec![3.0; 20]);
    }
}
