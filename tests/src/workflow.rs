//! Workflows: executions of a state machine, from their start to their end.

use std::time::Duration;

use aws_sdk_sfn::error::DisplayErrorContext;
use aws_sdk_sfn::types::{ExecutionStatus, HistoryEvent, HistoryEventType, Tag};
use serde_json::Value;

use crate::answer::code;
use crate::{Run, unique, until_within};

/// More than the approval timeout of a test run.
const LONGEST: Duration = Duration::from_secs(90);
/// The tag by which the emulator throttles the answers to a state machine's tasks.
const THROTTLED: &str = "countersign:throttled";

/// One execution.
pub struct Workflow {
    run: Run,
    arn: String,
}

/// How a workflow ended.
#[derive(Debug)]
pub struct End {
    /// `SUCCEEDED`, `FAILED`, ...
    pub status: String,
    /// What it gave; null unless it succeeded.
    pub output: Value,
    /// The error's name; empty if there is none.
    pub error: String,
    /// Why; empty if there is none.
    pub cause: String,
}

/// A state machine.
pub struct Machine {
    run: Run,
    arn: String,
}

impl Run {
    /// Makes a state machine. `${...}` in its definition is an output of the stack.
    pub fn machine(&self, definition: &Value) -> Machine {
        self.machine_named("test", definition)
    }

    /// Makes one whose name starts like this. One that does not start with `test` may not be resumed.
    pub fn machine_named(&self, start: &str, definition: &Value) -> Machine {
        let call = self
            .states()
            .create_state_machine()
            .name(unique(start))
            .definition(self.filled_in(&definition.to_string()))
            .role_arn(self.role());
        let made =
            self.wait_for(call.send()).unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
        Machine { run: self.clone(), arn: made.state_machine_arn }
    }

    /// Stops a workflow, as an operator does. One that has ended cannot be stopped.
    ///
    /// # Errors
    /// What the service says.
    pub fn stop(&self, execution: &str) -> Result<(), String> {
        let call = self.states().stop_execution().execution_arn(execution);
        let stopped = self.wait_for(call.send());
        stopped.map(drop).map_err(|error| DisplayErrorContext(error).to_string())
    }

    fn filled_in(&self, definition: &str) -> String {
        let mut pieces = definition.split("${");
        let mut filled = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (name, rest) = piece.split_once('}').unwrap_or_else(|| panic!("unclosed ${{{piece}"));
            filled.push_str(self.output(name));
            filled.push_str(rest);
        }
        filled
    }
}

impl Machine {
    /// Starts an execution.
    pub fn start(&self, input: &Value) -> Workflow {
        Workflow::start(&self.run, &self.arn, input)
    }

    /// Starts one under this name.
    ///
    /// # Errors
    /// The name of the error.
    pub fn start_named(&self, name: &str, input: &Value) -> Result<Workflow, String> {
        let call = self.run.states().start_execution().state_machine_arn(&self.arn).name(name);
        let started = self.run.wait_for(call.input(input.to_string()).send()).map_err(code)?;
        Ok(Workflow { run: self.run.clone(), arn: started.execution_arn })
    }

    /// From now on Step Functions refuses every answer to a task of its workflows, as when the quota is used up.
    /// Only the emulator does that: see `infra/local/launcher/throttling.py`.
    pub fn throttle_answers(&self) {
        let tag = Tag::builder().key(THROTTLED).value("").build();
        let call = self.run.states().tag_resource().resource_arn(&self.arn).tags(tag);
        self.run.wait_for(call.send()).unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
    }

    /// Answers are taken again.
    pub fn take_answers(&self) {
        let call = self.run.states().untag_resource().resource_arn(&self.arn).tag_keys(THROTTLED);
        self.run.wait_for(call.send()).unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
    }
}

impl Drop for Machine {
    /// On AWS it would stay and be listed; the emulator is thrown away as a whole.
    fn drop(&mut self) {
        if self.run.is_on_aws() {
            let call = self.run.states().delete_state_machine().state_machine_arn(&self.arn);
            // What cannot be deleted now harms no test.
            self.run.wait_for(call.send()).ok();
        }
    }
}

impl Workflow {
    pub(crate) fn start(run: &Run, machine: &str, input: &Value) -> Self {
        let call = run
            .states()
            .start_execution()
            .state_machine_arn(machine)
            .name(unique("test"))
            .input(input.to_string());
        let started = run.wait_for(call.send());
        let started = started.unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
        Self { run: run.clone(), arn: started.execution_arn }
    }

    /// Its ARN.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Stops it, as an operator does.
    pub fn stop(&self) {
        let stopped = self.run.stop(&self.arn);
        stopped.unwrap_or_else(|error| panic!("{error}"));
    }

    /// What its history has of one kind of event, oldest first.
    pub fn events(&self, kind: &HistoryEventType) -> Vec<HistoryEvent> {
        let call = self.run.states().get_execution_history().execution_arn(&self.arn);
        let pages = call.into_paginator().items().send();
        let all = self.run.wait_for(pages.collect::<Result<Vec<_>, _>>());
        let all = all.unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
        all.into_iter().filter(|event| event.r#type == *kind).collect()
    }

    /// The ids of all events, page by page, from the first or from the last one.
    pub fn event_ids(&self, page_size: i32, reverse_order: bool) -> Vec<Vec<i64>> {
        let call = self.run.states().get_execution_history().execution_arn(&self.arn);
        let pages = call.reverse_order(reverse_order).into_paginator().page_size(page_size).send();
        let all = self.run.wait_for(pages.collect::<Result<Vec<_>, _>>());
        let all = all.unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
        all.iter().map(|page| page.events.iter().map(|event| event.id).collect()).collect()
    }

    /// Whether it is still going.
    pub fn is_running(&self) -> bool {
        self.ended().is_none()
    }

    /// Waits until it ends.
    pub fn end(&self) -> End {
        until_within(LONGEST, &format!("end of {}", self.arn), || self.ended())
    }

    fn ended(&self) -> Option<End> {
        let call = self.run.states().describe_execution().execution_arn(&self.arn);
        let now = self.run.wait_for(call.send());
        let now = now.unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
        let output = now.output.as_deref().map(|text| {
            serde_json::from_str(text)
                .unwrap_or_else(|error| panic!("the output is not JSON: {error}: {text}"))
        });
        (now.status != ExecutionStatus::Running).then(|| End {
            status: now.status.to_string(),
            output: output.unwrap_or_default(),
            error: now.error.unwrap_or_default(),
            cause: now.cause.unwrap_or_default(),
        })
    }
}

impl End {
    /// Its output, when it succeeded.
    pub fn success(self) -> Value {
        assert_eq!(self.status, "SUCCEEDED", "{}: {}", self.error, self.cause);
        self.output
    }

    /// The error and its cause, when it failed.
    pub fn failure(self) -> (String, String) {
        assert_eq!(self.status, "FAILED", "{}", self.output);
        (self.error, self.cause)
    }
}
