//! Workflows: Step Functions around the interpreter, with its timers, its tokens and the first answer to each.

use common::domain::TaskToken;
use common::ports::{Answer as Told, Ending};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::asl::{Execution, Outcome, Step};
use crate::functions::{Answer, Role};
use crate::machines::Machine;
use crate::queue::Event;
use crate::world::{Ended, Purpose, World};

/// A workflow.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) arn: String,
    pub(crate) execution: Execution,
    pub(crate) outcome: Option<End>,
    attempt: u32,
    /// The token of the attempt that waits.
    waiting: Option<TaskToken>,
    heard: bool,
}

/// How a workflow ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    By(Outcome),
    Stopped,
}

impl World {
    /// Somebody asks for a deployment, an expense or a release; the later, the newer.
    pub(crate) fn start(&mut self) {
        let number = self.runs.len();
        let arn = format!("arn:aws:states:eu-west-1:123456789012:execution:simulated:run-{number}");
        let requested_by = format!("{}@example.com", self.scenario.requester);
        let input = match self.scenario.machine {
            Machine::Deployment => json!({
                "serviceName": "checkout", "version": format!("2.4.{number}"), "environment": "production",
                "requestedBy": requested_by, "changeLog": "- faster carts",
            }),
            Machine::OneWait => json!({
                "requestedBy": requested_by, "purpose": format!("conference {number}"), "amount": "900",
            }),
            Machine::Minimal => json!({ "requestedBy": requested_by }),
        };
        let execution = Execution::new(self.scenario.machine.definition(), &arn, input, self.now());
        self.memory.redrive(&arn);
        self.trace.say(self.now(), || format!("{arn} starts"));
        self.runs.push(Run { arn, execution, outcome: None, attempt: 0, waiting: None, heard: false });
        self.act(number);
    }

    /// Does what the state says in which a workflow is.
    pub(crate) fn act(&mut self, number: usize) {
        let now = self.now();
        let Some(run) = self.runs.get_mut(number).filter(|run| run.outcome.is_none()) else { return };
        run.attempt += 1;
        run.heard = false;
        let attempt = run.attempt;
        let token = format!("{}{number}-{attempt}", crate::check::TASK_TOKEN);
        let step = run.execution.act(now, &token);
        let state = run.execution.state().to_owned();
        self.trace.say(now, || format!("run {number} is in {state}, attempt {attempt}"));
        match step {
            Step::Wait(seconds) => {
                self.plan_in(SignedDuration::from_secs(seconds.into()), Event::Waited(number));
            }
            Step::End(outcome) => self.end(number, End::By(outcome)),
            Step::Invoke(invocation) => {
                let Some(role) = Role::of(&invocation.function) else {
                    panic!("no function stands behind {}", invocation.function)
                };
                if invocation.waits_for_token
                    && let (Some(run), Some(token)) = (self.runs.get_mut(number), TaskToken::parse(&token))
                {
                    self.memory.wait(&run.arn, &token);
                    run.waiting = Some(token);
                }
                if let Some(seconds) = invocation.timeout_seconds {
                    let after = SignedDuration::from_secs(seconds.into());
                    self.plan_in(after, Event::Timeout { run: number, attempt });
                }
                self.checks.entered(role, number, &self.memory, &self.runs);
                if role == Role::ExecuteDeployment && self.scenario.hotfix {
                    let after = SignedDuration::from_millis(i64::from(self.choices.below(100)) * 5);
                    self.plan_in(after, Event::Hotfix);
                }
                if role == Role::ExecuteDeployment && self.scenario.alarm {
                    let after = SignedDuration::from_secs(self.choices.below(60).into());
                    self.plan_in(after, Event::Alarm(true));
                    let after = after + SignedDuration::from_secs(self.choices.below(60).into());
                    self.plan_in(after, Event::Alarm(false));
                }
                self.send_off(role, invocation.payload, number, attempt);
            }
        }
    }

    /// Sometimes the service cannot invoke a function, or hears nothing of one that goes on.
    fn send_off(&mut self, role: Role, payload: Value, run: usize, attempt: u32) {
        let noisy = self.now() < self.scenario.calm_from;
        let per_mille = if noisy { self.scenario.faults_per_mille } else { 0 };
        if !self.choices.chance(per_mille) {
            self.invoke(role, payload, Purpose::Task { run, attempt });
            return;
        }
        if self.choices.chance(500) {
            self.invoke(role, payload, Purpose::Nobody);
        }
        let error = self.choices.one(
            &[
                "Lambda.ServiceException",
                "Lambda.TooManyRequestsException",
                "Lambda.ClientExecutionTimeoutException",
            ],
            "Lambda.ServiceException",
        );
        self.trace.say(self.now(), || format!("run {run} hears {error} instead of {role:?}"));
        self.fail_task(run, attempt, error, "");
    }

