//! Reads PyTorch checkpoints (`.pth`, both of its formats) and safetensors files without running anything that is
//! in them. Opening one reads its index; values come tensor by tensor, so that a large file is never held whole.

mod formats;
mod pickle;
pub(crate) mod tensor;

use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom};

use self::formats::Index;
pub(crate) use self::pickle::Element;

/// Largest file, in bytes: the weights of a ResNet-152 take 0.24 GB, with an optimiser's state three times that.
pub(crate) const MAX_BYTES: u64 = 2 << 30;

/// Why a checkpoint could not be read.
///
/// ```
/// use std::io::Cursor;
///
/// use camscope::weights::checkpoint::{Checkpoint, CheckpointError};
///
/// assert_eq!(Checkpoint::open(Cursor::new(b"a text")).err(), Some(CheckpointError::Format));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error(
        "This is neither a PyTorch checkpoint (.pth) nor a safetensors file. Save one with torch.save(model.state_dict(), \"model.pth\")."
    )]
    Format,
    #[error(
        "This is a PyTorch checkpoint of 2016 or before, a tar archive, which is not read here. Save it anew: torch.save(torch.load(\"old.pth\"), \"model.pth\")."
    )]
    Tar,
    #[error("The checkpoint is damaged or incomplete: {0}. Copy or download it again.")]
    Damaged(String),
    #[error(
        "The checkpoint names {0}, which is no tensor. It was refused, and nothing in it was run. Save only the weights: torch.save(model.state_dict(), \"model.pth\"), or from an existing file that you trust: torch.save(torch.load(\"old.pth\", weights_only=False)[\"model\"], \"model.pth\")."
    )]
    Refused(String),
    #[error("The checkpoint does not fit a ResNet: {0}.")]
    Network(String),
    #[error("The checkpoint is too large: {0}.")]
    TooLarge(String),
    #[error(
        "The file could not be read ({0}). It may have been moved or changed: choose it again."
    )]
    Unreadable(String),
}

impl CheckpointError {
    /// A failed read of `what`.
    fn read(error: &io::Error, what: &str) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::Damaged(format!("it ends inside {what}"))
        } else {
            Self::Unreadable(error.to_string())
        }
    }
}

type Result<T> = std::result::Result<T, CheckpointError>;

/// An opened checkpoint: its tensors by name, wrappers removed.
///
/// ```
/// use std::fs::File;
///
/// use camscope::weights::checkpoint::Checkpoint;
///
/// let checkpoint = Checkpoint::open(File::open("tests/fixtures/torchvision_tiny.pth")?)?;
/// let counters = checkpoint.tensors().filter(|(name, _)| name.ends_with(".num_batches_tracked"));
/// assert!(counters.count() > 0);
/// assert_eq!(checkpoint.values("fc.bias")?.len(), 7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Checkpoint<R> {
    reader: RefCell<R>,
    index: Index,
    bytes: u64,
}

impl<R: Read + Seek> Checkpoint<R> {
    /// Reads the index of a `.pth` or `.safetensors` file. A state dictionary inside a training script's dictionary
    /// (`state_dict`, `model`, `net` …) is found, a `module.`, `_orig_mod.` or `model.` before the network's names dropped,
    /// and so is what stands beside a network with one.
    ///
    /// ```
    /// use std::fs::File;
    ///
    /// use camscope::weights::checkpoint::Checkpoint;
    ///
    /// let open = |name| Checkpoint::open(File::open(format!("tests/fixtures/torchvision_tiny{name}")).unwrap());
    /// let values = |name| open(name)?.values("layer1.0.conv1.weight");
    /// // Old and new files, and a model inside another: the tensors have the same names and values.
    /// assert_eq!(values(".pth"), values("_legacy.pth"));
    /// assert_eq!(values(".pth"), values("_wrapped.pth"));
    /// ```
    ///
    /// # Errors
    /// [`CheckpointError`]; nothing in the file is run, and no values are read.
    pub fn open(mut reader: R) -> Result<Self> {
        let bytes = reader
            .seek(SeekFrom::End(0))
            .map_err(|error| CheckpointError::read(&error, "it"))?;
        if bytes > MAX_BYTES {
            return Err(CheckpointError::TooLarge(format!(
                "it has {:.1} GB; files of up to {:.1} GB are read. Save only the weights: \
                 torch.save(model.state_dict(), \"model.pth\")",
                bytes as f64 / 1e9,
                MAX_BYTES as f64 / 1e9
            )));
        }
        let index = formats::index(&mut reader, bytes)?;
        // Views with zero strides, or many of one storage, could otherwise ask for any amount of memory.
        let mut left = bytes;
        for (name, entry) in &index {
            left = entry
                .elements()
                .and_then(|count| left.checked_sub(count))
                .ok_or_else(|| {
                    CheckpointError::Damaged(format!(
                        "{name} has more values than the file can hold"
                    ))
                })?;
            let end = entry.storage.start.checked_add(entry.storage.length);
            if end.is_none_or(|end| end > bytes) || !entry.fits() {
                return Err(CheckpointError::Damaged(format!(
                    "{name} reaches beyond its stored values"
                )));
            }
        }
        Ok(Self {
            reader: RefCell::new(reader),
            index: without_prefix(index),
            bytes,
        })
    }

