//! Inputs and features seen through masks, on the device.

use burn::tensor::{Device, Int, Tensor, TensorData};

use super::view::View;
use crate::heatmap::Heatmap;
use crate::model::Layer;
use crate::model::resnet::ResNet;

/// Keeps a constant channel's mask finite; the reference's constant (`pytorch_grad_cam/score_cam.py`).
pub(crate) const MASK_EPSILON: f32 = 1e-8;

/// Logits `[n, classes]` of the input times each channel's activations of `layer`, upsampled and min–max scaled (ScoreCAM).
pub(super) fn logits_through_channels(
    net: &ResNet,
    view: &View,
    layer: Layer,
    channels: &[usize],
) -> Tensor<2> {
    let features = &view.features[layer.index()];
    net.forward_masked(&view.input, features, channels, MASK_EPSILON)
        .unwrap_or_else(|| net.forward(through_channels(view, layer, channels)))
}

/// The masked inputs, by burn's operations.
fn through_channels(view: &View, layer: Layer, channels: &[usize]) -> Tensor<4> {
    let (n, [height, width]) = (channels.len(), view.size());
    let features = view.features[layer.index()].clone();
    let (device, [_, _, h, w]) = (features.device(), features.dims());
    let indices: Vec<i32> = channels.iter().map(|&channel| channel as i32).collect();
    let indices = Tensor::<1, Int>::from_data(TensorData::new(indices, [n]), &device);
    let small = features.select(1, indices).reshape([n, h, w]);
    let rows = upsampler(h, height, &device);
    let columns = upsampler(w, width, &device);
    let large = rows
        .unsqueeze::<3>()
        .matmul(small)
        .matmul(columns.transpose().unsqueeze());
    let large = large.reshape([n, height * width]);
    let min = large.clone().min_dim(1);
    let max = large.clone().max_dim(1);
    let mask = (large - min.clone()) / (max - min + MASK_EPSILON);
    view.input.clone() * mask.reshape([n, 1, height, width])
}

/// The input where a mask is 1, the blurred input where it is 0 (Group-CAM).
pub(super) fn over_blur(view: &View, masks: &[Heatmap]) -> Tensor<4> {
    let (n, [height, width]) = (masks.len(), view.size());
    let input = view.input.clone();
    let device = input.device();
    let values: Vec<f32> = masks.iter().flat_map(|mask| mask.values.clone()).collect();
    let masks = Tensor::<4>::from_data(TensorData::new(values, [n, 1, height, width]), &device);
    let rows = blurrer(height, &device).unsqueeze::<3>();
    let columns = blurrer(width, &device).transpose().unsqueeze::<3>();
    let planes = input.clone().reshape([3, height, width]);
    let blurred = rows.matmul(planes).matmul(columns);
    let blurred = blurred.reshape([1, 3, height, width]);
    blurred.clone() + (input - blurred) * masks
}

/// The features of `layer` at one place alone, in each picture of the batch.
pub(super) fn at_places(view: &View, layer: Layer, places: &[usize]) -> Tensor<4> {
    let features = view.features[layer.index()].clone();
    let (device, [_, _, h, w]) = (features.device(), features.dims());
    let mut mask = vec![0.0_f32; places.len() * h * w];
    for (mask, &place) in mask.chunks_exact_mut(h * w).zip(places) {
        mask[place] = 1.0;
    }
    let mask = TensorData::new(mask, [places.len(), 1, h, w]);
    features * Tensor::<4>::from_data(mask, &device)
}

/// Bilinear interpolation with aligned corners as a matrix `[to, from]`
/// (`torch.nn.UpsamplingBilinear2d`, which ScoreCAM's reference uses).
fn upsampler(from: usize, to: usize, device: &Device) -> Tensor<2> {
    let scale = if to > 1 {
        (from - 1) as f64 / (to - 1) as f64
    } else {
        0.0
    };
    let mut matrix = vec![0.0_f32; to * from];
    for (row, weights) in matrix.chunks_exact_mut(from).enumerate() {
        let position = row as f64 * scale;
        let first = (position.floor() as usize).min(from - 1);
        let fraction = (position - first as f64) as f32;
        weights[first] += 1.0 - fraction;
        weights[(first + 1).min(from - 1)] += fraction;
    }
    Tensor::from_data(TensorData::new(matrix, [to, from]), device)
}

/// Half the width of Group-CAM's Gaussian, 51 pixels, and its sigma.
const BLUR_RADIUS: usize = 25;
const BLUR_SIGMA: f64 = 50.0;

/// Gaussian blur of `length` pixels as a matrix, borders mirrored without repeating the last pixel (kornia's
/// `gaussian_blur2d`, which Group-CAM's authors use).
fn blurrer(length: usize, device: &Device) -> Tensor<2> {
    let kernel: Vec<f64> = (0..=2 * BLUR_RADIUS)
        .map(|at| (-0.5 * ((at as f64 - BLUR_RADIUS as f64) / BLUR_SIGMA).powi(2)).exp())
        .collect();
    let sum: f64 = kernel.iter().sum();
    let mut matrix = vec![0.0_f64; length * length];
    for (row, weights) in matrix.chunks_exact_mut(length).enumerate() {
        for (at, weight) in kernel.iter().enumerate() {
            weights[mirrored(row + at, length)] += weight / sum;
        }
    }
    let matrix: Vec<f32> = matrix.into_iter().map(|v| v as f32).collect();
    Tensor::from_data(TensorData::new(matrix, [length, length]), device)
}

/// The pixel at `position` − [`BLUR_RADIUS`], mirrored at the first and the last until it lies inside.
fn mirrored(position: usize, length: usize) -> usize {
    let period = 2 * (length - 1).max(1);
    let shift = BLUR_RADIUS.next_multiple_of(period) - BLUR_RADIUS;
    let place = (position + shift) % period;
    place.min(period - place).min(length - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_are_mirrored() {
        // numpy.pad(numpy.arange(4), 25, mode="reflect")[25 - 4 : 25 + 8]
        let expected = [2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1];
        let found: Vec<usize> = (21..33).map(|at| mirrored(at, 4)).collect();
        assert_eq!(found, expected);
        assert_eq!(mirrored(0, 1), 0);
        assert_eq!(mirrored(25 + 199, 200), 199);
        assert_eq!(mirrored(25 + 200, 200), 198);
    }
}
