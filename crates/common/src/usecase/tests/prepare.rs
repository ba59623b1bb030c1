//! Preparing.

use serde_json::json;

use super::world::{EXECUTION, World, input, name_of, now};
use crate::adapters::memory::{Call, Fault};
use crate::contract::TaskErrorName;
use crate::domain::samples::person;
use crate::domain::{Fingerprint, NamedBy, PlanKey};

#[test]
fn the_facts_are_frozen_and_the_answer_carries_only_a_cursor() {
    let world = World::new();
    let details = world.details();
    let plan = world.memory.stored_plans().remove(0);
    assert_eq!(plan.fingerprint, Fingerprint::of(&plan.facts, Some(&person("dev"))));
    assert_eq!(
        details,
        json!({
            "schema": 1, "serviceName": "checkout", "version": "2.4.1", "environment": "production",
            "changeLog": "- faster carts", "fingerprint": plan.fingerprint.as_str(),
            "approval": {"needed": true, "key": plan.key.as_str(), "level": 1, "waitSeconds": 100}
        })
    );
    assert_eq!(plan.levels[0].named_by, NamedBy::Stack);
}

#[test]
fn a_retry_of_the_same_execution_finds_the_same_plan() {
    let mut world = World::new();
    let first = world.details();
    world.pass(60);
    world.defaults.approver = person("bob");
    assert_eq!(world.details(), first);
    assert_eq!(world.memory.stored_plans().len(), 1);
    assert_eq!(world.memory.stored_plans()[0].key, PlanKey::of_execution(EXECUTION));
}

#[test]
fn an_execution_that_prepares_something_else_is_not_given_the_first_plan() {
    let world = World::new();
    let first = world.details();
    let mut other = input();
    other["serviceName"] = json!("cart");
    let wrapped = json!({"input": other, "execution": EXECUTION, "canWait": true});
    assert_eq!(name_of(now(world.prepare(&wrapped))), TaskErrorName::InvalidInput);
    assert_eq!(world.details(), first);
    // Each item of a Map prepares for itself when it leaves the execution out.
    assert!(now(world.prepare(&other)).is_ok());
}

#[test]
fn a_caller_that_does_not_say_who_it_is_gets_a_plan_of_its_own_each_time() {
    let world = World::new();
    assert_ne!(world.minimal_details()["approval"]["key"], world.minimal_details()["approval"]["key"]);
    let blank = json!({"input": input(), "execution": " "});
    assert_ne!(
        now(world.prepare(&blank)).unwrap()["approval"]["key"],
        now(world.prepare(&blank)).unwrap()["approval"]["key"]
    );
}

#[test]
fn only_a_caller_that_waits_again_is_woken_for_a_reminder() {
    let mut world = World::new();
    assert_eq!(world.details()["approval"]["waitSeconds"], 100);
    assert_eq!(world.minimal_details()["approval"]["waitSeconds"], 1_000);
    world.defaults.remind_after_seconds = None;
    let other = json!({"input": input(), "execution": "arn:other", "canWait": true});
    assert_eq!(now(world.prepare(&other)).unwrap()["approval"]["waitSeconds"], 1_000);
}

#[test]
fn a_reminder_at_or_after_the_deadline_is_none() {
    let mut world = World::new();
    world.defaults.remind_after_seconds = Some(1_000);
    assert_eq!(world.details()["approval"]["waitSeconds"], 1_000);
    assert!(world.memory.stored_plans()[0].levels[0].remind_after_seconds.is_empty());
}

#[test]
fn what_nobody_could_approve_is_refused_before_anything_is_stored() {
    let mut world = World::new();
    world.defaults.approver = person("dev");
    let refused = now(world.prepare(&input())).unwrap_err();
    assert_eq!(refused.name(), TaskErrorName::InvalidInput);
    assert!(refused.to_string().contains("nobody could approve this"), "{refused}");
    assert!(world.memory.stored_plans().is_empty());
}

#[test]
fn storage_that_does_not_answer_is_worth_another_try() {
    let world = World::new();
    world.memory.inject(Call::StorePlan, Fault::BeforeEffect);
    assert_eq!(name_of(now(world.prepare(&input()))), TaskErrorName::TemporarilyUnavailable);
}
