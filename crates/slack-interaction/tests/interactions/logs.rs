//! What stands in the log about requests that were refused, and what never does.

use serde_json::json;

use crate::log::Log;
use crate::world::{NOW, SECRET, World, event, signed};

#[tokio::test]
async fn every_cause_has_its_name_in_one_warning_and_one_metric() {
    let mut get = signed(SECRET, NOW, "payload=x");
    get["httpMethod"] = json!("GET");
    for (world, asked, refusal) in [
        (World::without_slack(), signed(SECRET, NOW, ""), "slack_off"),
        (World::new(), event(&[], &[], ""), "signature_missing"),
        (World::new(), event(&["1", "2"], &["v0="], ""), "signature_repeated"),
        (World::new(), event(&["now"], &["v0="], ""), "signature_malformed"),
        (World::new(), signed(SECRET, NOW - 301, ""), "signature_too_old"),
        (World::new(), signed(SECRET, NOW + 301, ""), "signature_from_the_future"),
        (World::new(), signed("other", NOW, ""), "signature_mismatch"),
        (World::new(), signed(SECRET, NOW, ""), "no_payload"),
        (World::new(), get, "method_not_allowed"),
    ] {
        let log = Log::capture();
        world.send(asked).await;
        let [line] = &log.with_message("attempt refused")[..] else { panic!("{refusal}: {}", log.text()) };
        assert_eq!((&line["level"], &line["refusal"]), (&json!("WARN"), &json!(refusal)));
        assert_eq!(log.with_message("RefusedAttempts").len(), 1);
    }
}

#[tokio::test]
async fn no_line_holds_the_body_the_secret_or_a_signature() {
    let log = Log::capture();
    let world = World::new();
    let payload = r#"{"type":"block_actions","user":{"id":"U0PRIVATE"},"actions":[],"text":"private words"}"#;
    world.receive(payload).await;
    world.receive(r#"{"type":"block_actions","user":"private words"}"#).await;
    world.send(signed("other", NOW, "payload=private+words")).await;
    let text = log.text();
    assert!(text.contains("interaction answered") && text.contains("attempt refused"));
    for forbidden in ["U0PRIVATE", "private", SECRET, "v0=", "payload="] {
        assert!(!text.contains(forbidden), "{forbidden}: {text}");
    }
}
