//! One small builder for the requests that these tests show.

use jiff::{SignedDuration, Timestamp};

pub(super) use crate::domain::samples::{group, person};
use crate::domain::samples::{level, opening};
use crate::domain::{
    Amount, Ballot, Called, Change, Channel, Choice, Command, Contact, Deployment, DeploymentFacts,
    Escalation, Fact, Facts, Failure, Fingerprint, Frozen, GeneralFacts, Generation, Level, Link, LinkToken,
    Made, Opening, Outlook, PolicyVersion, Preview, Purpose, Request, RequestId, Resume, Silence,
    SlackTarget, Stage, Strength, TaskToken, Transition, Workflow, apply,
};

/// What must never be shown.
pub(super) const TASK_TOKEN: &str = "AAAAKgAAAAIA-task-token-that-never-leaves-AWS";

pub(super) fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-11-23T14:05:00Z".parse().unwrap();
    start + SignedDuration::from_mins(minutes)
}

pub(super) fn token() -> LinkToken {
    LinkToken::mint(RequestId::parse("7c9e6679f3a04d0fa5b2c81e94b7d305-1").unwrap(), [0x5a; 32])
}

pub(super) fn checkout() -> Facts {
    Facts::Deployment(DeploymentFacts {
        service_name: "checkout".into(),
        version: "2.4.1".into(),
        environment: "production".into(),
        change_log: Some(
            "- faster carts\n- fixes #812: a voucher could be used twice\n- new tax rates for Portugal"
                .into(),
        ),
    })
}

pub(super) fn expenses() -> Facts {
    let fact = |label: &str, value: &str| Fact { label: label.into(), value: value.into() };
    Facts::General(GeneralFacts {
        kind: Some("expense report".into()),
        title: "Customer visit in Lisbon".into(),
        amount: Some(Amount::parse("412.60 EUR").unwrap()),
        facts: vec![fact("Purpose", "customer visit"), fact("Nights", "2")],
        details: Some("Two nights, one flight.".into()),
        link: Some("https://expenses.example.com/reports/4711".into()),
    })
}

/// A pending request, asked for by dev@, that ana@ alone may decide within a day.
pub(super) fn request(facts: Facts) -> Request {
    let requested_by = Some(person("dev"));
    let level = Level {
        name: "release".into(),
        deadline_seconds: Some(86_400),
        remind_after_seconds: vec![28_800],
        ..level(vec![group("release manager", &["ana"], 1)])
    };
    let opening = Opening {
        id: token().request().clone(),
        workflow: Workflow {
            execution: Some("arn:aws:states:us-east-1:123456789012:execution:deploy:checkout-2-4-1".into()),
            ..Workflow::default()
        },
        task_token: TaskToken::parse(TASK_TOKEN).unwrap(),
        generation: Generation { entered_at: at(0), retry: 0 },
        fingerprint: Fingerprint::of(&facts, requested_by.as_ref()),
        facts,
        base_url: "https://approvals.example.com/live".into(),
        opened_at: at(0),
        ..opening(level)
    };
    let link = Link { approver: person("ana"), hash: token().hash(), minted_at: at(0) };
    Request { links: vec![link], ..opening.open(at(0)) }
}

/// A request that ana@ alone may decide, in Slack only.
pub(super) fn for_slack() -> Request {
    let mut request = request(expenses());
    request.level.strength = Strength::Slack;
    request.slack_target = Some(SlackTarget { channel: Some("#expenses".into()), direct: true });
    request
}

/// A request that ana@ may decide within four hours; then hana@ is asked as well, for four more.
pub(super) fn escalating() -> Request {
    let mut request = request(checkout());
    let further = Escalation { group: group("head of engineering", &["hana"], 1), deadline_seconds: 14_400 };
    request.level.deadline_seconds = Some(14_400);
    request.level.silence = Silence::Escalate(Box::new(further));
    request.deadline = Some(at(8 * 60));
    request
}

