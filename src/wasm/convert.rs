//! Between JavaScript's values and ours.

use image::RgbImage;
use js_sys::{Float32Array, Object, Reflect, Uint8Array, Uint8ClampedArray};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use super::JsResult;
use crate::error::{Error, Result};
use crate::explainer::Picture;
use crate::heatmap::Heatmap;

/// A `Uint8Array` holds an encoded picture; an object with `width`, `height` and `data` raw RGBA pixels.
pub(super) fn picture(image: &JsValue) -> Result<Picture> {
    if let Some(bytes) = image.dyn_ref::<Uint8Array>() {
        return Ok(Picture::Encoded(bytes.to_vec()));
    }
    let field = |name: &str| Reflect::get(image, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let side = |name: &str| {
        field(name)
            .as_f64()
            .filter(|v| (0.0..=65_535.0).contains(v))
            .map(|v| v as u32)
    };
    let data = field("data");
    let data = match data.dyn_ref::<Uint8ClampedArray>() {
        Some(pixels) => Some(pixels.to_vec()),
        None => data.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec),
    };
    match (side("width"), side("height"), data) {
        (Some(width), Some(height), Some(data)) => Ok(Picture::Rgba {
            width,
            height,
            data,
        }),
        _ => Err(Error::Decode(
            "A picture must be the bytes of a file, or ImageData.".into(),
        )),
    }
}

/// An object with `width`, `height` and a `Float32Array` of `values`.
pub(super) fn heatmap(map: &JsValue) -> Result<Heatmap> {
    let field = |name: &str| Reflect::get(map, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let side = |name: &str| {
        field(name)
            .as_f64()
            .filter(|v| (1.0..=65_535.0).contains(v))
            .map(|v| v as usize)
    };
    let values = field("values")
        .dyn_ref::<Float32Array>()
        .map(Float32Array::to_vec);
    match (side("width"), side("height"), values) {
        (Some(width), Some(height), Some(values)) if values.len() == width * height => {
            Ok(Heatmap::new(width, height, values))
        }
        _ => Err(Error::Option(
            "A map must have width, height and as many values.".into(),
        )),
    }
}

pub(super) fn pixels(picture: &RgbImage) -> JsResult {
    let rgba: Vec<u8> = picture
        .pixels()
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255])
        .collect();
    let object = Object::new();
    set(&object, "width", picture.width().into())?;
    set(&object, "height", picture.height().into())?;
    set(
        &object,
        "pixels",
        Uint8ClampedArray::from(rgba.as_slice()).into(),
    )?;
    Ok(object.into())
}

pub(super) fn map(map: &Heatmap) -> JsResult {
    let object = Object::new();
    set(&object, "width", map.width.into())?;
    set(&object, "height", map.height.into())?;
    set(&object, "values", floats(&map.values))?;
    Ok(object.into())
}

pub(super) fn floats(values: &[f32]) -> JsValue {
    Float32Array::from(values).into()
}

pub(super) fn set(object: &JsValue, key: &str, value: JsValue) -> JsResult<()> {
    Reflect::set(object, &key.into(), &value).map(|_| ())
}

pub(super) fn to_js<T: Serialize>(value: &T) -> JsResult {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(JsValue::from)
}

/// Reads an options object; `undefined` stands for all defaults.
pub(super) fn options<T: for<'de> Deserialize<'de>>(value: JsValue) -> Result<T> {
    let value = if value.is_undefined() {
        Object::new().into()
    } else {
        value
    };
    serde_wasm_bindgen::from_value(value)
        .map_err(|error| Error::Option(format!("An option is not valid: {error}.")))
}
