//! Batch norm folded into the convolution before it, and kernels brought into the stored layout.

/// A trained batch normalisation: `y = gamma · (x − mean) / √(variance + epsilon) + beta`, each `[channels]`.
///
/// ```
/// use camscope::weights::fold::{BatchNorm, Conv, Kernel};
///
/// let norm = BatchNorm {
///     gamma: vec![3.0],
///     beta: vec![1.0],
///     mean: vec![0.5],
///     variance: vec![4.0],
///     epsilon: 0.0,
/// };
/// // After a convolution that does nothing, y = 3 (x − 0.5) / 2 + 1 = 1.5 x + 0.25.
/// let identity = Conv { kernel: Kernel::from_oihw([1, 1, 1, 1], &[1.0]), bias: None, norm: Some(norm) };
/// let folded = identity.fold();
/// assert_eq!((folded.kernel, folded.bias), (vec![1.5], vec![0.25]));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct BatchNorm {
    pub gamma: Vec<f32>,
    pub beta: Vec<f32>,
    pub mean: Vec<f32>,
    pub variance: Vec<f32>,
    pub epsilon: f64,
}

/// A convolution (or, with `height = width = 1`, a linear layer) as trained.
///
/// ```
/// use camscope::weights::fold::{Conv, Kernel};
///
/// let linear = Conv {
///     kernel: Kernel::from_oihw([2, 1, 1, 1], &[1.0, 2.0]),
///     bias: Some(vec![0.5, 0.25]),
///     norm: None,
/// };
/// assert_eq!(linear.fold().bias, [0.5, 0.25]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Conv {
    pub kernel: Kernel,
    /// `[out]`, where the convolution has one.
    pub bias: Option<Vec<f32>>,
    pub norm: Option<BatchNorm>,
}

/// Kernel values in the stored layout `[out, height, width, in]`.
///
/// ```
/// use camscope::weights::fold::Kernel;
///
/// let kernel = Kernel::from_oihw([8, 3, 7, 7], &[0.0; 8 * 3 * 7 * 7]);
/// assert_eq!((kernel.out, kernel.height, kernel.width, kernel.inputs), (8, 7, 7, 3));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Kernel {
    pub out: usize,
    pub height: usize,
    pub width: usize,
    pub inputs: usize,
    pub values: Vec<f32>,
}

/// Kernel and bias after folding, in f64 so that storing them rounds once.
///
/// ```
/// use camscope::weights::fold::{Conv, Folded, Kernel};
///
/// let conv = Conv { kernel: Kernel::from_oihw([1, 1, 1, 2], &[1.0, 2.0]), bias: None, norm: None };
/// assert_eq!(conv.fold(), Folded { kernel: vec![1.0, 2.0], bias: vec![0.0] });
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Folded {
    /// `[out, height, width, in]`
    pub kernel: Vec<f64>,
    /// `[out]`
    pub bias: Vec<f64>,
}

impl Kernel {
    /// From TensorFlow's `[height, width, in, out]`.
    ///
    /// Panics if `values` has not `height · width · inputs · out` entries.
    ///
    /// ```
    /// use camscope::weights::fold::Kernel;
    ///
    /// // One place, two inputs, two outputs: 1 and 2 are what the first input has for each output.
    /// let kernel = Kernel::from_hwio([1, 1, 2, 2], &[1.0, 2.0, 3.0, 4.0]);
    /// assert_eq!(kernel.values, [1.0, 3.0, 2.0, 4.0]);
    /// ```
    pub fn from_hwio([height, width, inputs, out]: [usize; 4], values: &[f32]) -> Self {
        let strides = [1, width * inputs * out, inputs * out, out];
        Self::gather(out, height, width, inputs, strides, values)
    }

