//! The JSON answers: the same truth as the pages, and no secret.

use common::domain::Command;
use common::domain::Resume;
use serde_json::{Value, json};

use crate::world::{EXECUTION, TASK_TOKEN, World, after, event, form, link, request};

const JSON: [(&str, &str); 1] = [("Accept", "application/json")];

async fn get(world: &World, name: &str) -> Value {
    let answer = world.send(event("GET", &JSON, &[("token", &link(name)), ("action", "approve")], "")).await;
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    answer.json()
}

#[tokio::test]
async fn a_pending_request_is_shown_whole() {
    let world = World::with(request(&["ana", "bob"], 2));
    let answer = get(&world, "ana").await;
    let fingerprint = world.stored().fingerprint;
    assert_eq!(
        answer,
        json!({
            "schema": 1,
            "status": "pending",
            "request": {
                "id": "7d1f0c2e4b6a48959aa3c1e05f2b8d76-1",
                "status": "pending",
                "resume": "none",
                "title": "checkout 2.4.1 to production",
                "facts": [
                    {"label": "Service", "value": "checkout"},
                    {"label": "Version", "value": "2.4.1"},
                    {"label": "Environment", "value": "production"},
                ],
                "details": "- faster carts",
                "fingerprint": fingerprint.as_str(),
                "requestedBy": "dev@example.com",
                "level": {"name": "approval", "number": 1, "count": 1},
                "openedAt": "2026-01-05T09:00:00Z",
                "deadline": "2026-01-06T09:00:00Z",
                "phraseHint": "production",
                "votes": [],
                "outstanding": ["ana@example.com", "bob@example.com"],
                "workflow": {"name": "run-1", "execution": EXECUTION},
            },
        })
    );
}

#[tokio::test]
async fn a_decision_is_shown_with_the_vote_that_made_it() {
    let world = World::new();
    let answer = world.send(event("POST", &JSON, &[], &form(&link("ana"), "reject"))).await.json();
    assert_eq!(answer["status"], "rejected");
    assert_eq!(answer.get("refusal"), None);
    let request = &answer["request"];
    assert_eq!(request["resume"], "done");
    assert_eq!(request.get("phraseHint"), None);
    assert_eq!(
        request["votes"],
        json!([{
            "approver": "ana@example.com",
            "role": "approver",
            "choice": "reject",
            "reason": "freeze until Monday",
            "channel": "email",
            "strength": "link",
            "at": "2026-01-05T09:00:00Z",
        }])
    );
    assert_eq!(
        request["decision"],
        json!({
            "status": "rejected",
            "at": "2026-01-05T09:00:00Z",
            "by": "ana@example.com",
            "channel": "email",
            "reason": "freeze until Monday",
        })
    );
}

#[tokio::test]
async fn a_refusal_has_its_name() {
    let world = World::with(after(&request(&["ana"], 1), Command::Expire));
    let answer = get(&world, "ana").await;
    assert_eq!((&answer["status"], &answer["refusal"]), (&json!("expired"), &json!("expired")));
    assert_eq!(answer["request"]["resume"], json!(Resume::None));
}

#[tokio::test]
async fn a_problem_has_its_name_and_no_request() {
    let world = World::new();
    assert_eq!(get(&world, "nobody").await, json!({"schema": 1, "status": "error", "refusal": "not_found"}));
    let bad = world.send(event("GET", &JSON, &[], "")).await.json();
    assert_eq!(bad, json!({"schema": 1, "status": "error", "refusal": "bad_link"}));
}

#[tokio::test]
async fn no_answer_holds_a_secret_that_the_link_did_not_bring() {
    let world = World::with(request(&["ana", "bob"], 2));
    world.vote("bob", "approve").await;
    let hashes: Vec<_> =
        world.stored().links.iter().map(|link| serde_json::to_value(&link.hash).unwrap()).collect();
    for headers in [&JSON[..], &[]] {
        for method in ["GET", "POST"] {
            let query = [("token", &*link("ana")), ("action", "approve")];
            let asked = event(method, headers, &query, &form(&link("ana"), "approve"));
            let text = world.send(asked).await.text().to_owned();
            assert!(!text.contains(TASK_TOKEN) && !text.contains(&link("bob")));
            assert!(hashes.iter().all(|hash| !text.contains(hash.as_str().unwrap())));
        }
    }
    assert!(!get(&world, "ana").await.to_string().contains(&link("ana")), "JSON repeats no link");
}
