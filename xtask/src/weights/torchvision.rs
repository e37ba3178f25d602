//! `cargo xtask assets --model`: torchvision's published checkpoints, from their official address.

use anyhow::Result;
use camscope::weights::manifest::{Dtype, Preprocessing};
use camscope::weights::torchvision;

use super::checkpoint::{self, Recipe};
use super::index;
use crate::assets::{self, Assets, PublishedModel};
use crate::hash;
use crate::paths::Paths;

/// Largest checkpoint taken from the network, in bytes.
const MAX_DOWNLOAD: u64 = 512 * 1024 * 1024;

/// Why a published checkpoint is not there.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("there is no model \"{name}\" in assets.toml; it lists {known}")]
    Unknown { name: String, known: String },
    #[error(
        "{file} could not be had: {why}\n  Download {url} by hand (102 MB for a ResNet50), put it into {folder} and run this again."
    )]
    Unavailable {
        file: String,
        url: String,
        folder: String,
        why: String,
    },
    #[error(
        "{file} from {from} is not the published file: its SHA-256 is {found}, which should begin with {expected}\n  \
         Delete it if it is a damaged copy and run this again."
    )]
    Altered {
        file: String,
        from: String,
        expected: String,
        found: String,
    },
}

/// Fetches the model `name`, checks the hash in its file name, and converts it into `pkg/models/NAME`.
pub fn fetch(paths: &Paths, assets: &Assets, name: &str) -> Result<()> {
    let Some(model) = assets.models.iter().find(|model| model.name == name) else {
        let known: Vec<_> = assets.models.iter().map(|model| &*model.name).collect();
        return Err(ModelError::Unknown {
            name: name.into(),
            known: known.join(", "),
        }
        .into());
    };
    let bytes = download(paths, model)?;
    let recipe = Recipe {
        file: &model.file,
        bytes: &bytes,
        name,
        title: &model.title,
        source: &model.source,
        license: &model.license,
        accuracy: Some(model.accuracy),
        preprocessing: Preprocessing {
            resize: model.resize,
            ..torchvision::preprocessing()
        },
        epsilon: torchvision::EPSILON,
        labels: None,
        dtype: Dtype::F16,
    };
    checkpoint::convert(paths, assets, recipe, &paths.model(name))?;
    index::write(paths, assets)
}

/// The checkpoint's bytes, from the cache, the mirror folder or the network.
fn download(paths: &Paths, model: &PublishedModel) -> Result<Vec<u8>> {
    let check = |bytes: &[u8], from: &str| {
        let found = hash::sha256(bytes);
        // torch.hub's convention: NAME-HASH.pth, with the first eight or more digits.
        let expected = model.file.trim_end_matches(".pth");
        let expected = expected.rsplit('-').next().unwrap_or_default();
        if expected.len() >= 8 && found.starts_with(expected) {
            return Ok(());
        }
        Err(ModelError::Altered {
            file: model.file.clone(),
            from: from.into(),
            expected: expected.into(),
            found,
        }
        .into())
    };
    if let Some(bytes) = assets::nearby(paths, &model.file, check)? {
        return Ok(bytes);
    }
    println!("fetching {}", model.url);
    let bytes =
        assets::download(&model.url, MAX_DOWNLOAD).map_err(|error| ModelError::Unavailable {
            file: model.file.clone(),
            url: model.url.clone(),
            folder: paths.cache.display().to_string(),
            why: format!("{error:#}"),
        })?;
    check(&bytes, &model.url)?;
    assets::write(&paths.cache.join(&model.file), &bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use camscope::weights::manifest::Manifest;

    use super::index::Entry;
    use super::*;
    use crate::assets::tests::Place;

    const CHECKPOINT: &[u8] = include_bytes!("../../../tests/fixtures/torchvision_tiny.pth");

    /// The models of assets.toml as one checkpoint of random weights, under a name with the hash `hash`.
    fn listed(hash: &str) -> (Place, Assets) {
        let place = Place::new();
        let mut assets: Assets = toml::from_str(include_str!("../../../assets.toml")).unwrap();
        for model in &mut assets.models {
            model.file = format!("tiny-{hash}.pth");
            // Nobody listens there.
            model.url = format!("http://127.0.0.1:9/{}", model.file);
        }
        (place, assets)
    }

    #[test]
    fn a_checkpoint_of_the_mirror_becomes_a_model_of_the_page() {
        let (place, assets) = listed(&hash::sha256(CHECKPOINT)[..8]);
        let mirrored = place.mirrored(&assets.models[0].file);
        assets::write(&mirrored, CHECKPOINT).unwrap();
        let mut entries = Vec::new();
        for model in &assets.models {
            fetch(&place.paths, &assets, &model.name).unwrap();
            let folder = place.paths.model(&model.name);
            let manifest: Manifest =
                serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
            assert_eq!(manifest.title, model.title);
            assert_eq!(manifest.preprocessing.resize, model.resize);
            assert_eq!(manifest.labels[6], "class 6");
            assert!(folder.join(&manifest.shards[0].file).exists());
            entries.push(Entry {
                name: model.name.clone(),
                title: model.title.clone(),
                manifest: format!("{}/manifest.json", model.name),
            });
            assert_eq!(index::read(&place.paths).unwrap(), entries);
        }
        // Without one that is not 256, a resize that is left out would go unseen.
        assert!(assets.models.iter().any(|model| model.resize == 232));
        // Now it is in the cache.
        fs::remove_file(mirrored).unwrap();
        fetch(&place.paths, &assets, &assets.models[0].name).unwrap();
    }

    #[test]
    fn a_file_with_another_hash_is_refused_and_not_kept() {
        let (place, assets) = listed("00000000");
        let model = &assets.models[0];
        assets::write(&place.mirrored(&model.file), CHECKPOINT).unwrap();
        let error = fetch(&place.paths, &assets, &model.name).unwrap_err();
        assert!(matches!(
            error.downcast_ref(),
            Some(ModelError::Altered { expected, .. }) if expected == "00000000"
        ));
        assert!(!place.paths.model(&model.name).exists());
        assert!(!place.paths.cache.join(&model.file).exists());
    }

    #[test]
    fn what_cannot_be_had_says_what_to_do() {
        let (place, assets) = listed("00000000");
        let error = fetch(&place.paths, &assets, &assets.models[0].name).unwrap_err();
        assert!(matches!(
            error.downcast_ref(),
            Some(ModelError::Unavailable { .. })
        ));
        assert!(error.to_string().contains("by hand"), "{error}");
        let error = fetch(&place.paths, &assets, "resnet9000").unwrap_err();
        assert!(
            error.to_string().contains("torchvision-v1, torchvision-v2"),
            "{error}"
        );
    }

    #[test]
    fn the_official_addresses_name_their_files_with_hashes() {
        let assets: Assets = toml::from_str(include_str!("../../../assets.toml")).unwrap();
        for model in &assets.models {
            assert_eq!(
                model.url,
                format!("https://download.pytorch.org/models/{}", model.file)
            );
            let hash = model.file.trim_end_matches(".pth").rsplit('-').next();
            assert!(hash.is_some_and(|hash| {
                hash.len() == 8 && hash.bytes().all(|digit| digit.is_ascii_hexdigit())
            }));
        }
    }
}
