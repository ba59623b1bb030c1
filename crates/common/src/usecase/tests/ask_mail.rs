//! Mails that cannot be sent, and reminders.

use serde_json::json;

use super::world::{World, id_of, name_of, now, timed_out};
use crate::adapters::memory::{Call, Fault, MailRefusal};
use crate::contract::TaskErrorName;
use crate::domain::samples::{group, person};
use crate::domain::{Choice, Purpose, Status};

#[test]
fn case_25_a_retry_after_a_lost_mail_keeps_the_request_and_the_first_mails_link_works() {
    let world = World::new();
    let details = world.details();
    world.memory.inject(Call::SendMail, Fault::AfterEffect);
    let first_try = world.ask(&world.own(&details, "first", 0));
    assert_eq!(name_of(first_try), TaskErrorName::TemporarilyUnavailable);
    assert_eq!(world.request().status, Status::Pending);

    world.ask(&world.own(&details, "second", 1)).unwrap();
    assert_eq!((world.request().id, world.mails_to("ana")), (id_of(&details, 1), 2));
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!((world.was_approved("first"), world.was_approved("second")), (None, Some(true)));
}

#[test]
fn who_was_asked_is_not_asked_again_by_a_retry() {
    let world = World::new();
    let details =
        world.details_with_levels(|levels| levels[0].groups = vec![group("any", &["ana", "bob"], 1)]);
    world.memory.inject_nth(Call::Keep, 2, Fault::AfterEffect);
    assert!(world.ask(&world.own(&details, "first", 0)).is_err(), "the note that both were asked");
    world.ask(&world.own(&details, "second", 1)).unwrap();
    assert_eq!((world.mails_to("ana"), world.mails_to("bob")), (1, 1));
}

#[test]
fn the_last_retry_closes_what_nobody_could_be_asked_about() {
    let world = World::new();
    let details = world.details();
    world.memory.refuse_mail(&person("ana"), MailRefusal::Temporary);
    for retry in 0..3 {
        let tried = world.ask(&world.own(&details, &format!("try-{retry}"), retry));
        assert_eq!(name_of(tried), TaskErrorName::TemporarilyUnavailable);
        assert_eq!(world.request().status, Status::Pending);
    }
    assert_eq!(name_of(world.ask(&world.own(&details, "last", 3))), TaskErrorName::NobodyAsked);
    let request = world.request();
    assert_eq!(request.status, Status::Withdrawn);
    let reason = request.decision.unwrap().reason.unwrap();
    assert!(reason.starts_with("undeliverable: "), "{reason}");
}

#[test]
fn case_23_a_refused_mail_closes_at_once() {
    let world = World::new();
    world.memory.refuse_mail(&person("ana"), MailRefusal::Final);
    let refused = world.ask(&world.own(&world.details(), "first", 0)).unwrap_err();
    assert_eq!(refused.name(), TaskErrorName::NobodyAsked);
    assert_eq!(world.request().status, Status::Withdrawn);
    assert!(!refused.to_string().contains("ana@"), "no address in an error: {refused}");
}

#[test]
fn a_request_that_no_retry_could_find_again_is_not_left_open() {
    let world = World::new();
    let named = |token: &str| json!({"taskToken": token, "approverEmail": "bob@example.com"});
    world.memory.refuse_mail(&person("bob"), MailRefusal::Temporary);
    assert_eq!(name_of(world.ask(&named("first"))), TaskErrorName::TemporarilyUnavailable);
    assert_eq!(world.request().status, Status::Withdrawn);
    world.memory.accept_mail(&person("bob"));
    world.ask(&named("second")).unwrap();
    world.vote("bob", Choice::Approve).unwrap();
    assert_eq!(world.was_approved("second"), Some(true));
}

#[test]
fn one_who_can_be_asked_is_enough_to_go_on_and_the_other_is_asked_at_the_next_wait() {
    let world = World::new();
    let details =
        world.details_with_levels(|levels| levels[0].groups = vec![group("any", &["ana", "bob"], 1)]);
    world.memory.refuse_mail(&person("ana"), MailRefusal::Final);
    world.ask(&world.own(&details, "first", 0)).unwrap();
    let request = world.request();
    assert!(!request.was_contacted(&person("ana"), Purpose::Ask));
    assert!(request.was_contacted(&person("bob"), Purpose::Ask));
    assert_eq!(request.contacts[0].failure.as_deref(), Some("MessageRejected"));

    world.memory.accept_mail(&person("ana"));
    world.pass(50);
    world.ask(&world.own(&details, "second", 0)).unwrap();
    assert!(world.request().was_contacted(&person("ana"), Purpose::Ask));
    assert_eq!((world.mails_to("ana"), world.mails_to("bob")), (1, 1));
}

#[test]
fn a_level_without_anybody_does_not_wait_in_silence() {
    let world = World::new();
    let details = world.details_with_levels(|levels| levels[0].groups.clear());
    assert_eq!(name_of(world.ask(&world.own(&details, "first", 0))), TaskErrorName::NobodyAsked);
    assert!(world.memory.stored_requests().is_empty(), "nobody could ever decide it");
}

/// The wait that ends with the first reminder, and the next one.
fn second_wait(world: &World) -> serde_json::Value {
    let mut details = world.details();
    world.pass(100);
    world.memory.end_wait(&super::world::first());
    let waiting = now(world.time_out(&timed_out(&details))).unwrap();
    assert_eq!((&waiting["status"], &waiting["approval"]["waitSeconds"]), (&json!("waiting"), &json!(900)));
    details["approval"] = waiting["approval"].clone();
    world.ask(&world.own(&details, "second", 0)).unwrap();
    details
}

#[test]
fn a_reminder_goes_out_once_and_its_link_works_beside_the_first() {
    for mail in [0, 1] {
        let world = World::new();
        world.asked();
        let details = second_wait(&world);
        world.ask(&world.own(&details, "second-again", 1)).unwrap();
        assert_eq!(world.mails_to("ana"), 2, "the ask and one reminder");
        assert!(world.request().was_contacted(&person("ana"), Purpose::Reminder(0)));

        now(world.vote_with(&world.links("ana")[mail], Choice::Approve)).unwrap();
        assert_eq!(world.was_approved("second-again"), Some(true));
    }
}

#[test]
fn only_those_who_have_not_voted_are_reminded() {
    let world = World::new();
    let details =
        world.details_with_levels(|levels| levels[0].groups = vec![group("any", &["ana", "bob"], 2)]);
    world.ask(&world.own(&details, "first", 0)).unwrap();
    world.vote("ana", Choice::Approve).unwrap();
    second_wait(&world);
    assert_eq!((world.mails_to("ana"), world.mails_to("bob")), (1, 2));
    world.vote("bob", Choice::Approve).unwrap();
    assert_eq!(world.was_approved("second"), Some(true));
}

#[test]
fn a_reminder_that_cannot_be_sent_ends_nothing() {
    let world = World::new();
    world.asked();
    world.memory.refuse_mail(&person("ana"), MailRefusal::Final);
    second_wait(&world);
    assert_eq!(world.request().status, Status::Pending);
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!(world.was_approved("second"), Some(true));
}
