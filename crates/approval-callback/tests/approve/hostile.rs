//! What attackers and broken clients send, and the headers that every answer carries.

use common::domain::Status;
use serde_json::json;

use crate::world::{World, event, form, link};

#[tokio::test]
async fn a_repeated_token_or_action_is_400() {
    let world = World::new();
    let (ana, bob) = (&*link("ana"), &*link("bob"));
    for query in [
        &[("token", ana), ("token", bob), ("action", "approve")][..],
        &[("token", ana), ("token", ana), ("action", "approve")],
        &[("token", ana), ("action", "approve"), ("action", "reject")],
    ] {
        assert_eq!(world.send(event("GET", &[], query, "")).await.status, 400);
    }
    for repeated in ["token", "action", "phrase", "reason"] {
        let body = format!("{}&{repeated}=x&{repeated}=x", form(ana, "approve"));
        assert_eq!(world.post(&body).await.status, 400, "{repeated}");
    }
    assert_eq!(world.stored().status, Status::Pending);
}

#[tokio::test]
async fn a_post_reads_token_and_action_from_its_body_only() {
    let world = World::new();
    let query = [("token", &*link("ana")), ("action", "approve")];
    assert_eq!(world.send(event("POST", &[], &query, "phrase=production")).await.status, 400);
    assert_eq!(world.stored().status, Status::Pending);
    let misled = [("token", "x"), ("token", "y"), ("action", "reject")];
    let body = form(&link("ana"), "approve");
    assert_eq!(world.send(event("POST", &[], &misled, &body)).await.status, 200);
    assert_eq!(world.stored().status, Status::Approved);
}

#[tokio::test]
async fn a_reason_that_is_no_text_is_400_and_not_recorded_otherwise() {
    let world = World::new();
    let body = format!("token={}&action=reject&phrase=production&reason=%ff%fe", link("ana"));
    assert_eq!(world.post(&body).await.status, 400);
    assert_eq!(world.stored().status, Status::Pending);
}

#[tokio::test]
async fn what_is_no_request_at_all_is_400() {
    let world = World::new();
    for event in [
        json!(null),
        json!({}),
        json!([]),
        json!("GET"),
        json!({"httpMethod": "GET"}),
        json!({"httpMethod": 1}),
    ] {
        assert_eq!(world.send(event).await.status, 400);
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let world = World::new();
    let (ana, nobody) = (link("ana"), link("nobody"));
    let large = "x".repeat(70_000);
    let answers = [
        event("GET", &[], &[("token", &ana), ("action", "approve")], ""),
        event("HEAD", &[], &[("token", &ana), ("action", "approve")], ""),
        event("GET", &[], &[], ""),
        event("GET", &[], &[("token", &nobody), ("action", "approve")], ""),
        event("POST", &[], &[], &form(&link("eve"), "approve")),
        event("DELETE", &[], &[], ""),
        event("POST", &[], &[], &large),
        event("POST", &[], &[], &format!("token={ana}&action=approve")),
        event("POST", &[], &[], &form(&ana, "approve")),
        event("POST", &[], &[], &form(&ana, "reject")),
        event("POST", &[("Sec-Fetch-Site", "cross-site")], &[], &form(&ana, "approve")),
        json!(null),
    ];
    let mut statuses = Vec::new();
    for asked in answers {
        for accept in ["text/html", "application/json"] {
            let mut asked = asked.clone();
            if let Some(headers) = asked["multiValueHeaders"].as_object_mut() {
                headers.insert("Accept".into(), json!([accept]));
            }
            let answer = world.send(asked).await;
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
            for rule in ["form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
                assert!(policy.contains(rule), "{policy}");
            }
            assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
            assert_eq!(answer.header("referrer-policy"), "no-referrer");
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert_eq!(answer.header("x-frame-options"), "DENY");
            assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
            assert!(answer.header("content-type").ends_with("; charset=utf-8"));
            assert!(!answer.response.headers.contains_key("access-control-allow-origin"));
            statuses.push(answer.status);
        }
    }
    statuses.sort_unstable();
    statuses.dedup();
    assert_eq!(statuses, [200, 400, 403, 404, 405, 409, 413, 422]);
}