    /// From PyTorch's `[out, in, height, width]`.
    ///
    /// Panics if `values` has not `out · inputs · height · width` entries.
    ///
    /// ```
    /// use camscope::weights::fold::Kernel;
    ///
    /// // One output, two inputs, two columns.
    /// let kernel = Kernel::from_oihw([1, 2, 1, 2], &[1.0, 2.0, 3.0, 4.0]);
    /// assert_eq!(kernel.values, [1.0, 3.0, 2.0, 4.0]);
    /// ```
    pub fn from_oihw([out, inputs, height, width]: [usize; 4], values: &[f32]) -> Self {
        let strides = [inputs * height * width, width, 1, height * width];
        Self::gather(out, height, width, inputs, strides, values)
    }

    /// `strides` are those of the source along out, height, width, in.
    fn gather(
        out: usize,
        height: usize,
        width: usize,
        inputs: usize,
        strides: [usize; 4],
        source: &[f32],
    ) -> Self {
        assert_eq!(source.len(), out * height * width * inputs);
        let mut values = Vec::with_capacity(source.len());
        for o in 0..out {
            for y in 0..height {
                for x in 0..width {
                    let start = o * strides[0] + y * strides[1] + x * strides[2];
                    values.extend((0..inputs).map(|i| source[start + i * strides[3]]));
                }
            }
        }
        Self {
            out,
            height,
            width,
            inputs,
            values,
        }
    }
}

