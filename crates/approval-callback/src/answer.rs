//! The answers: one enum, with its status, its page and its JSON.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use common::domain::{Choice, EmailAddress, LinkToken, Refusal, Request, RequestId, SCHEMA, Wanted};
use common::http::response::{allowing, respond};
use common::http::{Format, Method, Outcome};
use common::ports::Listed;
use common::render::page::{self, Inbox, Problem, Visit};
use jiff::Timestamp;
use serde_json::json;

use crate::asked::Typed;

/// A request, as the holder of one of its links sees it.
pub(crate) struct Seen {
    pub(crate) request: Request,
    pub(crate) holder: EmailAddress,
    pub(crate) token: LinkToken,
    pub(crate) choice: Choice,
    pub(crate) now: Timestamp,
}

/// What is said.
pub(crate) enum Answer {
    /// The form, for the first time or because something typed is missing or wrong.
    Form { seen: Seen, refusal: Option<Refusal>, typed: Typed },
    /// The holder's vote stands.
    Recorded { seen: Seen },
    /// The holder cannot vote, or not so.
    Refused { seen: Seen, refusal: Refusal },
    /// What else waits for the holder, and what came of the link that they wanted.
    Inbox { seen: Seen, listed: Vec<Listed>, wanted: Option<Wanted> },
    /// There is nothing to show.
    Problem { problem: Problem, about: Option<RequestId> },
}

/// The HTTP status that says a refusal.
pub fn status_of(refusal: Refusal) -> u16 {
    match refusal {
        Refusal::NotAnApprover
        | Refusal::SelfApproval
        | Refusal::VotedAtEarlierLevel { .. }
        | Refusal::NeededAtLaterLevel { .. }
        | Refusal::LinkNotEnough => 403,
        Refusal::AlreadyVoted { .. } | Refusal::AlreadyDecided { .. } => 409,
        Refusal::Expired | Refusal::Withdrawn | Refusal::Superseded | Refusal::WorkflowGone => 410,
        Refusal::PhraseMissing | Refusal::PhraseWrong | Refusal::ReasonMissing | Refusal::ReasonTooLong => {
            422
        }
    }
}

impl Seen {
    fn visit(&self) -> Visit<'_> {
        let Self { request, holder, token, choice, now } = self;
        Visit { request, holder, token, choice: *choice, now: *now }
    }
}

impl Answer {
    /// A problem that is about no request that we know.
    pub(crate) fn problem(problem: Problem) -> Self {
        Self::Problem { problem, about: None }
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Form { refusal: None, .. } | Self::Recorded { .. } | Self::Inbox { .. } => 200,
            Self::Form { refusal: Some(refusal), .. } | Self::Refused { refusal, .. } => status_of(*refusal),
            Self::Problem { problem, .. } => problem.status(),
        }
    }

    /// The response, in the form that was asked for.
    pub(crate) fn respond(&self, method: Method, format: Format) -> ApiGatewayProxyResponse {
        let body = match format {
            Format::Html => self.page(),
            Format::Json => self.json(),
        };
        let response = respond(method, format, self.status(), body, Some(page::style_hash()));
        if let Self::Problem { problem: Problem::MethodNotAllowed, .. } = self {
            return allowing(response, "GET, HEAD, POST");
        }
        response
    }

    fn page(&self) -> String {
        match self {
            Self::Form { seen, refusal, typed } => {
                page::form(&seen.visit(), *refusal, &typed.phrase, &typed.reason)
            }
            Self::Recorded { seen } => page::recorded(&seen.visit()),
            Self::Refused { seen, refusal } => page::refused(&seen.visit(), *refusal),
            Self::Inbox { seen, listed, wanted } => page::inbox(&Inbox {
                request: &seen.request,
                holder: &seen.holder,
                token: &seen.token,
                listed,
                wanted: *wanted,
                now: seen.now,
            }),
            Self::Problem { problem, .. } => page::problem(*problem),
        }
    }

    fn json(&self) -> String {
        match self {
            Self::Form { seen, refusal, .. } => Outcome::of(&seen.request, *refusal),
            Self::Recorded { seen } => Outcome::of(&seen.request, None),
            Self::Refused { seen, refusal } => Outcome::of(&seen.request, Some(*refusal)),
            Self::Inbox { seen, listed, .. } => return inbox_json(seen, listed),
            Self::Problem { problem, .. } => Outcome::problem(problem.code()),
        }
        .to_json()
    }
}

/// What waits for the holder beside the request that they looked from.
fn inbox_json(seen: &Seen, listed: &[Listed]) -> String {
    let others = listed.iter().filter(|listed| listed.id != seen.request.id).map(|listed| {
        json!({
            "id": listed.id, "title": listed.title, "requestedBy": listed.requested_by, "openedAt": listed.opened_at,
            "deadline": listed.deadline,
        })
    });
    json!({ "schema": SCHEMA, "requests": others.collect::<Vec<_>>() }).to_string()
}
