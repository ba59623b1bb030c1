//! One execution: where it stands, and what it does next.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::data::{DataError, Sight, put};
use super::definition::{Choice, Definition, Fail, Jitter, Pass, Retrier, State, Task, Test};

/// A way from one state to another, or to an end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The state.
    pub from: String,
    /// Why it was left: `next`, `retry`, `catch <error>`, `default` or `end`.
    pub by: String,
    /// The state that follows; itself for a retry, empty at an end.
    pub to: String,
}

/// What an execution does next.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// It invokes a function.
    Invoke(Invocation),
    /// It lets so many seconds pass.
    Wait(u32),
    /// It has ended.
    End(Outcome),
}

/// A function that is invoked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Invocation {
    /// The placeholder of its ARN in the file.
    pub function: String,
    /// What it is given.
    pub payload: Value,
    /// Whether the task waits until its token is answered; if not, for the function's answer.
    pub waits_for_token: bool,
    /// After how many seconds the task ends in `States.Timeout`.
    pub timeout_seconds: Option<u32>,
}

/// How an execution ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// At a good end.
    Succeeded,
    /// With an error.
    Failed {
        /// Its name.
        error: String,
        /// What caused it.
        cause: String,
    },
}

/// A pause before a task is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    /// At most, in seconds.
    pub seconds: u32,
    /// Whether it is drawn, from none on.
    pub is_drawn: bool,
}

/// An execution.
#[derive(Clone, Debug)]
pub(crate) struct Execution {
    machine: Arc<Definition>,
    arn: String,
    state: String,
    entered_at: Timestamp,
    data: Value,
    /// How often each retrier of the state was used.
    used: Vec<u32>,
    /// The ways that it took.
    pub taken: BTreeSet<Edge>,
}

impl Execution {
    /// Begins one with this input.
    pub(crate) fn new(machine: Arc<Definition>, arn: &str, input: Value, now: Timestamp) -> Self {
        Self {
            state: machine.start_at.clone(),
            machine,
            arn: arn.to_owned(),
            entered_at: now,
            data: input,
            used: Vec::new(),
            taken: BTreeSet::new(),
        }
    }

    /// The state in which it is.
    pub(crate) fn state(&self) -> &str {
        &self.state
    }

    /// What the state does that it is in. `token` is for its task, if it waits for one.
    pub(crate) fn act(&mut self, now: Timestamp, token: &str) -> Step {
        self.try_to_act(now, token)
            .unwrap_or_else(|error| Step::End(failed("States.Runtime", &error.to_string())))
    }

    fn try_to_act(&mut self, now: Timestamp, token: &str) -> Result<Step, DataError> {
        loop {
            let machine = Arc::clone(&self.machine);
            match machine.states.get(&self.state) {
                Some(State::Task(task)) => return self.invoke(task, token).map(Step::Invoke),
                Some(State::Wait(wait)) => {
                    let sight = Sight { input: &self.data, context: &Value::Null };
                    return Ok(Step::Wait(seconds(&sight.get(&wait.seconds_path)?)?));
                }
                Some(State::Succeed { .. }) => {
                    self.take("end", "");
                    return Ok(Step::End(Outcome::Succeeded));
                }
                Some(State::Fail(fail)) => {
                    self.take("end", "");
                    return self.fail(fail).map(Step::End);
                }
                Some(State::Choice(choice)) => {
                    let (by, to) = self.choose(choice)?;
                    self.enter(&by, &to, now);
                }
                Some(State::Pass(pass)) => {
                    self.pass(pass)?;
                    let Some(next) = pass.next.as_deref().filter(|_| !pass.end) else {
                        self.take("end", "");
                        return Ok(Step::End(Outcome::Succeeded));
                    };
                    self.enter("next", next, now);
                }
                None => return Err(DataError(format!("there is no state {}", self.state))),
            }
        }
    }

    /// The time of its wait has passed.
    pub(crate) fn waited(&mut self, now: Timestamp) {
        if let Some(State::Wait(wait)) = Arc::clone(&self.machine).states.get(&self.state) {
            self.enter("next", &wait.next, now);
        }
    }

