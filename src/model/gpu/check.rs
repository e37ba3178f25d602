//! Holds the kernels against burn's plain operations on the device at hand: drivers have errors too.

use burn::tensor::activation::relu;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Distribution, Tensor, TensorData};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand_distr::{Distribution as _, Uniform};
use serde::Serialize;

use super::replay::Runner;
use super::{Cut, Element, GpuConv, Style, as_type};
use crate::device::ComputeDevice;
use crate::error::{Error, Result};
use crate::model::Layer;
use crate::model::resnet::{Block, Conv, ResNet};

/// How far a kernel was from the plain operation.
///
/// ```
/// use camscope::model::gpu::check::Outcome;
///
/// let outcome = Outcome { name: "1×1 stride 1, 1×4×5×3 → 4 channels, ReLU".into(), error: 1e-6 };
/// assert!(serde_json::to_string(&outcome)?.contains("stride"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// What was computed, such as `3×3 stride 2, 2×64×9×7 → 20 channels, shortcut, ReLU`.
    pub name: String,
    /// Largest difference of a result, over the largest size of a result.
    pub error: f32,
}

/// `[n, in, h, w]`, out, side, stride, padding: sizes that end in the middle of tiles and of parts, and some of the
/// network's own.
const CASES: [([usize; 4], usize, usize, usize, usize); 12] = [
    ([1, 3, 37, 41], 64, 7, 2, 3),
    ([2, 3, 9, 8], 8, 7, 2, 3),
    ([1, 64, 9, 7], 20, 3, 1, 1),
    ([2, 64, 9, 7], 20, 3, 2, 1),
    ([3, 4, 5, 3], 4, 1, 1, 0),
    ([1, 20, 6, 5], 132, 3, 1, 1),
    ([1, 36, 11, 1], 68, 1, 2, 0),
    ([1, 512, 7, 7], 512, 3, 1, 1),
    ([1, 2048, 7, 7], 512, 1, 1, 0),
    ([1, 16, 1, 1], 16, 3, 1, 1),
    ([1, 64, 56, 56], 64, 1, 1, 0),
    ([5, 64, 56, 56], 256, 1, 1, 0),
];

/// Multiplications of a case that runs in one variant only, with everything on.
const LARGE: usize = 20_000_000;

/// Runs all cases, where the device's kernels are those for emulated GPUs also with the others. Empty on the CPU, which
/// has no kernels of this kind.
///
/// ```
/// use camscope::device::ComputeDevice;
/// use camscope::model::gpu::check;
///
/// assert!(pollster::block_on(check::run(&ComputeDevice::cpu()))?.is_empty());
/// # Ok::<(), camscope::error::Error>(())
/// ```
///
/// # Errors
/// [`crate::error::Error::Device`] where the device fails.
pub async fn run(device: &ComputeDevice) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    let mut cuts: Vec<Cut> = device.style.iter().map(|style| style.cut).collect();
    if cuts == [Cut::Direct] {
        cuts.push(Cut::Shared);
    }
    for cut in cuts {
        let style = device.style.map(|style| Style { cut, ..style });
        let mut device = device.clone();
        device.style = style;
        for case in CASES {
            let ([n, input, height, width], out, side, stride, _) = case;
            let work = n * input * height * width / (stride * stride) * out * side * side;
            for (shortcut, rectify) in [(false, true), (true, true)] {
                if work < LARGE || shortcut {
                    let error = compare(case, shortcut, rectify, &device).await?;
                    let more = [(shortcut, ", shortcut"), (rectify, ", ReLU")];
                    let more: String = more.iter().filter(|(is, _)| *is).map(|(_, s)| *s).collect();
                    let name = format!(
                        "{side}×{side} stride {stride}, {n}×{input}×{height}×{width} → {out} channels{more}"
                    );
                    outcomes.push(Outcome { name, error });
                }
            }
        }
        passes(&device, &mut outcomes).await?;
    }
    Ok(outcomes)
}

/// Sizes of inputs, `[n, height, width]`, in turn: the first pass of each is handed over launch by launch, the next ones as
/// records; the larger ones move all to larger buffers.
const PASSES: [[usize; 3]; 8] = [
    [1, 33, 40],
    [1, 33, 40],
    [1, 33, 40],
    [3, 64, 48],
    [3, 64, 48],
    [1, 33, 40],
    [1, 33, 40],
    [3, 64, 48],
];

