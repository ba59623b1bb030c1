//! Paying a debt: every answer that Step Functions can give.

use serde_json::json;

use super::world::{EXECUTION, World, first, now};
use crate::adapters::memory::{Call, Fault, until_death};
use crate::domain::samples::closed;
use crate::domain::{Choice, Request, Resume, Status};
use crate::ports::{Answer, Ending};
use crate::usecase::resume::{Payer, Payment, SETTLING, answer, resume, try_to_resume};

/// A request that was approved while nobody could tell its workflow.
fn owing() -> World {
    let world = World::new();
    world.asked();
    world.memory.inject(Call::Answer, Fault::BeforeEffect);
    let approved = world.vote("ana", Choice::Approve).unwrap();
    assert_eq!(approved.resume, Resume::Owed, "told later, and the voter still sees it recorded");
    world.memory.forget_calls();
    world
}

fn pay(world: &World, request: Request) -> Resume {
    let paid = now(resume(&world.memory, &world.memory, &world.memory, request, Payer::Passerby));
    paid.resume
}

#[test]
fn a_workflow_that_waits_is_told_and_the_record_says_so() {
    let world = owing();
    assert_eq!(pay(&world, world.request()), Resume::Done);
    assert_eq!((world.was_approved("first"), world.request().resume), (Some(true), Resume::Done));
    assert_eq!(world.memory.calls(), [Call::Answer, Call::Keep]);
}

#[test]
fn nothing_owed_is_nothing_to_do() {
    let world = World::new();
    world.asked();
    world.memory.forget_calls();
    assert_eq!(pay(&world, world.request()), Resume::None);
    assert!(world.memory.calls().is_empty());
}

#[test]
fn of_two_who_pay_the_second_finds_it_done() {
    let world = owing();
    let stale = world.request();
    pay(&world, world.request());
    world.memory.forget_calls();
    assert_eq!(pay(&world, stale), Resume::Done);
    assert_eq!(world.memory.calls(), [Call::Answer, Call::ReadRequest], "nobody looks at the workflow");
}

#[test]
fn a_workflow_between_two_waits_stays_owed() {
    let world = owing();
    world.memory.end_wait(&first());
    world.pass(15);
    assert_eq!(pay(&world, world.request()), Resume::Owed);
    assert_eq!(world.memory.calls(), [Call::Answer, Call::ReadRequest, Call::Describe]);
    assert_eq!(world.request().resume, Resume::Owed);
}

#[test]
fn a_workflow_that_has_ended_is_gone() {
    let world = owing();
    world.memory.end_workflow(EXECUTION);
    world.pass(15);
    assert_eq!(pay(&world, world.request()), Resume::Gone);
    assert_eq!(world.request().resume, Resume::Gone);
}

#[test]
fn a_fresh_decision_is_not_given_up_because_somebody_may_be_about_to_note_its_delivery() {
    // Two identical votes at the same moment: one has answered the task and not noted it yet, and the workflow
    // has gone all the way to its end.
    let world = owing();
    world.memory.inject(Call::Keep, Fault::DeathBefore);
    let memory = &world.memory;
    assert!(until_death(resume(memory, memory, memory, world.request(), Payer::Passerby)).is_none());
    assert_eq!(world.was_approved("first"), Some(true));
    world.memory.end_workflow_as(EXECUTION, Ending::Succeeded);
    world.memory.forget_calls();
    world.memory.advance(SETTLING - jiff::SignedDuration::from_millis(1));
    assert_eq!(pay(&world, world.request()), Resume::Owed);
    assert_eq!(world.memory.calls(), [Call::Answer, Call::ReadRequest], "nobody looks at the workflow");
    assert_eq!(world.request().resume, Resume::Owed, "the debt simply stays");
}

#[test]
fn whoever_decides_learns_at_once_that_the_workflow_has_ended() {
    let world = World::new();
    world.asked();
    world.memory.end_workflow(EXECUTION);
    assert_eq!(world.vote("ana", Choice::Approve).unwrap().resume, Resume::Gone);
    assert_eq!(world.request().resume, Resume::Gone);
}

