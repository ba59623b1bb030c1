//! Preparing.

use serde_json::json;

use super::world::{EXECUTION, World, input, name_of, now, policy, rule};
use crate::adapters::memory::{Call, Fault};
use crate::contract::TaskErrorName;
use crate::domain::samples::person;
use crate::domain::{
    Destination, Fingerprint, Glob, LambdaAlias, NamedBy, PlanKey, Policy, Rollout, StoredPolicy, Target,
};

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

fn rollout(alias: &str) -> Rollout {
    let to =
        Destination::Lambda(LambdaAlias { function: "checkout".to_owned(), alias: alias.to_owned() }.into());
    Rollout { to, max_age_seconds: Some(86_400), poll_seconds: 15, limit_seconds: 3_600 }
}

/// A policy that asks nobody, and brings services of these names in these environments to these aliases.
fn with_targets(targets: &[(&str, &str, &str)]) -> StoredPolicy {
    let globs = |text: &str| vec![Glob::parse(text).unwrap()];
    let target = |&(service, environment, alias): &(&str, &str, &str)| {
        Target::of_deployments(globs(service), globs(environment), rollout(alias))
    };
    let stored = policy(vec![rule("all", "*", Vec::new())]);
    let targets = targets.iter().map(target).collect();
    StoredPolicy { policy: Policy { targets, ..stored.policy }, ..stored }
}

fn frozen(world: &World) -> Option<Rollout> {
    world.memory.stored_plans().remove(0).rollout
}

#[test]
fn the_first_target_that_is_about_it_is_frozen_in_the_plan() {
    let world = World::new();
    world.memory.put_policy(with_targets(&[
        ("checkout", "staging", "staging"),
        ("search", "*", "search"),
        ("check*", "PROD*", "live"),
        ("checkout", "production", "late"),
    ]));
    world.details();
    assert_eq!(frozen(&world), Some(rollout("live")));
}

#[test]
fn a_retry_keeps_the_target_that_was_frozen_whatever_is_stored_since() {
    let world = World::new();
    world.memory.put_policy(with_targets(&[("*", "*", "live")]));
    world.details();
    world.memory.put_policy(with_targets(&[("*", "*", "other")]));
    world.details();
    assert_eq!((frozen(&world), world.memory.stored_plans().len()), (Some(rollout("live")), 1));
}

#[test]
fn where_no_target_matches_and_without_a_policy_the_plan_leads_nowhere() {
    let world = World::new();
    world.details();
    assert_eq!(frozen(&world), None);
    let world = World::new();
    world.memory.put_policy(with_targets(&[("search", "*", "search"), ("checkout", "staging", "staging")]));
    world.details();
    assert_eq!(frozen(&world), None);
}

/// Whatever a requester adds to the input, beside it or within it, the policy's word stands.
#[test]
fn nothing_in_the_input_chooses_a_target() {
    let theirs = serde_json::to_value(rollout("theirs")).unwrap();
    let keys = ["rollout", "target", "targets", "to", "policy", "plan", "function", "alias", "maxAgeSeconds"];
    let stored = with_targets(&[("checkout", "staging", "staging"), ("checkout", "production", "live")]);
    for (policy, expected) in [(Some(stored), Some(rollout("live"))), (None, None)] {
        for key in keys {
            for value in [&theirs, &json!([theirs]), &json!({"rollout": theirs}), &json!("theirs")] {
                let world = World::new();
                if let Some(policy) = &policy {
                    world.memory.put_policy(policy.clone());
                }
                let mut inner = input();
                inner[key] = value.clone();
                let mut outer = json!({"input": inner, "execution": EXECUTION, "canWait": true});
                outer[key] = value.clone();
                now(world.prepare(&outer)).unwrap();
                assert_eq!(frozen(&world), expected, "{key}: {value}");
            }
        }
    }
}

#[test]
fn a_rule_says_whether_a_newer_plan_takes_an_older_one_s_place() {
    for supersede in [true, false] {
        let world = World::new();
        let mut stored = policy(vec![rule("all", "*", Vec::new())]);
        stored.policy.rules[0].supersede = supersede;
        world.memory.put_policy(stored);
        world.details();
        let subject = world.memory.stored_plans().remove(0).subject;
        assert_eq!(
            subject.map(|subject| subject.to_string()),
            supersede.then(|| "checkout@production".to_owned())
        );
    }
}
