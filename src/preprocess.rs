//! From the bytes of a picture to the network's input, and where in the picture that input lies.
//!
//! The evaluation transform is the reference's: the shorter side to 256 pixels (bilinear with antialiasing, as
//! Pillow does), then the middle 224 × 224.

use std::borrow::Cow;
use std::io::Cursor;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::error::{LimitError, LimitErrorKind};
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage, imageops,
};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::weights::manifest::{ChannelOrder, Preprocessing};

/// Largest picture that is decoded, in pixels (64 megapixels).
pub(crate) const MAX_PIXELS: u64 = 64_000_000;
/// Most memory a decoder may ask for, in bytes.
const MAX_DECODER_BYTES: u64 = 320 * 1024 * 1024;
/// Longest side of the network's input in [`Crop::Full`], in pixels: memory grows with it.
const MAX_FULL_SIDE: u32 = 896;
/// A strip longer than this many times its width is trimmed before the centre crop.
const MAX_ASPECT: u32 = 8;
/// Shortest side of the network's input in [`Crop::Full`]: five halvings must leave one cell.
const MIN_FULL_SIDE: u32 = 32;

/// Which part of the picture the network sees, and at what size.
///
/// ```
/// use camscope::preprocess::Crop;
///
/// assert_eq!(serde_json::from_str::<Crop>("\"squash\"")?, Crop::Squash);
/// assert_eq!(Crop::default(), Crop::Center);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Crop {
    /// Shorter side to 256, middle 224 × 224: the model's own evaluation transform.
    #[default]
    Center,
    /// The whole picture squeezed to 224 × 224; a picture of that size passes unchanged.
    Squash,
    /// Shorter side to 256 with the aspect kept and nothing cut off; the network runs fully convolutionally.
    /// The longer side stays within 896 pixels.
    Full,
}

/// The part of the picture that the network sees, in pixels of the (upright) picture.
///
/// ```
/// use camscope::preprocess::{Crop, CropBox, crop};
/// use camscope::weights::torchvision;
///
/// let picture = image::RgbImage::new(512, 256);
/// let input = crop(&picture, Crop::Center, &torchvision::preprocessing());
/// // 224 of 256 pixels, in the middle.
/// assert_eq!(input.crop, CropBox { x: 144.0, y: 16.0, width: 224.0, height: 224.0 });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CropBox {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// The network's input before normalisation, and where it comes from.
///
/// ```
/// use camscope::preprocess::{Crop, crop};
/// use camscope::weights::torchvision;
///
/// let picture = image::RgbImage::new(512, 256);
/// let input = crop(&picture, Crop::Center, &torchvision::preprocessing());
/// assert_eq!(input.pixels.dimensions(), (224, 224));
/// assert_eq!(input.picture, (512, 256));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// What the network sees, 8 bits a channel.
    pub pixels: RgbImage,
    /// Where that lies in the picture.
    pub crop: CropBox,
    /// Size of the upright picture, in pixels.
    pub picture: (u32, u32),
}

/// Decodes a JPEG, PNG, GIF (first frame), WebP or BMP and turns it upright by its EXIF orientation.
/// Transparent parts are laid over white; 16-bit, palette, grey and CMYK pictures become 8-bit RGB.
///
/// ```
/// use camscope::preprocess::decode;
///
/// let mut png = std::io::Cursor::new(Vec::new());
/// image::RgbImage::new(3, 2).write_to(&mut png, image::ImageFormat::Png)?;
/// assert_eq!(decode(png.get_ref())?.dimensions(), (3, 2));
/// assert!(decode(b"no picture").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Decode`] for an empty file, an unknown format, a damaged file, or more than 64 megapixels.
pub fn decode(bytes: &[u8]) -> Result<RgbImage> {
    if bytes.is_empty() {
        return Err(Error::Decode(
            "The file is empty (0 bytes). Choose another picture.".into(),
        ));
    }
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| Error::Decode(format!("The file cannot be read: {error}.")))?;
    if reader.format().is_none() {
        return Err(Error::Decode(
            "This is not a picture that camscope can read. Use JPEG, PNG, WebP, GIF or BMP.".into(),
        ));
    }
    // The decoder fills what is missing with grey, which the network would take for part of the picture.
    if reader.format() == Some(ImageFormat::Jpeg) && !jpeg_is_complete(bytes) {
        return Err(Error::Decode(
            "The JPEG is cut off before its end. Choose another copy of the file.".into(),
        ));
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(explain)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS {
        return Err(Error::Decode(format!(
            "The picture has {width} × {height} pixels ({} megapixels); camscope reads up to {}. Scale it down first.",
            pixels / 1_000_000,
            MAX_PIXELS / 1_000_000,
        )));
    }
    if pixels == 0 {
        return Err(Error::Decode(format!(
            "The picture has {width} × {height} pixels: there is nothing to see. Choose another picture."
        )));
    }
    // Reading into memory is not covered by the decoder's own limits.
    if decoder.total_bytes() > MAX_DECODER_BYTES {
        return Err(explain(image::ImageError::Limits(LimitError::from_kind(
            LimitErrorKind::InsufficientMemory,
        ))));
    }
    // A damaged EXIF block is no reason to refuse a picture.
    let orientation = decoder
        .orientation()
        .unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(explain)?;
    picture.apply_orientation(orientation);
    Ok(flatten(picture))
}