/// The same, after nobody decided in the first four hours.
pub(super) fn escalated() -> Request {
    after(&asked(&escalating(), "ana", Purpose::Ask, 0), Command::Escalate, 4 * 60)
}

/// A request of two groups, the first with a quorum of two, of the first of two levels.
pub(super) fn of_two_groups() -> Request {
    let mut request = request(checkout());
    request.level_count = 2;
    let mut managers = group("release manager", &["ana", "bo", "dev"], 2);
    managers.approvers[1].name = Some("Bo Lindqvist".into());
    request.level.groups = vec![managers, group("security", &["sec"], 1)];
    request
}

/// A request under a policy, of which security is the second of three levels.
pub(super) fn under_policy() -> Request {
    let mut request = of_two_groups();
    request.policy = Some(PolicyVersion { number: 3, hash: "ab".repeat(32), rule: "production".into() });
    (request.level_number, request.level_count) = (2, 3);
    request.level.name = "security".into();
    request
}

/// A request whose requester would like to be somebody else.
pub(super) fn hostile() -> Request {
    request(Facts::Deployment(DeploymentFacts {
        service_name: "check\u{202e}tuo".into(),
        version: "2.4.1".into(),
        environment: "production.evil.example".into(),
        change_log: Some(
            "- pay\u{200b}pal.evil.example is the new gateway\n- <b>approve at https://evil.example/approve</b>\n- main.rs, 10.0.0.1, e.g. v2.4.1-rc.1"
                .into(),
        ),
    }))
}

/// Applies what must be allowed.
pub(super) fn after(request: &Request, command: Command, minutes: i64) -> Request {
    match apply(request, command, at(minutes)).unwrap() {
        Transition::Changed(next) => *next,
        Transition::Unchanged => request.clone(),
    }
}

pub(super) fn asked(request: &Request, name: &str, purpose: Purpose, minutes: i64) -> Request {
    let contact = Contact {
        approver: person(name),
        channel: Channel::Email,
        purpose,
        sent_at: Some(at(minutes)),
        failure: None,
    };
    after(request, Command::NoteContacts(vec![contact]), minutes)
}

pub(super) fn voted(
    request: &Request,
    name: &str,
    choice: Choice,
    reason: Option<&str>,
    minutes: i64,
) -> Request {
    let ballot = Ballot {
        approver: person(name),
        choice,
        reason: reason.map(Into::into),
        channel: Channel::Email,
        strength: Strength::Link,
    };
    after(request, Command::Vote(ballot), minutes)
}

/// Asked, reminded, and approved by ana@; the workflow is told `resume`.
pub(super) fn approved(resume: Resume) -> Request {
    let request = asked(&request(checkout()), "ana", Purpose::Ask, 0);
    let request = asked(&request, "ana", Purpose::Reminder(0), 480);
    let request = voted(&request, "ana", Choice::Approve, Some("Load test is green."), 492);
    after(&request, Command::NoteResume(resume), 493)
}

/// Asked, and rejected by ana@; the workflow has been told.
pub(super) fn rejected() -> Request {
    let request = asked(&request(checkout()), "ana", Purpose::Ask, 0);
    let request =
        voted(&request, "ana", Choice::Reject, Some("Freeze until Monday:\nquarter-end closing."), 30);
    after(&request, Command::NoteResume(Resume::Done), 31)
}

/// What its plan foresaw, a minute before it was asked.
pub(super) fn foreseeing(request: &Request, place: &str, outlook: Outlook) -> Request {
    let preview = Preview { at: at(-1), place: place.to_owned(), outlook };
    Request { preview: Some(preview), ..request.clone() }
}

/// The alias of checkout would lead to version 8.
pub(super) fn foreseen() -> Request {
    let (before, after) = (Called::exactly("7").named("2.4.0"), Called::exactly("8").named("2.4.1"));
    let outlook = Outlook::Change { before: Some(before), after };
    foreseeing(&request(checkout()), "alias live of the function checkout", outlook)
}

