//! State machines that a deployment starts, and what ran in them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Call, Memory, State};
use crate::domain::{RequestId, StateMachine};
use crate::ports::{FindMachines, Machine, Ran, RunExecutions, TargetError};

#[derive(Debug, Default)]
pub(super) struct Executions {
    machines: BTreeMap<String, Machine>,
    started: BTreeMap<String, (Value, Ran)>,
    broken: Option<TargetError>,
}

impl Memory {
    /// Makes a state machine, of the type STANDARD or EXPRESS.
    pub fn put_machine(&self, arn: &str, is_standard: bool) {
        self.lock().executions.machines.insert(arn.to_owned(), Machine { is_standard });
    }

    /// Lets every execution that runs come to this.
    pub fn end_executions(&self, ran: &Ran) {
        self.lock().executions.started.values_mut().for_each(|(_, stands)| *stands = ran.clone());
    }

    /// Removes every execution.
    pub fn forget_executions(&self) {
        self.lock().executions.started.clear();
    }

    /// The input of each execution that was started, by its ARN.
    pub fn started_executions(&self) -> BTreeMap<String, Value> {
        let state = self.lock();
        state.executions.started.iter().map(|(arn, (input, _))| (arn.clone(), input.clone())).collect()
    }

    /// Lets every call about executions end so, or no more.
    pub fn fail_executions(&self, failure: Option<TargetError>) {
        self.lock().executions.broken = failure;
    }
}

impl Executions {
    fn check(&self) -> Result<(), TargetError> {
        self.broken.clone().map_or(Ok(()), Err)
    }
}

fn no_reply(operation: &'static str) -> TargetError {
    TargetError::Unavailable { operation, code: "NoReply".to_owned() }
}

impl FindMachines for Memory {
    async fn machine(&self, place: &StateMachine) -> Result<Option<Machine>, TargetError> {
        let arn = place.state_machine.clone();
        let effect = move |state: &mut State| {
            state.executions.check()?;
            Ok(state.executions.machines.get(&arn).copied())
        };
        self.call(Call::ReadMachine, effect, || no_reply("states:DescribeStateMachine")).await
    }
}

impl RunExecutions for Memory {
    async fn start_execution(
        &self,
        place: &StateMachine,
        request: &RequestId,
        input: &Value,
    ) -> Result<String, TargetError> {
        let arn = format!("{}:{request}", place.state_machine.replace(":stateMachine:", ":execution:"));
        let input = input.clone();
        let effect = move |state: &mut State| {
            state.executions.check()?;
            state.executions.started.entry(arn.clone()).or_insert((input, Ran::Running));
            Ok(arn)
        };
        self.call(Call::StartExecution, effect, || no_reply("states:StartExecution")).await
    }

    async fn ran(&self, execution: &str) -> Result<Option<Ran>, TargetError> {
        let arn = execution.to_owned();
        let effect = move |state: &mut State| {
            state.executions.check()?;
            Ok(state.executions.started.get(&arn).map(|(_, ran)| ran.clone()))
        };
        self.call(Call::ReadExecution, effect, || no_reply("states:DescribeExecution")).await
    }
}
