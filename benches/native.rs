//! How fast the network is on this machine's CPU, natively: `cargo bench -p camscope --no-default-features --features
//! compute --bench native -- MANIFEST PICTURE`. Times one forward at batch 1, 4 and 16, and the exact ScoreCAM of the
//! picture; threads: as many as `RAYON_NUM_THREADS` says. `scripts/bench_pytorch.py` times the same with PyTorch.

use std::path::{Path, PathBuf};
use std::time::Instant;

use camscope::cam::Method;
use camscope::cam::probe::Progress;
use camscope::device::ComputeDevice;
use camscope::explainer::{ExplainOptions, Explainer, Picture};
use camscope::model::Layer;
use camscope::model::loader::{Loader, Model};
use futures_util::FutureExt;
use pollster::block_on;

/// Measured after one warm-up.
const RUNS: usize = 7;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<PathBuf> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .map(PathBuf::from)
        .collect();
    let [manifest, picture] = &paths[..] else {
        return Err("Usage: cargo bench … --bench native -- MANIFEST PICTURE".into());
    };
    let explainer = Explainer::new(load(manifest)?);
    let threads = explainer.model().device.threads().unwrap_or(1);
    println!("camscope {}, {threads} threads", env!("CARGO_PKG_VERSION"));
    for n in [1, 4, 16] {
        let values = vec![0.5; n * 3 * 224 * 224];
        let mut times = Vec::new();
        for _ in 0..=RUNS {
            let started = Instant::now();
            block_on(explainer.forward(values.clone(), [n, 224, 224]))?;
            times.push(started.elapsed().as_secs_f64() * 1e3 / n as f64);
        }
        times.remove(0);
        times.sort_by(f64::total_cmp);
        println!(
            "forward, batch {n}: {:.1} ms a picture ({:.1}–{:.1})",
            times[RUNS / 2],
            times[0],
            times[RUNS - 1]
        );
    }
    let picture = Picture::Encoded(std::fs::read(picture)?);
    let options = ExplainOptions::new(Method::ScoreCam, Layer::Layer4);
    let go_on = |_: Progress| async { true }.boxed_local();
    let started = Instant::now();
    let found = block_on(explainer.explain(&picture, &options, &go_on))?;
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "exact ScoreCAM at layer4: {seconds:.1} s, {} passes, {:.1} ms a pass",
        found.passes,
        seconds * 1e3 / found.passes as f64
    );
    Ok(())
}

fn load(manifest: &Path) -> Result<Model, Box<dyn std::error::Error>> {
    let mut loader = Loader::new(&std::fs::read(manifest)?, ComputeDevice::cpu())?;
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