#[test]
fn of_two_who_pay_the_first_may_be_slow_to_note_it() {
    let world = owing();
    world.pass(15);
    world.memory.end_workflow(EXECUTION);
    assert_eq!(pay(&world, world.request()), Resume::Gone);
    let proof = [crate::domain::Command::NoteResume(Resume::Done)];
    let proven =
        now(crate::usecase::keep::keep(&world.memory, &world.memory, world.request(), &proof)).unwrap();
    assert_eq!(proven.resume, Resume::Done, "proof outweighs what was believed");
}

#[test]
fn only_what_another_try_may_change_is_called_interrupted() {
    let tried = |world: &World| {
        let memory = &world.memory;
        now(try_to_resume(memory, memory, memory, world.request(), Payer::Passerby))
    };
    for call in [Call::Answer, Call::Keep] {
        let world = owing();
        world.memory.inject(call, Fault::BeforeEffect);
        assert!(matches!(tried(&world), Payment::Interrupted(_)), "{call:?}");
        assert!(matches!(tried(&world), Payment::Settled(_)), "{call:?}");
    }
    for call in [Call::ReadRequest, Call::Describe] {
        let world = owing();
        world.memory.end_wait(&first());
        world.pass(15);
        world.memory.inject(call, Fault::BeforeEffect);
        assert!(matches!(tried(&world), Payment::Interrupted(_)), "{call:?}");
        assert!(matches!(tried(&world), Payment::Settled(_)), "{call:?}");
    }
    let world = owing();
    let task_token = crate::domain::samples::task_token("never-waited");
    world.memory.put_request(Request { task_token, ..world.request() });
    assert!(matches!(tried(&world), Payment::Settled(_)), "nobody can pay it");
}

#[test]
fn a_workflow_that_cannot_be_looked_at_stays_owed() {
    let world = owing();
    world.memory.end_workflow(EXECUTION);
    world.pass(15);
    world.memory.inject(Call::Describe, Fault::BeforeEffect);
    assert_eq!(pay(&world, world.request()), Resume::Owed);
}

#[test]
fn a_record_that_cannot_be_read_again_stays_owed() {
    let world = owing();
    world.memory.end_workflow(EXECUTION);
    world.pass(15);
    world.memory.inject(Call::ReadRequest, Fault::BeforeEffect);
    assert_eq!(pay(&world, world.request()), Resume::Owed);
    assert_eq!(world.memory.count(Call::Describe), 0, "delivery may be proven by now");
}

#[test]
fn an_unknown_workflow_is_recorded_and_not_confirmed() {
    let world = World::new();
    world.ask(&json!({"taskToken": "first"})).unwrap();
    world.memory.end_wait(&first());
    world.memory.forget_calls();
    assert_eq!(world.vote("ana", Choice::Approve).unwrap().resume, Resume::Owed);
    assert_eq!(world.memory.count(Call::Describe), 0);
}

#[test]
fn a_service_that_does_not_answer_is_told_later() {
    let world = owing();
    world.memory.inject(Call::Answer, Fault::BeforeEffect);
    assert_eq!(pay(&world, world.request()), Resume::Owed);
    assert_eq!(world.memory.calls(), [Call::Answer]);
    assert!(world.waits("first"));
}

#[test]
fn an_answer_that_can_never_be_taken_stays_owed_for_the_operators() {
    let world = owing();
    let mut broken = world.request();
    broken.task_token = crate::domain::samples::task_token("never-waited");
    world.memory.put_request(broken.clone());
    assert_eq!(pay(&world, broken), Resume::Owed);
    assert_eq!(world.memory.calls(), [Call::Answer]);
}

#[test]
fn a_delivery_that_could_not_be_noted_is_still_shown_as_delivered() {
    let world = owing();
    world.memory.inject(Call::Keep, Fault::BeforeEffect);
    assert_eq!(pay(&world, world.request()), Resume::Done);
    assert_eq!(world.request().resume, Resume::Owed, "the next payer finds out");
    assert_eq!(world.was_approved("first"), Some(true));
}

#[test]
fn to_a_waiting_task_everything_but_an_approval_is_a_rejection() {
    for request in closed() {
        let approved = matches!(answer(&request), Answer::Success { .. });
        assert_eq!(approved, request.status == Status::Approved, "{}", request.status);
        if let Answer::Failure { error, .. } = answer(&request) {
            assert_eq!(error, "RejectedError");
        }
    }
}
