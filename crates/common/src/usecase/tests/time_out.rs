//! Timing out: the record says what it means.

use serde_json::{Value, json};

use super::world::{EXECUTION, World, approved, first, id_of, now, rejected, timed_out};
use crate::adapters::memory::{Call, Fault, until_death};
use crate::domain::samples::group;
use crate::domain::{Choice, Command, Notice, Request, Resume, Status};
use crate::usecase::keep::keep;

/// A minimal caller's wait has ended; the vote came when its token was dead already.
fn minimal_too_late(choice: Option<Choice>) -> (World, Value) {
    let world = World::new();
    let details = world.minimal_details();
    world.ask(&json!({"taskToken": "first", "deploymentDetails": details, "execution": EXECUTION})).unwrap();
    world.memory.end_wait(&first());
    if let Some(choice) = choice {
        assert_eq!(world.vote("ana", choice).unwrap().resume, Resume::Owed);
    }
    (world, timed_out(&details))
}

fn time_out(world: &World, state: &Value) -> Value {
    now(world.time_out(state)).unwrap()
}

#[test]
fn a_wait_before_the_deadline_is_waited_again_and_changes_nothing() {
    let world = World::new();
    let details = world.asked();
    world.pass(100);
    let before = world.request();
    let answer = time_out(&world, &timed_out(&details));
    assert_eq!(
        answer,
        json!({
            "schema": 1, "status": "waiting", "requestId": before.id.as_str(),
            "approval": {"needed": true, "key": details["approval"]["key"], "level": 1, "waitSeconds": 900}
        })
    );
    assert_eq!((world.request(), world.memory.sent().len()), (before, 1), "it never reminds");
}

#[test]
fn a_timer_that_fires_early_waits_at_least_a_second() {
    let world = World::new();
    let details = world.asked();
    world.memory.advance(jiff::SignedDuration::from_millis(999_900));
    assert_eq!(time_out(&world, &timed_out(&details))["approval"]["waitSeconds"], 1);
}

#[test]
fn at_the_deadline_the_request_expires_and_everyone_is_told_once() {
    let world = World::new();
    let details = world.asked();
    world.pass(1_000);
    let answer = time_out(&world, &timed_out(&details));
    assert_eq!((&answer["status"], &answer["error"]), (&json!("expired"), &json!("ApprovalExpired")));
    assert!(answer["cause"].as_str().unwrap().contains("nobody decided in time"));
    let request = world.request();
    assert_eq!((request.status, request.resume), (Status::Expired, Resume::None));
    assert_eq!((world.mails_to("ana"), world.mails_to("dev")), (2, 1));

    assert_eq!(time_out(&world, &timed_out(&details)), answer, "a retried task answers the same");
    assert_eq!(world.memory.sent().len(), 3);
    assert!(world.vote("ana", Choice::Approve).is_err());
}

#[test]
fn a_caller_that_does_not_wait_again_expires_at_its_own_timeout() {
    for deadline in [None, "2026-01-05T10:00:00Z".parse().ok()] {
        let (world, state) = minimal_too_late(None);
        world.memory.put_request(Request { deadline, ..world.request() });
        assert_eq!(time_out(&world, &state)["status"], "expired", "whatever its deadline");
        assert_eq!((world.request().status, world.mails_to("dev")), (Status::Expired, 1));
    }
}

#[test]
fn an_approval_between_the_timer_and_its_task_is_honoured() {
    let world = World::new();
    let details = world.asked();
    world.pass(999);
    world.memory.end_wait(&first());
    world.vote("ana", Choice::Approve).unwrap();
    world.pass(2);
    let answer = time_out(&world, &timed_out(&details));
    assert_eq!(
        answer,
        approved(&details, &world.request())["approvalResult"],
        "what the task would have got"
    );
    assert_eq!(answer["approved"], true);
    assert_eq!(world.request().resume, Resume::Owed, "the next task proves the delivery");
    assert!(now(world.carry_out(&approved(&details, &world.request()))).is_ok());
    assert_eq!(world.request().resume, Resume::Done);
}

#[test]
fn a_rejection_between_the_timer_and_its_task_goes_to_the_one_who_reports_it() {
    let world = World::new();
    let details = world.asked();
    world.memory.end_wait(&first());
    world.vote("ana", Choice::Reject).unwrap();
    let answer = time_out(&world, &timed_out(&details));
    assert_eq!((&answer["status"], &answer["error"]), (&json!("rejected"), &json!("RejectedError")));
    assert_eq!(world.mails_to("dev"), 0, "the next task writes");

    let mut state = timed_out(&details);
    state["approvalResult"] = answer;
    now(world.report_rejection(&state)).unwrap();
    assert_eq!((world.request().resume, world.mails_to("dev")), (Resume::Done, 1));
}

