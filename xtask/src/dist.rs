//! `cargo xtask dist`: the site as a folder for any static host.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use camscope::weights::manifest::Manifest;

use crate::assets::{self, Assets, NpmPackage, Sample};
use crate::kernels::MODULES;
use crate::paths::Paths;
use crate::weights::index;
use crate::{hash, node, offline, process, set_up};

/// What the engine uses of WebAssembly beyond its first version, as rustc has it by default, and vectors. Higher levels
/// take minutes and gain little over what the compiler did.
const OPTIONS: [&str; 9] = [
    "-O1",
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-extended-const",
];

/// Writes `dist/` anew: the page, the engine, the models there are and the photos whose licence allows it.
pub fn run(paths: &Paths) -> Result<()> {
    set_up(paths)?;
    let assets = Assets::read(paths)?;
    let dist = paths.root.join("dist");
    let engine = optimized(paths, &assets.optimizer)?;
    write(paths, &assets, &engine, &dist)?;
    report(paths, &dist)
}

/// Writes the site into `dist`, anew.
pub fn write(paths: &Paths, assets: &Assets, engine: &Path, dist: &Path) -> Result<()> {
    if dist.exists() {
        fs::remove_dir_all(dist).with_context(|| format!("removing {}", dist.display()))?;
    }
    copy(&paths.root.join("index.html"), &dist.join("index.html"))?;
    for file in files(&paths.root.join("www"))? {
        let inside = file.strip_prefix(&paths.root)?;
        copy(&file, &dist.join(inside))?;
    }
    for file in ["camscope.js", "camscope.d.ts"] {
        copy(&paths.pkg().join(file), &dist.join("pkg").join(file))?;
    }
    for library in &assets.libraries {
        for file in &library.files {
            let name = Path::new(file).file_name().context("a file has a name")?;
            let inside = Path::new("pkg/vendor")
                .join(&library.npm.package)
                .join(name);
            copy(&paths.root.join(&inside), &dist.join(&inside))?;
        }
    }
    copy(engine, &dist.join("pkg/camscope_bg.wasm"))?;
    for (file, _) in MODULES {
        copy(&paths.pkg().join(file), &dist.join("pkg").join(file))?;
    }
    let index = paths.models().join("index.json");
    copy(&index, &dist.join("pkg/models/index.json"))?;
    for entry in index::read(paths)? {
        model(paths, dist, &entry.manifest)?;
    }
    samples(paths, dist, assets)?;
    let manifest = dist.join("pkg/models").join(&assets.weights.name);
    offline::write(dist, &files(dist)?, &manifest.join("manifest.json"))?;
    // GitHub Pages would otherwise drop files whose names begin with an underscore.
    assets::write(&dist.join(".nojekyll"), b"")
}

/// The engine after wasm-opt, which runs only when the engine changed. Returns its path.
fn optimized(paths: &Paths, optimizer: &NpmPackage) -> Result<PathBuf> {
    node::check_version()?;
    let engine = paths.pkg().join("camscope_bg.wasm");
    let bytes = fs::read(&engine).with_context(|| format!("reading {}", engine.display()))?;
    let folder = paths.work().join("dist");
    let result = folder.join("camscope_bg.wasm");
    let stamp = format!("{} {optimizer:?} {OPTIONS:?}", hash::sha256(&bytes));
    let stamp_path = folder.join("made-from");
    if result.exists() && fs::read_to_string(&stamp_path).is_ok_and(|text| text == stamp) {
        return Ok(result);
    }
    let package = assets::package(paths, optimizer)?;
    let files = assets::unpack(&package)?;
    // The second one says in which module system the first is written.
    for file in ["bin/wasm-opt", "bin/package.json"] {
        let content = files
            .get(file)
            .with_context(|| format!("the package {} has no {file}", optimizer.package))?;
        assets::write(&folder.join(file), content)?;
    }
    println!("optimising the engine (about a minute)");
    let part = folder.join("part.wasm");
    process::run(
        Command::new("node")
            .arg(folder.join("bin/wasm-opt"))
            .args(OPTIONS)
            .arg(&engine)
            .arg("--output")
            .arg(&part),
    )?;
    fs::rename(&part, &result).with_context(|| format!("writing {}", result.display()))?;
    assets::write(&stamp_path, stamp.as_bytes())?;
    Ok(result)
}

