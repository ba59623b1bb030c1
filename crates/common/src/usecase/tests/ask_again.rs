//! A wait that is entered again: late attempts, owed decisions, later rounds.

use serde_json::{Value, json};

use super::world::{EXECUTION, World, approved, first, name_of, now};
use crate::adapters::memory::{Call, Fault, MailRefusal};
use crate::contract::TaskErrorName;
use crate::domain::samples::person;
use crate::domain::{Choice, Command, Request, Resume, Status};
use crate::ports::Answer;
use crate::usecase::keep::keep;

/// What a caller without a plan passes, entering its state now.
fn general(world: &World, token: &str, retry: u32) -> Value {
    let mut payload = world.own(&Value::Null, token, retry);
    payload["subject"] = json!({"title": "Access"});
    payload
}

fn round(world: &World, number: usize) -> Request {
    world.memory.stored_requests().remove(number - 1)
}

#[test]
fn an_older_attempt_that_arrives_late_changes_nothing() {
    let world = World::new();
    let details = world.details();
    let late = world.own(&details, "first", 0);
    world.ask(&world.own(&details, "second", 1)).unwrap();
    let before = world.request();
    assert!(world.ask(&late).is_ok());
    assert_eq!((world.request(), world.mails_to("ana")), (before, 1));
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!((world.was_approved("first"), world.was_approved("second")), (None, Some(true)));
}

#[test]
fn an_older_attempt_that_arrives_late_writes_to_nobody_in_place_of_a_newer_one() {
    let world = World::new();
    let details = world.details();
    let late = world.own(&details, "first", 0);
    world.memory.inject(Call::SendMail, Fault::BeforeEffect);
    assert!(world.ask(&world.own(&details, "second", 1)).is_err());
    let before = world.request();
    assert!(world.ask(&late).is_ok());
    assert_eq!((world.request(), world.mails_to("ana")), (before, 0));
}

#[test]
fn an_older_attempt_that_arrives_after_the_end_asks_nobody_again() {
    let world = World::new();
    let late = general(&world, "late", 0);
    world.ask(&general(&world, "first", 1)).unwrap();
    world.vote("ana", Choice::Approve).unwrap();
    assert!(world.ask(&late).is_ok());
    assert_eq!((world.memory.stored_requests().len(), world.mails_to("ana")), (1, 1));
    assert_eq!(world.was_approved("late"), None);
}

#[test]
fn a_decision_still_owed_is_delivered_on_the_new_token() {
    for choice in [Choice::Approve, Choice::Reject] {
        let world = World::new();
        let details = world.asked();
        world.memory.end_wait(&first());
        assert_eq!(world.vote("ana", choice).unwrap().resume, Resume::Owed, "between two waits");
        world.pass(1);
        world.ask(&world.own(&details, "second", 0)).unwrap();
        assert_eq!(world.was_approved("second"), Some(choice == Choice::Approve));
        assert_eq!((world.request().resume, world.mails_to("ana")), (Resume::Done, 1));
    }
}

#[test]
fn a_closed_request_of_a_plan_is_delivered_as_often_as_it_is_asked_for() {
    let world = World::new();
    let details = world.asked();
    world.vote("ana", Choice::Approve).unwrap();
    world.pass(86_400);
    world.ask(&world.own(&details, "redriven", 0)).unwrap();
    assert_eq!((world.was_approved("redriven"), world.request().resume), (Some(true), Resume::Done));
}

#[test]
fn an_expired_or_withdrawn_request_of_a_plan_is_a_rejection_to_whoever_waits_for_it() {
    for end in [Command::Expire, Command::Withdraw { reason: "operators".to_owned() }] {
        let world = World::new();
        let details = world.asked();
        now(keep(&world.memory, &world.memory, world.request(), &[end])).unwrap();
        world.pass(1);
        world.ask(&world.own(&details, "redriven", 0)).unwrap();
        let answer = world.memory.answer_to(&crate::domain::samples::task_token("redriven"));
        assert!(matches!(answer, Some(Answer::Failure { error: "RejectedError", .. })), "{answer:?}");
        assert_eq!(world.mails_to("ana"), 1, "nobody is asked again");
    }
}

#[test]
fn case_19_a_callers_own_loop_starts_a_new_round() {
    let world = World::new();
    for (number, choice) in [(1, Choice::Reject), (2, Choice::Approve), (3, Choice::Approve)] {
        world.ask(&general(&world, &format!("token-{number}"), 0)).unwrap();
        assert_eq!(world.mails_to("ana"), number, "each round asks");
        now(world.vote_with(&world.links("ana")[number - 1], choice)).unwrap();
        assert_eq!(world.was_approved(&format!("token-{number}")), Some(choice == Choice::Approve));
        world.pass(1);
    }
    assert_eq!(world.memory.stored_requests().len(), 3);
    assert_eq!(round(&world, 1).status, Status::Rejected, "no round changes another");
}

