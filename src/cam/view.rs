//! What the network made of one picture. Kept, so that a second method, class or layer starts from it: one forward
//! pass a picture, one backward pass a layer and target.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use burn::tensor::{Tensor, TensorData};
use futures_util::future::{join, try_join};

use super::planes::Planes;
use super::target::Objective;
use crate::device::ComputeDevice;
use crate::error::Result;
use crate::model::Layer;
use crate::model::loader::Model;

/// A picture as the network sees it.
///
/// ```
/// use camscope::cam::view::View;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let view = pollster::block_on(View::new(&model, vec![0.5; 3 * 64 * 48], [64, 48]))?;
/// assert_eq!(view.input.dims(), [1, 3, 64, 48]);
/// assert_eq!(view.logits.len(), model.classes());
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug)]
pub struct View {
    /// Normalised input, `[1, 3, height, width]`.
    pub input: Tensor<4>,
    /// Activations of every layer, each `[1, channels, h, w]`, on the device.
    pub(super) features: [Tensor<4>; 5],
    /// The same on the host, read when first asked for.
    planes: [OnceCell<Rc<Planes>>; 5],
    /// Gradients on the host, the oldest first.
    gradients: RefCell<Vec<Gradient>>,
    /// The view's variants for smoothing, made when first asked for.
    augmented: RefCell<Vec<(Augmentation, Rc<View>)>>,
    /// `[classes]`
    pub logits: Vec<f32>,
}

#[derive(Debug)]
struct Gradient {
    layer: Layer,
    objective: Objective,
    planes: Rc<Planes>,
}

/// Most gradient values that a view keeps: 48 MB. Those of ResNet50's five layers take 7 MB a target.
const KEPT_GRADIENTS: usize = 12_000_000;

/// A change of the input that should not change where a class is seen.
///
/// ```
/// use camscope::cam::view::Augmentation;
///
/// let bright = Augmentation { mirrored: false, factor: 1.1 };
/// assert!(Augmentation::ALL.contains(&bright));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Augmentation {
    /// Mirrored left to right.
    pub mirrored: bool,
    /// The normalised input is multiplied by this.
    pub factor: f32,
}

impl Augmentation {
    /// The reference's six (pytorch-grad-cam, `BaseCAM.tta_transforms`), [`Augmentation::NONE`] first.
    ///
    /// ```
    /// use camscope::cam::view::Augmentation;
    ///
    /// assert_eq!(Augmentation::ALL[0], Augmentation::NONE);
    /// assert_eq!(Augmentation::ALL.iter().filter(|augmentation| augmentation.mirrored).count(), 3);
    /// ```
    pub const ALL: [Self; 6] = [
        Self::NONE,
        Self::new(false, 0.9),
        Self::new(false, 1.1),
        Self::new(true, 0.9),
        Self::new(true, 1.0),
        Self::new(true, 1.1),
    ];

    /// The input as it is.
    ///
    /// ```
    /// use camscope::cam::view::Augmentation;
    ///
    /// assert_eq!(Augmentation::NONE, Augmentation { mirrored: false, factor: 1.0 });
    /// ```
    pub const NONE: Self = Self::new(false, 1.0);

    const fn new(mirrored: bool, factor: f32) -> Self {
        Self { mirrored, factor }
    }
}

