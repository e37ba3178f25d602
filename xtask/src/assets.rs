//! External files: what `assets.toml` lists, found in the cache, a mirror folder or on the network, and checked.

use std::collections::HashMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use camscope::weights::manifest::Accuracy;
use serde::{Deserialize, Serialize};

use crate::hash;
use crate::paths::Paths;
use crate::{process, weights};

/// Largest photo taken from the network, in bytes.
const MAX_DOWNLOAD: u64 = 64 * 1024 * 1024;

/// `assets.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assets {
    pub weights: WeightsPackage,
    /// Has `bin/wasm-opt`.
    pub optimizer: NpmPackage,
    #[serde(rename = "library")]
    pub libraries: Vec<Library>,
    #[serde(rename = "model")]
    pub models: Vec<PublishedModel>,
    #[serde(rename = "sample")]
    pub samples: Vec<Sample>,
}

/// A package of the npm registry, never installed: only files in it are used.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NpmPackage {
    pub package: String,
    pub version: String,
    /// As in npm's lock files.
    pub integrity: String,
}

/// A JavaScript library of the page, as its package has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Library {
    pub npm: NpmPackage,
    /// Paths inside the package.
    pub files: Vec<String>,
}

/// An npm package with a TensorFlow.js model, and what to say about it in the converted model's manifest.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightsPackage {
    pub npm: NpmPackage,
    /// Path of `model.json` inside the package.
    pub model: String,
    /// Path of the labels inside the package: a JSON object from index to name.
    pub labels: String,
    pub name: String,
    pub title: String,
    pub source: String,
    pub license: String,
    pub accuracy: Accuracy,
}

/// A checkpoint of torchvision's, fetched on request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedModel {
    pub name: String,
    pub title: String,
    /// Bears the first digits of its SHA-256.
    pub file: String,
    pub url: String,
    /// The shorter side before the centre crop, in pixels.
    pub resize: u32,
    pub source: String,
    pub license: String,
    pub accuracy: Accuracy,
}

/// Options of `cargo xtask assets`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Fetch and convert this model instead, for the page to offer: torchvision-v1 or torchvision-v2
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    pub file: String,
    pub title: String,
    /// A box around its object: left, top, width, height in its pixels.
    pub mark: Option<[u32; 4]>,
    pub sha256: String,
    pub url: String,
    pub credit: String,
    pub license: String,
    /// Whether the licence allows it on the published site.
    pub publish: bool,
}

/// One entry of `pkg/samples/index.json`.
#[derive(Serialize)]
struct IndexEntry<'a> {
    file: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<[u32; 4]>,
    credit: &'a str,
    license: &'a str,
}

impl Assets {
    pub fn read(paths: &Paths) -> Result<Self> {
        let path = paths.root.join("assets.toml");
        let text =
            fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("reading {}", path.display()))
    }
}

/// `cargo xtask assets`.
pub fn run(paths: &Paths, args: &Args) -> Result<()> {
    let assets = Assets::read(paths)?;
    if let Some(name) = &args.model {
        return weights::torchvision::fetch(paths, &assets, name);
    }
    samples(paths, &assets)?;
    libraries(paths, &assets)?;
    let npm = &assets.weights.npm;
    let bytes = package(paths, npm)?.len();
    println!(
        "weights: {}@{} ({} MB)",
        npm.package,
        npm.version,
        bytes / 1_000_000
    );
    Ok(())
}

/// Fills `pkg/samples`. A photo that cannot be had is left out with a warning; a wrong one is an error.
pub fn samples(paths: &Paths, assets: &Assets) -> Result<()> {
    let folder = paths.samples();
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    let mut present = Vec::new();
    for sample in &assets.samples {
        let path = folder.join(&sample.file);
        if fs::read(&path).is_ok_and(|bytes| hash::sha256(&bytes) == sample.sha256) {
            present.push(sample);
            continue;
        }
        match find(paths, sample)? {
            Some(bytes) => {
                write(&path, &bytes)?;
                present.push(sample);
            }
            // An older file there would not be the listed one.
            None => {
                if path.exists() {
                    fs::remove_file(&path)
                        .with_context(|| format!("removing {}", path.display()))?;
                }
            }
        }
    }
    write_index(&folder, &present)?;
    println!(
        "samples: {} of {} photos in {}",
        present.len(),
        assets.samples.len(),
        paths.show(&folder)
    );
    Ok(())
}

