//! What the network says of changed versions of one picture: batches on the device, with progress and cancel
//! between them.

use std::cell::Cell;

use futures_util::future::LocalBoxFuture;
use web_time::Instant;

use super::probabilities;
use crate::cam::pace::Pace;
use crate::cam::progress::{Observer, Progress};
use crate::cam::view::{forward, picture_bytes};
use crate::error::{Error, Result};
use crate::model::loader::Model;

/// All passes that one measurement takes.
pub(super) struct Trials<'a, 'o> {
    model: &'a Model,
    size: [usize; 2],
    class: usize,
    observer: &'a Observer<'o>,
    pace: Pace,
    done: usize,
    total: usize,
    /// Passes of the work that counts its own.
    nested: Cell<usize>,
}

impl<'a, 'o> Trials<'a, 'o> {
    /// `total` passes will be made in all, of inputs of `size` (height, width); what counts is `class`.
    pub(super) fn new(
        model: &'a Model,
        size: [usize; 2],
        class: usize,
        total: usize,
        observer: &'a Observer<'o>,
    ) -> Self {
        let pace = Pace::new(model.device.max_batch(picture_bytes(model, size)));
        Self {
            model,
            size,
            class,
            observer,
            pace,
            done: 0,
            total,
            nested: Cell::new(0),
        }
    }

    /// The class's probability in each of `count` inputs; `input(index)` makes one, normalised, `[3, height, width]`, and the
    /// same one if asked again: a batch for which memory does not suffice is tried anew in halves.
    ///
    /// # Errors
    /// [`Error::Cancelled`], [`Error::Memory`] if not even one input fits, [`Error::Device`] where the device fails.
    pub(super) async fn run(
        &mut self,
        count: usize,
        input: impl Fn(usize) -> Vec<f32>,
    ) -> Result<Vec<f32>> {
        let classes = self.model.classes();
        let mut found = Vec::with_capacity(count);
        while found.len() < count {
            let batch = self.pace.batch.min(count - found.len());
            let started = Instant::now();
            let inputs = (found.len()..found.len() + batch).map(&input);
            let work = forward(self.model, inputs, self.size);
            let logits = match self.model.device.within_memory(work).await {
                Err(Error::Memory(_)) if self.pace.halve(batch) => continue,
                done => done?,
            };
            let rows = logits.chunks_exact(classes);
            found.extend(rows.map(|row| probabilities(row)[self.class]));
            self.done += batch;
            let left = self.total.saturating_sub(self.done);
            let left = self.pace.after(batch, started.elapsed(), left);
            self.report(Some(left)).await?;
        }
        Ok(found)
    }

    /// Tells the progress of work that counts its own passes as part of all.
    pub(super) fn nested(&self, progress: Progress) -> LocalBoxFuture<'o, bool> {
        self.nested.set(progress.total);
        let after = self.total - self.done;
        let left = (progress.total - progress.done).max(1);
        let share = (left + after) as f64 / left as f64;
        (self.observer)(Progress {
            done: self.done + progress.done,
            total: self.total + progress.total,
            seconds_left: progress.seconds_left.map(|seconds| seconds * share),
            partial: None,
        })
    }

    /// Counts the work that [`Trials::nested`] heard of as done, and `passes` of the planned ones.
    ///
    /// # Errors
    /// [`Error::Cancelled`]
    pub(super) async fn finish_nested(&mut self, passes: usize) -> Result<()> {
        let nested = self.nested.take();
        self.total += nested;
        self.done += nested + passes;
        self.report(None).await
    }

    /// Tells how far the work is and asks whether to go on.
    ///
    /// # Errors
    /// [`Error::Cancelled`]
    pub(super) async fn report(&self, seconds_left: Option<f64>) -> Result<()> {
        let progress = Progress {
            done: self.done,
            total: self.total,
            seconds_left,
            partial: None,
        };
        if (self.observer)(progress).await {
            Ok(())
        } else {
            Err(Error::Cancelled)
        }
    }
}
