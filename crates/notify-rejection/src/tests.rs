//! The recorded states of `events/notify-rejection`.

use std::fs;

use common::adapters::memory::{Memory, START};
use common::domain::{Notice, Request, Resume};
use serde_json::json;

use super::*;

/// The request that the samples are about, as Ana's vote left it.
fn rejected() -> Request {
    let vote = json!({"approver": "ana@example.com", "role": "approver", "choice": "reject",
        "reason": "freeze until Monday", "channel": "email", "strength": "link", "at": START});
    let decision = json!({"status": "rejected", "at": START, "by": "ana@example.com", "channel": "email",
        "reason": "freeze until Monday"});
    serde_json::from_value(json!({
        "schema": 1, "id": "7d1f0c2e4b6a48959aa3c1e05f2b8d76-1", "version": 2, "status": "rejected", "resume": "owed",
        "plan": "7d1f0c2e4b6a48959aa3c1e05f2b8d76", "levelNumber": 1, "levelCount": 1, "canWait": true,
        "workflow": {}, "taskToken": "FAKE-TASK-TOKEN", "generation": {"enteredAt": START, "retry": 0},
        "facts": {"deployment": {"serviceName": "checkout", "version": "2.4.1", "environment": "production"}},
        "fingerprint": "ecaf5301f612ef388b43d3f683d742890cab7ebc9adb4cef1a5e17c2a40b00e4",
        "requestedBy": "dev@example.com",
        "level": {
            "name": "approval", "namedBy": "stack", "confirmation": "phrase", "selfApproval": false,
            "groups": [{"role": "approver", "approvers": [{"email": "ana@example.com"}], "quorum": 1}]
        },
        "baseUrl": "https://approvals.example.com", "openedAt": START, "votes": [vote], "decision": decision
    }))
    .unwrap()
}

async fn handled(memory: &Memory, name: &str) -> Value {
    let path = format!("{}/../../events/notify-rejection/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let state = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    handle(memory, memory, memory, state).await.unwrap()
}

#[tokio::test]
async fn every_way_to_the_record_tells_requester_and_approver_once() {
    for name in ["own-machine", "own-machine-after-timeout", "minimal-deployment", "minimal-named-approver"] {
        let memory = Memory::new();
        memory.put_request(rejected());
        let answer = handled(&memory, name).await;
        assert_eq!(
            (&answer["status"], &answer["error"]),
            (&json!("rejected"), &json!("RejectedError")),
            "{name}"
        );
        assert_eq!(answer["reason"], "freeze until Monday", "{name}");
        let after = memory.stored_requests();
        assert_eq!(
            (after[0].resume, after[0].notices.as_slice()),
            (Resume::Done, [Notice::Rejected].as_slice())
        );
        assert_eq!(handled(&memory, name).await, answer, "{name}, the same event again");
        assert_eq!((memory.stored_requests(), memory.sent().len()), (after, 2), "{name}");
    }
}

#[tokio::test]
async fn what_a_cause_claims_about_another_request_is_not_repeated_to_anyone() {
    let memory = Memory::new();
    memory.put_request(rejected());
    let answer = handled(&memory, "hostile-foreign-request").await;
    assert_eq!(answer["rejectedBy"], "ana@example.com", "what the record says");
    assert!(
        memory.sent().iter().all(|mail| !mail.text.contains("mallory") && !mail.html.contains("<script>"))
    );
}

#[tokio::test]
async fn a_state_that_leads_nowhere_keeps_its_own_error_and_sends_nothing() {
    for name in ["hostile-cause-is-not-json", "own-machine"] {
        let memory = Memory::new();
        let answer = handled(&memory, name).await;
        assert_eq!(
            (&answer["error"], answer["cause"].is_string()),
            (&json!("RejectedError"), true),
            "{name}"
        );
        assert!(memory.sent().is_empty(), "{name}");
    }
}
