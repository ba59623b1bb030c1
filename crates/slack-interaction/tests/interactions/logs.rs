//! What stands in the log about requests that were refused, and what never does.

use serde_json::json;

use crate::log::Log;
use crate::world::{NOW, SECRET, TASK_TOKEN, World, approve, event, modal, signed};

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
        let forged = usize::from(refusal.starts_with("signature_"));
        assert_eq!(log.with_message("SignatureFailures").len(), forged, "{refusal}");
    }
}

#[tokio::test]
async fn every_refused_interaction_leaves_one_warning_with_its_name() {
    let mut other_app = approve("U0ANA");
    other_app["api_app_id"] = json!("A0OTHER");
    let mut other_workspace = approve("U0ANA");
    other_workspace["team"]["id"] = json!("T0OTHER");
    let mut copied = approve("U0ANA");
    copied["container"]["channel_id"] = json!("C0ELSEWHERE");
    copied["channel"] = json!({"id": "C0ELSEWHERE", "name": "random"});
    let mut unknown = approve("U0ANA");
    unknown["actions"][0]["value"] = json!("a-1");
    for (payload, refusal, about) in [
        (approve("U0STRANGER"), "not_an_approver", true),
        (modal("approve", "U0ANA", "phrase", "wrong"), "phrase_wrong", true),
        (modal("reject", "U0ANA", "reason", ""), "reason_missing", true),
        (other_app, "other_app", false),
        (other_workspace, "other_workspace", false),
        (copied, "wrong_message", true),
        (unknown, "not_found", true),
    ] {
        let log = Log::capture();
        World::with_phrase().receive(&payload.to_string()).await;
        let [line] = &log.with_message("attempt refused")[..] else { panic!("{refusal}: {}", log.text()) };
        assert_eq!(
            (&line["refusal"], line["approval.id"].is_string()),
            (&json!(refusal), about),
            "{}",
            log.text()
        );
        assert_eq!(log.with_message("RefusedAttempts").len(), 1);
    }
}

#[tokio::test]
async fn a_vote_leaves_one_line_and_one_metric() {
    let log = Log::capture();
    let world = World::new();
    world.receive(&approve("U0ANA").to_string()).await;
    world.receive(&approve("U0ANA").to_string()).await;
    let [line] = &log.with_message("vote recorded")[..] else { panic!("{}", log.text()) };
    assert_eq!(
        (&line["choice"], &line["channel"], &line["approval.status"]),
        (&json!("approve"), &json!("slack"), &json!("approved"))
    );
    assert_eq!(log.with_message("RecordedVotes").len(), 1);
}

#[tokio::test]
async fn no_line_holds_what_people_wrote_their_accounts_or_a_secret() {
    let log = Log::capture();
    let world = World::with_phrase();
    world.receive(&approve("U0STRANGER").to_string()).await;
    world.receive(&approve("U0ANA").to_string()).await;
    world.receive(&modal("approve", "U0ANA", "phrase", "private words").to_string()).await;
    world.receive(&modal("reject", "U0ANA", "reason", "private words").to_string()).await;
    world.receive(r#"{"type":"block_actions","user":"private words"}"#).await;
    world.send(signed("other", NOW, "payload=private+words")).await;
    let text = log.text();
    assert!(text.contains("interaction answered") && text.contains("vote recorded"), "{text}");
    for forbidden in
        ["U0ANA", "U0STRANGER", "private", "ana@", SECRET, TASK_TOKEN, "v0=", "payload=", "1111.2222.secret"]
    {
        assert!(!text.contains(forbidden), "{forbidden}: {text}");
    }
}
