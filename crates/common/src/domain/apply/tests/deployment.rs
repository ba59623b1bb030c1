//! What an approval is used for: claimed once, step by step, with one end.

use jiff::Timestamp;

use crate::domain::samples::{after, at, change, closed, request, vote};
use crate::domain::{
    Change, Choice, Command, Deployment, Failure, Happening, Progress, Request, Stage, Status, Transition,
    apply,
};

fn unchanged(request: &Request, command: Command) -> bool {
    apply(request, command, at(20)) == Ok(Transition::Unchanged)
}

fn approved() -> Request {
    after(&request(), vote("ana", Choice::Approve))
}

fn claimed() -> Request {
    after(&approved(), Command::Claim(change("2")))
}

fn reach(step: u32) -> Command {
    Command::Reach(Stage::Reached { at: at(11), step, says: format!("step {step}"), made: None })
}

fn turn(at: Timestamp) -> Command {
    Command::Reach(Stage::rolling_back(at, "an alarm"))
}

fn rolled_back() -> Command {
    Command::Execute(Deployment::failed(at(15), Failure::RolledBack, "an alarm"))
}

#[test]
fn an_approval_is_used_once() {
    let first = Deployment::nowhere(at(10), "no target".to_owned());
    let second = Deployment::done(at(11));
    let used = after(&approved(), Command::Execute(first.clone()));
    assert!(unchanged(&used, Command::Execute(second)));
    assert_eq!(used.deployment, Some(first));
    assert!(unchanged(&used, Command::Claim(change("2"))), "it has ended");
}

#[test]
fn a_change_is_claimed_once_and_only_on_an_approval() {
    let claimed = claimed();
    assert_eq!((claimed.progress(), claimed.change.clone()), (Progress::Deploying, Some(change("2"))));
    assert!(unchanged(&claimed, Command::Claim(change("3"))));
    for undecided_or_closed in closed().into_iter().chain([request()]) {
        let claim = apply(&undecided_or_closed, Command::Claim(change("2")), at(20));
        let is_approved = undecided_or_closed.status == Status::Approved;
        assert_eq!(claim != Ok(Transition::Unchanged), is_approved, "{}", undecided_or_closed.status);
    }
}

#[test]
fn a_change_goes_on_step_by_step_while_it_is_under_way() {
    assert!(unchanged(&approved(), reach(1)), "nothing is claimed");
    let second = after(&after(&claimed(), reach(1)), reach(2));
    assert!(unchanged(&second, reach(2)) && unchanged(&second, reach(1)));
    let Some(Happening::Reached { stage }) = second.events.last().map(|event| &event.what) else {
        panic!("no entry")
    };
    assert_eq!(Some(stage), second.stage.as_ref());
    let ended = after(&second, Command::Execute(Deployment::done(at(15))));
    assert!(unchanged(&ended, reach(3)) && unchanged(&ended, turn(at(16))));
}

#[test]
fn what_is_being_taken_back_goes_no_other_way() {
    let turned = after(&after(&claimed(), reach(1)), turn(at(12)));
    assert!(unchanged(&turned, reach(2)) && unchanged(&turned, turn(at(13))));
    assert!(unchanged(&turned, Command::Execute(Deployment::done(at(14)))));
    assert_eq!(turned.progress(), Progress::Deploying);
    assert_eq!(after(&turned, rolled_back()).progress(), Progress::RolledBack);
}

#[test]
fn the_way_back_is_told_where_it_undoes_this_change_and_nobody_else_s() {
    let change = Change { way_back: Some("go back".to_owned()), ..change("2") };
    let claimed = after(&approved(), Command::Claim(change));
    let told = |request: &Request| request.way_back().is_some();
    assert!(told(&claimed) && told(&after(&claimed, reach(1))));
    assert!(!told(&after(&claimed, turn(at(12)))), "it is being done");
    assert!(told(&after(&claimed, Command::Execute(Deployment::done(at(12))))));
    for (failure, expected) in [
        (Failure::NothingChanged, false),
        (Failure::LeftAlone, false),
        (Failure::RolledBack, false),
        (Failure::Failed, true),
    ] {
        let ended = Command::Execute(Deployment::failed(at(12), failure, "why"));
        assert_eq!(told(&after(&claimed, ended)), expected, "{failure:?}");
    }
}
