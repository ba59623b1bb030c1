//! An error of the function that a task with `.waitForTaskToken` calls.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>

use aws_sdk_sfn::types::HistoryEventType;
use countersign_tests::Question;
use serde_json::{Value, json};

use crate::{Asking, kept_error};

/// The function refuses, and its message has the number of the attempt: nobody may approve their own request.
fn refused(question: &Question, fields: Value) -> Value {
    let mut state = question.state(fields);
    let payload = &mut state["Parameters"]["Payload"];
    payload["requestedBy"] = json!(question.approver);
    if let Some(payload) = payload.as_object_mut() {
        payload.remove("approverRole");
    }
    payload["approverRole.$"] = json!("States.Format('attempt {}', $$.State.RetryCount)");
    state
}

#[test]
fn an_error_ends_the_task_at_once_and_not_at_its_timeout() {
    let asking = Asking::through(&json!({}), |question| {
        let state = refused(question, json!({ "TimeoutSeconds": 86_400, "End": true }));
        json!({ "StartAt": "Ask", "States": { "Ask": state } })
    });
    let (error, cause) = asking.workflow.end().failure();
    assert_eq!(error, "NobodyAsked");
    let cause: Value = serde_json::from_str(&cause).expect("a cause in JSON");
    assert_eq!(cause["errorType"], "NobodyAsked");
    assert!(cause["errorMessage"].as_str().is_some_and(|text| text.contains("attempt 0")), "{cause}");
}

/// Retry before Catch; `RetryCount` of the context object counts the retries:
/// <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html>.
#[test]
fn an_error_is_retried_with_its_count_and_then_caught() {
    let asking = Asking::through(&json!({}), |question| {
        let fields = json!({
            "TimeoutSeconds": 86_400,
            "Retry": [{ "ErrorEquals": ["NobodyAsked"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1 }],
            "Catch": [
                { "ErrorEquals": ["States.Timeout"], "Next": "Wrong" },
                { "ErrorEquals": ["NobodyAsked"], "ResultPath": "$.error", "Next": "Caught" }
            ],
            "Next": "Wrong"
        });
        let wrong = json!({ "Type": "Fail", "Error": "Wrong" });
        let states = json!({ "Ask": refused(question, fields), "Caught": kept_error(), "Wrong": wrong });
        json!({ "StartAt": "Ask", "States": states })
    });
    assert_eq!(asking.workflow.end().success(), "NobodyAsked");
    let attempts = asking.workflow.events(&HistoryEventType::TaskFailed);
    let causes: Vec<_> =
        attempts.iter().filter_map(|event| event.task_failed_event_details.as_ref()?.cause.clone()).collect();
    assert_eq!(causes.len(), 3, "{causes:?}");
    for (number, cause) in causes.iter().enumerate() {
        assert!(cause.contains(&format!("attempt {number}")), "{cause}");
    }
}

/// `States.TaskFailed` is every error of a task but a timeout.
#[test]
fn an_error_counts_as_a_failed_task() {
    let asking = Asking::through(&json!({}), |question| {
        let caught =
            json!([{ "ErrorEquals": ["States.TaskFailed"], "ResultPath": "$.error", "Next": "Caught" }]);
        let state = refused(question, json!({ "TimeoutSeconds": 86_400, "Catch": caught, "Next": "Caught" }));
        json!({ "StartAt": "Ask", "States": { "Ask": state, "Caught": kept_error() } })
    });
    assert_eq!(asking.workflow.end().success(), "NobodyAsked");
}
