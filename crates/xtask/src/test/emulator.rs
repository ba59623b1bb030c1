//! The tests on the emulator, on two local runs at the same time: they mostly wait.
//!
//! A policy is one for a whole stack, so tests that store some have a run of their own. Slack waits for three seconds, so
//! what needs the whole machine waits until the tests in Slack are done.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::process::Command;
use tokio::sync::Notify;

use super::steps::{Step, show};
use super::summary::Outcome;
use crate::error::Error;
use crate::local::{self, Permissions, Running, Scope, Settings};
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
/// The tests in which Slack waits for an answer.
const SLACK_TESTS: &str = "in_slack";
/// The tests that leave no CPU to others.
const BUSY_TESTS: [&str; 3] = [BROWSER_TESTS, "e2e", "races"];
/// The tests of everything that was done on a run.
const AFTER_ALL: &str = "secrets";

/// How many tests run at once on each run.
const THREADS: &str = "8";

/// Runs the tests on local runs of their own, which do not get in the way of one that is up.
pub(crate) async fn tests(arguments: &[String], has_browser: bool, no_iam: bool) -> Step {
    let mut targets = targets().await?;
    targets.retain(|target| has_browser || target != BROWSER_TESTS);
    let (with_policies, others) = shared_out(&targets);
    let second = Lane { state: workspace::path("target/test-local-policies"), stages: with_policies, no_iam };
    let first = Lane { state: workspace::path("target/test-local"), stages: others, no_iam };
    let said = second.state.join("tests.log");
    workspace::remove_if_there(&said)?;
    let slack_is_done = Notify::new();
    let (first, second) = tokio::join!(first.run(arguments, None, slack_is_done.notified()), async {
        let outcome = second.run(arguments, Some(&said), async { slack_is_done.notify_one() }).await;
        // Also where the run never came to its tests.
        slack_is_done.notify_one();
        outcome
    });
    // Two that print at the same time would be hard to read: the second is shown as a whole.
    terminal::say(&fs::read_to_string(&said).unwrap_or_default());
    Ok(worse(first?, second?))
}

/// The outcome of both: the first one that did not pass.
fn worse(first: Outcome, second: Outcome) -> Outcome {
    match first {
        Outcome::Passed => second,
        first => first,
    }
}

/// What a run does while Slack waits, and what it does afterwards.
type Stages<'a> = [Vec<&'a str>; 2];

/// The targets of the run with policies, and of the other one.
fn shared_out(targets: &[String]) -> (Stages<'_>, Stages<'_>) {
    let targets = targets.iter().map(String::as_str).filter(|target| *target != AFTER_ALL);
    let (with_policies, others): (Vec<_>, Vec<_>) = targets.partition(|target| POLICY_TESTS.contains(target));
    let in_stages = |targets: Vec<_>, is_early: fn(&&str) -> bool| {
        let (early, mut late): (Vec<_>, Vec<_>) = targets.into_iter().partition(is_early);
        late.push(AFTER_ALL);
        [early, late]
    };
    (
        in_stages(with_policies, |target| *target == SLACK_TESTS),
        in_stages(others, |target| !BUSY_TESTS.contains(target)),
    )
}

/// One local run, and the tests that it is for.
struct Lane<'a> {
    state: PathBuf,
    stages: Stages<'a>,
    no_iam: bool,
}

impl Lane<'_> {
    /// Runs its tests, which print to the terminal or into a file, with `between` between their stages.
    async fn run(
        &self,
        arguments: &[String],
        into: Option<&Path>,
        between: impl Future<Output = ()>,
    ) -> Step {
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
            let [early, late] = &self.stages;
            let early = stage(early, arguments, running, into).await?;
            between.await;
            let late = stage(late, arguments, running, into).await?;
            Ok(worse(early, late))
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

/// Runs these targets. Without any, the command would run all that there are.
async fn stage(targets: &[&str], arguments: &[String], running: &Running, into: Option<&Path>) -> Step {
    if targets.is_empty() {
        return Ok(Outcome::Passed);
    }
    show(&mut tests_of(targets, arguments, running, into)?).await
}

/// The command that runs these targets.
fn tests_of(
    targets: &[&str],
    arguments: &[String],
    running: &Running,
    into: Option<&Path>,
) -> Result<Command, Error> {
    let mut command = Command::new(workspace::cargo());
    // All packages and one feature more: the features of every dependency stay those of the plain tests.
    let feature = format!("{PACKAGE}/{FEATURE}");
    command.args(["test", "--workspace", "--no-fail-fast", "--features", &feature]);
    command.args(targets.iter().flat_map(|target| ["--test", target])).arg("--").args(arguments);
    command.env("COUNTERSIGN_OUTPUTS", &running.outputs).env("RUST_TEST_THREADS", THREADS);
    if let Some(path) = into {
        let file = File::options().create(true).append(true).open(path);
        let file = file.map_err(Error::file("Cannot write", path))?;
        let errors = file.try_clone().map_err(Error::file("Cannot write", path))?;
        command.stdout(file).stderr(errors);
    }
    Ok(command)
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
    fn what_is_named_here_is_a_target() {
        let manifest = include_str!("../../../../tests/Cargo.toml");
        let named = POLICY_TESTS.into_iter().chain(BUSY_TESTS).chain([SLACK_TESTS, AFTER_ALL]);
        for target in named {
            assert!(manifest.contains(&format!("name = \"{target}\"")), "{target}");
        }
    }

    #[test]
    fn every_run_ends_with_the_tests_of_everything_that_was_done_on_it() {
        let targets =
            ["alarms", "browser", "in_slack", "policy", "races", "rush", "secrets"].map(str::to_owned);
        let ([in_slack, with_policies], [quiet, busy]) = shared_out(&targets);
        assert_eq!((in_slack, with_policies), (vec!["in_slack"], vec!["policy", "rush", "secrets"]));
        assert_eq!((quiet, busy), (vec!["alarms"], vec!["browser", "races", "secrets"]));
    }
}