/// A manifest (its path inside the models' folder) and the shards it lists.
fn model(paths: &Paths, dist: &Path, manifest: &str) -> Result<()> {
    let path = paths.models().join(manifest);
    let from = path.parent().context("a manifest lies in a folder")?;
    let to = dist.join("pkg/models").join(manifest);
    let to = to.parent().context("a manifest lies in a folder")?;
    let text = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    let manifest: Manifest = serde_json::from_slice(&text)?;
    println!("model: {} ({})", manifest.title, manifest.license);
    copy(&from.join("manifest.json"), &to.join("manifest.json"))?;
    for shard in &manifest.shards {
        copy(&from.join(&shard.file), &to.join(&shard.file))?;
    }
    Ok(())
}

fn samples(paths: &Paths, dist: &Path, assets: &Assets) -> Result<()> {
    let folder = dist.join("pkg/samples");
    let present: Vec<&Sample> = publishable(&assets.samples)
        .filter(|sample| paths.samples().join(&sample.file).exists())
        .collect();
    for sample in &present {
        copy(
            &paths.samples().join(&sample.file),
            &folder.join(&sample.file),
        )?;
    }
    assets::write_index(&folder, &present)
}

/// Those that may be republished.
fn publishable(samples: &[Sample]) -> impl Iterator<Item = &Sample> {
    samples.iter().filter(|sample| sample.publish)
}

/// Every file below a folder, hidden ones left out.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            found.extend(files(&entry.path())?);
        } else {
            found.push(entry.path());
        }
    }
    Ok(found)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    fs::copy(from, to)
        .with_context(|| format!("copying {} to {}", from.display(), to.display()))?;
    Ok(())
}

/// Says what came out, and refuses what a host in a sub-path could not serve.
fn report(paths: &Paths, dist: &Path) -> Result<()> {
    let files = files(dist)?;
    let mut bytes = 0;
    for file in &files {
        bytes += fs::metadata(file)?.len();
        if file.extension().is_some_and(|end| end == "html") {
            let text = fs::read_to_string(file)?;
            if let Some(url) = absolute_url(&text) {
                bail!(
                    "{} refers to {url}: only relative addresses work on any host and path",
                    file.display()
                );
            }
        }
    }
    println!(
        "{}: {} files, {:.1} MB; any static host can serve it, from any path",
        paths.show(dist),
        files.len(),
        bytes as f64 / 1e6
    );
    Ok(())
}

/// The first address in an attribute that makes the browser load something from elsewhere than below the page.
fn absolute_url(html: &str) -> Option<&str> {
    html.split(['<', '>'])
        .filter(|tag| !tag.starts_with("a "))
        .flat_map(|tag| tag.split_whitespace())
        .filter_map(|attribute| {
            let (name, value) = attribute.split_once('=')?;
            let value = value.trim_matches(['"', '\'', '/']);
            let rooted = attribute.contains("=\"/") || attribute.contains("='/");
            (matches!(name, "src" | "href") && (rooted || value.contains("://"))).then_some(value)
        })
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_leave_the_site_are_found() {
        assert_eq!(absolute_url(r#"<img src="www/icon.svg" alt="">"#), None);
        assert_eq!(
            absolute_url(r#"<a href="https://example.org/">paper</a>"#),
            None
        );
        assert_eq!(
            absolute_url(r#"<script type="module" src="/www/main.js"></script>"#),
            Some("www/main.js")
        );
        assert_eq!(
            absolute_url(r#"<link href="https://cdn.example/x.css" rel="stylesheet">"#),
            Some("https://cdn.example/x.css")
        );
    }

    #[test]
    fn only_freely_licensed_photos_are_published() {
        let text = include_str!("../../assets.toml");
        let assets: Assets = toml::from_str(text).unwrap();
        let published: Vec<_> = publishable(&assets.samples)
            .map(|sample| (sample.file.as_str(), sample.license.as_str()))
            .collect();
        assert_eq!(published, [("chelsea.png", "CC0"), ("coffee.png", "CC0")]);
        assert_eq!(assets.samples.len(), 12);
    }
}
