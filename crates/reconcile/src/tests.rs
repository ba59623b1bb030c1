//! The recorded events of `events/reconcile`.

use std::fs;

use common::adapters::memory::{Call, Fault, Memory, START};
use common::domain::{Plan, PlanKey, Request, RequestId, Resume, Status, TaskToken};
use common::ports::{PostToSlack as _, SlackCard, SlackError, StorePlans as _};
use serde_json::json;

use super::*;

mod poison;

const EXECUTION: &str =
    "arn:aws:states:eu-west-1:123456789012:execution:countersign-deployment-approval:release-2-4-1";
const FIRST: &str = "7d1f0c2e4b6a48959aa3c1e05f2b8d76-1";
const SECOND: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9-1";

/// The request that the samples are about: somebody was asked.
fn pending(id: &str) -> Request {
    serde_json::from_value(json!({
        "schema": 1, "id": id, "version": 2, "status": "pending", "resume": "none",
        "levelNumber": 1, "levelCount": 1, "canWait": true,
        "workflow": {"execution": EXECUTION}, "taskToken": format!("FAKE-TASK-TOKEN-{id}"),
        "generation": {"enteredAt": START, "retry": 0},
        "facts": {"deployment": {"serviceName": "checkout", "version": "2.4.1", "environment": "production"}},
        "fingerprint": "ecaf5301f612ef388b43d3f683d742890cab7ebc9adb4cef1a5e17c2a40b00e4",
        "requestedBy": "dev@example.com",
        "level": {
            "name": "approval", "namedBy": "stack", "confirmation": "phrase", "selfApproval": false,
            "groups": [{"role": "approver", "approvers": [{"email": "ana@example.com"}], "quorum": 1}]
        },
        "contacts": [{"approver": "ana@example.com", "channel": "email", "purpose": "ask", "sentAt": START}],
        "baseUrl": "https://approvals.example.com", "openedAt": START
    }))
    .unwrap()
}

/// The same as a vote leaves it whose process died.
fn owing(id: &str) -> Request {
    let decision = json!({"status": "approved", "at": START, "by": "ana@example.com", "channel": "email"});
    let decision = serde_json::from_value(decision).unwrap();
    Request { status: Status::Approved, resume: Resume::Owed, decision: Some(decision), ..pending(id) }
}

/// A world in which these requests are stored and their tasks wait.
fn world(requests: &[Request]) -> Memory {
    let memory = Memory::new();
    for request in requests {
        memory.wait(EXECUTION, &request.task_token);
        memory.put_request(request.clone());
    }
    memory
}

