//! Time limits: of a task, fixed and from the input, of its heartbeats, and of a whole state machine.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html> and
//! <https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token>: "If a Task state using the callback
//! task token times out, a new random token is generated."

use std::time::{Duration, Instant};

use aws_sdk_sfn::types::HistoryEventType;
use countersign_tests::{Question, until};
use serde_json::{Value, json};

use crate::{Asking, kept_error};

/// A first wait as long as the input says, and after its timeout a long one in the same state.
fn waiting_twice(question: &Question) -> Value {
    let fields = json!({
        "TimeoutSecondsPath": "$.wait.seconds",
        "ResultPath": "$.answer",
        "Catch": [{ "ErrorEquals": ["States.Timeout"], "ResultPath": "$.error", "Next": "Longer" }],
        "End": true
    });
    let longer = json!({ "Type": "Pass", "Result": 600, "ResultPath": "$.wait.seconds", "Next": "Ask" });
    json!({ "StartAt": "Ask", "States": { "Ask": question.state(fields), "Longer": longer } })
}

#[test]
fn a_timeout_comes_from_the_input_and_the_next_wait_has_a_new_token() {
    let asking = Asking::through(&json!({ "wait": { "seconds": 3 } }), waiting_twice);
    let first = asking.token();
    let second = asking.token_besides(&[&first]);
    asking.assert_over(&first);
    assert_eq!(asking.run.send_success(&second, &json!({ "n": 2 })), Ok(()));
    let output = asking.workflow.end().success();
    assert_eq!((&output["answer"]["n"], &output["error"]["Error"]), (&json!(2), &json!("States.Timeout")));
    asking.assert_over(&second);
}

/// A path must find a positive whole number. Under which name anything else fails is not documented.
#[test]
fn a_timeout_that_is_no_positive_number_fails_the_workflow() {
    for seconds in [json!(0), json!(-1), json!("5")] {
        let asking = Asking::through(&json!({ "wait": { "seconds": seconds } }), waiting_twice);
        let (error, _) = asking.workflow.end().failure();
        assert_ne!(error, "States.Timeout", "{seconds}");
    }
}

#[test]
fn a_retry_has_a_new_token_and_the_token_before_it_is_over() {
    let asking = Asking::with(json!({
        "TimeoutSeconds": 3,
        "Retry": [{ "ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1, "MaxAttempts": 5, "BackoffRate": 1 }]
    }));
    let first = asking.token();
    let second = asking.token_besides(&[&first]);
    asking.assert_over(&first);
    let third = asking.token_besides(&[&first, &second]);
    asking.assert_over(&second);
    assert_eq!(asking.run.send_success(&third, &json!({ "n": 3 })), Ok(()));
    assert_eq!(asking.workflow.end().success()["answer"]["n"], 3);
}

/// The state was entered once, so the time of entry stays and the count of retries grows. Which attempt is the
/// newest is told by both, in this order.
#[test]
fn attempts_of_one_entry_differ_in_their_count_only() {
    let asking = Asking::with(json!({
        "TimeoutSeconds": 3,
        "Retry": [{ "ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1, "MaxAttempts": 5, "BackoffRate": 1 }]
    }));
    let id = asking.question.id(&asking.workflow, "Ask", None);
    let first = asking.run.record_when(&id, "of the first attempt", |_| true).generation;
    let next =
        asking.run.record_when(&id, "of a later attempt", |record| record.generation != first).generation;
    assert_eq!(next.entered_at, first.entered_at);
    assert_eq!((first.retry, next.retry), (0, 1));
    asking.workflow.stop();
}

#[test]
fn a_timeout_that_nothing_catches_fails_the_workflow() {
    let asking = Asking::with(json!({ "TimeoutSeconds": 3 }));
    let token = asking.token();
    assert_eq!(asking.workflow.end().failure().0, "States.Timeout");
    asking.assert_over(&token);
}

/// A heartbeat keeps the task; `States.Timeout` in Retry and Catch includes a missed one.
#[test]
fn heartbeats_keep_a_task_and_silence_ends_it() {
    const SECONDS: u64 = 2;
    let asking = Asking::through(&json!({}), |question| {
        let fields = json!({
            "TimeoutSeconds": 600,
            "HeartbeatSeconds": SECONDS,
            "Catch": [{ "ErrorEquals": ["States.HeartbeatTimeout"], "ResultPath": "$.error", "Next": "Silent" }],
            "End": true
        });
        json!({ "StartAt": "Ask", "States": { "Ask": question.state(fields), "Silent": kept_error() } })
    });
    let token = asking.token();
    let started = Instant::now();
    until("end of the heartbeats", || {
        assert_eq!(asking.run.send_heartbeat(&token), Ok(()), "{:?} after the first", started.elapsed());
        (started.elapsed() > Duration::from_secs(2 * SECONDS)).then_some(())
    });
    assert!(asking.workflow.is_running());
    assert_eq!(asking.workflow.end().success(), "States.HeartbeatTimeout");
    asking.assert_over(&token);
}

/// <https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html>: a state machine that runs longer than its
/// `TimeoutSeconds` fails with `States.Timeout`; no Catch of a state sees that.
#[test]
fn a_state_machine_has_a_time_limit_of_its_own() {
    let asking = Asking::through(&json!({}), |question| {
        let caught = json!([{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Caught" }]);
        let state = question.state(json!({ "TimeoutSeconds": 600, "Catch": caught, "End": true }));
        json!({ "StartAt": "Ask", "TimeoutSeconds": 3, "States": { "Ask": state, "Caught": kept_error() } })
    });
    let token = asking.token();
    assert_eq!(asking.workflow.end().status, "TIMED_OUT");
    assert_eq!(asking.workflow.events(&HistoryEventType::ExecutionTimedOut).len(), 1);
    asking.assert_over(&token);
}
