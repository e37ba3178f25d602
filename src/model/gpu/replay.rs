//! Whole networks on the GPU: a pass takes turns in a few buffers that all sizes of batch share, and is handed over launch
//! by launch the first time only. From then on the device's record of it is played again.
//!
//! In a browser each launch costs objects and calls across two processes, more than many a convolution takes to compute:
//! a record (cubecl's graph) keeps what a launch is made of. It holds buffers, not tensors, which is why they are planned
//! here: three are enough for a residual network.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use burn::tensor::{DType, Shape, Tensor};
use burn_wgpu::{CubeTensor, Wgpu, into_contiguous};
use cubecl::client::{Client, Graph};
use cubecl::server::{Handle, ServerError};

use super::wgsl::VECTOR;
use super::{
    Buffers, Element, GpuConv, Kernel, Plan, Told, as_type, channels_last, launch, launch_each,
    primitive,
};
use crate::device::ComputeDevice;
use crate::model::resnet::{Conv, ResNet};

/// Buffers in which passes take turns. The networks of a device share them.
#[derive(Debug, Default)]
pub struct Scratch(RefCell<Option<Rc<Slots>>>);

/// Buffers of the device and how many bytes each has.
#[derive(Debug)]
struct Slots {
    buffers: Vec<Handle>,
    bytes: Vec<usize>,
}

impl Scratch {
    /// Buffers of `needs` bytes or more.
    fn hold(&self, client: &Client, needs: &[usize]) -> Rc<Slots> {
        let mut known = self.0.borrow_mut();
        let bytes = match known.as_ref() {
            Some(slots) if slots.fit(needs) => return slots.clone(),
            Some(slots) => slots.joined(needs),
            None => needs.to_vec(),
        };
        // The device would keep what is too small now.
        if known.take().is_some() {
            // Where it cannot, they are used for something else.
            let _ = client.memory_cleanup();
        }
        let buffers = bytes.iter().map(|&bytes| client.empty(bytes)).collect();
        known.insert(Rc::new(Slots { buffers, bytes })).clone()
    }

    /// Leaves the buffers to the device: where memory ran out, some of them may be none.
    pub fn forget(&self) {
        self.0.take();
    }
}

impl Slots {
    fn fit(&self, needs: &[usize]) -> bool {
        needs.len() <= self.bytes.len()
            && needs.iter().zip(&self.bytes).all(|(need, has)| need <= has)
    }

    /// Bytes of buffers that are enough for both.
    fn joined(&self, needs: &[usize]) -> Vec<usize> {
        let at = |bytes: &[usize], slot: usize| bytes.get(slot).copied().unwrap_or(0);
        (0..needs.len().max(self.bytes.len()))
            .map(|slot| at(needs, slot).max(at(&self.bytes, slot)))
            .collect()
    }
}

/// Runs a network's passes on the GPU. A clone, which may get other weights, starts without records.
#[derive(Debug)]
pub struct Runner {
    scratch: Rc<Scratch>,
    element: Element,
    told: Told,
    records: RefCell<Records>,
}

impl Clone for Runner {
    fn clone(&self) -> Self {
        Self {
            scratch: self.scratch.clone(),
            element: self.element,
            told: Told::default(),
            records: RefCell::default(),
        }
    }
}

/// What is known of passes by the size of their input, `[n, height, width]`, all in the same buffers.
#[derive(Debug, Default)]
struct Records {
    slots: Option<Rc<Slots>>,
    of_size: HashMap<[usize; 3], Record>,
}

#[derive(Debug)]
enum Record {
    /// Such a pass ran once: its kernels are compiled and have been told their sizes.
    Seen,
    Made(Graph),
    /// The device makes none, or failed to play it: such passes are handed over anew each time.
    Refused,
}

/// So many sizes are kept.
const MOST_RECORDS: usize = 8;

impl Runner {
    /// None on the CPU.
    pub fn new(device: &ComputeDevice) -> Option<Self> {
        device.style.map(|style| Self {
            scratch: device.scratch.clone(),
            element: style.element,
            told: Told::default(),
            records: RefCell::default(),
        })
    }

    /// Logits `[n, classes]` of `x`, `[n, 3, h, w]`; none where a convolution of the network is burn's.
    pub fn forward(&self, net: &ResNet, x: &Tensor<4>) -> Option<Tensor<2>> {
        let [n, _, height, width] = x.dims();
        let size = [n, height, width];
        let pass = Pass::new(net, size, self.element)?;
        let x = primitive(as_type(x.clone(), Element::F32));
        let slots = self.scratch.hold(&x.client, &pass.needs);
        pass.stem.pack_picture(&x, &slots.buffers[PICTURE]);
        self.play(&x.client, &pass, &slots, size);
        let [_, height, width, features] = pass.size;
        let last = &slots.buffers[pass.last];
        let size = [n, height * width, features];
        Some(self.logits(net, &x, last, size))
    }

