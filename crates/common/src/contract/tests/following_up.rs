//! The states that callers hand over after an approval.

use serde_json::{Value, json};

use crate::contract::FollowUp;
use crate::domain::{Facts, RequestId};

const KEY: &str = "7d1f0c2e4b6a48959aa3c1e05f2b8d76";

fn state() -> Value {
    json!({
        "requestedBy": "dev@example.com",
        "deploymentDetails": {
            "serviceName": "checkout", "version": "2.4.1", "environment": "production",
            "approval": {"needed": true, "key": KEY, "level": 2, "waitSeconds": 60}
        },
        "approvalResult": {"approved": true, "requestId": "first-level"},
        "error": {"Error": "RejectedError", "Cause": "{\"requestId\": \"second-level\"}"}
    })
}

fn id(text: &str) -> Option<RequestId> {
    RequestId::parse(text).ok()
}

#[test]
fn a_whole_state_names_its_plan_its_approval_and_its_failure() {
    let read = FollowUp::read(&state());
    assert_eq!(read.cursor_request(), id(&format!("{KEY}-2")));
    assert_eq!(read.approved_request, id("first-level"));
    assert_eq!(read.failed_request, id("second-level"));
    assert_eq!(read.error.as_deref(), Some("RejectedError"));
    assert!(matches!(read.facts, Some(Facts::Deployment(facts)) if facts.version == "2.4.1"));
}

#[test]
fn the_bare_output_of_an_approval_is_enough() {
    let read = FollowUp::read(&json!({"approved": true, "requestId": "first-level"}));
    assert_eq!(read.approved_request, id("first-level"));
    assert_eq!((read.facts, read.cursor), (None, None));
}

#[test]
fn facts_with_a_mistake_are_still_facts_and_equal_nothing_that_was_frozen() {
    let mut state = state();
    state["deploymentDetails"]["version"] = json!(6.6);
    let facts = FollowUp::read(&state).facts;
    assert!(matches!(facts, Some(Facts::Deployment(facts)) if facts.version.is_empty()));
}

#[test]
fn a_subject_is_read_beside_its_cursor_or_within_the_details() {
    let subject = json!({"title": "Orders of May"});
    let cursor = json!({"needed": true, "key": KEY, "level": 1, "waitSeconds": 60});
    let prepared = json!({"subject": subject, "approval": cursor});
    for state in [prepared.clone(), json!({"deploymentDetails": prepared})] {
        let read = FollowUp::read(&state);
        assert_eq!(read.cursor_request(), id(&format!("{KEY}-1")));
        assert!(matches!(read.facts, Some(Facts::General(facts)) if facts.title == "Orders of May"));
    }
    let beside = json!({"deploymentDetails": {"approval": cursor}, "subject": subject});
    assert_eq!(FollowUp::read(&beside).facts, None, "a caller's own subject is none of the details");
}

#[test]
fn nothing_that_a_caller_passes_is_too_odd_to_read() {
    for odd in [
        json!(null),
        json!(7),
        json!([]),
        json!({"deploymentDetails": [], "approvalResult": null, "error": "boom"}),
        json!({"approvalResult": {"requestId": 7}, "error": {"Error": 1, "Cause": "{\"requestId\": \"../x\"}"}}),
        json!({"error": {"Error": "States.Timeout", "Cause": "[]"}, "approval": {"needed": true}}),
    ] {
        let read = FollowUp::read(&odd);
        let named = (read.cursor, read.approved_request, read.failed_request, read.facts);
        assert_eq!(named, (None, None, None, None), "{odd}");
    }
}
