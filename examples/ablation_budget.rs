//! How close AblationCAM comes to its exact map with a pass for some of the layer's channels only, natively on the CPU:
//! the figures that `src/cam/ablationcam.rs` states.
//!
//! ```text
//! cargo run --release --no-default-features --features compute --example ablation_budget -- MODEL_FOLDER LAYER PHOTO…
//! ```

mod common;

use std::path::Path;

use camscope::cam::Method;
use camscope::cam::probe::{Channels, Progress};
use camscope::explainer::{ExplainOptions, Explainer, Picture};
use camscope::heatmap::Heatmap;
use camscope::metrics::agreement::Agreement;
use camscope::model::Layer;
use futures_util::FutureExt;

const BUDGETS: [usize; 8] = [8, 16, 32, 64, 128, 192, 256, 512];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().expect("MODEL_FOLDER LAYER PHOTO…");
    let (folder, layer) = (next(), next());
    let layer: Layer = layer.parse().expect("a layer");
    let explainer = Explainer::new(common::load(Path::new(&folder)));
    let mut worst = [1.0_f64; BUDGETS.len()];
    for photo in arguments {
        let picture = Picture::Encoded(std::fs::read(&photo).expect("the photo is readable"));
        let exact = map(&explainer, &picture, layer, Channels::All);
        for (budget, worst) in BUDGETS.into_iter().zip(&mut worst) {
            let quick = map(&explainer, &picture, layer, Channels::Budget(budget));
            let found = Agreement::of(&quick, &exact);
            let found = found.expect("maps of one size").pearson;
            println!("{photo}, {budget} channels: {found:.4}");
            *worst = worst.min(found);
        }
    }
    for (budget, worst) in BUDGETS.into_iter().zip(worst) {
        println!("{budget} channels: {worst:.4} or better");
    }
}

fn map(explainer: &Explainer, picture: &Picture, layer: Layer, channels: Channels) -> Heatmap {
    let options = ExplainOptions {
        channels,
        ..ExplainOptions::new(Method::AblationCam, layer)
    };
    let go_on = |_: Progress| async { true }.boxed_local();
    let found = pollster::block_on(explainer.explain(picture, &options, &go_on));
    found.expect("the map is computed").map
}
