//! The exact calls that resume a workflow, and what each answer means.

use aws_sdk_sfn::config::{BehaviorVersion, Config};
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::operation::send_task_failure::SendTaskFailureOutput;
use aws_sdk_sfn::operation::send_task_success::SendTaskSuccessOutput;
use aws_smithy_mocks::{Rule, mock};
use serde_json::json;

use super::*;
use crate::adapters::mocked::{answered, mocked};
use crate::adapters::samples::{EXECUTION, token};

fn success() -> Answer {
    Answer::Success { output: r#"{"approved":true}"#.to_owned() }
}

fn failure() -> Answer {
    Answer::Failure { error: "RejectedError", cause: r#"{"reason":"no"}"#.to_owned() }
}

fn body(code: &str) -> String {
    json!({ "__type": code, "message": "Task Timed Out: 'AAAA-a-task-token'" }).to_string()
}

#[tokio::test]
async fn an_answer_goes_to_the_token_that_waits() {
    let accept = mock!(Client::send_task_success)
        .match_requests(|input| {
            input.task_token() == Some("AAAA") && input.output() == Some(r#"{"approved":true}"#)
        })
        .then_output(|| SendTaskSuccessOutput::builder().build());
    let refuse = mock!(Client::send_task_failure)
        .match_requests(|input| {
            input.task_token() == Some("AAAA")
                && input.error() == Some("RejectedError")
                && input.cause() == Some(r#"{"reason":"no"}"#)
        })
        .then_output(|| SendTaskFailureOutput::builder().build());
    let workflows = StepFunctions::new(mocked!(aws_sdk_sfn, accept, refuse));
    workflows.answer(&token("AAAA"), &success()).await.unwrap();
    workflows.answer(&token("AAAA"), &failure()).await.unwrap();
    assert_eq!((accept.num_calls(), refuse.num_calls()), (1, 1));
}

/// Both calls, failing with this status and code.
async fn answers_failing(status: u16, code: &'static str) -> [ResumeError; 2] {
    let accept = mock!(Client::send_task_success)
        .then_http_response(move || answered!(aws_sdk_sfn, status, body(code)));
    let refuse = mock!(Client::send_task_failure)
        .then_http_response(move || answered!(aws_sdk_sfn, status, body(code)));
    let workflows = StepFunctions::new(mocked!(aws_sdk_sfn, accept, refuse));
    [
        workflows.answer(&token("AAAA-a-task-token"), &success()).await.unwrap_err(),
        workflows.answer(&token("AAAA-a-task-token"), &failure()).await.unwrap_err(),
    ]
}

#[tokio::test]
async fn a_token_that_nothing_waits_for_is_an_answer() {
    for code in ["TaskTimedOut", "TaskDoesNotExist"] {
        for error in answers_failing(400, code).await {
            assert!(matches!(&error, ResumeError::NotWaiting { code: told } if told == code), "{error}");
            assert!(!format!("{error} {error:?}").contains("AAAA"));
        }
    }
}

#[tokio::test]
async fn what_passes_by_itself_is_tried_again() {
    let passing = [
        (400, "ThrottlingException"),
        (400, "KmsThrottlingException"),
        (400, "ExpiredTokenException"),
        (429, "SomethingNew"),
        (500, "InternalServerError"),
        (503, "ServiceUnavailable"),
    ];
    for (status, code) in passing {
        for error in answers_failing(status, code).await {
            assert!(matches!(error, ResumeError::Temporary { .. }), "{code}: {error}");
        }
    }
}

#[tokio::test]
async fn what_needs_somebody_to_act_is_not() {
    let lasting = [
        "InvalidToken",
        "InvalidOutput",
        "ValidationException",
        "KmsAccessDeniedException",
        "KmsInvalidStateException",
        "AccessDeniedException",
    ];
    for code in lasting {
        for error in answers_failing(400, code).await {
            assert!(matches!(error, ResumeError::Impossible { .. }), "{code}: {error}");
        }
    }
}

fn described(status: ExecutionStatus) -> Rule {
    mock!(Client::describe_execution)
        .match_requests(|input| {
            input.execution_arn() == Some(EXECUTION)
                && input.included_data() == Some(&IncludedData::MetadataOnly)
        })
        .then_output(move || {
            DescribeExecutionOutput::builder()
                .execution_arn(EXECUTION)
                .state_machine_arn("machine")
                .status(status.clone())
                .start_date(aws_smithy_types::DateTime::from_secs(0))
                .build()
                .unwrap()
        })
}

#[tokio::test]
async fn a_workflow_runs_until_it_has_ended() {
    let ended = [
        (ExecutionStatus::Succeeded, Ending::Succeeded),
        (ExecutionStatus::Failed, Ending::Failed),
        (ExecutionStatus::TimedOut, Ending::TimedOut),
        (ExecutionStatus::Aborted, Ending::Stopped),
    ];
    for (status, how) in ended {
        let workflows = StepFunctions::new(mocked!(aws_sdk_sfn, described(status)));
        assert_eq!(workflows.describe(EXECUTION).await.unwrap(), WorkflowState::Ended(how));
    }
    for status in [ExecutionStatus::Running, ExecutionStatus::PendingRedrive, "NEW".into()] {
        let workflows = StepFunctions::new(mocked!(aws_sdk_sfn, described(status)));
        assert_eq!(workflows.describe(EXECUTION).await.unwrap(), WorkflowState::Running);
    }
}

#[tokio::test]
async fn a_forgotten_workflow_has_ended_and_an_unanswered_question_says_nothing() {
    let failing = |code: &'static str| {
        let rule = mock!(Client::describe_execution)
            .then_http_response(move || answered!(aws_sdk_sfn, 400_u16, body(code)));
        StepFunctions::new(mocked!(aws_sdk_sfn, rule))
    };
    let forgotten = failing("ExecutionDoesNotExist").describe(EXECUTION).await.unwrap();
    assert_eq!(forgotten, WorkflowState::Ended(Ending::Forgotten));
    for code in ["InvalidArn", "AccessDeniedException", "ThrottlingException"] {
        assert_eq!(failing(code).describe(EXECUTION).await.unwrap_err().code, code);
    }
}

#[test]
fn a_history_is_read_for_as_long_as_a_call_may_take() {
    let limit = Duration::from_secs(7);
    let timeouts = TimeoutConfig::builder().operation_timeout(limit).build();
    let client = Client::from_conf(
        Config::builder().behavior_version(BehaviorVersion::v2026_01_12()).timeout_config(timeouts).build(),
    );
    assert_eq!(StepFunctions::new(client).patience, limit);
}
