//! Requests and people for tests.

#![expect(clippy::missing_panics_doc, reason = "what helps a test may fail it")]

use jiff::{SignedDuration, Timestamp};

use super::{
    Approver, Ballot, Change, Channel, Choice, Command, Confirmation, DeploymentFacts, EmailAddress,
    Escalation, Facts, Fingerprint, Generation, Group, Level, NamedBy, Opening, Request, RequestId, Resume,
    Silence, Status, Strength, TaskToken, Transition, Workflow, apply,
};

/// When the sample request was opened: 2026-01-05T09:00:00Z.
pub const OPENED: Timestamp = Timestamp::constant(1_767_603_600, 0);

/// So many seconds after the sample request was opened.
pub fn at(seconds: i64) -> Timestamp {
    OPENED + SignedDuration::from_secs(seconds)
}

/// The address of somebody at example.com.
pub fn person(name: &str) -> EmailAddress {
    EmailAddress::parse(&format!("{name}@example.com")).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A task token.
pub fn task_token(text: &str) -> TaskToken {
    TaskToken::parse(text).unwrap_or_else(|| panic!("{text:?} is no task token"))
}

/// The facts of a deployment of checkout to production.
pub fn checkout() -> Facts {
    Facts::Deployment(DeploymentFacts {
        service_name: "checkout".to_owned(),
        version: "2.4.1".to_owned(),
        environment: "production".to_owned(),
        change_log: Some("- faster carts".to_owned()),
    })
}

/// A group of these people, with its quorum.
pub fn group(role: &str, names: &[&str], quorum: u32) -> Group {
    let approvers = names.iter().map(|name| Approver::at(person(name))).collect();
    Group { role: role.to_owned(), approvers, quorum }
}

/// A level that is reminded after 100 seconds and ends after 1,000.
pub fn level(groups: Vec<Group>) -> Level {
    Level {
        name: "approval".to_owned(),
        groups,
        named_by: NamedBy::Stack,
        deadline_seconds: Some(1_000),
        remind_after_seconds: vec![100],
        confirmation: Confirmation::Phrase,
        self_approval: false,
        same_person: false,
        reject_quorum: 1,
        silence: Silence::Reject,
        strength: Strength::Link,
        mail: true,
        slack: None,
    }
}

/// The same level for Ana; after its 1,000 seconds of silence, Hana is asked, for 500 seconds.
pub fn escalating() -> Level {
    let further = Escalation { group: group("head", &["hana"], 1), deadline_seconds: 500 };
    Level { silence: Silence::Escalate(Box::new(further)), ..level(vec![group("manager", &["ana"], 1)]) }
}

/// A request by Dev at that level, just opened.
pub fn escalating_request() -> Request {
    Request { level: escalating(), deadline: Some(at(1_500)), ..request() }
}

/// How Dev's request at this level begins, whose caller can wait again.
pub fn opening(level: Level) -> Opening {
    let requested_by = Some(person("dev"));
    Opening {
        id: RequestId::parse("sample-1").unwrap_or_else(|error| panic!("{error}")),
        plan: None,
        policy: None,
        subject: None,
        level_number: 1,
        level_count: 1,
        next: None,
        can_wait: true,
        workflow: Workflow::default(),
        task_token: task_token("first"),
        generation: Generation { entered_at: OPENED, retry: 0 },
        fingerprint: Fingerprint::of(&checkout(), requested_by.as_ref()),
        facts: checkout(),
        requested_by,
        preview: None,
        level,
        excluded: Vec::new(),
        base_url: "https://approvals.example.com".to_owned(),
        opened_at: OPENED,
        retention_days: None,
        slack_target: None,
    }
}

/// A request by Dev that these groups decide, just opened.
pub fn request_of(groups: Vec<Group>) -> Request {
    opening(level(groups)).open(OPENED)
}

/// A request by Dev that Ana decides.
pub fn request() -> Request {
    request_of(vec![group("approver", &["ana"], 1)])
}

/// What somebody says, by mail; a rejection with its reason.
pub fn ballot(name: &str, choice: Choice) -> Ballot {
    Ballot {
        approver: person(name),
        choice,
        reason: (choice == Choice::Reject).then(|| "freeze until Monday".to_owned()),
        channel: Channel::Email,
        strength: Strength::Link,
    }
}

/// The same as a command.
pub fn vote(name: &str, choice: Choice) -> Command {
    Command::Vote(ballot(name, choice))
}

/// The request after a command that changes it.
pub fn after(request: &Request, command: Command) -> Request {
    match apply(request, command, at(10)) {
        Ok(Transition::Changed(next)) => *next,
        other => panic!("expected a change, got {other:?}"),
    }
}

/// The sample request in every status that a command can bring it to, with each state of its debt.
pub fn closed() -> Vec<Request> {
    let approved = after(&request(), vote("ana", Choice::Approve));
    let rejected = after(&request(), vote("ana", Choice::Reject));
    let mut superseded = after(&request(), Command::Withdraw { reason: "newer".to_owned() });
    superseded.status = Status::Superseded;
    vec![
        after(&approved, Command::NoteResume(Resume::Done)),
        after(&approved, Command::NoteResume(Resume::Gone)),
        approved,
        after(&rejected, Command::NoteResume(Resume::Done)),
        rejected,
        after(&request(), Command::Expire),
        after(&request(), Command::Withdraw { reason: "undeliverable".to_owned() }),
        superseded,
    ]
}

/// From version 1 to this one.
pub fn change(after: &str) -> Change {
    Change {
        at: at(10),
        until: at(100),
        place: "alias live of the function checkout".to_owned(),
        before: Some("1".to_owned()),
        after: after.to_owned(),
        seal: "r-1".to_owned(),
        way_back: None,
    }
}
