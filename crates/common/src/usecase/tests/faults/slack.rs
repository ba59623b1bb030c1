//! The same with Slack: whatever breaks and whenever, the record is that of an undisturbed run, and in the end every
//! message shows what it says.

use serde_json::Value;

use super::{Situation, ask, nothing, reconciled, waiting};
use crate::adapters::memory::until_death;
use crate::domain::samples::{group, task_token};
use crate::domain::{Choice, SlackTarget};
use crate::render::slack::message;
use crate::usecase::tests::world::{World, first, now};

fn world() -> (World, Value) {
    let world = World::with_slack();
    let details = world.details_with_levels(|levels| {
        levels[0].groups = vec![group("any", &["ana", "bob"], 1)];
        levels[0].slack = Some(SlackTarget { channel: None, direct: true });
    });
    (world, details)
}

fn asked() -> (World, Value) {
    let (world, details) = world();
    world.ask(&world.own(&details, "first", 0)).unwrap();
    (world, details)
}

/// The schedule comes by until nothing is left, and then every message that is known shows the record.
fn converged(world: &World, _: &Value) {
    for _ in 0..3 {
        world.pass(60);
        now(world.sweep()).unwrap();
    }
    let request = world.memory.stored_requests().remove(0);
    assert_eq!((request.stale_slack_message(), &request.slack_edit), (None, &None));
    let known = |place: &crate::ports::SlackPlace| request.has_slack_message(&place.channel, &place.ts);
    for post in world.memory.slack_posts() {
        let shows = post.card == message(&request);
        assert!(post.thread.is_some() || shows || !known(&post.place), "{}", post.card.blocks);
    }
}

#[test]
fn asking() {
    let before = || {
        let (world, details) = world();
        let event = world.own(&details, "first", 0);
        waiting(world, event)
    };
    Situation { before: &before, handler: &ask, after: &nothing }.holds();
}

#[test]
fn reminding() {
    let before = || {
        let (world, details) = asked();
        world.memory.end_wait(&first());
        world.pass(100);
        let event = world.own(&details, "second", 0);
        waiting(world, event)
    };
    Situation { before: &before, handler: &ask, after: &nothing }.holds();
}

#[test]
fn converging_from_the_stream_and_from_the_schedule() {
    for choice in [Choice::Approve, Choice::Reject] {
        let before = || {
            let (world, details) = asked();
            world.vote("ana", choice).unwrap();
            (world, details)
        };
        let by_stream = |world: &World, _: &Value| reconciled(until_death(world.pay()));
        Situation { before: &before, handler: &by_stream, after: &converged }.holds();
        let by_schedule = |world: &World, _: &Value| reconciled(until_death(world.sweep()));
        Situation { before: &before, handler: &by_schedule, after: &converged }.holds();
        assert!(before().0.memory.answer_to(&task_token("first")).is_some());
    }
}
