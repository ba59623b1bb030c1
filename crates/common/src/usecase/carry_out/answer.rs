//! What `execute-deployment` answers.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::{Deployment, Progress, Request, SCHEMA, Stage};

/// It ended so.
pub(super) fn ended(request: Option<&Request>, end: &Deployment) -> Value {
    let mut answer = common(request, end.progress().as_str(), end.at);
    insert(&mut answer, "reason", end.reason.as_ref().map(|reason| json!(reason)));
    answer
}

/// It is under way, or waits for a freeze to end; whoever asked asks again after so many seconds.
pub(super) fn going(request: &Request, poll_seconds: u32, now: Timestamp) -> Value {
    let frozen = request.waits_for();
    let began = request.change.as_ref().map(|change| change.at).or(frozen.map(|frozen| frozen.since));
    let mut answer = common(Some(request), "in_progress", began.unwrap_or(request.opened_at));
    insert(&mut answer, "reason", frozen.map(|frozen| json!(frozen.says())));
    let poll_seconds = frozen.map_or(poll_seconds, |frozen| frozen.poll_seconds(now));
    if let Some(Stage::Reached { says, .. }) = &request.stage {
        insert(&mut answer, "reached", Some(json!(says)));
    }
    insert(&mut answer, "pollSeconds", Some(json!(poll_seconds)));
    answer
}

fn common(request: Option<&Request>, status: &str, at: Timestamp) -> Value {
    let mut answer = json!({
        "schema": SCHEMA,
        "status": status,
        "deployed": status == Progress::Deployed.as_str(),
        "at": at,
    });
    let Some(request) = request else { return answer };
    insert(&mut answer, "requestId", Some(json!(request.id)));
    insert(&mut answer, "fingerprint", Some(json!(request.fingerprint)));
    if let Some(change) = &request.change {
        insert(&mut answer, "place", Some(json!(change.place)));
        insert(&mut answer, "before", change.before.as_ref().map(|before| json!(before)));
        insert(&mut answer, "after", Some(json!(change.after)));
        insert(&mut answer, "wayBack", request.way_back().map(|command| json!(command)));
    }
    answer
}

fn insert(answer: &mut Value, name: &str, value: Option<Value>) {
    if let (Some(answer), Some(value)) = (answer.as_object_mut(), value) {
        answer.insert(name.to_owned(), value);
    }
}
