//! What holds at the end of every race: one decision (I1), a workflow that acts on nothing else (I2), people who were told so (I3), votes
//! by those who may, each counted once (I4), and an event for each vote that was accepted (I6).
//!
//! That no secret is in a log (I5) is asked after all races, by the target `secrets`.

use std::collections::BTreeSet;

use common::domain::event::first_break;
use common::domain::{Choice, Happening, Request, Resume, Status};
use serde_json::Value;

use crate::{End, Page};

/// What a program was told after its vote.
#[derive(Debug)]
pub struct Told {
    pub choice: Choice,
    pub http: u16,
    pub status: String,
    pub refusal: Option<String>,
}

impl Told {
    pub fn read(choice: Choice, page: &Page) -> Self {
        let answer = page.json();
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        Self {
            choice,
            http: page.status,
            status: text("status").unwrap_or_default().to_owned(),
            refusal: text("refusal").map(str::to_owned),
        }
    }
}

/// I1 and I4: one decision, by votes of approvers that were counted once, in a chain that nobody has changed.
pub fn one_decision(record: &Request) {
    assert_eq!(first_break(&record.events), None, "{}", record.id);
    let decided: Vec<_> = record
        .events
        .iter()
        .filter_map(|event| match &event.what {
            Happening::Decided { decision } => Some(decision),
            _ => None,
        })
        .collect();
    let voted = record.events.iter().filter(|event| matches!(event.what, Happening::Voted { .. })).count();
    assert_eq!(decided, record.decision.iter().collect::<Vec<_>>(), "{}", record.id);
    assert_eq!(record.decision.as_ref().map(|decision| decision.status), Some(record.status));
    assert_eq!(voted, record.votes.len());
    let voters: BTreeSet<_> = record.votes.iter().map(|vote| &vote.approver).collect();
    assert_eq!(voters.len(), record.votes.len(), "{}: one person counts once", record.id);
    for voter in voters {
        assert_eq!(record.check_entitled(voter), Ok(()), "{}: {voter}", record.id);
    }
}

/// I1 and I2 for the stack's own workflow.
pub fn workflow_follows(record: &Request, end: &End) {
    one_decision(record);
    let expected = match record.status {
        Status::Approved => ("SUCCEEDED", ""),
        Status::Rejected => ("FAILED", "RejectedError"),
        Status::Expired => ("FAILED", "ApprovalExpired"),
        other => panic!("{} is {other}", record.id),
    };
    assert_eq!((end.status.as_str(), end.error.as_str()), expected, "{}: {}", record.id, end.cause);
    let resume = if record.status == Status::Expired { Resume::None } else { Resume::Done };
    assert_eq!(record.resume, resume, "{}", record.id);
    assert_eq!(record.deployment.is_some(), record.status == Status::Approved, "{}", record.id);
}

/// I1 and I2 for a caller that can neither wait again nor take back a timeout: see `countersign_tests::Caller`.
pub fn caller_follows(record: &Request, end: &End) {
    one_decision(record);
    assert_eq!(end.status, "SUCCEEDED", "{}: {}", end.error, end.cause);
    let text = |at: &str| end.output.pointer(at).and_then(Value::as_str);
    if end.output.get("deployment").is_some() {
        assert_eq!((record.status, record.resume), (Status::Approved, Resume::Done), "{}", record.id);
        assert_eq!(text("/approvalResult/requestId"), Some(record.id.as_str()));
    } else if text("/error/Error") == Some("RejectedError") {
        assert_eq!((record.status, record.resume), (Status::Rejected, Resume::Done), "{}", record.id);
    } else {
        assert_eq!(text("/error/Error"), Some("States.Timeout"));
        assert_eq!(text("/outcome/status"), Some(record.status.as_str()), "{}", record.id);
        let resume = if record.status == Status::Approved { Resume::Gone } else { Resume::None };
        assert_eq!(record.resume, resume, "{}: nothing was carried out", record.id);
    }
}

/// I3 and I6: what each person was told is what the record says, none was told of success when there was none, and a vote that was
/// accepted is in the record's events.
pub fn all_were_told(record: &Request, told: &[Told]) {
    for told in told {
        let own = match told.choice {
            Choice::Approve => Status::Approved,
            Choice::Reject => Status::Rejected,
        };
        let fits = match (told.http, told.refusal.as_deref()) {
            (200, None) => record.status == own && told.status == own.as_str(),
            (409, Some("already_voted" | "already_decided")) => {
                record.status != own && told.status == record.status.as_str()
            }
            (410, Some("expired")) => record.status == Status::Expired,
            (410, Some("workflow_gone")) => record.resume == Resume::Gone,
            _ => false,
        };
        assert!(fits, "{told:?}, but {} is {} and {:?}", record.id, record.status, record.resume);
        // What holds and was recorded although its workflow had ended is accepted, too.
        let accepted =
            told.http == 200 || (told.refusal.as_deref() == Some("workflow_gone") && record.status == own);
        assert!(!accepted || has_voted(record, told.choice), "{told:?} left no event in {}", record.id);
    }
}

fn has_voted(record: &Request, choice: Choice) -> bool {
    record
        .events
        .iter()
        .any(|event| matches!(&event.what, Happening::Voted { vote, .. } if vote.choice == choice))
}
