//! `cargo xtask fuzz`: the fuzzing of the tests, with as many inputs as wanted.

use std::process::Command;

use anyhow::Result;

use crate::paths::Paths;
use crate::process;

/// Options of `cargo xtask fuzz`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Inputs for each reader
    #[arg(long, default_value_t = 1_000_000)]
    runs: usize,
    /// Where the random numbers start: another number tries other inputs
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only this reader: pictures, models, checkpoints or tfjs
    reader: Option<String>,
}

/// The program, its package's options, and the tests in it.
const PROGRAMS: [(&[&str], &[&str]); 2] = [
    (
        &[
            "--package",
            "camscope",
            "--no-default-features",
            "--features",
            "compute",
            "--test",
            "hostile_files",
        ],
        &["pictures", "models", "checkpoints"],
    ),
    (&["--package", "xtask"], &["tfjs"]),
];

/// Numbers that overflow stop the run, which in the released program they would not.
const CHECKS: [&str; 8] = [
    "--config",
    "profile.release.package.camscope.overflow-checks=true",
    "--config",
    "profile.release.package.camscope.debug-assertions=true",
    "--config",
    "profile.release.package.xtask.overflow-checks=true",
    "--config",
    "profile.release.package.xtask.debug-assertions=true",
];

pub fn run(paths: &Paths, args: &Args) -> Result<()> {
    for (program, readers) in PROGRAMS {
        for reader in readers {
            if args.reader.as_deref().is_some_and(|only| only != *reader) {
                continue;
            }
            let name = match *reader {
                "tfjs" => "weights::hostile::tfjs",
                reader => reader,
            };
            process::run(
                Command::new(process::cargo())
                    .current_dir(&paths.root)
                    .args(["test", "--locked", "--release", "--quiet"])
                    .args(CHECKS)
                    .args(program)
                    .args(["--", "--exact", "--nocapture", name])
                    .env("CAMSCOPE_FUZZ_RUNS", args.runs.to_string())
                    .env("CAMSCOPE_FUZZ_SEED", args.seed.to_string()),
            )?;
        }
    }
    Ok(())
}
