//! The CAM methods' only way into the network: activations, gradients, and scores of changed activations or
//! masked inputs. The only file that knows autodiff and batched passes.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;

use burn::tensor::{Device, Int, Tensor, TensorData, s};
use futures_util::future::LocalBoxFuture;
use web_time::{Duration, Instant};

use super::planes::Planes;
use crate::error::{Error, Result};
use crate::heatmap::Heatmap;
use crate::model::Layer;
use crate::model::loader::Model;
use crate::model::resnet::ResNet;

/// What the network made of one picture: kept, so that a second method, class or layer starts from it.
#[derive(Debug)]
pub struct View {
    /// Normalised input, `[1, 3, height, width]`.
    pub input: Tensor<4>,
    /// Activations of every layer, each `[1, channels, h, w]`, on the device.
    features: [Tensor<4>; 5],
    /// The same on the host, read when first asked for.
    planes: [OnceCell<Rc<Planes>>; 5],
    /// `[classes]`
    pub logits: Vec<f32>,
}

impl View {
    /// Runs the network once over `values`, `[3, height, width]` row-major.
    ///
    /// # Errors
    /// [`Error::Device`] where the device fails.
    pub async fn new(model: &Model, values: Vec<f32>, [height, width]: [usize; 2]) -> Result<Self> {
        let data = TensorData::new(values, [1, 3, height, width]);
        let input = Tensor::<4>::from_data(data, &model.device.burn);
        let features = model.net.all_features(input.clone());
        let logits = read(
            model
                .net
                .head(features[Layer::Layer4.index()].clone(), Layer::Layer4),
        )
        .await?;
        Ok(Self {
            input,
            features,
            planes: Default::default(),
            logits,
        })
    }

    /// Height and width of the input.
    pub fn size(&self) -> [usize; 2] {
        let [_, _, height, width] = self.input.dims();
        [height, width]
    }

    /// Activations of `layer` on the host.
    ///
    /// # Errors
    /// [`Error::Device`] where the device fails.
    pub async fn planes(&self, layer: Layer) -> Result<Rc<Planes>> {
        let cell = &self.planes[layer.index()];
        if let Some(planes) = cell.get() {
            return Ok(planes.clone());
        }
        let planes = Rc::new(read_planes(self.features[layer.index()].clone()).await?);
        Ok(cell.get_or_init(|| planes).clone())
    }
}

/// Logits of a batch of normalised inputs, `[n, 3, height, width]` row-major: `[n, classes]`.
///
/// # Errors
/// [`Error::Device`] where the device fails.
pub async fn forward(
    model: &Model,
    values: Vec<f32>,
    [n, height, width]: [usize; 3],
) -> Result<Vec<f32>> {
    let data = TensorData::new(values, [n, 3, height, width]);
    read(
        model
            .net
            .forward(Tensor::from_data(data, &model.device.burn)),
    )
    .await
}

/// Bytes of the largest tensor that one picture of a whole pass needs: the stem's convolution, before pooling.
pub(crate) fn picture_bytes(model: &Model, [height, width]: [usize; 2]) -> u64 {
    4 * (model.net.channels(Layer::Stem) * height.div_ceil(2) * width.div_ceil(2)) as u64
}

/// How far a long computation is.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Passes done and to be done.
    pub done: usize,
    pub total: usize,
    /// Estimate, in seconds; none before the first batch.
    pub seconds_left: Option<f64>,
    /// The raw map as it stands.
    pub partial: Option<Heatmap>,
}

/// Called between batches; answers whether to go on.
pub type Observer<'a> = dyn Fn(Progress) -> LocalBoxFuture<'a, bool> + 'a;

/// Which channels a method that works channel by channel evaluates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Channels {
    /// All of them: the exact map.
    #[default]
    All,
    /// This many, those with the most activation energy first.
    Budget(usize),
    /// Exactly these.
    Only(Vec<usize>),
}

impl Channels {
    /// The channels to evaluate, by falling activation energy so that partial maps are good early.
    pub fn select(&self, activations: &Planes) -> Vec<usize> {
        let mut order = activations.by_energy();
        match self {
            Self::All => {}
            Self::Budget(count) => order.truncate(*count),
            Self::Only(channels) => order.retain(|channel| channels.contains(channel)),
        }
        order
    }
}

/// What one pass changes about the network or its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// The channel's activations are set to zero at the target layer; only the layers behind it run.
    Ablated,
    /// The input is multiplied by the channel's upsampled, min–max scaled activations.
    Masked,
}

