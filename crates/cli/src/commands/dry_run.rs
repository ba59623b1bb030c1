//! `countersign request --dry-run`: what a workflow would lead to, without starting one.

use std::time::Duration;

use common::contract::prepare::Input;
use common::domain::{Outlook, Preview, StoredPolicy};
use common::ports::{Clock, LookAtTargets, Pause, ReadPolicy};
use common::render::words;
use common::usecase::preview::{preview, unfit};
use serde_json::json;

use crate::error::Error;
use crate::exit::Exit;
use crate::output::Answer;
use crate::simulate::{Asked, Timeline, simulate};

/// How long somebody at a terminal waits for a target.
const PATIENCE: Duration = Duration::from_secs(15);

/// Reads the stored policy, and looks at the target that it names.
pub(super) async fn dry_run(
    store: &impl ReadPolicy,
    targets: &impl LookAtTargets,
    clock: &(impl Clock + Pause),
    input: Input,
) -> Result<Answer, Error> {
    let asked = Asked { facts: input.facts, requested_by: Some(input.requested_by) };
    let Some(stored) = store.policy().await? else { return Ok(without_policy(&asked)) };
    let timeline = simulate(&stored.policy, &asked).map_err(Error::Simulation)?;
    let found = match &timeline.target {
        Some(rollout) => match unfit(&rollout.to, &asked.facts) {
            Some(reason) => Found::Unfit(reason),
            // Boxed: the futures of every kind of target are large.
            None => Found::Preview(Box::pin(preview(targets, clock, PATIENCE, rollout, &asked.facts)).await),
        },
        None => Found::Nothing,
    };
    Ok(answer(&stored, &timeline, &found))
}

/// What is known of where it would go.
enum Found {
    /// It goes nowhere.
    Nothing,
    /// It could never be carried out there, so the workflow would end before anybody is asked.
    Unfit(String),
    /// What would change.
    Preview(Preview),
}

/// Who the stack's default approver is, only the stack knows.
fn without_policy(asked: &Asked) -> Answer {
    let text = format!(
        "{}\nno policy is stored, so the stack's default approver decides, and nothing is deployed\n{NOTHING}",
        words::line(&asked.facts.title())
    );
    Answer { exit: Exit::Ok, text, json: json!({ "ok": true, "dryRun": true }) }
}

const NOTHING: &str = "\nnothing was started\n";

fn answer(stored: &StoredPolicy, timeline: &Timeline, found: &Found) -> Answer {
    let exit = exit(timeline, found);
    let line = match found {
        Found::Nothing => String::new(),
        Found::Unfit(reason) => format!("      Can never be carried out: {}\n", words::line(reason)),
        Found::Preview(preview) => format!("      {}\n", in_words(preview)),
    };
    let text = format!("policy version {}\n{timeline}{line}{NOTHING}", stored.number);
    let mut json = json!({
        "ok": exit == Exit::Ok,
        "dryRun": true,
        "policy": { "version": stored.number, "hash": stored.hash },
        "timeline": timeline,
    });
    let field = match found {
        Found::Nothing => None,
        Found::Unfit(reason) => Some(("refused", json!(reason))),
        Found::Preview(preview) => Some(("preview", json!(preview))),
    };
    if let Some(fields) = json.as_object_mut() {
        fields.extend(field.map(|(name, value)| (name.to_owned(), value)));
    }
    Answer { exit, text, json }
}

/// As the workflow would end, as far as that is known.
fn exit(timeline: &Timeline, found: &Found) -> Exit {
    match found {
        Found::Unfit(_) => Exit::Mistakes,
        _ if timeline.dead_end.is_some() => Exit::Mistakes,
        Found::Nothing => Exit::Ok,
        Found::Preview(preview) => match preview.outlook {
            Outlook::Impossible { .. } => Exit::WorkflowFailed,
            Outlook::Change { .. } | Outlook::CarriedOut | Outlook::Unknown { .. } => Exit::Ok,
        },
    }
}

fn in_words(preview: &Preview) -> String {
    let line = words::preview(preview);
    match &preview.outlook {
        Outlook::Unknown { missing: Some(_), .. } => {
            format!("{line}; docs/CLI.md says what whoever looks needs (\"Looking at targets\")")
        }
        _ => line,
    }
}

#[cfg(test)]
mod tests;
