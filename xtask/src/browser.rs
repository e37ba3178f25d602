//! A Chromium for the page's tests and the benchmark.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::toolchain::is_root;

/// Names under which systems install it.
const NAMES: [&str; 6] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
];

/// Where it is on systems that do not put programs on the PATH.
const PLACES: [&str; 4] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/// `$CHROME`, an installed one, the system's package, or Playwright's download, in this order. `project` is a Node
/// project with playwright-core installed.
pub fn find(project: &Path) -> Result<PathBuf> {
    if let Some(chrome) = std::env::var_os("CHROME") {
        return which::which(&chrome).with_context(|| {
            format!(
                "$CHROME names {}, which is no program",
                chrome.to_string_lossy()
            )
        });
    }
    if let Some(chrome) = installed() {
        return Ok(chrome);
    }
    if is_debian_itself() && is_root() {
        println!("installing the package chromium");
        let result = process::run(Command::new("apt-get").args(["update", "--quiet"]))
            .and_then(|()| process::apt_install(&["chromium"]));
        match (result, installed()) {
            (Ok(()), Some(chrome)) => return Ok(chrome),
            (Ok(()), None) => {
                eprintln!("warning: the package chromium brought no program of its name")
            }
            (Err(error), _) => eprintln!("warning: {error:#}"),
        }
    }
    playwright(project).context(
        "no Chromium: install one (or Chrome), or name it in the environment variable CHROME",
    )
}

fn installed() -> Option<PathBuf> {
    NAMES
        .iter()
        .find_map(|name| which::which(name).ok())
        .or_else(|| PLACES.iter().map(PathBuf::from).find(|path| path.exists()))
}

/// Its derivatives may have no such package, or one that only refers to another store.
pub fn is_debian_itself() -> bool {
    fs::read_to_string("/etc/os-release")
        .is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}

fn playwright(project: &Path) -> Result<PathBuf> {
    println!("downloading Playwright's Chromium");
    process::run(
        Command::new("node")
            .args(["node_modules/playwright-core/cli.js", "install", "chromium"])
            .current_dir(project),
    )?;
    let path = process::stdout(
        Command::new("node")
            .args([
                "--print",
                "require('playwright-core').chromium.executablePath()",
            ])
            .current_dir(project),
    )?;
    let path = PathBuf::from(path.trim());
    if !path.exists() {
        bail!("Playwright installed nothing at {}", path.display());
    }
    Ok(path)
}
