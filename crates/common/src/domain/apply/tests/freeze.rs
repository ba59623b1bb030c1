//! An approval that meets a freeze waits, until it is used or void.

use crate::domain::samples::{after, at, change, closed, request, vote};
use crate::domain::{
    Choice, Command, Deployment, Frozen, Happening, Notice, Progress, Request, Status, Transition, apply,
};

fn frozen(name: &str, until: i64) -> Frozen {
    Frozen { name: name.to_owned(), since: at(10), until: at(until), opens: format!("at {until}") }
}

fn freeze(name: &str, until: i64) -> Command {
    Command::Freeze(frozen(name, until))
}

fn approved() -> Request {
    after(&request(), vote("ana", Choice::Approve))
}

fn unchanged(request: &Request, command: Command) -> bool {
    apply(request, command, at(20)) == Ok(Transition::Unchanged)
}

#[test]
fn only_an_approval_that_is_not_used_waits() {
    let waiting = after(&approved(), freeze("weekend", 100));
    assert_eq!((waiting.waits_for(), waiting.progress()), (Some(&frozen("weekend", 100)), Progress::Unused));
    for request in closed().into_iter().chain([request()]) {
        let is_approved = request.status == Status::Approved;
        assert_eq!(!unchanged(&request, freeze("weekend", 100)), is_approved, "{}", request.status);
    }
    for used in [Command::Claim(change("2")), Command::Execute(Deployment::done(at(11)))] {
        assert!(unchanged(&after(&approved(), used), freeze("weekend", 100)));
    }
}

#[test]
fn it_is_noted_when_it_begins_or_changes() {
    let waiting = after(&approved(), freeze("weekend", 100));
    let later = Frozen { since: at(50), ..frozen("weekend", 100) };
    assert!(unchanged(&waiting, Command::Freeze(later)), "the same freeze");
    for (name, until) in [("weekend", 200), ("incident", 100)] {
        let later = Frozen { since: at(50), ..frozen(name, until) };
        let longer = after(&waiting, Command::Freeze(later));
        assert_eq!(longer.waits_for(), Some(&frozen(name, until)), "it has waited since it met the first");
        let Some(Happening::Frozen { by }) = longer.events.last().map(|event| &event.what) else { panic!() };
        assert_eq!(Some(by), longer.frozen.as_ref());
    }
}

#[test]
fn the_first_end_of_a_freeze_is_kept() {
    let waiting = after(&approved(), freeze("weekend", 100));
    let Ok(Transition::Changed(open)) = apply(&waiting, Command::Thaw, at(100)) else { panic!("it thaws") };
    assert_eq!((open.waits_for(), open.thawed_at), (None, Some(at(100))));
    assert!(unchanged(&open, Command::Thaw) && unchanged(&approved(), Command::Thaw));
    let again = after(&open, freeze("night", 300));
    let Ok(Transition::Changed(open)) = apply(&again, Command::Thaw, at(300)) else { panic!("it thaws") };
    assert_eq!(open.thawed_at, Some(at(100)));
}

#[test]
fn what_is_used_or_void_waits_no_more() {
    let waiting = after(&approved(), freeze("weekend", 100));
    let overtaken = Command::NoteNotice { notice: Notice::Overtaken, recipients: Vec::new() };
    for end in [Command::Claim(change("2")), Command::Execute(Deployment::done(at(11))), overtaken] {
        let ended = after(&waiting, end);
        assert_eq!(ended.waits_for(), None);
        assert!(!ended.is_left_to_the_schedule());
    }
}

#[test]
fn the_schedule_finds_what_nobody_else_begins() {
    let once = Request { can_wait: false, ..approved() };
    let debt = |request: &Request| {
        let paid = request.clone().after(Command::NoteResume(crate::domain::Resume::Done), at(10));
        (paid.owing_since().is_some(), paid.is_left_to_the_schedule())
    };
    assert_eq!(debt(&once), (false, false), "its workflow begins it");
    let waiting = after(&once, freeze("weekend", 100));
    assert_eq!(debt(&waiting), (true, true));
    let open = after(&waiting, Command::Thaw);
    assert_eq!(debt(&open), (true, true), "also when the target does not answer then");
    assert_eq!(debt(&after(&approved(), freeze("weekend", 100))), (false, false), "its workflow asks again");
    assert_eq!(debt(&after(&waiting, Command::Claim(change("2")))), (true, false), "it owes how it went");
}

#[test]
fn its_messages_in_slack_follow() {
    let waiting = after(&approved(), freeze("weekend", 100));
    let longer = after(&waiting, freeze("weekend", 200));
    let open = after(&longer, Command::Thaw);
    let faces = [&approved(), &waiting, &longer].map(Request::slack_face);
    assert!(faces[0] != faces[1] && faces[1] != faces[2], "{faces:?}");
    assert_eq!(open.slack_face(), faces[0]);
}
