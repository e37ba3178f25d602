//! What the tests share.

use std::vec::Vec;

use crate::pool::Pool;

/// The same numbers for the same seed, -1 to 1.
pub fn numbers(count: usize, seed: usize) -> Vec<f32> {
    (0..count)
        .map(|i| ((i * 7919 + seed * 104_729) % 2003) as f32 / 1001.5 - 1.0)
        .collect()
}

/// Several lanes, one after the other: what they share is shared all the same.
pub struct Lanes;

impl Pool for Lanes {
    fn lanes(&self) -> usize {
        3
    }

    fn run(&self, work: &(dyn Fn(usize) + Sync)) {
        std::thread::scope(|scope| {
            for lane in 0..3 {
                scope.spawn(move || work(lane));
            }
        });
    }
}
