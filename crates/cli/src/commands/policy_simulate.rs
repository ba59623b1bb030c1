//! `countersign policy simulate`

use std::path::{Path, PathBuf};

use clap::Args;
use common::contract::prepare::Input;
use common::contract::send_approval::Payload;
use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};

use super::{lint_text, read, read_json};
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{Answer, pretty};
use crate::policy::{self, Compiled};
use crate::simulate::{Asked, Timeline, simulate};

/// What to try out.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  countersign policy simulate policy/approvals.toml --input events/workflow/deployment.json

A test for CI: record once what you want, and compare from then on.
  countersign policy simulate policy/approvals.toml --input deployment.json --json > expected.json
  countersign policy simulate policy/approvals.toml --input deployment.json --expect expected.json

Ends with 8 when the policy has mistakes or this request can never be approved. With --expect, it
ends with 0 when the timeline is as expected, whatever that is, and with 9 when it is not.")]
pub struct Arguments {
    /// The policy file.
    file: PathBuf,
    /// The input of a workflow, as JSON; or {"subject": {"kind": ..., "title": ...}, "requestedBy": ...}.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// The timeline that must come out, as `--json` printed it. Formatting does not count.
    #[arg(long, value_name = "FILE")]
    expect: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Error> {
    let compiled = policy::compile(&read(&arguments.file)?);
    let Some(policy) = &compiled.policy else {
        return Ok(refuse(&arguments.file, &compiled));
    };
    let asked = asked(&arguments.input)?;
    let timeline = simulate(policy, &asked).map_err(Error::Simulation)?;
    match &arguments.expect {
        None => Ok(show(&timeline)),
        Some(path) => Ok(compare(path, &read_json(path)?, &to_json(&timeline))),
    }
}

fn refuse(file: &Path, compiled: &Compiled) -> Answer {
    Answer { exit: Exit::Mistakes, text: lint_text::text(file, compiled), json: lint_text::json(compiled) }
}

fn show(timeline: &Timeline) -> Answer {
    let exit = if timeline.dead_end.is_some() { Exit::Mistakes } else { Exit::Ok };
    Answer { exit, text: timeline.to_string(), json: to_json(timeline) }
}

/// Its keys are texts, so that cannot fail.
fn to_json(timeline: &Timeline) -> Value {
    serde_json::to_value(timeline).unwrap_or_default()
}

/// Reads what would be asked for, by the readers that the functions use.
fn asked(path: &Path) -> Result<Asked, Error> {
    let value = read_json(path)?;
    let wrong = |source| Error::Input { path: path.to_owned(), source };
    if let Some(subject) = value.get("subject") {
        let payload = json!({
            "taskToken": "-",
            "subject": subject,
            "requestedBy": value.get("requestedBy"),
        });
        let payload = Payload::read(&payload).map_err(wrong)?;
        let facts = payload.facts.ok_or_else(|| Error::NoSubject { path: path.to_owned() })?;
        return Ok(Asked { facts, requested_by: payload.requested_by });
    }
    let input = Input::read(&value).map_err(wrong)?;
    Ok(Asked { facts: input.facts, requested_by: Some(input.requested_by) })
}

fn compare(path: &Path, expected: &Value, found: &Value) -> Answer {
    if expected == found {
        return Answer {
            exit: Exit::Ok,
            text: format!("as {} expects\n", path.display()),
            json: json!({"ok": true}),
        };
    }
    let lines = difference(expected, found);
    let text = format!("not as {} expects (- expected, + found)\n{}\n", path.display(), lines.join("\n"));
    Answer { exit: Exit::Differs, text, json: json!({"ok": false, "difference": lines}) }
}

/// The lines that differ, each with some that do not around it.
fn difference(expected: &Value, found: &Value) -> Vec<String> {
    let (expected, found) = (pretty(expected.clone()), pretty(found.clone()));
    let diff = TextDiff::from_lines(&expected, &found);
    let mut lines = Vec::new();
    for (index, group) in diff.grouped_ops(3).iter().enumerate() {
        if index > 0 {
            lines.push("  ...".to_owned());
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            lines.push(format!("{sign} {}", change.value().trim_end_matches('\n')));
        }
    }
    lines
}
