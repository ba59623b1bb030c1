//! The same for the tasks behind the wait.

use serde_json::{Value, json};

use super::*;

#[test]
fn timing_out() {
    for (seconds, choice) in
        [(100, None), (1_000, None), (100, Some(Choice::Approve)), (100, Some(Choice::Reject))]
    {
        for details in [World::details, World::minimal_details] {
            let before = || {
                let world = World::new();
                let details = details(&world);
                world.ask(&world.own(&details, "first", 0)).unwrap();
                world.memory.end_wait(&first());
                if let Some(choice) = choice {
                    world.vote("ana", choice).unwrap();
                }
                world.pass(seconds);
                (world, timed_out(&details))
            };
            Situation { before: &before, handler: &time_out, after: &nothing }.holds();
        }
    }
}

#[test]
fn reporting_a_rejection() {
    let before = || {
        let (world, details) = asked();
        world.memory.inject(Call::Answer, Fault::AfterEffect);
        let request = world.vote("ana", Choice::Reject).unwrap();
        (world, rejected(&details, &request))
    };
    let handler = |world: &World, event: &Value| ended(until_death(world.report_rejection(event)));
    Situation { before: &before, handler: &handler, after: &nothing }.holds();
}

#[test]
fn carrying_out_two_levels() {
    let before = || {
        let world = World::new();
        let mut details = world.details_with_levels(|levels| levels.push(levels[0].clone()));
        world.ask(&world.own(&details, "first", 0)).unwrap();
        world.vote("ana", Choice::Approve).unwrap();
        details["approval"]["level"] = json!(2);
        world.ask(&world.own(&details, "second", 0)).unwrap();
        now(world.vote_with(&world.links("ana")[1], Choice::Approve)).unwrap();
        let last = world.memory.stored_request(&id_of(&details, 2)).unwrap();
        (world, approved(&details, &last))
    };
    let handler = |world: &World, event: &Value| ended(until_death(world.carry_out(event)));
    Situation { before: &before, handler: &handler, after: &nothing }.holds();
}

#[test]
fn deploying() {
    let handler = |world: &World, event: &Value| ended(until_death(world.carry_out(event)));
    Situation { before: &super::super::deploy::approved_world, handler: &handler, after: &nothing }.holds();
}

/// What comes next is the end of the freeze.
#[test]
fn waiting_for_a_freeze() {
    let handler = |world: &World, event: &Value| ended(until_death(world.carry_out(event)));
    let open = |world: &World, event: &Value| {
        world.pass(7_200);
        assert_eq!(now(world.carry_out(event)).unwrap()["status"], "deployed");
    };
    Situation { before: &super::super::freeze::frozen_world, handler: &handler, after: &open }.holds();
}

/// The freeze is over: its end is noted with the claim.
#[test]
fn going_on_after_a_freeze() {
    let before = || {
        let (world, state) = super::super::freeze::frozen_world();
        now(world.carry_out(&state)).unwrap();
        world.pass(7_200);
        (world, state)
    };
    let handler = |world: &World, event: &Value| ended(until_death(world.carry_out(event)));
    Situation { before: &before, handler: &handler, after: &nothing }.holds();
}

#[test]
fn deploying_what_nobody_has_to_approve() {
    let before = || {
        let world = super::super::deploy::world(Vec::new());
        let state = json!({"deploymentDetails": world.details()});
        (world, state)
    };
    let handler = |world: &World, event: &Value| ended(until_death(world.carry_out(event)));
    Situation { before: &before, handler: &handler, after: &nothing }.holds();
}
