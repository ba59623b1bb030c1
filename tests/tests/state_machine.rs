//! What the state machines promise: they handle no error that the code does not know, and retry only what passes by itself.

#![expect(clippy::indexing_slicing, reason = "what a JSON value does not have is null, not a panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use common::contract::errors::TaskErrorName;
use serde_json::Value;

const MACHINES: [&str; 5] = [
    "deployment-approval",
    "examples/data-release",
    "examples/expense-report",
    "examples/minimal",
    "examples/one-wait",
];

#[test]
fn the_code_knows_every_error_name_of_the_state_machines() {
    let known: BTreeSet<&str> = TaskErrorName::ALL.iter().map(|name| name.as_str()).collect();
    for machine in MACHINES {
        for (state, body) in &states(machine) {
            let handled = [&body["Retry"], &body["Catch"]]
                .into_iter()
                .flat_map(list)
                .flat_map(|handler| texts(&handler["ErrorEquals"]));
            for name in handled.chain(body["Error"].as_str()) {
                let foreign = ["States.", "Lambda.", "Runtime.", "Sandbox."]
                    .iter()
                    .any(|prefix| name.starts_with(prefix));
                assert!(foreign || known.contains(name), "{machine}, {state}: {name}");
            }
        }
    }
}

/// What a workflow can do something about has a branch in every state machine; whatever else a task fails with ends
/// the workflow under its own name.
#[test]
fn the_state_machines_know_every_error_name_that_has_a_branch() {
    for machine in MACHINES {
        let states = states(machine);
        let asking = states.values().filter(|body| body["Resource"].to_string().contains("waitForTaskToken"));
        for body in asking {
            assert!(
                texts(&body["Retry"]).contains(&TaskErrorName::TemporarilyUnavailable.as_str()),
                "{machine}"
            );
            assert!(texts(&body["Catch"]).contains(&TaskErrorName::RejectedError.as_str()), "{machine}");
        }
    }
    for (state, body) in &states("deployment-approval") {
        let ends_by_itself = body["Type"] != "Task" || state == "PrepareDeployment";
        assert!(ends_by_itself || texts(&body["Catch"]).contains(&"States.ALL"), "{state}");
    }
}

#[test]
fn every_task_retries_what_passes_by_itself_and_nothing_else() {
    for (state, body) in states("deployment-approval").iter().filter(|(_, body)| body["Type"] == "Task") {
        // One retrier for all names: its count is then the state's, and `retry` 3 means the last attempt.
        let [retrier] = list(&body["Retry"]) else { panic!("{state}: {}", body["Retry"]) };
        assert_eq!(retrier["MaxAttempts"], 3, "{state}");
        let names: BTreeSet<_> = texts(&retrier["ErrorEquals"]).into_iter().collect();
        let expected = BTreeSet::from([
            "Lambda.AWSLambdaException",
            "Lambda.ClientExecutionTimeoutException",
            "Lambda.SdkClientException",
            "Lambda.ServiceException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Runtime.ExitError",
            "Sandbox.Timedout",
            "TemporarilyUnavailable",
        ]);
        assert_eq!(names, expected, "{state}");
    }
}

#[test]
fn the_wait_ends_when_the_cursor_says_so() {
    let states = states("deployment-approval");
    let request = &states["RequestApproval"];
    assert_eq!(request["TimeoutSecondsPath"], "$.deploymentDetails.approval.waitSeconds");
    let outcomes: Vec<_> = list(&request["Catch"])
        .iter()
        .map(|catch| (texts(&catch["ErrorEquals"]), catch["Next"].as_str().unwrap()))
        .collect();
    assert_eq!(
        outcomes,
        [
            (vec!["States.Timeout"], "ApprovalTimedOut"),
            (vec!["RejectedError"], "DeploymentRejected"),
            (vec!["States.ALL"], "DeploymentFailed"),
        ]
    );
}

fn states(machine: &str) -> BTreeMap<String, Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../statemachine/{machine}.asl.json"));
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{machine}: {error}"));
    let mut parsed: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{machine}: {error}"));
    let Value::Object(states) = parsed["States"].take() else { panic!("{machine} has no states") };
    states.into_iter().collect()
}

/// The elements of a list, none when there is no list.
fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Every text inside a value, at any depth.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        _ => vec![],
    }
}
