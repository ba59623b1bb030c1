//! Whom each kind of caller gets asked, and about what.

use serde_json::{Value, json};

use super::world::{EXECUTION, World, id_of, name_of, now};
use crate::adapters::memory::Call;
use crate::contract::TaskErrorName;
use crate::domain::samples::{group, person};
use crate::domain::{
    CallerNamedApprovers, Choice, Facts, Fingerprint, NamedBy, PlanKey, RequestId, Resume, Status,
};

#[test]
fn our_own_state_machine_asks_the_plans_approvers() {
    let world = World::new();
    let details = world.asked();
    let request = world.request();
    assert_eq!(request.id, id_of(&details, 1));
    assert_eq!((request.status, request.resume), (Status::Pending, Resume::None));
    assert_eq!(request.requested_by, Some(person("dev")));
    assert_eq!(request.deadline.map(|end| (end - request.opened_at).get_seconds()), Some(1_000));
    assert_eq!((world.mails_to("ana"), world.memory.sent().len()), (1, 1));
    assert_eq!(request.links.len(), 1);
    assert!(world.waits("first"), "nobody has decided");
}

#[test]
fn the_record_comes_before_the_mail_and_the_hash_before_the_link() {
    let world = World::new();
    world.asked();
    let asking = [Call::ReadPlan, Call::Open, Call::Keep, Call::SendMail, Call::Keep];
    assert_eq!(world.memory.calls()[2..], asking, "after the policy was read and the plan stored");
}

#[test]
fn a_minimal_caller_passes_token_details_and_requester() {
    let world = World::new();
    let details = world.minimal_details();
    let payload =
        json!({"taskToken": "first", "deploymentDetails": details, "requestedBy": "dev@example.com"});
    world.ask(&payload).unwrap();
    let request = world.request();
    assert_eq!(request.id, id_of(&details, 1));
    assert_eq!((request.can_wait, request.deadline), (false, None), "its own timeout ends the wait");
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!(world.was_approved("first"), Some(true));
}

#[test]
fn a_caller_that_said_its_workflow_to_prepare_only_is_found_when_that_ends() {
    let world = World::new();
    let details = world.details();
    world.ask(&json!({"taskToken": "first", "deploymentDetails": details})).unwrap();
    assert_eq!(world.request().workflow.execution.as_deref(), Some(EXECUTION));
    world.memory.end_workflow(EXECUTION);
    assert_eq!(now(world.close_ended()).unwrap(), 1);
    assert_eq!(world.request().status, Status::Withdrawn);
}

#[test]
fn what_a_caller_says_of_its_workflow_counts_more_than_what_its_plan_does() {
    let world = World::new();
    let mut payload = world.own(&world.details(), "first", 0);
    payload["execution"] = json!(format!("{EXECUTION}-nested"));
    world.ask(&payload).unwrap();
    assert_eq!(world.request().workflow.execution, Some(format!("{EXECUTION}-nested")));
}

#[test]
fn a_minimal_caller_passes_token_role_and_address() {
    let world = World::new();
    world
        .ask(&json!({"taskToken": "first", "approverRole": "manager", "approverEmail": "Bob@example.com"}))
        .unwrap();
    let request = world.request();
    assert_eq!(request.level.named_by, NamedBy::Caller, "the record says who named the approver");
    assert_eq!(
        (request.level.groups.clone(), request.plan.clone()),
        (vec![group("manager", &["bob"], 1)], None)
    );
    assert_eq!(world.mails_to("bob"), 1);
    world.vote("bob", Choice::Reject).unwrap();
    assert_eq!(world.was_approved("first"), Some(false));
}

#[test]
fn a_task_token_alone_asks_the_stacks_approver_about_what_is_known() {
    let world = World::new();
    world.ask(&json!({"taskToken": "first"})).unwrap();
    let request = world.request();
    assert_eq!(request.level.groups, [group("approver", &["ana"], 1)]);
    assert_eq!(request.level.named_by, NamedBy::Stack);
    assert_eq!(request.facts.title(), "a workflow, as approver");
    assert_eq!(request.id, RequestId::of_token(&request.task_token));
}

#[test]
fn what_is_known_of_the_workflow_is_shown() {
    let world = World::new();
    let machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:expense-report";
    world
        .ask(&json!({"taskToken": "first", "execution": EXECUTION, "stateMachine": machine, "state": "Ask"}))
        .unwrap();
    let request = world.request();
    assert_eq!(request.facts.title(), "expense-report, as approver");
    let values: Vec<_> = request.facts.rows().into_iter().map(|row| row.value).collect();
    assert_eq!(values, ["approver", "expense-report", "first", "Ask"]);
}

#[test]
fn a_general_subject_is_shown_and_fingerprinted_with_its_requester() {
    let world = World::new();
    let subject = json!({"kind": "access", "title": "Read access to the ledger"});
    world.ask(&json!({"taskToken": "first", "requestedBy": "sam@example.com", "subject": subject})).unwrap();
    let request = world.request();
    assert!(matches!(&request.facts, Facts::General(facts) if facts.title == "Read access to the ledger"));
    assert_eq!(request.fingerprint, Fingerprint::of(&request.facts, Some(&person("sam"))));
}

