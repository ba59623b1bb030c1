//! A machine that opens a link decides nothing.

use common::adapters::memory::Call;
use common::domain::{Command, Request};

use crate::world::{World, after, event, link, request};

/// Every state in which a link can be opened.
fn states() -> Vec<Request> {
    let pending = request(&["ana", "bob"], 1);
    vec![pending.clone(), after(&pending, Command::Expire)]
}

#[tokio::test]
async fn case_01_head_on_a_link_is_empty_and_leaves_no_trace() {
    for state in states() {
        let world = World::with(state.clone());
        for action in ["approve", "reject"] {
            let query = [("token", &*link("ana")), ("action", action)];
            let answer = world.send(event("HEAD", &[], &query, "")).await;
            assert_eq!(answer.body, None);
        }
        assert_eq!((world.writes(), world.stored()), (0, state), "nobody is noted as having looked");
    }
}

#[tokio::test]
async fn case_02_a_link_opened_fifty_times_by_get_and_head_is_still_undecided() {
    for state in states() {
        let world = World::with(state.clone());
        for round in 0..50 {
            let method = if round % 2 == 0 { "GET" } else { "HEAD" };
            for action in ["approve", "reject"] {
                world.send(event(method, &[], &[("token", &link("ana")), ("action", action)], "")).await;
            }
        }
        assert_eq!(world.writes(), 0);
        assert_eq!(world.stored(), state);
        assert_eq!(world.memory.count(Call::ReadRequest), 100, "one read each");
        assert_eq!(world.memory.calls().len(), 100, "and nothing else");
    }
}

#[tokio::test]
async fn case_03_a_scanner_that_submits_the_form_as_it_stands_decides_nothing() {
    let world = World::new();
    for action in ["approve", "reject"] {
        let body = format!("token={}&action={action}&phrase=&reason=", link("ana"));
        assert_eq!(world.post(&body).await.status, 422);
    }
    assert_eq!(world.writes(), 0);
}

#[tokio::test]
async fn a_scanner_that_fills_every_field_with_the_same_words_decides_nothing() {
    let world = World::new();
    for text in ["test", "approve", "yes", "ana@example.com", "1"] {
        let body = format!("token={}&action=approve&phrase={text}&reason={text}", link("ana"));
        assert_eq!(world.post(&body).await.status, 422, "{text}");
    }
    assert_eq!(world.writes(), 0);
}

#[tokio::test]
async fn a_decision_costs_one_read_one_vote_one_answer_and_one_mark() {
    let world = World::new();
    world.vote("ana", "approve").await;
    assert_eq!(world.memory.calls(), [Call::ReadRequest, Call::RecordVote, Call::Answer, Call::Keep]);
}