/// Walks a JPEG's segments and scans to its end-of-image marker; false if the file stops before.
/// (ITU-T T.81, annex B.1: a marker is FF and a code; scans escape FF as FF 00, restart markers stand alone.)
fn jpeg_is_complete(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[prefix, code]) = bytes.get(at..at + 2) {
        match (prefix, code) {
            (0xFF, 0xD9) => return true,
            // Entropy-coded data, its escapes and restart markers, and fill bytes.
            (0xFF, 0xFF) => at += 1,
            (0xFF, 0x00 | 0x01 | 0xD0..=0xD8) => at += 2,
            (0xFF, _) => match bytes.get(at + 2..at + 4) {
                Some(&[high, low]) => at += 2 + usize::from(u16::from_be_bytes([high, low])),
                _ => return false,
            },
            _ => at += 1,
        }
    }
    false
}

/// Makes an RGB picture of raw RGBA pixels, over white.
///
/// ```
/// use camscope::preprocess::from_rgba;
///
/// // Half transparent black over white.
/// let picture = from_rgba(1, 1, vec![0, 0, 0, 127])?;
/// assert_eq!(picture.get_pixel(0, 0).0, [128; 3]);
/// assert!(from_rgba(2, 1, vec![0; 4]).is_err());
/// # Ok::<(), camscope::error::Error>(())
/// ```
///
/// # Errors
/// [`Error::Decode`] if the size and the number of bytes do not agree.
pub fn from_rgba(width: u32, height: u32, rgba: Vec<u8>) -> Result<RgbImage> {
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Error::Decode(format!(
            "The picture has {width} × {height} pixels: too many."
        )));
    }
    let expected = 4 * u64::from(width) * u64::from(height);
    Some(rgba)
        .filter(|rgba| expected > 0 && rgba.len() as u64 == expected)
        .and_then(|rgba| image::RgbaImage::from_raw(width, height, rgba))
        .map(|picture| flatten(DynamicImage::ImageRgba8(picture)))
        .ok_or_else(|| {
            Error::Decode(format!(
                "The pixels do not fill a picture of {width} × {height}."
            ))
        })
}

fn explain(error: image::ImageError) -> Error {
    Error::Decode(match error {
        image::ImageError::Limits(_) => {
            "Decoding this picture would need too much memory. Scale it down first.".into()
        }
        image::ImageError::Unsupported(what) => {
            format!("This kind of picture is not supported ({what}). Save it as JPEG or PNG.")
        }
        error => format!("The picture is damaged or incomplete ({error}). Choose another file."),
    })
}

/// 8-bit RGB; transparent parts over white.
fn flatten(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    let (width, height) = picture.dimensions();
    RgbImage::from_fn(width, height, |x, y| {
        let [r, g, b, a] = picture.get_pixel(x, y).0;
        let over_white = |c| {
            let [c, a] = [c, a].map(u32::from);
            ((c * a + 255 * (255 - a) + 127) / 255) as u8
        };
        // Most pixels are opaque, and divisions slow.
        Rgb(if a == 255 {
            [r, g, b]
        } else {
            [r, g, b].map(over_white)
        })
    })
}

