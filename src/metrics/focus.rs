//! How concentrated a map is. All measures are of the final map, values 0…1, and lie in 0…1.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::heatmap::Heatmap;

/// Concentration of a map. Of a map without heat, the shares of the frame are 0, as is the Gini coefficient.
///
/// ```
/// use camscope::heatmap::Heatmap;
/// use camscope::metrics::focus::Focus;
///
/// let found = Focus::of(&Heatmap::new(4, 1, vec![0.0, 1.0, 1.0, 0.0]));
/// assert_eq!((found.above_half, found.half_heat, found.centre), (0.5, 0.25, [0.5, 0.5]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Focus {
    /// Share of the frame where the value exceeds half of the maximum.
    pub above_half: f64,
    /// Smallest share of the frame that holds half of the heat (the sum of all values).
    pub half_heat: f64,
    /// Effective area: `exp(−Σ p ln p) / n` with `p` the values divided by their sum; 1 for a constant map,
    /// `1/n` for a single pixel. (The exponential of Shannon's entropy, Hill's number of order 1.)
    pub effective_area: f64,
    /// Gini coefficient of the values: 0 for a constant map, towards 1 for a single pixel.
    pub gini: f64,
    /// Centre of the heat, as shares of the frame's width and height.
    pub centre: [f64; 2],
}

/// Where in the frame to look for the heat.
///
/// ```
/// use camscope::heatmap::Heatmap;
/// use camscope::metrics::focus::{Inside, Region};
///
/// let map = Heatmap::new(2, 1, vec![0.25, 1.0]);
/// let left = Region::Box { x: 0.0, y: 0.0, width: 1.0, height: 1.0 };
/// let mask = Region::Mask(Heatmap::new(2, 1, vec![1.0, 0.0]));
/// assert_eq!(Inside::of(&map, &left), Inside::of(&map, &mask));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Region {
    /// A box, in pixels of the map. A pixel counts where its centre is inside.
    Box {
        x: f64,
        y: f64,
        width: f64,
        height: f64,
    },
    /// Any shape: a map of the same size whose values above 0.5 are inside.
    Mask(Heatmap),
}

impl Region {
    /// Whether each pixel of a map of `width` × `height` is inside, row by row.
    fn pixels(&self, width: usize, height: usize) -> Result<Vec<bool>> {
        match self {
            Self::Box {
                x: left,
                y: top,
                width: wide,
                height: high,
            } => Ok((0..width * height)
                .map(|index| {
                    let x = (index % width) as f64 + 0.5;
                    let y = (index / width) as f64 + 0.5;
                    (*left..left + wide).contains(&x) && (*top..top + high).contains(&y)
                })
                .collect()),
            Self::Mask(mask) if (mask.width, mask.height) == (width, height) => {
                Ok(mask.values.iter().map(|&v| v > 0.5).collect())
            }
            Self::Mask(mask) => Err(Error::Option(format!(
                "A mask of {} × {} does not fit a map of {width} × {height}.",
                mask.width, mask.height
            ))),
        }
    }
}

/// How much of a map lies in a region.
///
/// ```
/// use camscope::heatmap::Heatmap;
/// use camscope::metrics::focus::{Inside, Region};
///
/// let map = Heatmap::new(4, 1, vec![0.0, 0.25, 0.75, 0.0]);
/// let right = Region::Box { x: 2.0, y: 0.0, width: 2.0, height: 1.0 };
/// let found = Inside::of(&map, &right)?;
/// assert_eq!(found, Inside { energy: 0.75, peak: true, area: 0.5 });
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Inside {
    /// Share of the heat inside: the energy-based pointing game (Wang et al. 2020, Score-CAM, section 4.3).
    pub energy: f64,
    /// Whether the largest value lies inside: the pointing game (Zhang et al. 2016).
    pub peak: bool,
    /// Share of the frame that the region covers: what `energy` would be for a constant map.
    pub area: f64,
}

