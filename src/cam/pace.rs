//! How many passes go into a batch, and how long the rest will take.

use web_time::{Duration, Instant};

/// Chooses batch sizes: small at first, doubled while batches are quick, so that Cancel never waits long on a
/// slow device and a fast one is kept busy.
pub(crate) struct Pace {
    /// How many pictures to run next.
    pub(crate) batch: usize,
    min_batch: usize,
    max_batch: usize,
    /// Seconds per pass, smoothed.
    rate: Option<f64>,
    /// Whether the last batch was quick: a second one in the queue holds up nobody who cancels.
    pub(crate) is_quick: bool,
    last_partial: Option<Instant>,
}

/// A batch should take less than this.
const BATCH_SECONDS: f64 = 0.5;
/// Partial maps come at most this often.
const PARTIAL_INTERVAL: Duration = Duration::from_millis(150);

impl Pace {
    pub(crate) fn new(max_batch: usize) -> Self {
        Self::of_at_least(1, max_batch)
    }

    /// Where a batch of fewer than `min_batch` takes as long.
    pub(crate) fn of_at_least(min_batch: usize, max_batch: usize) -> Self {
        Self {
            batch: min_batch,
            min_batch,
            max_batch,
            rate: None,
            is_quick: false,
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
        self.is_quick = seconds < BATCH_SECONDS / 2.0;
        if seconds > BATCH_SECONDS {
            self.batch = (self.batch / 2).max(self.min_batch);
        } else if self.is_quick {
            self.batch = (self.batch * 2).min(self.max_batch);
        }
        rate * left as f64
    }

    /// The device's memory did not suffice for a batch of `passes`: from now on none is more than half as large.
    /// Returns whether there is less to ask for.
    pub(crate) fn halve(&mut self, passes: usize) -> bool {
        self.max_batch = (passes / 2).max(1);
        self.batch = self.batch.min(self.max_batch);
        passes > 1
    }

    pub(crate) fn wants_partial(&mut self) -> bool {
        let due = self
            .last_partial
            .is_none_or(|last| last.elapsed() >= PARTIAL_INTERVAL);
        if due {
            self.last_partial = Some(Instant::now());
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_that_did_not_fit_are_halved_and_do_not_grow_back() {
        let quick = Duration::ZERO;
        let mut pace = Pace::new(16);
        for expected in [2, 4, 8, 16, 16] {
            pace.after(pace.batch, quick, 100);
            assert_eq!(pace.batch, expected);
        }
        assert!(pace.halve(16));
        assert_eq!(pace.batch, 8);
        // The last batch of a series may be smaller than what was allowed.
        assert!(pace.halve(5));
        pace.after(2, quick, 100);
        assert_eq!(pace.batch, 2);
        assert!(pace.halve(2));
        assert_eq!(pace.batch, 1);
        assert!(!pace.halve(1));
    }
}
