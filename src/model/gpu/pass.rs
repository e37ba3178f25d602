//! The plan of a pass: which convolutions, between which buffers, and which rows of masked pictures they see.

use std::collections::HashMap;

use cubecl::client::{Client, Graph};
use cubecl::server::{Handle, ServerError};

use super::spec::VECTOR;
use super::{Buffers, Element, GpuConv, Kernel, Partly, Plan, Told, launch_each, simple};
use crate::model::resnet::{Block, Conv, ResNet};

/// Where a pass starts, and the size of what it starts from: `[n, height, width]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Kind {
    pub(super) start: Start,
    pub(super) size: [usize; 3],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Start {
    /// The packed picture.
    Picture,
    /// The same, of which rows may be zero.
    Masked,
    /// As `Picture`; what the stem and each stage make of it stays.
    Watched,
    /// The features before a stage; 0 is layer1.
    Stage(usize),
    /// In a stage's first block: what its first convolution and its projection left.
    Split(usize),
}

/// Of the buffers: the sums of a convolution's parts, which rows of a masked picture are seen, then features.
const PARTS: usize = 0;
pub(super) const ROWS: usize = 1;

/// Steps that see rows of a masked picture alone have results of at least so many rows for every 64 of the picture's:
/// behind them nearly every row sees some of it.
const LEAST_DETAIL: usize = 8;

/// A pass, launch by launch.
pub(super) struct Pass<'a> {
    pub(super) kind: Kind,
    pub(super) stem: &'a GpuConv,
    /// Where it starts: the picture, or features, or those of the two branches of a block.
    pub(super) inputs: [usize; 2],
    steps: Vec<Step<'a>>,
    /// How each of the first steps is reached from rows of a masked picture, as [`simple::rows`] takes it.
    pub(super) reaches: Vec<[usize; simple::STEP]>,
    /// Which of the rows are those of a buffer: 0 is the picture's.
    seen: HashMap<usize, usize>,
    /// Bytes of each buffer.
    pub(super) needs: Vec<usize>,
    free: Vec<usize>,
    /// What stays of a watched pass, and its sizes `[n, height, width, channels]`.
    pub(super) kept: Vec<(usize, [usize; 4])>,
    /// Where the last features end up, and their size `[n, height, width, channels]`.
    pub(super) last: usize,
    pub(super) size: [usize; 4],
    element: Element,
}

/// One convolution, or the pooling behind the stem, between numbered buffers.
pub(super) enum Step<'a> {
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
    pub(super) fn new(net: &'a ResNet, kind: Kind, element: Element) -> Option<Self> {
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
            kept: Vec::new(),
            last: PARTS,
            size: [n, height, width, VECTOR],
            element,
        };
        let (stage, is_split) = match kind.start {
            Start::Picture | Start::Masked | Start::Watched => (0, false),
            Start::Stage(stage) => (stage, false),
            Start::Split(stage) => (stage, true),
        };
        let is_picture = matches!(kind.start, Start::Picture | Start::Masked | Start::Watched);
        let stages = &net.stages[stage..];
        if !is_split {
            if !is_picture {
                let first = stages.iter().flatten().next()?;
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
            pass.keep();
        }
        for (nth, blocks) in stages.iter().enumerate() {
            let mut blocks = blocks.iter();
            if is_split && nth == 0 {
                pass.split(blocks.next()?)?;
            }
            for block in blocks {
                pass.block(block)?;
            }
            pass.keep();
        }
        Some(pass)
    }

    /// The last features stay, if the pass is watched.
    fn keep(&mut self) {
        if self.kind.start == Start::Watched {
            self.kept.push((self.last, self.size));
        }
    }

    /// Features that are not needed any more.
    fn release(&mut self, slot: usize) {
        if !self.kept.iter().any(|&(kept, _)| kept == slot) {
            self.free.push(slot);
        }
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
                self.release(input);
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
        self.free.push(inner);
        self.release(shortcut);
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

    /// With `zeros`, what the first steps make of zeros, only the rows that see some of a masked picture are computed.
    pub(super) fn launch(&self, client: &Client, buffers: &[Handle], zeros: Option<&[Handle]>) {
        let at = |slot: usize| &buffers[slot];
        for step in &self.steps {
            self.launch_step(client, step, &at, zeros);
        }
    }

    fn launch_step<'b>(
        &self,
        client: &Client,
        step: &Step<'_>,
        at: &impl Fn(usize) -> &'b Handle,
        zeros: Option<&'b [Handle]>,
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
                let partly = rows.zip(zeros).map(|(nth, zeros)| Partly {
                    rows: at(ROWS),
                    begin: nth * plan.size[0],
                    known: &zeros[nth - 1],
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

    /// The kernels that it takes; `partly`: with what the first steps make of zeros.
    pub(super) fn kernels(&self, partly: bool) -> Vec<Kernel> {
        let mut kernels = Vec::new();
        for step in &self.steps {
            match step {
                Step::Convolution {
                    conv,
                    plan,
                    rectify,
                    shortcut,
                    rows,
                    ..
                } => {
                    let is_partly = partly && rows.is_some();
                    let (sums, adding) =
                        conv.kernels(plan, shortcut.is_some(), *rectify, is_partly);
                    kernels.push(sums);
                    kernels.extend(adding);
                }
                Step::MaxPool { .. } => kernels.push(Kernel::MaxPool(self.element)),
            }
        }
        kernels
    }

    /// Runs the first steps, those whose rows are known, each into a buffer of its own; the pass is of one picture.
    pub(super) fn launch_apart(&self, client: &Client, picture: &Handle) -> Vec<Handle> {
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
    pub(super) fn record(
        &self,
        client: &Client,
        buffers: &[Handle],
        zeros: Option<&[Handle]>,
    ) -> Result<Graph, ServerError> {
        client.graph_prepare()?;
        if let Err(error) = client.start_capture() {
            // Ends the preparation; that nothing was captured is known.
            let _ = client.stop_capture();
            return Err(error);
        }
        self.launch(client, buffers, zeros);
        client.stop_capture()
    }
}

/// Bytes of a buffer that may not be needed: there are none of no size.
const MINIMUM: usize = 16;
