//! Holds the kernels against burn's plain operations on the device at hand: drivers have errors too.

use burn::tensor::activation::relu;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Distribution, Tensor};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand_distr::{Distribution as _, Uniform};
use serde::Serialize;

use super::warm_up::network;
use super::{Cut, Element, GpuConv, Style, as_type};
use crate::device::{ComputeDevice, read};
use crate::error::Result;

/// How far a kernel was from the plain operation.
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
    for (index, [n, height, width]) in PASSES.into_iter().enumerate() {
        let x = random([n, 3, height, width], 1.0, device);
        let found = read(net.forward(x.clone())).await?;
        let expected = read(net.forward(x.autodiff()).inner()).await?;
        outcomes.push(Outcome {
            name: format!(
                "pass {} of a network, {n}×3×{height}×{width}, {:?}",
                index + 1,
                style.cut
            ),
            error: distance(&found, &expected),
        });
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
    let values = read(weights.clone()).await?;
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
    let found = read(as_type(conv.forward(x, added, rectify), Element::F32)).await?;
    let expected = read(plain).await?;
    Ok(distance(&found, &expected))
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
