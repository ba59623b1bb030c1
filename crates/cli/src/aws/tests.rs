//! The exact calls, and what their answers mean.

use aws_sdk_cloudformation::operation::describe_stacks::DescribeStacksOutput;
use aws_sdk_cloudformation::types::{Output, Stack, StackStatus};
use aws_sdk_lambda::operation::invoke::InvokeOutput;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::operation::start_execution::StartExecutionOutput;
use aws_sdk_sfn::types::{ExecutionStatus, IncludedData};
use aws_smithy_mocks::mock;
use aws_smithy_types::DateTime;
use common::domain::{RequestId, Status};
use common::ports::Ending;
use serde_json::json;

use super::lambda::Reconcile;
use super::step_functions::StateMachine;
use crate::ports::{Execution, Withdraws as _, Workflows as _};
use crate::samples::{EXECUTION, MACHINE};

/// A client of an SDK crate over rules.
macro_rules! mocked {
    ($sdk:ident, $($rule:expr),+) => {{
        use $sdk::config::{BehaviorVersion, Config, Credentials, Region};
        let rules = aws_smithy_mocks::MockResponseInterceptor::new()
            .rule_mode(aws_smithy_mocks::RuleMode::MatchAny)
            $(.with_rule(&$rule))+;
        $sdk::Client::from_conf(
            Config::builder()
                .behavior_version(BehaviorVersion::v2026_01_12())
                .region(Region::from_static("eu-west-1"))
                .credentials_provider(Credentials::new("id", "secret", None, None, "test"))
                .retry_config(aws_smithy_types::retry::RetryConfig::disabled())
                .http_client(aws_smithy_mocks::create_mock_http_client())
                .interceptor(rules)
                .build(),
        )
    }};
}

/// An answer of a service: its status and body.
macro_rules! answered {
    ($sdk:ident, $status:expr, $body:expr) => {
        $sdk::config::http::HttpResponse::new(
            $status.try_into().unwrap(),
            aws_smithy_types::body::SdkBody::from($body),
        )
    };
}

