//! `SendTaskSuccess`, `SendTaskFailure` and `SendTaskHeartbeat`: which token they take, and when, and what the history keeps of them.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html>: `TaskTimedOut` is "The task token has either expired
//! or the task associated with the token has already been closed", `InvalidToken` is "The provided token is not valid".

use std::sync::Barrier;
use std::thread;

use aws_sdk_sfn::types::HistoryEventType;
use serde_json::{Value, json};

use crate::{Asking, OVER};

const SENDERS: usize = 40;
/// What the history calls the resource of a task that waits for a function's answer.
const INVOKE: &str = "invoke.waitForTaskToken";

#[test]
fn a_token_works_once() {
    let asking = Asking::with(json!({}));
    let token = asking.token();
    assert_eq!(asking.run.send_heartbeat(&token), Ok(()));
    assert_eq!(asking.run.send_success(&token, &json!({ "n": 1 })), Ok(()));
    asking.assert_over(&token);
    assert_eq!(asking.workflow.end().success()["answer"], json!({ "n": 1 }));
    asking.assert_over(&token);
}

/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html>
#[test]
fn a_failure_reaches_the_state_with_its_error_and_its_cause() {
    let asking = Asking::with(json!({}));
    let token = asking.token();
    assert_eq!(asking.run.send_failure(&token, "Refused", "because"), Ok(()));
    assert_eq!(asking.workflow.end().failure(), ("Refused".to_owned(), "because".to_owned()));
    asking.assert_over(&token);
}

#[test]
fn what_was_never_a_token_is_invalid() {
    let asking = Asking::with(json!({}));
    let invalid = Err("InvalidToken".to_owned());
    assert_eq!(asking.run.send_success("garbage", &json!({})), invalid);
    assert_eq!(asking.run.send_failure("garbage", "E", "c"), invalid);
    assert_eq!(asking.run.send_heartbeat("garbage"), invalid);
    assert_eq!(asking.run.send_success(&asking.token(), &json!({})), Ok(()));
}

/// `InvalidOutput`: "The provided JSON output data is not valid". `output` has at most 262,144 characters.
#[test]
fn an_output_that_is_not_json_or_too_long_is_refused_and_the_token_stays_good() {
    let asking = Asking::with(json!({}));
    let token = asking.token();
    assert_eq!(asking.run.send_output(&token, "{not json"), Err("InvalidOutput".to_owned()));
    let long = json!("x".repeat(262_144));
    assert_eq!(asking.run.send_success(&token, &long), Err("ValidationException".to_owned()));
    assert_eq!(asking.run.send_success(&token, &json!({ "n": 2 })), Ok(()));
    assert_eq!(asking.workflow.end().success()["answer"], json!({ "n": 2 }));
}

/// The first answer closes the task, so every other finds it closed.
#[test]
fn the_first_of_many_answers_counts_and_only_that() {
    let asking = Asking::with(json!({}));
    let token = asking.token();
    let barrier = Barrier::new(SENDERS);
    let said = thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS)
            .map(|number| {
                let (run, barrier, token) = (countersign_tests::Run::connect(), &barrier, &token);
                scope.spawn(move || {
                    barrier.wait();
                    match number % 2 {
                        0 => run.send_success(token, &json!(number)),
                        _ => run.send_failure(token, "Refused", &number.to_string()),
                    }
                })
            })
            .collect();
        senders.into_iter().map(|sender| sender.join().expect("a sender")).collect::<Vec<_>>()
    });
    let winners: Vec<_> = (0..SENDERS).filter(|number| said[*number].is_ok()).collect();
    assert_eq!(winners.len(), 1, "{winners:?} were all taken");
    assert!(said.iter().filter_map(|said| said.as_ref().err()).all(|code| code == OVER), "{said:?}");

    let end = asking.workflow.end();
    let counted = if end.status == "SUCCEEDED" { end.output["answer"].to_string() } else { end.cause };
    assert_eq!(counted, winners[0].to_string());
}

/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_TaskSucceededEventDetails.html> and
/// `API_TaskFailedEventDetails.html`: what a task with `.waitForTaskToken` was answered stands in the history, also after the end.
#[test]
fn the_history_says_what_a_waiting_task_was_told() {
    let told = Asking::with(json!({}));
    let output = json!({ "requestId": "r-1", "n": [1, "ü"] });
    assert_eq!(told.run.send_success(&told.token(), &output), Ok(()));
    told.workflow.end().success();
    let [event] = &told.workflow.events(&HistoryEventType::TaskSucceeded)[..] else { panic!("one success") };
    let details = event.task_succeeded_event_details.as_ref().expect("details of the success");
    assert_eq!((details.resource_type.as_str(), details.resource.as_str()), ("lambda", INVOKE));
    let said = details.output.as_deref().map(serde_json::from_str::<Value>);
    assert_eq!(said.expect("an output").expect("JSON"), output);

    let refused = Asking::with(json!({}));
    let cause = r#"{"requestId":"r-2"}"#;
    assert_eq!(refused.run.send_failure(&refused.token(), "Refused", cause), Ok(()));
    refused.workflow.end().failure();
    let [event] = &refused.workflow.events(&HistoryEventType::TaskFailed)[..] else { panic!("one failure") };
    let details = event.task_failed_event_details.as_ref().expect("details of the failure");
    assert_eq!((details.resource_type.as_str(), details.resource.as_str()), ("lambda", INVOKE));
    assert_eq!((details.error.as_deref(), details.cause.as_deref()), (Some("Refused"), Some(cause)));
}

/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html>: `reverseOrder` "Lists events in
/// descending order of their timeStamp", and pages of at most `maxResults` follow each other without a gap.
#[test]
fn a_history_is_read_in_pages_from_its_end() {
    let asking = Asking::with(json!({}));
    assert_eq!(asking.run.send_success(&asking.token(), &json!({})), Ok(()));
    asking.workflow.end().success();
    let ids = |pages: &[Vec<i64>]| pages.concat();
    let (forward, backward) = (asking.workflow.event_ids(3, false), asking.workflow.event_ids(3, true));
    assert!(forward.len() > 1 && forward.iter().all(|page| page.len() <= 3), "{forward:?}");
    assert!(ids(&forward).is_sorted(), "{forward:?}");
    assert_eq!(ids(&backward), ids(&forward).into_iter().rev().collect::<Vec<_>>());
}
