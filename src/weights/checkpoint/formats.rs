//! The three file formats: where each tensor's values lie, from the file's own index alone.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use safetensors::tensor::{Dtype, Metadata};
use zip::{CompressionMethod, ZipArchive};

use super::pickle::{self, Element, Pickle, TensorRef, Value};
use super::tensor::{Entry, Place};
use super::{CheckpointError, Result};

pub(super) type Index = BTreeMap<String, Entry>;

/// Longest pickle or header, in bytes: the largest ResNet's take about 100 KB, a training script's a few MB.
const MAX_INDEX_BYTES: u64 = 16 << 20;

/// Under which keys training scripts keep the state dictionary.
const WRAPPERS: [&str; 8] = [
    "state_dict",
    "model_state_dict",
    "model_state",
    "model",
    "net",
    "network",
    "params",
    "weights",
];

/// Deepest nesting of such dictionaries.
const MAX_WRAPPERS: usize = 4;

/// First bytes of the format before PyTorch 1.6: a pickle of this number.
const LEGACY_MAGIC: [u8; 15] = [
    0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, b'.',
];

/// Where a tar archive says that it is one.
const TAR_MAGIC: std::ops::Range<usize> = 257..262;

/// Reads the index of a file of `length` bytes, whichever format it has.
pub(super) fn index(reader: &mut (impl Read + Seek), length: u64) -> Result<Index> {
    let head = head(reader, TAR_MAGIC.end as u64)?;
    if head.starts_with(b"PK\x03\x04") {
        zip(reader)
    } else if head.starts_with(&LEGACY_MAGIC) {
        legacy(reader, length)
    } else if head.get(8) == Some(&b'{') {
        safetensors(reader, length)
    } else if head.get(TAR_MAGIC) == Some(b"ustar") {
        Err(CheckpointError::Tar)
    } else {
        Err(CheckpointError::Format)
    }
}

/// The file's first bytes, `most` at most.
fn head(reader: &mut (impl Read + Seek), most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader
        .seek(SeekFrom::Start(0))
        .and_then(|_| reader.take(most).read_to_end(&mut bytes))
        .map_err(|error| CheckpointError::read(&error, "its beginning"))?;
    Ok(bytes)
}

/// PyTorch ≥ 1.6: an uncompressed zip archive with one pickle, and one file for each storage.
fn zip(reader: &mut (impl Read + Seek)) -> Result<Index> {
    let mut archive = ZipArchive::new(BufReader::new(reader))
        .map_err(|error| CheckpointError::Damaged(error.to_string()))?;
    let root = archive
        .file_names()
        .flatten()
        .find_map(|name| Some(name.strip_suffix("data.pkl")?.to_owned()))
        .filter(|root| root.is_empty() || root.ends_with('/'))
        .ok_or(CheckpointError::Format)?;
    let bytes = small_file(&mut archive, &format!("{root}data.pkl"))?;
    let (pickle, _) = pickle::read(&bytes)?;
    if small_file(&mut archive, &format!("{root}byteorder")).is_ok_and(|order| order != b"little") {
        return Err(CheckpointError::Damaged(
            "it was written on a big-endian machine".into(),
        ));
    }
    let mut storages = HashMap::new();
    let tensors = state(&pickle)?;
    for (_, tensor) in &tensors {
        let key = &tensor.storage.key;
        if !storages.contains_key(key) {
            storages.insert(
                key.clone(),
                place(&mut archive, &format!("{root}data/{key}"))?,
            );
        }
    }
    gather(tensors, |key| storages.get(key).copied())
}

/// A file of the archive that is read whole.
fn small_file<R: Read + Seek>(archive: &mut ZipArchive<R>, name: &str) -> Result<Vec<u8>> {
    let damaged =
        |error: &dyn std::fmt::Display| CheckpointError::Damaged(format!("{name}: {error}"));
    let mut file = archive.by_name(name).map_err(|error| damaged(&error))?;
    if file.size() > MAX_INDEX_BYTES {
        return Err(damaged(&"it is too long"));
    }
    let mut content = Vec::new();
    file.by_ref()
        .take(MAX_INDEX_BYTES)
        .read_to_end(&mut content)
        .map_err(|error| damaged(&error))?;
    Ok(content)
}

/// Where a file of the archive lies; nothing of it is read.
fn place<R: Read + Seek>(archive: &mut ZipArchive<R>, name: &str) -> Result<Place> {
    let damaged = |why: String| CheckpointError::Damaged(format!("{name}: {why}"));
    let file = archive
        .by_name(name)
        .map_err(|error| damaged(error.to_string()))?;
    match file.data_start() {
        Some(start) if file.compression() == CompressionMethod::Stored && !file.encrypted() => {
            Ok(Place {
                start,
                length: file.size(),
                crc: Some(file.crc32()),
            })
        }
        _ => Err(damaged(
            "it is compressed or encrypted, which PyTorch does not do".into(),
        )),
    }
}