#[test]
fn an_approval_that_came_too_late_for_a_minimal_caller_is_gone_and_people_are_told() {
    let (world, state) = minimal_too_late(Some(Choice::Approve));
    time_out(&world, &state);
    let request = world.request();
    assert_eq!((request.status, request.resume), (Status::Approved, Resume::Gone));
    assert_eq!(request.notices, [Notice::TooLate]);
    assert_eq!((world.mails_to("ana"), world.mails_to("dev")), (2, 1));
    time_out(&world, &state);
    assert_eq!(world.memory.sent().len(), 3, "once");
}

#[test]
fn people_learn_that_it_came_too_late_even_if_the_process_died_before_telling_them() {
    let (world, state) = minimal_too_late(Some(Choice::Approve));
    world.memory.inject(Call::Keep, Fault::DeathAfter);
    assert!(until_death(world.time_out(&state)).is_none());
    assert_eq!((world.request().resume, world.mails_to("dev")), (Resume::Gone, 0));
    time_out(&world, &state);
    assert_eq!(world.mails_to("dev"), 1);
}

#[test]
fn a_rejection_found_at_a_minimal_callers_timeout_is_settled_and_told() {
    let (world, state) = minimal_too_late(Some(Choice::Reject));
    let answer = time_out(&world, &state);
    assert_eq!(answer["status"], "rejected");
    let request = world.request();
    assert_eq!((request.resume, request.notices.as_slice()), (Resume::Done, [Notice::Rejected].as_slice()));
    assert_eq!(world.mails_to("dev"), 1);
    // If its failure path reports the rejection after all, nobody is told twice.
    now(world.report_rejection(&rejected(&state["deploymentDetails"], &request))).unwrap();
    assert_eq!(world.mails_to("dev"), 1);
}

#[test]
fn a_request_taken_back_before_the_timeout_stays_taken_back() {
    for (minimal, mails) in [(false, 0), (true, 1)] {
        let (world, state) = if minimal {
            minimal_too_late(None)
        } else {
            let world = World::new();
            let state = timed_out(&world.asked());
            (world, state)
        };
        let withdraw = [Command::Withdraw { reason: "operators".to_owned() }];
        now(keep(&world.memory, &world.memory, world.request(), &withdraw)).unwrap();
        world.pass(1_000);
        let answer = time_out(&world, &state);
        assert_eq!((&answer["status"], &answer["error"]), (&json!("withdrawn"), &json!("RejectedError")));
        assert_eq!(world.mails_to("dev"), mails);
    }
}

#[test]
fn a_partly_approved_request_expires_like_any_other() {
    let world = World::new();
    let details =
        world.details_with_levels(|levels| levels[0].groups = vec![group("any", &["ana", "bob"], 2)]);
    world.ask(&world.own(&details, "first", 0)).unwrap();
    world.vote("ana", Choice::Approve).unwrap();
    world.pass(1_000);
    assert_eq!(time_out(&world, &timed_out(&details))["status"], "expired");
}

#[test]
fn a_timeout_that_names_no_stored_request_is_expired() {
    let world = World::new();
    for state in [json!({}), json!(null), timed_out(&world.details())] {
        let answer = time_out(&world, &state);
        assert_eq!((&answer["status"], &answer["approved"]), (&json!("expired"), &json!(false)));
        assert_eq!(answer["error"], "ApprovalExpired");
        assert!(serde_json::from_str::<Value>(answer["cause"].as_str().unwrap()).is_ok());
    }
}

#[test]
fn an_earlier_waits_approval_never_answers_for_the_one_that_timed_out() {
    // A manager approved; then security, whom the caller names in a second state, did not answer.
    let world = World::new();
    let ask = |token: &str, email: &str| {
        world.ask(&json!({"taskToken": token, "approverEmail": email, "execution": EXECUTION})).unwrap();
    };
    ask("first", "manager@example.com");
    let manager = world.vote("manager", Choice::Approve).unwrap();
    ask("second", "security@example.com");
    let state = approved(&Value::Null, &manager);
    let mut state = state.as_object().unwrap().clone();
    state.insert("error".to_owned(), json!({"Error": "States.Timeout", "Cause": ""}));
    assert_eq!(time_out(&world, &Value::Object(state))["status"], "expired");

    // The same with two levels of one plan, of which the second was never opened.
    let world = World::new();
    let mut details = world.details_with_levels(|levels| levels.push(levels[0].clone()));
    world.ask(&world.own(&details, "first", 0)).unwrap();
    let first_level = world.vote("ana", Choice::Approve).unwrap();
    details["approval"]["level"] = json!(2);
    let mut state = approved(&details, &first_level);
    state["error"] = json!({"Error": "States.Timeout", "Cause": ""});
    assert_eq!(time_out(&world, &state)["status"], "expired");
    assert_eq!(world.memory.stored_request(&id_of(&details, 1)).unwrap().status, Status::Approved);
}

#[test]
fn what_the_state_claims_does_not_count() {
    let world = World::new();
    let details = world.asked();
    world.pass(1_000);
    let mut state = timed_out(&details);
    state["approvalResult"] =
        json!({"status": "approved", "approved": true, "requestId": world.request().id});
    assert_eq!(time_out(&world, &state)["status"], "expired");
}