impl Focus {
    /// Measures a map.
    ///
    /// ```
    /// use camscope::heatmap::Heatmap;
    /// use camscope::metrics::focus::Focus;
    ///
    /// let single = Heatmap::new(2, 2, vec![0.0, 0.0, 0.0, 1.0]);
    /// assert_eq!(Focus::of(&single).effective_area, 0.25);
    /// ```
    pub fn of(map: &Heatmap) -> Self {
        let n = map.values.len() as f64;
        let mut values: Vec<f64> = map.values.iter().map(|&v| clean(v)).collect();
        let heat: f64 = values.iter().sum();
        if heat <= 0.0 {
            return Self {
                above_half: 0.0,
                half_heat: 0.0,
                effective_area: 0.0,
                gini: 0.0,
                centre: [0.5; 2],
            };
        }
        let centre = centre(map, heat);
        let max = values.iter().copied().fold(0.0, f64::max);
        let above_half = values.iter().filter(|&&v| v > max / 2.0).count() as f64 / n;
        let entropy: f64 = values
            .iter()
            .filter(|&&v| v > 0.0)
            .map(|v| -(v / heat) * (v / heat).ln())
            .sum();
        values.sort_by(f64::total_cmp);
        let mut held = 0.0;
        let pixels = values.iter().rev().take_while(|&&v| {
            let enough = held >= heat / 2.0;
            held += v;
            !enough
        });
        let half_heat = pixels.count() as f64 / n;
        let ranked: f64 = values
            .iter()
            .enumerate()
            .map(|(rank, v)| (rank + 1) as f64 * v)
            .sum();
        let gini = (2.0 * ranked / (n * heat) - (n + 1.0) / n).max(0.0);
        Self {
            above_half,
            half_heat,
            effective_area: entropy.exp() / n,
            gini,
            centre,
        }
    }
}

