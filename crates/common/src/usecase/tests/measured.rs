//! What alarms hear: of decisions that stay owed, of people who were not reached, and of answers that are refused.

use serde_json::json;

use super::world::{EXECUTION, World, first, name_of, now};
use crate::adapters::memory::{Call, Fault, MailRefusal};
use crate::contract::TaskErrorName;
use crate::domain::samples::{group, person};
use crate::domain::{Choice, Resume};
use crate::telemetry::heard::Heard;

/// A run of the schedule, so many seconds later, and the age that it measured.
fn oldest_owed_after(world: &World, seconds: i64) -> u64 {
    world.pass(seconds);
    let heard = Heard::from_here();
    let swept = now(world.sweep()).unwrap();
    assert_eq!(heard.values("OldestOwedSeconds"), [swept.oldest_owed], "every run says it once");
    assert_eq!(heard.values("FailedRequests"), [swept.failed as u64]);
    swept.oldest_owed
}

#[test]
fn a_run_that_owes_nothing_says_so() {
    assert_eq!(oldest_owed_after(&World::new(), 0), 0);
}

#[test]
fn a_run_that_cannot_list_says_nothing_so_that_the_silence_is_heard() {
    let world = World::new();
    world.memory.inject(Call::ListOwing, Fault::BeforeEffect);
    let heard = Heard::from_here();
    assert!(now(world.sweep()).is_err());
    assert!(heard.values("OldestOwedSeconds").is_empty());
}

#[test]
fn a_decision_is_as_old_as_it_is_owed_and_no_longer_once_it_is_paid() {
    let world = World::new();
    world.asked();
    world.memory.refuse_answers(Some((400, "ThrottlingException")));
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!(oldest_owed_after(&world, 45), 45);
    assert_eq!(oldest_owed_after(&world, 45), 90);
    world.memory.refuse_answers(None);
    assert_eq!(oldest_owed_after(&world, 45), 0, "this run pays it");
    assert_eq!(world.request().resume, Resume::Done);
}

#[test]
fn a_decision_between_two_waits_is_owed_as_well() {
    let world = World::new();
    world.asked();
    world.memory.end_wait(&first());
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!(oldest_owed_after(&world, 120), 120);
    world.memory.end_workflow(EXECUTION);
    assert_eq!(oldest_owed_after(&world, 60), 0);
}

/// The alarm must know of it, and must not ring for ever: nobody can find out from here whether it was paid.
#[test]
fn a_decision_of_a_workflow_that_is_not_known_is_owed_too_long_for_a_day() {
    let world = World::new();
    world.ask(&json!({"taskToken": "first"})).unwrap();
    world.memory.end_wait(&first());
    let heard = Heard::from_here();
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!(heard.of("Answers", "outcome"), ["unconfirmed"]);
    assert_eq!(oldest_owed_after(&world, 90), 90);
    assert_eq!(oldest_owed_after(&world, 86_400 - 91), 86_399);
    assert_eq!(oldest_owed_after(&world, 1), 0);
    assert_eq!(world.request().resume, Resume::Owed, "the record goes on saying what is known");
}

#[test]
fn a_workflow_that_is_not_known_and_still_waits_is_owed_however_long_it_takes() {
    let world = World::new();
    world.ask(&json!({"taskToken": "first"})).unwrap();
    world.memory.refuse_answers(Some((503, "ServiceUnavailable")));
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!(oldest_owed_after(&world, 2 * 86_400), 2 * 86_400);
    world.memory.refuse_answers(None);
    assert_eq!(oldest_owed_after(&world, 60), 0);
    assert_eq!(world.was_approved("first"), Some(true));
}

#[test]
fn what_is_refused_is_counted_by_what_has_to_be_looked_at() {
    for (code, what) in [
        ("InvalidToken", "token"),
        ("InvalidOutput", "output"),
        ("ValidationException", "output"),
        ("KmsAccessDeniedException", "key"),
        ("KmsInvalidStateException", "key"),
        ("AccessDeniedException", "permission"),
        ("SomethingNew", "other"),
    ] {
        let world = World::new();
        world.asked();
        world.memory.refuse_answers(Some((400, code)));
        let heard = Heard::from_here();
        world.vote("ana", Choice::Approve).unwrap();
        assert_eq!(
            (heard.of("RefusedAnswers", "what"), heard.of("Answers", "outcome")),
            (vec![what.to_owned()], vec!["refused".to_owned()]),
            "{code}"
        );
        assert_eq!(oldest_owed_after(&world, 120), 120, "{code}: it is owed, and its workflow waits");
    }
}

/// The task fails, and its retries are the state machine's; the refusal is heard all the same.
#[test]
fn a_refused_answer_of_a_later_wait_is_counted_too() {
    let world = World::new();
    let details = world.asked();
    world.memory.end_wait(&first());
    world.vote("ana", Choice::Approve).unwrap();
    world.memory.refuse_answers(Some((400, "KmsAccessDeniedException")));
    let heard = Heard::from_here();
    let failed = world.ask(&world.own(&details, "second", 1));
    assert_eq!(name_of(failed), TaskErrorName::TemporarilyUnavailable);
    assert_eq!(heard.of("RefusedAnswers", "what"), ["key"]);
}

#[test]
fn whoever_is_not_reached_is_counted() {
    let two = || {
        let world = World::new();
        let details =
            world.details_with_levels(|levels| levels[0].groups = vec![group("any", &["ana", "bob"], 1)]);
        (world, details)
    };
    let (world, details) = two();
    world.memory.refuse_mail(&person("ana"), MailRefusal::Final);
    let heard = Heard::from_here();
    world.ask(&world.own(&details, "first", 0)).unwrap();
    assert_eq!(heard.of("SendFailures", "what"), ["mail"]);

    let (world, details) = two();
    world.memory.refuse_mail(&person("ana"), MailRefusal::Temporary);
    let heard = Heard::from_here();
    assert!(world.ask(&world.own(&details, "first", 2)).is_err());
    assert!(heard.values("SendFailures").is_empty(), "the state machine tries again");
    world.ask(&world.own(&details, "last", 3)).unwrap();
    assert_eq!(heard.of("SendFailures", "what"), ["mail"], "until it gives up");
}

#[test]
fn that_nobody_could_be_asked_is_counted_once_for_good() {
    let world = World::new();
    let details = world.details();
    world.memory.refuse_mail(&person("ana"), MailRefusal::Temporary);
    let heard = Heard::from_here();
    for retry in 0..=3 {
        assert!(world.ask(&world.own(&details, &format!("try-{retry}"), retry)).is_err());
    }
    assert_eq!(heard.of("SendFailures", "what"), ["nobody_asked"]);
}

#[test]
fn an_outcome_mail_that_is_not_taken_is_counted() {
    let world = World::new();
    world.asked();
    world.memory.refuse_mail(&person("dev"), MailRefusal::Temporary);
    let request = world.vote("ana", Choice::Reject).unwrap();
    let heard = Heard::from_here();
    let details = json!({"approval": {"key": request.plan.as_ref().unwrap().as_str(), "level": 1}});
    now(world.report_rejection(&super::world::rejected(&details, &request))).unwrap();
    assert_eq!(heard.of("SendFailures", "what"), ["mail"]);
}
