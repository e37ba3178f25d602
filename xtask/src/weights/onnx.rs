//! The network as an ONNX file, so that another runtime computes with the same weights: f32, `[batch, channel,
//! row, column]`, batch norm folded, any batch size.
//!
//! The messages are the part of onnx.proto (ONNX 1.13, IR version 8) that a ResNet needs.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use camscope::weights::manifest::{Architecture, Block, Variant};
use camscope::weights::source::{self, Source, Tensor};
use prost::Message;

#[derive(Clone, PartialEq, Message)]
struct ModelProto {
    #[prost(int64, optional, tag = "1")]
    ir_version: Option<i64>,
    #[prost(string, optional, tag = "2")]
    producer_name: Option<String>,
    #[prost(message, optional, tag = "7")]
    graph: Option<GraphProto>,
    #[prost(message, repeated, tag = "8")]
    opset_import: Vec<OperatorSetIdProto>,
}

#[derive(Clone, PartialEq, Message)]
struct OperatorSetIdProto {
    #[prost(string, optional, tag = "1")]
    domain: Option<String>,
    #[prost(int64, optional, tag = "2")]
    version: Option<i64>,
}

#[derive(Clone, PartialEq, Message)]
struct GraphProto {
    #[prost(message, repeated, tag = "1")]
    node: Vec<NodeProto>,
    #[prost(string, optional, tag = "2")]
    name: Option<String>,
    #[prost(message, repeated, tag = "5")]
    initializer: Vec<TensorProto>,
    #[prost(message, repeated, tag = "11")]
    input: Vec<ValueInfoProto>,
    #[prost(message, repeated, tag = "12")]
    output: Vec<ValueInfoProto>,
}

#[derive(Clone, PartialEq, Message)]
struct NodeProto {
    #[prost(string, repeated, tag = "1")]
    input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    output: Vec<String>,
    #[prost(string, optional, tag = "3")]
    name: Option<String>,
    #[prost(string, optional, tag = "4")]
    op_type: Option<String>,
    #[prost(message, repeated, tag = "5")]
    attribute: Vec<AttributeProto>,
}

#[derive(Clone, PartialEq, Message)]
struct AttributeProto {
    #[prost(string, optional, tag = "1")]
    name: Option<String>,
    #[prost(int64, optional, tag = "3")]
    i: Option<i64>,
    #[prost(int64, repeated, packed = "false", tag = "8")]
    ints: Vec<i64>,
    #[prost(int32, optional, tag = "20")]
    r#type: Option<i32>,
}

#[derive(Clone, PartialEq, Message)]
struct TensorProto {
    #[prost(int64, repeated, packed = "false", tag = "1")]
    dims: Vec<i64>,
    #[prost(int32, optional, tag = "2")]
    data_type: Option<i32>,
    #[prost(string, optional, tag = "8")]
    name: Option<String>,
    #[prost(bytes = "vec", optional, tag = "9")]
    raw_data: Option<Vec<u8>>,
}

#[derive(Clone, PartialEq, Message)]
struct ValueInfoProto {
    #[prost(string, optional, tag = "1")]
    name: Option<String>,
    #[prost(message, optional, tag = "2")]
    r#type: Option<TypeProto>,
}

#[derive(Clone, PartialEq, Message)]
struct TypeProto {
    #[prost(message, optional, tag = "1")]
    tensor_type: Option<TensorTypeProto>,
}

#[derive(Clone, PartialEq, Message)]
struct TensorTypeProto {
    #[prost(int32, optional, tag = "1")]
    elem_type: Option<i32>,
    #[prost(message, optional, tag = "2")]
    shape: Option<ShapeProto>,
}

#[derive(Clone, PartialEq, Message)]
struct ShapeProto {
    #[prost(message, repeated, tag = "1")]
    dim: Vec<DimensionProto>,
}

#[derive(Clone, PartialEq, Message)]
struct DimensionProto {
    #[prost(int64, optional, tag = "1")]
    dim_value: Option<i64>,
    #[prost(string, optional, tag = "2")]
    dim_param: Option<String>,
}

/// TensorProto.DataType.FLOAT
const FLOAT: i32 = 1;
/// AttributeProto.AttributeType.INT and INTS
const INT: i32 = 2;
const INTS: i32 = 7;

/// Input `input` `[batch, 3, size, size]`, output `logits` `[batch, classes]`.
pub fn encode<S>(source: &S, size: i64) -> Result<Vec<u8>>
where
    S: Source,
    S::Error: Into<anyhow::Error>,
{
    let tensors = source::tensors(source)
        .map(|tensor| {
            let tensor = tensor.map_err(Into::into)?;
            Ok((tensor.name.clone(), tensor))
        })
        .collect::<Result<BTreeMap<_, _>>>()?;
    let mut graph = Graph {
        architecture: source.architecture(),
        tensors: &tensors,
        proto: GraphProto {
            name: Some("resnet".into()),
            ..GraphProto::default()
        },
    };
    graph.network()?;
    let classes = graph.tensor("fc.bias")?.values.len();
    let batch = DimensionProto {
        dim_param: Some("batch".into()),
        ..DimensionProto::default()
    };
    graph.proto.input = vec![value("input", &batch, &[3, size, size])];
    graph.proto.output = vec![value("logits", &batch, &[i64::try_from(classes)?])];
    let model = ModelProto {
        ir_version: Some(8),
        producer_name: Some("camscope".into()),
        graph: Some(graph.proto),
        opset_import: vec![OperatorSetIdProto {
            domain: Some(String::new()),
            version: Some(13),
        }],
    };
    Ok(model.encode_to_vec())
}

