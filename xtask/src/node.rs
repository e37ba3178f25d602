//! Node projects in the repository: the page's tests and the benchmark.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{assets, hash, process};

/// Oldest Node that everything here runs on.
const OLDEST: u32 = 20;

/// Installs what the folder's lock file lists, unless that has been done.
pub fn install(folder: &Path) -> Result<()> {
    check_version()?;
    let lock = folder.join("package-lock.json");
    let bytes = fs::read(&lock).with_context(|| format!("reading {}", lock.display()))?;
    let wanted = hash::sha256(&bytes);
    let stamp = folder.join("node_modules/.made-from");
    if fs::read_to_string(&stamp).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    process::run(
        process::npm()
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(folder),
    )
    .with_context(|| format!("installing the packages of {}", folder.display()))?;
    assets::write(&stamp, wanted.as_bytes())
}

/// Fails where Node is missing or too old.
pub fn check_version() -> Result<()> {
    let text = process::stdout(Command::new("node").arg("--version"))?;
    let major: u32 = text
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse().ok())
        .with_context(|| format!("node --version printed {text:?}"))?;
    if major < OLDEST {
        bail!(
            "Node {OLDEST} or newer is needed, this is {}. https://nodejs.org has it.",
            text.trim()
        );
    }
    Ok(())
}
