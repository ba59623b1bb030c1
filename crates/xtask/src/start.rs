//! `cargo xtask start`: starts a workflow in the local run, and follows it if asked to.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::aws::Aws;
use crate::error::Error;
use crate::local::outputs::LocalRun;
use crate::terminal;
use crate::words;

const PAUSE: Duration = Duration::from_millis(500);
/// Step Functions' limit on names is 80 characters.
const LONGEST_STEM: usize = 60;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// JSON file with the workflow's input
    file: PathBuf,
    /// Name of the workflow [default: the file's name and a few letters]
    #[arg(long)]
    name: Option<String>,
    /// The state machine, where it is not the stack's own: expense-report or data-release
    #[arg(long, value_name = "NAME")]
    machine: Option<String>,
    /// Wait until it has ended; the exit code is 0 when it succeeded, 1 otherwise
    #[arg(long)]
    wait: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let path = &arguments.file;
    let input = fs::read_to_string(path).map_err(Error::file("Cannot read", path))?;
    serde_json::from_str::<Value>(&input).map_err(|source| Error::NotJson { path: path.clone(), source })?;
    let run = LocalRun::read()?;
    let name = arguments.name.clone().unwrap_or_else(|| name_for(&stem(path), milliseconds()));
    let machine = machine_named(&run.state_machine, arguments.machine.as_deref());
    let started = run.aws.start_execution(&machine, &name, &input).await?;
    let arn = started.get("executionArn").and_then(Value::as_str).unwrap_or_default();
    if !arguments.json {
        terminal::say(&format!("Started {name}. To see how it is:"));
        terminal::say(&format!("  cargo xtask show {name}"));
    }
    let ended = if arguments.wait { Some(until_it_ends(&run.aws, arn).await?) } else { None };
    if arguments.json {
        let status = ended.as_ref().map_or("RUNNING", status);
        terminal::say(&json!({"name": name, "executionArn": arn, "status": status}).to_string());
    } else if let Some(ended) = &ended {
        terminal::say(&words::how_it_is(ended));
    }
    let failed = ended.as_ref().is_some_and(|ended| status(ended) != "SUCCEEDED");
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The state machine of this name beside the stack's own, or that one.
fn machine_named(own: &str, name: Option<&str>) -> String {
    match (own.rsplit_once(':'), name) {
        (Some((beside, _)), Some(name)) => format!("{beside}:{name}"),
        _ => own.to_owned(),
    }
}

async fn until_it_ends(aws: &Aws, arn: &str) -> Result<Value, Error> {
    loop {
        let execution = aws.describe_execution(arn).await?;
        if status(&execution) != "RUNNING" {
            return Ok(execution);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn status(execution: &Value) -> &str {
    execution.get("status").and_then(Value::as_str).unwrap_or_default()
}

/// The file's name, as far as it can be the name of a workflow.
fn stem(path: &std::path::Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    stem.chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '-' })
        .take(LONGEST_STEM)
        .collect()
}

/// Short enough to be typed, and new each time.
fn name_for(stem: &str, milliseconds: u128) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let digit = |place: u32| {
        let index = usize::try_from(milliseconds / 36_u128.pow(place) % 36).unwrap_or_default();
        DIGITS.get(index).copied().map_or('0', char::from)
    };
    let suffix: String = (0..6).rev().map(digit).collect();
    format!("{stem}-{suffix}")
}

#[expect(clippy::disallowed_methods, reason = "only makes a name that is not taken")]
fn milliseconds() -> u128 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_state_machine_stands_beside_the_stack_s_own() {
        let own = "arn:aws:states:us-east-1:000000000000:stateMachine:countersign-deployment-approval";
        assert_eq!(machine_named(own, None), own);
        let other = "arn:aws:states:us-east-1:000000000000:stateMachine:data-release";
        assert_eq!(machine_named(own, Some("data-release")), other);
    }

    #[test]
    fn names_can_be_typed_and_differ() {
        let stem = stem("events/workflow/my deployment.v2.json".as_ref());
        assert_eq!(stem, "my-deployment-v2");
        assert_eq!(name_for(&stem, 36), "my-deployment-v2-000010");
        assert_ne!(name_for(&stem, 1_700_000_000_000), name_for(&stem, 1_700_000_000_001));
    }
}
