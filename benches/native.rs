//! How fast the network and the maps are natively: `cargo bench -p camscope --no-default-features --features compute
//! --bench native -- MANIFEST PICTURE`, with the features left out also on the machine's GPU (`--device webgpu` or
//! `webgpu-f16`), through the same WGSL that browsers get. Threads: as many as `RAYON_NUM_THREADS` says.
//! `scripts/bench_pytorch.py` times the same with PyTorch.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use camscope::cam::Method;
use camscope::cam::progress::Progress;
use camscope::cam::query::Channels;
use camscope::device::{ComputeDevice, Precision};
use camscope::explainer::{ExplainOptions, Explainer, Picture};
use camscope::model::Layer;
use camscope::model::loader::{Loader, Model};
use camscope::model::profile::profile;
use camscope::preprocess::Crop;
use clap::Parser;
use futures_util::FutureExt;
use pollster::block_on;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[derive(Debug, Parser)]
struct Options {
    /// `manifest.json` of a converted model
    manifest: PathBuf,
    /// The picture whose maps are computed
    picture: PathBuf,
    #[arg(long, default_value = "cpu", value_parser = ["cpu", "webgpu", "webgpu-f16"])]
    device: String,
    /// Pictures in one forward
    #[arg(long, value_delimiter = ',', default_value = "1,4,16")]
    batches: Vec<usize>,
    /// Measured after one warm-up
    #[arg(long, default_value_t = 7)]
    runs: usize,
    /// Where the time of a forward goes, convolution by convolution, at each batch size
    #[arg(long)]
    layers: bool,
    /// Also how far each map is from the CPU's
    #[arg(long)]
    differences: bool,
    /// Which maps to compute; `quick`: without the exact ScoreCAM
    #[arg(long, default_value = "all", value_parser = ["none", "quick", "all"])]
    maps: String,
    /// Hold the GPU's kernels against burn's plain operations first
    #[arg(long)]
    check: bool,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let device = match options.device.as_str() {
        "webgpu" => block_on(ComputeDevice::gpu(Precision::Full))?,
        "webgpu-f16" => block_on(ComputeDevice::gpu(Precision::Half))?,
        _ => ComputeDevice::cpu(),
    };
    let threads = device.threads();
    let description = device.description.clone();
    let explainer = Explainer::new(load(&options.manifest, device)?);
    print!("camscope {}, {description}", env!("CARGO_PKG_VERSION"));
    println!(
        "{}",
        threads.map_or(String::new(), |n| format!(", {n} threads"))
    );
    if options.check {
        check(&explainer.model().device)?;
    }
    for &n in &options.batches {
        let picture = vec![0.5; 3 * 224 * 224];
        let mut times = Vec::new();
        for _ in 0..=options.runs {
            let started = Instant::now();
            let pictures = (0..n).map(|_| picture.clone());
            block_on(explainer.forward(pictures, [224, 224]))?;
            times.push(started.elapsed().as_secs_f64() * 1e3 / n as f64);
        }
        times.remove(0);
        println!("forward, batch {n}: {} a picture", spread(times));
    }
    if options.layers {
        for &n in &options.batches {
            print_layers(explainer.model(), n)?;
        }
    }
    let picture = Picture::Encoded(std::fs::read(&options.picture)?);
    let plain = match options.differences {
        true => Some(Explainer::new(load(
            &options.manifest,
            ComputeDevice::cpu(),
        )?)),
        false => None,
    };
    let go_on = |_: Progress| async { true }.boxed_local();
    for (name, asked) in maps(&options.maps) {
        // The first run compiles kernels, and a GPU is the same for all of them.
        let runs = if threads.is_some() { 1 } else { 3 };
        let mut times = Vec::new();
        let mut found = None;
        for _ in 0..runs {
            // The explainer remembers what it saw last: this makes it forget.
            block_on(explainer.classify(&picture, Crop::Squash, 1))?;
            let started = Instant::now();
            found = Some(block_on(explainer.explain(&picture, &asked, &go_on))?);
            times.push(started.elapsed().as_secs_f64() * 1e3);
        }
        let found = found.expect("there was a run");
        let best = times.iter().copied().fold(f64::INFINITY, f64::min);
        let each = best / found.passes.max(1) as f64;
        print!(
            "{name}: {best:.1} ms, {} passes, {each:.2} ms a pass",
            found.passes
        );
        if let Some(plain) = &plain {
            let expected = block_on(plain.explain(&picture, &asked, &go_on))?;
            let pairs = found.map.values.iter().zip(&expected.map.values);
            let worst = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            print!(", {worst:.1e} from the CPU's");
        }
        println!();
    }
    Ok(())
}

