//! The published site's version: every file with its hash, for the service worker (`www/sw.js`) and the page.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Serialize;

use crate::{assets, hash};

/// The worker's source in the repository, and its place in the site: it may only serve what lies below it.
const SOURCE: &str = "www/sw.js";
const SCRIPT: &str = "sw.js";

#[derive(Serialize)]
struct Site<'a> {
    version: &'a str,
    /// SHA-256 by path.
    files: &'a BTreeMap<String, String>,
}

/// Where the page and its workers have the version from.
const BUILD: &str = "www/build.js";

/// Marks `site`'s page as published, pins its model's manifest, tells its scripts their version, and writes the service
/// worker. `files`: all files.
pub fn write(site: &Path, files: &[PathBuf], manifest: &Path) -> Result<()> {
    let page = site.join("index.html");
    let pin = hash::sha256(&fs::read(manifest)?);
    let text = mark(&fs::read_to_string(&page)?, &pin)?;
    assets::write(&page, text.as_bytes())?;
    let mut hashes = BTreeMap::new();
    for file in files.iter().filter(|file| is_kept(file)) {
        let path = file
            .strip_prefix(site)?
            .to_string_lossy()
            .replace('\\', "/");
        hashes.insert(path, hash::sha256(&fs::read(file)?));
    }
    fs::remove_file(site.join(SOURCE))?;
    hashes.remove(SOURCE);
    // Of the files as they are before it stands in one of them.
    let version = version(&hashes);
    let build = site.join(BUILD);
    let stamped = stamp(&fs::read_to_string(&build)?, &version, &hashes)?;
    assets::write(&build, stamped.as_bytes())?;
    hashes.insert(BUILD.to_owned(), hash::sha256(stamped.as_bytes()));
    let worker = script(&version, &hashes, include_str!("../../www/sw.js"))?;
    assets::write(&site.join(SCRIPT), worker.as_bytes())
}

/// All but the weights, which the page keeps itself, and what only editors read.
fn is_kept(file: &Path) -> bool {
    let name = file.to_string_lossy();
    !name.ends_with(".safetensors") && !name.ends_with(".d.ts")
}

/// The page with what only a published one has.
fn mark(html: &str, hash: &str) -> Result<String> {
    insert(&pin(html, hash)?, r#"<meta name="camscope-offline" />"#)
}

/// The page with its model's manifest pinned: that of another hash is refused.
pub fn pin(html: &str, hash: &str) -> Result<String> {
    let meta = format!(r#"<meta name="camscope-manifest-sha256" content="{hash}" />"#);
    insert(html, &meta)
}

fn insert(html: &str, tag: &str) -> Result<String> {
    let (before, after) = html
        .split_once("<title")
        .context("index.html has no title to put the site's marks before")?;
    Ok(format!("{before}{tag}\n    <title{after}"))
}

/// Another file is another version.
fn version(files: &BTreeMap<String, String>) -> String {
    let hash = hash::sha256(format!("{files:?}").as_bytes());
    hash[..16].to_owned()
}

/// The scripts' version, and the hashes of the WebAssembly that they fetch.
fn stamp(source: &str, version: &str, files: &BTreeMap<String, String>) -> Result<String> {
    let engine: BTreeMap<_, _> = files
        .iter()
        .filter(|(path, _)| path.ends_with(".wasm"))
        .collect();
    let engine = serde_json::to_string(&engine)?;
    let mut stamped = source.to_owned();
    for (blank, value) in [
        ("\"development\"", format!("\"{version}\"")),
        ("Object.freeze({})", format!("Object.freeze({engine})")),
    ] {
        if !stamped.contains(blank) {
            bail!("{BUILD} has no {blank} to put the site's version in the place of");
        }
        stamped = stamped.replace(blank, &value);
    }
    Ok(stamped)
}

/// The worker, with the files before it. Any change of a file changes it, which is how browsers notice.
fn script(version: &str, files: &BTreeMap<String, String>, source: &str) -> Result<String> {
    let site = serde_json::to_string(&Site { version, files })?;
    Ok(format!("const SITE = {site};\n{source}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_lists_its_files_but_not_the_weights_and_pins_the_manifest() {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path();
        let mut files = Vec::new();
        for (path, text) in [
            ("index.html", "<head><title>x</title></head>"),
            (SOURCE, "worker"),
            ("www/main.js", "abc"),
            (BUILD, include_str!("../../www/build.js")),
            ("pkg/a.wasm", "engine"),
            ("www/camscope.d.ts", "types"),
            ("pkg/models/m/manifest.json", "{}"),
            ("pkg/models/m/a.safetensors", "weights"),
        ] {
            assets::write(&site.join(path), text.as_bytes()).unwrap();
            files.push(site.join(path));
        }
        write(site, &files, &site.join("pkg/models/m/manifest.json")).unwrap();

        let worker = fs::read_to_string(site.join(SCRIPT)).unwrap();
        let line = worker.lines().next().unwrap();
        let json = line
            .strip_prefix("const SITE = ")
            .unwrap()
            .trim_end_matches(';');
        let json: serde_json::Value = serde_json::from_str(json).unwrap();
        let listed: Vec<&String> = json["files"].as_object().unwrap().keys().collect();
        assert_eq!(
            listed,
            [
                "index.html",
                "pkg/a.wasm",
                "pkg/models/m/manifest.json",
                BUILD,
                "www/main.js"
            ]
        );
        let build = fs::read_to_string(site.join(BUILD)).unwrap();
        assert_eq!(json["files"][BUILD], hash::sha256(build.as_bytes()));
        assert!(build.contains(&format!("BUILD = {};", json["version"])));
        let engine = hash::sha256(b"engine");
        assert!(build.contains(&format!(r#"freeze({{"pkg/a.wasm":"{engine}"}})"#)));
        assert_eq!(json["files"]["www/main.js"], hash::sha256(b"abc"));
        let page = fs::read(site.join("index.html")).unwrap();
        assert_eq!(json["files"]["index.html"], hash::sha256(&page));
        assert!(
            String::from_utf8(page)
                .unwrap()
                .contains(&hash::sha256(b"{}"))
        );
        assert!(!site.join(SOURCE).exists());
    }

    #[test]
    fn another_file_is_another_version() {
        let one = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        let other = BTreeMap::from([("a".to_owned(), "2".to_owned())]);
        assert_ne!(version(&one), version(&other));
        assert_eq!(version(&one).len(), 16);
    }
}