/// Whole networks against burn's operations, which compute where a gradient may be wanted.
async fn passes(device: &ComputeDevice, outcomes: &mut Vec<Outcome>) -> Result<()> {
    let Some(style) = device.style else {
        return Ok(());
    };
    let mut numbers = Xoshiro256PlusPlus::seed_from_u64(1);
    let uniform = Uniform::new_inclusive(-0.4, 0.4).expect("the bounds are numbers");
    let net = network(device, &mut |count| {
        (0..count).map(|_| uniform.sample(&mut numbers)).collect()
    });
    let mut add = async |name: String, found: Tensor<2>, expected: Tensor<4>, stage| {
        let expected = match stage {
            None => net.forward(expected.autodiff()),
            Some(stage) => net.head(expected.autodiff(), Layer::ALL[stage]),
        };
        let error = distance(
            &device.read(found).await?,
            &device.read(expected.inner()).await?,
        );
        let name = format!("{name}, {:?}", style.cut);
        outcomes.push(Outcome { name, error });
        Ok::<(), Error>(())
    };
    for (index, [n, height, width]) in PASSES.into_iter().enumerate() {
        let pass = format!("pass {}, {n}×{height}×{width}", index + 1);
        let x = random([n, 3, height, width], 1.0, device);
        add(pass.clone(), net.forward(x.clone()), x, None).await?;

        let stage = index % 4;
        let features = as_type(
            random([n, CHANNELS, height, width], 1.0, device),
            style.element,
        );
        let name = format!("{pass} from {} on", Layer::ALL[stage].id());
        let found = net.head(features.clone(), Layer::ALL[stage]);
        add(name, found, as_type(features, Element::F32), Some(stage)).await?;

        let channels: Vec<usize> = (0..n).map(|i| (5 * i + index) % CHANNELS).collect();
        let features = random([1, CHANNELS, height, width], 1.0, device);
        let found = net.head_without(&features, &channels, Layer::ALL[stage]);
        let keep = channels.iter().map(|&channel| {
            let zero = Tensor::<4>::zeros([1, 1, height, width], &device.burn);
            features
                .clone()
                .slice_assign([0..1, channel..channel + 1], zero)
        });
        let expected = Tensor::cat(keep.collect(), 0);
        let name = format!("{pass} without a channel of {}", Layer::ALL[stage].id());
        add(name, found, expected, Some(stage)).await?;

        let x = random([n, 3, height, width], 1.0, device);
        let (features, logits) = net.watch(x.clone());
        add(format!("{pass}, watched"), logits, x.clone(), None).await?;
        // What stays of it leads to the same logits.
        for (layer, features) in Layer::ALL.into_iter().zip(features) {
            let name = format!("{pass}, watched, from {} on", layer.id());
            add(name, net.head(features, layer), x.clone(), None).await?;
        }

        // So many that they go in parts.
        let x = random([3 * n, 3, height, width], 1.0, device);
        let values = device.read(x.clone()).await?;
        let pictures = values.chunks_exact(3 * height * width).map(<[f32]>::to_vec);
        let found = net.forward_each(pictures, [height, width], &device.burn);
        add(format!("{pass}, one by one"), found, x, None).await?;

        let picture = random([1, 3, height, width], 1.0, device);
        let [rows, columns] = SMALL;
        let full = random([1, CHANNELS, rows, columns], 1.0, device);
        // As behind a ReLU, one row of each channel and nothing else; of the first not even that.
        let chosen =
            (0..CHANNELS * rows).map(|i| (i % rows == i / rows % rows && i >= rows) as u8 as f32);
        let chosen = TensorData::new(chosen.collect(), [1, CHANNELS, rows, 1]);
        let banded = full.clone().abs() * Tensor::from_data(chosen, &device.burn);
        for (what, small) in [("masks", full), ("masks of few rows", banded)] {
            let planes = device.read(small.clone()).await?;
            let values = channels.iter().flat_map(|&channel| {
                let area = rows * columns;
                mask(&planes[channel * area..][..area], [height, width])
            });
            let values = TensorData::new(values.collect(), [n, 1, height, width]);
            let masks = Tensor::<4>::from_data(values, &device.burn);
            if let Some(found) = net.forward_masked(&picture, &small, &channels, EPSILON) {
                let name = format!("{pass} through {what}");
                add(name, found, picture.clone() * masks, None).await?;
            }
        }
    }
    Ok(())
}

