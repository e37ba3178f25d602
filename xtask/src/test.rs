//! `cargo xtask test`: every check there is, and one line that sums them up. `cargo xtask check`: those that run nothing.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use camscope::weights::manifest::Dtype;

use crate::assets::Assets;
use crate::paths::Paths;
use crate::serve::Server;
use crate::toolchain::{self, TARGET};
use crate::{audit, browser, dist, examples, node, other_browsers, process, set_up, weights};

/// Tests that a step ran.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Counts {
    passed: usize,
    failed: usize,
    /// What this machine lacks something for; each says what.
    skipped: usize,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Runs each step even where an earlier one failed, so that one run tells everything.
#[derive(Default)]
struct Steps {
    total: Counts,
    failed: Vec<&'static str>,
    seconds: Vec<(&'static str, u64)>,
}

impl Steps {
    fn run(&mut self, name: &'static str, step: impl FnOnce(&mut Counts) -> Result<()>) -> bool {
        println!("\n== {name}");
        let start = Instant::now();
        let mut counts = Counts::default();
        let result = step(&mut counts);
        self.seconds.push((name, start.elapsed().as_secs()));
        if let Err(error) = &result {
            eprintln!("error: {name}: {error:#}");
            // A check without tests of its own still has to show in the sum.
            if counts.failed == 0 {
                counts.failed = 1;
            }
        }
        self.total.add(counts);
        if counts.failed > 0 {
            self.failed.push(name);
        }
        counts.failed == 0
    }

