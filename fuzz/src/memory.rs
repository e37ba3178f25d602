//! Counts the memory that a reader holds.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The system's allocator, counting. A test program that fuzzes makes it its `#[global_allocator]`.
#[derive(Debug)]
pub struct Counting;

#[derive(Clone, Copy)]
struct Count {
    /// May fall below zero: what was taken before can be given back.
    held: isize,
    peak: isize,
    limit: isize,
}

const OFF: Count = Count {
    held: 0,
    peak: 0,
    limit: isize::MAX,
};

thread_local! {
    /// Of this thread alone: other tests run beside.
    static COUNT: Cell<Count> = const { Cell::new(OFF) };
}

/// By how many bytes a limit was exceeded.
static EXCEEDED: AtomicUsize = AtomicUsize::new(0);

/// Starts counting on this thread.
pub(crate) fn start(limit: usize) {
    COUNT.set(Count {
        limit: isize::try_from(limit).unwrap_or(isize::MAX),
        ..OFF
    });
}

/// Stops counting; returns the most that was held, in bytes.
pub(crate) fn stop() -> usize {
    COUNT.replace(OFF).peak.unsigned_abs()
}

pub(crate) fn exceeded() -> usize {
    EXCEEDED.load(Ordering::Relaxed)
}

fn taken(bytes: usize) {
    let bytes = isize::try_from(bytes).unwrap_or(isize::MAX);
    // A thread that ends has no count any more.
    let over = COUNT.try_with(|cell| {
        let mut count = cell.get();
        count.held = count.held.saturating_add(bytes);
        count.peak = count.peak.max(count.held);
        cell.set(count);
        count.held.saturating_sub(count.limit)
    });
    // Telling of a panic takes memory too, for the names of the functions.
    if let Ok(over @ 1..) = over
        && !std::thread::panicking()
    {
        EXCEEDED.store(over.unsigned_abs(), Ordering::Relaxed);
        // An allocator must not panic: the watching thread ends the program and saves the input.
        loop {
            std::thread::sleep(Duration::from_secs(1));
        }
    }
}

fn given_back(bytes: usize) {
    let bytes = isize::try_from(bytes).unwrap_or(isize::MAX);
    let _ = COUNT.try_with(|cell| {
        let mut count = cell.get();
        count.held = count.held.saturating_sub(bytes);
        cell.set(count);
    });
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        given_back(layout.size());
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        taken(size);
        given_back(layout.size());
        // SAFETY: the caller's promise is passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