    /// The classifier: `last` `[n, features, h, w]` → logits `[n, classes]`; none where features do not come in fours.
    pub fn classify(&self, net: &ResNet, last: &Tensor<4>) -> Option<Tensor<2>> {
        let [n, features, height, width] = last.dims();
        if !features.is_multiple_of(VECTOR) {
            return None;
        }
        let last = last.clone();
        let last = channels_last(as_type(last, self.element));
        let size = [n, height * width, features];
        Some(self.logits(net, &last, &last.handle, size))
    }

    /// Hands the pass over, or its record.
    fn play(&self, client: &Client, pass: &Pass<'_>, slots: &Rc<Slots>, size: [usize; 3]) {
        let mut records = self.records.borrow_mut();
        let is_same = |known: &Rc<Slots>| Rc::ptr_eq(known, slots);
        if !records.slots.as_ref().is_some_and(is_same) || records.of_size.len() > MOST_RECORDS {
            records.of_size.clear();
            records.slots = Some(slots.clone());
        }
        if let Some(Record::Seen) = records.of_size.get(&size) {
            let record = pass.record(client, slots);
            records
                .of_size
                .insert(size, record.map_or(Record::Refused, Record::Made));
        }
        match records.of_size.get(&size) {
            // SAFETY: `records` holds the buffers that the record reads and writes, and the convolutions hold theirs; all
            // work goes to one stream of the device, in order.
            Some(Record::Made(graph)) => match unsafe { graph.replay() } {
                Ok(()) => return,
                Err(_) => {
                    records.of_size.insert(size, Record::Refused);
                }
            },
            Some(_) => {}
            None => {
                records.of_size.insert(size, Record::Seen);
            }
        }
        pass.launch(client, slots);
    }

    /// Average pooling and the linear classifier: `last` `[n, places, features]`.
    fn logits(
        &self,
        net: &ResNet,
        on: &CubeTensor,
        last: &Handle,
        [n, places, features]: [usize; 3],
    ) -> Tensor<2> {
        let client = &on.client;
        let [classes, _] = net.fc_weight.dims();
        let weights = into_contiguous(primitive(net.fc_weight.clone()));
        let bias = primitive(net.fc_bias.clone());
        let channels = features / VECTOR;
        let vectors = n * channels;
        let pooled = client.empty(vectors * VECTOR * Element::F32.bytes());
        let sizes = self.told.numbers(client, &[places, channels, vectors]);
        let kernel = Kernel::Average(self.element);
        launch_each(client, kernel, vectors, &[last, &sizes], &pooled);
        let y = client.empty(n * classes * Element::F32.bytes());
        let sizes = self.told.numbers(client, &[channels, classes]);
        let read = [&pooled, &weights.handle, &sizes, &bias.handle];
        let workgroup = [super::WORKGROUP, 1];
        launch(
            client,
            Kernel::Linear,
            workgroup,
            [classes, n, 1],
            &read,
            &y,
        );
        let (client, device) = (client.clone(), on.device.clone());
        let shape = Shape::new([n, classes]);
        let logits = CubeTensor::new_contiguous(client, device, shape, y, DType::F32);
        Tensor::from_primitive::<Wgpu>(logits)
    }
}

/// Of the buffers: the packed picture, the sums of a convolution's parts, then features.
const PICTURE: usize = 0;
const PARTS: usize = 1;

/// A pass, launch by launch.
struct Pass<'a> {
    stem: &'a GpuConv,
    steps: Vec<Step<'a>>,
    /// Bytes of each buffer.
    needs: Vec<usize>,
    free: Vec<usize>,
    /// Where the last features end up, and their size `[n, height, width, channels]`.
    last: usize,
    size: [usize; 4],
    element: Element,
}

/// One convolution, or the pooling behind the stem, between numbered buffers.
enum Step<'a> {
    Convolution {
        conv: &'a GpuConv,
        plan: Plan,
        rectify: bool,
        x: usize,
        shortcut: Option<usize>,
        y: usize,
    },
    MaxPool {
        sizes: [usize; 6],
        told: &'a Told,
        x: usize,
        y: usize,
    },
}