impl Conv {
    /// One kernel and bias that compute what the convolution and its batch norm compute together:
    /// `kernel · s` and `(bias − mean) · s + beta` with `s = gamma / √(variance + epsilon)`.
    ///
    /// Panics if a per-channel vector has not one entry per output channel.
    ///
    /// ```
    /// use camscope::weights::fold::{BatchNorm, Conv, Kernel};
    ///
    /// let norm = BatchNorm {
    ///     gamma: vec![3.0],
    ///     beta: vec![1.0],
    ///     mean: vec![0.5],
    ///     variance: vec![4.0],
    ///     epsilon: 0.0,
    /// };
    /// let kernel = Kernel::from_oihw([1, 1, 1, 2], &[2.0, 4.0]);
    /// let folded = Conv { kernel, bias: Some(vec![0.5]), norm: Some(norm) }.fold();
    /// // 3 / √4 = 1.5 on the kernel; 1.5 (0.5 − 0.5) + 1 is left of the bias.
    /// assert_eq!((folded.kernel, folded.bias), (vec![3.0, 6.0], vec![1.0]));
    /// ```
    pub fn fold(&self) -> Folded {
        let out = self.kernel.out;
        let bias = |o: usize| self.bias.as_ref().map_or(0.0, |bias| f64::from(bias[o]));
        let affine: Vec<(f64, f64)> = (0..out)
            .map(|o| match &self.norm {
                None => (1.0, bias(o)),
                Some(norm) => {
                    let deviation = (f64::from(norm.variance[o]) + norm.epsilon).sqrt();
                    let scale = f64::from(norm.gamma[o]) / deviation;
                    let shift = (bias(o) - f64::from(norm.mean[o])) * scale;
                    (scale, shift + f64::from(norm.beta[o]))
                }
            })
            .collect();
        let per_output = self.kernel.values.len() / out.max(1);
        let kernel = self
            .kernel
            .values
            .iter()
            .enumerate()
            .map(|(index, value)| f64::from(*value) * affine[index / per_output].0)
            .collect();
        Folded {
            kernel,
            bias: affine.into_iter().map(|(_, shift)| shift).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values that are all different and of both signs.
    fn ramp(count: usize, scale: f32) -> Vec<f32> {
        (0..count)
            .map(|i| ((i * 37 % 101) as f32 - 50.0) * scale)
            .collect()
    }

    /// Valid convolution of `input` `[height, width, in]`, straight from the definition; kernel `[out, kh, kw, in]`.
    fn convolve(
        kernel: &Kernel,
        values: &[f64],
        input: &[f64],
        height: usize,
        width: usize,
    ) -> Vec<f64> {
        let mut result = Vec::new();
        for y in 0..=height - kernel.height {
            for x in 0..=width - kernel.width {
                for o in 0..kernel.out {
                    let mut sum = 0.0;
                    for ky in 0..kernel.height {
                        for kx in 0..kernel.width {
                            for i in 0..kernel.inputs {
                                let k = ((o * kernel.height + ky) * kernel.width + kx)
                                    * kernel.inputs
                                    + i;
                                let p = ((y + ky) * width + x + kx) * kernel.inputs + i;
                                sum += values[k] * input[p];
                            }
                        }
                    }
                    result.push(sum);
                }
            }
        }
        result
    }

    #[test]
    fn the_folded_convolution_equals_convolution_then_batch_norm() {
        let kernel = Kernel::from_hwio([3, 2, 4, 5], &ramp(120, 0.03));
        let conv = Conv {
            kernel: kernel.clone(),
            bias: Some(ramp(5, 0.1)),
            norm: Some(BatchNorm {
                gamma: vec![0.5, -1.5, 2.0, 0.0, 1.0],
                beta: vec![0.1, 0.2, -0.3, 0.4, 0.0],
                mean: ramp(5, 0.2),
                variance: vec![0.01, 1.0, 4.0, 0.5, 0.0],
                epsilon: 1e-3,
            }),
        };
        let input: Vec<f64> = ramp(5 * 6 * 4, 0.07).into_iter().map(f64::from).collect();

        let plain: Vec<f64> = kernel.values.iter().copied().map(f64::from).collect();
        let norm = conv.norm.as_ref().unwrap();
        let bias = conv.bias.as_ref().unwrap();
        let expected: Vec<f64> = convolve(&kernel, &plain, &input, 5, 6)
            .into_iter()
            .enumerate()
            .map(|(index, sum)| {
                let o = index % 5;
                let x = sum + f64::from(bias[o]) - f64::from(norm.mean[o]);
                x / (f64::from(norm.variance[o]) + norm.epsilon).sqrt() * f64::from(norm.gamma[o])
                    + f64::from(norm.beta[o])
            })
            .collect();

        let folded = conv.fold();
        let found = convolve(&kernel, &folded.kernel, &input, 5, 6);
        assert_eq!(found.len(), expected.len());
        for (index, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let found = found + folded.bias[index % 5];
            assert!(
                (found - expected).abs() <= 1e-9 * expected.abs().max(1.0),
                "{found} against {expected}"
            );
        }
    }

    #[test]
    fn without_batch_norm_nothing_changes() {
        let conv = Conv {
            kernel: Kernel::from_oihw([2, 3, 1, 1], &ramp(6, 1.0)),
            bias: None,
            norm: None,
        };
        let folded = conv.fold();
        let expected: Vec<f64> = ramp(6, 1.0).into_iter().map(f64::from).collect();
        assert_eq!(folded.kernel, expected);
        assert_eq!(folded.bias, [0.0, 0.0]);
    }

    #[test]
    fn both_layouts_lead_to_the_same_kernel() {
        let (out, inputs, height, width) = (3, 4, 2, 5);
        let value =
            |o: usize, i: usize, y: usize, x: usize| (((o * 10 + i) * 10 + y) * 10 + x) as f32;
        let mut oihw = Vec::new();
        for o in 0..out {
            for i in 0..inputs {
                for y in 0..height {
                    oihw.extend((0..width).map(|x| value(o, i, y, x)));
                }
            }
        }
        let mut hwio = Vec::new();
        for y in 0..height {
            for x in 0..width {
                for i in 0..inputs {
                    hwio.extend((0..out).map(|o| value(o, i, y, x)));
                }
            }
        }
        let mut ohwi = Vec::new();
        for o in 0..out {
            for y in 0..height {
                for x in 0..width {
                    ohwi.extend((0..inputs).map(|i| value(o, i, y, x)));
                }
            }
        }
        let torch = Kernel::from_oihw([out, inputs, height, width], &oihw);
        let tensorflow = Kernel::from_hwio([height, width, inputs, out], &hwio);
        assert_eq!(torch, tensorflow);
        assert_eq!(torch.values, ohwi);
    }
}
