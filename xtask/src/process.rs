//! Running other programs, with errors that say which and what to do.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The cargo that runs this program.
pub fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// A program that Node installs; on Windows those are scripts.
pub fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Runs to completion, showing the program's output.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| explain(command, &error))?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// Runs to completion and returns what was printed; errors carry what was printed as errors.
pub fn stdout(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| explain(command, &error))?;
    if !output.status.success() {
        bail!(
            "`{}` failed ({})\n{}",
            line(command),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{}` did not print UTF-8", line(command)))
}

/// The command as one would type it.
pub fn line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Why a program could not be started.
pub fn explain(command: &Command, error: &std::io::Error) -> anyhow::Error {
    let program = command.get_program().to_string_lossy().into_owned();
    if error.kind() != ErrorKind::NotFound {
        return anyhow::anyhow!("could not start `{}`: {error}", line(command));
    }
    match program.trim_end_matches(".cmd") {
        "npm" | "node" | "npx" => anyhow::anyhow!(
            "`{program}` was not found. Install Node 20 or newer (https://nodejs.org) and run this again."
        ),
        _ => anyhow::anyhow!("`{program}` was not found on the PATH"),
    }
}

/// Installs Debian packages; for root only.
pub fn apt_install(packages: &[&str]) -> Result<()> {
    run(Command::new("apt-get")
        .args(["install", "--yes", "--quiet", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive"))
}
