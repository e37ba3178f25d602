//! Activations or gradients of one layer, on the host.

use crate::heatmap::Heatmap;

/// `channels` planes of `height * width` values each, row-major.
///
/// ```
/// use camscope::cam::planes::Planes;
///
/// let planes = Planes::new([2, 1, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// assert_eq!((planes.channels, planes.height, planes.width), (2, 1, 3));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Planes {
    pub channels: usize,
    pub height: usize,
    pub width: usize,
    /// `channels * height * width` values.
    pub values: Vec<f32>,
}

impl Planes {
    /// Planes of these `channels`, `height` and `width`.
    ///
    /// ```
    /// use camscope::cam::planes::Planes;
    ///
    /// let planes = Planes::new([1, 2, 2], vec![1.0, 2.0, 3.0, 4.0]);
    /// assert_eq!(planes.values[2], 3.0); // second row, first column
    /// ```
    ///
    /// # Panics
    /// If `values` does not have `channels * height * width` entries.
    pub fn new([channels, height, width]: [usize; 3], values: Vec<f32>) -> Self {
        assert_eq!(
            values.len(),
            channels * height * width,
            "planes need channels × height × width values"
        );
        Self {
            channels,
            height,
            width,
            values,
        }
    }

    /// Values per plane.
    ///
    /// ```
    /// use camscope::cam::planes::Planes;
    ///
    /// assert_eq!(Planes::new([2, 3, 4], vec![0.0; 24]).area(), 12);
    /// ```
    pub fn area(&self) -> usize {
        self.height * self.width
    }

    /// One plane.
    pub(crate) fn plane(&self, channel: usize) -> &[f32] {
        &self.values[channel * self.area()..][..self.area()]
    }

    /// All planes, in channel order.
    ///
    /// ```
    /// use camscope::cam::planes::Planes;
    ///
    /// let planes = Planes::new([2, 1, 2], vec![1.0, 2.0, 3.0, 4.0]);
    /// assert_eq!(planes.planes().collect::<Vec<_>>(), [[1.0, 2.0], [3.0, 4.0]]);
    /// ```
    pub fn planes(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.area())
    }

    /// Sum of each plane, `[channels]`.
    pub(crate) fn sums(&self) -> Vec<f32> {
        self.planes().map(|plane| sum(plane) as f32).collect()
    }

    /// Mean of each plane, `[channels]`.
    pub(crate) fn means(&self) -> Vec<f32> {
        self.planes()
            .map(|plane| (sum(plane) / self.area() as f64) as f32)
            .collect()
    }

    /// Sum of squares of each plane, `[channels]`: how much a channel can weigh in a map.
    pub(crate) fn energies(&self) -> Vec<f64> {
        self.planes()
            .map(|plane| plane.iter().map(|&v| f64::from(v) * f64::from(v)).sum())
            .collect()
    }

    /// Channels by falling energy; ties in channel order.
    ///
    /// ```
    /// use camscope::cam::planes::Planes;
    ///
    /// // The sums of squares are 1, 8 and 5.
    /// let planes = Planes::new([3, 1, 2], vec![1.0, 0.0, 2.0, -2.0, 1.0, 2.0]);
    /// assert_eq!(planes.by_energy(), [1, 2, 0]);
    /// ```
    pub fn by_energy(&self) -> Vec<usize> {
        falling(&self.energies())
    }

    /// `join(self, other)`, value by value.
    ///
    /// # Panics
    /// If the sizes differ.
    pub(crate) fn combine(&self, other: &Self, join: impl Fn(f32, f32) -> f32) -> Self {
        assert_eq!(
            self.values.len(),
            other.values.len(),
            "planes of the same size"
        );
        let pairs = self.values.iter().zip(&other.values);
        let values = pairs.map(|(&a, &b)| join(a, b)).collect();
        Self::new([self.channels, self.height, self.width], values)
    }

    /// Each plane times its weight. A weight of NaN (not evaluated) counts as zero.
    pub(crate) fn weighted(&self, weights: &[f32]) -> Self {
        let values = self.planes().zip(weights).flat_map(|(plane, &weight)| {
            let weight = if weight.is_nan() { 0.0 } else { weight };
            plane.iter().map(move |v| weight * v)
        });
        Self::new([self.channels, self.height, self.width], values.collect())
    }

    /// One weight per channel, from its plane here and in `other`.
    pub(crate) fn weights_with(
        &self,
        other: &Self,
        weigh: impl Fn(&[f32], &[f32]) -> f64,
    ) -> Vec<f32> {
        self.planes()
            .zip(other.planes())
            .map(|(own, other)| weigh(own, other) as f32)
            .collect()
    }

    /// `Σ weight·plane` as a map. A weight of NaN (not evaluated) counts as zero.
    ///
    /// ```
    /// use camscope::cam::planes::Planes;
    ///
    /// let planes = Planes::new([3, 1, 2], vec![1.0, 0.0, 2.0, -2.0, 1.0, 2.0]);
    /// assert_eq!(planes.weighted_sum(&[1.0, 0.5, f32::NAN]).values, [2.0, -1.0]);
    /// ```
    pub fn weighted_sum(&self, weights: &[f32]) -> Heatmap {
        let mut total = vec![0.0_f64; self.area()];
        for (plane, &weight) in self.planes().zip(weights) {
            if weight.is_nan() || weight == 0.0 {
                continue;
            }
            for (sum, &value) in total.iter_mut().zip(plane) {
                *sum += f64::from(weight) * f64::from(value);
            }
        }
        Heatmap::new(
            self.width,
            self.height,
            total.into_iter().map(|v| v as f32).collect(),
        )
    }
}

/// Places in `values` by falling value; ties in their order.
pub(super) fn falling(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    order
}

/// Sum of the products, value by value.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f64 {
    let product = |(&a, &b): (&f32, &f32)| f64::from(a) * f64::from(b);
    a.iter().zip(b).map(product).sum()
}

/// Sum in double precision.
pub(super) fn sum(values: &[f32]) -> f64 {
    values.iter().map(|&v| f64::from(v)).sum()
}
