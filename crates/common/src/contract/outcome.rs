//! What a workflow is told about a request: the output of an approval, the cause of anything else.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{Cursor, TaskErrorName};
use crate::domain::{
    Channel, Choice, EmailAddress, Fingerprint, Request, RequestId, SCHEMA, Status, Strength, Vote,
};

/// The output of an approved request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are the public contract")]
pub struct Approved<'a> {
    schema: u32,
    status: Status,
    approved: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<&'a EmailAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_at: Option<Timestamp>,
    /// Why it is approved, where nobody voted.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    approvals: Vec<Approval<'a>>,
    /// Of a level that one rejection does not end.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rejections: Vec<Rejection<'a>>,
    request_id: &'a RequestId,
    fingerprint: &'a Fingerprint,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Cursor>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Approval<'a> {
    approver: &'a EmailAddress,
    role: &'a str,
    level: u32,
    at: Timestamp,
    channel: Channel,
    strength: Strength,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rejection<'a> {
    approver: &'a EmailAddress,
    role: &'a str,
    level: u32,
    at: Timestamp,
    channel: Channel,
    strength: Strength,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// How many characters all the voters' words together may take. In the worst spelling of JSON, six bytes for each,
/// the output stays far below the 262,144 bytes that Step Functions takes, and
/// a state that keeps it beside a long change log does as well.
const MAX_WORDS: usize = 15_000;

/// The cause of a request that was not approved.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Cause<'a> {
    schema: u32,
    message: String,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_by: Option<&'a EmailAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// The first request of the plan that took this one's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<RequestId>,
    request_id: &'a RequestId,
    fingerprint: &'a Fingerprint,
}

/// The output that an approved request gives its workflow, as text.
pub fn output(request: &Request) -> String {
    to_json(&approved(request))
}

fn approved(request: &Request) -> Approved<'_> {
    let decision = request.decision.as_ref();
    Approved {
        schema: SCHEMA,
        status: request.status,
        approved: request.status == Status::Approved,
        approved_by: decision.and_then(|decision| decision.by.as_ref()),
        approved_at: decision.map(|decision| decision.at),
        reason: decision
            .filter(|decision| decision.by.is_none())
            .and_then(|decision| decision.reason.as_deref()),
        approvals: request
            .votes
            .iter()
            .filter(|vote| vote.choice == Choice::Approve)
            .map(|vote| approval(request, vote))
            .collect(),
        rejections: request
            .votes
            .iter()
            .filter(|vote| vote.choice == Choice::Reject)
            .map(|vote| rejection(request, vote))
            .collect(),
        request_id: &request.id,
        fingerprint: &request.fingerprint,
        next: next_cursor(request),
    }
}

fn approval<'a>(request: &Request, vote: &'a Vote) -> Approval<'a> {
    Approval {
        approver: &vote.approver,
        role: &vote.role,
        level: request.level_number,
        at: vote.at,
        channel: vote.channel,
        strength: vote.strength,
        comment: words(request, vote),
    }
}

fn rejection<'a>(request: &Request, vote: &'a Vote) -> Rejection<'a> {
    Rejection {
        approver: &vote.approver,
        role: &vote.role,
        level: request.level_number,
        at: vote.at,
        channel: vote.channel,
        strength: vote.strength,
        reason: words(request, vote),
    }
}

/// A voter's words; their beginning, where many have much to say. The record keeps them all.
fn words<'a>(request: &Request, vote: &'a Vote) -> Option<&'a str> {
    let most = MAX_WORDS / request.votes.len().max(1);
    let words = vote.reason.as_deref()?;
    Some(words.char_indices().nth(most).and_then(|(end, _)| words.get(..end)).unwrap_or(words))
}

fn next_cursor(request: &Request) -> Option<Cursor> {
    let next = request.next?;
    Some(Cursor {
        needed: true,
        key: request.plan.clone()?,
        level: Some(next.number),
        wait_seconds: Some(next.wait_seconds),
    })
}

/// The cause that a closed request gives its workflow: a JSON object as text. A reason has at most 2,000
/// characters, so it stays far below the 32,768 that Step Functions takes.
pub fn cause(request: &Request) -> String {
    let decision = request.decision.as_ref();
    let rejected = request.status == Status::Rejected;
    to_json(&Cause {
        schema: SCHEMA,
        message: sentence(request),
        status: request.status,
        rejected_by: decision.and_then(|decision| decision.by.as_ref()).filter(|_| rejected),
        rejected_at: decision.map(|decision| decision.at).filter(|_| rejected),
        reason: decision.and_then(|decision| decision.reason.as_deref()),
        superseded_by: superseded_by(request),
        request_id: &request.id,
        fingerprint: &request.fingerprint,
    })
}

fn superseded_by(request: &Request) -> Option<RequestId> {
    let newer = request.decision.as_ref()?.superseded_by.as_ref()?;
    Some(RequestId::of_level(newer, 1))
}

fn sentence(request: &Request) -> String {
    let title = request.facts.title();
    let decision = request.decision.as_ref();
    let by = decision
        .and_then(|decision| decision.by.as_ref())
        .map(|person| format!(" by {person}"))
        .unwrap_or_default();
    let why = decision
        .and_then(|decision| decision.reason.as_deref())
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default();
    match request.status {
        Status::Expired => format!("{title}: nobody decided in time"),
        Status::Superseded => match superseded_by(request) {
            Some(newer) => format!("{title}: the newer request {newer} took its place"),
            None => format!("{title}: a newer request took its place"),
        },
        status => format!("{title}: {status}{by}{why}"),
    }
}

/// The error name that a closed request gives its workflow.
pub fn error_name(request: &Request) -> TaskErrorName {
    match request.status {
        Status::Expired => TaskErrorName::ApprovalExpired,
        _ => TaskErrorName::RejectedError,
    }
}

/// What a task that was asked for the outcome answers with.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Report<'a> {
    /// It was approved.
    Approved(Approved<'a>),
    /// The caller is to wait again.
    Waiting(Waiting),
    /// It ended otherwise.
    Closed(Closed<'a>),
}

/// Wait again, with this cursor.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    schema: u32,
    status: &'static str,
    request_id: RequestId,
    approval: Cursor,
}

/// How it ended, with the error and cause that the workflow ends with.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Closed<'a> {
    schema: u32,
    status: Status,
    approved: bool,
    request_id: &'a RequestId,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_by: Option<&'a EmailAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    error: &'static str,
    cause: String,
}

impl<'a> Report<'a> {
    /// The report on a request that is not pending.
    pub fn of(request: &'a Request) -> Self {
        match request.status {
            Status::Approved => Self::Approved(approved(request)),
            status => Self::Closed(Closed {
                schema: SCHEMA,
                status,
                approved: false,
                request_id: &request.id,
                rejected_by: request.decision.as_ref().and_then(|decision| decision.by.as_ref()),
                reason: request.decision.as_ref().and_then(|decision| decision.reason.as_deref()),
                error: error_name(request).as_str(),
                cause: cause(request),
            }),
        }
    }

    /// The report that sends a caller back to waiting.
    pub fn waiting(request: &Request, approval: Cursor) -> Self {
        Self::Waiting(Waiting { schema: SCHEMA, status: "waiting", request_id: request.id.clone(), approval })
    }

    /// The report as the task's answer.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// The shapes here have text keys only, which JSON can always express.
fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
