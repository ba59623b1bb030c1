//! What the table holds: one request that is open, in our form and in the form that the functions in Python keep.

use common::domain::{EmailAddress, Facts, Fingerprint};
use serde_json::{Value, json};

use super::{link, slack};

pub(super) const PLAN: &str = "7d1f0c2e4b6a48959aa3c1e05f2b8d76";
const REQUEST: &str = "7d1f0c2e4b6a48959aa3c1e05f2b8d76-1";
pub(super) const APPROVER: &str = "ana@example.com";
pub(super) const REQUESTER: &str = "dev@example.com";
pub(super) const SUBJECT: &str = "checkout@production";
pub(super) const EXECUTION: &str =
    "arn:aws:states:us-east-1:123456789012:execution:countersign-deployment-approval:bench";

pub(super) fn facts() -> Value {
    json!({ "deployment": {
        "serviceName": "checkout", "version": "2.4.1", "environment": "production",
        "changeLog": "- faster carts\n- fixes #812"
    }})
}

pub(super) fn fingerprint() -> Option<Value> {
    let facts: Facts = serde_json::from_value(facts()).ok()?;
    let requester = EmailAddress::parse(REQUESTER).ok()?;
    serde_json::to_value(Fingerprint::of(&facts, Some(&requester))).ok()
}

/// One approver, whose account in Slack the policy names, or not.
pub(super) fn level(is_unknown_in_slack: bool) -> Value {
    let mut approver = json!({ "email": APPROVER });
    if let Some(approver) = approver.as_object_mut().filter(|_| !is_unknown_in_slack) {
        approver.insert("slack".to_owned(), json!(slack::ACCOUNT));
    }
    json!({
        "name": "manager", "deadlineSeconds": 86_400, "confirmation": "button", "namedBy": "policy",
        "selfApproval": false, "groups": [{ "role": "manager", "approvers": [approver], "quorum": 1 }]
    })
}

/// The open request, as the table has it.
pub(super) fn request(is_unknown_in_slack: bool) -> Value {
    let hash = link::token().and_then(|token| serde_json::to_value(token.hash()).ok());
    json!({
        "schema": 1, "id": REQUEST, "version": 4, "status": "pending", "resume": "none",
        "plan": PLAN, "subject": SUBJECT, "levelNumber": 1, "levelCount": 1, "canWait": true,
        "workflow": { "execution": EXECUTION, "state": "RequestApproval" }, "taskToken": "bench-task-token",
        "generation": { "enteredAt": "2026-01-05T09:00:00Z", "retry": 0 },
        "facts": facts(), "fingerprint": fingerprint(), "requestedBy": REQUESTER,
        "level": level(is_unknown_in_slack),
        "baseUrl": "https://approvals.example.com", "openedAt": "2026-01-05T09:00:00Z",
        "deadline": "2126-01-05T09:00:00Z",
        "links": [{ "approver": APPROVER, "hash": hash, "mintedAt": "2026-01-05T09:00:00Z" }],
        "slackTarget": { "channel": "C0SAMPLE", "direct": false },
        "slack": [{
            "channel": "C0SAMPLE", "ts": "1767600000.000100", "purpose": "ask", "at": "2026-01-05T09:00:00Z",
            "shows": "pending 0 first none unused"
        }]
    })
}

/// The same for the functions in Python.
pub(super) fn plain_request() -> Value {
    json!({
        "id": REQUEST, "status": "pending", "task_token": "bench-task-token", "approver": APPROVER,
        "slack_user": slack::ACCOUNT, "requested_by": REQUESTER, "execution": EXECUTION,
        "title": "checkout 2.4.1 to production", "change_log": "- faster carts\n- fixes #812",
        "opened_at": "2026-01-05T09:00:00+00:00", "expires_at": "2126-01-05T09:00:00+00:00",
        "token_hash": plain_hash(),
    })
}

/// They hash the token as it came, which is what we do with its parts.
fn plain_hash() -> Option<Value> {
    serde_json::to_value(link::token()?.hash()).ok()
}
