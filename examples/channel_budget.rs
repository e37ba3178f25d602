//! How close AblationCAM and ScoreCAM come to their exact maps with a pass for some of the layer's channels only, natively
//! on the CPU: the figures that `src/cam/ablationcam.rs` and `src/cam/scorecam.rs` state of the layers before layer4.
//!
//! ```text
//! cargo run --release --no-default-features --features compute --example channel_budget -- MODEL_FOLDER METHOD LAYER PHOTO…
//! ```

mod common;

use std::path::Path;

use camscope::cam::Method;
use camscope::cam::planes::Planes;
use camscope::cam::progress::Progress;
use camscope::cam::query::Channels;
use camscope::cam::scorecam::group_by_mask;
use camscope::cam::shortlist::Shortlist;
use camscope::explainer::{ExplainOptions, Explainer, Explanation, Picture};
use camscope::heatmap::Heatmap;
use camscope::metrics::agreement::Agreement;
use camscope::model::Layer;
use camscope::preprocess::Crop;
use futures_util::FutureExt;

const BUDGETS: [usize; 8] = [8, 16, 32, 64, 128, 192, 256, 512];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().expect("MODEL_FOLDER METHOD LAYER PHOTO…");
    let (folder, method, layer) = (next(), next(), next());
    let method: Method = method.parse().expect("a method");
    let layer: Layer = layer.parse().expect("a layer");
    let explainer = Explainer::new(common::load(Path::new(&folder)));
    let channels = explainer.model().net.channels(layer);
    let budgets = BUDGETS.into_iter().filter(|&budget| budget < channels);
    let mut worst: Vec<(usize, f64)> = budgets.map(|budget| (budget, 1.0)).collect();
    for photo in arguments {
        let picture = Picture::Encoded(std::fs::read(&photo).expect("the photo is readable"));
        let of = |channels| explain(&explainer, &picture, method, layer, channels);
        let exact = of(Channels::All);
        let planes = pollster::block_on(explainer.activations(&picture, Crop::Center, layer));
        let planes = planes.expect("the network runs");
        for (budget, worst) in &mut worst {
            let quick = match method {
                Method::ScoreCam => quick_scorecam(&planes, &exact, *budget),
                _ => of(Channels::Budget(*budget)).map,
            };
            let found = correlation(&quick, &exact.map);
            println!("{photo}, {budget} channels: {found:.4}");
            *worst = worst.min(found);
        }
    }
    for (budget, worst) in worst {
        println!("{budget} channels: {worst:.4} or better");
    }
}

/// Two empty maps are alike, though they have no correlation.
fn correlation(quick: &Heatmap, exact: &Heatmap) -> f64 {
    if quick == exact {
        return 1.0;
    }
    let found = Agreement::of(quick, exact);
    found.expect("maps of one size").pearson
}

fn explain(
    explainer: &Explainer,
    picture: &Picture,
    method: Method,
    layer: Layer,
    channels: Channels,
) -> Explanation {
    let options = ExplainOptions {
        channels,
        ..ExplainOptions::new(method, layer)
    };
    let go_on = |_: Progress| async { true }.boxed_local();
    let found = pollster::block_on(explainer.explain(picture, &options, &go_on));
    found.expect("the map is computed")
}

/// ScoreCAM's map with a budget, without a pass: the scores that it would ask for are known from the exact map.
fn quick_scorecam(planes: &Planes, exact: &Explanation, budget: usize) -> Heatmap {
    let groups = group_by_mask(planes, &planes.by_energy());
    let mut list = Shortlist::new(planes, groups, budget);
    let scores = list.score_all(|channel| exact.scores[channel]);
    let scores = list.expected(&scores, planes.channels);
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // The softmax but for its divisor, which the map's scale cancels.
    let weights: Vec<f32> = scores.iter().map(|score| (score - top).exp()).collect();
    let map = planes.weighted_sum(&weights);
    map.finish(exact.map.width, exact.map.height)
}
