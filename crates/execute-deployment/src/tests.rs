//! The recorded states of `events/execute-deployment`.

use std::fs;

use common::adapters::memory::{Memory, START};
use common::domain::{Facts, Fingerprint, Notice};
use serde_json::json;

use super::*;

const KEY: &str = "7d1f0c2e4b6a48959aa3c1e05f2b8d76";

fn level() -> Value {
    json!({
        "name": "approval", "namedBy": "stack", "confirmation": "phrase", "selfApproval": false,
        "groups": [{"role": "approver", "approvers": [{"email": "ana@example.com"}], "quorum": 1}]
    })
}

/// The plan of the samples, with so many levels, and the request of the first, in this status.
fn world(levels: usize, status: &str) -> Memory {
    let facts = json!({"deployment": {"serviceName": "checkout", "version": "2.4.1", "environment": "production",
        "changeLog": "- faster carts\n- fixes #812"}});
    let requested_by = serde_json::from_value(json!("dev@example.com")).unwrap();
    let shown: Facts = serde_json::from_value(facts.clone()).unwrap();
    let fingerprint = Fingerprint::of(&shown, Some(&requested_by));
    let memory = Memory::new();
    let plan = json!({
        "schema": 1, "key": KEY, "canWait": true, "preparedAt": START, "facts": facts, "requestedBy": requested_by,
        "fingerprint": fingerprint, "levels": vec![level(); levels]
    });
    memory.put_plan(serde_json::from_value(plan).unwrap());
    let decision = json!({"status": status, "at": START, "by": "ana@example.com", "channel": "email"});
    let request = json!({
        "schema": 1, "id": format!("{KEY}-1"), "version": 2, "status": status, "resume": "owed",
        "plan": KEY, "levelNumber": 1, "levelCount": levels, "canWait": true,
        "workflow": {}, "taskToken": "FAKE-TASK-TOKEN", "generation": {"enteredAt": START, "retry": 0},
        "facts": facts, "fingerprint": fingerprint, "requestedBy": requested_by, "level": level(),
        "baseUrl": "https://approvals.example.com", "openedAt": START, "decision": decision
    });
    memory.put_request(serde_json::from_value(request).unwrap());
    memory
}

async fn handled(memory: &Memory, name: &str) -> Result<Value, Diagnostic> {
    let path = format!("{}/../../events/execute-deployment/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let state = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let carry_out =
        CarryOut { store: memory, targets: memory, mail: memory, clock: memory, retention_days: None };
    handle(&carry_out, state).await
}

#[tokio::test]
async fn every_way_to_the_approval_uses_it_once() {
    for name in ["own-machine", "minimal-deployment", "bare-approval", "hostile-schedule-claimed"] {
        let memory = world(1, "approved");
        let answer = handled(&memory, name).await.unwrap();
        assert_eq!(
            (&answer["status"], &answer["deployed"]),
            (&json!("not_deployed"), &json!(false)),
            "{name}"
        );
        assert_eq!(
            answer["reason"], "no deployment target is configured for checkout in production",
            "{name}"
        );
        let after = memory.stored_requests();
        assert_eq!((after[0].notices.as_slice(), memory.sent().len()), ([Notice::CarriedOut].as_slice(), 1));
        assert_eq!(handled(&memory, name).await.unwrap(), answer, "{name}, the same event again");
        assert_eq!((memory.stored_requests(), memory.sent().len()), (after, 1), "{name}");
    }
}

#[tokio::test]
async fn what_the_records_do_not_carry_is_refused_by_name() {
    for (name, levels, status, error) in [
        ("hostile-changed-version", 1, "approved", "FingerprintMismatch"),
        ("hostile-empty", 1, "approved", "InvalidInput"),
        ("hostile-no-approval-claimed", 1, "rejected", "NotApproved"),
        ("own-machine-no-approval-needed", 1, "pending", "NotApproved"),
        ("own-machine", 1, "expired", "NotApproved"),
        ("own-machine", 2, "approved", "NotApproved"),
        ("bare-approval", 2, "approved", "NotApproved"),
    ] {
        let memory = world(levels, status);
        let failed = handled(&memory, name).await.unwrap_err();
        assert_eq!(failed.error_type, error, "{name}, {levels} levels, {status}");
        assert!(memory.sent().is_empty() && memory.stored_requests()[0].deployment.is_none(), "{name}");
    }
    let nothing_stored = handled(&Memory::new(), "own-machine").await.unwrap_err();
    assert_eq!(nothing_stored.error_type, "NotFound");
}

#[tokio::test]
async fn no_approval_is_needed_if_the_stored_plan_says_so() {
    let memory = world(0, "rejected");
    assert_eq!(handled(&memory, "own-machine-no-approval-needed").await.unwrap()["status"], "not_deployed");
}
