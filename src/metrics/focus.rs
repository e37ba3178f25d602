//! How concentrated a map is. All measures are of the final map, values 0…1, and lie in 0…1.

use serde::{Deserialize, Serialize};

use crate::heatmap::Heatmap;

/// Concentration of a map. Of a map without heat, the shares of the frame are 0, as is the Gini coefficient.
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

/// Where in the frame to look for the heat, in pixels of the map.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Region {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// How much of a map lies in a region.
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
    /// Measures how much of `map` lies in `region`; pixels count where their centre is inside.
    pub fn of(map: &Heatmap, region: Region) -> Self {
        let within = |index: usize| {
            let (x, y) = (
                (index % map.width) as f64 + 0.5,
                (index / map.width) as f64 + 0.5,
            );
            (region.x..region.x + region.width).contains(&x)
                && (region.y..region.y + region.height).contains(&y)
        };
        let (mut heat, mut inside, mut pixels, mut peak) =
            (0.0, 0.0, 0, (f64::NEG_INFINITY, false));
        for (index, value) in map.values.iter().map(|&v| clean(v)).enumerate() {
            let within = within(index);
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
        Self {
            energy,
            peak: heat > 0.0 && peak.1,
            area: f64::from(pixels) / map.values.len() as f64,
        }
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

    /// From `scripts/make_metrics.py` (NumPy 2.2.6, SciPy 1.17.1): `exp(scipy.stats.entropy(v)) / n`, and the mean
    /// absolute difference over twice the mean.
    const EFFECTIVE_AREA: f64 = 0.6276601713070192;
    const GINI: f64 = 0.5113636309148862;

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
            close(focus.above_half, 4.0 / 12.0) && close(focus.half_heat, 3.0 / 12.0),
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

    #[test]
    fn energy_inside_a_box() {
        let map = Heatmap::new(4, 2, vec![0.1, 0.2, 0.3, 0.4, 0.0, 1.0, 0.0, 0.0]);
        let inside = Inside::of(
            &map,
            Region {
                x: 1.0,
                y: 0.0,
                width: 2.0,
                height: 2.0,
            },
        );
        assert!((inside.energy - 0.75).abs() < 1e-6 && inside.peak && close(inside.area, 0.5));
        let outside = Inside::of(
            &map,
            Region {
                x: 9.0,
                y: 9.0,
                width: 1.0,
                height: 1.0,
            },
        );
        assert!(outside.energy == 0.0 && !outside.peak);
    }
}
