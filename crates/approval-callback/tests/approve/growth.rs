//! What a page and a decision cost as the table, the level and the change log grow: the same calls, and bytes that follow
//! the request itself.

use common::adapters::memory::Call;
use common::domain::{Facts, Request, RequestId};

use crate::world::{World, person, request};

const DECISION: [Call; 4] = [Call::ReadRequest, Call::RecordVote, Call::Answer, Call::Keep];

/// The calls of a page and of a decision, and the bytes of the decided record.
async fn cost(world: &World) -> (Vec<Call>, Vec<Call>, usize) {
    world.memory.forget_calls();
    assert_eq!(world.get(&crate::world::link("ana"), "approve").await.status, 200);
    let page = world.memory.calls();
    world.memory.forget_calls();
    assert_eq!(world.vote("ana", "approve").await.status, 200);
    (page, world.memory.calls(), bytes(&world.stored()))
}

fn bytes(request: &Request) -> usize {
    serde_json::to_vec(request).unwrap().len()
}

/// A table in which so many requests are closed already.
async fn with_closed(count: usize) -> World {
    let world = World::new();
    world.vote("ana", "approve").await;
    let closed = world.stored();
    let other = World::new();
    for number in 0..count {
        let id = RequestId::parse(&format!("closed-{number}")).unwrap();
        other.memory.put_request(Request { id, ..closed.clone() });
    }
    other
}

#[tokio::test]
async fn a_decision_costs_the_same_however_many_requests_are_closed() {
    let few = cost(&with_closed(10).await).await;
    assert_eq!((&few.0[..], &few.1[..]), (&[Call::ReadRequest][..], &DECISION[..]));
    for count in [1_000, 100_000] {
        assert_eq!(cost(&with_closed(count).await).await, few, "{count} closed requests");
    }
}

#[tokio::test]
async fn approvers_add_bytes_and_no_calls() {
    let mut sizes = Vec::new();
    for count in [1, 10, 50] {
        let names: Vec<_> =
            std::iter::once("ana".to_owned()).chain((1..count).map(|n| format!("p{n}"))).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let (page, decision, size) = cost(&World::with(request(&names, 1))).await;
        assert_eq!(
            (&page[..], &decision[..]),
            (&[Call::ReadRequest][..], &DECISION[..]),
            "{count} approvers"
        );
        println!("{count:>3} approvers: {size} bytes");
        sizes.push(size);
    }
    let each = (sizes[2] - sizes[1]) / 40;
    assert!(each <= 2 * person("p10").as_str().len() + 40, "{each} bytes for each approver");
    assert!(sizes[0] < 4 * 1_024, "the price of an approval counts on 4 KB: {}", sizes[0]);
}

#[tokio::test]
async fn the_largest_change_log_adds_its_own_bytes_and_no_calls() {
    let with_log = |length: usize| {
        let mut request = request(&["ana"], 1);
        if let Facts::Deployment(facts) = &mut request.facts {
            facts.change_log = Some("x".repeat(length));
        }
        request
    };
    let (small, large) = (with_log(1), with_log(20_000));
    let (small, large) = (cost(&World::with(small)).await, cost(&World::with(large)).await);
    assert_eq!((&small.0, &small.1), (&large.0, &large.1));
    assert_eq!(large.2 - small.2, 19_999);
}
