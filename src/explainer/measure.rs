//! Numbers about a map that ask the network.

use super::{Explainer, Picture, probabilities};
use crate::error::{Error, Result};
use crate::heatmap::Heatmap;
use crate::metrics::confidence::Confidence;
use crate::preprocess::{self, Crop};

impl Explainer {
    /// The class's probability with the whole picture and with the picture multiplied by `map` (of the size of the
    /// network's input): one pass.
    ///
    /// # Errors
    /// [`Error::Decode`], [`Error::Class`], [`Error::Option`] if the map has another size, [`Error::Device`]
    pub async fn confidence(
        &self,
        picture: &Picture,
        crop: Crop,
        map: &Heatmap,
        class: usize,
    ) -> Result<Confidence> {
        let classes = self.model.classes();
        if class >= classes {
            return Err(Error::Class { class, classes });
        }
        let seen = self.see(picture, crop).await?;
        let [height, width] = seen.view.size();
        if (map.width, map.height) != (width, height) {
            let (w, h) = (map.width, map.height);
            return Err(Error::Option(format!(
                "A map of {w} × {h} does not fit an input of {width} × {height}."
            )));
        }
        let mut values =
            preprocess::normalize(&seen.input.pixels, &self.model.manifest.preprocessing);
        for plane in values.chunks_exact_mut(map.values.len()) {
            plane.iter_mut().zip(&map.values).for_each(|(x, m)| *x *= m);
        }
        let masked = self.forward(values, [1, height, width]).await?;
        Ok(Confidence {
            before: probabilities(&seen.view.logits)[class],
            after: probabilities(&masked)[class],
        })
    }
}
