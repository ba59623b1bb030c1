//! Carrying out: every check, and once.

use serde_json::{Value, json};

use super::world::{EXECUTION, World, approved, input, name_of, now};
use crate::adapters::memory::{Call, Fault, until_death};
use crate::contract::TaskErrorName;
use crate::contract::outcome::Report;
use crate::domain::samples::person;
use crate::domain::{Choice, Facts, Notice, Request, Resume};

const BOB: &str = "bob@example.com";
const NO_TARGET: &str = "no deployment target is configured for checkout in production";

/// Our own state machine with an approval.
fn approved_world() -> (World, Value) {
    let world = World::new();
    let details = world.asked();
    let request = world.vote("ana", Choice::Approve).unwrap();
    (world, approved(&details, &request))
}

fn error(world: &World, state: &Value) -> TaskErrorName {
    let failed = name_of(now(world.carry_out(state)));
    let used = world.memory.stored_requests().iter().any(|request| request.deployment.is_some());
    assert!(!used, "nothing is used up by a refusal");
    failed
}

#[test]
fn an_approval_is_used_and_the_answer_says_plainly_that_no_target_is_configured() {
    let (world, state) = approved_world();
    let answer = now(world.carry_out(&state)).unwrap();
    let request = world.request();
    assert_eq!(
        answer,
        json!({
            "schema": 1, "status": "not_deployed", "deployed": false, "reason": NO_TARGET,
            "at": world.memory_now(), "requestId": request.id.as_str(), "fingerprint": request.fingerprint.as_str()
        })
    );
    assert_eq!((request.notices.as_slice(), world.mails_to("dev")), ([Notice::CarriedOut].as_slice(), 1));
}

#[test]
fn a_second_call_answers_the_same_and_writes_no_second_mail() {
    let (world, state) = approved_world();
    let answer = now(world.carry_out(&state)).unwrap();
    let before = world.request();
    world.pass(60);
    assert_eq!(now(world.carry_out(&state)).unwrap(), answer);
    assert_eq!((world.request(), world.mails_to("dev")), (before, 1));
}

#[test]
fn the_bare_output_of_an_approval_is_enough() {
    let (world, state) = approved_world();
    let answer = now(world.carry_out(&state["approvalResult"])).unwrap();
    assert_eq!(answer["reason"], NO_TARGET);
}

#[test]
fn using_an_approval_proves_its_delivery() {
    let world = World::new();
    let details = world.asked();
    world.memory.inject(Call::Answer, Fault::AfterEffect);
    let request = world.vote("ana", Choice::Approve).unwrap();
    assert_eq!(request.resume, Resume::Owed);
    now(world.carry_out(&approved(&details, &request))).unwrap();
    assert_eq!(world.request().resume, Resume::Done);
}

#[test]
fn what_is_not_approved_is_not_carried_out() {
    let world = World::new();
    let details = world.details();
    let never_asked = json!({"deploymentDetails": details});
    assert_eq!(error(&world, &never_asked), TaskErrorName::NotApproved);
    world.asked();
    assert_eq!(error(&world, &never_asked), TaskErrorName::NotApproved, "pending");
    let request = world.vote("ana", Choice::Reject).unwrap();
    let mut claimed = approved(&details, &request);
    claimed["approvalResult"] = json!({"approved": true, "status": "approved", "requestId": request.id});
    assert_eq!(error(&world, &claimed), TaskErrorName::NotApproved, "rejected, whatever the state claims");
}

#[test]
fn a_cursor_that_claims_that_no_approval_is_needed_skips_nothing() {
    let world = World::new();
    let mut details = world.details();
    details["approval"] = json!({"needed": false, "key": details["approval"]["key"]});
    assert_eq!(error(&world, &json!({"deploymentDetails": details})), TaskErrorName::NotApproved);
}

#[test]
fn one_level_does_not_stand_for_all() {
    let world = World::new();
    let details = world.details_with_levels(|levels| levels.push(levels[0].clone()));
    world.ask(&world.own(&details, "first", 0)).unwrap();
    let first_level = world.vote("ana", Choice::Approve).unwrap();
    let state = approved(&details, &first_level);
    assert_eq!(error(&world, &state), TaskErrorName::NotApproved);
    assert_eq!(
        error(&world, &state["approvalResult"]),
        TaskErrorName::NotApproved,
        "nor does its bare output"
    );
}

