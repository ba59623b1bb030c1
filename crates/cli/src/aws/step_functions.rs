//! Step Functions: the stack's state machine, and how workflows are.

use aws_sdk_sfn::Client;
use aws_sdk_sfn::operation::describe_execution::{DescribeExecutionError, DescribeExecutionOutput};
use aws_sdk_sfn::types::{ExecutionStatus, IncludedData};
use common::ports::Ending;

use super::failure;
use crate::ports::{CallError, Execution, Workflows};

/// The state machine of the stack.
pub struct StateMachine {
    client: Client,
    arn: String,
}

impl StateMachine {
    pub(super) fn new(client: Client, arn: String) -> Self {
        Self { client, arn }
    }

    async fn describe(
        &self,
        execution: &str,
        data: IncludedData,
    ) -> Result<Option<DescribeExecutionOutput>, CallError> {
        match self.client.describe_execution().execution_arn(execution).included_data(data).send().await {
            Ok(found) => Ok(Some(found)),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DescribeExecutionError::is_execution_does_not_exist) =>
            {
                Ok(None)
            }
            Err(error) => Err(failure::of("describe the workflow", &error)),
        }
    }
}

impl Workflows for StateMachine {
    async fn start(&self, name: &str, input: &serde_json::Value) -> Result<String, CallError> {
        let call = self.client.start_execution().state_machine_arn(&self.arn).name(name);
        let started = call.input(input.to_string()).send().await;
        started
            .map(|started| started.execution_arn)
            .map_err(|error| failure::of("start the workflow", &error))
    }

    async fn look(&self, execution: &str) -> Result<Option<Execution>, CallError> {
        // While it runs there is nothing in its data, and a key of KMS may guard them.
        let Some(found) = self.describe(execution, IncludedData::MetadataOnly).await? else {
            return Ok(None);
        };
        let Some(how) = ending(&found.status) else {
            return Ok(Some(Execution::Running));
        };
        // That it ended is known. What it gave and why it failed are only for reading.
        let told = self.describe(execution, IncludedData::AllData).await.ok().flatten().unwrap_or(found);
        Ok(Some(Execution::Ended {
            how,
            output: told.output.as_deref().and_then(|output| serde_json::from_str(output).ok()),
            error: told.error,
            cause: told.cause,
        }))
    }
}

/// How it ended; `None` while it runs, and for a word that is not known.
fn ending(status: &ExecutionStatus) -> Option<Ending> {
    match status {
        ExecutionStatus::Succeeded => Some(Ending::Succeeded),
        ExecutionStatus::Failed => Some(Ending::Failed),
        ExecutionStatus::TimedOut => Some(Ending::TimedOut),
        ExecutionStatus::Aborted => Some(Ending::Stopped),
        _ => None,
    }
}
