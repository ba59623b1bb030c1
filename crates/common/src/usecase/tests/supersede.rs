//! A newer plan for the same subject, at every moment of the older one.

use serde_json::{Value, json};

use super::world::{EXECUTION, World, approved, id_of, input, name_of, now, rejected, timed_out};
use crate::contract::TaskErrorName;
use crate::domain::samples::task_token;
use crate::domain::{Choice, PlanKey, Refusal, Request, Resume, Status};
use crate::ports::Answer;
use crate::usecase::decide::DecideError;
use crate::usecase::supersede::supersede;

const NEWER: &str = "arn:aws:states:eu-west-1:123456789012:execution:release:second";

/// The details of a newer workflow for the same service and environment, a moment later.
fn newer(world: &World) -> Value {
    world.pass(1);
    let mut input = input();
    input["version"] = json!("2.4.2");
    now(world.prepare(&json!({"input": input, "execution": NEWER, "canWait": true}))).unwrap()
}

fn key(details: &Value) -> PlanKey {
    PlanKey::parse(details["approval"]["key"].as_str().unwrap()).unwrap()
}

fn refusal(vote: Result<Request, DecideError>) -> Refusal {
    match vote {
        Err(DecideError::Refused { refusal, .. }) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn is_superseded(world: &World, older: &Value, token: &str, newer: &Value) {
    let request = world.memory.stored_request(&id_of(older, 1)).unwrap();
    assert_eq!((request.status, request.resume), (Status::Superseded, Resume::Done));
    let Some(Answer::Failure { error, cause }) = world.memory.answer_to(&task_token(token)) else {
        panic!("the workflow was not told")
    };
    let cause: Value = serde_json::from_str(&cause).unwrap();
    assert_eq!((error, &cause["status"]), ("RejectedError", &json!("superseded")));
    assert_eq!(cause["supersededBy"], json!(id_of(newer, 1)));
    assert!(cause["message"].as_str().unwrap().contains(id_of(newer, 1).as_str()));
}

#[test]
fn the_older_request_is_closed_and_its_workflow_told_by_whom() {
    let world = World::new();
    let older = world.asked();
    let newer = newer(&world);
    let memory = &world.memory;
    assert_eq!(now(supersede(memory, memory, memory, &key(&older))).unwrap(), 1);
    is_superseded(&world, &older, "first", &newer);
    assert_eq!(now(supersede(memory, memory, memory, &key(&older))).unwrap(), 0, "twice is harmless");
    assert_eq!(now(supersede(memory, memory, memory, &key(&newer))).unwrap(), 0, "the newest stays");
    let closed = memory.stored_request(&id_of(&older, 1)).unwrap();
    now(world.report_rejection(&rejected(&older, &closed))).unwrap();
    assert_eq!((world.mails_to("dev"), world.mails_to("ana")), (1, 2));
}

#[test]
fn a_vote_on_the_older_request_is_refused_even_before_the_record_knows() {
    let world = World::new();
    let older = world.asked();
    let newer = newer(&world);
    assert_eq!(refusal(world.vote("ana", Choice::Approve)), Refusal::Superseded);
    is_superseded(&world, &older, "first", &newer);
}

#[test]
fn an_approval_that_came_first_stays_and_is_not_carried_out() {
    let world = World::new();
    let older = world.asked();
    let request = world.vote("ana", Choice::Approve).unwrap();
    assert_eq!(request.status, Status::Approved);
    newer(&world);
    let failed = now(world.carry_out(&approved(&older, &request)));
    assert_eq!(name_of(failed), TaskErrorName::NotApproved);
    assert_eq!(world.memory.stored_request(&request.id).unwrap().deployment, None);
    assert_eq!(world.mails_to("dev"), 1, "the requester learns that nothing was done");
}

#[test]
fn what_was_carried_out_before_is_answered_again() {
    let world = World::new();
    let older = world.asked();
    let request = world.vote("ana", Choice::Approve).unwrap();
    let first = now(world.carry_out(&approved(&older, &request))).unwrap();
    newer(&world);
    assert_eq!(now(world.carry_out(&approved(&older, &request))).unwrap(), first);
}

#[test]
fn an_older_workflow_between_two_levels_cannot_open_the_next() {
    let world = World::new();
    let mut older = world.details_with_levels(|levels| levels.push(levels[0].clone()));
    world.ask(&world.own(&older, "first", 0)).unwrap();
    let request = world.vote("ana", Choice::Approve).unwrap();
    older["approval"] = approved(&older, &request)["approvalResult"]["next"].clone();
    newer(&world);
    world.ask(&world.own(&older, "second", 0)).unwrap();
    let second = world.memory.stored_request(&id_of(&older, 2)).unwrap();
    assert_eq!((second.status, second.resume), (Status::Superseded, Resume::Done));
    assert_eq!(world.was_approved("second"), Some(false));
    assert_eq!(world.mails_to("ana"), 1, "nobody is asked for the second level");
}

#[test]
fn an_older_workflow_between_two_waits_does_not_wait_again() {
    let world = World::new();
    let older = world.asked();
    let newer = newer(&world);
    world.memory.end_wait(&task_token("first"));
    world.ask(&world.own(&older, "second", 0)).unwrap();
    is_superseded(&world, &older, "second", &newer);
    assert_eq!(world.mails_to("ana"), 1);
}

#[test]
fn silence_approves_nothing_whose_place_a_newer_plan_took() {
    let world = World::new();
    let older = world.asked();
    let newer = newer(&world);
    world.memory.end_wait(&task_token("first"));
    world.pass(1_000);
    let report = now(world.time_out(&timed_out(&older))).unwrap();
    assert_eq!(report["status"], json!("superseded"));
    assert!(report["cause"].as_str().unwrap().contains(id_of(&newer, 1).as_str()), "{report}");
}

#[test]
fn of_two_newer_ones_at_once_one_remains() {
    let world = World::new();
    let details = |execution: &str| {
        now(world.prepare(&json!({"input": input(), "execution": execution, "canWait": true}))).unwrap()
    };
    let both = [details(EXECUTION), details(NEWER)];
    for (details, token) in both.iter().zip(["first", "second"]) {
        world.ask(&world.own(details, token, 0)).unwrap();
    }
    let requests = world.memory.stored_requests();
    let count = |status| requests.iter().filter(|request| request.status == status).count();
    assert_eq!((count(Status::Pending), count(Status::Superseded)), (1, 1));
    let open = requests.iter().find(|request| request.status == Status::Pending).unwrap();
    let greater = both.iter().map(key).max_by_key(|key| key.as_str().to_owned());
    assert_eq!(open.plan, greater, "at the same moment, the greater key is the newer");
}

#[test]
fn where_the_policy_switches_it_off_both_stay_open() {
    let world = World::new();
    let levels =
        vec![crate::domain::samples::level(vec![crate::domain::samples::group("approver", &["ana"], 1)])];
    let mut rule = super::world::rule("all", "*", levels);
    rule.supersede = false;
    world.memory.put_policy(super::world::policy(vec![rule]));
    world.asked();
    let newer = newer(&world);
    world.ask(&world.own(&newer, "second", 0)).unwrap();
    assert_eq!(world.vote("ana", Choice::Approve).unwrap().status, Status::Approved);
    assert_eq!(world.was_approved("first"), Some(true));
    assert!(world.waits("second"));
}

#[test]
fn another_environment_is_another_subject_and_another_case_is_not() {
    let world = World::new();
    world.asked();
    let other = |environment: &str, execution: &str| {
        let mut input = input();
        input["environment"] = json!(environment);
        world.pass(1);
        now(world.prepare(&json!({"input": input, "execution": execution, "canWait": true}))).unwrap()
    };
    other("staging", NEWER);
    let memory = &world.memory;
    let older = memory.stored_requests().remove(0).plan.unwrap();
    assert_eq!(now(supersede(memory, memory, memory, &older)).unwrap(), 0);
    other("Production", "arn:third");
    assert_eq!(now(supersede(memory, memory, memory, &older)).unwrap(), 1);
}

/// Nobody else had a reason to tell the workflow, so there is nobody to wait for.
#[test]
fn what_a_newer_plan_closed_in_an_ended_workflow_is_known_at_once_to_have_come_too_late() {
    let world = World::new();
    let older = world.asked();
    newer(&world);
    let memory = &world.memory;
    memory.end_workflow(EXECUTION);
    assert_eq!(now(supersede(memory, memory, memory, &key(&older))).unwrap(), 1);
    let request = memory.stored_request(&id_of(&older, 1)).unwrap();
    assert_eq!((request.status, request.resume), (Status::Superseded, Resume::Gone));
}
