//! How many passes go into a batch, and how long the rest will take.

use web_time::{Duration, Instant};

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
