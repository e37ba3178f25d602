//! Files that other programs open: NumPy arrays, archives, tables.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::error::{Error, Result};

/// A named array of f32 values.
///
/// ```
/// use camscope::export::Array;
///
/// let map = Array { name: "map".into(), shape: vec![2, 3], values: vec![0.5; 6] };
/// assert_eq!(map.shape.iter().product::<usize>(), map.values.len());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    pub name: String,
    /// Length of each side, outermost first.
    pub shape: Vec<usize>,
    /// Row-major.
    pub values: Vec<f32>,
}

impl Array {
    /// The bytes of a `.npy` file, as `numpy.save` writes them (format version 1.0, little-endian, C order).
    ///
    /// ```
    /// use camscope::export::Array;
    ///
    /// let map = Array { name: "map".into(), shape: vec![2], values: vec![0.5, 1.0] };
    /// let bytes = map.npy()?;
    /// assert!(bytes.starts_with(b"\x93NUMPY") && bytes.ends_with(&1_f32.to_le_bytes()));
    /// assert!(Array { shape: vec![3], ..map }.npy().is_err());
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Option`] if the values do not fill the shape.
    pub fn npy(&self) -> Result<Vec<u8>> {
        let Self {
            name,
            shape,
            values,
        } = self;
        let expected = shape
            .iter()
            .try_fold(1_usize, |n, &side| n.checked_mul(side));
        if expected != Some(values.len()) {
            let count = values.len();
            return Err(Error::Option(format!(
                "{count} values do not fill the array \"{name}\" of the shape {shape:?}."
            )));
        }
        // A tuple of one needs its comma.
        let sides: Vec<String> = shape.iter().map(usize::to_string).collect();
        let sides = match sides.as_slice() {
            [one] => format!("{one},"),
            sides => sides.join(", "),
        };
        let mut header =
            format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({sides}), }}");
        // Magic, version and length take ten bytes; the data start at a multiple of 64, after a line's end.
        let padding = 63 - (10 + header.len()) % 64;
        header.extend(std::iter::repeat_n(' ', padding));
        header.push('\n');
        let length = u16::try_from(header.len()).map_err(|_| {
            Error::Option(format!(
                "The array \"{name}\" has too many dimensions to be stored."
            ))
        })?;
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend(length.to_le_bytes());
        bytes.extend(header.into_bytes());
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        Ok(bytes)
    }
}

/// The bytes of a `.npz` file: `numpy.load(file)[name]` is an array of float32.
///
/// ```
/// use camscope::export::{Array, npz};
///
/// let map = Array { name: "map".into(), shape: vec![1, 2], values: vec![0.0, 1.0] };
/// let bytes = npz(&[map])?;
/// assert!(bytes.starts_with(b"PK"));
/// # Ok::<(), camscope::error::Error>(())
/// ```
///
/// # Errors
/// As [`Array::npy`] and [`archive`].
pub fn npz(arrays: &[Array]) -> Result<Vec<u8>> {
    let files = arrays.iter().map(|array| {
        let file = (format!("{}.npy", array.name), array.npy()?);
        Ok(file)
    });
    archive(&files.collect::<Result<Vec<_>>>()?)
}

/// The bytes of a `.zip` file with these files, uncompressed (pictures do not get smaller, and numbers little).
///
/// ```
/// use camscope::export::archive;
///
/// let bytes = archive(&[("notes/map.txt".into(), b"hot".to_vec())])?;
/// assert!(bytes.starts_with(b"PK"));
/// assert!(archive(&[("../map.txt".into(), b"hot".to_vec())]).is_err());
/// # Ok::<(), camscope::error::Error>(())
/// ```
///
/// # Errors
/// [`Error::Option`] where a name is empty, used twice, or would lead out of the folder that it is unpacked to.
pub fn archive(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in files {
        let leads_out = name
            .split(['/', '\\'])
            .any(|part| part.is_empty() || part == "..");
        if leads_out {
            return Err(Error::Option(format!(
                "A file in an archive cannot be named \"{name}\"."
            )));
        }
        let written = writer
            .start_file(name.as_str(), options)
            .map_err(|error| error.to_string())
            .and_then(|()| writer.write_all(bytes).map_err(|error| error.to_string()));
        written.map_err(|why| {
            Error::Option(format!(
                "The file \"{name}\" cannot be put into the archive: {why}."
            ))
        })?;
    }
    let bytes = writer
        .finish()
        .map_err(|error| Error::Option(format!("The archive cannot be finished: {error}.")))?;
    Ok(bytes.into_inner())
}

/// A cell of a table.
///
/// ```
/// use camscope::export::{Cell, csv};
///
/// let row = vec![Cell::Text("map".into()), Cell::Number(0.25), Cell::Number(f64::NAN), Cell::Empty(())];
/// assert_eq!(csv(&[row])?, "map,0.25,,\r\n");
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(untagged)]
pub enum Cell {
    Number(f64),
    Text(String),
    /// Nothing there; so is a number that is NaN or infinite.
    Empty(()),
}