struct Graph<'a> {
    architecture: &'a Architecture,
    tensors: &'a BTreeMap<String, Tensor>,
    proto: GraphProto,
}

impl Graph<'_> {
    /// Nodes from input to logits.
    fn network(&mut self) -> Result<()> {
        let stem = self.conv("conv1", "input", 2)?;
        let stem = self.node("Relu", &[&stem], "stem.relu", vec![]);
        let mut x = self.node(
            "MaxPool",
            &[&stem],
            "stem.pool",
            vec![
                ints("kernel_shape", &[3, 3]),
                ints("strides", &[2, 2]),
                ints("pads", &[1, 1, 1, 1]),
            ],
        );
        for (stage, blocks) in (1..).zip(self.architecture.blocks) {
            for block in 0..blocks {
                let stride = if stage > 1 && block == 0 { 2 } else { 1 };
                x = self.block(&format!("layer{stage}.{block}"), &x, stride)?;
            }
        }
        let pooled = self.node("GlobalAveragePool", &[&x], "pool", vec![]);
        let flat = self.node("Flatten", &[&pooled], "flat", vec![int("axis", 1)]);
        self.parameter("fc.weight")?;
        self.parameter("fc.bias")?;
        self.node(
            "Gemm",
            &[&flat, "fc.weight", "fc.bias"],
            "logits",
            vec![int("transB", 1)],
        );
        Ok(())
    }

    /// One residual block; returns the name of its output.
    fn block(&mut self, name: &str, input: &str, stride: i64) -> Result<String> {
        let strides: &[i64] = match (self.architecture.block, self.architecture.variant) {
            (Block::Basic, _) => &[stride, 1],
            (Block::Bottleneck, Variant::V1) => &[stride, 1, 1],
            (Block::Bottleneck, Variant::V15) => &[1, stride, 1],
        };
        let mut x = input.to_owned();
        for (index, stride) in (1..).zip(strides) {
            x = self.conv(&format!("{name}.conv{index}"), &x, *stride)?;
            if index < strides.len() {
                x = self.node("Relu", &[&x], &format!("{name}.relu{index}"), vec![]);
            }
        }
        let downsample = format!("{name}.downsample");
        let shortcut = if self.tensors.contains_key(&format!("{downsample}.weight")) {
            self.conv(&downsample, input, stride)?
        } else {
            input.to_owned()
        };
        let sum = self.node("Add", &[&x, &shortcut], &format!("{name}.sum"), vec![]);
        Ok(self.node("Relu", &[&sum], &format!("{name}.out"), vec![]))
    }

    /// A convolution that keeps the size, up to its stride.
    fn conv(&mut self, name: &str, input: &str, stride: i64) -> Result<String> {
        let (weight, bias) = (format!("{name}.weight"), format!("{name}.bias"));
        let shape = self.kernel(&weight)?;
        self.parameter(&bias)?;
        let [_, height, width, _] = shape;
        let (top, left) = ((height - 1) / 2, (width - 1) / 2);
        let attributes = vec![
            ints("kernel_shape", &[height, width]),
            ints("strides", &[stride, stride]),
            ints("pads", &[top, left, top, left]),
        ];
        Ok(self.node("Conv", &[input, &weight, &bias], name, attributes))
    }

    fn node(
        &mut self,
        op: &str,
        inputs: &[&str],
        output: &str,
        attribute: Vec<AttributeProto>,
    ) -> String {
        self.proto.node.push(NodeProto {
            input: inputs.iter().map(|name| (*name).to_owned()).collect(),
            output: vec![output.to_owned()],
            name: Some(format!("{output}:{op}")),
            op_type: Some(op.to_owned()),
            attribute,
        });
        output.to_owned()
    }

    fn tensor(&self, name: &str) -> Result<&Tensor> {
        self.tensors
            .get(name)
            .with_context(|| format!("the network has no tensor {name}"))
    }

    /// Adds a tensor as it is stored.
    fn parameter(&mut self, name: &str) -> Result<()> {
        let tensor = self.tensor(name)?;
        let proto = tensor_proto(name, &sizes(&tensor.shape)?, tensor.values.iter().copied());
        self.proto.initializer.push(proto);
        Ok(())
    }

    /// Adds a kernel, stored as `[out, height, width, in]`, as ONNX's `[out, in, height, width]`. Returns the stored
    /// shape.
    fn kernel(&mut self, name: &str) -> Result<[i64; 4]> {
        let tensor = self.tensor(name)?;
        let [out, height, width, inputs] = tensor.shape[..] else {
            anyhow::bail!("kernel {name} has shape {:?}", tensor.shape);
        };
        let area = height * width;
        let values = (0..out).flat_map(|o| {
            (0..inputs).flat_map(move |i| {
                (0..area).map(move |yx| tensor.values[(o * area + yx) * inputs + i])
            })
        });
        let dims = sizes(&[out, inputs, height, width])?;
        let proto = tensor_proto(name, &dims, values);
        self.proto.initializer.push(proto);
        Ok([dims[0], dims[2], dims[3], dims[1]])
    }
}

