//! An outage longer than the stream keeps its changes: the schedule alone makes everything good, within its rate.

use jiff::SignedDuration;

use super::world::{EXECUTION, World, now};
use crate::adapters::memory::{Call, Fault, until_death};
use crate::domain::samples::task_token;
use crate::domain::{Choice, Request, RequestId, Resume, Status, Workflow};
use crate::ports::Ending;
use crate::usecase::sweep::{DEBTS, LOOKS, PENDING};

/// Longer than the 24 hours for which the stream keeps a change.
const OUTAGE: SignedDuration = SignedDuration::from_hours(26);

/// A request as it was when its voter's process died, or before anybody voted.
fn left(choice: Option<Choice>) -> (World, Request) {
    let world = World::new();
    world.asked();
    if let Some(choice) = choice {
        world.memory.inject(Call::Answer, Fault::DeathBefore);
        assert!(until_death(world.vote_with(&world.links("ana")[0], choice)).is_none());
    }
    let request = world.request();
    (world, request)
}

/// So many copies of a request, each in a workflow of its own, whose task waits.
fn put(world: &World, request: &Request, start: &str, count: usize) -> Vec<RequestId> {
    let one = |number| {
        let id = RequestId::parse(&format!("{start}-{number:03}")).unwrap();
        let execution = format!("{EXECUTION}-{start}-{number}");
        let task_token = task_token(&format!("{start}-{number}"));
        world.memory.wait(&execution, &task_token);
        let workflow = Workflow { execution: Some(execution), ..request.workflow.clone() };
        world.memory.put_request(Request { id: id.clone(), workflow, task_token, ..request.clone() });
        id
    };
    (0..count).map(one).collect()
}

#[test]
fn what_an_outage_of_26_hours_left_is_made_good_by_the_schedule_alone() {
    let (world, approved) = left(Some(Choice::Approve));
    let (_, rejected) = left(Some(Choice::Reject));
    let (_, pending) = left(None);
    let memory = &world.memory;
    let waiting =
        [put(&world, &approved, "approved", 2 * DEBTS), put(&world, &rejected, "rejected", DEBTS)].concat();
    let stopped = put(&world, &approved, "stopped", DEBTS);
    let open = put(&world, &pending, "open", 2 * PENDING);
    memory.advance(OUTAGE);
    for id in stopped.iter().chain(&open) {
        let execution = memory.stored_request(id).unwrap().workflow.execution.unwrap();
        memory.end_workflow_as(&execution, Ending::Stopped);
    }

    let mut runs = 0;
    while waiting.iter().any(|id| memory.stored_request(id).unwrap().resume != Resume::Done)
        || stopped.iter().any(|id| memory.stored_request(id).unwrap().resume != Resume::Gone)
        || open.iter().any(|id| memory.stored_request(id).unwrap().status != Status::Withdrawn)
    {
        memory.advance(SignedDuration::from_mins(1));
        memory.forget_calls();
        now(world.sweep()).unwrap();
        assert!(memory.count(Call::Describe) <= LOOKS, "far below the quota, however much is left");
        assert!(memory.count(Call::WasTold) <= DEBTS);
        runs += 1;
        assert!(runs <= 30, "the schedule alone must come to an end");
    }
    for id in &waiting {
        let request = memory.stored_request(id).unwrap();
        let answer = memory.answer_to(&request.task_token);
        let is_success = matches!(answer, Some(crate::ports::Answer::Success { .. }));
        assert_eq!(is_success, request.status == Status::Approved, "{id}");
    }
}

/// Every look that a run can make, made: each debt needs one, and so does each pending request.
#[test]
fn a_run_asks_step_functions_no_more_often_than_its_rate_says() {
    let (world, approved) = left(Some(Choice::Approve));
    let (_, pending) = left(None);
    let memory = &world.memory;
    let owing = put(&world, &approved, "owing", 3 * DEBTS);
    put(&world, &pending, "open", 3 * PENDING);
    for id in &owing {
        memory.end_wait(&memory.stored_request(id).unwrap().task_token);
    }
    memory.advance(SignedDuration::from_mins(2));
    memory.forget_calls();
    assert_eq!(now(world.sweep()).unwrap().seen, LOOKS);
    assert_eq!((memory.count(Call::Describe), memory.count(Call::WasTold)), (LOOKS, DEBTS));
    assert_eq!(memory.count(Call::Answer), DEBTS);
}