#[tokio::test]
async fn a_workflow_is_started_under_its_name() {
    let start = mock!(aws_sdk_sfn::Client::start_execution)
        .match_requests(|input| {
            input.state_machine_arn() == Some(MACHINE)
                && input.name() == Some("checkout-1")
                && input.input() == Some(r#"{"a":1}"#)
        })
        .then_output(|| {
            StartExecutionOutput::builder()
                .execution_arn(EXECUTION)
                .start_date(DateTime::from_secs(0))
                .build()
                .unwrap()
        });
    let machine = StateMachine::new(mocked!(aws_sdk_sfn, start), MACHINE.to_owned());
    assert_eq!(machine.start("checkout-1", &json!({"a": 1})).await.unwrap(), EXECUTION);
}

#[tokio::test]
async fn what_step_functions_refuses_is_told_in_its_words() {
    let body =
        json!({"__type": "ExecutionAlreadyExists", "message": "Execution Already Exists: 'checkout-1'"});
    let start = mock!(aws_sdk_sfn::Client::start_execution)
        .then_http_response(move || answered!(aws_sdk_sfn, 400, body.to_string()));
    let machine = StateMachine::new(mocked!(aws_sdk_sfn, start), MACHINE.to_owned());
    assert_eq!(
        machine.start("checkout-1", &json!({})).await.unwrap_err().to_string(),
        "AWS did not start the workflow: ExecutionAlreadyExists: Execution Already Exists: 'checkout-1'"
    );
}

fn described(status: ExecutionStatus) -> DescribeExecutionOutput {
    DescribeExecutionOutput::builder()
        .execution_arn(EXECUTION)
        .state_machine_arn(MACHINE)
        .status(status)
        .start_date(DateTime::from_secs(0))
        .error("RejectedError")
        .cause("no")
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_running_workflow_is_looked_at_without_its_data() {
    let metadata = mock!(aws_sdk_sfn::Client::describe_execution)
        .match_requests(|input| input.included_data() == Some(&IncludedData::MetadataOnly))
        .then_output(|| described(ExecutionStatus::Running));
    let machine = StateMachine::new(mocked!(aws_sdk_sfn, metadata), MACHINE.to_owned());
    assert_eq!(machine.look(EXECUTION).await.unwrap(), Some(Execution::Running));
    assert_eq!(metadata.num_calls(), 1);
}

/// A key of KMS may guard why it failed; that it failed is known all the same.
#[tokio::test]
async fn an_end_is_known_even_if_its_data_are_not() {
    let metadata = mock!(aws_sdk_sfn::Client::describe_execution)
        .match_requests(|input| input.included_data() == Some(&IncludedData::MetadataOnly))
        .then_output(|| described(ExecutionStatus::Failed));
    let data = mock!(aws_sdk_sfn::Client::describe_execution)
        .match_requests(|input| input.included_data() == Some(&IncludedData::AllData))
        .then_http_response(|| {
            answered!(aws_sdk_sfn, 400, json!({"__type": "KmsAccessDeniedException"}).to_string())
        });
    let machine = StateMachine::new(mocked!(aws_sdk_sfn, metadata, data), MACHINE.to_owned());
    let Some(Execution::Ended { how, .. }) = machine.look(EXECUTION).await.unwrap() else { panic!("ended") };
    assert_eq!((how, data.num_calls()), (Ending::Failed, 1));
}

#[tokio::test]
async fn a_workflow_that_is_not_there_is_none() {
    let absent = mock!(aws_sdk_sfn::Client::describe_execution).then_http_response(|| {
        answered!(aws_sdk_sfn, 400, json!({"__type": "ExecutionDoesNotExist"}).to_string())
    });
    let machine = StateMachine::new(mocked!(aws_sdk_sfn, absent), MACHINE.to_owned());
    assert_eq!(machine.look(EXECUTION).await.unwrap(), None);
}

/// What `reconcile` answers, or the error that it fails with.
async fn withdrawn(answer: serde_json::Value, error: Option<&'static str>) -> Result<String, String> {
    let invoke = mock!(aws_sdk_lambda::Client::invoke)
        .match_requests(|input| {
            let payload = input.payload().map(|payload| payload.as_ref().to_vec()).unwrap_or_default();
            let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
            input.function_name() == Some("reconcile")
                && payload == json!({"withdraw": {"requestId": "a-1", "reason": "postponed"}})
        })
        .then_output(move || {
            InvokeOutput::builder()
                .payload(Blob::new(answer.to_string()))
                .set_function_error(error.map(str::to_owned))
                .build()
        });
    let reconcile = Reconcile::new(mocked!(aws_sdk_lambda, invoke), "reconcile".to_owned());
    let told = reconcile.withdraw(&RequestId::parse("a-1").unwrap(), "postponed").await;
    told.map(|told| format!("{:?} {:?}", told.status.map(Status::as_str), told.refusal))
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn what_became_of_a_withdrawal_is_read() {
    let done = json!({"requestId": "a-1", "status": "withdrawn", "resume": "done"});
    assert_eq!(withdrawn(done, None).await.unwrap(), r#"Some("withdrawn") None"#);
    let late = json!({"requestId": "a-1", "status": "approved", "refusal": "already_decided"});
    assert_eq!(withdrawn(late, None).await.unwrap(), r#"Some("approved") Some("already_decided")"#);
    let absent = json!({"requestId": "a-1", "refusal": "not_found"});
    assert_eq!(withdrawn(absent, None).await.unwrap(), r#"None Some("not_found")"#);
}

#[tokio::test]
async fn a_function_that_failed_has_withdrawn_nothing() {
    let failed = json!({"errorType": "TemporarilyUnavailable", "errorMessage": "storage failed"});
    assert_eq!(
        withdrawn(failed, Some("Unhandled")).await.unwrap_err(),
        "AWS did not withdraw the request: TemporarilyUnavailable: storage failed"
    );
    assert!(withdrawn(json!(null), None).await.unwrap_err().contains("UnreadableResponse"));
}

#[tokio::test]
async fn the_outputs_of_a_stack_are_read_by_its_name() {
    let describe = mock!(aws_sdk_cloudformation::Client::describe_stacks)
        .match_requests(|input| input.stack_name() == Some("countersign"))
        .then_output(|| {
            let output = Output::builder().output_key("ApprovalTableName").output_value("t").build();
            let stack = Stack::builder()
                .stack_name("countersign")
                .creation_time(DateTime::from_secs(0))
                .stack_status(StackStatus::CreateComplete)
                .outputs(output);
            DescribeStacksOutput::builder().stacks(stack.build()).build()
        });
    let client = mocked!(aws_sdk_cloudformation, describe);
    let outputs = super::cloud_formation::outputs(&client, "countersign").await.unwrap().unwrap();
    assert_eq!(outputs["ApprovalTableName"], "t");
}

#[tokio::test]
async fn a_stack_that_is_not_there_is_told_from_one_that_may_not_be_seen() {
    let answering = |code: &str, message: &str| {
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        );
        mock!(aws_sdk_cloudformation::Client::describe_stacks)
            .then_http_response(move || answered!(aws_sdk_cloudformation, 400, body.clone()))
    };
    let absent = answering("ValidationError", "Stack with id x does not exist");
    let client = mocked!(aws_sdk_cloudformation, absent);
    assert_eq!(super::cloud_formation::outputs(&client, "x").await, Ok(None));
    let denied = answering("AccessDenied", "User: x is not authorized");
    let client = mocked!(aws_sdk_cloudformation, denied);
    assert_eq!(
        super::cloud_formation::outputs(&client, "x").await.unwrap_err().to_string(),
        "AWS did not describe the stack: AccessDenied: User: x is not authorized"
    );
}
