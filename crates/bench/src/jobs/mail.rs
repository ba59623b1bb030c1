//! A workflow that waits for one approver, who gets a mail.

use serde_json::{Value, json};

use super::samples;

const EVENT: &str = include_str!("../../../../events/send-approval/own-machine.json");

pub(super) fn event() -> Value {
    serde_json::from_str(EVENT).unwrap_or_default()
}

/// One approver was asked.
pub(super) fn is_good(answer: &Value) -> bool {
    answer.get("asked").is_some_and(|asked| asked == 1) || answer.get("requestId").is_some()
}

/// The plan that `prepare` stored.
pub(super) fn plan() -> Value {
    let facts = samples::facts(samples::CHANGE_LOG);
    let fingerprint = samples::fingerprint(&facts);
    let mut plan = json!({
        "schema": 1, "key": samples::PLAN, "execution": samples::EXECUTION, "canWait": true,
        "preparedAt": "2026-01-05T09:00:00Z", "facts": facts, "requestedBy": samples::REQUESTER,
        "subject": samples::SUBJECT, "levels": [samples::level(1, false)],
    });
    if let (Some(plan), Some(fingerprint)) = (plan.as_object_mut(), fingerprint) {
        plan.insert("fingerprint".to_owned(), fingerprint);
    }
    plan
}

/// What the function in Python looks up instead.
pub(super) fn plain_plan() -> Value {
    json!({ "id": format!("plan-{}", samples::PLAN), "approver": samples::APPROVER, "timeout_seconds": 86_400 })
}
