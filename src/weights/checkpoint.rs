//! Reads PyTorch checkpoints (`.pth`, both of its formats) and safetensors files into plain tensors, from bytes
//! and without running anything that is in them.

use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Read as _};
use std::rc::Rc;

use half::{bf16, f16};
use safetensors::SafeTensors;
use safetensors::tensor::Dtype;

use super::pickle::{self, Element, Pickle, TensorRef, Value};

/// Why a checkpoint could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error(
        "this is neither a PyTorch checkpoint (.pth) nor a safetensors file; save one with torch.save(model.state_dict(), \"model.pth\")"
    )]
    Format,
    #[error("the checkpoint is damaged: {0}")]
    Damaged(String),
    #[error(
        "the checkpoint names {0}, which is no tensor; it was refused and nothing in it was run. Save only the weights: torch.save(model.state_dict(), \"model.pth\")"
    )]
    Refused(String),
    #[error("the checkpoint does not fit a ResNet: {0}")]
    Network(String),
}

type Result<T> = std::result::Result<T, CheckpointError>;

/// One tensor's values in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub struct PlainTensor {
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

/// Tensors by name, wrappers removed.
pub type StateDict = BTreeMap<String, PlainTensor>;

/// Under which keys training scripts keep the state dictionary.
const WRAPPERS: [&str; 4] = ["state_dict", "model_state_dict", "model", "net"];

/// Deepest nesting of such dictionaries.
const MAX_WRAPPERS: usize = 4;

/// First bytes of the format before PyTorch 1.6: a pickle of this number.
const LEGACY_MAGIC: [u8; 15] = [
    0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, b'.',
];

/// Floating-point tensors of a `.pth` or `.safetensors` file. A state dictionary inside a training script's
/// dictionary (`state_dict`, `model`, `net`) is found, and a `module.` before every name is dropped.
pub fn read(bytes: &[u8]) -> Result<StateDict> {
    let tensors = if bytes.starts_with(b"PK\x03\x04") {
        read_zip(bytes)?
    } else if bytes.starts_with(&LEGACY_MAGIC) {
        read_legacy(bytes)?
    } else {
        read_safetensors(bytes)?
    };
    Ok(without_module(tensors))
}

