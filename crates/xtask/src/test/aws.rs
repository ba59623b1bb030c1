//! `cargo xtask test --aws STACK`: the tests of the platform, against a stack that is deployed on AWS.
//!
//! The AWS CLI knows where the stack is and who we are; nothing else here does. Credentials are handed on in the environment only.

use std::fs;

use serde_json::{Value, json};
use tokio::process::Command;

use super::emulator::{self, FEATURE, PACKAGE};
use super::steps::{Step, show};
use super::summary::Outcome;
use crate::error::Error;
use crate::process;
use crate::workspace;

/// The tests that need nothing but the stack. All others read its mail, or call addresses that only the emulator has.
const TARGET: &str = "platform";

/// Where the tests find the stack.
const DIRECTORY: &str = "target/test-aws";

pub(crate) async fn platform_tests(stack: &str, arguments: &[String]) -> Step {
    let directory = workspace::path(DIRECTORY);
    let outputs = directory.join("outputs.json");
    let described = cli(&["cloudformation", "describe-stacks", "--stack-name", stack]).await?;
    let found = read_stack(&described).ok_or_else(|| Error::NoSuchStack { stack: stack.to_owned() })?;
    fs::create_dir_all(&directory).map_err(Error::file("Cannot make the directory", &directory))?;
    workspace::write_atomically(&outputs, format!("{found:#}\n").as_bytes())?;
    let exported = cli(&["configure", "export-credentials", "--format", "process"]).await?;

    let mut command = Command::new(workspace::cargo());
    let feature = format!("{PACKAGE}/{FEATURE}");
    command.args(["test", "--workspace", "--no-fail-fast", "--features", &feature, "--test", TARGET, "--"]);
    // One after the other: in the sandbox of SES, an account may send one mail a second.
    command.args(arguments).env("COUNTERSIGN_OUTPUTS", &outputs).env("RUST_TEST_THREADS", "1");
    for (variable, value) in credentials(&exported) {
        match value {
            Some(value) => command.env(variable, value),
            None => command.env_remove(variable),
        };
    }
    show(&mut command).await
}

/// Says which tests there would have been.
pub(crate) async fn others() -> Step {
    let targets = emulator::targets().await?;
    let others: Vec<_> = targets.iter().filter(|target| *target != TARGET).map(String::as_str).collect();
    Ok(Outcome::Skipped(format!(
        "{} need the emulator: its mailbox, its API and its logs",
        others.join(", ")
    )))
}

/// What the AWS CLI answers, in JSON.
async fn cli(what: &[&str]) -> Result<Value, Error> {
    let command = format!("aws {}", what.iter().take(2).copied().collect::<Vec<_>>().join(" "));
    let mut asking = Command::new("aws");
    // `export-credentials` has a format of its own, and the rest would follow the user's settings.
    asking.args(what).env("AWS_DEFAULT_OUTPUT", "json").env("AWS_PAGER", "");
    let output = match process::capture(&mut asking).await {
        Err(Error::Run { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::NoAwsCli);
        }
        output => output?,
    };
    let said = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let answer = serde_json::from_slice(&output.stdout).ok().filter(|_| output.status.success());
    answer.ok_or_else(|| Error::AwsCli { command, said: said() })
}

/// The stack's Region and outputs, in the form that the tests read.
fn read_stack(described: &Value) -> Option<Value> {
    let stack = described.pointer("/Stacks/0")?;
    let region = stack.get("StackId")?.as_str()?.split(':').nth(3)?;
    let outputs = stack.get("Outputs")?.as_array()?.iter().filter_map(|output| {
        Some((output.get("OutputKey")?.as_str()?.to_owned(), output.get("OutputValue")?.clone()))
    });
    let outputs: serde_json::Map<_, _> = outputs.collect();
    Some(json!({ "region": region, "outputs": outputs }))
}

/// The variables of the environment that stand for what the AWS CLI signs with.
fn credentials(exported: &Value) -> [(&'static str, Option<&str>); 3] {
    [
        ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
        ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
        ("AWS_SESSION_TOKEN", "SessionToken"),
    ]
    .map(|(variable, field)| (variable, exported.get(field).and_then(Value::as_str)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_is_read_as_the_aws_cli_describes_it() {
        let described = json!({ "Stacks": [{
            "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/gate/5f1",
            "Outputs": [{ "OutputKey": "StateMachineArn", "OutputValue": "arn:m", "Description": "The workflow." }]
        }] });
        let expected = json!({ "region": "eu-west-1", "outputs": { "StateMachineArn": "arn:m" } });
        assert_eq!(read_stack(&described), Some(expected));
        assert_eq!(read_stack(&json!({ "Stacks": [] })), None);
    }

    #[test]
    fn credentials_without_a_session_leave_no_other_session_behind() {
        let exported = json!({ "Version": 1, "AccessKeyId": "A", "SecretAccessKey": "S" });
        let expected = [
            ("AWS_ACCESS_KEY_ID", Some("A")),
            ("AWS_SECRET_ACCESS_KEY", Some("S")),
            ("AWS_SESSION_TOKEN", None),
        ];
        assert_eq!(credentials(&exported), expected);
    }
}
