//! Starting a workflow again under its name: a pipeline whose job is run again goes on waiting, and a call whose reply was lost is made again.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>: "if you call `StartExecution` with the same name and
//! input as a running execution, the call succeeds and return the same response as the original request. If the execution is closed or if the
//! input is different, it returns a `400 ExecutionAlreadyExists` error."

use aws_sdk_sfn::types::HistoryEventType;
use countersign_tests::{Run, unique};
use serde_json::json;

#[test]
fn the_same_name_and_input_is_the_workflow_that_runs_until_it_has_ended() {
    let run = Run::connect();
    let wait =
        json!({ "StartAt": "Wait", "States": { "Wait": { "Type": "Wait", "Seconds": 600, "End": true } } });
    let (machine, name) = (run.machine(&wait), unique("test"));
    let start = |input| machine.start_named(&name, &json!({ "n": input }));
    let first = start(1).unwrap_or_else(|error| panic!("{error}"));
    let again = start(1).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(again.arn(), first.arn());
    assert_eq!(first.events(&HistoryEventType::ExecutionStarted).len(), 1);
    let taken = Some("ExecutionAlreadyExists".to_owned());
    assert_eq!(start(2).err(), taken, "another input");
    first.stop();
    assert_eq!(start(1).err(), taken, "after its end");
}