#[cfg(feature = "webgpu")]
fn check(device: &ComputeDevice) -> Result<()> {
    for outcome in block_on(camscope::model::gpu::check::run(device))? {
        println!("{:.1e} off: {}", outcome.error, outcome.name);
    }
    Ok(())
}

#[cfg(not(feature = "webgpu"))]
fn check(_: &ComputeDevice) -> Result<()> {
    Err("Kernels of the GPU are part of the feature webgpu.".into())
}

/// The maps to compute, with their names.
fn maps(which: &str) -> Vec<(&'static str, ExplainOptions)> {
    let map = |name, method, layer, channels| {
        let mut options = ExplainOptions::new(method, layer);
        options.channels = channels;
        (name, options)
    };
    let (all, first) = (Channels::All, Channels::Budget(192));
    let (score, ablation) = (Method::ScoreCam, Method::AblationCam);
    let mut maps = vec![
        map(
            "Grad-CAM at layer4",
            Method::GradCam,
            Layer::Layer4,
            all.clone(),
        ),
        map(
            "Grad-CAM at layer1",
            Method::GradCam,
            Layer::Layer1,
            all.clone(),
        ),
        map(
            "AblationCAM at layer4",
            ablation,
            Layer::Layer4,
            all.clone(),
        ),
        map(
            "AblationCAM at layer3",
            ablation,
            Layer::Layer3,
            all.clone(),
        ),
        map(
            "ScoreCAM at layer4, 192 passes",
            score,
            Layer::Layer4,
            first,
        ),
    ];
    match which {
        "all" => maps.push(map("exact ScoreCAM at layer4", score, Layer::Layer4, all)),
        "none" => maps.clear(),
        _ => {}
    }
    maps
}

/// Median, least and most, in milliseconds.
fn spread(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let last = times.len() - 1;
    format!(
        "{:.2} ms ({:.2}–{:.2})",
        times[last / 2],
        times[0],
        times[last]
    )
}

/// One line for convolutions of one shape.
fn print_layers(model: &Model, batch: usize) -> Result<()> {
    let timings = block_on(profile(model, batch, 3, 10))?;
    let rate = |macs: f64, ms: f64| macs / ms / 1e6;
    let Some((peak, convs)) = timings.split_first() else {
        return Ok(());
    };
    let most = rate(peak.macs, peak.milliseconds);
    println!("batch {batch}: a large matrix product {most:.0} GMAC/s");
    let mut shapes = BTreeMap::new();
    for timing in convs {
        let (count, macs, ms) = shapes.entry(timing.shape).or_insert((0, 0.0, 0.0));
        *count += 1;
        *macs += timing.macs;
        *ms += timing.milliseconds;
    }
    let (mut macs, mut ms) = (0.0, 0.0);
    for ([side, stride, input, output, height, width], (count, own_macs, own_ms)) in shapes {
        let reached = rate(own_macs, own_ms);
        println!(
            "{side}×{side}/{stride} {input} → {output} at {height}×{width}, {count} times: {own_ms:.3} ms, \
             {reached:.0} GMAC/s, {:.0} %",
            100.0 * reached / most
        );
        macs += own_macs;
        ms += own_ms;
    }
    println!("all: {ms:.2} ms, {:.0} GMAC/s", rate(macs, ms));
    Ok(())
}

fn load(manifest: &Path, device: ComputeDevice) -> Result<Model> {
    let mut loader = Loader::new(&std::fs::read(manifest)?, device)?;
    let files: Vec<String> = loader
        .shards()
        .iter()
        .map(|shard| shard.file.clone())
        .collect();
    for (index, file) in files.iter().enumerate() {
        loader.add_shard(index, &std::fs::read(manifest.with_file_name(file))?)?;
    }
    Ok(loader.finish()?)
}