#[test]
fn every_level_is_used_up_together() {
    let world = World::new();
    let mut details = world.details_with_levels(|levels| levels.push(levels[0].clone()));
    world.ask(&world.own(&details, "first", 0)).unwrap();
    world.vote("ana", Choice::Approve).unwrap();
    details["approval"]["level"] = json!(2);
    world.ask(&world.own(&details, "second", 0)).unwrap();
    let second_level = now(world.vote_with(&world.links("ana")[1], Choice::Approve)).unwrap();
    let state = approved(&details, &second_level);
    world.memory.inject_nth(Call::Keep, 1, Fault::DeathAfter);
    assert!(until_death(world.carry_out(&state)).is_none(), "between the two levels");
    world.pass(60);
    now(world.carry_out(&state)).unwrap();
    let used: Vec<_> = world.memory.stored_requests().into_iter().map(|request| request.deployment).collect();
    assert!(used[0].is_some() && used[0] == used[1], "both say what the first call did: {used:?}");
}

#[test]
fn what_would_be_deployed_must_be_what_was_approved() {
    for (field, value) in
        [("version", json!("6.6.6")), ("environment", json!("staging")), ("version", json!(7))]
    {
        let (world, mut state) = approved_world();
        state["deploymentDetails"][field] = value;
        assert_eq!(error(&world, &state), TaskErrorName::FingerprintMismatch);
    }
}

#[test]
fn case_42_a_record_or_plan_whose_facts_were_edited_is_refused() {
    let edit = |facts: &mut Facts| match facts {
        Facts::Deployment(facts) => facts.version = "6.6.6".to_owned(),
        Facts::General(_) => unreachable!(),
    };
    let (world, state) = approved_world();
    let mut plan = world.memory.stored_plans().remove(0);
    edit(&mut plan.facts);
    world.memory.put_plan(plan);
    assert_eq!(error(&world, &state["approvalResult"]), TaskErrorName::FingerprintMismatch);

    let (world, state) = approved_world();
    let mut request = world.request();
    request.fingerprint = crate::domain::Fingerprint::of(&request.facts, None);
    world.memory.put_request(request);
    assert_eq!(error(&world, &state), TaskErrorName::FingerprintMismatch);
}

#[test]
fn what_names_nothing_or_nothing_stored_is_refused() {
    let world = World::new();
    assert_eq!(error(&world, &json!({})), TaskErrorName::InvalidInput);
    assert_eq!(error(&world, &input()), TaskErrorName::InvalidInput, "facts alone are no approval");
    assert_eq!(error(&world, &json!({"requestId": "nowhere"})), TaskErrorName::NotFound);
    let cursor = json!({"needed": true, "key": "0".repeat(32), "level": 1});
    assert_eq!(error(&world, &json!({"approval": cursor})), TaskErrorName::NotFound);
}

/// A caller passes on what `prepare` answered, and names its approver itself.
fn approved_by_caller(requested_by: Option<&str>, approver: &str) -> (World, Value, Request) {
    let world = World::new();
    let details = world.minimal_details();
    let mut payload = json!({"taskToken": "first", "deploymentDetails": details, "execution": EXECUTION,
        "approverRole": "manager", "approverEmail": format!("{approver}@example.com")});
    if let Some(name) = requested_by {
        payload["requestedBy"] = json!(format!("{name}@example.com"));
    }
    world.ask(&payload).unwrap();
    let request = world.vote(approver, Choice::Approve).unwrap();
    (world, details, request)
}

#[test]
fn an_approver_named_by_the_caller_counts_for_what_the_plan_froze() {
    let (world, details, request) = approved_by_caller(Some("dev"), "bob");
    let answer = now(world.carry_out(&approved(&details, &request))).unwrap();
    assert_eq!((&answer["reason"], &answer["requestId"]), (&json!(NO_TARGET), &json!(request.id)));
}

#[test]
fn the_caller_cannot_name_the_requester_by_leaving_out_who_asked() {
    let (world, details, request) = approved_by_caller(None, "dev");
    assert_eq!(request.votes[0].approver, person("dev"));
    assert_eq!(error(&world, &approved(&details, &request)), TaskErrorName::NotApproved);
}

