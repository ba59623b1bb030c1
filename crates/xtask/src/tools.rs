//! What is installed under `target/tools`: the emulator, the SAM tools, what is compared with, and the npm
//! packages of the checks.
//!
//! Each has a stamp, written last, that says what was installed from what. Without the right stamp it is made
//! anew, so that a half-made one is never taken for a good one.

use std::fs;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::error::Error;
use crate::preflight::Python;
use crate::process;
use crate::terminal::{self, Note};
use crate::workspace;

const STAMP: &str = "installed-from.txt";

/// A virtual environment.
pub(crate) struct VirtualEnvironment {
    directory: PathBuf,
}

impl VirtualEnvironment {
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.directory.join("bin").join(name)
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(crate) fn programs(&self) -> PathBuf {
        self.directory.join("bin")
    }
}

/// The emulator and what deploys to it.
pub(crate) async fn emulator(python: &Python) -> Result<VirtualEnvironment, Error> {
    environment(python, "emulator", "The emulator", "Installing the emulator", "infra/local/requirements.txt")
        .await
}

/// The command line of SAM and cfn-lint, apart from the emulator because their pins clash.
pub(crate) async fn sam(python: &Python) -> Result<VirtualEnvironment, Error> {
    environment(python, "sam", "The SAM tools", "Installing the SAM tools", "infra/checks/requirements.txt")
        .await
}

/// What `cargo xtask bench` compares with.
pub(crate) async fn boto3(python: &Python) -> Result<VirtualEnvironment, Error> {
    environment(python, "bench", "boto3", "Installing boto3", "crates/bench/python/requirements.txt").await
}

async fn environment(
    python: &Python,
    name: &str,
    what: &'static str,
    doing: &str,
    requirements: &str,
) -> Result<VirtualEnvironment, Error> {
    let directory = workspace::path("target/tools").join(name);
    let requirements = workspace::path(requirements);
    let pins = fs::read_to_string(&requirements).map_err(Error::file("Cannot read", &requirements))?;
    // Its scripts name the directory, and its packages belong to one version of Python.
    let stamp = format!("{}\nPython {}\n{pins}", directory.display(), python.version);
    let work = async {
        run(Command::new("python3").args(["-m", "venv"]).arg(&directory), what).await?;
        let pip =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--requirement"];
        run(Command::new(directory.join("bin/python")).args(pip).arg(&requirements), what).await
    };
    install(&directory, &stamp, doing, work).await?;
    Ok(VirtualEnvironment { directory })
}

/// The packages of `infra/checks/package.json`, with the scripts that use them. Gives the directory.
pub(crate) async fn npm() -> Result<PathBuf, Error> {
    let what = "The npm packages";
    match process::capture(Command::new("npm").arg("--version")).await {
        Ok(output) if output.status.success() => {}
        _ => return Err(Error::NoNpm),
    }
    let source = workspace::path("infra/checks");
    let directory = workspace::path("target/tools/npm");
    let files = [".npmrc", "package.json", "package-lock.json", "validate-asl.js", "lint-workflows.js"];
    let mut stamp = String::new();
    for file in files {
        let path = source.join(file);
        stamp += &fs::read_to_string(&path).map_err(Error::file("Cannot read", path))?;
    }
    let work = async {
        fs::create_dir_all(&directory).map_err(Error::file("Cannot make the directory", &directory))?;
        for file in files {
            let path = source.join(file);
            fs::copy(&path, directory.join(file)).map_err(Error::file("Cannot copy", path))?;
        }
        run(Command::new("npm").arg("ci").current_dir(&directory), what).await
    };
    install(&directory, &stamp, "Installing the npm packages", work).await?;
    Ok(directory)
}

/// Chromium and its driver: those on the path, or the ones of Debian, where this user may install them.
pub(crate) async fn browser() -> Result<(), Error> {
    if has_browser().await {
        return Ok(());
    }
    if !rustix::process::geteuid().is_root() {
        return Err(Error::NoBrowser);
    }
    let script =
        "apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium chromium-driver";
    let mut install = Command::new("sh");
    let work = run(install.args(["-c", script]).env("DEBIAN_FRONTEND", "noninteractive"), "Chromium");
    terminal::step("Installing Chromium and its driver", &Note::default(), work).await.ok();
    if has_browser().await { Ok(()) } else { Err(Error::NoBrowser) }
}

async fn has_browser() -> bool {
    for program in ["chromium", "chromedriver"] {
        let found = process::capture(Command::new(program).arg("--version")).await;
        if !found.is_ok_and(|output| output.status.success()) {
            return false;
        }
    }
    true
}

/// Does the work unless the directory has the stamp already.
async fn install(
    directory: &Path,
    stamp: &str,
    doing: &str,
    work: impl Future<Output = Result<(), Error>>,
) -> Result<(), Error> {
    // Two commands may want the same tools at the same time. The second one finds them made.
    let lock = workspace::lock_file(&workspace::path("target/tools"))?;
    let stamp_file = directory.join(STAMP);
    let steps = async {
        while lock.try_lock().is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        if fs::read_to_string(&stamp_file).is_ok_and(|found| found == stamp) {
            return Ok(());
        }
        let unfinished = Unfinished::clear(directory)?;
        work.await?;
        workspace::write_atomically(&stamp_file, stamp.as_bytes())?;
        unfinished.finish();
        Ok(())
    };
    if fs::read_to_string(&stamp_file).is_ok_and(|found| found == stamp) {
        return Ok(());
    }
    terminal::step(doing, &Note::default(), steps).await
}

/// A directory that is being made. It is removed when the work is given up.
struct Unfinished<'a>(Option<&'a Path>);

impl<'a> Unfinished<'a> {
    fn clear(directory: &'a Path) -> Result<Self, Error> {
        match fs::remove_dir_all(directory) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::file("Cannot remove", directory)(error))
            }
            _ => Ok(Self(Some(directory))),
        }
    }

    fn finish(mut self) {
        self.0 = None;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(directory) = self.0 {
            // What is left has no stamp, and the next start clears it.
            fs::remove_dir_all(directory).ok();
        }
    }
}

/// Runs a command of an installation; a failure says what could not be installed, and the command's last line.
async fn run(command: &mut Command, what: &'static str) -> Result<(), Error> {
    let output = process::capture(command).await?;
    if output.status.success() {
        Ok(())
    } else {
        Err(Error::Install { what, last: process::last_line(&output) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_up_is_removed_and_what_is_finished_stays() {
        let directory = std::env::temp_dir().join(format!("xtask-tools-{}", std::process::id()));
        for finished in [false, true] {
            let unfinished = Unfinished::clear(&directory).unwrap();
            fs::create_dir_all(directory.join("bin")).unwrap();
            if finished {
                unfinished.finish();
            } else {
                drop(unfinished);
            }
            assert_eq!(directory.exists(), finished);
        }
        fs::remove_dir_all(directory).unwrap();
    }
}