    /// Size of the file.
    ///
    /// ```
    /// use std::fs::File;
    ///
    /// use camscope::weights::checkpoint::Checkpoint;
    ///
    /// let checkpoint = Checkpoint::open(File::open("tests/fixtures/torchvision_tiny.pth")?)?;
    /// assert_eq!(checkpoint.bytes(), std::fs::metadata("tests/fixtures/torchvision_tiny.pth")?.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Name and shape of every tensor, counters included, by name.
    ///
    /// ```
    /// use std::fs::File;
    ///
    /// use camscope::weights::checkpoint::Checkpoint;
    ///
    /// let checkpoint = Checkpoint::open(File::open("tests/fixtures/torchvision_tiny.pth")?)?;
    /// let kernel = checkpoint.tensors().find(|(name, _)| *name == "conv1.weight");
    /// assert_eq!(kernel, Some(("conv1.weight", [16, 3, 7, 7].as_slice())));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tensors(&self) -> impl Iterator<Item = (&str, &[usize])> {
        self.index
            .iter()
            .map(|(name, entry)| (name.as_str(), entry.shape.as_slice()))
    }

    /// Shape of one tensor.
    pub(crate) fn shape(&self, name: &str) -> Option<&[usize]> {
        Some(&self.index.get(name)?.shape)
    }

    /// Whether a tensor holds floating-point numbers, and not whole ones as counters do.
    pub(crate) fn is_float(&self, name: &str) -> bool {
        self.index
            .get(name)
            .is_some_and(|entry| !matches!(entry.element, Element::Other(_)))
    }

    /// A tensor's values in row-major order.
    ///
    /// ```
    /// use std::fs::File;
    ///
    /// use camscope::weights::checkpoint::Checkpoint;
    ///
    /// let checkpoint = Checkpoint::open(File::open("tests/fixtures/torchvision_tiny.pth")?)?;
    /// assert_eq!(checkpoint.values("conv1.weight")?.len(), 16 * 3 * 7 * 7);
    /// assert!(checkpoint.values("conv9.weight").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`CheckpointError::Network`] if it is missing, [`CheckpointError::Damaged`] or
    /// [`CheckpointError::Unreadable`] if the file does not have them.
    pub fn values(&self, name: &str) -> Result<Vec<f32>> {
        let entry = self
            .index
            .get(name)
            .filter(|_| self.is_float(name))
            .ok_or_else(|| CheckpointError::Network(format!("{name} is missing")))?;
        entry.read(name, &mut *self.reader.borrow_mut())
    }
}

/// What wrappers put before a network's names: `DataParallel` `module.`, `torch.compile` `_orig_mod.`, a module that
/// keeps the network in an attribute that attribute's name.
const PREFIXES: [&str; 6] = [
    "module.",
    "_orig_mod.",
    "model.",
    "net.",
    "network.",
    "backbone.",
];

