//! Reminder, then escalation, then whoever is faster.

use serde_json::{Value, json};

use super::world::{World, approved, name_of, now, policy, rule, timed_out};
use crate::adapters::memory::{Call, Fault};
use crate::contract::TaskErrorName;
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
    // The next wait begins with bringing in the further group, and lasts until the end.
    wait_again(world, &mut details, 900, ("second", "third"), 500);
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
fn an_escalation_whose_mail_fails_for_a_moment_is_tried_again_and_tells_nobody_twice() {
    let world = World::new();
    let mut details = asked(&world);
    wait_again(&world, &mut details, 100, ("first", "second"), 900);
    world.pass(900);
    world.memory.end_wait(&task_token("second"));
    details["approval"] = now(world.time_out(&timed_out(&details))).unwrap()["approval"].clone();
    // Ana is told, Hana's mail is throttled.
    world.memory.inject_nth(Call::SendMail, 2, Fault::BeforeEffect);
    assert_eq!(name_of(world.ask(&world.own(&details, "third", 0))), TaskErrorName::TemporarilyUnavailable);
    assert_eq!((world.mails_to("ana"), world.mails_to("hana")), (3, 0));
    world.ask(&world.own(&details, "third-again", 1)).unwrap();
    assert_eq!((world.mails_to("ana"), world.mails_to("hana")), (3, 1));
    // On the last try whoever was reached has to be enough.
    assert_eq!(world.vote("hana", Choice::Approve).unwrap().status, Status::Approved);
}

#[test]
fn mails_that_take_long_are_not_overtaken_by_their_own_wait() {
    let world = World::new();
    let mut details = asked(&world);
    wait_again(&world, &mut details, 100, ("first", "second"), 900);
    world.pass(900);
    world.memory.end_wait(&task_token("second"));
    let waiting = now(world.time_out(&timed_out(&details))).unwrap();
    assert_eq!(waiting["approval"]["waitSeconds"], json!(500), "the wait that asks the further group lasts");
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
    // A wait that ended early for some reason: Hana is not reminded of what was due before she was asked.
    wait_again(&world, &mut details, 1, ("third", "fourth"), 499);
    assert_eq!((world.mails_to("ana"), world.mails_to("hana")), (3, 1));
}

#[test]
fn in_the_end_silence_of_all_expires_and_everyone_hears_of_it() {
    let world = World::new();
    let details = escalated(&world);
    world.pass(500);
    world.memory.end_wait(&task_token("third"));
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