    /// Sums up. Fails if any step did.
    fn finish(&self) -> Result<()> {
        println!();
        for (name, seconds) in &self.seconds {
            println!("{seconds:5} s  {name}");
        }
        if !self.failed.is_empty() {
            println!("failed: {}", self.failed.join(", "));
        }
        if self.total.skipped > 0 {
            println!("{} skipped, as said above", self.total.skipped);
        }
        println!("{} passed, {} failed", self.total.passed, self.total.failed);
        if self.failed.is_empty() {
            Ok(())
        } else {
            bail!("not everything passed")
        }
    }
}

/// Formatting, lints, documentation and types: what is quickly told before the tests. Fails if any step does.
pub fn check(paths: &Paths) -> Result<()> {
    let mut steps = Steps::default();
    steps.run("set-up", |_| components());
    let web = paths.root.join("tests/web");
    let node = steps.run("packages for the page's tests", |_| node::install(&web));
    lints(paths, &mut steps, node);
    steps.finish()
}

/// Fails if any step does.
pub fn run(paths: &Paths) -> Result<()> {
    let mut steps = Steps::default();
    let web = paths.root.join("tests/web");
    let ready = steps.run("set-up", |_| {
        set_up(paths)?;
        test_models(paths)?;
        components()
    });
    let node = steps.run("packages for the page's tests", |_| node::install(&web));

    lints(paths, &mut steps, node);
    steps.run("licences and known holes of the crates", |_| {
        audit::crates(paths)
    });
    steps.run("known holes of the packages", |_| {
        audit::packages(&web)?;
        audit::packages(&paths.root.join("benches"))
    });
    steps.run("native tests", |counts| native(paths, counts));
    if ready && node {
        steps.run("page in Chromium", |counts| {
            let chrome = browser::find(&web)?;
            println!("{}", chrome.display());
            other_browsers::fetch(paths, &web);
            let server = Server::start(&paths.root)?;
            let site = paths.work().join("site");
            let engine = paths.pkg().join("camscope_bg.wasm");
            dist::write(paths, &Assets::read(paths)?, &engine, &site)?;
            let mut command = process::npm();
            command
                .args(["test", "--silent"])
                .current_dir(&web)
                .env("CHROME", chrome)
                .env("CAMSCOPE_SITE", &site)
                .env("CAMSCOPE_URL", &server.url);
            counted(&mut command, tap, counts)
        });
    }

    steps.finish()
}

/// With `node`, the page's as well.
fn lints(paths: &Paths, steps: &mut Steps, node: bool) {
    let web = paths.root.join("tests/web");
    steps.run("formatting", |_| {
        // By itself it does not see the modules that the list of methods declares.
        let methods = std::fs::read_dir(paths.root.join("src/cam"))?;
        let files = methods.map(|entry| Ok(entry?.path()));
        let files = files.collect::<std::io::Result<Vec<_>>>()?;
        process::run(
            cargo(paths)
                .args(["fmt", "--all", "--check", "--"])
                .args(files),
        )
    });
    steps.run("clippy", |_| {
        for package in [&CPU_ENGINE[..], &KERNELS, &XTASK] {
            process::run(
                cargo(paths)
                    .args(CLIPPY)
                    .arg("--all-targets")
                    .args(package)
                    .args(DENY),
            )?;
        }
        Ok(())
    });
    steps.run("clippy for the browser", |_| clippy_wasm(paths));
    steps.run("documentation", |_| {
        process::run(
            cargo(paths)
                .args(["doc", "--locked", "--release", "--quiet"])
                .args(["--no-deps", "--lib"])
                .args(CPU_ENGINE)
                .env("RUSTDOCFLAGS", "--deny warnings"),
        )?;
        examples::check(&paths.root)
    });
    if node {
        steps.run("types and lint of the page", |_| {
            process::run(
                process::npm()
                    .args(["run", "--silent", "check"])
                    .current_dir(&web),
            )
        });
        steps.run("types and lint of the benchmark", |_| {
            // With the tools of the page's tests.
            let benches = paths.root.join("benches");
            node::install(&benches)?;
            process::run(
                process::npm()
                    .args(["run", "--silent", "check"])
                    .current_dir(&benches),
            )
        });
    }
}

/// Natively the engine is tested on the CPU. Compiling wgpu and its kernels a second time would take longer than all
/// tests; the build for the browser, which has them, is linted and tested as well.
const CPU_ENGINE: [&str; 5] = [
    "--package",
    "camscope",
    "--no-default-features",
    "--features",
    "compute",
];
const KERNELS: [&str; 2] = ["--package", "camscope-kernels"];
const XTASK: [&str; 2] = ["--package", "xtask"];

/// In release, as the tests are: what build scripts and macros need is then compiled once.
const CLIPPY: [&str; 4] = ["clippy", "--locked", "--release", "--quiet"];
const DENY: [&str; 3] = ["--", "--deny", "warnings"];

fn cargo(paths: &Paths) -> Command {
    let mut command = Command::new(process::cargo());
    command.current_dir(&paths.root);
    command
}

/// The shipped model as f32, to compare with references computed in f32.
fn test_models(paths: &Paths) -> Result<()> {
    let assets = Assets::read(paths)?;
    weights::shipped(paths, &assets, Dtype::F32, &f32_model(paths))
}

fn f32_model(paths: &Paths) -> std::path::PathBuf {
    paths.work().join("models/resnet50-f32")
}

/// rustfmt and clippy, which minimal installations lack.
fn components() -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        let mut probe = Command::new(process::cargo());
        if process::stdout(probe.args([subcommand, "--version"])).is_err() {
            process::run(Command::new("rustup").args(["component", "add", component]))
                .with_context(|| format!("`cargo {subcommand}` is missing; install {component}"))?;
        }
    }
    Ok(())
}

/// The JavaScript boundary compiles only for the browser's target.
fn clippy_wasm(paths: &Paths) -> Result<()> {
    let toolchain = toolchain::find(paths)?;
    if !toolchain.args.is_empty() {
        println!("left out: the distribution's Rust brings no clippy for {TARGET}");
        return Ok(());
    }
    for package in [
        &["camscope"][..],
        &["camscope-kernels", "--features", "module"],
    ] {
        process::run(
            cargo(paths)
                .args(CLIPPY)
                .arg("--package")
                .args(package)
                .args(["--lib", "--target", TARGET])
                .args(DENY)
                .env_remove("RUSTFLAGS")
                .env_remove("CARGO_ENCODED_RUSTFLAGS"),
        )?;
    }
    Ok(())
}

