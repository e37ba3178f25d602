//! Fuzzing of everything that reads a file: pictures through preprocessing, models (manifest and safetensors), and
//! checkpoints (both kinds of `.pth` with their pickles, and safetensors). The test command tries some thousand inputs
//! each; `cargo xtask fuzz` tries millions (`docs/reliability.md` has the figures).

use std::io::{Cursor, Write as _};

use camscope::device::ComputeDevice;
use camscope::model::loader::{Loader, parse_manifest};
use camscope::preprocess::{self, Crop};
use camscope::weights::checkpoint::{Checkpoint, CheckpointError};
use camscope::weights::manifest::{ChannelOrder, Preprocessing};
use camscope::weights::source::{self, Source as _};
use camscope::weights::torchvision::{EPSILON, TorchvisionResnet};
use fuzz::mutate::{join, split};
use fuzz::{Campaign, Limits};
use image::{ImageFormat, RgbImage, RgbaImage};
use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

#[global_allocator]
static COUNTING: fuzz::memory::Counting = fuzz::memory::Counting;

/// Inputs that the test command tries of each kind.
const RUNS: usize = 3000;
const SECONDS: u64 = 60;
const MIB: usize = 1 << 20;

/// As small as it can be, so that resizing does not take all the time.
const SMALL: Preprocessing = Preprocessing {
    resize: 36,
    crop: 32,
    channel_order: ChannelOrder::Bgr,
    scale: 1.0,
    mean: [100.0; 3],
    std: [1.0; 3],
};

fn fixture(path: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn tokens(pieces: &[&[u8]]) -> Vec<Vec<u8>> {
    pieces.iter().map(|piece| piece.to_vec()).collect()
}

/// They are tried first, by each run.
#[test]
fn what_did_harm_once_is_kept() {
    for name in ["picture", "model", "checkpoint", "tfjs"] {
        assert!(!fuzz::regressions(name).is_empty(), "{name}: no input");
    }
}

#[test]
fn pictures() {
    let files = [
        "alpha.png",
        "animated.gif",
        "baseline.jpg",
        "bits.png",
        "bomb-header.jpg",
        "bomb-header.png",
        "exif-6.jpg",
        "grey-alpha.png",
        "grey-sixteen.png",
        "grey.jpg",
        "lossless.webp",
        "lossy.webp",
        "palette-alpha.png",
        "palette.png",
        "progressive.jpg",
        "subsampled.jpg",
        "thin.png",
        "truncated.jpg",
        "truncated.png",
    ];
    let mut seeds: Vec<Vec<u8>> = files
        .iter()
        .map(|file| fixture(&format!("pictures/{file}")))
        .collect();
    let rgb = RgbImage::from_fn(9, 7, |x, y| image::Rgb([x as u8 * 28, y as u8 * 36, 90]));
    let rgba = RgbaImage::from_fn(7, 9, |x, y| {
        image::Rgba([x as u8 * 28, 9, 90, y as u8 * 28])
    });
    for format in [ImageFormat::Bmp, ImageFormat::Png, ImageFormat::Jpeg] {
        let mut bytes = Cursor::new(Vec::new());
        rgb.write_to(&mut bytes, format).expect("it is encoded");
        seeds.push(bytes.into_inner());
    }
    for format in [
        ImageFormat::Gif,
        ImageFormat::WebP,
        ImageFormat::Bmp,
        ImageFormat::Png,
    ] {
        let mut bytes = Cursor::new(Vec::new());
        rgba.write_to(&mut bytes, format).expect("it is encoded");
        seeds.push(bytes.into_inner());
    }
    let campaign = Campaign {
        name: "picture",
        seeds,
        tokens: tokens(&[
            b"IHDR",
            b"PLTE",
            b"IDAT",
            b"IEND",
            b"tRNS",
            b"eXIf",
            b"acTL",
            b"fcTL",
            b"fdAT",
            b"sBIT",
            b"gAMA",
            b"iCCP",
            b"\xFF\xD8",
            b"\xFF\xC0",
            b"\xFF\xC2",
            b"\xFF\xC4",
            b"\xFF\xDA",
            b"\xFF\xDB",
            b"\xFF\xDD",
            b"\xFF\xD0",
            b"\xFF\xD9",
            b"\xFF\xE1",
            b"Exif\0\0II*\0",
            b"Adobe",
            b"GIF89a",
            b"\x21\xF9\x04",
            b"\x2C",
            b"\x3B",
            b"RIFF",
            b"WEBP",
            b"VP8 ",
            b"VP8L",
            b"VP8X",
            b"ALPH",
            b"ANIM",
            b"ANMF",
            b"BM",
        ]),
        repair: png_checksums,
        limits: Limits {
            // What the decoder may ask for, and the picture in RGB beside it before the decoder's is given back.
            bytes: 640 * MIB,
            seconds: SECONDS,
            input: 64 * 1024,
        },
    };
    campaign.run(RUNS, |bytes| {
        let picture = match preprocess::decode(bytes) {
            Ok(picture) => picture,
            Err(error) => return error.to_string(),
        };
        let (width, height) = picture.dimensions();
        assert!(width > 0 && height > 0, "an empty picture");
        for crop in [Crop::Center, Crop::Squash, Crop::Full] {
            let input = preprocess::crop(&picture, crop, &SMALL);
            let frame = input.crop;
            assert!(frame.x >= 0.0 && frame.x + frame.width <= f64::from(width) + 1e-6);
            assert!(frame.y >= 0.0 && frame.y + frame.height <= f64::from(height) + 1e-6);
            let values = preprocess::normalize(&input.pixels, &SMALL);
            assert!(values.iter().all(|value| value.is_finite()));
        }
        "a picture".into()
    });
}

/// Each chunk's checksum, so that the decoder reads what is in it.
fn png_checksums(input: &mut [u8]) {
    const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
    if !input.starts_with(SIGNATURE) {
        return;
    }
    let mut at = SIGNATURE.len();
    while let Some(length) = input.get(at..at + 4) {
        let length = u32::from_be_bytes(length.try_into().expect("four bytes")) as usize;
        let end = at + 8 + length;
        let Some(chunk) = input.get(at + 4..end) else {
            return;
        };
        let checksum = crc32(chunk).to_be_bytes();
        let Some(place) = input.get_mut(end..end + 4) else {
            return;
        };
        place.copy_from_slice(&checksum);
        at = end + 4;
    }
}

/// ISO 3309, as PNG and zip have it.
fn crc32(bytes: &[u8]) -> u32 {
    let crc = bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    });
    !crc
}