/// PyTorch ≥ 1.6: an uncompressed zip archive with one pickle, and one file for each storage.
fn read_zip(bytes: &[u8]) -> Result<StateDict> {
    let damaged = |error: &dyn std::fmt::Display| CheckpointError::Damaged(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let root = archive
        .file_names()
        .flatten()
        .find_map(|name| Some(name.strip_suffix("data.pkl")?.to_owned()))
        .filter(|root| root.is_empty() || root.ends_with('/'))
        .ok_or(CheckpointError::Format)?;
    let mut file = |name: &str| -> Result<Vec<u8>> {
        let mut entry = archive
            .by_name(&format!("{root}{name}"))
            .map_err(|error| CheckpointError::Damaged(format!("{name}: {error}")))?;
        // The archive's own statement of the size is not trusted beyond the checkpoint's: it is not compressed.
        let mut content = Vec::new();
        entry
            .by_ref()
            .take(bytes.len() as u64)
            .read_to_end(&mut content)
            .map_err(|error| CheckpointError::Damaged(format!("{name}: {error}")))?;
        Ok(content)
    };
    let (pickle, _) = pickle::read(&file("data.pkl")?)?;
    if file("byteorder").is_ok_and(|order| order != b"little") {
        return Err(CheckpointError::Damaged(
            "it was written on a big-endian machine".into(),
        ));
    }
    let mut storages = HashMap::new();
    let mut left = bytes.len();
    for (_, tensor) in state(&pickle)? {
        let key = &tensor.storage.key;
        if is_weight(&tensor) && !storages.contains_key(key) {
            let storage = file(&format!("data/{key}"))?;
            // Entries may overlap, so that a small archive holds any number of large storages.
            left = left
                .checked_sub(storage.len())
                .ok_or_else(|| damaged(&"its storages are larger than the file"))?;
            storages.insert(key.clone(), storage);
        }
    }
    gather(&pickle, bytes.len(), |key| {
        storages.get(key).map(Vec::as_slice)
    })
}

/// PyTorch < 1.6: pickles of a magic number, a version, the machine's sizes, the object and the storages' keys,
/// then each storage as its number of elements and its bytes.
fn read_legacy(bytes: &[u8]) -> Result<StateDict> {
    let mut rest = bytes;
    for _ in 0..3 {
        (_, rest) = pickle::read(rest)?;
    }
    let (pickle, rest) = pickle::read(rest)?;
    let (list, mut rest) = pickle::read(rest)?;
    let Value::Sequence(keys) = list.root else {
        return Err(CheckpointError::Damaged("it lists no storages".into()));
    };
    // The keys say nothing of the elements' size; the tensors that use them do.
    let mut sizes = HashMap::new();
    for tensor in pickle.tensors() {
        sizes.insert(tensor.storage.key.clone(), tensor.storage.element.size());
    }
    let mut storages: HashMap<Rc<str>, &[u8]> = HashMap::new();
    for key in list.sequence(keys) {
        let parse = || {
            let Value::Text(key) = key else { return None };
            let (count, tail) = rest.split_first_chunk::<8>()?;
            let count = usize::try_from(u64::from_le_bytes(*count)).ok()?;
            let length = count.checked_mul(*sizes.get(key)?)?;
            let (content, tail) = tail.split_at_checked(length)?;
            Some((key.clone(), content, tail))
        };
        let (key, content, tail) =
            parse().ok_or_else(|| CheckpointError::Damaged("it ends inside a storage".into()))?;
        rest = tail;
        storages.insert(key, content);
    }
    gather(&pickle, bytes.len(), |key| storages.get(key).copied())
}

fn read_safetensors(bytes: &[u8]) -> Result<StateDict> {
    // The file's first eight bytes are the length of a JSON header; anything else is another format.
    if bytes.get(8) != Some(&b'{') {
        return Err(CheckpointError::Format);
    }
    let file = SafeTensors::deserialize(bytes)
        .map_err(|error| CheckpointError::Damaged(error.to_string()))?;
    let mut tensors = StateDict::new();
    for (name, view) in file.iter() {
        let element = match view.dtype() {
            Dtype::F64 => Element::F64,
            Dtype::F32 => Element::F32,
            Dtype::F16 => Element::F16,
            Dtype::BF16 => Element::Bf16,
            _ => continue,
        };
        let values = decode(element, view.data());
        let shape = view.shape().to_vec();
        tensors.insert(name.to_owned(), PlainTensor { shape, values });
    }
    Ok(tensors)
}

/// The tensors of the state dictionary that the pickle is, or that it holds under one of the usual names.
fn state(pickle: &Pickle) -> Result<Vec<(Rc<str>, Rc<TensorRef>)>> {
    let mut value = &pickle.root;
    for _ in 0..MAX_WRAPPERS {
        let Value::Dict(dict) = value else { break };
        let entries = pickle.dict(*dict);
        let tensors: Vec<_> = entries
            .iter()
            .filter_map(|(key, value)| match (key, value) {
                (Value::Text(key), Value::Tensor(tensor)) => Some((key.clone(), tensor.clone())),
                _ => None,
            })
            .collect();
        let inner = WRAPPERS.iter().find_map(|wanted| {
            entries
                .iter()
                .find(|(key, _)| matches!(key, Value::Text(key) if &**key == *wanted))
        });
        match inner {
            Some((_, inner)) => value = inner,
            None if tensors.is_empty() => break,
            None => return Ok(tensors),
        }
    }
    Err(CheckpointError::Network(
        "there is no dictionary of tensors in it".into(),
    ))
}

fn is_weight(tensor: &TensorRef) -> bool {
    !matches!(tensor.storage.element, Element::Other(_))
}

/// The tensors' values, `most` elements together: views with zero strides, or many of one storage, could otherwise
/// ask for any amount of memory.
fn gather<'a>(
    pickle: &Pickle,
    most: usize,
    storage: impl Fn(&Rc<str>) -> Option<&'a [u8]>,
) -> Result<StateDict> {
    let mut tensors = StateDict::new();
    let mut left = most;
    for (name, tensor) in state(pickle)? {
        if !is_weight(&tensor) {
            continue;
        }
        left = elements(&tensor.shape)
            .and_then(|count| left.checked_sub(count))
            .ok_or_else(|| {
                CheckpointError::Damaged(format!("{name} has more values than the file can hold"))
            })?;
        let bytes = storage(&tensor.storage.key)
            .ok_or_else(|| CheckpointError::Damaged(format!("the values of {name} are missing")))?;
        let values = view(&tensor, bytes).ok_or_else(|| {
            CheckpointError::Damaged(format!("{name} reaches beyond its stored values"))
        })?;
        let shape = tensor.shape.clone();
        tensors.insert(name.to_string(), PlainTensor { shape, values });
    }
    Ok(tensors)
}