/// Rows as comma-separated values (RFC 4180: lines end in CRLF, quotes only where needed). Numbers are written with as
/// many digits as reading them back takes. A text that a spreadsheet would take for a formula begins with an apostrophe.
///
/// ```
/// use camscope::export::{Cell, csv};
///
/// let rows = [vec![Cell::Text("a, b".into()), Cell::Number(0.5), Cell::Empty(())]];
/// assert_eq!(csv(&rows)?, "\"a, b\",0.5,\r\n");
/// # Ok::<(), camscope::error::Error>(())
/// ```
///
/// # Errors
/// [`Error::Option`] where the rows are not equally long.
pub fn csv(rows: &[Vec<Cell>]) -> Result<String> {
    let refused = |why: String| Error::Option(format!("The table cannot be written: {why}."));
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        let cells = row.iter().map(|cell| match cell {
            Cell::Number(number) if number.is_finite() => number.to_string(),
            // A spreadsheet would take it for a formula, and file names come from anywhere.
            Cell::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
                format!("'{text}")
            }
            Cell::Text(text) => text.clone(),
            Cell::Number(_) | Cell::Empty(()) => String::new(),
        });
        writer
            .write_record(cells)
            .map_err(|error| refused(error.to_string()))?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| refused(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| refused(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(name: &str, shape: &[usize], values: &[f32]) -> Array {
        Array {
            name: name.into(),
            shape: shape.to_vec(),
            values: values.to_vec(),
        }
    }

    /// From `scripts/make_metrics.py` (NumPy 2.2.6): `numpy.save` of the same numbers.
    const NPY: &str = concat!(
        "934e554d5059010076007b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a2046616c73",
        "652c20277368617065273a2028322c2033292c207d202020202020202020202020202020202020202020202020202020",
        "202020202020202020202020202020202020202020202020202020202020200a000000000000003f000080bf0000c07f",
        "000040406f12833a",
    );

    #[test]
    fn arrays_are_written_as_numpy_does() {
        let values = [0.0, 0.5, -1.0, f32::NAN, 3.0, 1e-3];
        let bytes = array("map", &[2, 3], &values).npy().expect("it fits");
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, NPY);
    }

    #[test]
    fn headers_of_every_shape_fill_whole_lines() {
        for shape in [vec![], vec![1], vec![1, 1, 1], vec![1; 30]] {
            let bytes = array("one", &shape, &[2.0]).npy().expect("it fits");
            assert_eq!((bytes.len() - 4) % 64, 0, "{shape:?}");
            assert_eq!(bytes[bytes.len() - 5], b'\n');
        }
        let header = array("one", &[1], &[2.0]).npy().expect("it fits");
        assert!(String::from_utf8_lossy(&header).contains("'shape': (1,), }"));
    }

    #[test]
    fn archives_can_be_read_back() {
        let arrays = [array("a", &[2], &[1.0, 2.0]), array("b/c", &[1, 1], &[3.0])];
        let bytes = npz(&arrays).expect("the names are fine");
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("it is an archive");
        for array in &arrays {
            let mut file = archive
                .by_name(&format!("{}.npy", array.name))
                .expect("it is there");
            let mut found = Vec::new();
            std::io::copy(&mut file, &mut found).expect("it can be read");
            assert_eq!(found, array.npy().expect("it fits"));
        }
        assert_eq!(archive.len(), 2);
    }

    #[test]
    fn names_that_lead_astray_are_refused() {
        for name in ["", "../a", "a//b", "/etc/passwd", "a\\..\\b"] {
            let refused = archive(&[(name.into(), vec![1])]);
            assert!(refused.is_err(), "{name}");
        }
        let twice = [("a".to_string(), vec![1]), ("a".to_string(), vec![2])];
        assert!(archive(&twice).is_err());
        assert!(array("a", &[3], &[1.0]).npy().is_err());
    }

    #[test]
    fn tables_survive_commas_quotes_and_lines() {
        let text = |text: &str| Cell::Text(text.into());
        let rows = vec![
            vec![text("name"), text("a \"b\", c"), text("x\ny")],
            vec![Cell::Number(0.1), Cell::Empty(()), Cell::Number(f64::NAN)],
        ];
        let found = csv(&rows).expect("the rows are equally long");
        assert_eq!(found, "name,\"a \"\"b\"\", c\",\"x\ny\"\r\n0.1,,\r\n");
        assert!(csv(&[vec![text("a")], vec![text("a"), text("b")]]).is_err());
        for hostile in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            let found = csv(&[vec![text(hostile)]]).expect("one row");
            assert!(found.trim_start_matches('"').starts_with('\''), "{found}");
        }
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(found.as_bytes());
        let first = reader.records().next().expect("a row").expect("valid");
        assert_eq!(
            first.iter().collect::<Vec<_>>(),
            ["name", "a \"b\", c", "x\ny"]
        );
    }
}
