//! Paying a debt: every answer that Step Functions can give.

use serde_json::json;

use super::world::{EXECUTION, World, first, now};
use crate::adapters::memory::{Call, Fault, until_death};
use crate::domain::samples::closed;
use crate::domain::{Choice, Request, Resume, Status, Workflow};
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
    // Long enough that a debt which stood would be looked into.
    world.pass(15);
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
    assert_eq!(world.memory.calls(), [Call::Answer, Call::ReadRequest, Call::Describe, Call::WasTold]);
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

/// Somebody decided and told the workflow, and the process died before it could note that.
fn told_and_died(choice: Choice) -> World {
    let world = World::new();
    world.asked();
    world.memory.inject(Call::Answer, Fault::DeathAfter);
    assert!(until_death(world.vote_with(&world.links("ana")[0], choice)).is_none());
    assert_eq!(world.request().resume, Resume::Owed);
    world
}

#[test]
fn a_decision_that_was_delivered_is_never_gone_however_the_workflow_ended() {
    for choice in [Choice::Approve, Choice::Reject] {
        for end in [Ending::Succeeded, Ending::Failed, Ending::TimedOut, Ending::Stopped] {
            let world = told_and_died(choice);
            world.memory.end_workflow_as(EXECUTION, end);
            world.pass(15);
            assert_eq!(pay(&world, world.request()), Resume::Done, "{choice:?}, {end:?}");
            world.pass(60);
            now(world.sweep()).unwrap();
            assert_eq!(
                (world.request().resume, world.mails_to("ana"), world.mails_to("dev")),
                (Resume::Done, 1, 0)
            );
        }
    }
}

#[test]
fn a_decision_that_was_delivered_is_noted_while_the_workflow_still_runs() {
    let world = told_and_died(Choice::Approve);
    world.pass(15);
    assert_eq!(pay(&world, world.request()), Resume::Done);
}

/// The first attempt arrived and its reply was lost, so the second one was refused.
#[test]
fn whoever_decides_knows_of_a_delivery_that_it_got_no_reply_to() {
    let world = told_and_died(Choice::Approve);
    world.memory.end_workflow_as(EXECUTION, Ending::Succeeded);
    let memory = &world.memory;
    let paid = now(resume(memory, memory, memory, world.request(), Payer::Decider));
    assert_eq!(paid.resume, Resume::Done);
}

#[test]
fn what_another_request_of_the_workflow_was_told_proves_nothing() {
    let world = owing();
    let other = crate::domain::samples::task_token("other");
    world.memory.wait(EXECUTION, &other);
    let output = r#"{"requestId": "another", "approved": true}"#.to_owned();
    now(crate::ports::ResumeWorkflows::answer(&world.memory, &other, &Answer::Success { output })).unwrap();
    world.memory.end_workflow_as(EXECUTION, Ending::Succeeded);
    world.pass(15);
    assert_eq!(pay(&world, world.request()), Resume::Gone);
}

#[test]
fn a_workflow_whose_history_cannot_be_read_is_gone_once_it_has_ended() {
    let world = told_and_died(Choice::Approve);
    let elsewhere = "arn:aws:states:eu-west-1:123456789012:execution:release:forgotten".to_owned();
    let workflow = Workflow { execution: Some(elsewhere), ..world.request().workflow };
    world.memory.put_request(Request { workflow, ..world.request() });
    world.pass(15);
    assert_eq!(pay(&world, world.request()), Resume::Gone);
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
    for call in [Call::ReadRequest, Call::Describe, Call::WasTold] {
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
    for call in [Call::Describe, Call::WasTold] {
        world.memory.inject(call, Fault::BeforeEffect);
        assert_eq!(pay(&world, world.request()), Resume::Owed, "{call:?}");
        assert_eq!(world.request().resume, Resume::Owed, "{call:?}");
    }
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
fn an_answer_that_can_never_be_taken_stays_owed_until_its_workflow_ends() {
    let world = owing();
    let mut broken = world.request();
    broken.task_token = crate::domain::samples::task_token("never-waited");
    world.memory.put_request(broken.clone());
    assert_eq!(pay(&world, broken), Resume::Owed);
    assert_eq!(world.memory.calls(), [Call::Answer, Call::ReadRequest], "a fresh one is left alone");
    world.pass(15);
    assert_eq!(pay(&world, world.request()), Resume::Owed, "its workflow runs");
    world.memory.end_workflow(EXECUTION);
    assert_eq!(pay(&world, world.request()), Resume::Gone, "and its end is the end of the debt");
}

#[test]
fn a_delivery_that_could_not_be_noted_is_only_told_as_far_as_it_is_stored() {
    let world = owing();
    world.memory.inject(Call::Keep, Fault::BeforeEffect);
    assert_eq!(
        pay(&world, world.request()),
        Resume::Owed,
        "or a later write would store it without its event"
    );
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