/// Cuts and resizes the picture to what the network sees.
///
/// ```
/// use camscope::preprocess::{Crop, crop};
/// use camscope::weights::torchvision;
///
/// let picture = image::RgbImage::new(512, 256);
/// let how = torchvision::preprocessing();
/// assert_eq!(crop(&picture, Crop::Squash, &how).pixels.dimensions(), (224, 224));
/// assert_eq!(crop(&picture, Crop::Full, &how).pixels.dimensions(), (512, 256));
/// ```
pub fn crop(picture: &RgbImage, crop: Crop, how: &Preprocessing) -> Input {
    let (width, height) = picture.dimensions();
    let (pixels, frame) = match crop {
        Crop::Center => {
            let (trimmed, trim) = trim_strip(picture);
            let (width, height) = trimmed.dimensions();
            let (rw, rh) = shorter_side_to(width, height, how.resize);
            let resized = resize(&trimmed, rw, rh);
            let side = how.crop;
            let (left, top) = ((rw - side) / 2, (rh - side) / 2);
            let (sx, sy) = (
                f64::from(width) / f64::from(rw),
                f64::from(height) / f64::from(rh),
            );
            let frame = CropBox {
                x: f64::from(trim.0) + f64::from(left) * sx,
                y: f64::from(trim.1) + f64::from(top) * sy,
                width: f64::from(side) * sx,
                height: f64::from(side) * sy,
            };
            (
                imageops::crop_imm(&resized, left, top, side, side).to_image(),
                frame,
            )
        }
        Crop::Squash => (resize(picture, how.crop, how.crop), whole(width, height)),
        Crop::Full => {
            let (rw, rh) = shorter_side_to(width, height, how.resize);
            let shrink = (f64::from(MAX_FULL_SIDE) / f64::from(rw.max(rh))).min(1.0);
            let side =
                |length: u32| ((f64::from(length) * shrink).round() as u32).max(MIN_FULL_SIDE);
            (resize(picture, side(rw), side(rh)), whole(width, height))
        }
    };
    Input {
        pixels,
        crop: frame,
        picture: (width, height),
    }
}

fn whole(width: u32, height: u32) -> CropBox {
    CropBox {
        x: 0.0,
        y: 0.0,
        width: f64::from(width),
        height: f64::from(height),
    }
}

/// Cuts the ends off a very long strip, of which the centre crop uses only the middle: resizing all of a
/// 65535 × 1 strip would need gigabytes. Returns what remains and where it starts.
fn trim_strip(picture: &RgbImage) -> (Cow<'_, RgbImage>, (u32, u32)) {
    let (width, height) = picture.dimensions();
    let cut = |long: u32, short: u32| long.saturating_sub(MAX_ASPECT * short) / 2;
    let (x, y) = (cut(width, height), cut(height, width));
    if (x, y) == (0, 0) {
        return (Cow::Borrowed(picture), (0, 0));
    }
    let middle = imageops::crop_imm(picture, x, y, width - 2 * x, height - 2 * y).to_image();
    (Cow::Owned(middle), (x, y))
}

/// Size with the shorter side at `side` and the aspect kept; the longer side is rounded to whole pixels, as the
/// reference inputs were made (torchvision's `Resize` cuts instead, which moves the crop by up to a pixel).
fn shorter_side_to(width: u32, height: u32, side: u32) -> (u32, u32) {
    let longer = |long: u32, short: u32| {
        (f64::from(side) * f64::from(long) / f64::from(short)).round() as u32
    };
    if width <= height {
        (side, longer(height, width))
    } else {
        (longer(width, height), side)
    }
}

/// Antialiased bilinear resize; a picture that already fits passes unchanged.
pub(crate) fn resize(picture: &RgbImage, width: u32, height: u32) -> RgbImage {
    if picture.dimensions() == (width, height) {
        return picture.clone();
    }
    // The image crate's own takes longer over a large photo than the network.
    let source = ImageRef::new(
        picture.width(),
        picture.height(),
        picture.as_raw(),
        PixelType::U8x3,
    );
    let source = source.expect("three bytes a pixel");
    let mut target = Image::new(width, height, PixelType::U8x3);
    let how = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new()
        .resize(&source, &mut target, &how)
        .expect("both have pixels of one type");
    RgbImage::from_raw(width, height, target.into_vec()).expect("three bytes a pixel")
}

/// The normalised input, `[3, height, width]` row-major: `(pixel * scale - mean) / std` per channel, in the
/// channel order the model wants.
///
/// ```
/// use camscope::preprocess::normalize;
/// use camscope::weights::torchvision;
///
/// let white = image::RgbImage::from_pixel(2, 1, image::Rgb([255; 3]));
/// let values = normalize(&white, &torchvision::preprocessing());
/// // Plane by plane: (1 − mean) / std of red, green and blue.
/// assert_eq!(values.len(), 6);
/// assert!((values[0] - (1.0 - 0.485) / 0.229).abs() < 1e-5 && values[0] == values[1]);
/// ```
pub fn normalize(pixels: &RgbImage, how: &Preprocessing) -> Vec<f32> {
    let sources = match how.channel_order {
        ChannelOrder::Rgb => [0, 1, 2],
        ChannelOrder::Bgr => [2, 1, 0],
    };
    let mut values = Vec::with_capacity(3 * (pixels.width() * pixels.height()) as usize);
    for (channel, source) in sources.into_iter().enumerate() {
        // A byte has 256 values: looking one up is faster than dividing.
        let normalized: [f32; 256] = std::array::from_fn(|byte| {
            (byte as f32 * how.scale - how.mean[channel]) / how.std[channel]
        });
        values.extend(
            pixels
                .pixels()
                .map(|rgb| normalized[usize::from(rgb[source])]),
        );
    }
    values
}