/// Names and PyTorch shapes `[out, in, height, width]` of a ResNet of one channel throughout.
fn tiny_resnet() -> Vec<(String, Vec<usize>)> {
    let mut convs = vec![("conv1".to_owned(), "bn1".to_owned(), vec![1, 3, 7, 7])];
    for stage in 1..=4 {
        for conv in 1..=2 {
            convs.push((
                format!("layer{stage}.0.conv{conv}"),
                format!("layer{stage}.0.bn{conv}"),
                vec![1, 1, 3, 3],
            ));
        }
        if stage > 1 {
            let shortcut = format!("layer{stage}.0.downsample");
            convs.push((format!("{shortcut}.0"), format!("{shortcut}.1"), vec![1; 4]));
        }
    }
    let mut tensors = Vec::new();
    for (conv, norm, shape) in convs {
        tensors.push((format!("{conv}.weight"), shape));
        for part in ["weight", "bias", "running_mean", "running_var"] {
            tensors.push((format!("{norm}.{part}"), vec![1]));
        }
    }
    tensors.push(("fc.weight".into(), vec![2, 1]));
    tensors.push(("fc.bias".into(), vec![2]));
    tensors
}

#[test]
fn models() {
    let folded: Vec<(String, Vec<usize>)> = tiny_resnet()
        .into_iter()
        .filter(|(name, _)| !name.contains("bn") && !name.contains("downsample.1"))
        .flat_map(|(name, shape)| match shape[..] {
            [out, inputs, height, width] => {
                let name = name.replace("downsample.0", "downsample");
                let bias = name.replace("weight", "bias");
                vec![(name, vec![out, height, width, inputs]), (bias, vec![out])]
            }
            _ => vec![(name, shape)],
        })
        .collect();
    let shard = safetensors(&folded);
    let tensors: serde_json::Map<String, Value> = folded
        .iter()
        .map(|(name, shape)| (name.clone(), json!({ "shard": 0, "shape": shape })))
        .collect();
    let manifest = json!({
        "format": "camscope-model/1", "name": "tiny", "title": "Tiny",
        "architecture": { "family": "resnet", "block": "basic", "variant": "v1.5", "blocks": [1, 1, 1, 1] },
        "preprocessing": {
            "resize": 36, "crop": 32, "channelOrder": "rgb", "scale": 1.0, "mean": [0, 0, 0], "std": [1, 1, 1],
        },
        "dtype": "f32", "kernelLayout": "ohwi", "labels": ["a", "b"], "source": "", "license": "",
        "accuracy": { "top1": 0.5, "top5": 0.9 },
        "shards": [{ "file": "a", "sha256": "", "bytes": 0 }], "tensors": tensors,
    });
    let manifest = serde_json::to_vec(&manifest).expect("the manifest is written");
    let header_length = u64::from_le_bytes(shard[..8].try_into().expect("eight bytes")) as usize;
    let (header, data) = shard[8..].split_at(header_length);
    let campaign = Campaign {
        name: "model",
        seeds: vec![join(&[&manifest, header, data])],
        tokens: tokens(&[
            b"\"shard\":0",
            b"\"shape\":[1,1,1,1]",
            b"\"shape\":[]",
            b"\"blocks\":[1,1,1,1]",
            b"\"dtype\":\"F16\"",
            b"\"F32\"",
            b"\"I64\"",
            b"\"data_offsets\":[0,4]",
            b"\"basic\"",
            b"\"bottleneck\"",
            b"\"v1\"",
            b"{}",
            b"[]",
            b",",
            b"\"conv1.weight\":",
            b"\"labels\":[]",
            b"\"__metadata__\":{}",
            b"1e38",
            b"\\ud800",
        ]),
        repair: |_| {},
        limits: Limits {
            bytes: 64 * MIB,
            seconds: SECONDS,
            input: 32 * 1024,
        },
    };
    let picture = RgbImage::from_fn(23, 17, |x, y| image::Rgb([x as u8 * 11, y as u8 * 14, 7]));
    let read = |bytes: &[u8]| {
        // What belongs together in three files; sizes and hash fit, as whoever makes a harmful file would see to.
        let [manifest, header, data] = split(bytes, 3)[..] else {
            unreachable!("three parts were asked for");
        };
        let mut shard = (header.len() as u64).to_le_bytes().to_vec();
        shard.extend([header, data].concat());
        let manifest = match serde_json::from_slice::<Value>(manifest) {
            Ok(mut json) => {
                if let Some(entry) = json.pointer_mut("/shards/0").and_then(Value::as_object_mut) {
                    let hash = Sha256::digest(&shard);
                    let text: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
                    entry.insert("sha256".into(), text.into());
                    entry.insert("bytes".into(), shard.len().into());
                }
                serde_json::to_vec(&json).expect("JSON is written")
            }
            Err(_) => manifest.to_vec(),
        };
        let how = match parse_manifest(&manifest) {
            Ok(manifest) => manifest.preprocessing,
            Err(error) => return error.to_string(),
        };
        for crop in [Crop::Center, Crop::Squash, Crop::Full] {
            let input = preprocess::crop(&picture, crop, &how);
            preprocess::normalize(&input.pixels, &how);
        }
        let load = || {
            let mut loader = Loader::new(&manifest, ComputeDevice::cpu())?;
            loader.add_shard(0, &shard)?;
            loader.finish()
        };
        match load() {
            Ok(model) => format!("a model with {} classes", model.classes()),
            Err(error) => error.to_string(),
        }
    };
    assert_eq!(read(&campaign.seeds[0]), "a model with 2 classes");
    campaign.run(RUNS, read);
}