fn native(paths: &Paths, counts: &mut Counts) -> Result<()> {
    let assets = Assets::read(paths)?;
    let mut result = Ok(());
    for package in [&XTASK[..], &KERNELS, &CPU_ENGINE] {
        let mut command = cargo(paths);
        command
            .args(["test", "--locked", "--release", "--no-fail-fast"])
            .args(package)
            .env("CAMSCOPE_MODEL_F16", paths.model(&assets.weights.name))
            .env("CAMSCOPE_MODEL_F32", f32_model(paths))
            .env("CAMSCOPE_SAMPLES", paths.samples());
        result = counted(&mut command, libtest, counts).and(result);
    }
    result
}

/// Runs a test program, shows its output as it comes, and adds up what `parse` finds in its lines.
fn counted(
    command: &mut Command,
    parse: impl Fn(&str) -> Option<Counts>,
    counts: &mut Counts,
) -> Result<()> {
    let before = *counts;
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| process::explain(command, &error))?;
    let stdout = child.stdout.take().context("the output is piped")?;
    for line in BufReader::new(stdout).split(b'\n') {
        let line = line.context("reading the tests' output")?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        if let Some(found) = parse(&line) {
            counts.add(found);
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{}` failed ({status})", process::line(command));
    }
    if *counts == before {
        bail!("`{}` ran no tests", process::line(command));
    }
    Ok(())
}

/// `test result: ok. 3 passed; 0 failed; …`
fn libtest(line: &str) -> Option<Counts> {
    let line = line.trim().strip_prefix("test result: ")?;
    let number = |word: &str| {
        let (before, _) = line.split_once(word)?;
        before.trim_end().rsplit(' ').next()?.parse().ok()
    };
    Some(Counts {
        passed: number("passed;")?,
        failed: number("failed;")?,
        skipped: number("ignored;")?,
    })
}

/// The closing lines of Node's TAP output: `# pass 3`, `# fail 0`, `# cancelled 0`.
fn tap(line: &str) -> Option<Counts> {
    let (word, number) = line.strip_prefix("# ")?.split_once(' ')?;
    let number = number.trim().parse().ok()?;
    let mut counts = Counts::default();
    match word {
        "pass" => counts.passed = number,
        "fail" | "cancelled" => counts.failed = number,
        "skipped" => counts.skipped = number,
        _ => return None,
    }
    Some(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(lines: &str, parse: impl Fn(&str) -> Option<Counts>) -> Counts {
        let mut counts = Counts::default();
        for found in lines.lines().filter_map(parse) {
            counts.add(found);
        }
        counts
    }

    #[test]
    fn cargo_tests_are_counted_over_all_programs() {
        let output = "running 2 tests\n\
            test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s\n";
        let expected = Counts {
            passed: 15,
            failed: 2,
            skipped: 1,
        };
        assert_eq!(sum(output, libtest), expected);
    }

    #[test]
    fn page_tests_are_counted_from_the_closing_lines() {
        let output = "ok 1 - loads\n# Subtest: pass 7\n# tests 9\n# pass 7\n# fail 1\n# cancelled 1\n# skipped 3\n";
        let expected = Counts {
            passed: 7,
            failed: 2,
            skipped: 3,
        };
        assert_eq!(sum(output, tap), expected);
    }

    #[test]
    fn a_failed_step_shows_in_the_sum_even_without_tests() {
        let mut steps = Steps::default();
        assert!(steps.run("fine", |counts| {
            counts.passed = 3;
            Ok(())
        }));
        assert!(!steps.run("broken", |_| bail!("no")));
        assert!(!steps.run("tests", |counts| {
            counts.failed = 2;
            bail!("tests failed")
        }));
        assert_eq!(
            steps.total,
            Counts {
                passed: 3,
                failed: 3,
                skipped: 0
            }
        );
        assert_eq!(steps.failed, ["broken", "tests"]);
    }
}