#[test]
fn the_cursor_may_come_beside_the_details_or_without_them() {
    let with = |edit: fn(&Value) -> Value| {
        let world = World::new();
        let details = world.details();
        world.ask(&edit(&details)).unwrap();
        assert_eq!(world.request().id, id_of(&details, 1));
        world.request()
    };
    let alone = with(|details| json!({"taskToken": "first", "approval": details["approval"]}));
    let beside = with(|details| {
        let mut facts = details.clone();
        let approval = facts.as_object_mut().unwrap().remove("approval");
        json!({"taskToken": "first", "approval": approval, "deploymentDetails": facts})
    });
    assert_eq!(alone.facts, beside.facts);
    assert_eq!(alone.requested_by, Some(person("dev")), "the plan knows who asked");
}

#[test]
fn map_iterations_with_keys_of_their_own_do_not_mix() {
    let world = World::new();
    for item in [0, 1] {
        let mut payload = world.own(&json!(null), &format!("token-{item}"), 0);
        payload["subject"] = json!({"title": "Access"});
        payload["requestKey"] = json!(item);
        world.ask(&payload).unwrap();
    }
    assert_eq!(world.memory.stored_requests().len(), 2);
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!((world.was_approved("token-0"), world.was_approved("token-1")), (Some(true), None));
}

#[test]
fn an_approver_that_the_caller_names_is_refused_where_the_operators_say_so() {
    let mut world = World::new();
    world.settings.caller_named_approvers = CallerNamedApprovers::Refuse;
    let named = json!({"taskToken": "first", "approverEmail": "bob@example.com"});
    assert_eq!(name_of(world.ask(&named)), TaskErrorName::InvalidInput);
    assert!(world.memory.stored_requests().is_empty() && world.memory.sent().is_empty());
    assert!(world.ask(&json!({"taskToken": "second"})).is_ok(), "the stack's own approver counts");
}

#[test]
fn details_that_are_not_what_prepare_froze_ask_nobody() {
    let world = World::new();
    let mut details = world.details();
    details["version"] = json!("6.6.6");
    assert_eq!(name_of(world.ask(&world.own(&details, "first", 0))), TaskErrorName::FingerprintMismatch);
    assert!(world.memory.stored_requests().is_empty() && world.memory.sent().is_empty());
}

#[test]
fn another_stated_requester_does_not_replace_the_plans() {
    let world = World::new();
    let mut payload = world.own(&world.details(), "first", 0);
    payload["requestedBy"] = json!("ana@example.com");
    world.ask(&payload).unwrap();
    assert_eq!(world.request().requested_by, Some(person("dev")));
}

#[test]
fn a_plan_or_level_that_is_not_stored_asks_nobody() {
    let world = World::new();
    let mut details = world.details();
    details["approval"]["level"] = json!(2);
    assert_eq!(name_of(world.ask(&world.own(&details, "first", 0))), TaskErrorName::NotFound);
    details["approval"]["key"] = json!(PlanKey::of_execution("another"));
    assert_eq!(name_of(world.ask(&world.own(&details, "second", 0))), TaskErrorName::NotFound);
    assert!(world.memory.stored_requests().is_empty());
}

#[test]
fn the_requester_is_never_asked_to_approve_their_own() {
    let world = World::new();
    let own =
        json!({"taskToken": "first", "requestedBy": "bob@example.com", "approverEmail": "Bob@Example.com"});
    assert_eq!(name_of(world.ask(&own)), TaskErrorName::NobodyAsked);
    assert!(world.memory.stored_requests().is_empty());
}

#[test]
fn a_level_is_asked_only_after_the_one_before_approved_and_proves_its_delivery() {
    let world = World::new();
    let details = world.details_with_levels(|levels| levels.push(levels[0].clone()));
    let mut second = details.clone();
    second["approval"]["level"] = json!(2);
    assert_eq!(name_of(world.ask(&world.own(&second, "too-early", 0))), TaskErrorName::NotApproved);

    world.ask(&world.own(&details, "first", 0)).unwrap();
    assert_eq!(name_of(world.ask(&world.own(&second, "still-early", 0))), TaskErrorName::NotApproved);
    world.memory.inject(Call::Answer, crate::adapters::memory::Fault::AfterEffect);
    let approved = world.vote("ana", Choice::Approve).unwrap();
    assert_eq!((approved.resume, approved.next.map(|next| next.number)), (Resume::Owed, Some(2)));
    world.ask(&world.own(&second, "second", 0)).unwrap();
    let first_level = world.memory.stored_request(&id_of(&details, 1)).unwrap();
    assert_eq!(first_level.resume, Resume::Done);
    assert!(world.memory.stored_request(&id_of(&details, 2)).is_some());
}