impl<'a> Pass<'a> {
    /// For an input of `[n, height, width]`; none where a convolution is burn's.
    fn new(net: &'a ResNet, [n, height, width]: [usize; 3], element: Element) -> Option<Self> {
        let stem = net.stem.fused()?;
        let mut pass = Self {
            stem,
            steps: Vec::new(),
            needs: vec![n * height * width * VECTOR * element.bytes(), MINIMUM],
            free: Vec::new(),
            last: PICTURE,
            size: [n, height, width, VECTOR],
            element,
        };
        pass.convolve(&net.stem, None, true)?;
        pass.max_pool(stem);
        for block in net.stages.iter().flatten() {
            let (input, size) = (pass.last, pass.size);
            let (last, first) = block.convs.split_last()?;
            for (index, conv) in first.iter().enumerate() {
                let x = pass.last;
                pass.convolve(conv, None, true)?;
                if index > 0 {
                    pass.free.push(x);
                }
            }
            let (inner, inner_size) = (pass.last, pass.size);
            let shortcut = match &block.downsample {
                None => input,
                Some(conv) => {
                    (pass.last, pass.size) = (input, size);
                    pass.convolve(conv, None, false)?;
                    pass.free.push(input);
                    pass.last
                }
            };
            (pass.last, pass.size) = (inner, inner_size);
            pass.convolve(last, Some(shortcut), true)?;
            pass.free.extend([inner, shortcut]);
        }
        Some(pass)
    }

    /// A convolution of the last features.
    fn convolve(&mut self, conv: &'a Conv, shortcut: Option<usize>, rectify: bool) -> Option<()> {
        let conv = conv.fused()?;
        let [n, height, width, _] = self.size;
        let plan = Plan::new(conv, [n, height, width]);
        self.needs[PARTS] = self.needs[PARTS].max(plan.part_bytes());
        let y = self.take(plan.bytes(self.element));
        self.steps.push(Step::Convolution {
            conv,
            plan,
            rectify,
            x: self.last,
            shortcut,
            y,
        });
        (self.last, self.size) = (y, plan.size);
        Some(())
    }

    /// The pooling behind the stem.
    fn max_pool(&mut self, stem: &'a GpuConv) {
        let [n, height, width, channels] = self.size;
        let size = [n, height.div_ceil(2), width.div_ceil(2), channels];
        let vectors = size.iter().product::<usize>() / VECTOR;
        let y = self.take(vectors * VECTOR * self.element.bytes());
        let channels = channels / VECTOR;
        self.steps.push(Step::MaxPool {
            sizes: [height, width, channels, size[1], size[2], vectors],
            told: &stem.told,
            x: self.last,
            y,
        });
        self.free.push(self.last);
        (self.last, self.size) = (y, size);
    }

    /// A buffer that is free: the largest, so that few grow.
    fn take(&mut self, bytes: usize) -> usize {
        let largest = (0..self.free.len()).max_by_key(|&at| self.needs[self.free[at]]);
        let slot = match largest {
            Some(at) => self.free.swap_remove(at),
            None => {
                self.needs.push(0);
                self.needs.len() - 1
            }
        };
        self.needs[slot] = self.needs[slot].max(bytes);
        slot
    }

    fn launch(&self, client: &Client, slots: &Slots) {
        let at = |slot: usize| &slots.buffers[slot];
        for step in &self.steps {
            match *step {
                Step::Convolution {
                    conv,
                    ref plan,
                    rectify,
                    x,
                    shortcut,
                    y,
                } => {
                    let buffers = Buffers {
                        x: at(x),
                        shortcut: shortcut.map(at),
                        parts: Some(at(PARTS)),
                        y: at(y),
                    };
                    conv.launch(client, plan, rectify, buffers);
                }
                Step::MaxPool { sizes, told, x, y } => {
                    let vectors = sizes[5];
                    let sizes = told.numbers(client, &sizes);
                    let kernel = Kernel::MaxPool(self.element);
                    launch_each(client, kernel, vectors, &[at(x), &sizes], at(y));
                }
            }
        }
    }

    /// Has the device record the launches instead of running them.
    fn record(&self, client: &Client, slots: &Slots) -> Result<Graph, ServerError> {
        client.graph_prepare()?;
        if let Err(error) = client.start_capture() {
            // Ends the preparation; that nothing was captured is known.
            let _ = client.stop_capture();
            return Err(error);
        }
        self.launch(client, slots);
        client.stop_capture()
    }
}

/// Bytes of a buffer that may not be needed: there are none of no size.
const MINIMUM: usize = 16;
