//! Every command but the vote.

use jiff::Timestamp;

use crate::domain::samples::{after, at, closed, group, person, request, request_of, task_token, vote};
use crate::domain::{
    Channel, Choice, Command, Contact, Deployment, Generation, Happening, Link, LinkToken, Notice, PlanKey,
    Purpose, Request, Resume, Silence, Status, Transition, apply,
};

fn unchanged(request: &Request, command: Command) -> bool {
    apply(request, command, at(20)) == Ok(Transition::Unchanged)
}

fn renew(token: &str, entered_at: Timestamp, retry: u32) -> Command {
    Command::RenewWait { task_token: task_token(token), generation: Generation { entered_at, retry } }
}

#[test]
fn a_newer_attempt_brings_its_token() {
    let retried = after(&request(), renew("second", at(0), 1));
    assert_eq!((retried.task_token.expose(), retried.generation.retry), ("second", 1));
    let entered_again = after(&retried, renew("third", at(100), 0));
    assert_eq!(entered_again.task_token.expose(), "third");
}

#[test]
fn an_older_attempt_never_replaces_a_newer_token() {
    let request = after(&request(), renew("newer", at(100), 1));
    assert!(unchanged(&request, renew("older", at(100), 0)));
    assert!(unchanged(&request, renew("older", at(99), 7)));
}

#[test]
fn attempts_that_look_alike_are_taken_as_they_come() {
    // A caller that passes the time of entry but not the retry's number must not wait in vain.
    let second = after(&request(), renew("second", at(0), 0));
    assert_eq!(second.task_token.expose(), "second");
}

#[test]
fn the_same_attempt_again_changes_nothing() {
    assert!(unchanged(&request(), renew("first", at(0), 0)));
    assert!(unchanged(&request(), renew("first", at(5), 0)), "even when it looks newer");
}

#[test]
fn a_closed_request_takes_the_token_that_waits_now() {
    for closed in closed() {
        let renewed = after(&closed, renew("next", at(100), 0));
        assert_eq!((renewed.status, renewed.resume), (closed.status, closed.resume));
        assert_eq!((renewed.task_token.expose(), &renewed.decision), ("next", &closed.decision));
    }
}

fn link() -> Link {
    let token = LinkToken::mint(request().id, [1; 32]);
    Link { approver: person("ana"), hash: token.hash(), minted_at: at(0) }
}

#[test]
fn links_are_added_beside_the_earlier_ones_while_the_request_is_open() {
    let twice = after(&after(&request(), Command::AddLinks(vec![link()])), Command::AddLinks(vec![link()]));
    assert_eq!(twice.links.len(), 2);
    assert!(unchanged(&request(), Command::AddLinks(Vec::new())));
    for closed in closed() {
        assert!(unchanged(&closed, Command::AddLinks(vec![link()])), "{}", closed.status);
    }
}

fn contact(purpose: Purpose, failure: Option<&str>) -> Contact {
    Contact {
        approver: person("ana"),
        channel: Channel::Email,
        purpose,
        sent_at: failure.is_none().then_some(at(10)),
        failure: failure.map(ToOwned::to_owned),
    }
}

#[test]
fn a_later_try_replaces_the_contact_of_its_purpose_only() {
    let failed = after(&request(), Command::NoteContacts(vec![contact(Purpose::Ask, Some("Throttled"))]));
    assert!(!failed.was_contacted(&person("ana"), Purpose::Ask));
    let asked = after(&failed, Command::NoteContacts(vec![contact(Purpose::Ask, None)]));
    assert!(asked.was_contacted(&person("ana"), Purpose::Ask));
    let reminded = after(&asked, Command::NoteContacts(vec![contact(Purpose::Reminder(0), None)]));
    assert_eq!(reminded.contacts.len(), 2);
    assert!(reminded.was_contacted(&person("ana"), Purpose::Reminder(0)));
    assert!(!reminded.was_contacted(&person("ana"), Purpose::Reminder(1)));
    assert!(!reminded.was_contacted(&person("bob"), Purpose::Ask));
    assert!(unchanged(&request(), Command::NoteContacts(Vec::new())));
}

