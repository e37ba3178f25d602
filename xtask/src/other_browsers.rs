//! Firefox and WebKit for the page's tests: Playwright's own where it has them for this machine, else, on Debian, the
//! distribution's, with what drives them. The tests in those that cannot be had are skipped, and say so.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::browser::is_debian_itself;
use crate::paths::Paths;
use crate::process;
use crate::toolchain::is_root;

/// Mozilla's driver of Firefox, which Debian has no package of.
const GECKODRIVER: &str = "0.36.0";

/// A browser of Debian's, as `tests/web/webdriver.js` starts it.
struct Browser {
    /// Playwright's.
    name: &'static str,
    /// What tells that the packages are there.
    programs: &'static [&'static str],
    packages: &'static [&'static str],
}

const FIREFOX: Browser = Browser {
    name: "firefox",
    programs: &["firefox-esr"],
    packages: &["firefox-esr"],
};
/// It shows its windows, hence the screen that none sees.
const WEBKIT: Browser = Browser {
    name: "webkit",
    programs: &["WebKitWebDriver", "Xvfb"],
    packages: &["webkit2gtk-driver", "xvfb"],
};

/// Fetches what can be had. `project` is a Node project with playwright-core installed.
pub fn fetch(paths: &Paths, project: &Path) {
    for browser in [FIREFOX, WEBKIT] {
        let Err(why) = playwright(project, browser.name) else {
            continue;
        };
        let name = browser.name;
        println!(
            "no {name} from Playwright here ({}), trying the system's",
            first_line(&why)
        );
        let found = browser.install().and_then(|()| match name {
            "firefox" => install_geckodriver(paths),
            _ => Ok(()),
        });
        if let Err(why) = found {
            println!(
                "no {name} from the system either, its tests will be skipped: {}",
                first_line(&why)
            );
        }
    }
}

fn playwright(project: &Path, browser: &str) -> Result<()> {
    let mut command = Command::new("node");
    command
        .args(["node_modules/playwright-core/cli.js", "install", browser])
        .current_dir(project);
    process::stdout(&mut command).map(|_| ())
}

impl Browser {
    fn install(&self) -> Result<()> {
        let is_there = || {
            self.programs
                .iter()
                .all(|program| which::which(program).is_ok())
        };
        if is_there() {
            return Ok(());
        }
        let packages = self.packages.join(" and ");
        if !(is_debian_itself() && is_root()) {
            bail!("only root on Debian installs the packages {packages}");
        }
        println!("installing the packages {packages}");
        process::run(Command::new("apt-get").args(["update", "--quiet"]))?;
        process::apt_install(self.packages)?;
        if !is_there() {
            bail!(
                "the packages {packages} did not bring {}",
                self.programs.join(" and ")
            );
        }
        Ok(())
    }
}

/// Builds nothing where this version is there.
fn install_geckodriver(paths: &Paths) -> Result<()> {
    println!("installing geckodriver {GECKODRIVER}");
    process::run(
        Command::new(process::cargo())
            .args(["install", "geckodriver", "--version", GECKODRIVER])
            // The driver waits for the browser: it need not be quick, but soon built.
            .args(["--locked", "--debug", "--quiet", "--root"])
            .arg(paths.work().join("geckodriver")),
    )
}

fn first_line(error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    text.lines().next().unwrap_or_default().to_owned()
}
