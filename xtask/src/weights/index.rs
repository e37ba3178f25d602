//! `pkg/models/index.json`, which tells the page what models there are.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use camscope::weights::manifest::Manifest;
use serde::{Deserialize, Serialize};

use crate::assets::{self, Assets};
use crate::paths::Paths;

/// A model that the page can load.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Short name, also the folder's.
    pub name: String,
    pub title: String,
    /// Relative to the index.
    pub manifest: String,
}

/// Writes the index anew: every folder with a manifest, the shipped model first.
pub fn write(paths: &Paths, assets: &Assets) -> Result<()> {
    let folder = paths.models();
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
        if let Some(entry) = describe(&entry?.path())? {
            found.push(entry);
        }
    }
    let shipped = &assets.weights.name;
    found.sort_by(|a, b| (a.name != *shipped, &a.name).cmp(&(b.name != *shipped, &b.name)));
    let mut text = serde_json::to_string_pretty(&found)?;
    text.push('\n');
    assets::write(&folder.join("index.json"), text.as_bytes())
}

/// The models of the index.
pub fn read(paths: &Paths) -> Result<Vec<Entry>> {
    let path = paths.models().join("index.json");
    let text = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("reading {}", path.display()))
}

/// `None` for a folder without a manifest.
fn describe(folder: &Path) -> Result<Option<Entry>> {
    let Some(name) = folder.file_name().and_then(|name| name.to_str()) else {
        return Ok(None);
    };
    let path = folder.join("manifest.json");
    if !path.exists() {
        return Ok(None);
    }
    let text = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    let manifest: Manifest = serde_json::from_slice(&text)
        .with_context(|| format!("reading {}: delete its folder to go on", path.display()))?;
    Ok(Some(Entry {
        manifest: format!("{name}/manifest.json"),
        title: manifest.title,
        name: manifest.name,
    }))
}