    /// The task ended with this result: what comes next is to [`Execution::act`], or the end.
    pub(crate) fn succeed(&mut self, result: Value, now: Timestamp) -> Option<Outcome> {
        let machine = Arc::clone(&self.machine);
        let Some(State::Task(task)) = machine.states.get(&self.state) else { return None };
        match put(std::mem::take(&mut self.data), task.result_path.as_deref(), result) {
            Ok(data) => self.data = data,
            Err(error) => return Some(failed("States.ResultPathMatchFailure", &error.to_string())),
        }
        let Some(next) = task.next.as_deref().filter(|_| !task.end) else {
            self.take("end", "");
            return Some(Outcome::Succeeded);
        };
        self.enter("next", next, now);
        None
    }

    /// The task failed: it is tried again after a pause, or caught, or the execution ends.
    pub(crate) fn fail_task(
        &mut self,
        error: &str,
        cause: &str,
        now: Timestamp,
    ) -> Result<Option<Backoff>, Outcome> {
        let machine = Arc::clone(&self.machine);
        let Some(State::Task(task)) = machine.states.get(&self.state) else { return Ok(None) };
        if let Some(backoff) = self.retry(&task.retry, error) {
            let state = self.state.clone();
            self.take("retry", &state);
            return Ok(Some(backoff));
        }
        let Some(catcher) = task.catch.iter().find(|catcher| matches(&catcher.error_equals, error)) else {
            return Err(failed(error, cause));
        };
        let caught = json!({ "Error": error, "Cause": cause });
        match put(std::mem::take(&mut self.data), catcher.result_path.as_deref(), caught) {
            Ok(data) => self.data = data,
            Err(error) => return Err(failed("States.ResultPathMatchFailure", &error.to_string())),
        }
        self.enter(&format!("catch {}", catcher.error_equals.join(" ")), &catcher.next, now);
        Ok(None)
    }

    /// The state is entered anew although nothing led there: the execution was redriven, or the service says another
    /// time for another attempt.
    pub(crate) fn enter_anew(&mut self, now: Timestamp) {
        self.entered_at = now;
    }

    fn retry(&mut self, retriers: &[Retrier], error: &str) -> Option<Backoff> {
        self.used.resize(retriers.len(), 0);
        let found =
            retriers.iter().zip(&mut self.used).find(|(retrier, _)| matches(&retrier.error_equals, error));
        let (retrier, used) = found.filter(|(retrier, used)| **used < retrier.max_attempts)?;
        let seconds = retrier.interval_seconds * retrier.backoff_rate.pow(*used);
        *used += 1;
        Some(Backoff { seconds, is_drawn: retrier.jitter_strategy == Jitter::Full })
    }

    fn invoke(&self, task: &Task, token: &str) -> Result<Invocation, DataError> {
        const CALLBACK: &str = "arn:aws:states:::lambda:invoke.waitForTaskToken";
        let context = self.context(token);
        let sight = Sight { input: &self.data, context: &context };
        let given = match &task.parameters {
            Some(template) => sight.fill(template)?,
            None => self.data.clone(),
        };
        let timeout_seconds = match &task.timeout_seconds_path {
            Some(path) => Some(seconds(&sight.get(path)?)?),
            None => task.timeout_seconds,
        };
        if task.resource == CALLBACK {
            let function = given.get("FunctionName").and_then(Value::as_str).unwrap_or_default().to_owned();
            let payload = given.get("Payload").cloned().unwrap_or_default();
            return Ok(Invocation { function, payload, waits_for_token: true, timeout_seconds });
        }
        let is_function = task.resource.starts_with("${") && task.resource.ends_with("FunctionArn}");
        let function = Some(task.resource.clone()).filter(|_| is_function);
        let function = function
            .ok_or_else(|| DataError(format!("the interpreter knows no resource {}", task.resource)))?;
        Ok(Invocation { function, payload: given, waits_for_token: false, timeout_seconds })
    }

    fn context(&self, token: &str) -> Value {
        json!({
            "Execution": { "Id": self.arn },
            "StateMachine": { "Id": "arn:aws:states:eu-west-1:123456789012:stateMachine:simulated" },
            "State": {
                "Name": self.state,
                "EnteredTime": self.entered_at.to_string(),
                "RetryCount": self.used.iter().sum::<u32>(),
            },
            "Task": { "Token": token },
        })
    }

