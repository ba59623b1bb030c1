//! A failure at each call to the outside: never a false success, never a lost decision.

use common::adapters::memory::{Call, Fault, until_death};
use common::domain::{Resume, Status};

use crate::world::{World, event, link};

#[tokio::test]
async fn storage_that_cannot_be_read_is_503_on_every_path() {
    for fault in [Fault::BeforeEffect, Fault::AfterEffect] {
        for token in [link("ana"), link("nobody"), "abcd".to_owned()] {
            let world = World::new();
            world.memory.inject(Call::ReadRequest, fault);
            assert_eq!(world.get(&token, "approve").await.status, 503);
            world.memory.inject(Call::ReadRequest, fault);
            let body = crate::world::form(&token, "approve");
            assert_eq!(world.post(&body).await.status, 503);
            assert_eq!(world.stored().status, Status::Pending);
        }
    }
}

#[tokio::test]
async fn case_44_a_vote_that_was_not_stored_is_503_and_a_second_try_records_it() {
    let world = World::new();
    world.memory.inject(Call::RecordVote, Fault::BeforeEffect);
    assert_eq!(world.vote("ana", "approve").await.status, 503);
    assert_eq!(world.stored().status, Status::Pending);
    assert_eq!(world.vote("ana", "approve").await.status, 200);
    assert_eq!(world.stored().resume, Resume::Done);
}

#[tokio::test]
async fn a_vote_whose_reply_was_lost_is_never_lost_itself() {
    let world = World::new();
    world.memory.inject(Call::RecordVote, Fault::AfterEffect);
    assert_eq!(world.vote("ana", "approve").await.status, 503, "nothing is confirmed that is not known");
    assert_eq!(world.stored().resume, Resume::Owed);
    assert_eq!(world.vote("ana", "approve").await.status, 200);
    let stored = world.stored();
    assert_eq!((stored.votes.len(), stored.resume), (1, Resume::Done));
}

#[tokio::test]
async fn a_workflow_that_cannot_be_told_now_leaves_a_debt_and_a_true_page() {
    for fault in [Fault::BeforeEffect, Fault::AfterEffect] {
        let world = World::new();
        world.memory.inject(Call::Answer, fault);
        assert_eq!(world.vote("ana", "approve").await.status, 200);
        let stored = world.stored();
        assert_eq!((stored.status, stored.resume), (Status::Approved, Resume::Owed));
    }
}

#[tokio::test]
async fn a_mark_that_cannot_be_made_takes_nothing_back() {
    for fault in [Fault::BeforeEffect, Fault::AfterEffect] {
        let world = World::new();
        world.memory.inject(Call::Keep, fault);
        assert_eq!(world.vote("ana", "approve").await.status, 200);
        let stored = world.stored();
        assert_eq!(stored.status, Status::Approved);
        assert!(world.memory.answer_to(&stored.task_token).is_some());
    }
}

#[tokio::test]
async fn dying_at_any_call_and_trying_again_ends_in_the_same_decision() {
    for call in [Call::ReadRequest, Call::RecordVote, Call::Answer, Call::Keep] {
        for fault in [Fault::DeathBefore, Fault::DeathAfter] {
            let world = World::new();
            world.memory.inject(call, fault);
            assert!(until_death(world.vote("ana", "approve")).is_none(), "{call:?} {fault:?}");
            assert_eq!(world.vote("ana", "approve").await.status, 200, "{call:?} {fault:?}");
            let stored = world.stored();
            assert_eq!((stored.status, stored.votes.len()), (Status::Approved, 1), "{call:?} {fault:?}");
            assert!(world.memory.answer_to(&stored.task_token).is_some(), "{call:?} {fault:?}");
        }
    }
}

#[tokio::test]
async fn storage_failures_say_nothing_of_the_inside() {
    let world = World::new();
    world.memory.inject(Call::ReadRequest, Fault::BeforeEffect);
    let headers = [("Accept", "application/json")];
    let query = [("token", &*link("ana")), ("action", "approve")];
    let answer = world.send(event("GET", &headers, &query, "")).await;
    assert_eq!(answer.text(), r#"{"schema":1,"status":"error","refusal":"unavailable"}"#);
}
