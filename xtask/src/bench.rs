//! `cargo xtask bench`: camscope and onnxruntime-web on the same network in one Chromium.

use std::fs;

use anyhow::{Context, Result};

use crate::assets::Assets;
use crate::paths::Paths;
use crate::serve::Server;
use crate::{browser, node, process, set_up, weights};

/// Options of `cargo xtask bench`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Options for the benchmark itself, after `--`
    #[arg(last = true)]
    options: Vec<String>,
}

pub fn run(paths: &Paths, args: &Args) -> Result<()> {
    set_up(paths)?;
    let assets = Assets::read(paths)?;
    let folder = paths.work().join("bench");
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    let file = format!("{}.onnx", assets.weights.name);
    weights::shipped_onnx(paths, &assets, &folder.join(&file))?;

    let project = paths.root.join("benches");
    node::install(&project)?;
    let chrome = browser::find(&project)?;
    let server = Server::start(&paths.root)?;
    let mut command = process::npm();
    command
        .args(["run", "--silent", "bench", "--"])
        .args(&args.options)
        .current_dir(&project)
        .env("CHROME", chrome)
        .env("CAMSCOPE_URL", &server.url)
        .env(
            "CAMSCOPE_ONNX",
            format!("{}target/camscope/bench/{file}", server.url),
        );
    process::run(&mut command)
}
