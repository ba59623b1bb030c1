//! Deciding: through a link, and against others.

use super::world::{World, now};
use crate::adapters::memory::{Call, Fault, until_death};
use crate::domain::samples::{ballot, group, person};
use crate::domain::{Choice, LinkToken, Refusal, RequestId, Resume, Status};
use crate::usecase::decide::{DecideError, decide, find};

fn refusal(error: DecideError) -> Refusal {
    match error {
        DecideError::Refused { refusal, .. } => refusal,
        DecideError::Store(error) => panic!("{error}"),
    }
}

/// Two approvers, of whom so many must agree.
fn asked_two(quorum: u32) -> World {
    let world = World::new();
    let details =
        world.details_with_levels(|levels| levels[0].groups = vec![group("any", &["ana", "bob"], quorum)]);
    world.ask(&world.own(&details, "first", 0)).unwrap();
    world
}

#[test]
fn looking_at_a_page_is_one_read_and_no_write() {
    let world = World::new();
    world.asked();
    world.memory.forget_calls();
    let opened = now(find(&world.memory, &world.links("ana")[0])).unwrap().unwrap();
    assert_eq!((opened.holder, opened.request), (person("ana"), world.request()));
    assert_eq!(world.memory.calls(), [Call::ReadRequest]);
}

#[test]
fn a_vote_that_decides_is_one_read_one_write_one_answer_and_one_mark() {
    for choice in [Choice::Approve, Choice::Reject] {
        let world = World::new();
        world.asked();
        world.memory.forget_calls();
        let decided = world.vote("ana", choice).unwrap();
        assert_eq!(world.memory.calls(), [Call::ReadRequest, Call::RecordVote, Call::Answer, Call::Keep]);
        assert_eq!((decided.resume, &decided), (Resume::Done, &world.request()));
        assert_eq!(world.was_approved("first"), Some(choice == Choice::Approve));
    }
}

#[test]
fn a_vote_below_the_quorum_tells_the_workflow_nothing() {
    let world = asked_two(2);
    world.memory.forget_calls();
    assert_eq!(world.vote("ana", Choice::Approve).unwrap().status, Status::Pending);
    assert_eq!(world.memory.calls(), [Call::ReadRequest, Call::RecordVote]);
    assert!(world.waits("first"));
    assert_eq!(world.vote("bob", Choice::Approve).unwrap().status, Status::Approved);
    assert_eq!(world.was_approved("first"), Some(true));
}

#[test]
fn case_06_a_double_click_returns_the_recorded_decision_and_writes_nothing() {
    let world = World::new();
    world.asked();
    world.vote("ana", Choice::Approve).unwrap();
    let before = world.request();
    world.memory.forget_calls();
    assert_eq!(world.vote("ana", Choice::Approve).unwrap(), before);
    assert_eq!(world.memory.calls(), [Call::ReadRequest]);
}

#[test]
fn case_37_a_link_of_another_request_or_with_another_secret_opens_nothing() {
    let world = World::new();
    world.asked();
    let id = world.request().id;
    let nowhere = RequestId::parse("nowhere").unwrap();
    for forged in [LinkToken::mint(id, [7; 32]), LinkToken::mint(nowhere, [7; 32])] {
        assert_eq!(now(find(&world.memory, &forged)).unwrap(), None);
    }
}

#[test]
fn somebody_elses_faster_decision_wins_and_is_told_to_the_slower() {
    let world = asked_two(1);
    let stale = world.request();
    world.vote("ana", Choice::Approve).unwrap();
    let memory = &world.memory;
    let slower = now(decide(memory, memory, memory, stale, ballot("bob", Choice::Reject))).unwrap_err();
    let DecideError::Refused { refusal, request } = slower else { panic!("refused") };
    assert_eq!(refusal, Refusal::AlreadyDecided { status: Status::Approved });
    assert_eq!(*request, world.request(), "the page can say by whom");
    assert_eq!(world.was_approved("first"), Some(true));
}

#[test]
fn somebody_elses_faster_vote_is_counted_with_this_one() {
    let world = asked_two(2);
    let stale = world.request();
    world.vote("ana", Choice::Approve).unwrap();
    let memory = &world.memory;
    let decided = now(decide(memory, memory, memory, stale, ballot("bob", Choice::Approve))).unwrap();
    assert_eq!((decided.status, decided.votes.len()), (Status::Approved, 2));
}

