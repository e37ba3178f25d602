//! Where a tensor's values lie in a checkpoint, and reading them: strides followed, any float as f32.

use std::io::{Read, Seek, SeekFrom};

use half::{bf16, f16};

use super::pickle::Element;
use super::{CheckpointError, Result};

/// A view into a piece of storage in the file: offset, sizes and strides in elements.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub element: Element,
    pub offset: usize,
    pub shape: Vec<usize>,
    pub strides: Vec<usize>,
    pub storage: Place,
}

/// A piece of storage: where it begins in the file, its length in bytes, and its CRC-32 where the format has one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub start: u64,
    pub length: u64,
    pub crc: Option<u32>,
}

impl Entry {
    /// A tensor whose values lie in order and fill their storage.
    pub(super) fn plain(element: Element, shape: Vec<usize>, storage: Place) -> Self {
        Self {
            element,
            offset: 0,
            strides: row_major(&shape),
            shape,
            storage,
        }
    }

    /// Number of elements; `None` if it is too large to compute with.
    pub(super) fn elements(&self) -> Option<u64> {
        self.shape
            .iter()
            .try_fold(1_u64, |product, size| product.checked_mul(*size as u64))
    }

    /// Elements from the first to the last one used, both included, and their number; `None` if a number is too
    /// large to compute with.
    fn span(&self) -> Option<(usize, usize)> {
        let Self { shape, strides, .. } = self;
        if shape.len() != strides.len() {
            return None;
        }
        let count = usize::try_from(self.elements()?).ok()?;
        if count == 0 {
            return Some((0, 0));
        }
        let mut last = 0_usize;
        for (size, stride) in shape.iter().zip(strides) {
            last = last.checked_add((size - 1).checked_mul(*stride)?)?;
        }
        Some((last.checked_add(1)?, count))
    }

    /// Whether all of it lies inside its storage.
    pub(super) fn fits(&self) -> bool {
        let end = || {
            let (span, _) = self.span()?;
            let end = self.offset.checked_add(span)?;
            u64::try_from(end.checked_mul(self.element.size())?).ok()
        };
        end().is_some_and(|end| end <= self.storage.length)
    }

    /// The values in row-major order. Must [fit](Self::fits).
    pub(super) fn read(&self, name: &str, reader: &mut (impl Read + Seek)) -> Result<Vec<f32>> {
        let beyond =
            || CheckpointError::Damaged(format!("{name} reaches beyond its stored values"));
        let (span, count) = self.span().filter(|_| self.fits()).ok_or_else(beyond)?;
        let width = self.element.size();
        let mut bytes = vec![0; span * width];
        let start = self.storage.start + (self.offset * width) as u64;
        reader
            .seek(SeekFrom::Start(start))
            .and_then(|_| reader.read_exact(&mut bytes))
            .map_err(|error| CheckpointError::read(&error, &format!("the values of {name}")))?;
        if let Some(crc) = self.storage.crc
            && bytes.len() as u64 == self.storage.length
            && crc32fast::hash(&bytes) != crc
        {
            return Err(CheckpointError::Damaged(format!(
                "the values of {name} do not match their checksum"
            )));
        }
        let stored = decode(self.element, &bytes);
        if self.strides == row_major(&self.shape) {
            return Ok(stored);
        }
        Ok(self.gather(&stored, count))
    }

    fn gather(&self, stored: &[f32], count: usize) -> Vec<f32> {
        let Self { shape, strides, .. } = self;
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
        values
    }
}

/// Strides of values that lie in order. Saturates for shapes too large for any file, which never fit.
fn row_major(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1_usize; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis].saturating_mul(shape[axis]);
    }
    strides
}

/// Little-endian floats of any width as f32.
pub(crate) fn decode(element: Element, bytes: &[u8]) -> Vec<f32> {
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

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn entry(offset: usize, shape: &[usize], strides: &[usize]) -> Entry {
        Entry {
            element: Element::F32,
            offset,
            shape: shape.into(),
            strides: strides.into(),
            storage: Place {
                start: 3,
                length: 24,
                crc: None,
            },
        }
    }

    /// 0 to 5 after three bytes of something else.
    fn file() -> Cursor<Vec<u8>> {
        let numbers = (0..6).flat_map(|i| (i as f32).to_le_bytes());
        Cursor::new([9_u8; 3].into_iter().chain(numbers).collect())
    }

    #[test]
    fn views_follow_their_strides_and_stay_inside() {
        let read = |offset, shape: &[usize], strides: &[usize]| {
            entry(offset, shape, strides).read("it", &mut file()).ok()
        };
        assert_eq!(
            read(0, &[3, 2], &[1, 3]),
            Some(vec![0., 3., 1., 4., 2., 5.])
        );
        assert_eq!(
            read(0, &[2, 3], &[3, 1]),
            Some(vec![0., 1., 2., 3., 4., 5.])
        );
        assert_eq!(read(4, &[2], &[1]), Some(vec![4., 5.]));
        assert_eq!(read(1, &[3], &[0]), Some(vec![1., 1., 1.]));
        assert_eq!(read(0, &[], &[]), Some(vec![0.]));
        assert_eq!(read(0, &[0, 3], &[3, 1]), Some(vec![]));
        assert_eq!(read(5, &[2], &[1]), None);
        assert_eq!(read(usize::MAX, &[2], &[1]), None);
        assert_eq!(read(0, &[2], &[usize::MAX]), None);
        assert_eq!(read(0, &[usize::MAX, 2], &[0, 0]), None);
        assert_eq!(read(0, &[2], &[1, 1]), None);
    }

    #[test]
    fn a_checksum_that_differs_is_damage() {
        let mut entry = entry(0, &[6], &[1]);
        entry.storage.crc = Some(crc32fast::hash(&file().into_inner()[3..]));
        assert!(entry.read("it", &mut file()).is_ok());
        let mut altered = file().into_inner();
        altered[7] ^= 1;
        let error = entry.read("it", &mut Cursor::new(altered)).unwrap_err();
        assert!(error.to_string().contains("checksum"), "{error}");
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
