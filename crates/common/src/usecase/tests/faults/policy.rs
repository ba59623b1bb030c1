//! The same for escalation, newer plans and withdrawal.

use serde_json::{Value, json};

use super::{Situation, ask, nothing, reconciled, time_out, waiting};
use crate::adapters::memory::until_death;
use crate::domain::samples::escalating;
use crate::domain::{Choice, PlanKey, Silence, Status};
use crate::usecase::decide::DecideError;
use crate::usecase::supersede::supersede;
use crate::usecase::take_back::take_back;
use crate::usecase::tests::world::{World, first, input, now, policy, rule, timed_out};

const NEWER: &str = "arn:aws:states:eu-west-1:123456789012:execution:release:second";

/// A request is pending, and a newer plan for its subject is stored.
fn replaced() -> (World, Value) {
    let world = World::new();
    let details = world.asked();
    world.pass(1);
    now(world.prepare(&json!({"input": input(), "execution": NEWER, "canWait": true}))).unwrap();
    (world, details)
}

fn is_superseded(world: &World, _: &Value) {
    let request = world.memory.stored_requests().remove(0);
    assert_eq!(request.status, Status::Superseded);
}

#[test]
fn bringing_in_a_further_group() {
    let before = || {
        let world = World::new();
        world.memory.put_policy(policy(vec![rule("all", "*", vec![escalating()])]));
        let details = world.details();
        world.ask(&world.own(&details, "first", 0)).unwrap();
        world.memory.end_wait(&first());
        world.pass(1_000);
        let event = world.own(&details, "second", 0);
        waiting(world, event)
    };
    Situation { before: &before, handler: &ask, after: &nothing }.holds();
}

#[test]
fn approving_by_silence() {
    let before = || {
        let world = World::new();
        let mut level = escalating();
        level.silence = Silence::Approve;
        world.memory.put_policy(policy(vec![rule("all", "*", vec![level])]));
        let details = world.details();
        world.ask(&world.own(&details, "first", 0)).unwrap();
        world.memory.end_wait(&first());
        world.pass(1_000);
        (world, timed_out(&details))
    };
    Situation { before: &before, handler: &time_out, after: &nothing }.holds();
}

#[test]
fn superseding_from_the_stream() {
    let handler = |world: &World, details: &Value| {
        let memory = &world.memory;
        let older = PlanKey::parse(details["approval"]["key"].as_str().unwrap()).unwrap();
        reconciled(until_death(supersede(memory, memory, memory, &older)))
    };
    Situation { before: &replaced, handler: &handler, after: &is_paid }.holds();
}

/// A debt that a fault has left is paid by whoever comes by, some time later.
fn is_paid(world: &World, event: &Value) {
    is_superseded(world, event);
    super::later(world, event);
}

#[test]
fn superseding_from_the_schedule() {
    let handler = |world: &World, _: &Value| reconciled(until_death(world.sweep()));
    Situation { before: &replaced, handler: &handler, after: &is_paid }.holds();
}

#[test]
fn voting_on_what_a_newer_plan_replaced() {
    let handler = |world: &World, _: &Value| {
        let voted = until_death(world.vote_with(&world.links("ana")[0], Choice::Approve))?;
        match voted {
            Err(DecideError::Refused { .. }) => Some(true),
            Err(DecideError::Store(_)) => Some(false),
            Ok(request) => panic!("the vote counts: {request:?}"),
        }
    };
    Situation { before: &replaced, handler: &handler, after: &is_paid }.holds();
}

#[test]
fn waiting_again_for_what_a_newer_plan_replaced() {
    let before = || {
        let (world, details) = replaced();
        world.memory.end_wait(&first());
        let event = world.own(&details, "second", 0);
        waiting(world, event)
    };
    Situation { before: &before, handler: &ask, after: &is_paid }.holds();
}

#[test]
fn opening_what_a_newer_plan_replaced() {
    let before = || {
        let world = World::new();
        let details = world.details();
        world.pass(1);
        now(world.prepare(&json!({"input": input(), "execution": NEWER, "canWait": true}))).unwrap();
        let event = world.own(&details, "first", 0);
        waiting(world, event)
    };
    Situation { before: &before, handler: &ask, after: &is_paid }.holds();
}

#[test]
fn taking_back() {
    let before = || {
        let world = World::new();
        let details = world.asked();
        (world, details)
    };
    let handler = |world: &World, _: &Value| {
        let memory = &world.memory;
        reconciled(until_death(take_back(memory, memory, memory, &world.request().id, "cancelled")))
    };
    Situation { before: &before, handler: &handler, after: &super::later }.holds();
}