#[test]
fn case_10_an_approval_and_a_rejection_at_once_below_a_quorum_of_two_are_one_decision() {
    for (choice, other) in [(Choice::Approve, Choice::Reject), (Choice::Reject, Choice::Approve)] {
        let world = asked_two(2);
        let stale = world.request();
        world.vote("ana", choice).unwrap();
        let memory = &world.memory;
        let slower = now(decide(memory, memory, memory, stale, ballot("bob", other)));
        // A rejection ends it; an approval that came first is one vote of two, and stays on record.
        let votes = world.request().votes.len();
        assert_eq!((slower.is_ok(), votes), if choice == Choice::Approve { (true, 2) } else { (false, 1) });
        assert_eq!((world.request().status, world.was_approved("first")), (Status::Rejected, Some(false)));
    }
}

#[test]
fn a_wait_renewed_meanwhile_gets_the_answer() {
    let world = World::new();
    let details = world.asked();
    let stale = world.request();
    world.memory.end_wait(&super::world::first());
    world.pass(1);
    world.ask(&world.own(&details, "second", 0)).unwrap();
    let memory = &world.memory;
    now(decide(memory, memory, memory, stale, ballot("ana", Choice::Approve))).unwrap();
    assert_eq!(world.was_approved("second"), Some(true));
}

#[test]
fn a_lost_reply_is_not_a_success_and_the_next_try_finds_the_vote() {
    let world = World::new();
    world.asked();
    world.memory.inject(Call::RecordVote, Fault::AfterEffect);
    assert!(matches!(world.vote("ana", Choice::Approve), Err(DecideError::Store(_))));
    assert_eq!(world.request().resume, Resume::Owed);
    let again = world.vote("ana", Choice::Approve).unwrap();
    assert_eq!((again.resume, again.votes.len()), (Resume::Done, 1));
    assert_eq!(world.was_approved("first"), Some(true));
}

#[test]
fn case_43_our_own_vote_found_by_a_failed_condition_is_a_success() {
    let world = World::new();
    world.asked();
    let stale = world.request();
    world.memory.inject(Call::Answer, Fault::BeforeEffect);
    world.vote("ana", Choice::Approve).unwrap();
    let memory = &world.memory;
    let again = now(decide(memory, memory, memory, stale, ballot("ana", Choice::Approve))).unwrap();
    assert_eq!((again.status, again.votes.len(), again.resume), (Status::Approved, 1, Resume::Done));
}

#[test]
fn a_vote_that_was_not_stored_is_no_success() {
    let world = World::new();
    world.asked();
    world.memory.inject(Call::RecordVote, Fault::BeforeEffect);
    assert!(matches!(world.vote("ana", Choice::Approve), Err(DecideError::Store(_))));
    assert_eq!((world.request().status, world.waits("first")), (Status::Pending, true));
}

#[test]
fn case_13_a_process_that_dies_after_the_write_leaves_a_debt_that_the_next_click_pays() {
    let world = World::new();
    world.asked();
    world.memory.inject(Call::RecordVote, Fault::DeathAfter);
    assert!(until_death(world.vote_with(&world.links("ana")[0], Choice::Approve)).is_none());
    assert_eq!((world.request().status, world.request().resume), (Status::Approved, Resume::Owed));
    assert!(world.waits("first"));
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!((world.was_approved("first"), world.request().resume), (Some(true), Resume::Done));
}

#[test]
fn a_refused_vote_reads_once_and_changes_nothing() {
    let world = World::new();
    world.asked();
    world.vote("ana", Choice::Approve).unwrap();
    let before = world.request();
    world.memory.forget_calls();
    let refused = refusal(world.vote("ana", Choice::Reject).unwrap_err());
    assert_eq!(refused, Refusal::AlreadyVoted { choice: Choice::Approve });
    assert_eq!((world.memory.calls(), world.request()), (vec![Call::ReadRequest], before));
}

#[test]
fn a_link_outlives_its_holders_right_to_vote_but_does_not_vote() {
    let world = World::new();
    world.asked();
    let mut changed = world.request();
    changed.level.groups = vec![group("any", &["bob"], 1)];
    world.memory.put_request(changed);
    assert_eq!(refusal(world.vote("ana", Choice::Approve).unwrap_err()), Refusal::NotAnApprover);
    world.pass(1_000);
    assert_eq!(world.request().status, Status::Pending);
}

#[test]
fn from_the_deadline_on_a_vote_is_refused_although_no_timer_fired_yet() {
    let world = World::new();
    world.asked();
    world.pass(1_000);
    assert_eq!(refusal(world.vote("ana", Choice::Approve).unwrap_err()), Refusal::Expired);
    assert_eq!(world.request().status, Status::Pending);
}
