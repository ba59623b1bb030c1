//! Calls that go wrong on request.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::run::{DEPLOYMENTS, Run};

async fn post(run: &Run) -> crate::wire::Reply {
    run.call_reply("chat.postMessage", json!({"channel": DEPLOYMENTS, "text": "hi"})).await
}

async fn fault(run: &Run, body: Value) {
    run.control("faults", body).await;
}

#[tokio::test]
async fn each_kind_fails_in_its_own_way() {
    let run = Run::start().await;
    fault(
        &run,
        json!({"method": "chat.postMessage", "kind": "ok_false", "error": "fatal_error", "times": 2}),
    )
    .await;
    for _ in 0..2 {
        assert_eq!(post(&run).await.json(), json!({"ok": false, "error": "fatal_error"}));
    }
    fault(&run, json!({"method": "chat.postMessage", "kind": "status", "status": 503})).await;
    let reply = post(&run).await;
    assert_eq!((reply.status, reply.body.as_str()), (503, ""));
    fault(&run, json!({"method": "chat.postMessage", "kind": "html"})).await;
    let reply = post(&run).await;
    assert_eq!(
        (reply.status, &reply.headers["content-type"]),
        (502, &"text/html; charset=utf-8".parse().unwrap())
    );
    fault(&run, json!({"method": "*", "kind": "rate_limited", "retry_after": 30})).await;
    let reply = post(&run).await;
    assert_eq!((reply.status, &reply.headers["retry-after"]), (429, &"30".parse().unwrap()));
    assert!(run.messages().await.is_empty());
    fault(&run, json!({"kind": "hang", "seconds": 1})).await;
    let started = Instant::now();
    assert_eq!(post(&run).await.json()["ok"], true);
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(run.messages().await.len(), 1);
}

#[tokio::test]
async fn a_lost_answer_leaves_its_effect() {
    let run = Run::start().await;
    for kind in ["ok_false", "status", "html", "rate_limited"] {
        fault(&run, json!({"kind": kind, "effect": true})).await;
        let reply = post(&run).await;
        assert!(!reply.body.contains(r#""ok":true"#), "{kind}: {reply:?}");
    }
    assert_eq!(run.messages().await.len(), 4);
}

#[tokio::test]
async fn faults_meet_only_what_they_are_for_and_can_be_taken_back() {
    let run = Run::start().await;
    fault(&run, json!({"method": "chat.update", "kind": "status"})).await;
    fault(&run, json!({"method": "chat.postMessage", "kind": "status", "matching": "another request"})).await;
    assert_eq!(post(&run).await.status, 200);
    fault(&run, json!({"kind": "status", "times": 9})).await;
    assert_eq!(post(&run).await.status, 503);
    assert_eq!(run.control_reply("DELETE", "faults", json!({})).await.status, 200);
    assert_eq!(post(&run).await.status, 200);
}

#[tokio::test]
async fn a_command_that_says_too_little_is_refused() {
    let run = Run::start().await;
    let refused = async |command: &str, body: Value| {
        let reply = run.control_reply("POST", command, body).await;
        (reply.status, reply.json()["error"].as_str().unwrap().to_owned())
    };
    let missing = |name: &str| (400, format!("{name} is missing or of another type"));
    assert_eq!(refused("faults", json!({})).await, missing("kind"));
    assert_eq!(refused("faults", json!({"kind": "x"})).await, (400, "kind has no such value".to_owned()));
    assert_eq!(refused("click", json!({"user": "U0ANA"})).await, missing("channel"));
    assert_eq!(refused("rate-limit", json!({})).await, missing("on"));
    assert_eq!(refused("users", json!([])).await, (400, "the body is not a JSON object".to_owned()));
    assert_eq!(refused("explode", json!({})).await.0, 404);
}