/// Zeros by names and shapes.
fn safetensors(tensors: &[(String, Vec<usize>)]) -> Vec<u8> {
    let zeros = vec![0; 4096];
    let views = tensors.iter().map(|(name, shape)| {
        let size = 4 * shape.iter().product::<usize>();
        let view = TensorView::new(Dtype::F32, shape.clone(), &zeros[..size]);
        (name, view.expect("the shape fits"))
    });
    safetensors::serialize(views, None).expect("the tensors are stored")
}

/// How a checkpoint's input begins: which file its parts become.
const ZIP: u8 = b'z';
const LEGACY: u8 = b'l';
const SAFETENSORS: u8 = b's';

#[test]
fn checkpoints() {
    let tensors = tiny_resnet();
    let pickle = pickle(&tensors);
    let values: Vec<u8> = (0..400u16)
        .flat_map(|i| f32::from(i).to_le_bytes())
        .collect();
    let whole = |kind: u8, parts: &[&[u8]]| [&[kind][..], &join(parts)].concat();
    let stored = safetensors(&tensors);
    let header_length = u64::from_le_bytes(stored[..8].try_into().expect("eight bytes")) as usize;
    let (header, data) = stored[8..].split_at(header_length);
    let keys = b"\x80\x02](X\x01\x00\x00\x000e.";
    let two: Vec<(String, Vec<usize>)> = tensors[..2].to_vec();
    let campaign = Campaign {
        name: "checkpoint",
        seeds: vec![
            whole(ZIP, &[&pickle, b"little", &values]),
            whole(ZIP, &[&self::pickle(&two), b"little", &values]),
            whole(LEGACY, &[&pickle, keys, &values]),
            whole(LEGACY, &[&self::pickle(&two), keys, &values]),
            whole(SAFETENSORS, &[header, data]),
        ],
        tokens: tokens(&[
            b".",
            b"(",
            b"0",
            b"N",
            b"\x88",
            b"K\x01",
            b"M\xff\xff",
            b"J\xff\xff\xff\x7f",
            b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f",
            b"X\x01\x00\x00\x00a",
            b"]",
            b")",
            b"}",
            b"t",
            b"\x85",
            b"\x86",
            b"\x87",
            b"a",
            b"e",
            b"s",
            b"u",
            b"Q",
            b"R",
            b"b",
            b"q\x01",
            b"h\x01",
            b"r\xff\x00\x00\x00",
            b"j\xff\x00\x00\x00",
            b"ccollections\nOrderedDict\n",
            b"ctorch._utils\n_rebuild_tensor_v2\n",
            b"ctorch._utils\n_rebuild_parameter\n",
            b"ctorch\nFloatStorage\n",
            b"ctorch\nDoubleStorage\n",
            b"ctorch\nLongStorage\n",
            b"cposix\nsystem\n",
            b"X\x07\x00\x00\x00storage",
            b"X\x0a\x00\x00\x00state_dict",
            b"module.",
            b"F16",
        ]),
        repair: |_| {},
        limits: Limits {
            // A memo of the most entries that a pickle may have, and twice what the file holds in the widest type.
            bytes: 128 * MIB,
            seconds: SECONDS,
            input: 64 * 1024,
        },
    };
    let read = |bytes: &[u8]| {
        let file = match bytes.split_first() {
            Some((&ZIP, parts)) => archive(&split(parts, 3)),
            Some((&LEGACY, parts)) => legacy(&split(parts, 3)),
            Some((&SAFETENSORS, parts)) => {
                let parts = split(parts, 2);
                let length = (parts[0].len() as u64).to_le_bytes();
                [&length[..], parts[0], parts[1]].concat()
            }
            _ => bytes.to_vec(),
        };
        let convert = || {
            let checkpoint = Checkpoint::open(Cursor::new(file.as_slice()))?;
            let network = TorchvisionResnet::new(checkpoint, EPSILON)?;
            let mut count = 0;
            for tensor in source::tensors(&network) {
                count += tensor?.values.len();
            }
            Ok::<_, CheckpointError>((network.architecture().block, count))
        };
        match convert() {
            Ok(network) => format!("{network:?}"),
            Err(error) => error.to_string(),
        }
    };
    for seed in campaign.seeds.iter().step_by(2) {
        assert!(read(seed).starts_with("(Basic, "), "{}", read(seed));
    }
    campaign.run(RUNS, read);
}

