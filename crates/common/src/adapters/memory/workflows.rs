//! Step Functions: executions, the tasks that wait in them, and the first answer to each.

use std::collections::BTreeMap;

use super::{Call, Memory, State};
use crate::adapters::failure::Failure;
use crate::adapters::proof::is_about;
use crate::adapters::step_functions::resume_error;
use crate::domain::{RequestId, TaskToken};
use crate::ports::{
    Answer, DescribeError, DescribeWorkflows, Ending, HistoryError, ResumeError, ResumeWorkflows,
    WorkflowState,
};

/// What Step Functions takes as a failure's cause, in characters.
const MAX_CAUSE: usize = 32_768;
/// What Step Functions takes as a task's output, in bytes.
const MAX_OUTPUT: usize = 256 * 1024;

#[derive(Clone, Debug, Default)]
pub(super) struct Workflows {
    executions: BTreeMap<String, WorkflowState>,
    tasks: BTreeMap<String, Task>,
    refuses: Option<Failure>,
}

#[derive(Clone, Debug)]
struct Task {
    execution: String,
    waits: Waits,
}

#[derive(Clone, Debug)]
enum Waits {
    Still,
    Answered(Answer),
    /// Its time was up, or its workflow ended.
    NoMore,
}

impl Memory {
    /// Lets a running workflow wait with a task token; an execution not heard of before starts running.
    pub fn wait(&self, execution: &str, token: &TaskToken) {
        let mut state = self.lock();
        let workflows = &mut state.workflows;
        workflows.executions.entry(execution.to_owned()).or_insert(WorkflowState::Running);
        let task = Task { execution: execution.to_owned(), waits: Waits::Still };
        workflows.tasks.insert(token.expose().to_owned(), task);
    }

    /// From now on every answer to a task meets this status and error name; `None`: answers are taken again.
    pub fn refuse_answers(&self, with: Option<(u16, &str)>) {
        let refuses = with.map(|(status, code)| Failure::answered(status, code.to_owned()));
        self.lock().workflows.refuses = refuses;
    }

    /// Ends the wait of one task, as its timeout does; the workflow goes on.
    pub fn end_wait(&self, token: &TaskToken) {
        if let Some(task) = self.lock().workflows.tasks.get_mut(token.expose()) {
            task.stop_waiting();
        }
    }

    /// Stops a workflow, and with it whatever waits in it.
    pub fn end_workflow(&self, execution: &str) {
        self.end_workflow_as(execution, Ending::Stopped);
    }

    /// Ends a workflow in this way, and with it whatever waits in it.
    pub fn end_workflow_as(&self, execution: &str, how: Ending) {
        let mut state = self.lock();
        let workflows = &mut state.workflows;
        workflows.executions.insert(execution.to_owned(), WorkflowState::Ended(how));
        workflows.tasks.values_mut().filter(|task| task.execution == execution).for_each(Task::stop_waiting);
    }

    /// Lets a workflow that has ended run again from the state that failed, which is entered anew.
    pub fn redrive(&self, execution: &str) {
        self.lock().workflows.executions.insert(execution.to_owned(), WorkflowState::Running);
    }

    /// Whether a task still waits with this token.
    pub fn is_waiting(&self, token: &TaskToken) -> bool {
        self.lock().workflows.tasks.get(token.expose()).is_some_and(|task| matches!(task.waits, Waits::Still))
    }

    /// The answer that a task got, if it got one.
    pub fn answer_to(&self, token: &TaskToken) -> Option<Answer> {
        match &self.lock().workflows.tasks.get(token.expose())?.waits {
            Waits::Answered(answer) => Some(answer.clone()),
            Waits::Still | Waits::NoMore => None,
        }
    }
}

impl Task {
    /// Whether it was told how this request ended.
    fn was_told(&self, id: &RequestId) -> bool {
        match &self.waits {
            Waits::Answered(Answer::Success { output: answer } | Answer::Failure { cause: answer, .. }) => {
                is_about(answer, id)
            }
            Waits::Still | Waits::NoMore => false,
        }
    }

    fn stop_waiting(&mut self) {
        if matches!(self.waits, Waits::Still) {
            self.waits = Waits::NoMore;
        }
    }
}

impl ResumeWorkflows for Memory {
    async fn answer(&self, token: &TaskToken, answer: &Answer) -> Result<(), ResumeError> {
        let (token, answer) = (token.clone(), answer.clone());
        let effect = move |state: &mut State| {
            check(&answer)?;
            if let Some(failure) = state.workflows.refuses.clone() {
                return Err(resume_error(failure));
            }
            let task = state
                .workflows
                .tasks
                .get_mut(token.expose())
                .ok_or_else(|| ResumeError::Impossible { code: "InvalidToken".to_owned() })?;
            match task.waits {
                Waits::Still => {
                    task.waits = Waits::Answered(answer);
                    Ok(())
                }
                Waits::Answered(_) | Waits::NoMore => {
                    Err(ResumeError::NotWaiting { code: "TaskTimedOut".to_owned() })
                }
            }
        };
        self.call(Call::Answer, effect, || ResumeError::Temporary { code: "NoReply".to_owned() }).await
    }
}

impl DescribeWorkflows for Memory {
    async fn describe(&self, execution: &str) -> Result<WorkflowState, DescribeError> {
        let execution = execution.to_owned();
        let effect = move |state: &mut State| {
            let known = state.workflows.executions.get(&execution).copied();
            Ok(known.unwrap_or(WorkflowState::Ended(Ending::Forgotten)))
        };
        self.call(Call::Describe, effect, || DescribeError { code: "NoReply".to_owned() }).await
    }

    async fn was_told(&self, execution: &str, id: &RequestId) -> Result<bool, HistoryError> {
        let (execution, id) = (execution.to_owned(), id.clone());
        let effect = move |state: &mut State| {
            let workflows = &state.workflows;
            if !workflows.executions.contains_key(&execution) {
                return Err(HistoryError::Unreadable { code: "ExecutionDoesNotExist".to_owned() });
            }
            let mut tasks = workflows.tasks.values().filter(|task| task.execution == execution);
            Ok(tasks.any(|task| task.was_told(&id)))
        };
        let no_reply = || HistoryError::Temporary { code: "NoReply".to_owned() };
        self.call(Call::WasTold, effect, no_reply).await
    }
}

fn check(answer: &Answer) -> Result<(), ResumeError> {
    let code = match answer {
        Answer::Success { output } if serde_json::from_str::<serde::de::IgnoredAny>(output).is_err() => {
            "InvalidOutput"
        }
        Answer::Success { output } if output.len() > MAX_OUTPUT => "ValidationException",
        Answer::Failure { cause, .. } if cause.chars().count() > MAX_CAUSE => "ValidationException",
        Answer::Success { .. } | Answer::Failure { .. } => return Ok(()),
    };
    Err(ResumeError::Impossible { code: code.to_owned() })
}
