//! Taking a request back, beside votes and other withdrawals.

use super::world::{EXECUTION, World, now};
use crate::domain::{Choice, Command, Refusal, Request, RequestId, Resume, Status};
use crate::usecase::keep::keep;
use crate::usecase::take_back::{TakeBackError, take_back};

fn taken_back(world: &World, id: &RequestId) -> Result<Request, TakeBackError> {
    now(take_back(&world.memory, &world.memory, &world.memory, id, "wrong version"))
}

#[test]
fn a_request_is_taken_back_once_and_its_workflow_told() {
    let world = World::new();
    world.asked();
    let id = world.request().id;
    for _ in 0..2 {
        let request = taken_back(&world, &id).unwrap();
        assert_eq!((request.status, request.resume), (Status::Withdrawn, Resume::Done));
    }
    assert_eq!(world.was_approved("first"), Some(false));
}

#[test]
fn a_vote_that_came_first_wins() {
    let world = World::new();
    world.asked();
    let approved = world.vote("ana", Choice::Approve).unwrap();
    let Err(TakeBackError::Refused { refusal, request }) = taken_back(&world, &approved.id) else {
        panic!("it is approved")
    };
    assert_eq!((Some(refusal), request.status), (Refusal::of_status(Status::Approved), Status::Approved));
    let unknown = RequestId::parse("nobody-s").unwrap();
    assert!(matches!(taken_back(&world, &unknown), Err(TakeBackError::NotFound)));
}

/// Nobody else had a reason to tell the workflow, so there is nobody to wait for.
#[test]
fn whoever_takes_back_learns_at_once_that_the_workflow_has_ended() {
    let world = World::new();
    world.asked();
    world.memory.end_workflow(EXECUTION);
    assert_eq!(taken_back(&world, &world.request().id).unwrap().resume, Resume::Gone);
}

#[test]
fn whoever_comes_second_leaves_the_first_time_to_note_what_was_told() {
    let world = World::new();
    world.asked();
    let first = [Command::TakeBack { reason: "wrong version".to_owned() }];
    let owed = now(keep(&world.memory, &world.memory, world.request(), &first)).unwrap();
    world.memory.end_workflow(EXECUTION);
    assert_eq!(taken_back(&world, &owed.id).unwrap().resume, Resume::Owed);
}
