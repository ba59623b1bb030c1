//! What the table holds: one request that is open, in our form and in the form that the functions in Python keep.

use common::domain::{Command, EmailAddress, Facts, Fingerprint, Request};
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::{link, slack};
use crate::Error;

const OPENED: &str = "2026-01-05T09:00:00Z";
pub(super) const PLAN: &str = "7d1f0c2e4b6a48959aa3c1e05f2b8d76";
const REQUEST: &str = "7d1f0c2e4b6a48959aa3c1e05f2b8d76-1";
pub(super) const APPROVER: &str = "ana@example.com";
pub(super) const REQUESTER: &str = "dev@example.com";
pub(super) const SUBJECT: &str = "checkout@production";
pub(super) const EXECUTION: &str =
    "arn:aws:states:us-east-1:123456789012:execution:countersign-deployment-approval:bench";

pub(super) const CHANGE_LOG: &str = "- faster carts\n- fixes #812";

/// What there is to decide.
pub(super) struct Ask {
    /// How many people are asked, one of whom decides.
    pub(super) approvers: usize,
    /// Whether the policy names no account of theirs in Slack.
    pub(super) is_unknown_in_slack: bool,
    pub(super) change_log: String,
}

pub(super) fn facts(change_log: &str) -> Value {
    json!({ "deployment": {
        "serviceName": "checkout", "version": "2.4.1", "environment": "production", "changeLog": change_log
    }})
}

pub(super) fn fingerprint(facts: &Value) -> Option<Value> {
    let facts = Facts::deserialize(facts).ok()?;
    let requester = EmailAddress::parse(REQUESTER).ok()?;
    serde_json::to_value(Fingerprint::of(&facts, Some(&requester))).ok()
}

/// One of these people decides; the policy names the first one's account in Slack, or not.
pub(super) fn level(approvers: usize, is_unknown_in_slack: bool) -> Value {
    let mut people: Vec<_> = emails(approvers).map(|email| json!({ "email": email })).collect();
    if let Some(first) = people.first_mut().and_then(Value::as_object_mut).filter(|_| !is_unknown_in_slack) {
        first.insert("slack".to_owned(), json!(slack::ACCOUNT));
    }
    json!({
        "name": "manager", "deadlineSeconds": 86_400, "confirmation": "button", "namedBy": "policy",
        "selfApproval": false, "groups": [{ "role": "manager", "approvers": people, "quorum": 1 }]
    })
}

/// Who is asked; the first one decides.
fn emails(count: usize) -> impl Iterator<Item = String> {
    let others = (1..count).map(|number| format!("approver-{number}@example.com"));
    std::iter::once(APPROVER.to_owned()).chain(others)
}

/// The open request, as the table has it: everybody was asked by mail, and all of them in Slack's channel.
pub(super) fn request(ask: &Ask) -> Result<Value, Error> {
    let facts = facts(&ask.change_log);
    let opened: Request = serde_json::from_value(json!({
        "schema": 1, "id": REQUEST, "version": 1, "status": "pending", "resume": "none",
        "plan": PLAN, "subject": SUBJECT, "levelNumber": 1, "levelCount": 1, "canWait": true,
        "workflow": { "execution": EXECUTION, "state": "RequestApproval" }, "taskToken": "bench-task-token",
        "generation": { "enteredAt": OPENED, "retry": 0 },
        "fingerprint": fingerprint(&facts), "facts": facts, "requestedBy": REQUESTER,
        "level": level(ask.approvers, ask.is_unknown_in_slack),
        "baseUrl": "https://approvals.example.com", "openedAt": OPENED, "deadline": "2126-01-05T09:00:00Z",
        "slackTarget": { "channel": "C0SAMPLE", "direct": false },
    }))?;
    let token = link::token().ok_or("the sample has no link")?;
    let link = |(number, email): (usize, String)| {
        let hash = if number == 0 { json!(token.hash()) } else { json!(format!("{number:064x}")) };
        json!({ "approver": email, "hash": hash, "mintedAt": OPENED })
    };
    let mail = |email| json!({ "approver": email, "channel": "email", "purpose": "ask", "sentAt": OPENED });
    let links = emails(ask.approvers).enumerate().map(link).collect();
    let mails = emails(ask.approvers).map(mail).collect();
    let message = json!([{
        "channel": "C0SAMPLE", "ts": "1767600000.000100", "purpose": "ask", "at": OPENED,
        "shows": "pending 0 first none unused"
    }]);
    let commands = [
        Command::AddLinks(serde_json::from_value(links)?),
        Command::NoteContacts(serde_json::from_value(mails)?),
        Command::NoteSlackMessages(serde_json::from_value(message)?),
    ];
    let now = OPENED.parse()?;
    let asked = commands.into_iter().fold(opened, |request, command| request.after(command, now));
    Ok(serde_json::to_value(asked)?)
}

/// The same for the functions in Python.
pub(super) fn plain_request() -> Value {
    json!({
        "id": REQUEST, "status": "pending", "task_token": "bench-task-token", "approver": APPROVER,
        "slack_user": slack::ACCOUNT, "requested_by": REQUESTER, "execution": EXECUTION,
        "title": "checkout 2.4.1 to production", "change_log": CHANGE_LOG,
        "opened_at": "2026-01-05T09:00:00+00:00", "expires_at": "2126-01-05T09:00:00+00:00",
        "token_hash": plain_hash(),
    })
}

/// They hash the token as it came, which is what we do with its parts.
fn plain_hash() -> Option<Value> {
    serde_json::to_value(link::token()?.hash()).ok()
}