    /// A function that was a task of a workflow has ended.
    pub(crate) fn end_task(&mut self, number: usize, attempt: u32, ended: Ended) {
        let now = self.now();
        let Some(run) = self.runs.get_mut(number) else { return };
        if run.outcome.is_some() || run.attempt != attempt {
            return;
        }
        let waits = run.waiting.is_some();
        match ended.answer {
            Ok(Answer::Task(Ok(_))) if waits => {}
            Ok(Answer::Task(Ok(result))) => match run.execution.succeed(result, now) {
                Some(outcome) => self.end(number, End::By(outcome)),
                None => self.act_soon(number),
            },
            Ok(Answer::Task(Err(error))) => {
                self.fail_task(number, attempt, &error.error_type, &error.error_message);
            }
            Ok(Answer::Http(_)) => {}
            Err(how) => self.fail_task(number, attempt, how, ""),
        }
    }

    fn fail_task(&mut self, number: usize, attempt: u32, error: &str, cause: &str) {
        let now = self.now();
        let anew = self.scenario.attempts_enter_anew;
        let Some(run) = self.runs.get_mut(number).filter(|run| run.attempt == attempt) else { return };
        if let Some(token) = &run.waiting {
            // Its answer was faster: the task has ended well.
            if self.memory.answer_to(token).is_some() {
                return;
            }
            self.memory.end_wait(token);
            run.waiting = None;
        }
        self.trace.say(now, || format!("run {number} hears that its task failed: {error} {cause}"));
        match run.execution.fail_task(error, cause, now) {
            Err(outcome) => self.end(number, End::By(outcome)),
            Ok(None) => self.act_soon(number),
            Ok(Some(backoff)) => {
                if anew {
                    run.execution.enter_anew(now);
                }
                let tenths = if backoff.is_drawn { 10 - i64::from(self.choices.below(11)) } else { 10 };
                let millis = i64::from(backoff.seconds) * 100 * tenths;
                self.plan_in(SignedDuration::from_millis(millis), Event::Act(number));
            }
        }
    }

    /// The time of a task is up, unless it was answered.
    pub(crate) fn time_out(&mut self, number: usize, attempt: u32) {
        let is_current =
            self.runs.get(number).is_some_and(|run| run.outcome.is_none() && run.attempt == attempt);
        if is_current {
            self.fail_task(number, attempt, "States.Timeout", "");
        }
    }

    /// Workflows hear of the answers to their tasks a moment after these were taken.
    pub(crate) fn notice_answers(&mut self) {
        let now = self.now();
        for number in 0..self.runs.len() {
            let Some(run) = self.runs.get_mut(number).filter(|run| !run.heard && run.outcome.is_none())
            else {
                continue;
            };
            let attempt = run.attempt;
            if let Some(told) = run.waiting.as_ref().and_then(|token| self.memory.answer_to(token)) {
                run.heard = true;
                self.trace.say(now, || format!("run {number} is told {told:?}"));
                self.checks.told(&told, &self.memory);
                let pace = self.pace();
                self.plan_in(pace, Event::Answered { run: number, attempt });
            }
        }
    }

    /// A workflow goes on with the answer to its task.
    pub(crate) fn hear_answer(&mut self, number: usize, attempt: u32) {
        let now = self.now();
        let Some(run) = self.runs.get_mut(number) else { return };
        if run.outcome.is_some() || run.attempt != attempt {
            return;
        }
        let Some(told) = run.waiting.take().and_then(|token| self.memory.answer_to(&token)) else { return };
        match told {
            Told::Success { output } => {
                let output = serde_json::from_str(&output).unwrap_or_default();
                match run.execution.succeed(output, now) {
                    Some(outcome) => self.end(number, End::By(outcome)),
                    None => self.act_soon(number),
                }
            }
            Told::Failure { error, cause } => self.fail_task(number, attempt, error, &cause),
        }
    }

    pub(crate) fn waited(&mut self, number: usize) {
        let now = self.now();
        if let Some(run) = self.runs.get_mut(number).filter(|run| run.outcome.is_none()) {
            run.execution.waited(now);
            self.act(number);
        }
    }

    /// An operator stops a workflow.
    pub(crate) fn stop(&mut self, number: usize) {
        if self.runs.get(number).is_some_and(|run| run.outcome.is_none()) {
            self.end(number, End::Stopped);
        }
    }

    fn act_soon(&mut self, number: usize) {
        let pace = self.pace();
        self.plan_in(pace, Event::Act(number));
    }

    fn end(&mut self, number: usize, end: End) {
        let now = self.now();
        let Some(run) = self.runs.get_mut(number) else { return };
        let how = match &end {
            End::By(Outcome::Succeeded) => Ending::Succeeded,
            End::By(Outcome::Failed { .. }) => Ending::Failed,
            End::Stopped => Ending::Stopped,
        };
        self.memory.end_workflow_as(&run.arn, how);
        run.waiting = None;
        self.trace.say(now, || format!("run {number} ends: {end:?}"));
        run.outcome = Some(end);
        // The news is delivered at least once as a rule, and never for certain.
        for _ in 0..self.choices.one(&[1_u8, 1, 2, 0], 1) {
            let pace = self.pace();
            self.plan_in(pace, Event::Ended(number));
        }
    }
}