/// Fills `pkg/vendor`.
pub fn libraries(paths: &Paths, assets: &Assets) -> Result<()> {
    for Library { npm, files } in &assets.libraries {
        let folder = paths.vendor().join(&npm.package);
        // The version is part of what says that the files are there: they bear no hash of their own.
        let stamp = folder.join("made-from");
        let made_from = format!("{npm:?} {files:?}");
        if fs::read_to_string(&stamp).is_ok_and(|text| text == made_from) {
            continue;
        }
        let unpacked = unpack(&package(paths, npm)?)?;
        for file in files {
            let content = unpacked
                .get(file)
                .with_context(|| format!("the package {} has no {file}", npm.package))?;
            let name = Path::new(file).file_name().context("a file has a name")?;
            write(&folder.join(name), content)?;
        }
        write(&stamp, made_from.as_bytes())?;
        println!("library: {}@{}", npm.package, npm.version);
    }
    Ok(())
}

/// `index.json`, which tells the page what there is.
pub fn write_index(folder: &Path, samples: &[&Sample]) -> Result<()> {
    let entries: Vec<_> = samples
        .iter()
        .map(|sample| IndexEntry {
            file: &sample.file,
            title: &sample.title,
            mark: sample.mark,
            credit: &sample.credit,
            license: &sample.license,
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&entries)?;
    text.push('\n');
    write(&folder.join("index.json"), text.as_bytes())
}

/// A photo, from the first place that has it; `None` (and a warning) where none has.
fn find(paths: &Paths, sample: &Sample) -> Result<Option<Vec<u8>>> {
    let check =
        |bytes: &[u8], from: &str| verify(&sample.file, from, &sample.sha256, &hash::sha256(bytes));
    if let Some(bytes) = nearby(paths, &sample.file, check)? {
        return Ok(Some(bytes));
    }
    match download(&sample.url, MAX_DOWNLOAD) {
        Ok(bytes) => {
            check(&bytes, &sample.url)?;
            write(&paths.cache.join(&sample.file), &bytes)?;
            Ok(Some(bytes))
        }
        Err(error) => {
            eprintln!(
                "warning: the sample photo {} is left out: {error:#}",
                sample.file
            );
            Ok(None)
        }
    }
}

/// A package, as a verified gzipped tar file.
pub fn package(paths: &Paths, npm: &NpmPackage) -> Result<Vec<u8>> {
    let file = format!("{}-{}.tgz", npm.package, npm.version);
    let check =
        |bytes: &[u8], from: &str| verify(&file, from, &npm.integrity, &hash::integrity(bytes));
    if let Some(bytes) = nearby(paths, &file, check)? {
        return Ok(bytes);
    }
    let packed = npm_pack(paths, npm)?;
    let bytes = fs::read(&packed).with_context(|| format!("reading {}", packed.display()))?;
    check(&bytes, "npm")?;
    let cached = paths.cache.join(&file);
    fs::rename(&packed, &cached).with_context(|| format!("writing {}", cached.display()))?;
    Ok(bytes)
}

/// A file of the cache, or else of the mirror folder, from where it goes into the cache; `None` where neither has it.
pub fn nearby(
    paths: &Paths,
    file: &str,
    check: impl Fn(&[u8], &str) -> Result<()>,
) -> Result<Option<Vec<u8>>> {
    let cached = paths.cache.join(file);
    if let Some(bytes) = local(&cached)? {
        check(&bytes, &cached.display().to_string())?;
        return Ok(Some(bytes));
    }
    let Some(mirror) = &paths.mirror else {
        return Ok(None);
    };
    let mirrored = mirror.join(file);
    let Some(bytes) = local(&mirrored)? else {
        return Ok(None);
    };
    check(&bytes, &mirrored.display().to_string())?;
    write(&cached, &bytes)?;
    Ok(Some(bytes))
}

/// Files of a package by their path inside it.
pub fn unpack(package: &[u8]) -> Result<HashMap<String, Vec<u8>>> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(package));
    let mut files = HashMap::new();
    for entry in archive.entries().context("unpacking the package")? {
        let mut entry = entry.context("unpacking the package")?;
        let path = entry.path()?.to_string_lossy().into_owned();
        // npm puts everything under one folder.
        let Some((_, path)) = path.split_once('/') else {
            continue;
        };
        let path = path.to_owned();
        let mut bytes = Vec::new();
        entry
            .read_to_end(&mut bytes)
            .with_context(|| format!("unpacking {path}"))?;
        files.insert(path, bytes);
    }
    Ok(files)
}