/// How many elements a tensor of this shape has; `None` if that is no number.
fn elements(shape: &[usize]) -> Option<usize> {
    shape
        .iter()
        .try_fold(1usize, |product, size| product.checked_mul(*size))
}

/// The values of a strided view, in row-major order; `None` if it leaves the storage.
fn view(tensor: &TensorRef, bytes: &[u8]) -> Option<Vec<f32>> {
    let TensorRef { shape, strides, .. } = tensor;
    if shape.len() != strides.len() {
        return None;
    }
    let count = elements(shape)?;
    if count == 0 {
        return Some(Vec::new());
    }
    let element = tensor.storage.element;
    let available = bytes.len() / element.size();
    let mut last = tensor.offset;
    for (size, stride) in shape.iter().zip(strides) {
        last = last.checked_add((size - 1).checked_mul(*stride)?)?;
    }
    if last >= available {
        return None;
    }
    let used = &bytes[tensor.offset * element.size()..(last + 1) * element.size()];
    let stored = decode(element, used);
    let mut values = Vec::with_capacity(count);
    let mut index = vec![0; shape.len()];
    let mut position = 0;
    for _ in 0..count {
        values.push(stored[position]);
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            position += strides[axis];
            if index[axis] < shape[axis] {
                break;
            }
            position -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
    Some(values)
}

/// Little-endian floats of any width as f32.
fn decode(element: Element, bytes: &[u8]) -> Vec<f32> {
    match element {
        Element::F64 => {
            let (chunks, _) = bytes.as_chunks();
            chunks
                .iter()
                .map(|c| f64::from_le_bytes(*c) as f32)
                .collect()
        }
        Element::F32 => {
            let (chunks, _) = bytes.as_chunks();
            chunks.iter().map(|c| f32::from_le_bytes(*c)).collect()
        }
        Element::F16 => {
            let (chunks, _) = bytes.as_chunks();
            chunks
                .iter()
                .map(|c| f16::from_le_bytes(*c).to_f32())
                .collect()
        }
        Element::Bf16 => {
            let (chunks, _) = bytes.as_chunks();
            chunks
                .iter()
                .map(|c| bf16::from_le_bytes(*c).to_f32())
                .collect()
        }
        Element::Other(_) => Vec::new(),
    }
}

/// Names as torchvision has them: `DataParallel` puts `module.` before each.
fn without_module(tensors: StateDict) -> StateDict {
    const PREFIX: &str = "module.";
    if tensors.keys().all(|name| name.starts_with(PREFIX)) {
        tensors
            .into_iter()
            .map(|(name, tensor)| (name[PREFIX.len()..].to_owned(), tensor))
            .collect()
    } else {
        tensors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture(name: &str) -> Vec<u8> {
        let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    #[test]
    fn every_format_gives_the_same_tensors() {
        let expected = read(&fixture("torchvision_tiny.pth")).unwrap();
        assert!(expected.contains_key("layer4.0.bn3.running_var"));
        assert!(
            !expected.contains_key("bn1.num_batches_tracked"),
            "a counter is no weight"
        );
        assert_eq!(expected["conv1.weight"].shape[1..], [3, 7, 7]);
        for file in [
            "torchvision_tiny_wrapped.pth",
            "torchvision_tiny_legacy.pth",
        ] {
            assert_eq!(read(&fixture(file)).unwrap(), expected, "{file}");
        }
        // Stored as float16.
        let half = read(&fixture("torchvision_tiny.safetensors")).unwrap();
        assert!(half.keys().eq(expected.keys()));
        for (name, tensor) in &half {
            assert_eq!(tensor.shape, expected[name].shape, "{name}");
            for (found, expected) in tensor.values.iter().zip(&expected[name].values) {
                assert_eq!(*found, f16::from_f32(*expected).to_f32(), "{name}");
            }
        }
    }

    #[test]
    fn a_checkpoint_that_runs_commands_is_refused() {
        let error = read(&fixture("hostile.pth")).unwrap_err();
        assert!(
            matches!(&error, CheckpointError::Refused(name) if name.ends_with(".system")),
            "{error}"
        );
    }

    #[test]
    fn cut_off_files_are_errors() {
        for file in [
            "torchvision_tiny.pth",
            "torchvision_tiny_legacy.pth",
            "torchvision_tiny.safetensors",
        ] {
            let bytes = fixture(file);
            for part in [0, 1, 7, 20, 1000, bytes.len() / 2, bytes.len() - 1] {
                assert!(read(&bytes[..part]).is_err(), "{file} cut to {part} bytes");
            }
        }
    }

    #[test]
    fn other_files_are_named_as_such() {
        for bytes in [&b"\x89PNG\r\n\x1a\n0000"[..], b"", b"hello"] {
            assert_eq!(read(bytes), Err(CheckpointError::Format));
        }
    }

    fn tensor(offset: usize, shape: &[usize], strides: &[usize]) -> TensorRef {
        TensorRef {
            storage: Rc::new(pickle::Storage {
                element: Element::F32,
                key: "0".into(),
            }),
            offset,
            shape: shape.into(),
            strides: strides.into(),
        }
    }

    #[test]
    fn views_follow_their_strides_and_stay_inside() {
        let bytes: Vec<u8> = (0..6).flat_map(|i| (i as f32).to_le_bytes()).collect();
        let read = |offset, shape: &[usize], strides: &[usize]| {
            view(&tensor(offset, shape, strides), &bytes)
        };
        assert_eq!(
            read(0, &[3, 2], &[1, 3]),
            Some(vec![0., 3., 1., 4., 2., 5.])
        );
        assert_eq!(read(4, &[2], &[1]), Some(vec![4., 5.]));
        assert_eq!(read(0, &[], &[]), Some(vec![0.]));
        assert_eq!(read(0, &[0, 3], &[3, 1]), Some(vec![]));
        assert_eq!(read(5, &[2], &[1]), None);
        assert_eq!(read(usize::MAX, &[2], &[1]), None);
        assert_eq!(read(0, &[2], &[usize::MAX]), None);
        assert_eq!(read(0, &[usize::MAX, 2], &[0, 0]), None);
        assert_eq!(read(0, &[2], &[1, 1]), None);
    }

    #[test]
    fn all_float_types_are_read() {
        let values = [1.5f32, -0.25];
        let bytes =
            |f: &dyn Fn(f32) -> Vec<u8>| values.iter().flat_map(|v| f(*v)).collect::<Vec<_>>();
        let cases = [
            (Element::F64, bytes(&|v| f64::from(v).to_le_bytes().into())),
            (Element::F32, bytes(&|v| v.to_le_bytes().into())),
            (
                Element::F16,
                bytes(&|v| f16::from_f32(v).to_le_bytes().into()),
            ),
            (
                Element::Bf16,
                bytes(&|v| bf16::from_f32(v).to_le_bytes().into()),
            ),
        ];
        for (element, bytes) in cases {
            assert_eq!(decode(element, &bytes), values, "{element:?}");
        }
    }
}