/// A state dictionary of float32 tensors, all at the start of storage 0, as `torch.save` writes it.
fn pickle(tensors: &[(String, Vec<usize>)]) -> Vec<u8> {
    fn text(out: &mut Vec<u8>, text: &str) {
        out.push(b'X');
        out.extend((text.len() as u32).to_le_bytes());
        out.extend(text.as_bytes());
    }
    fn tuple(out: &mut Vec<u8>, numbers: &[usize]) {
        out.push(b'(');
        for number in numbers {
            out.extend([b'K', *number as u8]);
        }
        out.push(b't');
    }
    let mut out = b"\x80\x02ccollections\nOrderedDict\n)R(".to_vec();
    for (name, shape) in tensors {
        text(&mut out, name);
        out.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((");
        text(&mut out, "storage");
        out.extend(b"ctorch\nFloatStorage\n");
        text(&mut out, "0");
        text(&mut out, "cpu");
        out.extend(b"M\x90\x01tQK\x00");
        tuple(&mut out, shape);
        let strides: Vec<usize> = (0..shape.len())
            .map(|axis| shape[axis + 1..].iter().product())
            .collect();
        tuple(&mut out, &strides);
        out.extend(b"\x89ccollections\nOrderedDict\n)RtR");
    }
    out.extend(b"u.");
    out
}

/// A `.pth` of PyTorch ≥ 1.6.
fn archive(parts: &[&[u8]]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in ["a/data.pkl", "a/byteorder", "a/data/0"].iter().zip(parts) {
        writer.start_file(*name, options).expect("the entry begins");
        writer.write_all(content).expect("the entry is written");
    }
    writer
        .finish()
        .expect("the archive is written")
        .into_inner()
}

/// A `.pth` of PyTorch < 1.6.
fn legacy(parts: &[&[u8]]) -> Vec<u8> {
    let magic = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
    let mut file = [&magic[..], b"\x80\x02M\xe9\x03.", b"\x80\x02}."].concat();
    file.extend(parts[0]);
    file.extend(parts[1]);
    file.extend((parts[2].len() as u64 / 4).to_le_bytes());
    file.extend(parts[2]);
    file
}