/// Downloads a package without installing it. Returns the path of the file.
fn npm_pack(paths: &Paths, npm: &NpmPackage) -> Result<PathBuf> {
    let name = format!("{}@{}", npm.package, npm.version);
    println!("fetching {name} with npm pack");
    // A folder of its own: an interrupted download must not look like a finished one.
    let folder = paths.cache.join("npm");
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    let mut command: Command = process::npm();
    command
        .args(["pack", &name, "--json", "--ignore-scripts"])
        .current_dir(&folder);
    let text = process::stdout(&mut command)
        .with_context(|| format!("fetching {name} from the npm registry"))?;
    #[derive(Deserialize)]
    struct Packed {
        filename: String,
    }
    let packed: Vec<Packed> =
        serde_json::from_str(&text).context("reading the output of `npm pack`")?;
    match packed.first() {
        Some(packed) => Ok(folder.join(&packed.filename)),
        None => bail!("`npm pack {name}` wrote no file"),
    }
}

/// Fails where the hashes differ.
fn verify(file: &str, from: &str, expected: &str, found: &str) -> Result<()> {
    if expected != found {
        bail!(
            "{file} is not the file listed in assets.toml\n  from:     {from}\n  expected: {expected}\n  found:    {found}\n\
             Delete it if it is a damaged copy and run this again."
        );
    }
    Ok(())
}