/// PyTorch < 1.6: pickles of a magic number, a version, the machine's sizes, the object and the storages' keys,
/// then each storage as its number of elements and its bytes.
fn legacy(reader: &mut (impl Read + Seek), length: u64) -> Result<Index> {
    let bytes = head(reader, MAX_INDEX_BYTES)?;
    let mut rest = bytes.as_slice();
    for _ in 0..3 {
        (_, rest) = pickle::read(rest)?;
    }
    let (pickle, rest) = pickle::read(rest)?;
    let (list, rest) = pickle::read(rest)?;
    let Value::Sequence(keys) = list.root else {
        return Err(CheckpointError::Damaged("it lists no storages".into()));
    };
    // The keys say nothing of the elements' size; the tensors that use them do.
    let mut sizes = HashMap::new();
    for tensor in pickle.tensors() {
        sizes.insert(tensor.storage.key.clone(), tensor.storage.element.size());
    }
    let cut = || CheckpointError::Damaged("it ends inside a storage".into());
    let mut position = (bytes.len() - rest.len()) as u64;
    let mut storages: HashMap<Rc<str>, Place> = HashMap::new();
    for key in list.sequence(keys) {
        let Value::Text(key) = key else {
            return Err(CheckpointError::Damaged(
                "its list of storages holds something else".into(),
            ));
        };
        let mut count = [0; 8];
        reader
            .seek(SeekFrom::Start(position))
            .and_then(|_| reader.read_exact(&mut count))
            .map_err(|error| CheckpointError::read(&error, "its storages"))?;
        let size = *sizes.get(key).ok_or_else(cut)? as u64;
        let start = position + 8;
        let bytes = u64::from_le_bytes(count)
            .checked_mul(size)
            .ok_or_else(cut)?;
        position = start
            .checked_add(bytes)
            .filter(|end| *end <= length)
            .ok_or_else(cut)?;
        let place = Place {
            start,
            length: bytes,
            crc: None,
        };
        storages.insert(key.clone(), place);
    }
    gather(state(&pickle)?, |key| storages.get(key).copied())
}

/// Eight bytes with the length of a JSON header, the header, then every tensor's values without gaps.
fn safetensors(reader: &mut (impl Read + Seek), length: u64) -> Result<Index> {
    let bytes = head(reader, MAX_INDEX_BYTES)?;
    let damaged = |why: &dyn std::fmt::Display| CheckpointError::Damaged(why.to_string());
    let (size, rest) = bytes
        .split_first_chunk::<8>()
        .ok_or(CheckpointError::Format)?;
    let header = usize::try_from(u64::from_le_bytes(*size))
        .ok()
        .and_then(|size| rest.get(..size))
        .ok_or_else(|| damaged(&"it ends inside its header"))?;
    let header_end = 8 + header.len() as u64;
    let metadata: Metadata = serde_json::from_slice(header).map_err(|error| damaged(&error))?;
    if header_end + metadata.data_len() as u64 != length {
        return Err(damaged(&format!(
            "its header describes {} bytes of values, but {} follow",
            metadata.data_len(),
            length - header_end
        )));
    }
    let entries = metadata.tensors().into_iter().map(|(name, info)| {
        let element = match info.dtype {
            Dtype::F64 => Element::F64,
            Dtype::F32 => Element::F32,
            Dtype::F16 => Element::F16,
            Dtype::BF16 => Element::Bf16,
            other => Element::Other(other.bitsize().div_ceil(8)),
        };
        let (start, end) = info.data_offsets;
        let place = Place {
            start: header_end + start as u64,
            length: (end - start) as u64,
            crc: None,
        };
        (name, Entry::plain(element, info.shape.clone(), place))
    });
    Ok(entries.collect())
}

/// The tensors of the state dictionary that the pickle is, or that it holds under one of the usual names.
fn state(pickle: &Pickle) -> Result<Vec<(Rc<str>, Rc<TensorRef>)>> {
    let mut value = &pickle.root;
    for _ in 0..MAX_WRAPPERS {
        let Value::Dict(dict) = value else { break };
        let entries = pickle.dict(*dict);
        let inner = WRAPPERS.iter().find_map(|wanted| {
            entries.iter().find_map(|(key, value)| match (key, value) {
                (Value::Text(key), Value::Dict(_)) if &**key == *wanted => Some(value),
                _ => None,
            })
        });
        if let Some(inner) = inner {
            value = inner;
            continue;
        }
        let tensors: Vec<_> = entries
            .iter()
            .filter_map(|(key, value)| match (key, value) {
                (Value::Text(key), Value::Tensor(tensor)) => Some((key.clone(), tensor.clone())),
                _ => None,
            })
            .collect();
        if tensors.is_empty() {
            break;
        }
        return Ok(tensors);
    }
    Err(CheckpointError::Network(
        "there is no dictionary of tensors in it".into(),
    ))
}

fn gather(
    tensors: Vec<(Rc<str>, Rc<TensorRef>)>,
    place: impl Fn(&Rc<str>) -> Option<Place>,
) -> Result<Index> {
    let mut index = Index::new();
    for (name, tensor) in tensors {
        let storage = place(&tensor.storage.key)
            .ok_or_else(|| CheckpointError::Damaged(format!("the values of {name} are missing")))?;
        let entry = Entry {
            element: tensor.storage.element,
            offset: tensor.offset,
            shape: tensor.shape.clone(),
            strides: tensor.strides.clone(),
            storage,
        };
        index.insert(name.to_string(), entry);
    }
    Ok(index)
}
