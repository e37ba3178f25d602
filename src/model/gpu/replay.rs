//! Whole networks on the GPU: a pass takes turns in a few buffers that all sizes of batch share, and is handed over launch
//! by launch the first time only. From then on the device's record of it is played again.
//!
//! In a browser each launch costs objects and calls across two processes, more than many a convolution takes to compute:
//! a record (cubecl's graph) keeps what a launch is made of. It holds buffers, not tensors, which is why they are planned
//! here: three are enough for a residual network's features.
//!
//! A picture that is seen through a mask may be zero in many of its rows. What the network's first steps make of rows in
//! which they see nothing but zeros is what they make of a picture of zeros: that is computed once for each network and
//! size, and copied.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use burn::tensor::{DType, Shape, Tensor};
use burn_wgpu::{CubeTensor, Wgpu, into_contiguous};
use cubecl::client::{Client, Graph};
use cubecl::server::{Handle, ServerError};

use super::wgsl::VECTOR;
use super::{
    Buffers, Element, GpuConv, Kernel, Partly, Plan, Told, WORKGROUP, as_type, channels_last,
    launch, launch_each, primitive, simple, upload,
};
use crate::device::ComputeDevice;
use crate::model::resnet::{Block, Conv, ResNet};

/// Buffers in which passes take turns. The networks of a device share them.
#[derive(Debug, Default)]
pub(crate) struct Scratch(RefCell<Option<Rc<Slots>>>);

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
    pub(crate) fn forget(&self) {
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
pub(crate) struct Runner {
    scratch: Rc<Scratch>,
    element: Element,
    told: Told,
    records: RefCell<Records>,
}

/// What the first steps make of a picture of zeros.
#[derive(Debug)]
struct Blank {
    /// Height and width of the picture.
    size: [usize; 2],
    /// The results, step by step.
    results: Vec<Handle>,
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

/// What is known of passes, all in the same buffers.
#[derive(Debug, Default)]
struct Records {
    slots: Option<Rc<Slots>>,
    known: HashMap<Kind, Record>,
    /// In buffers of its own, given up together with the others: where memory ran out, they may be none as well.
    blank: Option<Rc<Blank>>,
}

/// Where a pass starts, and the size of what it starts from: `[n, height, width]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Kind {
    start: Start,
    size: [usize; 3],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Start {
    /// The packed picture.
    Picture,
    /// The same, of which rows may be zero.
    Masked,
    /// The features before a stage; 0 is layer1.
    Stage(usize),
    /// In a stage's first block: what its first convolution and its projection left.
    Split(usize),
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
const MOST_RECORDS: usize = 16;

impl Runner {
    /// None on the CPU.
    pub(crate) fn new(device: &ComputeDevice) -> Option<Self> {
        device.style.map(|style| Self {
            scratch: device.scratch.clone(),
            element: style.element,
            told: Told::default(),
            records: RefCell::default(),
        })
    }

    /// Logits `[n, classes]` of `x`, `[n, 3, h, w]`; none where a convolution of the network is burn's.
    pub(crate) fn forward(&self, net: &ResNet, x: &Tensor<4>) -> Option<Tensor<2>> {
        let [n, _, height, width] = x.dims();
        let pass = self.pass(net, Start::Picture, [n, height, width])?;
        let x = primitive(as_type(x.clone(), Element::F32));
        Some(self.run(net, &x, &pass, |[picture, ..]| {
            pass.stem.pack_picture(&x, picture);
        }))
    }

    /// As [`Runner::forward`] of `picture`, `[1, 3, height, width]`, times each of some `channels` of `features`, `[1,
    /// channels, h, w]`, upsampled bilinearly with aligned corners and scaled to 0–1 (ScoreCAM); `epsilon` keeps a
    /// constant channel's mask finite.
    pub(crate) fn forward_masked(
        &self,
        net: &ResNet,
        picture: &Tensor<4>,
        features: &Tensor<4>,
        channels: &[usize],
        epsilon: f32,
    ) -> Option<Tensor<2>> {
        let ([_, _, height, width], [_, count, h, w]) = (picture.dims(), features.dims());
        if !count.is_multiple_of(VECTOR) {
            return None;
        }
        let (n, pixels) = (channels.len(), height * width);
        let pass = self.pass(net, Start::Masked, [n, height, width])?;
        let picture = into_contiguous(primitive(picture.clone()));
        let x = channels_last(as_type(features.clone(), Element::F32));
        Some(self.run(net, &picture, &pass, |[masked, _, rows]| {
            let client = &picture.client;
            let channels = upload(client, channels);
            let sizes = [h, w, count / VECTOR, height, width, pixels];
            let sizes = self.told.numbers(client, &sizes);
            let range = client.empty(4 * n * Element::F32.bytes());
            let mut read = vec![&x.handle, &channels, &sizes];
            let workgroup = [super::simple::EXTREMES, 1];
            launch(
                client,
                Kernel::Extremes,
                workgroup,
                [n, 1, 1],
                &read,
                &range,
            );
            read.extend([&range, &picture.handle]);
            let count = [pixels.div_ceil(WORKGROUP), n, 1];
            let kernel = Kernel::Masked(self.element, epsilon.to_bits());
            launch(client, kernel, [WORKGROUP, 1], count, &read, masked);
            let steps = self.told.numbers(client, &pass.reaches.concat());
            let sizes = self.told.numbers(client, &[n, pass.reaches.len()]);
            launch_each(client, Kernel::Rows, n, &[&range, &steps, &sizes], rows);
        }))
    }

    /// What the first steps make of a picture of zeros of `[_, height, width]`, on the device of `on`.
    fn blank(
        &self,
        records: &mut Records,
        net: &ResNet,
        on: &CubeTensor,
        [_, height, width]: [usize; 3],
    ) -> Option<Rc<Blank>> {
        let size = [height, width];
        if let Some(known) = records.blank.as_ref().filter(|one| one.size == size) {
            return Some(known.clone());
        }
        // They play with the last one.
        records.known.clear();
        let pass = self.pass(net, Start::Masked, [1, height, width])?;
        let picture = Tensor::<4>::zeros([1, height, width, VECTOR], &on.device.clone().into());
        let picture = primitive(as_type(picture, self.element));
        let results = pass.launch_apart(&on.client, &picture.handle);
        let blank = Rc::new(Blank { size, results });
        records.blank = Some(blank.clone());
        Some(blank)
    }

    /// As [`Runner::forward`], from the `features` before a stage on, `[n, channels, h, w]`; 0 is layer1.
    pub(crate) fn head(
        &self,
        net: &ResNet,
        features: &Tensor<4>,
        stage: usize,
    ) -> Option<Tensor<2>> {
        let [n, _, height, width] = features.dims();
        let pass = self.pass(net, Start::Stage(stage), [n, height, width])?;
        let x = channels_last(as_type(features.clone(), self.element));
        Some(self.run(net, &x, &pass, |[copied, ..]| {
            let vectors = features.dims().iter().product::<usize>() / VECTOR;
            let sizes = self.told.numbers(&x.client, &[vectors]);
            let kernel = Kernel::Copy(self.element);
            launch_each(&x.client, kernel, vectors, &[&x.handle, &sizes], copied);
        }))
    }

    /// As [`Runner::head`] of `features`, `[1, channels, h, w]`, with one of `channels` set to zero in each picture; none
    /// where the stage does not begin with convolutions of 1×1 for both branches.
    pub(crate) fn head_without(
        &self,
        net: &ResNet,
        features: &Tensor<4>,
        channels: &[usize],
        stage: usize,
    ) -> Option<Tensor<2>> {
        let [_, _, height, width] = features.dims();
        let n = channels.len();
        let pass = self.pass(net, Start::Split(stage), [n, height, width])?;
        let block = net.stages[stage].first()?;
        let [first, projection] = [Some(&block.convs[0]), block.downsample.as_ref()];
        let (first, projection) = (first?.fused()?, projection?.fused()?);
        let x = primitive(features.clone());
        Some(self.run(net, &x, &pass, |[inner, shortcut, _]| {
            let channels = upload(&x.client, channels);
            first.launch_without(features, (&channels, n), true, inner);
            projection.launch_without(features, (&channels, n), false, shortcut);
        }))
    }

    fn pass<'a>(&self, net: &'a ResNet, start: Start, size: [usize; 3]) -> Option<Pass<'a>> {
        Pass::new(net, Kind { start, size }, self.element)
    }

    /// Logits of a pass, on the device of `on`; `fill` writes what it starts from.
    fn run(
        &self,
        net: &ResNet,
        on: &CubeTensor,
        pass: &Pass<'_>,
        fill: impl FnOnce([&Handle; 3]),
    ) -> Tensor<2> {
        let slots = self.scratch.hold(&on.client, &pass.needs);
        let [first, second] = pass.inputs;
        fill([first, second, ROWS].map(|slot| &slots.buffers[slot]));
        self.play(net, on, pass, &slots);
        let [n, height, width, features] = pass.size;
        let last = &slots.buffers[pass.last];
        self.logits(net, on, last, [n, height * width, features])
    }

    /// The classifier: `last` `[n, features, h, w]` → logits `[n, classes]`; none where features do not come in fours.
    pub(crate) fn classify(&self, net: &ResNet, last: &Tensor<4>) -> Option<Tensor<2>> {
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
    fn play(&self, net: &ResNet, on: &CubeTensor, pass: &Pass<'_>, slots: &Rc<Slots>) {
        let (kind, client) = (pass.kind, &on.client);
        let records = &mut *self.records.borrow_mut();
        let is_same = |known: &Rc<Slots>| Rc::ptr_eq(known, slots);
        if !records.slots.as_ref().is_some_and(is_same) {
            *records = Records::default();
            records.slots = Some(slots.clone());
        }
        if records.known.len() > MOST_RECORDS {
            records.known.clear();
        }
        let blank = match kind.start {
            Start::Masked => self.blank(records, net, on, kind.size),
            _ => None,
        };
        let blank = blank.as_deref();
        if let Some(Record::Seen) = records.known.get(&kind) {
            let record = pass.record(client, slots, blank);
            records
                .known
                .insert(kind, record.map_or(Record::Refused, Record::Made));
        }
        match records.known.get(&kind) {
            // SAFETY: `records` holds the buffers that the record reads and writes, and the convolutions hold theirs; all
            // work goes to one stream of the device, in order.
            Some(Record::Made(graph)) => match unsafe { graph.replay() } {
                Ok(()) => return,
                Err(_) => {
                    records.known.insert(kind, Record::Refused);
                }
            },
            Some(_) => {}
            None => {
                records.known.insert(kind, Record::Seen);
            }
        }
        pass.launch(client, slots, blank);
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
        let workgroup = [WORKGROUP, 1];
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

/// Of the buffers: the sums of a convolution's parts, which rows of a masked picture are seen, then features.
const PARTS: usize = 0;
const ROWS: usize = 1;

/// Steps that see rows of a masked picture alone have results of at least so many rows for every 64 of the picture's:
/// behind them nearly every row sees some of it.
const LEAST_DETAIL: usize = 8;

/// A pass, launch by launch.
struct Pass<'a> {
    kind: Kind,
    stem: &'a GpuConv,
    /// Where it starts: the picture, or features, or those of the two branches of a block.
    inputs: [usize; 2],
    steps: Vec<Step<'a>>,
    /// How each of the first steps is reached from rows of a masked picture, as [`simple::rows`] takes it.
    reaches: Vec<[usize; simple::STEP]>,
    /// Which of the rows are those of a buffer: 0 is the picture's.
    seen: HashMap<usize, usize>,
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
        /// Which rows are those that see some of a masked picture, if not all are computed.
        rows: Option<usize>,
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
    /// None where a convolution is burn's, or a stage cannot be split.
    fn new(net: &'a ResNet, kind: Kind, element: Element) -> Option<Self> {
        let [n, height, width] = kind.size;
        let stem = net.stem.fused()?;
        let mut pass = Self {
            kind,
            stem,
            inputs: [PARTS; 2],
            steps: Vec::new(),
            reaches: Vec::new(),
            seen: HashMap::new(),
            needs: vec![MINIMUM; 2],
            free: Vec::new(),
            last: PARTS,
            size: [n, height, width, VECTOR],
            element,
        };
        let (stage, is_split) = match kind.start {
            Start::Picture | Start::Masked => (0, false),
            Start::Stage(stage) => (stage, false),
            Start::Split(stage) => (stage, true),
        };
        let is_picture = matches!(kind.start, Start::Picture | Start::Masked);
        let mut blocks = net.stages[stage..].iter().flatten();
        if is_split {
            pass.split(blocks.next()?)?;
        } else {
            if !is_picture {
                let first = blocks.clone().next()?;
                pass.size[3] = first.convs[0].fused()?.inputs;
            }
            pass.last = pass.take(pass.size.iter().product::<usize>() * element.bytes());
            pass.inputs[0] = pass.last;
        }
        if is_picture {
            let picture = pass.last;
            if kind.start == Start::Masked {
                pass.seen.insert(picture, 0);
            }
            pass.convolve(&net.stem, None, true)?;
            pass.free.push(picture);
            pass.max_pool(stem);
        }
        for block in blocks {
            pass.block(block)?;
        }
        Some(pass)
    }

    /// A whole block.
    fn block(&mut self, block: &'a Block) -> Option<()> {
        let (input, size) = (self.last, self.size);
        self.convolve(&block.convs[0], None, true)?;
        let shortcut = match &block.downsample {
            None => input,
            Some(conv) => {
                let inner = (self.last, self.size);
                (self.last, self.size) = (input, size);
                self.convolve(conv, None, false)?;
                self.free.push(input);
                let shortcut = self.last;
                (self.last, self.size) = inner;
                shortcut
            }
        };
        self.finish(block, shortcut)
    }

    /// A block whose first convolution and projection were computed by others, both of 1×1.
    fn split(&mut self, block: &'a Block) -> Option<()> {
        let [n, height, width] = self.kind.size;
        let mut input = |conv: &Conv| {
            let conv = conv.fused().filter(|conv| conv.side == 1)?;
            let plan = Plan::new(conv, [n, height, width]);
            let slot = self.take(plan.bytes(self.element));
            Some((slot, plan.size))
        };
        let (inner, size) = input(&block.convs[0])?;
        let (shortcut, _) = input(block.downsample.as_ref()?)?;
        self.inputs = [inner, shortcut];
        (self.last, self.size) = (inner, size);
        self.finish(block, shortcut)
    }

    /// What follows a block's first convolution.
    fn finish(&mut self, block: &'a Block, shortcut: usize) -> Option<()> {
        let (last, between) = block.convs[1..].split_last()?;
        for conv in between {
            let x = self.last;
            self.convolve(conv, None, true)?;
            self.free.push(x);
        }
        let inner = self.last;
        self.convolve(last, Some(shortcut), true)?;
        self.free.extend([inner, shortcut]);
        Some(())
    }

    /// A convolution of the last features.
    fn convolve(&mut self, conv: &'a Conv, shortcut: Option<usize>, rectify: bool) -> Option<()> {
        let conv = conv.fused()?;
        let [n, height, width, _] = self.size;
        let plan = Plan::new(conv, [n, height, width]);
        self.needs[PARTS] = self.needs[PARTS].max(plan.part_bytes());
        let window = [conv.side, conv.stride, conv.padding];
        let rows = self.reach(window, plan.size[1], shortcut);
        let y = self.take(plan.bytes(self.element));
        self.arrive(y, rows);
        self.steps.push(Step::Convolution {
            conv,
            plan,
            rectify,
            x: self.last,
            shortcut,
            rows: rows.filter(|_| plan.parts == 1),
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
        let rows = self.reach([3, 2, 1], size[1], None);
        let y = self.take(vectors * VECTOR * self.element.bytes());
        self.arrive(y, rows);
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

    /// Which rows the last features' are for a step of so large a window, stride and padding, whose result has so many
    /// rows; none where they are not known, or nearly all.
    fn reach(
        &mut self,
        [side, stride, padding]: [usize; 3],
        height: usize,
        shortcut: Option<usize>,
    ) -> Option<usize> {
        let [n, picture, _] = self.kind.size;
        let from = *self.seen.get(&self.last)?;
        let others = match shortcut {
            None => simple::NONE,
            Some(shortcut) => *self.seen.get(&shortcut)?,
        };
        let is_fine = height * 64 >= picture * LEAST_DETAIL;
        if !is_fine || self.reaches.len() + 1 == simple::MOST_STEPS {
            return None;
        }
        self.reaches
            .push([side, stride, padding, height, from, others]);
        self.needs[ROWS] = (1 + self.reaches.len()) * n * 2 * size_of::<u32>();
        Some(self.reaches.len())
    }

    /// The rows of what a buffer holds from now on.
    fn arrive(&mut self, slot: usize, rows: Option<usize>) {
        match rows {
            Some(rows) => self.seen.insert(slot, rows),
            None => self.seen.remove(&slot),
        };
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

    /// With `blank`, only the rows that see some of a masked picture are computed.
    fn launch(&self, client: &Client, slots: &Slots, blank: Option<&Blank>) {
        let at = |slot: usize| &slots.buffers[slot];
        for step in &self.steps {
            self.launch_step(client, step, &at, blank);
        }
    }

    fn launch_step<'b>(
        &self,
        client: &Client,
        step: &Step<'_>,
        at: &impl Fn(usize) -> &'b Handle,
        blank: Option<&'b Blank>,
    ) {
        match *step {
            Step::Convolution {
                conv,
                ref plan,
                rectify,
                x,
                shortcut,
                rows,
                y,
            } => {
                let partly = rows.zip(blank).map(|(nth, blank)| Partly {
                    rows: at(ROWS),
                    begin: nth * plan.size[0],
                    known: &blank.results[nth - 1],
                });
                let buffers = Buffers {
                    x: at(x),
                    shortcut: shortcut.map(at),
                    parts: Some(at(PARTS)),
                    partly,
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

    /// Runs the first steps, those whose rows are known, each into a buffer of its own; the pass is of one picture.
    fn launch_apart(&self, client: &Client, picture: &Handle) -> Vec<Handle> {
        let parts = client.empty(self.needs[PARTS]);
        let mut at = HashMap::from([(PARTS, parts), (self.inputs[0], picture.clone())]);
        let mut results = Vec::new();
        for step in &self.steps[..self.reaches.len()] {
            let (y, bytes) = match step {
                Step::Convolution { plan, y, .. } => (*y, plan.bytes(self.element)),
                Step::MaxPool { sizes, y, .. } => (*y, sizes[5] * VECTOR * self.element.bytes()),
            };
            let result = client.empty(bytes);
            // A step does not write where it reads.
            at.insert(y, result.clone());
            self.launch_step(client, step, &|slot| &at[&slot], None);
            results.push(result);
        }
        results
    }

    /// Has the device record the launches instead of running them.
    fn record(
        &self,
        client: &Client,
        slots: &Slots,
        blank: Option<&Blank>,
    ) -> Result<Graph, ServerError> {
        client.graph_prepare()?;
        if let Err(error) = client.start_capture() {
            // Ends the preparation; that nothing was captured is known.
            let _ = client.stop_capture();
            return Err(error);
        }
        self.launch(client, slots, blank);
        client.stop_capture()
    }
}

/// Bytes of a buffer that may not be needed: there are none of no size.
const MINIMUM: usize = 16;
