//! The recorded payloads of `events/send-approval`.

use std::fs;

use common::adapters::memory::Memory;
use common::contract::prepare::Input;
use common::domain::{CallerNamedApprovers, EmailAddress, PlanKey, Status, TaskToken};
use common::usecase::ask::{Settings, SlackSettings};
use common::usecase::prepare::{Defaults, prepare};
use serde_json::json;

use super::*;

const KEY: &str = "7d1f0c2e4b6a48959aa3c1e05f2b8d76";

fn ana() -> EmailAddress {
    EmailAddress::parse("ana@example.com").unwrap()
}

/// A world in which the plan of the samples is stored.
async fn prepared() -> Memory {
    let memory = Memory::new();
    let input = json!({"serviceName": "checkout", "version": "2.4.1", "environment": "production",
        "requestedBy": "dev@example.com", "changeLog": "- faster carts\n- fixes #812"});
    let input = Input::read(&json!({"input": input, "canWait": true})).unwrap();
    let defaults = Defaults { approver: ana(), timeout_seconds: 86_400, remind_after_seconds: Some(14_400) };
    prepare(&memory, &memory, &memory, &memory, &defaults, input).await.unwrap();
    let mut plan = memory.stored_plans().remove(0);
    (plan.key, plan.subject) = (PlanKey::parse(KEY).unwrap(), None);
    memory.put_plan(plan);
    memory
}

async fn handled(memory: &Memory, payload: &Value) -> Result<Value, Diagnostic> {
    let settings = Settings {
        default_approver: ana(),
        base_url: "https://approvals.example.com".to_owned(),
        caller_named_approvers: CallerNamedApprovers::Allow,
        retention_days: None,
        slack: SlackSettings::Off,
    };
    let ask = Ask {
        store: memory,
        mail: memory,
        slack: memory,
        workflows: memory,
        clock: memory,
        random: memory,
        settings: &settings,
    };
    handle(&ask, payload.clone()).await
}

fn sample(name: &str) -> Value {
    let path = format!("{}/../../events/send-approval/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[tokio::test]
async fn every_good_payload_asks_one_person_once() {
    for name in [
        "minimal-deployment",
        "minimal-named-approver",
        "only-task-token",
        "own-machine",
        "own-machine-last-retry",
        "own-machine-next-wait",
        "subject",
        "subject-of-a-map-item",
    ] {
        let memory = prepared().await;
        let answer = handled(&memory, &sample(name)).await.unwrap();
        assert_eq!((&answer["status"], &answer["messagesSent"]), (&json!("pending"), &json!(1)), "{name}");
        assert_eq!(handled(&memory, &sample(name)).await.unwrap(), answer, "{name}, the same event again");
        assert_eq!((memory.stored_requests().len(), memory.sent().len()), (1, 1), "{name}");
        assert_eq!(memory.stored_requests()[0].status, Status::Pending, "{name}");
    }
}

#[tokio::test]
async fn every_hostile_payload_asks_nobody_and_its_error_keeps_the_task_token() {
    for name in
        ["hostile-approver-list", "hostile-empty-task-token", "hostile-no-task-token", "hostile-subject"]
    {
        let memory = prepared().await;
        let error = handled(&memory, &sample(name)).await.unwrap_err();
        assert_eq!(error.error_type, "InvalidInput", "{name}");
        assert!(!error.error_message.contains("FAKE-TASK-TOKEN"), "{name}: {}", error.error_message);
        assert!(memory.stored_requests().is_empty() && memory.sent().is_empty(), "{name}");
    }
}

#[tokio::test]
async fn case_18_retry_and_next_wait_are_one_request_with_the_newest_token() {
    let memory = prepared().await;
    for name in ["own-machine", "own-machine-next-wait", "own-machine-last-retry"] {
        handled(&memory, &sample(name)).await.unwrap();
    }
    let request = memory.stored_requests().remove(0);
    assert_eq!(request.id.as_str(), format!("{KEY}-1"));
    let newest = sample("own-machine-next-wait")["taskToken"].as_str().and_then(TaskToken::parse);
    assert_eq!(Some(request.task_token), newest, "the last retry of the first wait came late");
    assert_eq!(memory.stored_requests().len(), 1);
}
