//! Cases of the catalogue in `docs/THREAT-MODEL.md` that run through several use cases, each named after its number.

use crate::adapters::memory::{Call, Fault};
use crate::domain::samples::task_token;
use crate::domain::{Choice, Notice, Refusal, Request, Resume, Status};
use crate::ports::Ending;
use crate::usecase::decide::DecideError;

use super::world::{EXECUTION, World, approved, first, now, timed_out};

/// Long enough that nobody else may be about to note a delivery.
const SETTLED: i64 = 15;

fn refusal(voted: Result<Request, DecideError>) -> Refusal {
    match voted {
        Err(DecideError::Refused { refusal, .. }) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn case_11_a_vote_before_the_deadline_is_followed_and_one_from_then_on_is_refused() {
    for (seconds, counts) in [(999, true), (1_000, false), (1_001, false)] {
        let world = World::new();
        let details = world.asked();
        world.pass(seconds);
        world.memory.end_wait(&first());
        assert_eq!(world.vote("ana", Choice::Approve).is_ok(), counts, "after {seconds} s");
        world.pass(1);
        let answer = now(world.time_out(&timed_out(&details))).unwrap();
        let request = world.request();
        if counts {
            assert_eq!((&answer["approved"], request.status), (&true.into(), Status::Approved));
            assert!(now(world.carry_out(&approved(&details, &request))).is_ok());
        } else {
            assert_eq!((&answer["status"], request.status), (&"expired".into(), Status::Expired));
            assert_eq!(request.votes, []);
        }
    }
}

#[test]
fn case_14_an_answer_that_is_throttled_for_ten_minutes_reaches_the_workflow_once() {
    let world = World::new();
    world.asked();
    let token = world.request().task_token;
    world.memory.inject(Call::Answer, Fault::BeforeEffect);
    world.vote("ana", Choice::Approve).unwrap();
    for _ in 0..10 {
        world.pass(60);
        world.memory.inject(Call::Answer, Fault::BeforeEffect);
        now(world.sweep()).unwrap();
        assert_eq!((world.request().resume, &world.request().task_token), (Resume::Owed, &token));
        assert!(world.waits("first"));
    }
    world.pass(60);
    now(world.sweep()).unwrap();
    assert_eq!((world.was_approved("first"), world.request().resume), (Some(true), Resume::Done));
    let tries = world.memory.count(Call::Answer);
    now(world.sweep()).unwrap();
    assert_eq!(world.memory.count(Call::Answer), tries, "and never again");
}

#[test]
fn case_15_a_token_that_is_over_because_the_answer_arrived_is_a_delivery_and_nobody_is_alarmed() {
    let world = World::new();
    world.asked();
    world.memory.inject(Call::Answer, Fault::AfterEffect);
    assert_eq!(world.vote("ana", Choice::Approve).unwrap().resume, Resume::Owed);
    world.memory.end_workflow_as(EXECUTION, Ending::Succeeded);
    world.pass(SETTLED);
    now(world.pay()).unwrap();
    world.pass(60);
    now(world.sweep()).unwrap();
    assert_eq!((world.request().resume, world.request().notices), (Resume::Done, Vec::new()));
    assert_eq!(world.mails_to("ana"), 1, "only that she was asked");
}

#[test]
fn case_16_a_decision_for_a_workflow_that_was_aborted_is_gone_and_people_are_told() {
    let world = World::new();
    world.asked();
    world.memory.end_workflow_as(EXECUTION, Ending::Stopped);
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!((world.request().status, world.request().resume), (Status::Approved, Resume::Gone));
    for _ in 0..2 {
        world.pass(60);
        now(world.sweep()).unwrap();
    }
    assert_eq!(world.request().notices, [Notice::TooLate]);
    assert_eq!(world.mails_to("dev"), 1, "once");
}

#[test]
fn case_17_an_answer_that_can_never_be_taken_is_kept_for_the_operators_and_holds_up_nothing() {
    let world = World::new();
    world.asked();
    let token = task_token("of-another-account");
    world.memory.put_request(Request { task_token: token, ..world.request() });
    assert_eq!(world.vote("ana", Choice::Approve).unwrap().resume, Resume::Owed);
    world.pass(SETTLED);
    assert!(now(world.pay()).is_ok(), "its change in the stream is not delivered again and again");
    assert_eq!((world.request().status, world.request().resume), (Status::Approved, Resume::Owed));
}

#[test]
fn case_46_changes_that_come_twice_or_late_or_not_at_all_are_paid_once() {
    // Twice, and after a later one.
    let world = World::new();
    world.asked();
    world.memory.inject(Call::Answer, Fault::BeforeEffect);
    world.vote("ana", Choice::Approve).unwrap();
    for _ in 0..3 {
        now(world.pay()).unwrap();
    }
    assert_eq!((world.was_approved("first"), world.request().resume), (Some(true), Resume::Done));
    // Lost with a stream that stood still for longer than it keeps anything.
    let world = World::new();
    world.asked();
    world.memory.inject(Call::Answer, Fault::BeforeEffect);
    world.vote("ana", Choice::Reject).unwrap();
    world.pass(25 * 3_600);
    now(world.sweep()).unwrap();
    assert_eq!((world.was_approved("first"), world.request().resume), (Some(false), Resume::Done));
}

/// Each function has a clock of its own. Only the record's times and the clock of whoever writes count.
#[test]
fn case_48_clocks_that_differ_by_five_minutes_never_expire_what_was_accepted() {
    for skew in [-300, 300] {
        // Closed by the timer first: whatever the voter's function takes for now, it is over.
        let world = World::new();
        let details = world.asked();
        world.pass(1_000);
        now(world.time_out(&timed_out(&details))).unwrap();
        world.pass(skew);
        assert_eq!(refusal(world.vote("ana", Choice::Approve)), Refusal::Expired, "{skew}");
        // Voted first: accepted, and then followed by the timer, or refused, and then expired.
        let world = World::new();
        let details = world.asked();
        world.memory.end_wait(&first());
        world.pass(1_000 + skew);
        let accepted = world.vote("ana", Choice::Approve).is_ok();
        assert_eq!(accepted, skew < 0);
        world.pass(-skew);
        let answer = now(world.time_out(&timed_out(&details))).unwrap();
        assert_eq!(answer["approved"] == true, accepted, "{answer}");
        assert_eq!(answer["status"] == "expired", !accepted, "{answer}");
    }
}

#[test]
fn case_53_a_request_that_was_restored_to_pending_after_its_workflow_went_on_is_closed() {
    let world = World::new();
    world.asked();
    let before = world.request();
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!(world.was_approved("first"), Some(true));
    world.memory.end_workflow_as(EXECUTION, Ending::Succeeded);
    world.memory.put_request(before);
    world.pass(3_600);
    now(world.sweep()).unwrap();
    let request = world.request();
    assert_eq!((request.status, request.resume), (Status::Withdrawn, Resume::None));
    assert!(world.vote("ana", Choice::Reject).is_err(), "nobody decides it a second time");
    assert_eq!(world.was_approved("first"), Some(true), "the workflow is told nothing more");
}
