//! Threads to compute on, and how work is shared among them.

use core::sync::atomic::{AtomicUsize, Ordering};

/// Threads that do the same at the same time.
pub trait Pool {
    /// How many.
    fn lanes(&self) -> usize;

    /// Calls `work` once for each lane, and returns when all are done.
    fn run(&self, work: &(dyn Fn(usize) + Sync));
}

/// The calling thread alone.
pub struct Single;

impl Pool for Single {
    fn lanes(&self) -> usize {
        1
    }

    fn run(&self, work: &(dyn Fn(usize) + Sync)) {
        work(0);
    }
}

/// A pointer that lanes write through, each to its own part.
#[derive(Clone, Copy)]
pub struct Shared(pub *mut f32);

// SAFETY: whoever writes through it sees to it that the parts are disjoint.
unsafe impl Send for Shared {}
unsafe impl Sync for Shared {}

impl Shared {
    /// A method, so that closures capture the whole and not the bare pointer.
    pub fn at(self, offset: usize) -> *mut f32 {
        self.0.wrapping_add(offset)
    }
}

/// Memory of the lanes' own, kept from one piece of work to the next.
#[derive(Debug, Default)]
pub struct Scratch {
    values: alloc::vec::Vec<f32>,
}

/// Does `tasks` tasks on all lanes, each taking the next that is left. Every lane has `scratch` floats of its own.
pub fn share(
    pool: &dyn Pool,
    scratch: (&mut Scratch, usize),
    tasks: usize,
    task: &(dyn Fn(usize, *mut f32) + Sync),
) {
    let (Scratch { values }, each) = scratch;
    // Whole cache lines, so that lanes do not share any.
    let each = each.next_multiple_of(32);
    if values.len() < each * pool.lanes() {
        values.resize(each * pool.lanes(), 0.0);
    }
    let own = Shared(values.as_mut_ptr());
    let next = AtomicUsize::new(0);
    let work = |lane: usize| {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= tasks {
                break;
            }
            task(index, own.at(lane * each));
        }
    };
    if tasks == 1 {
        work(0);
    } else {
        pool.run(&work);
    }
}
