//! The interpreter does what the specification of Amazon States Language says, and refuses the rest.

use std::sync::Arc;

use common::adapters::memory::START;
use serde_json::{Value, json};

use super::{Definition, Execution, Outcome, Step};

fn read(states: &Value) -> Result<Definition, serde_json::Error> {
    serde_json::from_value(json!({ "StartAt": "First", "States": states }))
}

fn execution(states: &Value, input: Value) -> Execution {
    Execution::new(Arc::new(read(states).unwrap()), "arn", input, START)
}

fn fails(error: &str, cause: &str) -> Step {
    Step::End(Outcome::Failed { error: error.to_owned(), cause: cause.to_owned() })
}

#[test]
fn what_it_does_not_know_is_refused() {
    let task = json!({ "Type": "Task", "Resource": "${PrepareFunctionArn}", "End": true });
    assert!(read(&json!({ "First": task })).is_ok());
    for (field, value) in
        [("HeartbeatSeconds", json!(5)), ("ResultSelector", json!({})), ("OutputPath", json!("$"))]
    {
        let mut state = task.clone();
        state[field] = value;
        assert!(read(&json!({ "First": state })).is_err(), "{field}");
    }
    for state in [
        json!({ "Type": "Map", "End": true }),
        json!({ "Type": "Succeed", "Output": {} }),
        json!({ "Type": "Wait", "Timestamp": "2026-01-01T00:00:00Z", "Next": "First" }),
        json!({ "Type": "Choice", "Default": "First", "Choices": [{ "Variable": "$.a", "NumericEquals": 1, "Next": "First" }] }),
        json!({ "Type": "Choice", "Default": "First", "Choices": [
            { "Variable": "$.a", "StringEquals": "b", "IsPresent": true, "Next": "First" }] }),
    ] {
        assert!(read(&json!({ "First": state })).is_err(), "{state}");
    }
    for template in [json!({ "a.$": "$.b[0]" }), json!({ "a.$": "States.UUID()" }), json!({ "a.$": "$..b" })]
    {
        let mut state = task.clone();
        state["Parameters"] = template.clone();
        let step = execution(&json!({ "First": state }), json!({ "b": [1] })).act(START, "");
        assert!(
            matches!(step, Step::End(Outcome::Failed { error, .. }) if error == "States.Runtime"),
            "{template}"
        );
    }
}

#[test]
fn a_template_takes_from_the_input_and_the_context() {
    let state = json!({
        "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "TimeoutSecondsPath": "$.wait",
        "Parameters": { "FunctionName": "${SendApprovalFunctionArn}", "Payload": {
            "taskToken.$": "$$.Task.Token", "at.$": "$$.State.EnteredTime", "retry.$": "$$.State.RetryCount",
            "title.$": "States.Format('{} of {}', $.what, $.count)", "text.$": "States.JsonToString($.nested)", "fixed": [1],
        } },
        "End": true,
    });
    let input = json!({ "wait": 60, "what": "two", "count": 3, "nested": { "a": null } });
    let Step::Invoke(invocation) = execution(&json!({ "First": state }), input).act(START, "a token") else {
        panic!("it is a task")
    };
    assert_eq!(invocation.function, "${SendApprovalFunctionArn}");
    assert_eq!((invocation.waits_for_token, invocation.timeout_seconds), (true, Some(60)));
    let filled = json!({
        "taskToken": "a token", "at": START.to_string(), "retry": 0, "title": "two of 3", "text": "{\"a\":null}",
        "fixed": [1],
    });
    assert_eq!(invocation.payload, filled);
}

#[test]
fn an_error_is_retried_as_often_as_the_retrier_says_and_then_caught() {
    let states = json!({
        "First": {
            "Type": "Task", "Resource": "${PrepareFunctionArn}", "Next": "Good",
            "Retry": [{ "ErrorEquals": ["Busy"], "IntervalSeconds": 2, "MaxAttempts": 2, "BackoffRate": 3 }],
            "Catch": [
                { "ErrorEquals": ["Busy"], "ResultPath": "$.error", "Next": "Bad" },
                { "ErrorEquals": ["States.ALL"], "Next": "Good" },
            ],
        },
        "Good": { "Type": "Succeed" },
        "Bad": { "Type": "Fail", "ErrorPath": "$.error.Error", "CausePath": "$.error.Cause" },
    });
    let mut run = execution(&states, json!({}));
    let pauses = [0, 1].map(|_| run.fail_task("Busy", "why", START).unwrap().unwrap().seconds);
    assert_eq!(pauses, [2, 6]);
    assert_eq!(run.fail_task("Busy", "why", START), Ok(None));
    assert_eq!(run.act(START, ""), fails("Busy", "why"));
    let mut run = execution(&states, json!({}));
    assert_eq!(run.fail_task("Other", "", START), Ok(None));
    assert_eq!(run.act(START, ""), Step::End(Outcome::Succeeded));
}

#[test]
fn an_error_that_nothing_catches_ends_the_execution() {
    let states = json!({ "First": { "Type": "Task", "Resource": "${PrepareFunctionArn}", "End": true } });
    let ended = execution(&states, json!({})).fail_task("Busy", "why", START);
    assert_eq!(ended, Err(Outcome::Failed { error: "Busy".to_owned(), cause: "why".to_owned() }));
}

#[test]
fn results_and_pieces_go_where_their_paths_say() {
    let states = json!({
        "First": { "Type": "Task", "Resource": "${PrepareFunctionArn}", "ResultPath": "$.a.b", "Next": "Then" },
        "Then": { "Type": "Pass", "InputPath": "$.a.b.c", "ResultPath": "$.d", "Next": "Which" },
        "Which": { "Type": "Choice", "Default": "No", "Choices": [{
            "And": [{ "Variable": "$.d", "IsPresent": true }, { "Variable": "$.d", "StringEquals": "x" }],
            "Next": "Wait",
        }] },
        "Wait": { "Type": "Wait", "SecondsPath": "$.a.b.wait", "Next": "Yes" },
        "Yes": { "Type": "Succeed" },
        "No": { "Type": "Fail", "Error": "No", "Cause": "not there" },
    });
    let mut run = execution(&states, json!({ "kept": true }));
    assert_eq!(run.succeed(json!({ "c": "x", "wait": 15 }), START), None);
    assert_eq!(run.act(START, ""), Step::Wait(15));
    run.waited(START);
    assert_eq!(run.act(START, ""), Step::End(Outcome::Succeeded));
    let mut run = execution(&states, json!({}));
    assert_eq!(run.succeed(json!({ "c": "y" }), START), None);
    assert_eq!(run.act(START, ""), fails("No", "not there"));
}

#[test]
fn looking_at_what_is_not_there_ends_the_execution() {
    let states = json!({
        "First": { "Type": "Choice", "Default": "Yes", "Choices": [{ "Variable": "$.a", "StringEquals": "x", "Next": "Yes" }] },
        "Yes": { "Type": "Succeed" },
    });
    assert_eq!(execution(&states, json!({})).act(START, ""), fails("States.Runtime", "nothing is at $.a"));
}
