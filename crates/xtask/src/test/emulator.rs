//! The tests on the emulator, on two local runs at the same time: they mostly wait.
//!
//! A policy is one for a whole stack, so tests that store some have a run of their own.

use std::fs::{self, File};
use std::path::PathBuf;

use serde_json::Value;
use tokio::process::Command;

use super::steps::{Step, show};
use super::summary::Outcome;
use crate::error::Error;
use crate::local::{self, Permissions, Scope, Settings};
use crate::{process, terminal, workspace};

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
/// The tests that store policies.
const POLICY_TESTS: [&str; 5] = ["command_line", "examples", "in_slack", "policy", "rush"];
/// The tests of everything that was done on a run.
const AFTER_ALL: &str = "secrets";

/// How many tests run at once on each run.
const THREADS: &str = "8";

/// Runs the tests on local runs of their own, which do not get in the way of one that is up.
pub(crate) async fn tests(arguments: &[String], has_browser: bool, no_iam: bool) -> Step {
    let mut targets = targets().await?;
    targets.retain(|target| has_browser || target != BROWSER_TESTS);
    let (with_policies, others) = shared_out(&targets);
    let second =
        Lane { state: workspace::path("target/test-local-policies"), targets: with_policies, no_iam };
    let first = Lane { state: workspace::path("target/test-local"), targets: others, no_iam };
    let said = second.state.join("tests.log");
    workspace::remove_if_there(&said)?;
    let (first, second) = tokio::join!(first.run(arguments, None), second.run(arguments, Some(said.clone())));
    // Two that print at the same time would be hard to read: the second is shown as a whole.
    terminal::say(&fs::read_to_string(&said).unwrap_or_default());
    Ok(match (first?, second?) {
        (Outcome::Passed, second) => second,
        (first, _) => first,
    })
}

/// The targets of the run with policies, and of the other one.
fn shared_out(targets: &[String]) -> (Vec<&str>, Vec<&str>) {
    let targets = targets.iter().map(String::as_str);
    let (mut with_policies, mut others): (Vec<_>, Vec<_>) =
        targets.filter(|target| *target != AFTER_ALL).partition(|target| POLICY_TESTS.contains(target));
    with_policies.push(AFTER_ALL);
    others.push(AFTER_ALL);
    (with_policies, others)
}

/// One local run, and the tests that it is for.
struct Lane<'a> {
    state: PathBuf,
    targets: Vec<&'a str>,
    no_iam: bool,
}

impl Lane<'_> {
    /// Runs its tests, which print to the terminal or into a file.
    async fn run(&self, arguments: &[String], into: Option<PathBuf>) -> Step {
        let settings = Settings {
            state: self.state.clone(),
            port: None,
            approval_timeout: Some(APPROVAL_TIMEOUT),
            remind_after: Some(REMIND_AFTER),
            // Most tests are about something else; those about Slack name its channel in their policy.
            posts_in_slack: false,
            permissions: Permissions::evaluated_for(CALLERS).unless(self.no_iam),
            scope: Scope::Workspace,
        };
        let outcome = local::during(&settings, async |running| {
            let mut command = Command::new(workspace::cargo());
            // All packages and one feature more: the features of every dependency stay those of the plain tests.
            let feature = format!("{PACKAGE}/{FEATURE}");
            command.args(["test", "--workspace", "--no-fail-fast", "--features", &feature]);
            command.args(self.targets.iter().flat_map(|target| ["--test", target])).arg("--").args(arguments);
            command.env("COUNTERSIGN_OUTPUTS", &running.outputs).env("RUST_TEST_THREADS", THREADS);
            if let Some(path) = &into {
                let file = File::create(path).map_err(Error::file("Cannot write", path))?;
                let errors = file.try_clone().map_err(Error::file("Cannot write", path))?;
                command.stdout(file).stderr(errors);
            }
            show(&mut command).await
        })
        .await?;
        if let (Outcome::Failed, Some(stack)) =
            (&outcome, local::standstill(&self.state.join("emulator.log")))
        {
            terminal::say(&stack);
        }
        Ok(outcome)
    }
}

/// The test targets that need the emulator.
pub(super) async fn targets() -> Result<Vec<String>, Error> {
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
    fn every_run_ends_with_the_tests_of_everything_that_was_done_on_it() {
        let targets = ["alarms", "browser", "policy", "rush", "secrets", "template"].map(str::to_owned);
        let (with_policies, others) = shared_out(&targets);
        assert_eq!(with_policies, ["policy", "rush", "secrets"]);
        assert_eq!(others, ["alarms", "browser", "template", "secrets"]);
    }
}
