//! Modals: the phrase that approves, the reason that rejects.

use common::domain::{Choice, Status};
use serde_json::{Value, json};

use crate::world::{World, click, modal, person};

fn heading(answer: &Value) -> &str {
    assert_eq!(answer["response_action"], "update");
    answer["view"]["blocks"][0]["text"]["text"].as_str().unwrap()
}

#[tokio::test]
async fn the_phrase_approves_in_whatever_case() {
    for phrase in ["production", " Production "] {
        let world = World::with_phrase();
        assert_eq!(world.submit(&modal("approve", "U0ANA", "phrase", phrase)).await, Value::Null);
        assert_eq!(world.votes(), (Status::Approved, vec![(person("ana"), Choice::Approve)]));
    }
}

#[tokio::test]
async fn a_reason_rejects_and_is_kept() {
    let world = World::with_phrase();
    assert_eq!(world.submit(&modal("reject", "U0ANA", "reason", " freeze until Monday ")).await, Value::Null);
    assert_eq!(world.votes(), (Status::Rejected, vec![(person("ana"), Choice::Reject)]));
    assert_eq!(world.request().decision.unwrap().reason.as_deref(), Some("freeze until Monday"));
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_said_at_its_field() {
    let world = World::with_phrase();
    let long = "x".repeat(2_001);
    for (choice, field, text, says) in [
        ("approve", "phrase", "", "Type “production”"),
        ("approve", "phrase", "staging", "What you typed is not “production”"),
        ("approve", "reason", "production", "Type “production”"),
        ("reject", "reason", "  ", "Give a reason"),
        ("reject", "phrase", "production", "Give a reason"),
        ("reject", "reason", &long, "Shorten the reason"),
    ] {
        let answer = world.submit(&modal(choice, "U0ANA", field, text)).await;
        assert_eq!(answer["response_action"], "errors");
        let errors = answer["errors"].as_object().unwrap();
        let at = if choice == "approve" { "phrase" } else { "reason" };
        assert!(errors.len() == 1 && errors[at].as_str().unwrap().starts_with(says), "{answer}");
    }
    assert_eq!(world.votes(), (Status::Pending, vec![]));
}

#[tokio::test]
async fn whoever_may_not_vote_reads_why_in_place_of_the_modal() {
    let world = World::with_phrase();
    let stranger = world.submit(&modal("approve", "U0STRANGER", "phrase", "production")).await;
    assert!(heading(&stranger).starts_with("You are not asked to decide this"));
    world.submit(&modal("reject", "U0BOB", "reason", "no")).await;
    let late = world.submit(&modal("approve", "U0ANA", "phrase", "wrong, and too late")).await;
    assert!(heading(&late).starts_with("Already rejected"), "{late}");
    assert!(heading(&late).contains("bob@example.com (signed in to Slack)"), "{late}");
    let again = world.submit(&modal("reject", "U0BOB", "reason", "no")).await;
    assert!(heading(&again).starts_with("Your rejection is recorded"), "{again}");
    assert_eq!(world.request().votes.len(), 1);
}

#[tokio::test]
async fn a_modal_that_is_about_something_else_decides_nothing() {
    let world = World::with_phrase();
    let good = modal("approve", "U0ANA", "phrase", "production");
    for metadata in [
        "",
        "x",
        "{}",
        r#"{"request":"a-1","choice":"approve"}"#,
        &format!(r#"{{"request":"{}","choice":"reject"}}"#, crate::world::ID),
    ] {
        let mut payload = good.clone();
        payload["view"]["private_metadata"] = json!(metadata);
        assert!(
            heading(&world.submit(&payload).await).starts_with("This button leads nowhere"),
            "{metadata}"
        );
    }
    for edit in [json!({"team": {"id": "T0OTHER"}}), json!({"api_app_id": "A0OTHER"})] {
        let mut payload = good.clone();
        payload.as_object_mut().unwrap().extend(edit.as_object().unwrap().clone());
        assert!(heading(&world.submit(&payload).await).starts_with("This button leads nowhere"), "{edit}");
    }
    let mut other = good.clone();
    other["view"]["callback_id"] = json!("something_else");
    assert_eq!(world.submit(&other).await, Value::Null);
    assert_eq!(world.votes(), (Status::Pending, vec![]));
}

#[tokio::test]
async fn an_organisation_wide_app_names_the_team_with_the_user() {
    let world = World::with_phrase();
    let mut payload = modal("approve", "U0ANA", "phrase", "production");
    payload["team"] = Value::Null;
    assert_eq!(world.submit(&payload).await, Value::Null);
    assert_eq!(world.request().status, Status::Approved);
}

#[tokio::test]
async fn what_a_click_found_out_is_not_asked_again_by_its_modal() {
    let world = World::with_phrase();
    world.click(&click("approve_deployment", "U0ANA")).await;
    world.memory.forget_calls();
    world.submit(&modal("approve", "U0ANA", "phrase", "production")).await;
    assert_eq!(world.memory.count(common::adapters::memory::Call::AskSlackWho), 0);
}
