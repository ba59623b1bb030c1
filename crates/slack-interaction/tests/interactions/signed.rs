//! Who is believed to be Slack.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::adapters::memory::{Call, Fault};
use common::ports::SigningSecret;
use serde_json::json;

use crate::world::{NOW, SECRET, World, event, sign, signed};

/// Malformed on purpose: if anything parsed it before the signature is verified, it would be a 400.
const NO_PAYLOAD: &str = "payload=%7B";

async fn status(world: &World, event: serde_json::Value) -> i64 {
    world.send(event).await.status
}

#[tokio::test]
async fn the_body_is_parsed_only_after_the_signature_matched() {
    let world = World::new();
    assert_eq!(status(&world, signed("other", NOW, NO_PAYLOAD)).await, 401);
    assert_eq!(status(&world, signed(SECRET, NOW, NO_PAYLOAD)).await, 400);
}

#[tokio::test]
async fn a_signature_counts_for_five_minutes_both_ways() {
    let world = World::new();
    let body = "payload=%7B%22type%22%3A%22view_closed%22%7D";
    for (offset, expected) in [(-301, 401), (-300, 200), (0, 200), (300, 200), (301, 401)] {
        assert_eq!(status(&world, signed(SECRET, NOW + offset, body)).await, expected, "{offset}");
    }
}

#[tokio::test]
async fn case_29_a_missing_or_repeated_header_is_401() {
    let world = World::new();
    let time = NOW.to_string();
    let signature = sign(SECRET, &time, b"payload=x");
    for (timestamps, signatures) in [
        (vec![], vec![signature.as_str()]),
        (vec![time.as_str()], vec![]),
        (vec![&time, &time], vec![&*signature]),
        (vec![&time], vec![&*signature, &*signature]),
        (vec![&time], vec!["v0=00", &*signature]),
    ] {
        assert_eq!(status(&world, event(&timestamps, &signatures, "payload=x")).await, 401);
    }
}

#[tokio::test]
async fn case_31_base64_is_verified_over_the_bytes_it_stands_for() {
    let world = World::new();
    let body = "payload=%7B%22type%22%3A%22view_closed%22%7D";
    let mut encoded = signed(SECRET, NOW, body);
    encoded["isBase64Encoded"] = json!(true);
    encoded["body"] = json!(STANDARD.encode(body));
    assert_eq!(status(&world, encoded.clone()).await, 200);
    encoded["isBase64Encoded"] = json!(false);
    assert_eq!(status(&world, encoded).await, 401);
}

#[tokio::test]
async fn case_49_during_a_rotation_the_old_secret_counts_too() {
    let world = World::new();
    let both = ["new", SECRET].map(|secret| SigningSecret::new(secret.to_owned()));
    world.memory.set_signing_secrets(both.into());
    let body = "payload=%7B%22type%22%3A%22view_closed%22%7D";
    for secret in ["new", SECRET] {
        assert_eq!(status(&world, signed(secret, NOW, body)).await, 200);
    }
    assert_eq!(status(&world, signed("older", NOW, body)).await, 401);
}

#[tokio::test]
async fn without_slack_everything_looks_like_a_forgery() {
    let (off, on) = (World::without_slack(), World::new());
    let body = "payload=%7B%22type%22%3A%22view_closed%22%7D";
    let unconfigured = off.send(signed(SECRET, NOW, body)).await;
    let forged = on.send(signed("other", NOW, body)).await;
    assert_eq!((unconfigured.status, &unconfigured.text), (401, &forged.text));
    assert_eq!(unconfigured.response.headers, forged.response.headers);
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_is_503_and_believes_nobody() {
    let world = World::new();
    world.memory.inject(Call::SigningSecrets, Fault::BeforeEffect);
    assert_eq!(status(&world, signed(SECRET, NOW, "payload=x")).await, 503);
}
