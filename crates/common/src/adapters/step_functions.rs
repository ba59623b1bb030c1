//! Step Functions: answering waiting tasks, and looking at executions.

mod history;

use std::time::Duration;

use aws_sdk_sfn::Client;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionError;
use aws_sdk_sfn::types::{ExecutionStatus, IncludedData};
use aws_smithy_types::timeout::TimeoutConfig;

use super::failure::Failure;
use crate::domain::{RequestId, TaskToken};
use crate::ports::{
    Answer, DescribeError, DescribeWorkflows, Ending, HistoryError, ResumeError, ResumeWorkflows,
    WorkflowState,
};

/// Step Functions.
#[derive(Clone, Debug)]
pub struct StepFunctions {
    client: Client,
    /// How long further pages of a history are asked for.
    patience: Duration,
}

impl StepFunctions {
    /// By this client. Whoever waits gives the pages of a history together as long as any one call.
    pub fn new(client: Client) -> Self {
        let limit = client.config().timeout_config().and_then(TimeoutConfig::operation_timeout);
        Self { patience: limit.unwrap_or(Duration::MAX), client }
    }
}

impl ResumeWorkflows for StepFunctions {
    async fn answer(&self, token: &TaskToken, answer: &Answer) -> Result<(), ResumeError> {
        let failure = match answer {
            Answer::Success { output } => {
                let call = self.client.send_task_success().task_token(token.expose()).output(output);
                call.send().await.err().map(|error| Failure::of(&error))
            }
            Answer::Failure { error, cause } => {
                let call = self.client.send_task_failure().task_token(token.expose());
                call.error(*error).cause(cause).send().await.err().map(|error| Failure::of(&error))
            }
        };
        failure.map_or(Ok(()), |failure| Err(resume_error(failure)))
    }
}

/// What a failed call says about the waiting task.
pub(super) fn resume_error(failure: Failure) -> ResumeError {
    let Failure { code, passing } = failure;
    match code.as_str() {
        // A token that was used, or whose wait or workflow is over. It is an answer, not a fault.
        "TaskTimedOut" | "TaskDoesNotExist" => ResumeError::NotWaiting { code },
        _ if passing => ResumeError::Temporary { code },
        // InvalidToken, InvalidOutput, validation, missing permission, a key of KMS that is denied or
        // switched off: somebody has to act before another try can work.
        _ => ResumeError::Impossible { code },
    }
}

impl DescribeWorkflows for StepFunctions {
    async fn describe(&self, execution: &str) -> Result<WorkflowState, DescribeError> {
        // Without the execution's data: it is not needed, and a key of KMS may guard it.
        let call = self.client.describe_execution().execution_arn(execution);
        match call.included_data(IncludedData::MetadataOnly).send().await {
            Ok(found) => Ok(state_of(&found.status)),
            // Executions are forgotten 90 days after they ended, and not before.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DescribeExecutionError::is_execution_does_not_exist) =>
            {
                Ok(WorkflowState::Ended(Ending::Forgotten))
            }
            Err(error) => Err(DescribeError { code: Failure::of(&error).code }),
        }
    }

    async fn was_told(&self, execution: &str, id: &RequestId) -> Result<bool, HistoryError> {
        history::tells_of(&self.client, execution, id, self.patience).await
    }
}

/// A status that is not known counts as running: a debt that stays owed is paid later, one that was
/// written off is not.
fn state_of(status: &ExecutionStatus) -> WorkflowState {
    match status {
        ExecutionStatus::Succeeded => WorkflowState::Ended(Ending::Succeeded),
        ExecutionStatus::Failed => WorkflowState::Ended(Ending::Failed),
        ExecutionStatus::TimedOut => WorkflowState::Ended(Ending::TimedOut),
        ExecutionStatus::Aborted => WorkflowState::Ended(Ending::Stopped),
        _ => WorkflowState::Running,
    }
}

#[cfg(test)]
mod tests;
