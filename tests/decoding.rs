//! Decoding and preprocessing against Pillow and torchvision's transforms (`scripts/make_pictures.py` wrote the
//! expectations), over every kind of picture that people have, and some that nobody should.

mod common;

use camscope::error::Error;
use camscope::explainer::{Explainer, Picture};
use camscope::preprocess::{self, Crop};
use camscope::weights::manifest::{ChannelOrder, Preprocessing};
use image::RgbImage;
use serde_json::Value;

const EVALUATION: Preprocessing = Preprocessing {
    resize: 256,
    crop: 224,
    channel_order: ChannelOrder::Rgb,
    scale: 1.0,
    mean: [0.0; 3],
    std: [1.0; 3],
};

fn cases(expect: &str) -> Vec<(String, Value, Vec<u8>)> {
    let folder = common::fixtures().join("pictures");
    let index = std::fs::read(folder.join("index.json")).expect("the index is there");
    let index: Vec<Value> = serde_json::from_slice(&index).expect("the index is JSON");
    let cases: Vec<_> = index
        .into_iter()
        .filter(|case| case["expect"] == expect)
        .map(|case| {
            let file = case["file"].as_str().expect("a name").to_owned();
            let bytes = std::fs::read(folder.join(&file)).expect("the picture is there");
            (file, case, bytes)
        })
        .collect();
    assert!(cases.len() > 5, "there are cases");
    cases
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

/// Mean colour of each quadrant: top left, top right, bottom left, bottom right.
fn quadrants(picture: &RgbImage) -> Vec<[f64; 3]> {
    let (width, height) = picture.dimensions();
    let (middle_x, middle_y) = ((width / 2).max(1), (height / 2).max(1));
    let span = |second: bool, middle: u32, end: u32| {
        if second && middle < end {
            middle..end
        } else {
            0..middle
        }
    };
    let mut means = Vec::new();
    for (lower, right) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut sum = [0.0; 3];
        let mut count = 0.0;
        for y in span(lower, middle_y, height) {
            for x in span(right, middle_x, width) {
                for (sum, value) in sum.iter_mut().zip(picture.get_pixel(x, y).0) {
                    *sum += f64::from(value);
                }
                count += 1.0;
            }
        }
        means.push(sum.map(|sum| sum / count));
    }
    means
}

fn assert_quadrants(what: &str, picture: &RgbImage, expected: &Value, tolerance: f64) {
    for (found, expected) in quadrants(picture)
        .iter()
        .zip(expected.as_array().expect("quadrants"))
    {
        for (channel, value) in found.iter().enumerate() {
            let wanted = number(&expected[channel]);
            assert!(
                (value - wanted).abs() <= tolerance,
                "{what}: {value} is not {wanted} ± {tolerance}"
            );
        }
    }
}

#[test]
fn every_kind_of_picture_is_read_as_pillow_reads_it() {
    for (file, case, bytes) in cases("picture") {
        let picture = preprocess::decode(&bytes).unwrap_or_else(|error| panic!("{file}: {error}"));
        let size = (
            number(&case["width"]) as u32,
            number(&case["height"]) as u32,
        );
        assert_eq!(picture.dimensions(), size, "{file}: {}", case["about"]);
        let tolerance = number(&case["tolerance"]);
        assert_quadrants(&file, &picture, &case["quadrants"], tolerance);
        for probe in case["probes"].as_array().into_iter().flatten() {
            let at = |index: usize| number(&probe[index]);
            let found = picture.get_pixel(at(0) as u32, at(1) as u32).0;
            for (channel, value) in found.into_iter().enumerate() {
                let wanted = at(2 + channel);
                assert!(
                    (f64::from(value) - wanted).abs() <= tolerance,
                    "{file} at {probe}: {found:?}"
                );
            }
        }
    }
}

#[test]
fn crops_are_pillows() {
    let mut compared = 0;
    for (file, case, bytes) in cases("picture") {
        let picture = preprocess::decode(&bytes).expect("checked above");
        for (name, crop) in [("center", Crop::Center), ("squash", Crop::Squash)] {
            let expected = &case[name];
            let input = preprocess::crop(&picture, crop, &EVALUATION);
            let what = format!("{file} {name}");
            assert_eq!(input.pixels.dimensions(), (224, 224), "{what}");
            // Rounding at two places (after each direction) moves a value by one; strips are trimmed first.
            let tolerance = number(&case["tolerance"]) + 1.0;
            if file != "thin.png" {
                assert_quadrants(&what, &input.pixels, &expected["quadrants"], tolerance);
            }
            if let Some(file) = expected["picture"].as_str() {
                let expected = image::open(common::fixtures().join("pictures").join(file))
                    .expect("a crop")
                    .into_rgb8();
                let pairs = input.pixels.as_raw().iter().zip(expected.as_raw());
                let worst = pairs.map(|(a, b)| a.abs_diff(*b)).max().expect("pixels");
                assert!(worst <= 2, "{what}: a pixel is off by {worst}");
                compared += 1;
            }
        }
    }
    assert!(
        compared >= 4,
        "only {compared} crops were compared pixel by pixel"
    );
}

#[test]
fn the_crop_box_is_where_the_crop_came_from() {
    // A picture whose colour is its place: red grows with x, green with y.
    let picture = RgbImage::from_fn(500, 250, |x, y| image::Rgb([(x / 2) as u8, y as u8, 0]));
    let input = preprocess::crop(&picture, Crop::Center, &EVALUATION);
    let middle = input.pixels.get_pixel(112, 112).0;
    let place = (
        input.crop.x + input.crop.width * 112.5 / 224.0,
        input.crop.y + input.crop.height * 112.5 / 224.0,
    );
    assert!(
        (f64::from(middle[0]) * 2.0 - place.0).abs() < 4.0
            && (f64::from(middle[1]) - place.1).abs() < 2.0
    );
    let whole = preprocess::crop(&picture, Crop::Full, &EVALUATION);
    assert_eq!(whole.pixels.dimensions(), (512, 256));
    assert_eq!((whole.crop.width, whole.crop.height), (500.0, 250.0));
}

#[test]
fn bad_files_get_a_clear_message_and_do_no_harm() {
    let explainer = Explainer::new(common::tiny(
        camscope::weights::manifest::Variant::V1,
        camscope::device::ComputeDevice::cpu(),
    ));
    let good = Picture::Encoded(cases("picture").swap_remove(0).2);
    let before =
        pollster::block_on(explainer.classify(&good, Crop::Center, 5)).expect("a good picture");
    for (file, case, bytes) in cases("error") {
        let error =
            pollster::block_on(explainer.classify(&Picture::Encoded(bytes), Crop::Center, 5))
                .expect_err(&format!("{file}: {}", case["about"]));
        let text = error.to_string();
        assert!(
            matches!(error, Error::Decode(_)) && text.ends_with('.') && text.len() > 30,
            "{file}: {text}"
        );
    }
    let after =
        pollster::block_on(explainer.classify(&good, Crop::Center, 5)).expect("a good picture");
    assert_eq!(before.logits, after.logits);
}
