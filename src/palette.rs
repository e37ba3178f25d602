//! Colour maps as tables of 256 RGB colours. The page looks values up in them and blends on its own thread,
//! so that opacity and colours change at once while the worker computes.

use colorous::Gradient;

/// A named colour map.
///
/// ```
/// use camscope::palette::{PALETTES, Palette};
///
/// let default: Palette = PALETTES[0];
/// assert_eq!((default.id, default.name, default.uniform), ("inferno", "Inferno", true));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Identifier: `viridis`, `jet`, ….
    pub id: &'static str,
    /// Name to show.
    pub name: &'static str,
    /// True where equal steps of the value look like equal steps of colour.
    pub uniform: bool,
    /// True for the colours of a signed map: value 0.5 (the middle of the table, the lightest) is zero, below it lie
    /// negative values in cold colours, above it positive ones in warm.
    pub diverging: bool,
}

/// All colour maps, the default first.
///
/// ```
/// use camscope::palette::PALETTES;
///
/// // No colours are both for a signed map and even from one end to the other.
/// assert!(PALETTES.iter().all(|palette| !(palette.diverging && palette.uniform)));
/// ```
pub const PALETTES: [Palette; 10] = [
    Palette {
        id: "inferno",
        name: "Inferno",
        uniform: true,
        diverging: false,
    },
    Palette {
        id: "viridis",
        name: "Viridis",
        uniform: true,
        diverging: false,
    },
    Palette {
        id: "magma",
        name: "Magma",
        uniform: true,
        diverging: false,
    },
    Palette {
        id: "plasma",
        name: "Plasma",
        uniform: true,
        diverging: false,
    },
    Palette {
        id: "cividis",
        name: "Cividis",
        uniform: true,
        diverging: false,
    },
    Palette {
        id: "turbo",
        name: "Turbo",
        uniform: false,
        diverging: false,
    },
    Palette {
        id: "jet",
        name: "Jet",
        uniform: false,
        diverging: false,
    },
    Palette {
        id: "rdbu",
        name: "Red and blue",
        uniform: false,
        diverging: true,
    },
    Palette {
        id: "puor",
        name: "Orange and purple",
        uniform: false,
        diverging: true,
    },
    Palette {
        id: "brbg",
        name: "Brown and green",
        uniform: false,
        diverging: true,
    },
];

impl Palette {
    /// The table: `256 * 3` bytes, RGB, from value 0 to value 1.
    ///
    /// ```
    /// use camscope::palette::PALETTES;
    ///
    /// let jet = PALETTES.iter().find(|palette| palette.id == "jet").unwrap();
    /// let table = jet.table();
    /// assert_eq!(table.len(), 256 * 3);
    /// assert_eq!(table[..3], [0, 0, 128]); // dark blue
    /// ```
    pub fn table(&self) -> Vec<u8> {
        (0..256).flat_map(|i| self.color(i)).collect()
    }

    fn color(&self, index: usize) -> [u8; 3] {
        let sample = |gradient: Gradient| gradient.eval_rational(index, 256).as_array();
        // These two begin with the warm end.
        let reversed = |gradient: Gradient| gradient.eval_rational(255 - index, 256).as_array();
        match self.id {
            "viridis" => sample(colorous::VIRIDIS),
            "magma" => sample(colorous::MAGMA),
            "plasma" => sample(colorous::PLASMA),
            "cividis" => sample(colorous::CIVIDIS),
            "turbo" => sample(colorous::TURBO),
            "rdbu" => reversed(colorous::RED_BLUE),
            "puor" => sample(colorous::PURPLE_ORANGE),
            "brbg" => reversed(colorous::BROWN_GREEN),
            "jet" => jet(index as f32 / 255.0),
            _ => sample(colorous::INFERNO),
        }
    }
}

/// MATLAB's and OpenCV's JET: three trapezoids, the habit of the field's papers. Not perceptually uniform.
fn jet(value: f32) -> [u8; 3] {
    [0.75, 0.5, 0.25].map(|centre| {
        let level = (1.5 - 4.0 * (value - centre).abs()).clamp(0.0, 1.0);
        (level * 255.0).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (Rec. 709 weights on the coded values: enough to see the direction).
    fn luminance(rgb: &[u8]) -> f32 {
        0.2126 * f32::from(rgb[0]) + 0.7152 * f32::from(rgb[1]) + 0.0722 * f32::from(rgb[2])
    }

    #[test]
    fn uniform_palettes_rise_in_luminance() {
        for palette in PALETTES.iter().filter(|p| p.uniform) {
            let table = palette.table();
            let luminance: Vec<f32> = table.chunks(3).map(luminance).collect();
            assert!(
                luminance.windows(2).all(|w| w[1] >= w[0] - 1.5),
                "{} falls",
                palette.id
            );
            assert!(
                luminance[255] - luminance[0] > 120.0,
                "{} is flat",
                palette.id
            );
        }
    }

    /// ColorBrewer lists all three as safe for colour-blind readers; here: lightness tells how far from zero, and the
    /// two sides differ in blue against yellow, which the common kinds of colour blindness leave.
    #[test]
    fn diverging_palettes_darken_from_zero_to_both_sides() {
        for palette in PALETTES.iter().filter(|p| p.diverging) {
            let table = palette.table();
            let luminance: Vec<f32> = table.chunks(3).map(luminance).collect();
            let id = palette.id;
            assert!(luminance[127].min(luminance[128]) > 230.0, "{id}");
            assert!(
                luminance[..128].windows(2).all(|w| w[1] >= w[0] - 0.5),
                "{id}"
            );
            assert!(
                luminance[128..].windows(2).all(|w| w[1] <= w[0] + 0.5),
                "{id}"
            );
            let warmth = |rgb: &[u8]| i32::from(rgb[0]) - i32::from(rgb[2]);
            for step in [32, 64, 96] {
                let (cold, warm) = (&table[3 * (127 - step)..], &table[3 * (128 + step)..]);
                assert!(warmth(warm) > warmth(cold) + 40, "{id}: {step}");
            }
        }
    }

    #[test]
    fn jet_has_its_known_anchors() {
        // matplotlib's and MATLAB's jet: dark blue, cyan-green-yellow middle, dark red.
        let table = PALETTES
            .iter()
            .find(|p| p.id == "jet")
            .expect("jet is listed")
            .table();
        assert_eq!(table[..3], [0, 0, 128]);
        assert_eq!(table[255 * 3..], [128, 0, 0]);
        assert_eq!(table[127 * 3 + 1], 255);
    }
}
