//! The exact call that reads a history, which events prove something, and what each failure means.

use aws_sdk_sfn::operation::get_execution_history::GetExecutionHistoryOutput;
use aws_sdk_sfn::types::{TaskFailedEventDetails, TaskSucceededEventDetails, TaskTimedOutEventDetails};
use aws_smithy_mocks::{Rule, mock};
use serde_json::json;

use super::*;
use crate::adapters::mocked::{answered, mocked};
use crate::adapters::samples::{EXECUTION, request};

const INVOKE: &str = "invoke.waitForTaskToken";

/// What a task is told about the request.
fn told() -> String {
    json!({ "schema": 1, "requestId": request("one").id.as_str(), "fingerprint": "00" }).to_string()
}

fn event(
    kind: HistoryEventType,
    fill: impl FnOnce(
        aws_sdk_sfn::types::builders::HistoryEventBuilder,
    ) -> aws_sdk_sfn::types::builders::HistoryEventBuilder,
) -> HistoryEvent {
    let event =
        HistoryEvent::builder().id(1).timestamp(aws_smithy_types::DateTime::from_secs(0)).r#type(kind);
    fill(event).build().unwrap()
}

fn succeeded(resource: &str, output: &str) -> HistoryEvent {
    let details =
        TaskSucceededEventDetails::builder().resource_type("lambda").resource(resource).output(output);
    event(HistoryEventType::TaskSucceeded, |event| {
        event.task_succeeded_event_details(details.build().unwrap())
    })
}

fn failed(resource: &str, cause: &str) -> HistoryEvent {
    let details = TaskFailedEventDetails::builder().resource_type("lambda").resource(resource);
    let details = details.error("RejectedError").cause(cause);
    event(HistoryEventType::TaskFailed, |event| event.task_failed_event_details(details.build().unwrap()))
}

/// The page after the one with this token, with this event on it, and whether more follow.
fn page(after: Option<&'static str>, event: HistoryEvent, next: Option<&'static str>) -> Rule {
    mock!(Client::get_execution_history)
        .match_requests(move |input| {
            input.execution_arn() == Some(EXECUTION)
                && input.reverse_order() == Some(true)
                && input.include_execution_data() == Some(true)
                && input.max_results() == Some(1_000)
                && input.next_token() == after
        })
        .then_output(move || {
            let page = GetExecutionHistoryOutput::builder().events(event.clone());
            page.set_next_token(next.map(str::to_owned)).build().unwrap()
        })
}

async fn read(client: &Client, patience: Duration) -> Result<bool, HistoryError> {
    tells_of(client, EXECUTION, &request("one").id, patience).await
}

async fn tells(event: HistoryEvent) -> bool {
    let client = mocked!(aws_sdk_sfn, page(None, event, None));
    read(&client, Duration::MAX).await.unwrap()
}

#[tokio::test]
async fn the_answer_of_a_waiting_task_is_proof() {
    assert!(tells(succeeded(INVOKE, &told())).await);
    assert!(tells(failed(INVOKE, &told())).await);
    assert!(tells(succeeded("sendMessage.waitForTaskToken", &told())).await, "whatever asked for us");
}

#[tokio::test]
async fn nothing_else_is() {
    let elsewhere = told().replace("one", "two");
    assert_ne!(elsewhere, told());
    for text in [elsewhere.as_str(), "", "no JSON", "[]", r#"{"requestId": 7}"#] {
        assert!(!tells(succeeded(INVOKE, text)).await, "{text}");
        assert!(!tells(failed(INVOKE, text)).await, "{text}");
    }
    let nested = json!({ "approval": { "requestId": request("one").id.as_str() } }).to_string();
    assert!(!tells(succeeded(INVOKE, &nested)).await);
    for resource in ["invoke", "arn:aws:lambda:eu-west-1:123456789012:function:notify-timeout"] {
        assert!(!tells(succeeded(resource, &told())).await, "{resource} repeats the id");
        assert!(!tells(failed(resource, &told())).await, "{resource}");
    }
    let silent = TaskTimedOutEventDetails::builder().resource_type("lambda").resource(INVOKE).cause(told());
    let timed_out = event(HistoryEventType::TaskTimedOut, |event| {
        event.task_timed_out_event_details(silent.build().unwrap())
    });
    assert!(!tells(timed_out).await);
}

#[tokio::test]
async fn it_reads_back_until_it_finds_the_answer() {
    let other = || succeeded("invoke", "{}");
    let first = page(None, other(), Some("older"));
    let second = page(Some("older"), failed(INVOKE, &told()), Some("oldest"));
    let third = page(Some("oldest"), other(), None);
    let client = mocked!(aws_sdk_sfn, first, second, third);
    assert!(read(&client, Duration::MAX).await.unwrap());
    assert_eq!((first.num_calls(), second.num_calls(), third.num_calls()), (1, 1, 0));

    let client = mocked!(aws_sdk_sfn, page(None, other(), Some("oldest")), third);
    assert!(!read(&client, Duration::MAX).await.unwrap());
    assert_eq!(third.num_calls(), 1);
}

#[tokio::test]
async fn a_history_without_an_end_is_given_up_and_a_slow_one_put_off() {
    let endless = mock!(Client::get_execution_history).then_output(|| {
        GetExecutionHistoryOutput::builder()
            .events(succeeded("invoke", "{}"))
            .next_token("more")
            .build()
            .unwrap()
    });
    let client = mocked!(aws_sdk_sfn, endless);
    let given_up = read(&client, Duration::MAX).await;
    assert!(matches!(given_up, Err(HistoryError::Unreadable { .. })), "{given_up:?}");
    assert_eq!(endless.num_calls(), usize::try_from(PAGES).unwrap());
    let put_off = read(&client, Duration::ZERO).await;
    assert!(matches!(put_off, Err(HistoryError::Temporary { .. })), "{put_off:?}");
    let last = mocked!(aws_sdk_sfn, page(None, succeeded("invoke", "{}"), None));
    assert!(!read(&last, Duration::ZERO).await.unwrap(), "nothing is left to ask for");
}

async fn failing(status: u16, code: &'static str) -> HistoryError {
    let rule = mock!(Client::get_execution_history).then_http_response(move || {
        answered!(aws_sdk_sfn, status, json!({ "__type": code, "message": "AAAA-a-task-token" }).to_string())
    });
    read(&mocked!(aws_sdk_sfn, rule), Duration::MAX).await.unwrap_err()
}

#[tokio::test]
async fn a_failure_passes_by_itself_or_lasts() {
    for (status, code) in [(400, "ThrottlingException"), (400, "KmsThrottlingException"), (500, "Anything")] {
        let error = failing(status, code).await;
        assert!(matches!(&error, HistoryError::Temporary { code: told } if told == code), "{error}");
    }
    let lasting = [
        "AccessDeniedException",
        "KmsAccessDeniedException",
        "KmsInvalidStateException",
        "ExecutionDoesNotExist",
        "InvalidArn",
    ];
    for code in lasting {
        let error = failing(400, code).await;
        assert!(matches!(&error, HistoryError::Unreadable { code: told } if told == code), "{error}");
        assert!(!format!("{error} {error:?}").contains("AAAA"));
    }
}
