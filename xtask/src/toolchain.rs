//! A Rust that can compile to `wasm32-unknown-unknown`: the one in use where it has the target or rustup can add
//! it, else, on Debian, the distribution's own with the standard library built from source.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::paths::Paths;
use crate::process;

pub const TARGET: &str = "wasm32-unknown-unknown";

/// `distro` skips the usual way and takes Debian's packages, to try that way where both are there.
const CHOICE: &str = "CAMSCOPE_WASM_TOOLCHAIN";

/// Debian's Rust for building browsers, kept new enough in its stable release; `lld-N` comes on top.
const PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// How to call cargo for the wasm target.
pub struct Toolchain {
    pub cargo: OsString,
    pub env: Vec<(&'static str, OsString)>,
    pub args: &'static [&'static str],
    /// Its own for another compiler: one folder would be rebuilt at each change between the two.
    pub target_folder: PathBuf,
}

/// Finds one, installing what is missing where that is possible.
pub fn find(paths: &Paths) -> Result<Toolchain> {
    let usual = || Toolchain {
        cargo: process::cargo(),
        env: Vec::new(),
        args: &[],
        target_folder: paths.target.clone(),
    };
    let mut reason = format!("{CHOICE}=distro asks for it");
    if std::env::var_os(CHOICE).is_none_or(|choice| choice != "distro") {
        if has_target("rustc") {
            return Ok(usual());
        }
        println!("adding the Rust target {TARGET}");
        match process::stdout(Command::new("rustup").args(["target", "add", TARGET])) {
            Ok(_) if has_target("rustc") => return Ok(usual()),
            Ok(_) => reason = format!("the target {TARGET} was added to another toolchain"),
            Err(error) => reason = format!("{error:#}"),
        }
    }
    if !is_debian() {
        bail!(
            "this Rust cannot compile to {TARGET}, and adding it failed:\n{reason}\n\
             Install the target's standard library: `rustup target add {TARGET}`, or your distribution's package for it."
        );
    }
    println!("using Debian's Rust for {TARGET}, since {reason}");
    debian(paths)
}

/// Whether that compiler has the target's standard library.
fn has_target(rustc: &str) -> bool {
    let mut command = Command::new(rustc);
    command.args(["--print", "target-libdir", "--target", TARGET]);
    process::stdout(&mut command).is_ok_and(|folder| {
        fs::read_dir(folder.trim()).is_ok_and(|entries| {
            entries
                .flatten()
                .any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
        })
    })
}

fn is_debian() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| {
        text.lines()
            .filter_map(|line| line.split_once('='))
            .filter(|(key, _)| *key == "ID" || *key == "ID_LIKE")
            .any(|(_, value)| value.trim_matches('"').split(' ').any(|id| id == "debian"))
    })
}

fn debian(paths: &Paths) -> Result<Toolchain> {
    if !(Path::new("/usr/bin/cargo").exists() && has_source()) || linker().is_none() {
        install()?;
    }
    let linker = linker().context("no wasm-ld in /usr/bin after installing lld")?;
    Ok(Toolchain {
        cargo: "/usr/bin/cargo".into(),
        env: vec![
            ("RUSTC", "/usr/bin/rustc".into()),
            // Building the standard library is unstable; the distribution's compiler is a stable one.
            ("RUSTC_BOOTSTRAP", "1".into()),
            (
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER",
                linker.into_os_string(),
            ),
        ],
        args: &["-Zbuild-std=std,panic_abort"],
        target_folder: paths.target.join("distro"),
    })
}

/// Whether Debian's compiler has the standard library's source beside it.
fn has_source() -> bool {
    let mut command = Command::new("/usr/bin/rustc");
    command.args(["--print", "sysroot"]);
    process::stdout(&mut command).is_ok_and(|sysroot| {
        Path::new(sysroot.trim())
            .join("lib/rustlib/src/rust/library/std/Cargo.toml")
            .exists()
    })
}

/// The newest `wasm-ld-N`.
fn linker() -> Option<PathBuf> {
    fs::read_dir("/usr/bin")
        .ok()?
        .flatten()
        .filter_map(|entry| {
            let version = entry
                .file_name()
                .to_str()?
                .strip_prefix("wasm-ld-")?
                .parse::<u32>()
                .ok()?;
            Some((version, entry.path()))
        })
        .max()
        .map(|(_, path)| path)
}

fn install() -> Result<()> {
    let root = is_root();
    if root {
        process::run(Command::new("apt-get").args(["update", "--quiet"]))?;
    }
    let found = process::stdout(Command::new("apt-cache").args([
        "search",
        "--names-only",
        "^lld-[0-9]+$",
    ]))?;
    let lld = newest_lld(&found).context("apt knows no package lld-N")?;
    let mut packages: Vec<&str> = PACKAGES.to_vec();
    packages.push(&lld);
    if !root {
        bail!(
            "a Rust that compiles to {TARGET} is missing. Install Debian's and run this again:\n  \
             sudo apt-get install --no-install-recommends {}",
            packages.join(" ")
        );
    }
    process::apt_install(&packages)
}

/// From lines such as `lld-19 - LLVM-based linker`.
fn newest_lld(listing: &str) -> Option<String> {
    listing
        .lines()
        .filter_map(|line| {
            line.split(' ')
                .next()?
                .strip_prefix("lld-")?
                .parse::<u32>()
                .ok()
        })
        .max()
        .map(|version| format!("lld-{version}"))
}

/// Whether packages can be installed without asking anybody.
pub fn is_root() -> bool {
    process::stdout(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_lld_is_the_one_with_the_highest_number() {
        let listing =
            "lld-9 - LLVM-based linker\nlld-22 - LLVM-based linker\nlld-19 - LLVM-based linker\n";
        assert_eq!(newest_lld(listing).as_deref(), Some("lld-22"));
        assert_eq!(newest_lld(""), None);
    }
}
