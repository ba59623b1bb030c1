//! What a page and a decision cost in outside calls: held here, and printed by the test command.

use common::adapters::memory::Call;

use crate::world::{World, token};

#[tokio::test]
async fn figures() {
    let world = World::new();
    world.get(&token("ana").expose(), "approve").await;
    let page = world.memory.calls();
    println!("GET page:           {}", in_words(&page));
    assert_eq!(page, [Call::ReadRequest]);

    world.memory.forget_calls();
    world.vote("ana", "approve").await;
    let decision = world.memory.calls();
    println!("POST that decides:  {}", in_words(&decision));
    assert_eq!(decision, [Call::ReadRequest, Call::RecordVote, Call::Answer, Call::Keep]);
}

fn in_words(calls: &[Call]) -> String {
    let words: Vec<_> = calls
        .iter()
        .map(|call| match call {
            Call::ReadRequest => "DynamoDB read",
            Call::RecordVote => "conditional DynamoDB write",
            Call::Answer => "SendTask*",
            Call::Keep => "DynamoDB write that marks it done",
            other => panic!("not in the request path: {other:?}"),
        })
        .collect();
    words.join(", ")
}