fn event(name: &str) -> Value {
    let path = format!("{}/../../events/reconcile/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn settle(memory: &Memory) -> Settle<'_, Memory, Memory, Memory, Memory, Memory, Memory> {
    Settle { store: memory, mail: memory, slack: memory, workflows: memory, clock: memory, random: memory }
}

async fn handled(memory: &Memory, name: &str) -> Value {
    handle(&settle(memory), event(name)).await.unwrap()
}

fn resume_of(memory: &Memory, id: &str) -> Resume {
    memory.stored_request(&RequestId::parse(id).unwrap()).unwrap().resume
}

fn is_answered(memory: &Memory, token: &TaskToken) -> bool {
    memory.answer_to(token).is_some()
}

#[tokio::test]
async fn a_change_of_the_table_is_paid_once_however_often_it_is_delivered() {
    let memory = world(&[owing(FIRST)]);
    for _ in 0..2 {
        assert_eq!(handled(&memory, "stream-owed").await, json!({ "batchItemFailures": [] }));
        assert_eq!(resume_of(&memory, FIRST), Resume::Done);
        assert!(is_answered(&memory, &owing(FIRST).task_token));
        assert_eq!(memory.count(Call::Answer), 1);
    }
}

#[tokio::test]
async fn each_change_that_failed_is_named_and_holds_up_no_other() {
    for call in [Call::ReadRequest, Call::Answer] {
        let memory = world(&[owing(FIRST), owing(SECOND)]);
        memory.inject(call, Fault::BeforeEffect);
        let failed = json!({ "batchItemFailures": [{ "itemIdentifier": "500000000000000000101" }] });
        assert_eq!(handled(&memory, "stream-two").await, failed, "{call:?}");
        assert_eq!((resume_of(&memory, FIRST), resume_of(&memory, SECOND)), (Resume::Owed, Resume::Done));
        assert_eq!(handled(&memory, "stream-two").await, json!({ "batchItemFailures": [] }));
        assert_eq!(resume_of(&memory, FIRST), Resume::Done);
    }
}

#[tokio::test]
async fn slack_that_hangs_keeps_no_other_change_waiting() {
    let message = json!({"channel": "C1", "ts": "1.1", "purpose": "ask", "at": START, "shows": "less"});
    let lagging = Request { slack: vec![serde_json::from_value(message).unwrap()], ..owing(FIRST) };
    let memory = world(&[lagging, owing(SECOND)]);
    memory.slow_down(Call::EditSlack, BUDGET);
    memory.fail_slack(Some(SlackError::Unavailable { code: SlackError::TIMEOUT.to_owned() }));
    let failed = json!({ "batchItemFailures": [{ "itemIdentifier": "500000000000000000101" }] });
    assert_eq!(handled(&memory, "stream-two").await, failed);
    assert_eq!((resume_of(&memory, FIRST), resume_of(&memory, SECOND)), (Resume::Done, Resume::Done));
}

#[tokio::test]
async fn a_debt_that_nobody_can_pay_is_not_delivered_again_and_again() {
    let memory = Memory::new();
    memory.put_request(owing(FIRST));
    assert_eq!(handled(&memory, "stream-owed").await, json!({ "batchItemFailures": [] }));
    assert_eq!(resume_of(&memory, FIRST), Resume::Owed, "it is left to the operators");
}

#[tokio::test]
async fn what_the_event_says_of_a_record_does_not_count() {
    let memory = world(&[pending(FIRST)]);
    handled(&memory, "stream-owed").await;
    assert_eq!(memory.stored_requests(), [pending(FIRST)]);
    assert!(!is_answered(&memory, &pending(FIRST).task_token));
}

#[tokio::test]
async fn the_schedule_pays_and_closes() {
    let memory = world(&[owing(FIRST), pending(SECOND)]);
    let all = json!({ "owing": 1, "pending": 1, "seen": 2, "failed": 0, "oldestOwedSeconds": 0 });
    assert_eq!(handled(&memory, "schedule").await, all);
    assert_eq!(resume_of(&memory, FIRST), Resume::Done);
    memory.end_workflow(EXECUTION);
    memory.advance(SignedDuration::from_secs(60));
    handled(&memory, "schedule").await;
    assert_eq!(memory.stored_requests()[0].status, Status::Withdrawn);
    memory.advance(SignedDuration::from_secs(60));
    handled(&memory, "schedule").await;
    assert_eq!(memory.sent().len(), 2);
    memory.inject(Call::ListOwing, Fault::BeforeEffect);
    let failed = handle(&settle(&memory), event("schedule")).await.unwrap_err();
    assert_eq!(failed.error_type, "SweepFailed");
}

#[tokio::test]
async fn an_end_of_a_workflow_closes_what_it_left_open() {
    for name in ["execution-aborted", "execution-failed", "execution-timed-out", "execution-succeeded"] {
        let memory = world(&[pending(FIRST)]);
        assert_eq!(handled(&memory, name).await, json!({ "seen": 0 }), "it runs, whatever the event says");
        memory.end_workflow(EXECUTION);
        memory.inject(Call::Describe, Fault::BeforeEffect);
        let failed = handle(&settle(&memory), event(name)).await.unwrap_err();
        assert_eq!(failed.error_type, "CloseFailed");
        assert_eq!(handled(&memory, name).await, json!({ "seen": 1 }), "{name}");
        let closed = memory.stored_requests();
        assert_eq!((closed[0].status, closed[0].resume), (Status::Withdrawn, Resume::None));
        assert_eq!(handled(&memory, name).await, json!({ "seen": 0 }));
        assert_eq!(memory.stored_requests(), closed);
    }
}

/// The plan whose first request this is, for the subject of the samples.
fn plan(id: &str, prepared_at: Timestamp) -> Plan {
    let request = pending(id);
    serde_json::from_value(json!({
        "schema": 1, "key": id.trim_end_matches("-1"), "canWait": true, "preparedAt": prepared_at,
        "facts": request.facts, "fingerprint": request.fingerprint, "subject": "checkout@production",
        "levels": [request.level]
    }))
    .unwrap()
}

#[tokio::test]
async fn a_newer_plan_closes_the_requests_of_the_older_one_and_ends_its_workflow() {
    let (older, newer) = (plan(FIRST, START), plan(SECOND, START + SignedDuration::from_secs(1)));
    let mut asked = pending(FIRST);
    (asked.plan, asked.subject) = (Some(older.key.clone()), older.subject.clone());
    let memory = world(&[asked.clone()]);
    memory.store_plan(&older).await.unwrap();
    // The event comes before the pointer moves, or is wrong: nothing happens.
    assert_eq!(handled(&memory, "stream-replaced").await, json!({ "batchItemFailures": [] }));
    assert_eq!(memory.stored_requests(), [asked.clone()]);

    memory.store_plan(&newer).await.unwrap();
    memory.inject(Call::ReadPointer, Fault::BeforeEffect);
    let failed = json!({ "batchItemFailures": [{ "itemIdentifier": "500000000000000000101" }] });
    assert_eq!(handled(&memory, "stream-replaced").await, failed);
    for _ in 0..2 {
        assert_eq!(handled(&memory, "stream-replaced").await, json!({ "batchItemFailures": [] }));
        let closed = memory.stored_requests().remove(0);
        assert_eq!((closed.status, closed.resume), (Status::Superseded, Resume::Done));
        assert_eq!(closed.decision.unwrap().superseded_by, Some(newer.key.clone()));
        assert!(is_answered(&memory, &asked.task_token));
        assert_eq!(memory.count(Call::Answer), 1);
    }
}

#[tokio::test]
async fn a_newer_plan_of_which_the_stream_did_not_tell_is_found_by_the_schedule() {
    let (older, newer) = (plan(FIRST, START), plan(SECOND, START + SignedDuration::from_secs(1)));
    let mut asked = pending(FIRST);
    (asked.plan, asked.subject) = (Some(older.key.clone()), older.subject.clone());
    let memory = world(&[asked]);
    memory.store_plan(&older).await.unwrap();
    memory.store_plan(&newer).await.unwrap();
    handled(&memory, "schedule").await;
    assert_eq!(memory.stored_requests()[0].status, Status::Superseded);
}

#[tokio::test]
async fn a_withdrawal_closes_the_request_and_ends_its_workflow() {
    let memory = world(&[pending(FIRST)]);
    let withdrawn = json!({ "requestId": FIRST, "status": "withdrawn", "resume": "done" });
    for _ in 0..2 {
        assert_eq!(handled(&memory, "withdraw").await, withdrawn);
        assert!(is_answered(&memory, &pending(FIRST).task_token));
        assert_eq!(memory.count(Call::Answer), 1);
    }
}

#[tokio::test]
async fn a_decision_that_came_first_is_not_withdrawn() {
    let memory = world(&[owing(FIRST)]);
    let standing = json!({
        "requestId": FIRST, "status": "approved", "resume": "done", "refusal": "already_decided"
    });
    assert_eq!(handled(&memory, "withdraw").await, standing);
    let nothing = handled(&Memory::new(), "withdraw").await;
    assert_eq!(nothing, json!({ "requestId": FIRST, "refusal": "not_found" }));
}

#[tokio::test]
async fn a_withdrawal_needs_an_id_and_a_reason() {
    let memory = world(&[pending(FIRST)]);
    let long = "x".repeat(2_001);
    for (id, reason) in [("../policy", "x"), ("", "x"), (FIRST, " "), (FIRST, long.as_str())] {
        let event = json!({ "withdraw": { "requestId": id, "reason": reason } });
        let failed = handle(&settle(&memory), event).await.unwrap_err();
        assert_eq!(failed.error_type, "InvalidInput", "{id} {reason}");
    }
    assert!(memory.calls().is_empty());
}

#[tokio::test]
async fn what_is_not_known_is_dropped_without_a_call() {
    let memory = world(&[owing(FIRST)]);
    for name in ["hostile-empty", "hostile-execution-running", "hostile-unknown-source"] {
        assert_eq!(handled(&memory, name).await, Value::Null, "{name}");
    }
    for odd in [Value::Null, json!([]), json!("x"), json!({"Records": 1}), json!({"source": "aws.states"})] {
        assert_eq!(handle(&settle(&memory), odd).await.unwrap(), Value::Null);
    }
    assert!(memory.calls().is_empty());
}

#[test]
fn each_event_is_read_as_what_it_is() {
    let read = |name| Trigger::read(&event(name));
    let change = |number: &str, id| Change {
        sequence_number: number.to_owned(),
        what: Changed::Request(RequestId::parse(id).unwrap()),
    };
    let [one, two] = [change("500000000000000000101", FIRST), change("500000000000000000102", SECOND)];
    assert_eq!(read("stream-owed"), Trigger::Stream { changes: vec![one.clone()], nameless: 0 });
    assert_eq!(read("stream-two"), Trigger::Stream { changes: vec![one, two], nameless: 0 });
    let Trigger::Stream { changes: replaced, .. } = read("stream-replaced") else { panic!("a batch") };
    let older = PlanKey::parse(FIRST.trim_end_matches("-1")).unwrap();
    assert_eq!(replaced[0].what, Changed::Replaced(older));
    assert_eq!(read("schedule"), Trigger::Schedule);
    assert_eq!(read("execution-aborted"), Trigger::Ended { execution: EXECUTION.to_owned() });
    let Trigger::Stream { changes, nameless } = read("hostile-stream-shapes") else { panic!("a batch") };
    assert_eq!((changes.len(), nameless), (2, 4));
    assert!(changes.iter().all(|change| change.what == Changed::Unreadable), "{changes:?}");
}

#[tokio::test]
async fn a_message_in_slack_that_lags_behind_is_edited_once_however_often_the_change_is_delivered() {
    let memory = Memory::new();
    let place = memory
        .post("C0SAMPLE", None, &SlackCard { text: "old".to_owned(), blocks: json!([]) })
        .await
        .unwrap();
    let message =
        json!({"channel": place.channel, "ts": place.ts, "purpose": "ask", "at": START, "shows": "old"});
    let slack = vec![serde_json::from_value(message).unwrap()];
    memory.put_request(Request { resume: Resume::Done, slack, ..owing(FIRST) });
    for _ in 0..2 {
        assert_eq!(handled(&memory, "stream-stale-message").await, json!({ "batchItemFailures": [] }));
        assert_eq!(memory.slack_posts()[0].edits, 1);
    }
    assert_ne!(memory.slack_posts()[0].card.text, "old");
}

#[tokio::test]
async fn slack_that_does_not_answer_has_the_change_delivered_again() {
    let memory = Memory::new();
    let message = json!({"channel": "C1", "ts": "1.1", "purpose": "ask", "at": START, "shows": "old"});
    let slack = vec![serde_json::from_value(message).unwrap()];
    memory.put_request(Request { resume: Resume::Done, slack, ..owing(FIRST) });
    memory.fail_slack(Some(SlackError::Unavailable { code: "HTTP 502".to_owned() }));
    let failed = handled(&memory, "stream-stale-message").await;
    assert_eq!(failed["batchItemFailures"].as_array().unwrap().len(), 1);
    assert_eq!(
        handled(&memory, "stream-stale-message").await,
        json!({ "batchItemFailures": [] }),
        "held, for now"
    );
}