fn sizes(shape: &[usize]) -> Result<Vec<i64>> {
    Ok(shape
        .iter()
        .map(|size| i64::try_from(*size))
        .collect::<Result<_, _>>()?)
}

fn tensor_proto(name: &str, dims: &[i64], values: impl Iterator<Item = f64>) -> TensorProto {
    TensorProto {
        dims: dims.to_vec(),
        data_type: Some(FLOAT),
        name: Some(name.to_owned()),
        raw_data: Some(
            values
                .flat_map(|value| (value as f32).to_le_bytes())
                .collect(),
        ),
    }
}

fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        i: Some(value),
        ints: vec![],
        r#type: Some(INT),
    }
}

fn ints(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        i: None,
        ints: values.to_vec(),
        r#type: Some(INTS),
    }
}

fn value(name: &str, batch: &DimensionProto, rest: &[i64]) -> ValueInfoProto {
    let fixed = rest.iter().map(|size| DimensionProto {
        dim_value: Some(*size),
        ..DimensionProto::default()
    });
    let dim = std::iter::once(batch.clone()).chain(fixed).collect();
    ValueInfoProto {
        name: Some(name.into()),
        r#type: Some(TypeProto {
            tensor_type: Some(TensorTypeProto {
                elem_type: Some(FLOAT),
                shape: Some(ShapeProto { dim }),
            }),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::io::Cursor;

    use camscope::weights::checkpoint::Checkpoint;
    use camscope::weights::torchvision::{self, TorchvisionResnet};

    use super::*;

    fn tiny() -> Checkpoint<Cursor<&'static [u8]>> {
        let bytes = include_bytes!("../../../tests/fixtures/torchvision_tiny.pth");
        Checkpoint::open(Cursor::new(bytes.as_slice())).unwrap()
    }

    #[test]
    fn every_node_reads_what_was_written_before_it() {
        let source = TorchvisionResnet::new(tiny(), torchvision::EPSILON).unwrap();
        let model = ModelProto::decode(&encode(&source, 64).unwrap()[..]).unwrap();
        let graph = model.graph.unwrap();
        let mut known: HashSet<&str> = graph
            .initializer
            .iter()
            .map(|tensor| tensor.name())
            .chain(["input"])
            .collect();
        for tensor in &graph.initializer {
            let count: i64 = tensor.dims.iter().product();
            assert_eq!(
                tensor.raw_data().len() as i64,
                4 * count,
                "{}",
                tensor.name()
            );
        }
        for node in &graph.node {
            for input in &node.input {
                assert!(known.contains(input.as_str()), "{input} of {}", node.name());
            }
            for output in &node.output {
                assert!(known.insert(output), "{output} is written twice");
            }
        }
        assert!(known.contains("logits"));
        let convolutions = graph.node.iter().filter(|node| node.op_type() == "Conv");
        // Stem; three a block in five blocks; a shortcut where the stages halve the size.
        assert_eq!(convolutions.count(), 1 + 15 + 3);
    }

    #[test]
    fn kernels_are_in_onnx_order() {
        let source = TorchvisionResnet::new(tiny(), torchvision::EPSILON).unwrap();
        let model = ModelProto::decode(&encode(&source, 64).unwrap()[..]).unwrap();
        let initializers = model.graph.unwrap().initializer;
        let kernel = initializers
            .iter()
            .find(|tensor| tensor.name() == "conv1.weight")
            .unwrap();
        // PyTorch keeps kernels in the same order; folding scales each output channel by one factor.
        let original = |name: &str| tiny().values(name).unwrap();
        let (kernels, gammas) = (original("conv1.weight"), original("bn1.weight"));
        let variances = original("bn1.running_var");
        let (chunks, _) = kernel.raw_data().as_chunks();
        let values: Vec<f32> = chunks.iter().map(|c| f32::from_le_bytes(*c)).collect();
        let per_output = 3 * 7 * 7;
        for (o, (found, trained)) in values
            .chunks(per_output)
            .zip(kernels.chunks(per_output))
            .enumerate()
        {
            let scale = gammas[o] / (variances[o] + 1e-5).sqrt();
            for (found, trained) in found.iter().zip(trained) {
                assert!((found - trained * scale).abs() <= 1e-6 * scale.abs().max(1.0));
            }
        }
    }
}