/// A method's view into the network for one picture, layer and class.
pub struct Probe<'a> {
    model: &'a Model,
    view: &'a View,
    layer: Layer,
    target: usize,
    channels: &'a Channels,
    observer: &'a Observer<'a>,
    passes: Cell<usize>,
}

impl<'a> Probe<'a> {
    /// A probe; `target` must be one of the model's classes.
    pub fn new(
        model: &'a Model,
        view: &'a View,
        (layer, target): (Layer, usize),
        channels: &'a Channels,
        observer: &'a Observer<'a>,
    ) -> Self {
        Self {
            model,
            view,
            layer,
            target,
            channels,
            observer,
            passes: Cell::new(0),
        }
    }

    /// The target layer.
    pub fn layer(&self) -> Layer {
        self.layer
    }

    /// Which channels to evaluate.
    pub fn channels(&self) -> &Channels {
        self.channels
    }

    /// Passes through the network (or its part behind the target layer) so far, not counting the
    /// classification.
    pub fn passes(&self) -> usize {
        self.passes.get()
    }

    /// The target class's logit of the unchanged picture.
    pub fn target_score(&self) -> f32 {
        self.view.logits[self.target]
    }

    /// Activations of the target layer.
    ///
    /// # Errors
    /// [`Error::Device`] where the device fails.
    pub async fn activations(&self) -> Result<Rc<Planes>> {
        self.view.planes(self.layer).await
    }

    /// The classifier's weights for the target class, one per channel of layer4. Behind layer4 there is only
    /// average pooling and this linear layer, so `∂logit/∂A_k = class_weights[k] / (h·w)` everywhere.
    pub fn class_weights(&self) -> &[f32] {
        self.model.class_weights(self.target)
    }

    /// Gradient of the target logit with respect to the activations of the target layer: one pass forward and
    /// backward through the layers behind it, or at layer4 its closed form.
    ///
    /// # Errors
    /// [`Error::Device`] where the device fails.
    pub async fn gradients(&self) -> Result<Planes> {
        if self.layer == Layer::Layer4 {
            let [_, channels, height, width] = self.view.features[self.layer.index()].dims();
            let area = height * width;
            let slopes = self
                .class_weights()
                .iter()
                .map(|weight| weight / area as f32);
            let values = slopes
                .flat_map(|slope| std::iter::repeat_n(slope, area))
                .collect();
            return Ok(Planes::new([channels, height, width], values));
        }
        let activations = self.view.features[self.layer.index()]
            .clone()
            .autodiff()
            .require_grad();
        let logits = self.model.net.head(activations.clone(), self.layer);
        let score = logits.slice(s![0..1, self.target..self.target + 1]);
        let mut gradients = score.backward();
        self.passes.set(self.passes.get() + 1);
        let gradient = activations
            .grad_remove(&mut gradients)
            .ok_or_else(|| Error::Device("The device returned no gradient.".into()))?;
        read_planes(gradient).await
    }

    /// Runs one pass for each of `jobs` (channels of the target layer), in batches, and returns the target
    /// logit of each. Between batches it reports progress with the map that `partial` makes of the scores so
    /// far, and stops if asked to.
    ///
    /// # Errors
    /// [`Error::Cancelled`], or [`Error::Device`] where the device fails.
    pub async fn sweep(
        &self,
        jobs: &[usize],
        pass: Pass,
        partial: impl Fn(&[f32]) -> Heatmap,
    ) -> Result<Vec<f32>> {
        let activations = self.activations().await?;
        let mut pace = Pace::new(self.model.device.max_batch(self.largest_activation(pass)));
        let mut scores = Vec::with_capacity(jobs.len());
        self.report(Progress {
            done: 0,
            total: jobs.len(),
            seconds_left: None,
            partial: None,
        })
        .await?;
        while scores.len() < jobs.len() {
            let batch = &jobs[scores.len()..];
            let batch = &batch[..batch.len().min(pace.batch)];
            let started = Instant::now();
            let logits = match pass {
                Pass::Ablated => self.ablated(batch),
                Pass::Masked => self.masked(batch, &activations),
            };
            let column = logits.slice(s![.., self.target..self.target + 1]);
            scores.extend(read(column).await?);
            self.passes.set(self.passes.get() + batch.len());
            let left = pace.after(batch.len(), started.elapsed(), jobs.len() - scores.len());
            let partial = pace.wants_partial().then(|| partial(&scores));
            self.report(Progress {
                done: scores.len(),
                total: jobs.len(),
                seconds_left: Some(left),
                partial,
            })
            .await?;
        }
        Ok(scores)
    }

