//! `cargo xtask build`: the engine as WebAssembly, and the JavaScript glue around it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::paths::Paths;
use crate::toolchain::{self, TARGET, Toolchain};
use crate::{assets, hash, kernels, process};

/// How the engine is optimised.
const SETTINGS: &str = "xtask/wasm.toml";

/// Builds `pkg/camscope.js`, `camscope.d.ts` and `camscope_bg.wasm`; only the glue is skipped when nothing changed,
/// cargo itself knows what to rebuild.
pub fn build(paths: &Paths) -> Result<()> {
    let toolchain = toolchain::find(paths)?;
    kernels::build(paths, &toolchain)?;
    let compiled = compile(paths, toolchain)?;
    let bytes = fs::read(&compiled).with_context(|| format!("reading {}", compiled.display()))?;
    let stamp = format!("{} {}", hash::sha256(&bytes), wasm_bindgen_shared_version());
    let stamp_path = paths.work().join("glue.made-from");
    let pkg = paths.pkg();
    let complete = ["camscope.js", "camscope.d.ts", "camscope_bg.wasm"]
        .iter()
        .all(|file| pkg.join(file).exists());
    if complete && fs::read_to_string(&stamp_path).is_ok_and(|text| text == stamp) {
        println!("engine: pkg/camscope_bg.wasm is up to date");
        return Ok(());
    }
    // A stamp must not outlive the files it speaks of.
    if stamp_path.exists() {
        fs::remove_file(&stamp_path)?;
    }
    Bindgen::new()
        .input_path(&compiled)
        .out_name("camscope")
        .web(true)?
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(&pkg)
        .context("generating the JavaScript glue")?;
    assets::write(&stamp_path, stamp.as_bytes())?;
    let size = fs::metadata(pkg.join("camscope_bg.wasm"))?.len();
    println!("engine: pkg/camscope_bg.wasm, {:.1} MB", size as f64 / 1e6);
    Ok(())
}

/// Path of the compiled module, before the glue.
fn compile(paths: &Paths, toolchain: Toolchain) -> Result<PathBuf> {
    let mut command = Command::new(&toolchain.cargo);
    command
        .current_dir(&paths.root)
        .args(["build", "--locked", "--package", "camscope", "--lib"])
        .args(["--target", TARGET, "--release", "--config", SETTINGS])
        .arg("--target-dir")
        .arg(&toolchain.target_folder)
        .args(toolchain.args)
        .envs(toolchain.env)
        // Flags from the environment would replace those of .cargo/config.toml, which the engine needs.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    process::run(&mut command).context("compiling the engine to WebAssembly")?;
    Ok(toolchain
        .target_folder
        .join(TARGET)
        .join("release")
        .join("camscope.wasm"))
}

/// The glue's generator must be of the same version as the crate in the engine; both are pinned in `Cargo.lock`.
fn wasm_bindgen_shared_version() -> &'static str {
    include_str!("../Cargo.toml")
        .lines()
        .find(|line| line.starts_with("wasm-bindgen-cli-support"))
        .unwrap_or_default()
}
