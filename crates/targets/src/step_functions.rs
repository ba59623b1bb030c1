//! Executions of other state machines, by the API of Step Functions.
//!
//! An execution's name is taken for 90 days. `StartExecution` gives the one that runs when it has the same input, and
//! `ExecutionAlreadyExists` when it has ended.

use aws_sdk_sfn::operation::describe_execution::{DescribeExecutionError, DescribeExecutionOutput};
use aws_sdk_sfn::operation::describe_state_machine::DescribeStateMachineError;
use aws_sdk_sfn::operation::start_execution::StartExecutionError;
use aws_sdk_sfn::types::{ExecutionStatus, StateMachineStatus, StateMachineType};
use common::domain::{RequestId, StateMachine};
use common::ports::{FindMachines, Machine, Ran, RunExecutions, TargetError};
use serde_json::Value;

use super::Targets;
use super::failed::failed;

impl FindMachines for Targets {
    async fn machine(&self, place: &StateMachine) -> Result<Option<Machine>, TargetError> {
        let call = self.workflows.describe_state_machine().state_machine_arn(&place.state_machine).send();
        match Box::pin(call).await {
            Ok(found) if found.status == Some(StateMachineStatus::Deleting) => Ok(None),
            Ok(found) => Ok(Some(Machine { is_standard: found.r#type == StateMachineType::Standard })),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DescribeStateMachineError::is_state_machine_does_not_exist) =>
            {
                Ok(None)
            }
            Err(error) => Err(failed("states:DescribeStateMachine", &error)),
        }
    }
}

impl RunExecutions for Targets {
    async fn start_execution(
        &self,
        place: &StateMachine,
        request: &RequestId,
        input: &Value,
    ) -> Result<String, TargetError> {
        let call = self.workflows.start_execution().state_machine_arn(&place.state_machine);
        match Box::pin(call.name(request.as_str()).input(input.to_string()).send()).await {
            Ok(started) => Ok(started.execution_arn),
            Err(error)
                if error.as_service_error().is_some_and(StartExecutionError::is_execution_already_exists) =>
            {
                Ok(format!("{}:{request}", place.state_machine.replacen(":stateMachine:", ":execution:", 1)))
            }
            Err(error) => Err(failed("states:StartExecution", &error)),
        }
    }

    async fn ran(&self, execution: &str) -> Result<Option<Ran>, TargetError> {
        let call = self.workflows.describe_execution().execution_arn(execution).send();
        match Box::pin(call).await {
            Ok(found) => Ok(Some(ran(&found))),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DescribeExecutionError::is_execution_does_not_exist) =>
            {
                Ok(None)
            }
            Err(error) => Err(failed("states:DescribeExecution", &error)),
        }
    }
}

fn ran(found: &DescribeExecutionOutput) -> Ran {
    match &found.status {
        ExecutionStatus::Running | ExecutionStatus::PendingRedrive => Ran::Running,
        ExecutionStatus::Succeeded => Ran::Succeeded,
        other => {
            let said: Vec<_> = [found.error(), found.cause()].into_iter().flatten().collect();
            let colon = if said.is_empty() { "" } else { ": " };
            Ran::Failed(format!("ended as {}{colon}{}", other.as_str(), said.join(": ")))
        }
    }
}

#[cfg(test)]
mod tests;
