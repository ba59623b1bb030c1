//! Requests and people for tests.

use jiff::{SignedDuration, Timestamp};

use super::{
    Approver, Ballot, Channel, Choice, Command, Confirmation, DeploymentFacts, EmailAddress, Escalation,
    Event, Facts, Fingerprint, Generation, Group, Happening, Level, NamedBy, Request, RequestId, Resume,
    SCHEMA, Silence, Status, Strength, TaskToken, Transition, Workflow, apply,
};

/// When the sample request was opened: 2026-01-05T09:00:00Z.
pub(crate) const OPENED: Timestamp = Timestamp::constant(1_767_603_600, 0);

/// So many seconds after the sample request was opened.
pub(crate) fn at(seconds: i64) -> Timestamp {
    OPENED + SignedDuration::from_secs(seconds)
}

pub(crate) fn person(name: &str) -> EmailAddress {
    EmailAddress::parse(&format!("{name}@example.com")).unwrap()
}

pub(crate) fn task_token(text: &str) -> TaskToken {
    TaskToken::parse(text).unwrap()
}

pub(crate) fn checkout() -> Facts {
    Facts::Deployment(DeploymentFacts {
        service_name: "checkout".to_owned(),
        version: "2.4.1".to_owned(),
        environment: "production".to_owned(),
        change_log: Some("- faster carts".to_owned()),
    })
}

pub(crate) fn group(role: &str, names: &[&str], quorum: u32) -> Group {
    let approvers = names.iter().map(|name| Approver::at(person(name))).collect();
    Group { role: role.to_owned(), approvers, quorum }
}

/// A level that is reminded after 100 seconds and ends after 1,000.
pub(crate) fn level(groups: Vec<Group>) -> Level {
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
        mail: true,
        slack: None,
    }
}

/// The same level for Ana; after its 1,000 seconds of silence, Hana is asked, for 500 seconds.
pub(crate) fn escalating() -> Level {
    let further = Escalation { group: group("head", &["hana"], 1), deadline_seconds: 500 };
    Level { silence: Silence::Escalate(Box::new(further)), ..level(vec![group("manager", &["ana"], 1)]) }
}

/// A request by Dev at that level, just opened.
pub(crate) fn escalating_request() -> Request {
    Request { level: escalating(), deadline: Some(at(1_500)), ..request() }
}

/// A request by Dev that these groups decide, just opened.
pub(crate) fn request_of(groups: Vec<Group>) -> Request {
    let requested_by = Some(person("dev"));
    let fingerprint = Fingerprint::of(&checkout(), requested_by.as_ref());
    let opened = Happening::Opened {
        fingerprint: fingerprint.clone(),
        requested_by: requested_by.clone(),
        policy: None,
        excluded: Vec::new(),
    };
    Request {
        schema: SCHEMA,
        id: RequestId::parse("sample-1").unwrap(),
        version: 1,
        status: Status::Pending,
        resume: Resume::None,
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
        facts: checkout(),
        fingerprint,
        requested_by,
        level: level(groups),
        excluded: Vec::new(),
        escalated_at: None,
        base_url: "https://approvals.example.com".to_owned(),
        opened_at: OPENED,
        deadline: Some(at(1_000)),
        retention_days: None,
        links: Vec::new(),
        contacts: Vec::new(),
        wanted_links: Vec::new(),
        slack_target: None,
        slack: Vec::new(),
        slack_people: Vec::new(),
        slack_edit: None,
        votes: Vec::new(),
        decision: None,
        notices: Vec::new(),
        deployment: None,
        events: vec![Event::after(&[], opened, OPENED)],
    }
}

/// A request by Dev that Ana decides.
pub(crate) fn request() -> Request {
    request_of(vec![group("approver", &["ana"], 1)])
}

pub(crate) fn ballot(name: &str, choice: Choice) -> Ballot {
    Ballot {
        approver: person(name),
        choice,
        reason: (choice == Choice::Reject).then(|| "freeze until Monday".to_owned()),
        channel: Channel::Email,
        strength: Strength::Link,
    }
}

pub(crate) fn vote(name: &str, choice: Choice) -> Command {
    Command::Vote(ballot(name, choice))
}

/// The request after a command that changes it.
pub(crate) fn after(request: &Request, command: Command) -> Request {
    match apply(request, command, at(10)) {
        Ok(Transition::Changed(next)) => *next,
        other => panic!("expected a change, got {other:?}"),
    }
}

/// The sample request in every status that a command can bring it to, with each state of its debt.
pub(crate) fn closed() -> Vec<Request> {
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
