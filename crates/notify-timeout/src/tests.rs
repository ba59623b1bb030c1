//! The recorded states of `events/notify-timeout`.

use std::fs;

use common::adapters::memory::{Memory, START};
use common::domain::{Request, Status};
use serde_json::json;

use super::*;

const DEADLINE: &str = "2026-01-06T09:00:00Z";

/// The request that the samples are about, open for a day.
fn request() -> Request {
    serde_json::from_value(json!({
        "schema": 1, "id": "7d1f0c2e4b6a48959aa3c1e05f2b8d76-1", "version": 1, "status": "pending", "resume": "none",
        "plan": "7d1f0c2e4b6a48959aa3c1e05f2b8d76", "levelNumber": 1, "levelCount": 1, "canWait": true,
        "workflow": {}, "taskToken": "FAKE-TASK-TOKEN", "generation": {"enteredAt": START, "retry": 0},
        "facts": {"deployment": {"serviceName": "checkout", "version": "2.4.1", "environment": "production"}},
        "fingerprint": "ecaf5301f612ef388b43d3f683d742890cab7ebc9adb4cef1a5e17c2a40b00e4",
        "requestedBy": "dev@example.com",
        "level": {
            "name": "approval", "namedBy": "stack", "confirmation": "phrase", "selfApproval": false,
            "groups": [{"role": "approver", "approvers": [{"email": "ana@example.com"}], "quorum": 1}]
        },
        "baseUrl": "https://approvals.example.com", "openedAt": START, "deadline": DEADLINE
    }))
    .unwrap()
}

async fn handled(memory: &Memory, name: &str) -> Value {
    let path = format!("{}/../../events/notify-timeout/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let state = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    handle(memory, memory, memory, state).await.unwrap()
}

#[tokio::test]
async fn before_the_deadline_the_workflow_waits_again() {
    for name in ["own-machine", "own-machine-second-wait", "minimal-deployment"] {
        let memory = Memory::new();
        memory.put_request(request());
        let answer = handled(&memory, name).await;
        assert_eq!(
            (&answer["status"], &answer["approval"]["waitSeconds"]),
            (&json!("waiting"), &json!(86_400))
        );
        assert_eq!(memory.stored_requests(), [request()], "{name}");
    }
}

#[tokio::test]
async fn at_the_deadline_it_expires_and_the_same_event_again_changes_nothing() {
    let memory = Memory::new();
    memory.put_request(request());
    memory.set_now(DEADLINE.parse().unwrap());
    let answer = handled(&memory, "own-machine").await;
    assert_eq!((&answer["status"], &answer["error"]), (&json!("expired"), &json!("ApprovalExpired")));
    let after = memory.stored_requests();
    assert_eq!((after[0].status, memory.sent().len()), (Status::Expired, 2));
    assert_eq!(handled(&memory, "own-machine").await, answer);
    assert_eq!((memory.stored_requests(), memory.sent().len()), (after, 2));
}

#[tokio::test]
async fn a_decision_that_the_state_claims_decides_nothing() {
    let memory = Memory::new();
    memory.put_request(request());
    assert_eq!(handled(&memory, "hostile-smuggled-decision").await["status"], "waiting");
    assert_eq!(memory.stored_requests(), [request()]);
}

#[tokio::test]
async fn a_state_that_leads_nowhere_is_expired() {
    for name in ["hostile-empty", "minimal-named-approver", "own-machine"] {
        let memory = Memory::new();
        assert_eq!(handled(&memory, name).await["status"], "expired", "{name}");
        assert!(memory.sent().is_empty(), "{name}");
    }
}