    fn choose(&self, choice: &Choice) -> Result<(String, String), DataError> {
        let sight = Sight { input: &self.data, context: &Value::Null };
        for (number, rule) in choice.choices.iter().enumerate() {
            if holds(sight, &rule.test)? {
                return Ok((format!("rule {}", number + 1), rule.next.clone()));
            }
        }
        Ok(("default".to_owned(), choice.default.clone()))
    }

    fn pass(&mut self, pass: &Pass) -> Result<(), DataError> {
        let context = self.context("");
        let input =
            Sight { input: &self.data, context: &context }.get(pass.input_path.as_deref().unwrap_or("$"))?;
        let result = match &pass.parameters {
            Some(template) => Sight { input: &input, context: &context }.fill(template)?,
            None => input,
        };
        self.data = put(std::mem::take(&mut self.data), pass.result_path.as_deref(), result)?;
        Ok(())
    }

    fn fail(&self, fail: &Fail) -> Result<Outcome, DataError> {
        let sight = Sight { input: &self.data, context: &Value::Null };
        let read = |text: &Option<String>, path: &Option<String>| match (text, path) {
            (_, Some(path)) => match sight.get(path)? {
                Value::String(text) => Ok(text),
                other => Err(DataError(format!("{path} is no text but {other}"))),
            },
            (text, None) => Ok(text.clone().unwrap_or_default()),
        };
        Ok(failed(&read(&fail.error, &fail.error_path)?, &read(&fail.cause, &fail.cause_path)?))
    }

    fn enter(&mut self, by: &str, to: &str, now: Timestamp) {
        self.take(by, to);
        to.clone_into(&mut self.state);
        self.entered_at = now;
        self.used.clear();
    }

    fn take(&mut self, by: &str, to: &str) {
        self.taken.insert(Edge { from: self.state.clone(), by: by.to_owned(), to: to.to_owned() });
    }
}

/// Every way that a state machine has.
pub(crate) fn edges(machine: &Definition) -> BTreeSet<Edge> {
    let mut found = BTreeSet::new();
    for (from, state) in &machine.states {
        let mut add = |by: &str, to: &str| {
            found.insert(Edge { from: from.clone(), by: by.to_owned(), to: to.to_owned() });
        };
        match state {
            State::Task(task) => {
                match &task.next {
                    Some(next) => add("next", next),
                    None => add("end", ""),
                }
                if !task.retry.is_empty() {
                    add("retry", from);
                }
                for catcher in &task.catch {
                    add(&format!("catch {}", catcher.error_equals.join(" ")), &catcher.next);
                }
            }
            State::Choice(choice) => {
                for (number, rule) in choice.choices.iter().enumerate() {
                    add(&format!("rule {}", number + 1), &rule.next);
                }
                add("default", &choice.default);
            }
            State::Pass(pass) => match &pass.next {
                Some(next) => add("next", next),
                None => add("end", ""),
            },
            State::Wait(wait) => add("next", &wait.next),
            State::Succeed { .. } | State::Fail(_) => add("end", ""),
        }
    }
    found
}

fn holds(sight: Sight<'_>, test: &Test) -> Result<bool, DataError> {
    match test {
        Test::And { and } => {
            for test in and {
                if !holds(sight, test)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Test::Or { or } => {
            for test in or {
                if holds(sight, test)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Test::Text { variable, equals } => Ok(sight.get(variable)?.as_str() == Some(equals)),
        Test::Flag { variable, equals } => Ok(sight.get(variable)?.as_bool() == Some(*equals)),
        Test::Presence { variable, is_present } => Ok(sight.find(variable)?.is_some() == *is_present),
    }
}

/// `States.ALL` does not match what Step Functions itself finds wrong with a state's data.
fn matches(names: &[String], error: &str) -> bool {
    names.iter().any(|name| name == error || (name == "States.ALL" && error != "States.Runtime"))
}

fn seconds(value: &Value) -> Result<u32, DataError> {
    let seconds =
        value.as_u64().and_then(|seconds| u32::try_from(seconds).ok()).filter(|seconds| *seconds > 0);
    seconds.ok_or_else(|| DataError(format!("{value} is no time to wait")))
}

fn failed(error: &str, cause: &str) -> Outcome {
    Outcome::Failed { error: error.to_owned(), cause: cause.to_owned() }
}
