//! Requests and plans for the tests of the adapters: small ones, and one that uses every shape.

use jiff::{SignedDuration, Timestamp};

use super::memory::START;
use crate::domain::samples::{self, checkout, group};
pub(crate) use crate::domain::samples::{person, task_token as token};
use crate::domain::{
    Ballot, Channel, Choice, Command, Contact, Deployment, EmailAddress, Fact, Facts, Fingerprint,
    GeneralFacts, Generation, Level, Link, LinkToken, NamedBy, NextLevel, Notice, Opening, Plan, PlanKey,
    Purpose, Request, RequestId, Resume, SCHEMA, SlackEdit, SlackMessage, SlackPerson, SlackTarget, Strength,
    Transition, Workflow, apply,
};

pub(crate) const EXECUTION: &str = "arn:aws:states:eu-west-1:123456789012:execution:release:first";

fn level() -> Level {
    Level {
        deadline_seconds: Some(86_400),
        remind_after_seconds: vec![14_400],
        ..samples::level(vec![group("approver", &["ana"], 1)])
    }
}

pub(crate) fn plan(execution: &str) -> Plan {
    let requested_by = Some(person("dev"));
    Plan {
        schema: SCHEMA,
        key: PlanKey::of_execution(execution),
        execution: Some(execution.to_owned()),
        can_wait: true,
        prepared_at: START,
        fingerprint: Fingerprint::of(&checkout(), requested_by.as_ref()),
        facts: checkout(),
        requested_by,
        policy: None,
        subject: None,
        rollout: None,
        preview: None,
        levels: vec![level()],
    }
}

/// A request that was just opened.
pub(crate) fn request(id: &str) -> Request {
    let opening = Opening {
        id: RequestId::parse(id).unwrap(),
        can_wait: false,
        workflow: Workflow { execution: Some(EXECUTION.to_owned()), ..Workflow::default() },
        task_token: token("AAAA-a-task-token"),
        ..samples::opening(level())
    };
    Request { deadline: Some(START + SignedDuration::from_hours(24)), ..opening.open(START) }
}

/// The request that follows from a command that changes it.
pub(crate) fn after(request: &Request, command: Command, now: Timestamp) -> Request {
    match apply(request, command, now) {
        Ok(Transition::Changed(next)) => *next,
        other => panic!("expected a change, got {other:?}"),
    }
}

/// A vote by Ana, the one approver.
pub(crate) fn vote(choice: Choice) -> Command {
    Command::Vote(Ballot {
        approver: person("ana"),
        choice,
        reason: Some("because, \u{201c}so\u{201d}\n".to_owned()),
        channel: Channel::Email,
        strength: Strength::Link,
    })
}

fn slack_message(channel: &str, ts: Option<&str>, to: Option<EmailAddress>) -> SlackMessage {
    SlackMessage {
        channel: channel.to_owned(),
        ts: ts.map(ToOwned::to_owned),
        to,
        purpose: Purpose::Ask,
        at: START,
        failure: None,
        passing: false,
        shows: "pending".to_owned(),
    }
}

/// A closed request with every field set and every kind of event, and one that leaves all it can unset.
pub(crate) fn every_shape() -> [Request; 2] {
    let now = Timestamp::new(1_767_603_700, 123_456_789).unwrap();
    let link = LinkToken::mint(RequestId::parse("full").unwrap(), [7; 32]);
    let contact = |purpose, failure: Option<&str>| Contact {
        approver: person("ana"),
        channel: Channel::Slack,
        purpose,
        sent_at: failure.is_none().then_some(now),
        failure: failure.map(ToOwned::to_owned),
    };
    let commands = [
        Command::RenewWait {
            task_token: token("BBBB"),
            generation: Generation { entered_at: now, retry: 3 },
        },
        Command::AddLinks(vec![Link { approver: person("ana"), hash: link.hash(), minted_at: now }]),
        Command::NoteContacts(vec![
            contact(Purpose::Ask, None),
            contact(Purpose::Reminder(0), Some("MessageRejected")),
        ]),
        Command::NoteSlackMessages(vec![
            slack_message("C1", Some("1.1"), None),
            slack_message("D1", Some("2.2"), Some(person("ana"))),
            SlackMessage {
                failure: Some("channel_not_found".to_owned()),
                ..slack_message("#missing", None, None)
            },
        ]),
        Command::AdoptSlackMessage { channel: "C1".to_owned(), ts: "3.3".to_owned(), to: None },
        Command::RememberSlackPerson(SlackPerson { user: "U1".to_owned(), approver: person("ana") }),
        vote(Choice::Reject),
        Command::ClaimSlackEdit(SlackEdit { holder: "abc".to_owned(), until: now }),
        Command::NoteResume(Resume::Gone),
        Command::NoteNotice { notice: Notice::TooLate, recipients: vec![person("dev"), person("ana")] },
        Command::Execute(Deployment::nowhere(now, "no target".to_owned())),
    ];
    let mut full = request("full");
    full.version = u64::MAX - 100;
    full.plan = Some(PlanKey::of_execution(EXECUTION));
    full.workflow.state_machine = Some("machine".to_owned());
    full.workflow.state = Some("RequestApproval".to_owned());
    full.level.groups[0].approvers[0].name = Some("Ána".to_owned());
    full.level_count = 2;
    full.level.mail = false;
    full.level.slack = Some(SlackTarget::NOWHERE);
    full.slack_target = Some(SlackTarget { channel: Some("C1".to_owned()), direct: true });
    full.next = Some(NextLevel { number: 2, wait_seconds: 14_400 });
    full.retention_days = Some(365);
    full.facts = Facts::General(GeneralFacts {
        kind: Some("expense report".to_owned()),
        title: String::new(),
        amount: None,
        facts: vec![Fact { label: "Total".to_owned(), value: String::new() }],
        details: Some("\u{1f680} a\r\nb".to_owned()),
        link: Some("https://example.com/?a=b".to_owned()),
    });
    let full = commands.into_iter().fold(full, |request, command| after(&request, command, now));

    let mut bare = request("bare");
    bare.facts = Facts::General(GeneralFacts {
        kind: None,
        title: "x".to_owned(),
        amount: None,
        facts: Vec::new(),
        details: None,
        link: None,
    });
    bare.workflow = Workflow::default();
    bare.requested_by = None;
    bare.deadline = None;
    bare.level.deadline_seconds = None;
    bare.level.remind_after_seconds = Vec::new();
    bare.level.named_by = NamedBy::Caller;
    bare.base_url = String::new();
    bare.events = Vec::new();
    [full, bare]
}
