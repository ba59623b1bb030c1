//! The adapter against rules: what it sends, and what each answer means.

use aws_sdk_lambda::config::http::HttpResponse;
use aws_sdk_sfn::Client;
use aws_smithy_mocks::mock;
use aws_smithy_types::body::SdkBody;
use serde_json::json;

use super::super::mocked::{error, targets};
use super::*;

const MACHINE: &str = "arn:aws:states:eu-west-1:1:stateMachine:release";
const EXECUTION: &str = "arn:aws:states:eu-west-1:1:execution:release:request-1";

fn place() -> StateMachine {
    StateMachine { state_machine: MACHINE.to_owned() }
}

fn request() -> RequestId {
    RequestId::parse("request-1").unwrap()
}

fn answer(body: impl Into<String>) -> HttpResponse {
    HttpResponse::new(200.try_into().unwrap(), SdkBody::from(body.into()))
}

#[tokio::test]
async fn a_state_machine_is_there_or_not_and_of_a_type() {
    let machine = |is_standard| Some(Machine { is_standard });
    for (kind, status, expected) in [
        ("STANDARD", "ACTIVE", machine(true)),
        ("EXPRESS", "ACTIVE", machine(false)),
        ("STANDARD", "DELETING", None),
    ] {
        let body = format!(
            r#"{{"stateMachineArn":"{MACHINE}","name":"release","status":"{status}","definition":"{{}}","roleArn":"r","type":"{kind}","creationDate":1}}"#
        );
        let rule = mock!(Client::describe_state_machine)
            .match_requests(|call| call.state_machine_arn() == Some(MACHINE))
            .then_http_response(move || answer(body.clone()));
        assert_eq!(targets(&[rule]).machine(&place()).await, Ok(expected), "{kind} {status}");
    }
    let rule =
        mock!(Client::describe_state_machine).then_http_response(|| error(400, "StateMachineDoesNotExist"));
    assert_eq!(targets(&[rule]).machine(&place()).await, Ok(None));
}

#[tokio::test]
async fn an_execution_has_the_request_s_name_and_is_the_same_when_it_is_there() {
    let rule = mock!(Client::start_execution)
        .match_requests(|call| {
            (call.state_machine_arn(), call.name(), call.input())
                == (Some(MACHINE), Some("request-1"), Some(r#"{"version":"2.4.1"}"#))
        })
        .then_http_response(|| answer(format!(r#"{{"executionArn":"{EXECUTION}","startDate":1}}"#)));
    let input = json!({ "version": "2.4.1" });
    let started = targets(&[rule]).start_execution(&place(), &request(), &input).await;
    assert_eq!(started, Ok(EXECUTION.to_owned()));
    let rule = mock!(Client::start_execution).then_http_response(|| error(400, "ExecutionAlreadyExists"));
    let started = targets(&[rule]).start_execution(&place(), &request(), &input).await;
    assert_eq!(started, Ok(EXECUTION.to_owned()));
}

#[tokio::test]
async fn how_an_execution_ended_is_told_in_its_own_words() {
    let failed = |words: &str| Ran::Failed(words.to_owned());
    for (status, more, ran) in [
        ("RUNNING", "", Ran::Running),
        ("PENDING_REDRIVE", "", Ran::Running),
        ("SUCCEEDED", "", Ran::Succeeded),
        (
            "FAILED",
            r#","error":"NoSpace","cause":"the disk is full""#,
            failed("ended as FAILED: NoSpace: the disk is full"),
        ),
        ("TIMED_OUT", "", failed("ended as TIMED_OUT")),
        ("ABORTED", r#","cause":"stopped by hand""#, failed("ended as ABORTED: stopped by hand")),
    ] {
        let body = format!(
            r#"{{"executionArn":"{EXECUTION}","stateMachineArn":"{MACHINE}","status":"{status}","startDate":1{more}}}"#
        );
        let rule = mock!(Client::describe_execution)
            .match_requests(|call| call.execution_arn() == Some(EXECUTION))
            .then_http_response(move || answer(body.clone()));
        assert_eq!(targets(&[rule]).ran(EXECUTION).await, Ok(Some(ran)), "{status}");
    }
    let rule = mock!(Client::describe_execution).then_http_response(|| error(400, "ExecutionDoesNotExist"));
    assert_eq!(targets(&[rule]).ran(EXECUTION).await, Ok(None));
}

#[tokio::test]
async fn a_failure_that_passes_is_tried_again_and_any_other_says_what_the_service_says() {
    for (code, passes) in
        [("ExecutionLimitExceeded", true), ("ThrottlingException", true), ("AccessDeniedException", false)]
    {
        let rule = mock!(Client::start_execution).then_http_response(move || error(400, code));
        let failed = targets(&[rule]).start_execution(&place(), &request(), &json!({})).await.unwrap_err();
        assert_eq!(matches!(failed, TargetError::Unavailable { .. }), passes, "{failed}");
    }
}
