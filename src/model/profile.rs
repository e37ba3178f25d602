//! Where a forward's time goes, convolution by convolution, beside what the device reaches in one large matrix product.
//! For benchmarks.

use burn::tensor::{Distribution, Tensor};
use serde::Serialize;
use web_time::Instant;

use super::loader::Model;
use super::resnet::{Conv, full_precision};
use crate::device::{ComputeDevice, Kind};
use crate::error::Result;

/// A convolution of the network, timed by itself.
///
/// ```
/// use camscope::model::profile::profile;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let timings = pollster::block_on(profile(&model, 1, 1, 1))?;
/// // A 7×7 kernel of stride 2, from 3 channels to 16 of 32 × 32.
/// let conv1 = timings.iter().find(|timing| timing.name == "conv1").unwrap();
/// assert_eq!(conv1.shape, [7, 2, 3, 16, 32, 32]);
/// assert_eq!(conv1.macs, f64::from(7 * 7 * 3 * 16 * 32 * 32));
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone, Serialize)]
pub struct Timing {
    /// torchvision's name, such as `layer1.0.conv2`; `matmul` is the matrix product to compare with.
    pub name: String,
    /// `kernel side, stride, input channels, output channels, output height, output width`
    pub shape: [usize; 6],
    /// Multiplications with an addition each.
    pub macs: f64,
    /// Milliseconds a call, of the fastest of the rounds.
    pub milliseconds: f64,
}

/// Side of the matrices of the product to compare with: enough work for a GPU, and for a processor not too much.
fn peak(device: &ComputeDevice) -> usize {
    match device.kind {
        Kind::WebGpu if !device.is_emulated() => 4096,
        _ => 1024,
    }
}

/// Times every convolution at this batch size, of the fastest of `rounds` rounds of `calls` calls.
///
/// ```
/// use camscope::model::profile::profile;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let timings = pollster::block_on(profile(&model, 2, 1, 1))?;
/// assert_eq!(timings[0].name, "matmul");
/// // conv1, three convolutions in each of five blocks, and three on shortcuts.
/// assert_eq!(timings.len(), 1 + 1 + 5 * 3 + 3);
/// # Ok::<(), camscope::error::Error>(())
/// ```
///
/// # Errors
/// [`crate::error::Error::Device`] where the device fails.
pub async fn profile(
    model: &Model,
    batch: usize,
    rounds: usize,
    calls: usize,
) -> Result<Vec<Timing>> {
    let device = &model.device;
    let mut side = model.manifest.preprocessing.crop as usize;
    let mut timings = Vec::new();
    let peak = peak(device);
    let weights = vec![0.5; peak * peak];
    let shape = [peak, 1, 1, peak];
    let product = Conv::new((weights, shape), vec![0.0; peak], (1, 0), device);
    let (rows, columns) = (64, peak / 64);
    let how = [rounds, calls];
    timings.push(time("matmul", &product, [1, peak, rows, columns], how, device).await?);
    let size = [batch, 3, side, side];
    timings.push(time("conv1", &model.net.stem, size, how, device).await?);
    side = side.div_ceil(4);
    let mut channels = model.net.stem.channels();
    for (stage, blocks) in model.net.stages.iter().enumerate() {
        for (index, block) in blocks.iter().enumerate() {
            let name = format!("layer{}.{index}", stage + 1);
            if let Some(conv) = &block.downsample {
                let (name, size) = (format!("{name}.downsample"), [batch, channels, side, side]);
                timings.push(time(&name, conv, size, how, device).await?);
            }
            for (number, conv) in block.convs.iter().enumerate() {
                let name = format!("{name}.conv{}", number + 1);
                let size = [batch, channels, side, side];
                timings.push(time(&name, conv, size, how, device).await?);
                channels = conv.channels();
                side = side.div_ceil(conv.stride());
            }
        }
    }
    Ok(timings)
}

async fn time(
    name: &str,
    conv: &Conv,
    size: [usize; 4],
    [rounds, calls]: [usize; 2],
    device: &ComputeDevice,
) -> Result<Timing> {
    let x = Tensor::<4>::random(size, Distribution::Uniform(0.0, 1.0), &device.burn);
    // In the layout that the network's own activations have.
    let x = Conv::settle(x, device);
    let [_, out, height, width] = finished(conv.forward(x.clone(), None, true), device).await?;
    let mut best = f64::INFINITY;
    for _ in 0..rounds {
        let started = Instant::now();
        let mut last = conv.forward(x.clone(), None, true);
        for _ in 1..calls {
            last = conv.forward(x.clone(), None, true);
        }
        finished(last, device).await?;
        best = best.min(started.elapsed().as_secs_f64() * 1e3 / calls as f64);
    }
    let area = conv.side() * conv.side();
    Ok(Timing {
        name: name.to_owned(),
        shape: [conv.side(), conv.stride(), size[1], out, height, width],
        macs: (size[0] * out * height * width) as f64 * (area * size[1]) as f64,
        milliseconds: best,
    })
}

/// Waits until a result is there; its size.
async fn finished(tensor: Tensor<4>, device: &ComputeDevice) -> Result<[usize; 4]> {
    let size = tensor.dims();
    let corner = tensor.slice([0..1, 0..1, 0..1, 0..1]);
    // A result that nobody looks at is not waited for.
    device.read(full_precision(corner)).await?;
    Ok(size)
}
