//! How a request ended, for whoever has waited for it.

use common::domain::Facts;
use common::render::words;
use serde_json::{Value, json};

use super::request::Started;
use crate::exit::Exit;
use crate::follow::{End, Seen};
use crate::output::Answer;
use crate::ports::Execution;
use crate::records;

/// The answer of a command that has waited for the end.
pub(super) fn answer(started: &Started, seen: &Seen, end: &End) -> Answer {
    let exit = end.exit();
    let mut text = format!("{}\n", sentence(end, seen, &deployed(end, seen)));
    let expected = matches!(end, End::Approved(_) | End::NotNeeded);
    if let Some(why) = seen.execution.as_ref().filter(|_| !expected).and_then(why) {
        text.push_str(&why);
    }
    let mut json = started.json();
    if let Some(object) = json.as_object_mut() {
        object.insert("ok".to_owned(), json!(exit == Exit::Ok));
        object.insert("outcome".to_owned(), json!(outcome(end)));
        object.insert("exitCode".to_owned(), json!(exit as u8));
        object.insert("deployed".to_owned(), deployed(end, seen));
        let levels: Vec<_> = seen.requests.iter().map(records::request_json).collect();
        object.insert("requests".to_owned(), json!(levels));
        object.insert("workflow".to_owned(), seen.execution.as_ref().map(records::workflow_json).into());
    }
    Answer { exit, text, json }
}

/// The answer when somebody does not want to wait any longer.
pub(super) fn interrupted(started: &Started) -> Answer {
    let mut json = started.json();
    if let Some(object) = json.as_object_mut() {
        object.insert("ok".to_owned(), json!(false));
        object.insert("outcome".to_owned(), json!("interrupted"));
        object.insert("exitCode".to_owned(), json!(Exit::Interrupted as u8));
    }
    let name = &started.name;
    let text = format!(
        "\nThe workflow goes on.\n  follow    countersign show {name}\n  \
         take back countersign withdraw {name} --reason TEXT\n"
    );
    Answer { exit: Exit::Interrupted, text, json }
}

fn sentence(end: &End, seen: &Seen, deployed: &Value) -> String {
    let subject = matches!(seen.plan.as_ref().map(|plan| &plan.facts), Some(Facts::General(_)));
    let [done, nothing] = if subject {
        ["carried out", "nothing was to be done"]
    } else {
        ["deployed", "nothing was deployed"]
    };
    match end {
        End::Approved(Some(used)) => {
            let what = if used.deployed { done } else { nothing };
            let reason =
                used.reason.as_deref().map_or(String::new(), |reason| format!(": {}", words::line(reason)));
            format!("approved, and the workflow succeeded; {what}{reason}")
        }
        End::Approved(None) => {
            format!("approved, and the workflow succeeded; its record does not say that anything was {done}")
        }
        End::NotNeeded => {
            let what = match deployed.as_bool() {
                Some(true) => format!("; {done}"),
                Some(false) => format!("; {nothing}"),
                None => String::new(),
            };
            format!("no approval was needed, and the workflow succeeded{what}")
        }
        End::Closed(decision) => records::ended(decision),
        End::FailedBeforeAsking => "the workflow failed before anybody was asked".to_owned(),
        End::FailedAfterApproval => "approved, but the workflow failed".to_owned(),
        End::StillOpen => {
            "the workflow ended, and its request is still open on record; look again in a minute".to_owned()
        }
        End::NotByTheRecords => {
            "the workflow succeeded without the approvals that its plan needs: somebody should look at it"
                .to_owned()
        }
    }
}

fn outcome(end: &End) -> &'static str {
    match end {
        End::Approved(_) => "approved",
        End::NotNeeded => "not_needed",
        End::Closed(decision) => decision.status.as_str(),
        End::FailedBeforeAsking => "failed_before_asking",
        End::FailedAfterApproval => "failed_after_approval",
        End::StillOpen => "still_open",
        End::NotByTheRecords => "not_by_the_records",
    }
}

/// By the record; only where nobody had to approve, by the workflow.
fn deployed(end: &End, seen: &Seen) -> Value {
    match (end, &seen.execution) {
        (End::Approved(used), _) => json!(used.as_ref().map(|used| used.deployed)),
        (End::NotNeeded, Some(Execution::Ended { output: Some(output), .. })) => {
            output.pointer("/deployment/deployed").cloned().unwrap_or_default()
        }
        _ => Value::Null,
    }
}

/// What the workflow says of itself.
fn why(execution: &Execution) -> Option<String> {
    let Execution::Ended { error, cause, .. } = execution else {
        return None;
    };
    let error = error.as_deref()?;
    let cause =
        cause.as_deref().map(|cause| format!(": {}", records::cause_in_words(cause))).unwrap_or_default();
    Some(format!("the workflow says: {}{cause}\n", words::line(error)))
}
