//! How much faster AblationCAM before layer4 is than batched passes through the layers behind, natively on the CPU:
//!
//! ```text
//! cargo run --release --no-default-features --features compute --example ablation -- MODEL_FOLDER LAYER PHOTO…
//! ```
//!
//! For each photo the two run by turns, over the same channels; the scores must agree.

mod common;

use std::path::Path;
use std::time::Instant;

use camscope::cam::Method;
use camscope::cam::progress::Progress;
use camscope::explainer::{ExplainOptions, Explainer, Picture};
use camscope::model::Layer;
use camscope::preprocess::Crop;
use futures_util::FutureExt;

/// Pictures in a batch of the plain passes: what the CPU was fastest with.
const BATCH: usize = 8;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().expect("MODEL_FOLDER LAYER PHOTO…");
    let (folder, layer) = (next(), next());
    let layer: Layer = layer.parse().expect("a layer");
    let explainer = Explainer::new(common::load(Path::new(&folder)));
    let mut ratios = Vec::new();
    for (index, photo) in arguments.enumerate() {
        let picture = Picture::Encoded(std::fs::read(&photo).expect("the photo is readable"));
        let known = pollster::block_on(explainer.classify(&picture, Crop::Center, 1));
        let known = known.expect("the network runs");
        let class = known.classes[0].index;
        let planes = pollster::block_on(explainer.activations(&picture, Crop::Center, layer));
        let planes = planes.expect("the network runs");
        let by_passes = || plain(&explainer, &picture, layer, class);
        let by_changes = || short(&explainer, &picture, layer);
        let ((slow, expected), (fast, found)) = if index % 2 == 0 {
            let slow = timed(by_passes);
            (slow, timed(by_changes))
        } else {
            let fast = timed(by_changes);
            (timed(by_passes), fast)
        };
        let active = planes
            .planes()
            .filter(|plane| plane.iter().any(|&v| v != 0.0));
        let active = active.count();
        let worst = expected.iter().zip(&found).map(|(a, b)| (a - b).abs());
        let worst = worst.fold(0.0, f32::max);
        println!(
            "{photo}: {} channels ({active} not zero): {slow:.2} s by passes, {fast:.2} s by changes, {:.2}×; scores \
             differ by up to {worst:.1e} of {:.2}",
            planes.channels,
            slow / fast,
            known.logits[class],
        );
        ratios.push(slow / fast);
    }
    ratios.sort_by(f64::total_cmp);
    println!("median {:.2}×", ratios[ratios.len() / 2]);
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let started = Instant::now();
    let result = work();
    (started.elapsed().as_secs_f64(), result)
}

/// The class's score without each channel, by batches of passes through the layers behind.
fn plain(explainer: &Explainer, picture: &Picture, layer: Layer, class: usize) -> Vec<f32> {
    let model = explainer.model();
    let channels: Vec<usize> = (0..model.net.channels(layer)).collect();
    let found = explainer.plain_passes(picture, Crop::Center, layer, &channels, BATCH);
    let logits = pollster::block_on(found).expect("the network runs");
    let rows = logits.chunks_exact(model.classes());
    rows.map(|row| row[class]).collect()
}

/// The same as the product computes it.
fn short(explainer: &Explainer, picture: &Picture, layer: Layer) -> Vec<f32> {
    let options = ExplainOptions::new(Method::AblationCam, layer);
    let go_on = |_: Progress| async { true }.boxed_local();
    let found = pollster::block_on(explainer.explain(picture, &options, &go_on));
    found.expect("the map is computed").scores
}