impl Inside {
    /// Measures how much of `map` lies in `region`.
    ///
    /// ```
    /// use camscope::heatmap::Heatmap;
    /// use camscope::metrics::focus::{Inside, Region};
    ///
    /// let map = Heatmap::new(2, 1, vec![1.0, 1.0]);
    /// let all = Region::Box { x: 0.0, y: 0.0, width: 2.0, height: 1.0 };
    /// assert_eq!(Inside::of(&map, &all)?.energy, 1.0);
    /// // A mask must have the map's size.
    /// assert!(Inside::of(&map, &Region::Mask(Heatmap::new(1, 1, vec![1.0]))).is_err());
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Option`] if the region is a mask of another size.
    pub fn of(map: &Heatmap, region: &Region) -> Result<Self> {
        let within = region.pixels(map.width, map.height)?;
        let (mut heat, mut inside, mut pixels, mut peak) =
            (0.0, 0.0, 0, (f64::NEG_INFINITY, false));
        for (value, within) in map.values.iter().map(|&v| clean(v)).zip(within) {
            heat += value;
            if within {
                inside += value;
                pixels += 1;
            }
            if value > peak.0 {
                peak = (value, within);
            }
        }
        let energy = if heat > 0.0 { inside / heat } else { 0.0 };
        Ok(Self {
            energy,
            peak: heat > 0.0 && peak.1,
            area: f64::from(pixels) / map.values.len() as f64,
        })
    }
}

/// Values that are no numbers, or below zero, hold no heat.
fn clean(value: f32) -> f64 {
    if value.is_finite() {
        f64::from(value.max(0.0))
    } else {
        0.0
    }
}

fn centre(map: &Heatmap, heat: f64) -> [f64; 2] {
    let mut centre = [0.0; 2];
    for (index, value) in map.values.iter().map(|&v| clean(v)).enumerate() {
        centre[0] += value * ((index % map.width) as f64 + 0.5) / map.width as f64;
        centre[1] += value * ((index / map.width) as f64 + 0.5) / map.height as f64;
    }
    centre.map(|sum| sum / heat)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From `scripts/make_metrics.py` (NumPy 2.2.6, SciPy 1.17.1): `exp(scipy.stats.entropy(v)) / n`, the mean absolute
    /// difference over twice the mean, `mean(v > max(v) / 2)`, and how many of the sorted values add up to half.
    const EFFECTIVE_AREA: f64 = 0.6276601713070192;
    const GINI: f64 = 0.5113636309148862;
    const ABOVE_HALF: f64 = 0.3333333333333333;
    const HALF_HEAT: f64 = 0.25;
    /// From the same script: sums of slices of an array, and where its `argmax` lies.
    const ENERGY: f64 = 0.75;
    const PEAK: bool = true;
    const AREA: f64 = 0.5;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn a_constant_map_fills_the_frame() {
        let focus = Focus::of(&Heatmap::new(8, 5, vec![0.7; 40]));
        assert!(
            close(focus.above_half, 1.0)
                && close(focus.half_heat, 0.5)
                && close(focus.effective_area, 1.0)
        );
        assert!(
            close(focus.gini, 0.0) && close(focus.centre[0], 0.5) && close(focus.centre[1], 0.5)
        );
    }

    #[test]
    fn a_single_pixel_is_as_focused_as_can_be() {
        let mut values = vec![0.0; 40];
        values[11] = 1.0;
        let focus = Focus::of(&Heatmap::new(8, 5, values));
        for share in [focus.above_half, focus.half_heat, focus.effective_area] {
            assert!(close(share, 1.0 / 40.0));
        }
        assert!(close(focus.gini, 39.0 / 40.0));
        assert!(close(focus.centre[0], 3.5 / 8.0) && close(focus.centre[1], 1.5 / 5.0));
    }

    #[test]
    fn an_uneven_map_agrees_with_numpy_and_scipy() {
        let values = vec![0.0, 0.1, 0.2, 0.4, 0.05, 0.9, 1.0, 0.3, 0.0, 0.6, 0.7, 0.15];
        let focus = Focus::of(&Heatmap::new(4, 3, values));
        assert!(
            (focus.effective_area - EFFECTIVE_AREA).abs() < 1e-6,
            "{focus:?}"
        );
        assert!((focus.gini - GINI).abs() < 1e-6, "{focus:?}");
        assert!(
            close(focus.above_half, ABOVE_HALF) && close(focus.half_heat, HALF_HEAT),
            "{focus:?}"
        );
    }

    #[test]
    fn blank_and_broken_maps_have_no_focus() {
        for value in [0.0, f32::NAN, f32::INFINITY, -1.0] {
            let focus = Focus::of(&Heatmap::new(2, 2, vec![value; 4]));
            assert!(focus.above_half == 0.0 && focus.gini == 0.0 && focus.centre == [0.5; 2]);
        }
    }

    fn inside(map: &Heatmap, x: f64, y: f64, width: f64, height: f64) -> Inside {
        let region = Region::Box {
            x,
            y,
            width,
            height,
        };
        Inside::of(map, &region).expect("a box always fits")
    }

    #[test]
    fn energy_inside_a_box() {
        let map = Heatmap::new(4, 2, vec![0.1, 0.2, 0.3, 0.4, 0.0, 1.0, 0.0, 0.0]);
        let found = inside(&map, 1.0, 0.0, 2.0, 2.0);
        assert!((found.energy - ENERGY).abs() < 1e-6 && close(found.area, AREA));
        assert_eq!(found.peak, PEAK);
        let outside = inside(&map, 9.0, 9.0, 1.0, 1.0);
        assert!(outside.energy == 0.0 && !outside.peak);
    }

    #[test]
    fn a_mask_of_a_box_is_that_box() {
        let map = Heatmap::new(4, 2, vec![0.1, 0.2, 0.3, 0.4, 0.0, 1.0, 0.0, 0.0]);
        let mask = Heatmap::new(4, 2, vec![0.0, 1.0, 0.6, 0.5, 0.0, 1.0, 1.0, 0.2]);
        let found = Inside::of(&map, &Region::Mask(mask)).expect("the sizes agree");
        assert_eq!(found, inside(&map, 1.0, 0.0, 2.0, 2.0));
    }

    #[test]
    fn a_mask_of_another_size_is_refused() {
        let map = Heatmap::new(4, 2, vec![1.0; 8]);
        let mask = Region::Mask(Heatmap::new(2, 4, vec![1.0; 8]));
        assert!(Inside::of(&map, &mask).is_err());
    }
}
