//! The CAM methods' only way into the network: activations, gradients, and scores of changed activations or
//! masked inputs. The only file that knows autodiff and batched passes.

use std::cell::{Cell, OnceCell};
use std::ops::Range;
use std::rc::Rc;

use burn::tensor::{Tensor, TensorData};
use futures_util::future::join;
use web_time::Instant;

use super::mask;
use super::pace::Pace;
use super::planes::Planes;
use super::progress::{Observer, Progress};
use super::projection::{Sign, first_component};
use super::query::{Channels, Pass, Query};
use super::view::{View, picture_bytes, read_planes};
use crate::error::{Error, Result};
use crate::heatmap::Heatmap;
use crate::model::Layer;
use crate::model::cpu::Variants;
use crate::model::loader::Model;
use crate::model::resnet::ResNet;

/// Passes that the device has been given.
struct Batch {
    logits: Tensor<2>,
    count: usize,
}

/// A method's view into the network for one picture, layer and target.
///
/// ```
/// use camscope::cam::Method;
/// use camscope::cam::probe::Probe;
/// use camscope::cam::query::{Channels, Query};
/// use camscope::cam::target::Target;
/// use camscope::cam::view::View;
/// use camscope::model::Layer;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let view = pollster::block_on(View::new(&model, vec![0.5; 3 * 64 * 64], [64, 64]))?;
/// let objective = Target::Class(2).resolve(&view.logits);
/// let (layer, channels) = (Layer::Layer4, Channels::All);
/// let query = Query { layer, objective: &objective, channels: &channels, eigen: false, reference: false };
/// let probe = Probe::new(&model, &view, query, &|_| Box::pin(async { true }));
///
/// // All methods look through one probe.
/// for method in [Method::GradCam, Method::HiResCam, Method::AblationCam] {
///     let found = pollster::block_on(method.saliency(&probe))?;
///     assert_eq!((found.raw.width, found.raw.height), (2, 2));
/// }
/// # Ok::<(), camscope::error::Error>(())
/// ```
pub struct Probe<'a> {
    model: &'a Model,
    view: &'a View,
    query: Query<'a>,
    observer: &'a Observer<'a>,
    passes: Cell<usize>,
    /// What ablated passes start from on the CPU.
    variants: OnceCell<Option<Variants>>,
}

impl<'a> Probe<'a> {
    /// A probe; the objective's classes must be the model's.
    ///
    /// ```
    /// use camscope::cam::Method;
    /// use camscope::cam::probe::Probe;
    /// use camscope::cam::query::{Channels, Query};
    /// use camscope::cam::target::Target;
    /// use camscope::cam::view::View;
    /// use camscope::model::Layer;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let view = pollster::block_on(View::new(&model, vec![0.5; 3 * 64 * 64], [64, 64]))?;
    /// let objective = Target::Class(2).resolve(&view.logits);
    /// let (layer, channels) = (Layer::Layer4, Channels::All);
    /// let query = Query { layer, objective: &objective, channels: &channels, eigen: false, reference: false };
    /// let probe = Probe::new(&model, &view, query, &|_| Box::pin(async { true }));
    ///
    /// let found = pollster::block_on(Method::Cam.saliency(&probe))?;
    /// assert!(found.exact);
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
    pub fn new(
        model: &'a Model,
        view: &'a View,
        query: Query<'a>,
        observer: &'a Observer<'a>,
    ) -> Self {
        Self {
            model,
            view,
            query,
            observer,
            passes: Cell::new(0),
            variants: OnceCell::new(),
        }
    }

