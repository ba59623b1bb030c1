//! What the JSON answers show: an outcome, and a request without anything that is a secret.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{Decision, EmailAddress, Fact, Refusal, Request, Resume, SCHEMA, Status, Vote};

/// A JSON answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome<'a> {
    /// The number of this shape.
    schema: u32,
    /// Where the request stands; `error` when there is none to speak of.
    status: &'static str,
    /// Why something was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'static str>,
    /// The request.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<RequestView<'a>>,
}

impl<'a> Outcome<'a> {
    /// The answer about a request.
    pub fn of(request: &'a Request, refusal: Option<Refusal>) -> Self {
        Self {
            schema: SCHEMA,
            status: request.status.as_str(),
            refusal: refusal.map(Refusal::code),
            request: Some(RequestView::of(request)),
        }
    }

    /// The answer to something that leads to no request.
    pub fn problem(code: &'static str) -> Self {
        Self { schema: SCHEMA, status: "error", refusal: Some(code), request: None }
    }

    /// As text.
    pub fn to_json(&self) -> String {
        // Nothing in here can fail to be written; an empty object is the honest answer if it ever does.
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}

/// A request as its approvers may see it: no task token, no link, no hash of one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestView<'a> {
    id: &'a str,
    status: Status,
    resume: Resume,
    title: String,
    facts: Vec<Fact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    fingerprint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_by: Option<&'a EmailAddress>,
    level: LevelView<'a>,
    opened_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline: Option<Timestamp>,
    /// What to type to confirm, while there is something to confirm.
    #[serde(skip_serializing_if = "Option::is_none")]
    phrase_hint: Option<&'a str>,
    votes: &'a [Vote],
    /// Who may still vote.
    outstanding: Vec<&'a EmailAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'a Decision>,
    workflow: WorkflowView<'a>,
}

#[derive(Serialize)]
struct LevelView<'a> {
    name: &'a str,
    number: u32,
    count: u32,
}

#[derive(Serialize)]
struct WorkflowView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    execution: Option<&'a str>,
}

impl<'a> RequestView<'a> {
    /// The public view of a request.
    pub fn of(request: &'a Request) -> Self {
        let open = request.status == Status::Pending;
        Self {
            id: request.id.as_str(),
            status: request.status,
            resume: request.resume,
            title: request.facts.title(),
            facts: request.facts.rows(),
            details: request.facts.details(),
            link: request.facts.link(),
            fingerprint: request.fingerprint.as_str(),
            requested_by: request.requested_by.as_ref(),
            level: LevelView {
                name: &request.level.name,
                number: request.level_number,
                count: request.level_count,
            },
            opened_at: request.opened_at,
            deadline: request.deadline,
            phrase_hint: open.then(|| request.phrase()),
            votes: &request.votes,
            outstanding: if open { request.outstanding().collect() } else { Vec::new() },
            decision: request.decision.as_ref(),
            workflow: WorkflowView {
                name: request.workflow.name(),
                execution: request.workflow.execution.as_deref(),
            },
        }
    }
}
