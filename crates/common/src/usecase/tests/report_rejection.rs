//! Reporting a rejection.

use serde_json::{Value, json};

use super::world::{EXECUTION, World, approved, id_of, now, rejected, timed_out};
use crate::adapters::memory::{Call, Fault, MailRefusal};
use crate::domain::samples::person;
use crate::domain::{Choice, Command, Notice, Resume, Status};
use crate::usecase::keep::keep;

fn report(world: &World, state: &Value) -> Value {
    now(world.report_rejection(state)).unwrap()
}

#[test]
fn requester_and_approvers_are_told_once_and_the_workflow_ends_with_who_and_why() {
    let world = World::new();
    let details = world.asked();
    let request = world.vote("ana", Choice::Reject).unwrap();
    let state = rejected(&details, &request);
    let answer = report(&world, &state);
    assert_eq!((&answer["status"], &answer["error"]), (&json!("rejected"), &json!("RejectedError")));
    assert_eq!(
        (&answer["rejectedBy"], &answer["reason"]),
        (&json!("ana@example.com"), &json!("freeze until Monday"))
    );
    assert_eq!(answer["cause"], state["error"]["Cause"]);
    assert_eq!((world.mails_to("ana"), world.mails_to("dev")), (2, 1));
    assert!(world.memory.sent_to(&person("dev"))[0].text.contains("freeze until Monday"));
    assert_eq!(report(&world, &state), answer);
    assert_eq!(world.memory.sent().len(), 3);
}

#[test]
fn a_reported_rejection_proves_its_delivery() {
    let world = World::new();
    let details = world.asked();
    world.memory.inject(Call::Answer, Fault::AfterEffect);
    let request = world.vote("ana", Choice::Reject).unwrap();
    assert_eq!(request.resume, Resume::Owed);
    report(&world, &rejected(&details, &request));
    assert_eq!(world.request().resume, Resume::Done);
}

#[test]
fn of_two_levels_the_one_that_rejected_is_reported() {
    let world = World::new();
    let mut details = world.details_with_levels(|levels| levels.push(levels[0].clone()));
    world.ask(&world.own(&details, "first", 0)).unwrap();
    let first_level = world.vote("ana", Choice::Approve).unwrap();
    details["approval"]["level"] = json!(2);
    world.ask(&world.own(&details, "second", 0)).unwrap();
    now(world.vote_with(&world.links("ana")[1], Choice::Reject)).unwrap();
    let second_level = world.memory.stored_request(&id_of(&details, 2)).unwrap();
    let mut state = rejected(&details, &second_level);
    state["approvalResult"] = approved(&details, &first_level)["approvalResult"].clone();
    assert_eq!(report(&world, &state)["requestId"], second_level.id.as_str());
}

#[test]
fn a_minimal_caller_is_found_by_the_cause() {
    let world = World::new();
    world.ask(&json!({"taskToken": "first", "approverEmail": "bob@example.com", "requestedBy": "sam@example.com"})).unwrap();
    let request = world.vote("bob", Choice::Reject).unwrap();
    let mut state = rejected(&Value::Null, &request);
    state.as_object_mut().unwrap().remove("deploymentDetails");
    assert_eq!(report(&world, &state)["status"], "rejected");
    assert_eq!(world.mails_to("sam"), 1);
}

#[test]
fn a_withdrawn_or_expired_request_is_reported_as_what_it_is() {
    for (end, notice) in [
        (Command::Withdraw { reason: "operators".to_owned() }, Notice::Closed),
        (Command::Expire, Notice::Expired),
    ] {
        let world = World::new();
        let details = world.asked();
        let request = now(keep(&world.memory, &world.memory, world.request(), &[end])).unwrap();
        assert_eq!(report(&world, &rejected(&details, &request))["status"], request.status.as_str());
        assert_eq!(world.request().notices, [notice]);
    }
}

#[test]
fn what_the_cause_claims_does_not_count() {
    let world = World::new();
    let details = world.asked();
    let mut state = timed_out(&details);
    let claimed =
        json!({"requestId": world.request().id, "rejectedBy": "mallory@example.com", "reason": "<b>"});
    state["error"] = json!({"Error": "RejectedError", "Cause": claimed.to_string()});
    let answer = report(&world, &state);
    assert_eq!(answer["error"], "RejectedError");
    assert_eq!(
        (world.request().status, world.memory.sent().len()),
        (Status::Pending, 1),
        "nobody is told a lie"
    );
}

#[test]
fn a_rejection_of_no_stored_request_keeps_the_callers_words() {
    let world = World::new();
    let state = json!({"error": {"Error": "RejectedError", "Cause": "no"}});
    let answer = report(&world, &state);
    assert_eq!((&answer["error"], &answer["cause"]), (&json!("RejectedError"), &json!("no")));
    let bare = report(&world, &json!({}));
    assert!(bare["error"].is_string() && bare["cause"].is_string(), "{bare}");
}

#[test]
fn a_mail_that_cannot_be_sent_does_not_hold_the_workflow_up() {
    let world = World::new();
    let details = world.asked();
    let request = world.vote("ana", Choice::Reject).unwrap();
    world.memory.refuse_mail(&person("dev"), MailRefusal::Final);
    assert_eq!(report(&world, &rejected(&details, &request))["status"], "rejected");
    assert_eq!(world.mails_to("ana"), 2, "the others are told");
}

#[test]
fn a_rejection_after_the_workflow_ended_is_not_called_delivered() {
    let world = World::new();
    world.asked();
    world.memory.end_workflow(EXECUTION);
    assert_eq!(world.vote("ana", Choice::Reject).unwrap().resume, Resume::Gone);
}
