//! Where things are in the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// Folders of one checkout.
#[derive(Debug, Clone)]
pub struct Paths {
    /// The repository, which is also the site's root.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
    /// Downloads.
    pub cache: PathBuf,
    /// Holds assets under their own names, for machines without the network: `$CAMSCOPE_ASSET_MIRROR`.
    pub mirror: Option<PathBuf>,
}

impl Paths {
    /// Those of the checkout that this program was built from.
    pub fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask lies in the repository's root")?
            .to_path_buf();
        let target = target_folder(&root)?;
        let cache = match std::env::var_os("CAMSCOPE_CACHE") {
            Some(folder) => PathBuf::from(folder),
            None => root.join("target/camscope/cache"),
        };
        Ok(Self {
            root,
            target,
            cache,
            mirror: std::env::var_os("CAMSCOPE_ASSET_MIRROR").map(PathBuf::from),
        })
    }

    /// What the page loads and git does not hold.
    pub fn pkg(&self) -> PathBuf {
        self.root.join("pkg")
    }

    pub fn samples(&self) -> PathBuf {
        self.pkg().join("samples")
    }

    /// Libraries of the page.
    pub fn vendor(&self) -> PathBuf {
        self.pkg().join("vendor")
    }

    /// Folder of a model that the page can load.
    pub fn model(&self, name: &str) -> PathBuf {
        self.models().join(name)
    }

    /// Folder of all models that the page can load.
    pub fn models(&self) -> PathBuf {
        self.pkg().join("models")
    }

    /// A path as it is shown: relative to the repository where it lies inside.
    pub fn show<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }

    /// Generated files that are not part of the site: test models, the benchmark's ONNX file, stamps.
    pub fn work(&self) -> PathBuf {
        self.root.join("target/camscope")
    }
}

/// Cargo's answer, since a user may have moved the folder by a setting or a variable.
fn target_folder(root: &Path) -> Result<PathBuf> {
    #[derive(serde::Deserialize)]
    struct Metadata {
        target_directory: PathBuf,
    }
    let mut command = Command::new(process::cargo());
    command
        .args(["metadata", "--format-version=1", "--no-deps"])
        .current_dir(root);
    let text = process::stdout(&mut command)?;
    let metadata: Metadata =
        serde_json::from_str(&text).context("reading the output of `cargo metadata`")?;
    Ok(metadata.target_directory)
}
