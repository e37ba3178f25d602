//! The kernels as a WebAssembly module: what `www/kernels.js` calls, and the threads that `www/kernel-thread.js` lends.
//!
//! One instance holds the weights and runs the network. With a shared memory, further instances on it, each in a worker
//! of its own and with a stack of its own, wait in [`lend`] for their part of the work.

use alloc::alloc::{GlobalAlloc, Layout};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::slice;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering};

use crate::conv::Conv;
use crate::isa::Level;
use crate::network::{Step, Workspace, run};
use crate::pool::Pool;
use crate::variants::Variants;

#[global_allocator]
static MEMORY: OneAtATime = OneAtATime {
    taken: AtomicBool::new(false),
};

/// dlmalloc, which knows of no threads here, for one lane at a time: tiles at the edge of a matrix need a little memory.
struct OneAtATime {
    taken: AtomicBool,
}

impl OneAtATime {
    fn within<T>(&self, work: impl FnOnce(&dlmalloc::GlobalDlmalloc) -> T) -> T {
        while self.taken.swap(true, Ordering::Acquire) {
            core::hint::spin_loop();
        }
        let done = work(&dlmalloc::GlobalDlmalloc);
        self.taken.store(false, Ordering::Release);
        done
    }
}

// SAFETY: dlmalloc's own, called by one lane at a time.
unsafe impl GlobalAlloc for OneAtATime {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.within(|memory| unsafe { memory.alloc(layout) })
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        self.within(|memory| unsafe { memory.dealloc(at, layout) });
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.within(|memory| unsafe { memory.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        self.within(|memory| unsafe { memory.realloc(at, layout, size) })
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

#[link(wasm_import_module = "page")]
unsafe extern "C" {
    /// Hands activations out: `[n, channels, height, width]`.
    fn emit(values: *const f32, n: usize, channels: usize, height: usize, width: usize);
    /// Sleeps while the word has this value, until woken.
    fn sleep(word: *const AtomicU32, value: u32);
    /// Wakes all who sleep at that word.
    fn wake(word: *const AtomicU32);
}

/// Room for so many floats.
#[unsafe(no_mangle)]
extern "C" fn allocate(floats: usize) -> *mut f32 {
    Box::leak(alloc::vec![0.0_f32; floats].into_boxed_slice()).as_mut_ptr()
}

/// Gives back what `allocate` gave.
///
/// # Safety
/// Both arguments must be those of one `allocate`.
#[unsafe(no_mangle)]
unsafe extern "C" fn release(floats: *mut f32, count: usize) {
    drop(unsafe { Vec::from_raw_parts(floats, count, count) });
}

/// Packs a convolution: see [`Conv::new`].
///
/// # Safety
/// The pointers must be those of the weights and of the bias.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments)]
unsafe extern "C" fn add(
    weights: *const f32,
    bias: *const f32,
    out: usize,
    kernel_height: usize,
    kernel_width: usize,
    input: usize,
    stride: usize,
    padding: usize,
) -> *mut Conv {
    let shape = [out, kernel_height, kernel_width, input];
    let weights = unsafe { slice::from_raw_parts(weights, shape.iter().product()) };
    let bias = unsafe { slice::from_raw_parts(bias, out) };
    let conv = Conv::new(weights, shape, bias, (stride, padding), Level::best());
    Box::into_raw(Box::new(conv))
}

/// Forgets a convolution.
///
/// # Safety
/// It must be one of `add`, and not used again.
#[unsafe(no_mangle)]
unsafe extern "C" fn remove(conv: *mut Conv) {
    drop(unsafe { Box::from_raw(conv) });
}

/// Writes a convolution's weights, as they came, to `to`.
///
/// # Safety
/// There must be room for them.
#[unsafe(no_mangle)]
unsafe extern "C" fn weights(conv: *const Conv, to: *mut f32) {
    let weights = unsafe { (*conv).weights() };
    unsafe { to.copy_from_nonoverlapping(weights.as_ptr(), weights.len()) };
}

/// The steps that `words` spell: `0, conv` a stem; `1, downsample or 0, count, convs…` a block; `2, conv, relu` a
/// convolution; `3` an emit.
///
/// # Safety
/// The pointer must be that of the words, and the convolutions must be of `add`.
unsafe fn steps<'a>(words: *const u32, count: usize) -> Vec<Step<'a>> {
    let mut words = unsafe { slice::from_raw_parts(words, count) }
        .iter()
        .copied();
    let mut steps = Vec::new();
    // SAFETY: the caller's promise.
    let conv = |word: u32| unsafe { (word as *const Conv).as_ref() };
    while let Some(kind) = words.next() {
        let mut next = || words.next().unwrap_or_default();
        let step = match kind {
            0 => conv(next()).map(Step::Stem),
            1 => {
                let downsample = conv(next());
                let convs: Option<_> = (0..next()).map(|_| conv(next())).collect();
                convs.map(|convs| Step::Block { convs, downsample })
            }
            2 => conv(next()).map(|conv| Step::Conv {
                conv,
                relu: next() != 0,
            }),
            _ => Some(Step::Emit),
        };
        steps.push(step.expect("convolutions are not null"));
    }
    steps
}

/// Runs the steps that `words` spell.
///
/// # Safety
/// As [`steps`]; the other pointer must be that of the input.
#[unsafe(no_mangle)]
unsafe extern "C" fn compute(
    words: *const u32,
    count: usize,
    x: *const f32,
    n: usize,
    channels: usize,
    height: usize,
    width: usize,
) {
    let steps = unsafe { steps(words, count) };
    let size = [n, channels, height, width];
    let x = unsafe { slice::from_raw_parts(x, size.iter().product()) };
    let mut workspace = WORKSPACE.load(Ordering::Relaxed);
    if workspace.is_null() {
        workspace = Box::into_raw(Box::default());
        WORKSPACE.store(workspace, Ordering::Relaxed);
    }
    // SAFETY: only the first instance runs this, and not twice at a time.
    let workspace = unsafe { &mut *workspace };
    run(
        &Lanes,
        workspace,
        &steps,
        (x, size),
        &mut |values, [n, c, h, w]| unsafe {
            emit(values.as_ptr(), n, c, h, w);
        },
    );
}

/// What passes with channels of `activations`, `[channels, height, width]`, set to zero start from: see [`Variants::new`].
///
/// # Safety
/// As [`steps`], of blocks alone; the other pointer must be that of the activations.
#[unsafe(no_mangle)]
unsafe extern "C" fn open_variants(
    words: *const u32,
    count: usize,
    activations: *const f32,
    channels: usize,
    height: usize,
    width: usize,
) -> *mut Variants {
    let size = [channels, height, width];
    let activations = unsafe { slice::from_raw_parts(activations, size.iter().product()) };
    let variants = Variants::new(&unsafe { steps(words, count) }, activations, size);
    Box::into_raw(Box::new(variants))
}

/// Forgets it.
///
/// # Safety
/// It must be one of `open_variants`, and not used again.
#[unsafe(no_mangle)]
unsafe extern "C" fn close_variants(variants: *mut Variants) {
    drop(unsafe { Box::from_raw(variants) });
}

/// Pictures in a batch, at least or at most: see [`Variants::batches`].
///
/// # Safety
/// It must be one of `open_variants`.
#[unsafe(no_mangle)]
unsafe extern "C" fn variants_in_batch(variants: *const Variants, at_most: bool) -> usize {
    let batches = unsafe { (*variants).batches(Lanes.lanes()) };
    batches[usize::from(at_most)]
}

/// Emits `[count, features, 1, 1]`: see [`Variants::without`].
///
/// # Safety
/// The pointers must be that of `open_variants` and that of the channels.
#[unsafe(no_mangle)]
unsafe extern "C" fn without(variants: *const Variants, channels: *const u32, count: usize) {
    let variants = unsafe { &*variants };
    let means = variants.without(&Lanes, unsafe { slice::from_raw_parts(channels, count) });
    unsafe { emit(means.as_ptr(), count, variants.features(), 1, 1) };
}

/// Kept from one computation to the next.
static WORKSPACE: AtomicPtr<Workspace> = AtomicPtr::new(core::ptr::null_mut());

/// Lanes to work on, that of the first instance among them.
static LANES: AtomicUsize = AtomicUsize::new(1);
/// The work: the two halves of a `&dyn Fn`.
static WORK: [AtomicUsize; 2] = [AtomicUsize::new(0), AtomicUsize::new(0)];
/// Counts the pieces of work.
static ROUND: AtomicU32 = AtomicU32::new(0);
/// Lent lanes that are still at it.
static BUSY: AtomicU32 = AtomicU32::new(0);
/// Lent lanes that sleep.
static ASLEEP: AtomicU32 = AtomicU32::new(0);

/// Looks at a word that others are about to change before falling asleep: some tens of microseconds, which is more than
/// what lies between two pieces of work of one forward pass.
const PATIENCE: u32 = 1 << 14;

/// From now on that many lanes work. All but the first must be in [`lend`], or about to be, before any work begins.
#[unsafe(no_mangle)]
extern "C" fn set_lanes(lanes: usize) {
    LANES.store(lanes, Ordering::SeqCst);
}

type Work<'a> = &'a (dyn Fn(usize) + Sync);

struct Lanes;

impl Pool for Lanes {
    fn lanes(&self) -> usize {
        LANES.load(Ordering::Relaxed)
    }

    fn run(&self, work: Work<'_>) {
        let lent = self.lanes() as u32 - 1;
        if lent == 0 {
            return work(0);
        }
        // SAFETY: two words; the lanes are done with them when this function returns.
        let halves: [usize; 2] = unsafe { core::mem::transmute(work) };
        WORK[0].store(halves[0], Ordering::Relaxed);
        WORK[1].store(halves[1], Ordering::Relaxed);
        BUSY.store(lent, Ordering::Relaxed);
        ROUND.fetch_add(1, Ordering::SeqCst);
        if ASLEEP.load(Ordering::SeqCst) > 0 {
            unsafe { wake(&raw const ROUND) };
        }
        work(0);
        loop {
            let busy = await_change(&BUSY, |busy| busy == 0);
            if busy == 0 {
                break;
            }
            unsafe { sleep(&raw const BUSY, busy) };
        }
    }
}

/// The word's value, as soon as it is `wanted` or patience ends.
fn await_change(word: &AtomicU32, wanted: impl Fn(u32) -> bool) -> u32 {
    for _ in 0..PATIENCE {
        let value = word.load(Ordering::SeqCst);
        if wanted(value) {
            return value;
        }
        core::hint::spin_loop();
    }
    word.load(Ordering::SeqCst)
}

/// Works as lane `lane` of the first instance, for good.
#[unsafe(no_mangle)]
extern "C" fn lend(lane: usize) -> ! {
    // The first piece of work begins only after this lane was counted in.
    let mut round = 0;
    loop {
        let mut now = await_change(&ROUND, |now| now != round);
        while now == round {
            ASLEEP.fetch_add(1, Ordering::SeqCst);
            unsafe { sleep(&raw const ROUND, round) };
            ASLEEP.fetch_sub(1, Ordering::SeqCst);
            now = ROUND.load(Ordering::SeqCst);
        }
        round = now;
        let halves = [0, 1].map(|half: usize| WORK[half].load(Ordering::Relaxed));
        // SAFETY: of `Lanes::run`, which waits for this lane.
        let work: Work<'_> = unsafe { core::mem::transmute(halves) };
        work(lane);
        if BUSY.fetch_sub(1, Ordering::SeqCst) == 1 {
            unsafe { wake(&raw const BUSY) };
        }
    }
}