    /// What is asked for.
    pub(crate) fn query(&self) -> Query<'a> {
        self.query
    }

    /// The target layer.
    pub(crate) fn layer(&self) -> Layer {
        self.query.layer
    }

    /// Which channels to evaluate.
    pub(crate) fn channels(&self) -> &'a Channels {
        self.query.channels
    }

    /// What to do about the sign of a principal component.
    pub(crate) fn sign(&self) -> Sign {
        if self.query.reference {
            Sign::AsItComes
        } else {
            Sign::Corrected
        }
    }

    /// The map of `activations` times a weight each, as [`Probe::merge`] makes it.
    pub(crate) fn merge_weighted(&self, activations: &Planes, weights: &[f32]) -> Heatmap {
        if self.query.eigen {
            self.merge(&activations.weighted(weights))
        } else {
            activations.weighted_sum(weights)
        }
    }

    /// The map of products per channel: their sum, or with eigen smoothing their first principal component.
    pub(crate) fn merge(&self, products: &Planes) -> Heatmap {
        if self.query.eigen {
            first_component(products, self.sign())
        } else {
            products.weighted_sum(&vec![1.0; products.channels])
        }
    }

    /// Passes through the network (or its part behind the target layer) so far, not counting the
    /// classification.
    pub(crate) fn passes(&self) -> usize {
        self.passes.get()
    }

    /// The target's value for the unchanged picture.
    pub(crate) fn target_score(&self) -> f32 {
        self.query.objective.score(&self.view.logits)
    }

    /// Height and width of the input.
    pub(crate) fn size(&self) -> [usize; 2] {
        self.view.size()
    }

    /// Activations of the target layer.
    ///
    /// # Errors
    /// [`Error::Device`] where the device fails.
    pub(crate) async fn activations(&self) -> Result<Rc<Planes>> {
        self.view.planes(&self.model.device, self.layer()).await
    }

    /// Slope of the target in each channel's mean at layer4. Behind it there is only average pooling and the linear
    /// classifier `W`, so `∂target/∂mean(A_k) = Σ_j ∂target/∂logit_j · W_jk`, and `∂target/∂A_k` is this over
    /// `h·w`, everywhere.
    pub(crate) fn class_weights(&self) -> Vec<f32> {
        let mut weights = vec![0.0_f64; self.model.net.channels(Layer::Layer4)];
        let slopes = self.query.objective.slopes(&self.view.logits);
        for (class, &slope) in slopes
            .iter()
            .enumerate()
            .filter(|(_, slope)| **slope != 0.0)
        {
            for (sum, &weight) in weights.iter_mut().zip(self.model.class_weights(class)) {
                *sum += f64::from(slope) * f64::from(weight);
            }
        }
        weights.into_iter().map(|weight| weight as f32).collect()
    }

    /// The target's value at layer4 with each channel set to zero, in closed form. `means`: the activations'.
    pub(crate) fn ablated_scores(&self, means: &[f32]) -> Vec<f32> {
        let (objective, logits) = (self.query.objective, &self.view.logits);
        if objective.is_linear() {
            let score = self.target_score();
            let drop = |(weight, mean): (&f32, &f32)| score - weight * mean;
            return self.class_weights().iter().zip(means).map(drop).collect();
        }
        let without = |(channel, &mean): (usize, &f32)| {
            let ablated: Vec<f32> = (0..logits.len())
                .map(|class| logits[class] - self.model.class_weights(class)[channel] * mean)
                .collect();
            objective.score(&ablated)
        };
        means.iter().enumerate().map(without).collect()
    }

    /// Gradient of the target with respect to the activations of the target layer: one pass forward and backward
    /// through the layers behind it, the first time, or at layer4 its closed form.
    ///
    /// # Errors
    /// [`Error::Device`] where the device fails.
    pub(crate) async fn gradients(&self) -> Result<Rc<Planes>> {
        let Query {
            layer, objective, ..
        } = self.query;
        let features = &self.view.features[layer.index()];
        if layer == Layer::Layer4 {
            let [_, channels, height, width] = features.dims();
            let slopes = self.slopes_at_layer4().into_iter();
            let values = slopes.flat_map(|slope| std::iter::repeat_n(slope, height * width));
            let values = values.collect();
            return Ok(Rc::new(Planes::new([channels, height, width], values)));
        }
        if let Some(known) = self.view.known_gradient(layer, objective) {
            return Ok(known);
        }
        let activations = features.clone().autodiff().require_grad();
        let logits = self.model.net.head(activations.clone(), layer);
        let mut gradients = (logits * self.slopes()).sum().backward();
        self.passes.set(self.passes.get() + 1);
        let gradient = activations
            .grad_remove(&mut gradients)
            .ok_or_else(|| Error::Device("The device returned no gradient.".into()))?;
        let planes = read_planes(&self.model.device, gradient).await?;
        Ok(self.view.keep_gradient(layer, objective, planes))
    }

    /// Mean of each channel's gradient; see [`Probe::gradients`].
    ///
    /// # Errors
    /// [`Error::Device`] where the device fails.
    pub(crate) async fn gradient_means(&self) -> Result<Vec<f32>> {
        match self.layer() {
            Layer::Layer4 => Ok(self.slopes_at_layer4()),
            _ => Ok(self.gradients().await?.means()),
        }
    }

    /// The gradient at layer4: in each channel the same everywhere.
    fn slopes_at_layer4(&self) -> Vec<f32> {
        let [_, _, height, width] = self.view.features[Layer::Layer4.index()].dims();
        let weights = self.class_weights().into_iter();
        weights
            .map(|weight| weight / (height * width) as f32)
            .collect()
    }

    /// `∂target/∂logits`, `[1, classes]`: what a backward pass starts from.
    fn slopes(&self) -> Tensor<2> {
        let slopes = self.query.objective.slopes(&self.view.logits);
        let shape = [1, slopes.len()];
        Tensor::<2>::from_data(TensorData::new(slopes, shape), &self.model.device.burn).autodiff()
    }

    /// Gradients for FullGrad, of one pass forward and backward through the whole network: `found` gets the bias of each
    /// convolution with the target's gradient with respect to its output; the result is the input and its gradient.
    ///
    /// # Errors
    /// [`Error::Device`] where the device fails.
    pub(crate) async fn full_gradients(
        &self,
        mut found: impl FnMut(Vec<f32>, Planes),
    ) -> Result<(Planes, Planes)> {
        let device = &self.model.device.burn;
        let mut taps = Vec::new();
        let input = self.view.input.clone().autodiff().require_grad();
        // A convolution's output is no leaf of the tape: zeros that are added to it are, and have its gradient.
        let logits = self.model.net.tapped(input.clone(), &mut |output, conv| {
            let zeros = Tensor::<4>::zeros(output.dims(), device)
                .autodiff()
                .require_grad();
            taps.push((conv.bias(), zeros.clone()));
            output + zeros
        });
        let mut gradients = (logits * self.slopes()).sum().backward();
        self.passes.set(self.passes.get() + 1);
        let missing = || Error::Device("The device returned no gradient.".into());
        for (bias, zeros) in taps {
            let gradient = zeros.grad_remove(&mut gradients).ok_or_else(missing)?;
            let device = &self.model.device;
            found(
                device.read(bias).await?,
                read_planes(device, gradient).await?,
            );
        }
        let gradient = input.grad_remove(&mut gradients).ok_or_else(missing)?;
        let device = &self.model.device;
        let input = read_planes(device, self.view.input.clone()).await?;
        Ok((input, read_planes(device, gradient).await?))
    }

    /// Runs the passes, in batches, and returns what each makes of the target. Between batches it reports progress with
    /// the map that `partial` makes of what was found so far, and stops if asked to. A device that works by itself gets
    /// the next batch before the last one's results are read, so that it need not wait for this side. A batch for which
    /// the device has not memory enough is tried again at half its size.
    ///
    /// # Errors
    /// [`Error::Cancelled`], [`Error::Memory`] where not even one pass fits, or [`Error::Device`] where the device fails.
    pub(crate) async fn sweep(
        &self,
        passes: Pass<'_>,
        partial: impl Fn(&[f32]) -> Heatmap,
    ) -> Result<Vec<f32>> {
        let total = passes.count();
        let mut pace = self.pace(passes);
        let mut found = Vec::with_capacity(total);
        self.report(Progress {
            done: 0,
            total,
            seconds_left: None,
            partial: None,
        })
        .await?;
        let mut ahead = None;
        while found.len() < total {
            let current = ahead.take();
            let wanted = match &current {
                Some(Batch { count, .. }) => *count,
                None => {
                    let decided = passes.decided(&found, found.len() + 1);
                    self.batch(pace.batch.min(decided - found.len()))
                }
            };
            let started = Instant::now();
            let device = &self.model.device;
            let work = async {
                let current = current.unwrap_or_else(|| self.start(passes, found.len(), wanted));
                let next = found.len() + current.count;
                let works_ahead = device.works_ahead() && pace.is_quick;
                let more = if works_ahead { pace.batch } else { 0 };
                let decided = passes.decided(&found, next + more);
                let is_ahead = works_ahead && decided > next;
                // Asked for first: a GPU does in order what it is told, and would do the next batch before it answers.
                let logits = device.read(current.logits);
                let ahead = async {
                    is_ahead.then(|| {
                        let wanted = self.batch(pace.batch.min(decided - next));
                        self.start(passes, next, wanted)
                    })
                };
                let (logits, ahead) = join(logits, ahead).await;
                Ok((logits?, ahead))
            };
            let logits = match device.within_memory(work).await {
                Err(Error::Memory(_)) if pace.halve(wanted) => continue,
                done => {
                    let (logits, next) = done?;
                    ahead = next;
                    logits
                }
            };
            let classes = logits.len() / wanted;
            let rows = logits.chunks_exact(classes);
            found.extend(rows.map(|row| passes.measure(self.query.objective, row)));
            self.passes.set(self.passes.get() + wanted);
            let left = pace.after(wanted, started.elapsed(), total - found.len());
            let partial = pace.wants_partial().then(|| partial(&found));
            self.report(Progress {
                done: found.len(),
                total,
                seconds_left: Some(left),
                partial,
            })
            .await?;
        }
        Ok(found)
    }

    /// How many passes go into a batch.
    fn pace(&self, passes: Pass<'_>) -> Pace {
        if let Pass::Ablated(_) = passes {
            let known = &self.view.features[self.layer().index()];
            let variants = || self.model.net.variants(known, self.layer());
            if let Some(variants) = self.variants.get_or_init(variants) {
                let [least, most] = variants.batches();
                return Pace::of_at_least(least, most);
            }
        }
        let (device, bytes) = (&self.model.device, self.largest_activation(passes));
        Pace::new(match passes {
            Pass::Ablated(_) => device.max_batch_of_tails(bytes),
            _ => device.max_batch(bytes),
        })
    }

    /// How many of the `most` passes that could come next are a batch. A GPU keeps a record of a pass for each size of batch,
    /// and burn's operations memory for each size of tensor, so there it is a power of two: 3.4 GB were seen with batches of
    /// any size.
    fn batch(&self, most: usize) -> usize {
        match self.model.device.works_ahead() {
            true => most.checked_ilog2().map_or(0, |power| 1 << power),
            false => most,
        }
    }

    /// Hands `count` of the passes to the device, from `at` on.
    fn start(&self, passes: Pass<'_>, at: usize, count: usize) -> Batch {
        Batch {
            logits: self.run(passes, at..at + count),
            count,
        }
    }

    /// Logits of one batch of the passes.
    fn run(&self, passes: Pass<'_>, batch: Range<usize>) -> Tensor<2> {
        let (net, layer) = (&self.model.net, self.layer());
        let features = &self.view.features[layer.index()];
        match passes {
            Pass::Ablated(channels) => self.ablated(&channels[batch]),
            Pass::Filled(jobs) => net.head_with(features, &jobs[batch], layer),
            Pass::Masked(list) => {
                let channels = list.borrow().channels(batch);
                mask::logits_through_channels(net, self.view, layer, &channels)
            }
            Pass::Blended(masks) => net.forward(mask::over_blur(self.view, &masks[batch])),
            Pass::Lit(places) => net.head(mask::at_places(self.view, layer, &places[batch]), layer),
        }
    }

    /// Bytes of the largest tensor that one picture of a pass needs.
    fn largest_activation(&self, pass: Pass<'_>) -> u64 {
        let [height, width] = self.view.size();
        let values = match pass {
            Pass::Masked(_) | Pass::Blended(_) => {
                return picture_bytes(self.model, [height, width]);
            }
            Pass::Ablated(_) | Pass::Filled(_) | Pass::Lit(_) => Layer::ALL[self.layer().index()..]
                .iter()
                .map(|&layer| {
                    let area = ResNet::resolution(layer, height) * ResNet::resolution(layer, width);
                    self.model.net.channels(layer) * area
                })
                .max()
                .unwrap_or(0),
        };
        4 * values as u64
    }

    async fn report(&self, progress: Progress) -> Result<()> {
        if (self.observer)(progress).await {
            Ok(())
        } else {
            Err(Error::Cancelled)
        }
    }

    /// Logits with one channel set to zero in each picture of the batch.
    fn ablated(&self, channels: &[usize]) -> Tensor<2> {
        if let Some(variants) = self.variants.get().and_then(Option::as_ref) {
            return self.differing(variants.without(channels));
        }
        let features = &self.view.features[self.layer().index()];
        self.model
            .net
            .head_without(features, channels, self.layer())
    }

    /// Logits of pictures whose means at layer4 differ from the known ones by `means`, `[n, features]`.
    fn differing(&self, means: Vec<f32>) -> Tensor<2> {
        let (net, device) = (&self.model.net, &self.model.device.burn);
        let features = net.channels(Layer::Layer4);
        let n = means.len() / features;
        let means = Tensor::<2>::from_data(TensorData::new(means, [n, features]), device);
        let known = TensorData::new(self.view.logits.clone(), [1, self.view.logits.len()]);
        means.matmul(net.fc_weight.clone().transpose()) + Tensor::from_data(known, device)
    }
}