/// The largest difference of a kernel from burn's operations on random numbers, over the largest result.
async fn compare(
    (size, out, side, stride, padding): ([usize; 4], usize, usize, usize, usize),
    shortcut: bool,
    rectify: bool,
    device: &ComputeDevice,
) -> Result<f32> {
    let [_, input, ..] = size;
    let shape = [out, side, side, input];
    let weights = random(shape, (3.0 / (side * side * input) as f64).sqrt(), device);
    let bias = Tensor::random([out], Distribution::Uniform(-1.0, 1.0), &device.burn);
    let x = random(size, 1.0, device);
    let values = device.read(weights.clone()).await?;
    let conv = GpuConv::new(&values, shape, bias.clone(), (stride, padding), device)
        .expect("the cases' channels come in fours");
    let kernel = weights.permute([0, 3, 1, 2]);
    let options = ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1);
    let mut plain = conv2d(x.clone(), kernel, Some(bias), options);
    let added = shortcut.then(|| random(plain.dims(), 1.0, device));
    if let Some(added) = &added {
        plain = plain + added.clone();
    }
    if rectify {
        plain = relu(plain);
    }
    let found = device
        .read(as_type(conv.forward(x, added, rectify), Element::F32))
        .await?;
    let expected = device.read(plain).await?;
    Ok(distance(&found, &expected))
}

/// Keeps the mask of a constant channel finite.
const EPSILON: f32 = 1e-8;
/// Height and width of features that become masks.
const SMALL: [usize; 2] = [5, 7];

/// A plane of [`SMALL`], upsampled with aligned corners and scaled to 0–1.
fn mask(plane: &[f32], [height, width]: [usize; 2]) -> Vec<f32> {
    let position = |at: usize, from: usize, to: usize| {
        let position = at as f64 * (from - 1) as f64 / (to - 1) as f64;
        let first = (position.floor() as usize).min(from - 2);
        (first, position - first as f64)
    };
    let large: Vec<f64> = (0..height * width)
        .map(|pixel| {
            let (row, v) = position(pixel / width, SMALL[0], height);
            let (column, u) = position(pixel % width, SMALL[1], width);
            let at = |row: usize, column: usize| f64::from(plane[row * SMALL[1] + column]);
            let along = |row: usize| at(row, column) * (1.0 - u) + at(row, column + 1) * u;
            along(row) * (1.0 - v) + along(row + 1) * v
        })
        .collect();
    let [least, most] = [f64::min, f64::max].map(|of| large.iter().copied().fold(large[0], of));
    let range = most - least + f64::from(EPSILON);
    let scaled = large.iter().map(|value| (value - least) / range);
    scaled.map(|value| value as f32).collect()
}

/// The largest difference, over the largest size.
fn distance(found: &[f32], expected: &[f32]) -> f32 {
    let largest = expected.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
    let differences = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
    // Not `max`, which would lose a NaN.
    let worst = differences.fold(0.0_f32, |most, d| if d <= most { most } else { d });
    worst / largest.max(f32::MIN_POSITIVE)
}

fn random(shape: [usize; 4], size: f64, device: &ComputeDevice) -> Tensor<4> {
    Tensor::random(shape, Distribution::Uniform(-size, size), &device.burn)
}

/// Channels and classes of the small network.
const CHANNELS: usize = 16;
const CLASSES: usize = 10;

/// A network of one bottleneck a stage, in layer1 of two. `draw` makes so many weights.
fn network(device: &ComputeDevice, draw: &mut dyn FnMut(usize) -> Vec<f32>) -> ResNet {
    let mut conv = |inputs: usize, side: usize, stride: usize| {
        let shape = [CHANNELS, side, side, inputs];
        let weights = draw(shape.iter().product());
        Conv::new((weights, shape), draw(CHANNELS), (stride, side / 2), device)
    };
    let stem = conv(3, 7, 2);
    let mut block = |stride: usize, is_first: bool| Block {
        convs: vec![
            conv(CHANNELS, 1, stride),
            conv(CHANNELS, 3, 1),
            conv(CHANNELS, 1, 1),
        ],
        downsample: is_first.then(|| conv(CHANNELS, 1, stride)),
    };
    let stages = [
        vec![block(1, true), block(1, false)],
        vec![block(2, true)],
        vec![block(2, true)],
        vec![block(2, true)],
    ];
    let weights = TensorData::new(draw(CLASSES * CHANNELS), [CLASSES, CHANNELS]);
    let bias = TensorData::new(draw(CLASSES), [CLASSES]);
    ResNet {
        stem,
        stages,
        fc_weight: Tensor::from_data(weights, &device.burn),
        fc_bias: Tensor::from_data(bias, &device.burn),
        runner: Runner::new(device),
    }
}
