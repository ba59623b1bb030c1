//! Reminder, then escalation, then whoever is faster.

use serde_json::{Value, json};

use super::world::{World, approved, now, policy, rule, timed_out};
use crate::domain::samples::{escalating, person, task_token};
use crate::domain::{Choice, Happening, Notice, Resume, Status};

/// Ana is asked, reminded after 100 seconds, joined by Hana after 1,000, and it ends after 1,500.
fn asked(world: &World) -> Value {
    world.memory.put_policy(policy(vec![rule("all", "*", vec![escalating()])]));
    let details = world.details();
    assert_eq!(details["approval"]["waitSeconds"], json!(100));
    world.ask(&world.own(&details, "first", 0)).unwrap();
    details
}

/// So many seconds later the wait has ended, and the workflow waits again.
fn wait_again(world: &World, details: &mut Value, seconds: i64, (old, new): (&str, &str), next: u64) {
    world.pass(seconds);
    world.memory.end_wait(&task_token(old));
    let waiting = now(world.time_out(&timed_out(details))).unwrap();
    assert_eq!(waiting["status"], json!("waiting"), "{waiting}");
    details["approval"] = waiting["approval"].clone();
    assert_eq!(details["approval"]["waitSeconds"], json!(next));
    world.ask(&world.own(details, new, 0)).unwrap();
}

fn escalated(world: &World) -> Value {
    let mut details = asked(world);
    wait_again(world, &mut details, 100, ("first", "second"), 900);
    assert_eq!((world.mails_to("ana"), world.mails_to("hana")), (2, 0), "asked and reminded");
    // At the deadline the next wait is one second at least, and it brings in the further group.
    wait_again(world, &mut details, 900, ("second", "third"), 1);
    assert_eq!((world.mails_to("ana"), world.mails_to("hana")), (3, 1), "told, and asked");
    details
}

#[test]
fn the_further_group_can_approve_alone() {
    let world = World::new();
    escalated(&world);
    assert_eq!(world.vote("hana", Choice::Approve).unwrap().status, Status::Approved);
    assert_eq!(world.was_approved("third"), Some(true));
    let escalations = world.request().events;
    let escalations = escalations.iter().filter(|event| matches!(event.what, Happening::Escalated { .. }));
    assert_eq!(escalations.count(), 1);
}

#[test]
fn the_first_group_can_still_decide() {
    let world = World::new();
    escalated(&world);
    assert_eq!(world.vote("ana", Choice::Approve).unwrap().status, Status::Approved);
}

#[test]
fn nobody_hears_of_one_escalation_twice() {
    let world = World::new();
    let mut details = escalated(&world);
    wait_again(&world, &mut details, 1, ("third", "fourth"), 499);
    assert_eq!((world.mails_to("ana"), world.mails_to("hana")), (3, 1));
}

#[test]
fn in_the_end_silence_of_all_expires_and_everyone_hears_of_it() {
    let world = World::new();
    let mut details = escalated(&world);
    wait_again(&world, &mut details, 1, ("third", "fourth"), 499);
    world.pass(499);
    world.memory.end_wait(&task_token("fourth"));
    let report = now(world.time_out(&timed_out(&details))).unwrap();
    assert_eq!(report["status"], json!("expired"));
    assert!(world.request().notices.contains(&Notice::Expired));
    for name in ["ana", "hana", "dev"] {
        let last = world.memory.sent_to(&person(name)).pop().unwrap();
        assert!(last.subject.starts_with("Expired"), "{name}: {}", last.subject);
    }
}

#[test]
fn a_vote_between_the_deadline_and_the_next_wait_counts() {
    let world = World::new();
    let mut details = asked(&world);
    wait_again(&world, &mut details, 100, ("first", "second"), 900);
    world.pass(900);
    world.memory.end_wait(&task_token("second"));
    let request = world.vote("ana", Choice::Approve).unwrap();
    assert_eq!((request.status, request.resume), (Status::Approved, Resume::Owed));
    let report = now(world.time_out(&timed_out(&details))).unwrap();
    assert_eq!(report["status"], json!("approved"));
    now(world.carry_out(&approved(&details, &request))).unwrap();
    assert_eq!(world.mails_to("hana"), 0);
}
