//! The CPU's kernels as WebAssembly modules of their own (`kernels/`), one for each kind of browser and host.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::paths::Paths;
use crate::toolchain::{TARGET, Toolchain};
use crate::{assets, process};

/// How they are optimised.
const SETTINGS: &str = "xtask/kernels.toml";

/// The modules' files in `pkg`, and what each needs: threads, relaxed vectors.
pub const MODULES: [(&str, [bool; 2]); 4] = [
    ("kernels.wasm", [false, false]),
    ("kernels-relaxed.wasm", [false, true]),
    ("kernels-threads.wasm", [true, false]),
    ("kernels-threads-relaxed.wasm", [true, true]),
];

/// What a shared memory may grow to, in bytes; `MOST_PAGES` in `www/kernels.js` says the same.
const MOST_MEMORY: u32 = 1 << 30;

/// Builds all of them; cargo itself knows what to rebuild.
pub fn build(paths: &Paths, toolchain: &Toolchain) -> Result<()> {
    for (file, needs) in MODULES {
        let folder = toolchain.target_folder.join(file.trim_end_matches(".wasm"));
        let flags = format!("target.{TARGET}.rustflags={:?}", flags(needs));
        let mut command = Command::new(&toolchain.cargo);
        command
            .current_dir(&paths.root)
            .args(["rustc", "--locked", "--package", "camscope-kernels"])
            .args(["--lib", "--quiet"])
            .args(["--features", "module", "--crate-type", "cdylib"])
            .args(["--target", TARGET, "--release", "--config", SETTINGS])
            .args(["--config", &flags])
            .arg("--target-dir")
            .arg(&folder)
            .envs(toolchain.env.iter().map(|(name, value)| (name, value)))
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        if !toolchain.args.is_empty() {
            // Without the rest of the standard library, which takes longer than all else.
            command.arg("-Zbuild-std=core,alloc");
        }
        process::run(&mut command)
            .with_context(|| format!("compiling pkg/{file} to WebAssembly"))?;
        let compiled = folder.join(TARGET).join("release/camscope_kernels.wasm");
        let bytes =
            fs::read(&compiled).with_context(|| format!("reading {}", compiled.display()))?;
        assets::write(&paths.pkg().join(file), &bytes)?;
    }
    Ok(())
}

fn flags([threads, relaxed]: [bool; 2]) -> Vec<String> {
    let mut features = String::from("target-feature=+bulk-memory,+mutable-globals");
    if threads {
        features += ",+atomics";
    }
    if relaxed {
        features += ",+relaxed-simd";
    }
    // Loop strength reduction computes addresses anew that would fit into the loads, for a third of them.
    let mut flags = vec![features, "llvm-args=-disable-lsr".into()];
    if threads {
        let most = format!("--max-memory={MOST_MEMORY}");
        let link = [
            "--shared-memory",
            "--import-memory",
            &most,
            "--export=__stack_pointer",
        ];
        flags.extend(link.map(|argument| format!("link-arg={argument}")));
    }
    flags
        .into_iter()
        .flat_map(|flag| ["-C".into(), flag])
        .collect()
}
