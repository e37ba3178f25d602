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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Cursor;

    use camscope::weights::checkpoint::Checkpoint;
    use camscope::weights::manifest::{FORMAT, KernelLayout};
    use camscope::weights::torchvision::{self, TorchvisionResnet};
    use safetensors::SafeTensors;

    use super::super::up_to_date;
    use super::*;

    fn tiny() -> TorchvisionResnet<Cursor<&'static [u8]>> {
        let bytes = include_bytes!("../../../tests/fixtures/torchvision_tiny.pth");
        let checkpoint = Checkpoint::open(Cursor::new(bytes.as_slice())).unwrap();
        TorchvisionResnet::new(checkpoint, torchvision::EPSILON).unwrap()
    }

    fn manifest(dtype: Dtype) -> Manifest {
        Manifest {
            format: FORMAT.into(),
            name: "tiny".into(),
            title: "Tiny".into(),
            architecture: tiny().architecture().clone(),
            preprocessing: torchvision::preprocessing(),
            dtype,
            kernel_layout: KernelLayout::Ohwi,
            labels: vec![],
            source: String::new(),
            license: String::new(),
            accuracy: None,
            shards: vec![],
            tensors: BTreeMap::new(),
        }
    }

    /// Writes the tiny network and reads every tensor back as f64.
    fn round_trip(folder: &Path, dtype: Dtype) -> BTreeMap<String, (Vec<usize>, Vec<f64>)> {
        write(folder, &tiny(), manifest(dtype), "stamp").unwrap();
        let text = fs::read(folder.join("manifest.json")).unwrap();
        let manifest: Manifest = serde_json::from_slice(&text).unwrap();
        let mut found = BTreeMap::new();
        for (name, entry) in &manifest.tensors {
            let bytes = fs::read(folder.join(&manifest.shards[entry.shard].file)).unwrap();
            let file = SafeTensors::deserialize(&bytes).unwrap();
            let view = file.tensor(name).unwrap();
            assert_eq!(view.shape(), entry.shape, "{name}");
            let values = match dtype {
                Dtype::F16 => {
                    let (chunks, _) = view.data().as_chunks();
                    chunks
                        .iter()
                        .map(|c| f16::from_le_bytes(*c).to_f64())
                        .collect()
                }
                Dtype::F32 => {
                    let (chunks, _) = view.data().as_chunks();
                    chunks
                        .iter()
                        .map(|c| f32::from_le_bytes(*c).into())
                        .collect()
                }
            };
            found.insert(name.clone(), (entry.shape.clone(), values));
        }
        found
    }

    #[test]
    fn every_tensor_is_stored_and_rounded_once() {
        let folder = tempfile::tempdir().unwrap();
        // Half a unit in the last place of numbers with 11 and 24 significant bits; below the smallest normal f16, its
        // absolute step.
        for (dtype, relative, absolute) in [
            (Dtype::F16, 2f64.powi(-11), 2f64.powi(-25)),
            (Dtype::F32, 2f64.powi(-24), 0.0),
        ] {
            let stored = round_trip(folder.path(), dtype);
            let mut count = 0;
            for tensor in source::tensors(&tiny()) {
                let tensor = tensor.unwrap();
                let (shape, values) = &stored[&tensor.name];
                assert_eq!(*shape, tensor.shape);
                for (found, exact) in values.iter().zip(&tensor.values) {
                    let error = (found - exact).abs();
                    assert!(
                        error <= relative * exact.abs() + absolute,
                        "{found} for {exact}"
                    );
                }
                count += 1;
            }
            assert_eq!(stored.len(), count);
        }
    }

    #[test]
    fn a_damaged_or_older_conversion_is_not_up_to_date() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        round_trip(folder, Dtype::F32);
        assert!(up_to_date(folder, "stamp"));
        assert!(!up_to_date(folder, "another"));
        let shard = folder.join("tiny-00001-of-00001.safetensors");
        let mut bytes = fs::read(&shard).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&shard, bytes).unwrap();
        assert!(!up_to_date(folder, "stamp"));
    }

    #[test]
    fn values_beyond_the_stored_type_are_an_error() {
        let tensor = |value| Tensor {
            name: "fc.bias".into(),
            shape: vec![1],
            values: vec![value],
        };
        assert!(encode(tensor(65504.0), Dtype::F16).is_ok());
        let error = encode(tensor(70000.0), Dtype::F16)
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.contains("fc.bias") && error.contains("--dtype f32"),
            "{error}"
        );
        assert!(encode(tensor(70000.0), Dtype::F32).is_ok());
        assert!(encode(tensor(f64::NAN), Dtype::F32).is_err());
    }
}