impl View {
    /// Runs the network once over `values`, `[3, height, width]` row-major.
    ///
    /// ```
    /// use camscope::cam::view::View;
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// // Any size will do: the network is fully convolutional.
    /// let view = pollster::block_on(View::new(&model, vec![0.0; 3 * 32 * 80], [32, 80]))?;
    /// assert!(view.logits.iter().all(|logit| logit.is_finite()));
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] where the device fails.
    pub async fn new(model: &Model, values: Vec<f32>, [height, width]: [usize; 2]) -> Result<Self> {
        let data = TensorData::new(values, [1, 3, height, width]);
        Self::of(model, Tensor::from_data(data, &model.device.burn)).await
    }

    async fn of(model: &Model, input: Tensor<4>) -> Result<Self> {
        let (features, logits) = model.net.watch(input.clone());
        let device = &model.device;
        let planes = <[OnceCell<_>; 5]>::default();
        let logits = if device.works_ahead() {
            // Most maps start from there: a question of its own to the GPU would take nearly as long as a forward.
            let last = Layer::Layer4.index();
            let activations = read_planes(device, features[last].clone());
            let (logits, activations) = try_join(device.read(logits), activations).await?;
            planes[last].get_or_init(|| Rc::new(activations));
            logits
        } else {
            device.read(logits).await?
        };
        Ok(Self {
            input,
            features,
            planes,
            gradients: RefCell::default(),
            augmented: RefCell::default(),
            logits,
        })
    }

    /// Height and width of the input.
    pub(crate) fn size(&self) -> [usize; 2] {
        let [_, _, height, width] = self.input.dims();
        [height, width]
    }

    /// Activations of `layer` on the host, read from the `device` of the view.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] where the device fails.
    pub(crate) async fn planes(&self, device: &ComputeDevice, layer: Layer) -> Result<Rc<Planes>> {
        let cell = &self.planes[layer.index()];
        if let Some(planes) = cell.get() {
            return Ok(planes.clone());
        }
        let features = self.features[layer.index()].clone();
        let planes = Rc::new(read_planes(device, features).await?);
        Ok(cell.get_or_init(|| planes).clone())
    }

    /// The view of the changed input: one pass, the first time. [`Augmentation::NONE`] is no other view.
    ///
    /// ```
    /// use camscope::cam::view::{Augmentation, View};
    ///
    /// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
    /// let view = pollster::block_on(View::new(&model, vec![0.5; 3 * 64 * 64], [64, 64]))?;
    /// // The mirror image of a uniform input is that input.
    /// let mirrored = Augmentation { mirrored: true, factor: 1.0 };
    /// let other = pollster::block_on(view.augmented(&model, mirrored))?;
    /// assert_eq!(other.logits, view.logits);
    /// # Ok::<(), camscope::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] where the device fails.
    pub async fn augmented(&self, model: &Model, augmentation: Augmentation) -> Result<Rc<Self>> {
        let known = self
            .augmented
            .borrow()
            .iter()
            .find(|(known, _)| *known == augmentation)
            .map(|(_, view)| view.clone());
        if let Some(view) = known {
            return Ok(view);
        }
        let input = if augmentation.mirrored {
            self.input.clone().flip([3])
        } else {
            self.input.clone()
        };
        let view = Rc::new(Self::of(model, input * augmentation.factor).await?);
        self.augmented
            .borrow_mut()
            .push((augmentation, view.clone()));
        Ok(view)
    }

    /// Logits with each of `channels` of `layer` set to zero, by plain passes through the layers behind in batches of
    /// `batch`: `[n, classes]`. A GPU has the next batch before one is read, as for a map.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] where the device fails.
    pub(crate) async fn plain_passes(
        &self,
        model: &Model,
        layer: Layer,
        channels: &[usize],
        batch: usize,
    ) -> Result<Vec<f32>> {
        let features = &self.features[layer.index()];
        let pass = |channels: &[usize]| {
            let jobs: Vec<_> = channels.iter().map(|&channel| (channel, 0.0)).collect();
            model.net.head_with(features, &jobs, layer)
        };
        let mut found = Vec::new();
        let mut batches = channels.chunks(batch).map(pass);
        let mut next = batches.next();
        while let Some(current) = next {
            let read = model.device.read(current);
            let (logits, ahead) = join(read, async { batches.next() }).await;
            found.extend(logits?);
            next = ahead;
        }
        Ok(found)
    }

    /// The gradient of an earlier call, if it is still there.
    pub(super) fn known_gradient(&self, layer: Layer, objective: &Objective) -> Option<Rc<Planes>> {
        self.gradients
            .borrow()
            .iter()
            .find(|known| known.layer == layer && known.objective == *objective)
            .map(|known| known.planes.clone())
    }

    /// Keeps a gradient, in the place of older ones where there are too many.
    pub(super) fn keep_gradient(
        &self,
        layer: Layer,
        objective: &Objective,
        planes: Planes,
    ) -> Rc<Planes> {
        let planes = Rc::new(planes);
        let mut kept = self.gradients.borrow_mut();
        kept.push(Gradient {
            layer,
            objective: objective.clone(),
            planes: planes.clone(),
        });
        let values = |kept: &[Gradient]| -> usize {
            kept.iter().map(|known| known.planes.values.len()).sum()
        };
        // The latest stays, however large: the next method is likely to ask for it.
        while kept.len() > 1 && values(&kept) > KEPT_GRADIENTS {
            kept.remove(0);
        }
        planes
    }
}

/// Logits of a batch of normalised inputs, `[3, height, width]` row-major each: `[n, classes]`.
///
/// # Errors
/// [`crate::error::Error::Device`] where the device fails.
pub(crate) async fn forward(
    model: &Model,
    pictures: impl ExactSizeIterator<Item = Vec<f32>>,
    size: [usize; 2],
) -> Result<Vec<f32>> {
    let logits = model.net.forward_each(pictures, size, &model.device.burn);
    model.device.read(logits).await
}

/// Bytes of the largest tensor that one picture of a whole pass needs: the stem's convolution, before pooling.
pub(crate) fn picture_bytes(model: &Model, [height, width]: [usize; 2]) -> u64 {
    4 * (model.net.channels(Layer::Stem) * height.div_ceil(2) * width.div_ceil(2)) as u64
}

/// Reads `[1, channels, h, w]` back.
pub(super) async fn read_planes(device: &ComputeDevice, tensor: Tensor<4>) -> Result<Planes> {
    let [_, channels, height, width] = tensor.dims();
    Ok(Planes::new(
        [channels, height, width],
        device.read(tensor).await?,
    ))
}
