//! What workflows are told.

use serde_json::{Value, json};

use crate::contract::outcome::{Report, cause, output};
use crate::domain::apply::MAX_REASON;
use crate::domain::samples::{after, ballot, closed, group, request, request_of, vote};
use crate::domain::{Ballot, Choice, Command, NextLevel, PlanKey, Status};

fn holds_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(holds_null),
        Value::Object(map) => map.values().any(holds_null),
        _ => false,
    }
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn an_approval_says_who_when_and_what() {
    let mut request = request_of(vec![group("manager", &["ana", "bob"], 2)]);
    request.plan = Some(PlanKey::of_execution("release"));
    request.next = Some(NextLevel { number: 2, wait_seconds: 60 });
    let request = after(&request, vote("ana", Choice::Approve));
    let commented = Ballot { reason: Some("tested".to_owned()), ..ballot("bob", Choice::Approve) };
    let request = after(&request, Command::Vote(commented));
    assert_eq!(
        parse(&output(&request)),
        json!({
            "schema": 1,
            "status": "approved",
            "approved": true,
            "approvedBy": "bob@example.com",
            "approvedAt": "2026-01-05T09:00:10Z",
            "approvals": [
                {"approver": "ana@example.com", "role": "manager", "level": 1, "at": "2026-01-05T09:00:10Z",
                    "channel": "email", "strength": "link"},
                {"approver": "bob@example.com", "role": "manager", "level": 1, "at": "2026-01-05T09:00:10Z",
                    "channel": "email", "strength": "link", "comment": "tested"}
            ],
            "requestId": "sample-1",
            "fingerprint": request.fingerprint.as_str(),
            "next": {"needed": true, "key": PlanKey::of_execution("release").as_str(), "level": 2, "waitSeconds": 60}
        })
    );
}

#[test]
fn an_approval_against_a_rejection_keeps_both_with_their_words() {
    let mut request = request_of(vec![group("manager", &["ana", "bob", "cyd"], 1)]);
    request.level.reject_quorum = 2;
    let request = after(&after(&request, vote("bob", Choice::Reject)), vote("ana", Choice::Approve));
    let output = parse(&output(&request));
    assert_eq!(
        (output["approvals"].as_array().map(Vec::len), &output["approvedBy"]),
        (Some(1), &json!("ana@example.com"))
    );
    assert_eq!(output["rejections"][0]["approver"], "bob@example.com");
    assert_eq!(output["rejections"][0]["reason"], "freeze until Monday");
}

#[test]
fn an_approval_without_a_vote_says_why() {
    let waived = parse(&output(&after(&request(), Command::Waive)));
    assert_eq!((&waived["approved"], &waived["reason"]), (&json!(true), &json!("the policy asks nobody")));
    assert!(waived.get("approvedBy").is_none() && !holds_null(&waived), "{waived}");
}

#[test]
fn case_21_however_many_have_however_much_to_say_the_output_stays_below_what_step_functions_takes() {
    let names: Vec<_> = (0..100).map(|number| format!("{}{number}", "a".repeat(60))).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let mut request = request_of(vec![group(&"r".repeat(100), &names, 100)]);
    for name in names {
        // Each of these takes six bytes in JSON.
        let words = Some("\u{1}".repeat(MAX_REASON));
        request = after(&request, Command::Vote(Ballot { reason: words, ..ballot(name, Choice::Approve) }));
    }
    assert_eq!(request.status, Status::Approved);
    let output = output(&request);
    assert!(output.len() < 150_000, "{}", output.len());
    assert_eq!(parse(&output)["approvals"][99]["comment"].as_str().unwrap().chars().count(), 150);
}

#[test]
fn a_rejection_says_who_when_and_why() {
    let rejected = after(&request(), vote("ana", Choice::Reject));
    assert_eq!(
        parse(&cause(&rejected)),
        json!({
            "schema": 1,
            "message": "checkout 2.4.1 to production: rejected by ana@example.com: freeze until Monday",
            "status": "rejected",
            "rejectedBy": "ana@example.com",
            "rejectedAt": "2026-01-05T09:00:10Z",
            "reason": "freeze until Monday",
            "requestId": "sample-1",
            "fingerprint": rejected.fingerprint.as_str()
        })
    );
}

#[test]
fn a_report_says_the_error_and_cause_that_the_workflow_ends_with() {
    for request in closed() {
        let report = Report::of(&request).to_value();
        assert!(!holds_null(&report), "{report}");
        assert_eq!(report["status"], request.status.as_str());
        assert_eq!(report["requestId"], "sample-1");
        let error = match request.status {
            Status::Approved => continue,
            Status::Expired => "ApprovalExpired",
            _ => "RejectedError",
        };
        assert_eq!((&report["approved"], &report["error"]), (&json!(false), &json!(error)));
        assert_eq!(report["cause"], cause(&request), "the same cause as the task's");
        assert!(!holds_null(&parse(report["cause"].as_str().unwrap())));
    }
}

#[test]
fn the_longest_reason_in_the_costliest_characters_still_fits_a_cause() {
    let worst = Ballot { reason: Some("\u{1}".repeat(MAX_REASON)), ..ballot("ana", Choice::Reject) };
    let rejected = after(&request(), Command::Vote(worst));
    assert!(cause(&rejected).chars().count() <= 32_768);
}

#[test]
fn no_outcome_carries_the_task_token() {
    for request in closed() {
        let text = format!("{} {} {}", output(&request), cause(&request), Report::of(&request).to_value());
        assert!(!text.contains(request.task_token.expose()), "{text}");
    }
}