#[test]
fn a_retry_that_looks_like_its_first_try_gets_the_decision_and_asks_nobody() {
    let world = World::new();
    world.ask(&general(&world, "first", 0)).unwrap();
    world.vote("ana", Choice::Approve).unwrap();
    world.ask(&general(&world, "again", 0)).unwrap();
    assert_eq!((world.memory.stored_requests().len(), world.mails_to("ana")), (1, 1));
    assert_eq!(world.was_approved("again"), Some(true));
}

#[test]
fn the_retry_of_a_later_round_is_never_given_an_earlier_rounds_decision() {
    let world = World::new();
    world.ask(&general(&world, "round-1", 0)).unwrap();
    world.vote("ana", Choice::Approve).unwrap();
    world.pass(1);
    world.memory.inject(Call::SendMail, Fault::BeforeEffect);
    let failed = world.ask(&general(&world, "round-2", 0));
    assert_eq!(name_of(failed), TaskErrorName::TemporarilyUnavailable);
    world.ask(&general(&world, "round-2-again", 1)).unwrap();
    assert_eq!(world.was_approved("round-2-again"), None, "nobody has decided this round");
    assert_eq!((world.memory.stored_requests().len(), world.mails_to("ana")), (2, 2));
    now(world.vote_with(&world.links("ana")[1], Choice::Reject)).unwrap();
    assert_eq!(world.was_approved("round-2-again"), Some(false));
}

#[test]
fn a_caller_without_a_plan_that_was_owed_gets_it_instead_of_a_new_round() {
    let world = World::new();
    world.ask(&general(&world, "first", 0)).unwrap();
    world.memory.end_wait(&first());
    world.vote("ana", Choice::Reject).unwrap();
    world.pass(1);
    world.ask(&general(&world, "second", 0)).unwrap();
    assert_eq!((world.was_approved("second"), world.request().resume), (Some(false), Resume::Done));
}

#[test]
fn what_was_taken_back_between_two_tries_of_one_wait_stays_taken_back() {
    let world = World::new();
    world.memory.refuse_mail(&person("ana"), MailRefusal::Temporary);
    assert!(world.ask(&general(&world, "first", 0)).is_err());
    let withdraw = [Command::Withdraw { reason: "operators".to_owned() }];
    now(keep(&world.memory, &world.memory, world.request(), &withdraw)).unwrap();
    world.memory.accept_mail(&person("ana"));
    world.ask(&general(&world, "second", 1)).unwrap();
    assert_eq!((world.was_approved("second"), world.mails_to("ana")), (Some(false), 0));
    world.pass(1);
    world.ask(&general(&world, "later", 0)).unwrap();
    assert_eq!(world.mails_to("ana"), 1, "a later wait asks anew");
}

#[test]
fn an_open_request_of_a_wait_that_ended_goes_on_with_the_next_one() {
    let world = World::new();
    world.ask(&general(&world, "first", 0)).unwrap();
    world.memory.end_wait(&first());
    world.pass(1);
    world.ask(&general(&world, "second", 0)).unwrap();
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!((world.was_approved("second"), world.memory.stored_requests().len()), (Some(true), 1));
}

#[test]
fn a_caller_that_passes_no_times_is_taken_as_it_comes() {
    let world = World::new();
    let payload =
        |token: &str| json!({"taskToken": token, "execution": EXECUTION, "subject": {"title": "Access"}});
    world.ask(&payload("first")).unwrap();
    world.ask(&payload("second")).unwrap();
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!(world.was_approved("second"), Some(true));
    assert!(now(world.run_ask(&payload("second"))).is_ok(), "the same attempt once more");
    assert_eq!(world.memory.stored_requests().len(), 1);
}

#[test]
fn a_delivery_that_fails_for_now_is_tried_again_and_one_that_came_too_late_is_over() {
    let world = World::new();
    let details = world.asked();
    world.memory.end_wait(&first());
    world.vote("ana", Choice::Approve).unwrap();
    world.pass(1);
    world.memory.inject(Call::Answer, Fault::BeforeEffect);
    let failed = world.ask(&world.own(&details, "second", 0));
    assert_eq!(name_of(failed), TaskErrorName::TemporarilyUnavailable);
    assert!(now(world.run_ask(&world.own(&details, "second", 0))).is_ok(), "nothing waits for it any more");
    assert_eq!(world.request().resume, Resume::Owed, "the debt stays");
    world.ask(&world.own(&details, "third", 1)).unwrap();
    assert_eq!((world.was_approved("third"), world.request().resume), (Some(true), Resume::Done));
    assert!(now(world.carry_out(&approved(&details, &world.request()))).is_ok());
}

#[test]
fn a_time_of_entry_counts_for_the_deadline_only_while_it_is_believable() {
    let opened = |entered_at: &str| {
        let world = World::new();
        let mut payload = world.own(&world.details(), "first", 0);
        payload["enteredAt"] = json!(entered_at);
        world.ask(&payload).unwrap();
        world.request().opened_at.to_string()
    };
    assert_eq!(opened("2026-01-05T08:45:00Z"), "2026-01-05T08:45:00Z");
    for odd in ["2026-01-05T08:44:59Z", "1970-01-01T00:00:00Z", "2026-01-05T09:00:01Z"] {
        assert_eq!(opened(odd), "2026-01-05T09:00:00Z", "{odd}");
    }
}
