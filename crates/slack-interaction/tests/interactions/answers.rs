//! What Slack is answered, whatever it sends.

use serde_json::json;
use slack_interaction::MAX_BODY;

use crate::world::{NOW, SECRET, World, signed};

const CLICK: &str = r#"{"type":"block_actions","user":{"id":"U1"},"actions":[{"action_id":"approve_deployment","value":"a-1"}]}"#;

#[tokio::test]
async fn what_means_nothing_here_is_acknowledged_in_silence() {
    for payload in [r#"{"type":"view_closed"}"#, r#"{"type":"something_new","user":7}"#] {
        let answer = World::new().receive(payload).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    }
}

#[tokio::test]
async fn a_signed_body_without_a_readable_payload_is_400() {
    let world = World::new();
    for payload in ["", "{}", "null", r#"{"type":"block_actions"}"#] {
        assert_eq!(world.receive(payload).await.status, 400, "{payload}");
    }
    for body in ["", "payload", "payload=%ff", "payload=%7B%7D&payload=%7B%7D"] {
        assert_eq!(world.send(signed(SECRET, NOW, body)).await.status, 400, "{body}");
    }
}

#[tokio::test]
async fn other_methods_are_405_before_anything_else() {
    let world = World::new();
    for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"] {
        let mut event = signed(SECRET, NOW, "payload=x");
        event["httpMethod"] = json!(method);
        let answer = world.send(event).await;
        assert_eq!((answer.status, answer.response.headers["allow"].as_bytes()), (405, &b"POST"[..]));
    }
    assert!(world.memory.calls().is_empty());
}

#[tokio::test]
async fn a_body_beyond_any_click_is_413_without_being_hashed() {
    let world = World::new();
    assert_eq!(world.send(signed(SECRET, NOW, &"x".repeat(MAX_BODY + 1))).await.status, 413);
    assert!(world.memory.calls().is_empty());
    assert_eq!(world.send(signed(SECRET, NOW, &"x".repeat(MAX_BODY))).await.status, 400);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let world = World::new();
    let mut seen = Vec::new();
    for event in [
        signed(SECRET, NOW, &format!("payload={}", urlencoding::encode(CLICK))),
        signed(SECRET, NOW, "payload=x"),
        signed("other", NOW, "payload=x"),
        signed(SECRET, NOW, &"x".repeat(MAX_BODY + 1)),
        json!({"httpMethod": "GET", "requestContext": {"httpMethod": "GET"}}),
        json!(null),
    ] {
        let answer = world.send(event).await;
        let header = |name: &str| answer.response.headers[name].to_str().unwrap().to_owned();
        assert_eq!(
            header("content-security-policy"),
            "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("content-type"), "application/json; charset=utf-8");
        seen.push(answer.status);
    }
    assert_eq!(seen, [200, 400, 401, 413, 405, 400]);
}