/// A file's bytes, or `None` if there is no such file.
fn local(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

/// A file of at most `limit` bytes from the network.
pub fn download(url: &str, limit: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    ureq::get(url)
        .call()
        .with_context(|| format!("downloading {url}"))?
        .into_body()
        .into_with_config()
        .limit(limit)
        .reader()
        .read_to_end(&mut bytes)
        .with_context(|| format!("downloading {url}"))?;
    Ok(bytes)
}

/// Writes a file whole or not at all.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    fs::write(&part, bytes)
        .and_then(|()| fs::rename(&part, path))
        .with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// An empty checkout with a mirror folder; nothing of it reaches the network.
    pub struct Place {
        _folder: tempfile::TempDir,
        pub paths: Paths,
    }

    impl Place {
        pub fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path().to_path_buf();
            let paths = Paths {
                target: root.join("target"),
                cache: root.join("cache"),
                mirror: Some(root.join("mirror")),
                root,
            };
            Self {
                _folder: folder,
                paths,
            }
        }

        pub fn mirrored(&self, file: &str) -> PathBuf {
            self.paths.mirror.as_ref().unwrap().join(file)
        }
    }

    fn sample(bytes: &[u8]) -> Sample {
        Sample {
            file: "photo.png".into(),
            title: "Photo".into(),
            mark: None,
            sha256: hash::sha256(bytes),
            // Nobody listens there.
            url: "http://127.0.0.1:9/photo.png".into(),
            credit: "somebody".into(),
            license: "CC0".into(),
            publish: true,
        }
    }

    #[test]
    fn the_cache_is_asked_before_the_mirror() {
        let place = Place::new();
        write(&place.mirrored("photo.png"), b"right").unwrap();
        let found = find(&place.paths, &sample(b"right")).unwrap();
        assert_eq!(found.as_deref(), Some(&b"right"[..]));
        // It is in the cache now, so the mirror's copy no longer matters.
        write(&place.mirrored("photo.png"), b"wrong").unwrap();
        let found = find(&place.paths, &sample(b"right")).unwrap();
        assert_eq!(found.as_deref(), Some(&b"right"[..]));
    }

    #[test]
    fn a_wrong_file_is_an_error_with_its_name_and_both_hashes() {
        let place = Place::new();
        write(&place.mirrored("photo.png"), b"wrong").unwrap();
        let error = find(&place.paths, &sample(b"right"))
            .unwrap_err()
            .to_string();
        for part in [
            "photo.png",
            &hash::sha256(b"right"),
            &hash::sha256(b"wrong"),
        ] {
            assert!(error.contains(part), "{error}");
        }
        assert!(!place.paths.cache.join("photo.png").exists());
    }

    #[test]
    fn a_photo_that_nobody_has_is_left_out_of_the_index() {
        let place = Place::new();
        let mut there = sample(b"right");
        there.file = "there.png".into();
        write(&place.mirrored("there.png"), b"right").unwrap();
        let text = include_str!("../../assets.toml");
        let mut assets: Assets = toml::from_str(text).unwrap();
        assets.samples = vec![sample(b"right"), there];
        samples(&place.paths, &assets).unwrap();
        let folder = place.paths.samples();
        let index = fs::read_to_string(folder.join("index.json")).unwrap();
        assert!(index.contains("there.png"), "{index}");
        assert!(!index.contains("photo.png"), "{index}");
        assert_eq!(fs::read(folder.join("there.png")).unwrap(), b"right");
    }

    #[test]
    fn a_library_s_files_are_unpacked_once() {
        let place = Place::new();
        let mut assets: Assets = toml::from_str(include_str!("../../assets.toml")).unwrap();
        let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(
            Vec::new(),
            flate2::Compression::default(),
        ));
        for file in assets.libraries[0].files.clone() {
            let mut header = tar::Header::new_gnu();
            header.set_size(file.len() as u64);
            archive
                .append_data(&mut header, format!("package/{file}"), file.as_bytes())
                .unwrap();
        }
        let bytes = archive.into_inner().unwrap().finish().unwrap();
        let npm = &mut assets.libraries[0].npm;
        npm.integrity = hash::integrity(&bytes);
        let mirrored = place.mirrored(&format!("{}-{}.tgz", npm.package, npm.version));
        write(&mirrored, &bytes).unwrap();

        libraries(&place.paths, &assets).unwrap();
        let folder = place.paths.vendor().join("uplot");
        let script = fs::read(folder.join("uPlot.esm.js")).unwrap();
        assert_eq!(script, b"dist/uPlot.esm.js");
        // With nothing left to unpack from.
        fs::remove_dir_all(&place.paths.cache).unwrap();
        fs::remove_file(mirrored).unwrap();
        libraries(&place.paths, &assets).unwrap();
        assert!(folder.join("LICENSE").exists());
    }

    #[test]
    fn the_package_is_checked_against_its_integrity() {
        let place = Place::new();
        let text = include_str!("../../assets.toml");
        let mut npm = toml::from_str::<Assets>(text).unwrap().weights.npm;
        let file = format!("{}-{}.tgz", npm.package, npm.version);
        write(&place.mirrored(&file), b"package").unwrap();
        let error = package(&place.paths, &npm).unwrap_err().to_string();
        assert!(error.contains(&npm.integrity), "{error}");
        npm.integrity = hash::integrity(b"package");
        assert_eq!(package(&place.paths, &npm).unwrap(), b"package");
    }
}
