//! What programs are shown of a request, a plan and a workflow.

use common::domain::{Change, Decision, Request, SlackMessage};
use common::ports::Ending;
use serde_json::{Map, Value, json};

use super::find::Found;
use crate::ports::Execution;

/// A request. Each field is named here: what is not, such as the task token and the links, stays in the record.
pub(crate) fn request(request: &Request) -> Value {
    let workflow = &request.workflow;
    without_absent(json!({
        "id": request.id,
        "version": request.version,
        "status": request.status,
        "resume": request.resume,
        "plan": request.plan,
        "policy": request.policy,
        "subject": request.subject,
        "levelNumber": request.level_number,
        "levelCount": request.level_count,
        "title": request.facts.title(),
        "facts": request.facts,
        "fingerprint": request.fingerprint,
        "requestedBy": request.requested_by,
        "preview": request.preview,
        "execution": workflow.execution,
        "stateMachine": workflow.state_machine,
        "state": workflow.state,
        "level": request.level,
        "excluded": request.excluded,
        "escalatedAt": request.escalated_at,
        "openedAt": request.opened_at,
        "deadline": request.deadline,
        "outstanding": if super::level::is_open(request) { request.outstanding().collect() } else { Vec::new() },
        "votes": request.votes,
        "contacts": request.contacts,
        "slack": request.slack.iter().map(slack).collect::<Vec<_>>(),
        "decision": request.decision,
        "notices": request.notices,
        "progress": request.progress().as_str(),
        "frozen": request.waits_for(),
        "thawedAt": request.thawed_at,
        "change": request.change.as_ref().map(|change| change_of(request, change)),
        "stage": request.stage,
        "deployment": request.deployment,
        "events": request.events,
    }))
}

/// A change, with the way back only where it would not undo what somebody else did.
fn change_of(request: &Request, change: &Change) -> Change {
    Change { way_back: request.way_back().map(str::to_owned), ..change.clone() }
}

/// A message in Slack: posted when it has a `ts`.
fn slack(message: &SlackMessage) -> Value {
    without_absent(json!({
        "channel": message.channel,
        "ts": message.ts,
        "to": message.to,
        "purpose": message.purpose,
        "at": message.at,
        "failure": message.failure,
    }))
}

/// What an id led to.
pub(super) fn found(found: &Found, execution: Option<&Execution>) -> Value {
    let plan = found.plan.as_ref().map(|plan| {
        without_absent(json!({
            "key": plan.key,
            "execution": plan.execution,
            "preparedAt": plan.prepared_at,
            "title": plan.facts.title(),
            "facts": plan.facts,
            "fingerprint": plan.fingerprint,
            "requestedBy": plan.requested_by,
            "policy": plan.policy,
            "subject": plan.subject,
            "rollout": plan.rollout,
            "preview": plan.preview,
            "levels": plan.levels,
        }))
    });
    without_absent(json!({
        "ok": true,
        "plan": plan,
        "requests": found.requests.iter().map(request).collect::<Vec<_>>(),
        "execution": found.execution,
        "workflow": execution.map(workflow),
    }))
}

/// How a workflow is.
pub(crate) fn workflow(execution: &Execution) -> Value {
    match execution {
        Execution::Running => json!({ "status": "running" }),
        Execution::Ended { how, error, cause, output } => without_absent(json!({
            "status": ending(*how),
            "error": error,
            "cause": cause,
            "output": output.as_ref().map(without_approval),
        })),
    }
}

/// How a request ended, and by whom.
pub(crate) fn decision(decision: Option<&Decision>) -> Value {
    serde_json::to_value(decision).unwrap_or_default()
}

/// The word for how a workflow ended.
pub(crate) fn ending(how: Ending) -> &'static str {
    match how {
        Ending::Succeeded => "succeeded",
        Ending::Failed => "failed",
        Ending::TimedOut => "timed out",
        Ending::Stopped => "stopped",
        Ending::Forgotten => "forgotten",
    }
}

/// What the workflow did with the approval. The rest of its output is the caller's, or stands in the records.
fn without_approval(output: &Value) -> Value {
    json!({ "deployment": output.get("deployment") })
}

fn without_absent(object: Value) -> Value {
    match object {
        Value::Object(fields) => {
            Value::Object(fields.into_iter().filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>())
        }
        other => other,
    }
}
