//! `npz`, `zip` and `csv`: files that other programs open.

use js_sys::{Array as JsArray, Float32Array, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use super::JsResult;
use super::convert;
use crate::error::{Error, Result};
use crate::export::{self, Array, Cell};

/// The bytes of a `.npz` file: `arrays` are `{ name, shape, values }`.
#[wasm_bindgen]
pub fn npz(arrays: JsArray) -> JsResult<Uint8Array> {
    let arrays = arrays.iter().map(|array| {
        let values = field(&array, "values")
            .dyn_ref::<Float32Array>()
            .map(Float32Array::to_vec);
        Ok(Array {
            name: name(&array)?,
            shape: convert::options(field(&array, "shape"))?,
            values: values
                .ok_or_else(|| Error::Option("An array needs a Float32Array of values.".into()))?,
        })
    });
    let bytes = export::npz(&arrays.collect::<Result<Vec<_>>>()?)?;
    Ok(Uint8Array::from(bytes.as_slice()))
}

/// The bytes of a `.zip` file: `files` are `{ name, bytes }`.
#[wasm_bindgen]
pub fn zip(files: JsArray) -> JsResult<Uint8Array> {
    let files = files.iter().map(|file| {
        let bytes = field(&file, "bytes")
            .dyn_ref::<Uint8Array>()
            .map(Uint8Array::to_vec);
        let bytes =
            bytes.ok_or_else(|| Error::Option("A file needs a Uint8Array of bytes.".into()))?;
        Ok((name(&file)?, bytes))
    });
    let bytes = export::archive(&files.collect::<Result<Vec<_>>>()?)?;
    Ok(Uint8Array::from(bytes.as_slice()))
}

/// Rows of strings, numbers and nulls as comma-separated values.
#[wasm_bindgen]
pub fn csv(rows: JsValue) -> JsResult<String> {
    let rows: Vec<Vec<Cell>> = convert::options(rows)?;
    Ok(export::csv(&rows)?)
}

fn field(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn name(of: &JsValue) -> Result<String> {
    field(of, "name")
        .as_string()
        .ok_or_else(|| Error::Option("Everything in an archive needs a name.".into()))
}