/// Names as torchvision has them. What stands beside a wrapped network, such as a loss function's weights, is no part of
/// it. Two networks in one file are left as they are.
fn without_prefix(mut index: Index) -> Index {
    // How many models an averaged one was made of stays behind where its prefix was dropped before.
    index.remove("n_averaged");
    let prefixes: Vec<&str> = index.keys().filter_map(|name| prefix_of(name)).collect();
    let &[prefix] = prefixes.as_slice() else {
        return index;
    };
    let prefix = prefix.to_owned();
    index
        .into_iter()
        .filter_map(|(name, entry)| Some((name.strip_prefix(&prefix)?.to_owned(), entry)))
        .collect()
}

/// What stands before the name of a ResNet's first convolution, if the name is that.
fn prefix_of(name: &str) -> Option<&str> {
    let prefix = name.strip_suffix("conv1.weight")?;
    let mut parts = prefix.split_inclusive('.');
    parts.all(|part| PREFIXES.contains(&part)).then_some(prefix)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use half::f16;

    use super::*;

    fn fixture(name: &str) -> Vec<u8> {
        let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn open(bytes: &[u8]) -> Result<Checkpoint<Cursor<&[u8]>>> {
        Checkpoint::open(Cursor::new(bytes))
    }

    /// Name, shape and values.
    type Tensor = (String, Vec<usize>, Vec<f32>);

    /// Everything in it, read.
    fn read(bytes: &[u8]) -> Result<Vec<Tensor>> {
        let checkpoint = open(bytes)?;
        checkpoint
            .tensors()
            .filter(|(name, _)| checkpoint.is_float(name))
            .map(|(name, shape)| Ok((name.into(), shape.into(), checkpoint.values(name)?)))
            .collect()
    }

    fn error(bytes: &[u8]) -> CheckpointError {
        read(bytes).map(|_| ()).unwrap_err()
    }

    #[test]
    fn every_format_gives_the_same_tensors() {
        let expected = read(&fixture("torchvision_tiny.pth")).unwrap();
        let names: Vec<_> = expected.iter().map(|(name, ..)| name.as_str()).collect();
        assert!(names.contains(&"layer4.0.bn3.running_var"));
        assert!(
            !names.contains(&"bn1.num_batches_tracked"),
            "a counter is no weight"
        );
        for file in [
            "torchvision_tiny_wrapped.pth",
            "torchvision_tiny_legacy.pth",
        ] {
            assert_eq!(read(&fixture(file)).unwrap(), expected, "{file}");
        }
        // Stored as float16.
        let half = read(&fixture("torchvision_tiny.safetensors")).unwrap();
        assert_eq!(half.len(), expected.len());
        for ((name, shape, found), (expected_name, expected_shape, expected)) in
            half.iter().zip(&expected)
        {
            assert_eq!((name, shape), (expected_name, expected_shape));
            for (found, expected) in found.iter().zip(expected) {
                assert_eq!(*found, f16::from_f32(*expected).to_f32(), "{name}");
            }
        }
    }

    #[test]
    fn a_checkpoint_that_runs_commands_is_refused() {
        let error = error(&fixture("hostile.pth"));
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
            assert_eq!(error(bytes), CheckpointError::Format);
        }
        let mut tar = vec![0; 1024];
        tar[257..262].copy_from_slice(b"ustar");
        assert_eq!(error(&tar), CheckpointError::Tar);
    }

    /// PyTorch 0.3 built tensors by another name; the rest of the file was as later.
    #[test]
    fn tensors_of_older_versions_are_read() {
        const NAMES: [&[u8]; 2] = [b"\n_rebuild_tensor_v2\n", b"\n_rebuild_tensor\n"];
        let mut bytes = fixture("torchvision_tiny_legacy.pth");
        let mut renamed = 0;
        while let Some(at) = bytes
            .windows(NAMES[0].len())
            .position(|part| part == NAMES[0])
        {
            bytes.splice(at..at + NAMES[0].len(), NAMES[1].iter().copied());
            renamed += 1;
        }
        assert!(renamed > 0);
        let newer = read(&fixture("torchvision_tiny_legacy.pth")).unwrap();
        assert_eq!(read(&bytes).unwrap(), newer);
    }

    #[test]
    fn an_altered_value_is_found_by_the_archives_checksum() {
        let mut bytes = fixture("torchvision_tiny.pth");
        let values = open(&bytes).unwrap().values("conv1.weight").unwrap();
        let stored: Vec<u8> = values[..4].iter().flat_map(|v| v.to_le_bytes()).collect();
        let at = bytes.windows(16).position(|window| window == stored);
        bytes[at.expect("the values are stored as they are")] ^= 0x10;
        assert!(matches!(error(&bytes), CheckpointError::Damaged(_)));
    }

    /// A safetensors file of a header and that many bytes.
    fn safetensors(header: &str, values: usize) -> Vec<u8> {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        bytes.resize(bytes.len() + values, 0);
        bytes
    }

    #[test]
    fn a_header_that_lies_is_damage() {
        let header = |shape: &str, end: u64| {
            format!(r#"{{"a":{{"dtype":"F32","shape":{shape},"data_offsets":[0,{end}]}}}}"#)
        };
        assert!(read(&safetensors(&header("[2]", 8), 8)).is_ok());
        for (header, values) in [
            (header("[2]", 8), 7),
            (header("[2]", 8), 9),
            (header("[3]", 8), 8),
            (header("[4611686018427387904, 8]", 8), 8),
            (header("[18446744073709551615]", 8), 8),
            (header("[2]", u64::MAX), 8),
            (header("[-2]", 8), 8),
            (header("2", 8), 8),
            ("{\"a\":".into(), 0),
        ] {
            let found = error(&safetensors(&header, values));
            assert!(
                matches!(found, CheckpointError::Damaged(_)),
                "{header}: {found}"
            );
        }
        let mut endless = safetensors("{}", 0);
        endless[..8].fill(0xff);
        assert!(matches!(error(&endless), CheckpointError::Damaged(_)));
    }

    #[test]
    fn a_compressed_archive_is_not_unpacked() {
        // The field with the method in every local and central header: 8 is deflate.
        let mut bytes = fixture("torchvision_tiny.pth");
        for (signature, field) in [(b"PK\x03\x04", 8), (b"PK\x01\x02", 10)] {
            for at in 0..bytes.len() - 4 {
                if bytes[at..].starts_with(signature) {
                    bytes[at + field] = 8;
                }
            }
        }
        assert!(matches!(error(&bytes), CheckpointError::Damaged(_)));
    }

    #[test]
    fn a_file_beyond_the_limit_is_refused_unread() {
        /// Only says how long it is.
        struct Endless;
        impl Read for Endless {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                panic!("nothing is read")
            }
        }
        impl Seek for Endless {
            fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
                Ok(MAX_BYTES + 1)
            }
        }
        let error = Checkpoint::open(Endless).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("up to 2.1 GB"), "{error}");
    }

    #[test]
    fn names_before_a_network_are_dropped_and_so_is_what_stands_beside_it() {
        let place = tensor::Place {
            start: 0,
            length: 4,
            crc: None,
        };
        let names = |names: &[&str]| -> Vec<String> {
            let entry = tensor::Entry::plain(Element::F32, vec![1], place);
            let index = names.iter().map(|&name| (name.into(), entry.clone()));
            without_prefix(index.collect()).into_keys().collect()
        };
        for prefix in ["", "module.", "_orig_mod.module.model.", "backbone."] {
            let [conv, other] =
                ["conv1.weight", "layer1.0.conv1.weight"].map(|name| format!("{prefix}{name}"));
            let found = names(&[&conv, &other]);
            assert_eq!(found, ["conv1.weight", "layer1.0.conv1.weight"], "{prefix}");
        }
        // A Lightning module with a weighted loss, and an averaged model.
        assert_eq!(
            names(&["criterion.weight", "model.conv1.weight", "model.fc.bias"]),
            ["conv1.weight", "fc.bias"]
        );
        for averaged in ["module.conv1.weight", "conv1.weight"] {
            assert_eq!(names(&[averaged, "n_averaged"]), ["conv1.weight"]);
        }
        // An attribute that is no wrapper's, another network, and two of them.
        for as_they_are in [
            ["encoder.conv1.weight", "encoder.fc.bias"],
            ["model.features.0.weight", "model.head.bias"],
            ["model.conv1.weight", "net.conv1.weight"],
        ] {
            assert_eq!(names(&as_they_are), as_they_are);
        }
    }
}
