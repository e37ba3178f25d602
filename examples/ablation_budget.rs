//! How close AblationCAM comes to its exact map with a pass for some of the layer's channels only, natively on the CPU:
//! the figures that `src/cam/ablationcam.rs` states.
//!
//! ```text
//! cargo run --release --no-default-features --features compute --example ablation_budget -- MODEL_FOLDER LAYER PHOTO…
//! ```

use std::path::Path;

use camscope::cam::Method;
use camscope::cam::fusion::Fusion;
use camscope::cam::probe::{Channels, Progress};
use camscope::device::ComputeDevice;
use camscope::explainer::{ExplainOptions, Explainer, Picture, Smoothing};
use camscope::heatmap::Heatmap;
use camscope::metrics::agreement::Agreement;
use camscope::model::Layer;
use camscope::model::loader::Loader;
use camscope::preprocess::Crop;
use futures_util::FutureExt;

const BUDGETS: [usize; 8] = [8, 16, 32, 64, 128, 192, 256, 512];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().expect("MODEL_FOLDER LAYER PHOTO…");
    let (folder, layer) = (next(), next());
    let layer: Layer = layer.parse().expect("a layer");
    let folder = Path::new(&folder);
    let manifest = std::fs::read(folder.join("manifest.json")).expect("a model's manifest");
    let mut loader = Loader::new(&manifest, ComputeDevice::cpu()).expect("a valid manifest");
    for (index, shard) in loader.shards().to_vec().iter().enumerate() {
        let bytes = std::fs::read(folder.join(&shard.file)).expect("the shard is there");
        loader.add_shard(index, &bytes).expect("an intact shard");
    }
    let explainer = Explainer::new(loader.finish().expect("a complete model"));
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
        method: Method::AblationCam,
        layers: vec![layer],
        fusion: Fusion::Mean,
        target: None,
        crop: Crop::Center,
        channels,
        smoothing: Smoothing::default(),
        reference: false,
    };
    let go_on = |_: Progress| async { true }.boxed_local();
    let found = pollster::block_on(explainer.explain(picture, &options, &go_on));
    found.expect("the map is computed").map
}