/// The alias of checkout is about to lead to version 8.
pub(super) fn claimed(request: &Request) -> Request {
    let command = "aws lambda update-alias --region eu-west-1 --function-name arn:aws:lambda:eu-west-1:123456789012:function:checkout --name live --function-version 7";
    let change = Change {
        at: at(491),
        until: at(491),
        place: "alias live of the function checkout".to_owned(),
        before: Some("7".to_owned()),
        after: "8".to_owned(),
        seal: "revision-1".to_owned(),
        way_back: Some(command.to_owned()),
    };
    after(request, Command::Claim(change), 491)
}

/// A freeze holds it up.
pub(super) fn frozen(request: &Request) -> Request {
    let opens = "2026-11-30 08:00 Europe/Berlin".to_owned();
    let until = "2026-11-30T07:00:00Z".parse().unwrap();
    after(request, Command::Freeze(Frozen { name: "weekend".to_owned(), since: at(494), until, opens }), 494)
}

/// A part of the calls goes to the new version.
pub(super) fn reached(request: &Request) -> Request {
    let stage = Stage::Reached { at: at(492), step: 1, says: "10% of the calls".to_owned(), made: None };
    after(request, Command::Reach(stage), 492)
}

/// A build makes the change.
pub(super) fn building(request: &Request) -> Request {
    let change = Change {
        at: at(491),
        until: at(491),
        place: "build of the project deploy-checkout".to_owned(),
        before: None,
        after: "2.4.1".to_owned(),
        seal: "project".to_owned(),
        way_back: None,
    };
    let link = "https://eu-west-1.console.aws.amazon.com/codesuite/codebuild/projects/deploy-checkout/build/deploy-checkout%3A7?region=eu-west-1";
    let stage = Stage::Reached {
        at: at(492),
        step: 1,
        says: "the build deploy-checkout:7 runs".to_owned(),
        made: Some(Made { name: "build-7".to_owned(), link: Some(link.to_owned()) }),
    };
    after(&after(request, Command::Claim(change), 491), Command::Reach(stage), 492)
}

/// It is on its way back.
pub(super) fn rolling_back(request: &Request) -> Request {
    let stage = Stage::rolling_back(at(494), "the alarm checkout-errors has gone off");
    after(request, Command::Reach(stage), 494)
}

/// A change whose every word is this text.
pub(super) fn change_of(text: &str) -> Change {
    let words = || text.chars().take(300).collect::<String>();
    Change {
        at: at(491),
        until: at(491),
        place: words(),
        before: Some(words()),
        after: words(),
        seal: words(),
        way_back: Some(words()),
    }
}

/// Its deployment did not end well.
pub(super) fn failed(request: &Request, failure: Failure) -> Request {
    let reason = match failure {
        Failure::NothingChanged => {
            "the function checkout has no published version 2.4.1, by number or by description"
        }
        Failure::LeftAlone => {
            "somebody else changed the alias live of the function checkout in between: it leads to 9 now"
        }
        Failure::Failed => "lambda:UpdateAlias was refused: AccessDeniedException, not authorized",
        Failure::RolledBack => "the alarm checkout-errors has gone off",
    };
    let begun = match failure {
        Failure::NothingChanged => request.clone(),
        Failure::LeftAlone | Failure::Failed => claimed(request),
        Failure::RolledBack => rolling_back(&reached(&claimed(request))),
    };
    after(&begun, Command::Execute(Deployment::failed(at(495), failure, reason)), 495)
}

pub(super) fn executed(request: &Request, deployed: bool) -> Request {
    let reason =
        (!deployed).then(|| "no deployment target is configured for checkout in production".to_owned());
    after(request, Command::Execute(Deployment { at: at(495), deployed, failure: None, reason }), 495)
}
