//! State machines whose executions do what they say.

use std::future::Future;

use serde_json::Value;

use super::TargetError;
use crate::domain::{RequestId, StateMachine};

/// A state machine as it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Whether an execution is started once under its name, and can be asked how it ended.
    pub is_standard: bool,
}

/// How an execution stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ran {
    /// It runs.
    Running,
    /// It ended as it should.
    Succeeded,
    /// It ended in any other way, in its own words.
    Failed(String),
}

/// Finds state machines.
pub trait FindMachines: Send + Sync {
    /// The state machine; `None` when there is none.
    fn machine(
        &self,
        place: &StateMachine,
    ) -> impl Future<Output = Result<Option<Machine>, TargetError>> + Send;
}

/// Runs executions.
pub trait RunExecutions: FindMachines {
    /// Starts the execution that has the request's name, and gives its ARN. However often it is called, there is one.
    fn start_execution(
        &self,
        place: &StateMachine,
        request: &RequestId,
        input: &Value,
    ) -> impl Future<Output = Result<String, TargetError>> + Send;

    /// How an execution stands; `None` when it is not there any more.
    fn ran(&self, execution: &str) -> impl Future<Output = Result<Option<Ran>, TargetError>> + Send;
}
