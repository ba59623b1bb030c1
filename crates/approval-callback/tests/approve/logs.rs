//! What stands in the log: one line per attempt, a metric with it, and nothing that must not be there.

use common::adapters::memory::{Call, Fault};
use serde_json::Value;

use crate::log::Log;
use crate::world::{EXECUTION, TASK_TOKEN, World, event, form, link, request};

#[tokio::test]
async fn every_refused_attempt_leaves_one_warning_and_one_metric() {
    let (ana, eve, nobody) = (link("ana"), link("eve"), link("nobody"));
    for (asked, refusal) in [
        (event("POST", &[], &[], &form(&eve, "approve")), "not_an_approver"),
        (event("POST", &[], &[], &format!("token={ana}&action=approve")), "phrase_missing"),
        (event("POST", &[("Sec-Fetch-Site", "cross-site")], &[], &form(&ana, "approve")), "cross_site"),
        (event("GET", &[], &[("token", &nobody), ("action", "approve")], ""), "not_found"),
        (event("GET", &[], &[], ""), "bad_link"),
        (event("DELETE", &[], &[], ""), "method_not_allowed"),
        (Value::Null, "bad_link"),
    ] {
        let log = Log::capture();
        World::new().send(asked).await;
        let [line] = &log.with_message("attempt refused")[..] else { panic!("{refusal}: {}", log.text()) };
        assert_eq!((&line["level"], &line["refusal"]), (&"WARN".into(), &refusal.into()));
        let [metric] = &log.with_message("RefusedAttempts")[..] else { panic!("{refusal}: {}", log.text()) };
        let emf: Value = serde_json::from_str(metric["emf"].as_str().unwrap()).unwrap();
        assert_eq!((&emf["RefusedAttempts"], &emf["refusal"]), (&1.into(), &refusal.into()));
    }
}

#[tokio::test]
async fn a_link_that_is_not_enough_is_a_refused_attempt_only_when_it_votes() {
    let mut strict = request(&["ana"], 1);
    strict.level.strength = common::domain::Strength::Slack;
    let log = Log::capture();
    let world = World::with(strict);
    world.get(&link("ana"), "approve").await;
    assert_eq!(log.with_message("attempt refused").len(), 0, "looking is no attempt");
    world.vote("ana", "approve").await;
    let [line] = &log.with_message("attempt refused")[..] else { panic!("{}", log.text()) };
    assert_eq!((&line["level"], &line["refusal"]), (&"WARN".into(), &"link_not_enough".into()));
    assert_eq!(log.with_message("RefusedAttempts").len(), 1);
}

#[tokio::test]
async fn a_line_about_a_known_request_names_it_and_masks_the_person() {
    let log = Log::capture();
    World::new().post(&form(&link("eve"), "approve")).await;
    let line = &log.with_message("attempt refused")[0];
    assert_eq!(line["approval.id"], "7d1f0c2e4b6a48959aa3c1e05f2b8d76-1");
    assert_eq!(line["approver.hash"], common::telemetry::masked("eve@example.com"));
}

#[tokio::test]
async fn a_recorded_vote_is_told_once_and_its_repetition_is_not() {
    let log = Log::capture();
    let world = World::new();
    world.vote("ana", "approve").await;
    world.vote("ana", "approve").await;
    let [line] = &log.with_message("vote recorded")[..] else { panic!("{}", log.text()) };
    assert_eq!((&line["level"], &line["choice"]), (&"INFO".into(), &"approve".into()));
    assert_eq!(log.with_message("RecordedVotes").len(), 1);
}

#[tokio::test]
async fn a_vote_that_comes_too_late_for_its_workflow_is_recorded_all_the_same() {
    let log = Log::capture();
    let world = World::new();
    world.memory.end_workflow(EXECUTION);
    assert_eq!(world.vote("ana", "approve").await.status, 410);
    assert_eq!(log.with_message("vote recorded").len(), 1);
    assert_eq!(log.with_message("attempt refused")[0]["refusal"], "workflow_gone");
}

#[tokio::test]
async fn opening_a_closed_request_is_no_refused_attempt() {
    let log = Log::capture();
    let world = World::with(request(&["ana", "bob"], 1));
    world.vote("ana", "approve").await;
    assert_eq!(world.get(&link("bob"), "approve").await.status, 409);
    assert!(log.with_message("attempt refused").is_empty());
    let shown = log.with_message("page shown");
    let [.., line] = &shown[..] else { panic!("{}", log.text()) };
    assert_eq!((&line["http.method"], &line["http.status"]), (&"GET".into(), &409.into()));
}

#[tokio::test]
async fn a_storage_failure_is_an_error_with_its_operation() {
    let log = Log::capture();
    let world = World::new();
    world.memory.inject(Call::RecordVote, Fault::AfterEffect);
    world.vote("ana", "approve").await;
    let errors: Vec<_> = log.lines().into_iter().filter(|line| line["level"] == "ERROR").collect();
    let [line] = &errors[..] else { panic!("{}", log.text()) };
    assert!(line["error"].as_str().unwrap().starts_with("storage failed to record a vote"));
    assert_eq!(log.with_message("StorageFailures").len(), 1);
}

#[tokio::test]
async fn no_line_at_any_level_holds_a_secret_an_address_or_a_persons_words() {
    let log = Log::capture();
    for action in ["approve", "reject"] {
        for name in ["ana", "eve", "dev", "nobody"] {
            let world = World::new();
            world.get(&link(name), action).await;
            let words = format!("token={}&action={action}&phrase=typed+words&reason=typed+words", link(name));
            world.post(&words).await;
            world.vote(name, action).await;
            world.memory.inject(Call::ReadRequest, Fault::AfterEffect);
            world.vote(name, action).await;
        }
    }
    let text = log.text();
    assert!(text.contains("vote recorded") && text.contains("attempt refused"));
    for forbidden in ["@example.com", TASK_TOKEN, "typed words", "freeze until", "token=", "/approve"] {
        assert!(!text.contains(forbidden), "{forbidden}: {text}");
    }
    for name in ["ana", "eve", "dev", "nobody"] {
        assert!(!text.contains(&link(name)[50..]));
    }
}
