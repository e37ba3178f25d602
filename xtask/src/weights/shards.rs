//! Writes a converted network: safetensors shards and the manifest that indexes them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use camscope::weights::manifest::{Dtype, MAX_SHARD_BYTES, Manifest, Shard, TensorEntry};
use camscope::weights::source::{self, Source, Tensor};
use half::f16;
use safetensors::tensor::{Dtype as Stored, TensorView, serialize};

use super::STAMP;
use crate::{assets, hash};

/// Room left in a shard for the safetensors header, which lists the tensors (about 100 bytes each).
const HEADER_BYTES: u64 = 64 * 1024;

/// A tensor in its stored type.
struct Encoded {
    name: String,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

/// Converts `source` into `folder`, replacing what was there. `manifest` comes without shards and tensors; they
/// are added here.
pub fn write<S>(folder: &Path, source: &S, mut manifest: Manifest, stamp: &str) -> Result<()>
where
    S: Source,
    S::Error: Into<anyhow::Error>,
{
    if folder.exists() {
        clear(folder)?;
    }
    let mut shards: Vec<Vec<Encoded>> = vec![Vec::new()];
    let mut filled = 0;
    for tensor in source::tensors(source) {
        let tensor = encode(tensor.map_err(Into::into)?, manifest.dtype)?;
        let bytes = tensor.bytes.len() as u64;
        if bytes > MAX_SHARD_BYTES - HEADER_BYTES {
            bail!(
                "tensor {} has {bytes} bytes, more than fit into a shard of {MAX_SHARD_BYTES}",
                tensor.name
            );
        }
        if filled + bytes > MAX_SHARD_BYTES - HEADER_BYTES {
            shards.push(Vec::new());
            filled = 0;
        }
        filled += bytes;
        let shard = shards.len() - 1;
        manifest.tensors.insert(
            tensor.name.clone(),
            TensorEntry {
                shard,
                shape: tensor.shape.clone(),
            },
        );
        shards[shard].push(tensor);
    }
    let count = shards.len();
    for (index, shard) in shards.iter().enumerate() {
        let file = format!(
            "{}-{:05}-of-{count:05}.safetensors",
            manifest.name,
            index + 1
        );
        let bytes = to_safetensors(shard, manifest.dtype)?;
        assets::write(&folder.join(&file), &bytes)?;
        manifest.shards.push(Shard {
            file,
            sha256: hash::sha256(&bytes),
            bytes: bytes.len() as u64,
        });
    }
    let mut text = serde_json::to_string_pretty(&manifest)?;
    text.push('\n');
    assets::write(&folder.join("manifest.json"), text.as_bytes())?;
    // Last, so that an interrupted run is seen as such.
    assets::write(&folder.join(STAMP), stamp.as_bytes())
}

/// Removes an earlier conversion's files, and nothing else.
fn clear(folder: &Path) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let ours = path.extension().is_some_and(|end| end == "safetensors")
            || path
                .file_name()
                .is_some_and(|name| name == STAMP || name == "manifest.json");
        if ours {
            fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
        }
    }
    Ok(())
}

/// Rounds once, from f64 to the stored type.
fn encode(tensor: Tensor, dtype: Dtype) -> Result<Encoded> {
    let values = &tensor.values;
    let (bytes, finite): (Vec<u8>, bool) = match dtype {
        Dtype::F16 => (
            values
                .iter()
                .flat_map(|value| f16::from_f64(*value).to_le_bytes())
                .collect(),
            values.iter().all(|value| f16::from_f64(*value).is_finite()),
        ),
        Dtype::F32 => (
            values
                .iter()
                .flat_map(|value| (*value as f32).to_le_bytes())
                .collect(),
            values.iter().all(|value| (*value as f32).is_finite()),
        ),
    };
    if !finite {
        bail!(
            "tensor {} has values that {dtype:?} cannot hold{}",
            tensor.name,
            match dtype {
                Dtype::F16 => "; try --dtype f32",
                Dtype::F32 => "",
            }
        );
    }
    Ok(Encoded {
        name: tensor.name,
        shape: tensor.shape,
        bytes,
    })
}

fn to_safetensors(tensors: &[Encoded], dtype: Dtype) -> Result<Vec<u8>> {
    let dtype = match dtype {
        Dtype::F16 => Stored::F16,
        Dtype::F32 => Stored::F32,
    };
    let views = tensors
        .iter()
        .map(|tensor| {
            let view = TensorView::new(dtype, tensor.shape.clone(), &tensor.bytes)
                .with_context(|| format!("writing tensor {}", tensor.name))?;
            Ok((tensor.name.as_str(), view))
        })
        .collect::<Result<Vec<_>>>()?;
    let bytes = serialize(views, None)?;
    if bytes.len() as u64 > MAX_SHARD_BYTES {
        bail!(
            "a shard came out at {} bytes, more than {MAX_SHARD_BYTES}",
            bytes.len()
        );
    }
    Ok(bytes)
}