    /// Bytes of the largest tensor that one picture of a pass needs.
    fn largest_activation(&self, pass: Pass) -> u64 {
        let [height, width] = self.view.size();
        let values = match pass {
            Pass::Masked => return picture_bytes(self.model, [height, width]),
            Pass::Ablated => Layer::ALL[self.layer.index()..]
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
        let features = &self.view.features[self.layer.index()];
        let [_, count, ..] = features.dims();
        let mut keep = vec![1.0_f32; channels.len() * count];
        for (row, &channel) in channels.iter().enumerate() {
            keep[row * count + channel] = 0.0;
        }
        let keep = Tensor::<4>::from_data(
            TensorData::new(keep, [channels.len(), count, 1, 1]),
            &self.model.device.burn,
        );
        self.model.net.head(features.clone() * keep, self.layer)
    }

    /// Logits of the input masked by each channel's activations.
    fn masked(&self, channels: &[usize], activations: &Planes) -> Tensor<2> {
        let (n, [height, width]) = (channels.len(), self.view.size());
        let device = &self.model.device.burn;
        let indices: Vec<i32> = channels.iter().map(|&channel| channel as i32).collect();
        let indices = Tensor::<1, Int>::from_data(TensorData::new(indices, [n]), device);
        let small = self.view.features[self.layer.index()]
            .clone()
            .select(1, indices)
            .reshape([n, activations.height, activations.width]);
        let rows = upsampler(activations.height, height, device);
        let columns = upsampler(activations.width, width, device);
        let large = rows
            .unsqueeze::<3>()
            .matmul(small)
            .matmul(columns.transpose().unsqueeze());
        let large = large.reshape([n, height * width]);
        let min = large.clone().min_dim(1);
        let max = large.clone().max_dim(1);
        let mask = (large - min.clone()) / (max - min + MASK_EPSILON);
        let input = self.view.input.clone() * mask.reshape([n, 1, height, width]);
        self.model.net.forward(input)
    }
}

/// Keeps a constant channel's mask finite; the reference's constant (`pytorch_grad_cam/score_cam.py`).
const MASK_EPSILON: f32 = 1e-8;

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

/// Chooses batch sizes: small at first, doubled while batches are quick, so that Cancel never waits long on a
/// slow device and a fast one is kept busy.
pub(crate) struct Pace {
    /// How many pictures to run next.
    pub(crate) batch: usize,
    max_batch: usize,
    /// Seconds per pass, smoothed.
    rate: Option<f64>,
    last_partial: Option<Instant>,
}

/// A batch should take less than this.
const BATCH_SECONDS: f64 = 0.5;
/// Partial maps come at most this often.
const PARTIAL_INTERVAL: Duration = Duration::from_millis(150);

impl Pace {
    pub(crate) fn new(max_batch: usize) -> Self {
        Self {
            batch: 1,
            max_batch,
            rate: None,
            last_partial: None,
        }
    }

    /// Takes note of a batch; returns the seconds that `left` further passes will take.
    pub(crate) fn after(&mut self, passes: usize, took: Duration, left: usize) -> f64 {
        let seconds = took.as_secs_f64();
        let rate = seconds / passes as f64;
        // The first batch compiles kernels: it says little, so what follows outweighs it.
        let rate = self.rate.map_or(rate, |old| 0.3 * old + 0.7 * rate);
        self.rate = Some(rate);
        if seconds > BATCH_SECONDS {
            self.batch = (self.batch / 2).max(1);
        } else if seconds < BATCH_SECONDS / 2.0 {
            self.batch = (self.batch * 2).min(self.max_batch);
        }
        rate * left as f64
    }

    fn wants_partial(&mut self) -> bool {
        let due = self
            .last_partial
            .is_none_or(|last| last.elapsed() >= PARTIAL_INTERVAL);
        if due {
            self.last_partial = Some(Instant::now());
        }
        due
    }
}

/// Reads a tensor back, row-major.
async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    let data = tensor.into_data_async().await.map_err(|error| {
        Error::Device(format!(
            "The device failed while computing ({error:?}). Reload the page or use the CPU."
        ))
    })?;
    data.try_into_vec::<f32>()
        .map_err(|error| Error::Device(format!("The device returned no f32 numbers ({error:?}).")))
}

/// Reads `[1, channels, h, w]` back.
async fn read_planes(tensor: Tensor<4>) -> Result<Planes> {
    let [_, channels, height, width] = tensor.dims();
    Ok(Planes::new([channels, height, width], read(tensor).await?))
}
