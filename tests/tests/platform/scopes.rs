//! Tasks that end because what they are in ends.

use countersign_tests::{Question, Run};
use serde_json::json;

use crate::{Asking, assert_over};

/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html>
#[test]
fn a_stopped_workflow_stays_stopped_and_its_token_is_over() {
    let asking = Asking::with(json!({ "TimeoutSeconds": 600 }));
    let token = asking.token();
    asking.workflow.stop();
    asking.assert_over(&token);
    assert_eq!(asking.workflow.end().status, "ABORTED");
}

/// <https://docs.aws.amazon.com/step-functions/latest/dg/state-map.html>: when an iteration fails, the state fails, and the other
/// iterations are stopped. Each has a token of its own.
#[test]
fn iterations_have_tokens_of_their_own_and_end_together() {
    let (run, question) = (Run::connect(), Question::about("map"));
    let mut state = question.state(json!({ "TimeoutSeconds": 600, "End": true }));
    state["Parameters"]["Payload"]["requestKey.$"] = json!("$.index");
    let machine = run.machine(&json!({
        "StartAt": "Each",
        "States": { "Each": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "MaxConcurrency": 0,
            "ItemSelector": { "index.$": "$$.Map.Item.Index" },
            "ItemProcessor": { "StartAt": "Ask", "States": { "Ask": state } },
            "End": true
        } }
    }));
    let token = |workflow: &_, key: &str| {
        let record = run.record_when(&question.id(workflow, "Ask", Some(key)), "of an iteration", |_| true);
        record.task_token.expose().to_owned()
    };

    let answered = machine.start(&json!({ "items": ["a", "b"] }));
    let (first, second) = (token(&answered, "0"), token(&answered, "1"));
    assert_ne!(first, second);
    assert_eq!(run.send_success(&second, &json!("second")), Ok(()));
    assert_eq!(run.send_success(&first, &json!("first")), Ok(()));
    assert_eq!(answered.end().success(), json!(["first", "second"]));

    let refused = machine.start(&json!({ "items": ["a", "b"] }));
    let (first, second) = (token(&refused, "0"), token(&refused, "1"));
    assert_eq!(run.send_failure(&second, "Refused", "because"), Ok(()));
    assert_eq!(refused.end().failure(), ("Refused".to_owned(), "because".to_owned()));
    assert_over(&run, &first);
}
