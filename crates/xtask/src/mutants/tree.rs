//! A checkout below `target` that may be broken: the sources themselves are never touched.

use std::fs;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::table::Mutant;
use crate::error::Error;
use crate::{process, workspace};

/// A checkout of the commit that is checked out here.
pub(super) struct Tree {
    path: PathBuf,
    /// The commit, shortened.
    pub(super) commit: String,
}

/// How some tests went.
pub(super) enum Ran {
    Passed,
    /// The tests that failed.
    Failed(Vec<String>),
    /// What the compiler said first.
    NotCompiled(String),
}

/// A file that has been changed; it has to be restored.
#[must_use]
pub(super) struct Changed {
    path: PathBuf,
    before: String,
}

impl Changed {
    pub(super) fn restore(self) -> Result<(), Error> {
        fs::write(&self.path, &self.before).map_err(Error::file("Cannot restore", &self.path))
    }
}

impl Tree {
    pub(super) async fn of_head() -> Result<Self, Error> {
        let path = workspace::path("target/mutants/tree");
        let commit = git(workspace::root(), &["rev-parse", "--short", "HEAD"]).await?;
        if path.join(".git").exists() {
            // An earlier run may have been killed in the middle of a change.
            git(&path, &["checkout", "--quiet", "--force", "--detach", &commit]).await?;
        } else {
            let place = path.to_string_lossy().into_owned();
            git(workspace::root(), &["worktree", "prune"]).await?;
            git(workspace::root(), &["worktree", "add", "--quiet", "--detach", &place, &commit]).await?;
        }
        Ok(Self { path, commit })
    }

    /// Takes a guard away.
    pub(super) fn change(&self, mutant: &Mutant) -> Result<Changed, Error> {
        let path = self.path.join(&mutant.file);
        let before = fs::read_to_string(&path).map_err(Error::file("Cannot read", &path))?;
        let after = mutant.apply(&before)?;
        fs::write(&path, after).map_err(Error::file("Cannot write", &path))?;
        Ok(Changed { path, before })
    }

    /// Runs the tests of a package and target whose names have the filter in them.
    pub(super) async fn test(&self, test: &[String]) -> Result<Ran, Error> {
        let [package, target @ .., filter] = test else {
            return Ok(Ran::NotCompiled("no test is named".to_owned()));
        };
        let compiled = self.cargo(package, target, &["--no-run"]).await?;
        if !compiled.status.success() {
            let said = String::from_utf8_lossy(&compiled.stderr).into_owned();
            let first = said.lines().find(|line| line.starts_with("error"));
            return Ok(Ran::NotCompiled(first.unwrap_or("the build failed").to_owned()));
        }
        let ran = self.cargo(package, target, &["--quiet", "--", filter]).await?;
        if ran.status.success() {
            return Ok(Ran::Passed);
        }
        Ok(Ran::Failed(failed(&String::from_utf8_lossy(&ran.stdout))))
    }

    async fn cargo(
        &self,
        package: &str,
        target: &[String],
        rest: &[&str],
    ) -> Result<std::process::Output, Error> {
        let mut command = Command::new(workspace::cargo());
        command.arg("test").current_dir(&self.path);
        match package {
            // With all packages, the features of every dependency are those of the plain tests.
            "workspace" => command.arg("--workspace"),
            package => command.args(["--package", package]),
        };
        command.args(target).args(rest);
        // A directory of its own: what is compiled here is broken.
        command.env("CARGO_TARGET_DIR", workspace::path("target/mutants/target"));
        command.env_remove("CARGO_MANIFEST_DIR");
        process::capture(&mut command).await
    }
}

async fn git(directory: &Path, arguments: &[&str]) -> Result<String, Error> {
    let output = process::capture(Command::new("git").args(arguments).current_dir(directory)).await?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Err(Error::Git { command: arguments.join(" "), said: process::last_line(&output) })
}

/// The names in the harness's list of failures.
fn failed(output: &str) -> Vec<String> {
    let mut names: Vec<_> =
        output.lines().filter_map(|line| line.strip_prefix("---- ")?.strip_suffix(" stdout ----")).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_tests_are_found_by_their_names() {
        let output = "\nfailures:\n\n---- b::second stdout ----\nthread panicked\n\n---- a::first stdout ----\n\n\
                      failures:\n    a::first\n    b::second\n";
        assert_eq!(failed(output), ["a::first", "b::second"]);
    }
}