#[test]
fn an_approval_of_something_else_does_not_count_for_a_plan() {
    let (world, _, request) = approved_by_caller(Some("dev"), "bob");
    let mut other = input();
    other["version"] = json!("6.6.6");
    let details = now(world.prepare(&other)).unwrap();
    assert_eq!(error(&world, &approved(&details, &request)), TaskErrorName::FingerprintMismatch);
}

#[test]
fn the_stacks_own_approver_asked_without_a_plan_does_not_count_for_one() {
    let world = World::new();
    let mut facts = world.details();
    let cursor = facts.as_object_mut().unwrap().remove("approval").unwrap();
    world.ask(&world.own(&facts, "first", 0)).unwrap();
    let request = world.vote("ana", Choice::Approve).unwrap();
    facts["approval"] = cursor;
    assert_eq!(error(&world, &approved(&facts, &request)), TaskErrorName::NotApproved);
}

#[test]
fn without_deployment_facts_nothing_is_deployed() {
    let world = World::new();
    world
        .ask(&json!({"taskToken": "first", "subject": {"title": "Access"}, "requestedBy": "dev@example.com"}))
        .unwrap();
    let request = world.vote("ana", Choice::Approve).unwrap();
    let answer = now(world.carry_out(&approved(&Value::Null, &request)["approvalResult"])).unwrap();
    assert_eq!((&answer["deployed"], &answer["status"]), (&json!(false), &json!("not_deployed")));
    assert_eq!(answer["reason"], "the request has no deployment facts");
}

/// The least that a caller can pass names its approver and shows no facts, whatever its state holds beside that.
#[test]
fn an_approval_that_showed_no_deployment_deploys_nothing() {
    for with_plan in [true, false] {
        let world = World::new();
        let mut state =
            if with_plan { json!({"deploymentDetails": world.minimal_details()}) } else { input() };
        world.ask(&json!({"taskToken": "first", "approverRole": "manager", "approverEmail": BOB})).unwrap();
        let request = world.vote("bob", Choice::Approve).unwrap();
        state["approvalResult"] = Report::of(&request).to_value();
        let answer = now(world.carry_out(&state)).unwrap();
        assert_eq!(
            (&answer["deployed"], &answer["requestId"]),
            (&json!(false), &json!(request.id)),
            "{state}"
        );
        assert_eq!(answer["reason"], "the request has no deployment facts");
    }
}

#[test]
fn an_approval_without_a_plan_counts_for_the_deployment_that_it_showed() {
    let world = World::new();
    let details = json!({"serviceName": "checkout", "version": "2.4.1", "environment": "production"});
    let mut payload = json!({"taskToken": "first", "approverRole": "manager", "approverEmail": BOB});
    payload["deploymentDetails"] = details.clone();
    world.ask(&payload).unwrap();
    let request = world.vote("bob", Choice::Approve).unwrap();
    let state = json!({"deploymentDetails": details, "approvalResult": Report::of(&request).to_value()});
    let mut other = state.clone();
    other["deploymentDetails"]["version"] = json!("2.4.2");
    assert_eq!(error(&world, &other), TaskErrorName::FingerprintMismatch);
    assert_eq!(now(world.carry_out(&state)).unwrap()["reason"], NO_TARGET);
}

#[test]
fn a_record_whose_title_was_edited_is_refused() {
    let world = World::new();
    world.ask(&json!({"taskToken": "first", "approverRole": "manager", "approverEmail": BOB})).unwrap();
    let mut request = world.vote("bob", Choice::Approve).unwrap();
    let Facts::General(facts) = &mut request.facts else { panic!("no deployment was shown") };
    facts.title = "something else".to_owned();
    let state = Report::of(&request).to_value();
    world.memory.put_request(request);
    assert_eq!(error(&world, &state), TaskErrorName::FingerprintMismatch);
}

#[test]
fn a_plan_without_levels_asks_for_no_approval_if_the_stored_plan_says_so() {
    let world = World::new();
    let details = world.details_with_levels(Vec::clear);
    let answer = now(world.carry_out(&json!({"deploymentDetails": details}))).unwrap();
    assert_eq!((&answer["reason"], answer.get("requestId")), (&json!(NO_TARGET), None));
}