#[test]
fn every_try_to_reach_somebody_is_in_the_trail() {
    let contacts = vec![contact(Purpose::Ask, Some("Throttled")), contact(Purpose::Ask, None)];
    let request = after(&request(), Command::NoteContacts(contacts));
    let kinds: Vec<_> = request.events.iter().map(|event| &event.what).collect();
    assert!(matches!(kinds[1], Happening::AskFailed { failure, .. } if failure == "Throttled"));
    assert!(matches!(kinds[2], Happening::Asked { .. }));
}

#[test]
fn an_end_without_a_vote_owes_nobody_an_answer() {
    let expired = after(&request(), Command::Expire);
    assert_eq!((expired.status, expired.resume), (Status::Expired, Resume::None));
    assert_eq!(expired.decision.unwrap().by, None);
    let withdrawn = after(&request(), Command::Withdraw { reason: "undeliverable".to_owned() });
    assert_eq!((withdrawn.status, withdrawn.resume), (Status::Withdrawn, Resume::None));
    assert_eq!(withdrawn.decision.unwrap().reason.as_deref(), Some("undeliverable"));
}

#[test]
fn a_request_that_is_taken_back_or_replaced_owes_its_workflow_the_answer() {
    for (command, status) in [
        (Command::TakeBack { reason: "the wrong version".to_owned() }, Status::Withdrawn),
        (Command::Supersede { by: PlanKey::of_execution("newer") }, Status::Superseded),
    ] {
        let ended = after(&request(), command);
        assert_eq!((ended.status, ended.resume), (status, Resume::Owed));
    }
}

#[test]
fn silence_approves_only_where_nobody_objected() {
    let group = group("developer", &["ana", "bob", "cyd"], 2);
    let mut quiet = request_of(vec![group]);
    quiet.level.silence = Silence::Approve;
    quiet.level.reject_quorum = 2;
    for (choice, status, reason) in [
        (Choice::Approve, Status::Approved, Some("nobody objected by the deadline")),
        (Choice::Reject, Status::Expired, None),
    ] {
        let voted = after(&quiet, vote("ana", choice));
        assert_eq!(voted.status, Status::Pending);
        let ended = after(&voted, Command::Expire);
        assert_eq!((ended.status, ended.decision.unwrap().reason.as_deref()), (status, reason));
    }
}

#[test]
fn a_debt_is_paid_or_void_and_delivery_outweighs_what_was_believed() {
    use Resume::{Done, Gone, None, Owed};
    let mut request = after(&request(), vote("ana", Choice::Approve));
    for (from, to, allowed) in [
        (Owed, Done, true),
        (Owed, Gone, true),
        (Gone, Done, true),
        (Done, Gone, false),
        (Done, Owed, false),
        (Gone, Owed, false),
        (None, Done, false),
        (None, Gone, false),
        (None, Owed, false),
        (Owed, None, false),
        (Done, None, false),
        (Owed, Owed, false),
        (Done, Done, false),
    ] {
        request.resume = from;
        assert_eq!(!unchanged(&request, Command::NoteResume(to)), allowed, "{from:?} to {to:?}");
    }
}

#[test]
fn people_are_told_of_each_end_once() {
    let tell = |notice| Command::NoteNotice { notice, recipients: vec![person("dev")] };
    let told = after(&request(), tell(Notice::Expired));
    assert!(unchanged(&told, tell(Notice::Expired)));
    assert_eq!(after(&told, tell(Notice::TooLate)).notices, [Notice::Expired, Notice::TooLate]);
}

#[test]
fn every_command_that_changes_something_moves_the_version_by_one_and_keeps_the_trail_whole() {
    let commands = [
        renew("next", at(1), 0),
        Command::AddLinks(vec![link()]),
        Command::NoteContacts(vec![contact(Purpose::Ask, None)]),
        vote("ana", Choice::Approve),
        Command::NoteResume(Resume::Gone),
        Command::NoteResume(Resume::Done),
        Command::NoteNotice { notice: Notice::TooLate, recipients: Vec::new() },
        Command::Execute(Deployment::done(at(10))),
    ];
    let last = commands.into_iter().fold(request(), |request, command| {
        let next = after(&request, command);
        assert_eq!(next.version, request.version + 1);
        assert!(next.events.starts_with(&request.events), "the trail only grows");
        next
    });
    assert_eq!(crate::domain::event::first_break(&last.events), None);
    assert_eq!(last.events.len(), 9, "opened; a vote that decides is two, the minting of links none");
}
