//! A stack in memory, and the ways in which state machines and people reach it.

use std::future::Future;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::adapters::memory::{Memory, START, until_death};
use crate::contract::send_approval::Payload;
use crate::contract::{FollowUp, TaskError, TaskErrorName, prepare::Input};
use crate::domain::samples::{ballot, person, task_token};
use crate::domain::{
    CallerNamedApprovers, Choice, Glob, Level, LinkToken, Policy, Request, RequestId, Rule, SCHEMA,
    StoredPolicy, TaskToken,
};
use crate::ports::{Mail, StoreError};
use crate::usecase::ask::{Ask, Settings, SlackSettings};
use crate::usecase::carry_out::CarryOut;
use crate::usecase::close_ended::{CloseError, close_ended};
use crate::usecase::decide::{DecideError, decide, find};
use crate::usecase::go_on::{WentOn, go_on};
use crate::usecase::prepare::{Defaults, prepare};
use crate::usecase::report_rejection::report_rejection;
use crate::usecase::settle::{Settle, Settled};
use crate::usecase::sweep::{LISTED, Swept, sweep};
use crate::usecase::time_out::time_out;

pub(super) const EXECUTION: &str = "arn:aws:states:eu-west-1:123456789012:execution:release:first";

/// Runs to the end, at once.
pub(super) fn now<F: Future>(future: F) -> F::Output {
    until_death(future).expect("nothing in memory waits, and nobody was killed")
}

pub(super) struct World {
    pub(super) memory: Memory,
    pub(super) settings: Settings,
    pub(super) defaults: Defaults,
}

impl World {
    /// Ana approves, within 1,000 seconds, and is reminded after 100.
    pub(super) fn new() -> Self {
        Self {
            memory: Memory::new(),
            settings: Settings {
                default_approver: person("ana"),
                base_url: "https://approvals.example.com".to_owned(),
                caller_named_approvers: CallerNamedApprovers::Allow,
                retention_days: None,
                slack: SlackSettings::Off,
            },
            defaults: Defaults {
                approver: person("ana"),
                timeout_seconds: 1_000,
                remind_after_seconds: Some(100),
            },
        }
    }

    /// The same with Slack, where the stack's channel is `#releases`, and Ana has an account.
    pub(super) fn with_slack() -> Self {
        let mut world = Self::new();
        world.settings.slack = SlackSettings::On { channel: Some("#releases".to_owned()) };
        world.memory.add_slack_account("U-ANA", Some(person("ana")));
        world
    }

    pub(super) fn pass(&self, seconds: i64) {
        self.memory.advance(SignedDuration::from_secs(seconds));
    }

    pub(super) async fn prepare(&self, payload: &Value) -> Result<Value, TaskError> {
        let memory = &self.memory;
        let prepared = prepare(memory, memory, memory, memory, &self.defaults, Input::read(payload)?).await?;
        Ok(prepared.to_value())
    }

    /// What our own state machine gets from `prepare`.
    pub(super) fn details(&self) -> Value {
        now(self.prepare(&json!({"input": input(), "execution": EXECUTION, "canWait": true}))).unwrap()
    }

    /// What a state machine gets that passes nothing but its input.
    pub(super) fn minimal_details(&self) -> Value {
        now(self.prepare(&input())).unwrap()
    }

    /// Changes the levels of the one stored plan, and answers with its details.
    pub(super) fn details_with_levels(&self, edit: impl FnOnce(&mut Vec<Level>)) -> Value {
        let details = self.details();
        let mut plan = self.memory.stored_plans().remove(0);
        // Ana is the one approver, so she serves at every level.
        plan.levels[0].same_person = true;
        edit(&mut plan.levels);
        self.memory.put_plan(plan);
        details
    }

    /// What our own state machine passes on, entering the state now.
    pub(super) fn own(&self, details: &Value, token: &str, retry: u32) -> Value {
        json!({
            "taskToken": token,
            "requestedBy": "dev@example.com",
            "deploymentDetails": details,
            "execution": EXECUTION,
            "stateMachine": "arn:aws:states:eu-west-1:123456789012:stateMachine:release",
            "state": "RequestApproval",
            "enteredAt": self.memory_now(),
            "retry": retry
        })
    }

    pub(super) fn memory_now(&self) -> String {
        crate::ports::Clock::now(&self.memory).to_string()
    }

    /// Asks as often as it is called, with whatever waits for the token.
    pub(super) async fn run_ask(&self, payload: &Value) -> Result<Value, TaskError> {
        let memory = &self.memory;
        let ask = Ask {
            store: memory,
            mail: memory,
            slack: memory,
            workflows: memory,
            clock: memory,
            random: memory,
            settings: &self.settings,
        };
        Box::pin(ask.run(&Payload::read(payload)?)).await
    }

    /// Enters the waiting state: the task waits, and fails if the function does.
    pub(super) fn ask(&self, payload: &Value) -> Result<Value, TaskError> {
        let token = task_token(payload["taskToken"].as_str().unwrap());
        self.memory.wait(EXECUTION, &token);
        let asked = now(self.run_ask(payload));
        if asked.is_err() {
            self.memory.end_wait(&token);
        }
        asked
    }

    /// Our own state machine asks for an approval, with the task token `first`.
    pub(super) fn asked(&self) -> Value {
        let details = self.details();
        self.ask(&self.own(&details, "first", 0)).unwrap();
        details
    }

    pub(super) async fn vote_with(&self, link: &LinkToken, choice: Choice) -> Result<Request, DecideError> {
        let opened = find(&self.memory, link).await.map_err(DecideError::Store)?.expect("the link opens");
        let ballot = crate::domain::Ballot { approver: opened.holder.clone(), ..ballot("anyone", choice) };
        Box::pin(decide(&self.memory, &self.memory, &self.memory, opened.request, ballot)).await
    }

    /// Somebody votes through the first mail that they got.
    pub(super) fn vote(&self, name: &str, choice: Choice) -> Result<Request, DecideError> {
        now(self.vote_with(&self.links(name)[0], choice))
    }

    pub(super) async fn time_out(&self, state: &Value) -> Result<Value, TaskError> {
        Box::pin(time_out(&self.memory, &self.memory, &self.memory, &FollowUp::read(state))).await
    }

    pub(super) async fn report_rejection(&self, state: &Value) -> Result<Value, TaskError> {
        report_rejection(&self.memory, &self.memory, &self.memory, &FollowUp::read(state)).await
    }

    pub(super) async fn carry_out(&self, state: &Value) -> Result<Value, TaskError> {
        let memory = &self.memory;
        let carry_out = CarryOut {
            store: memory,
            targets: memory,
            mail: memory,
            clock: memory,
            retention_days: self.settings.retention_days,
        };
        Box::pin(carry_out.run(&FollowUp::read(state))).await
    }

    /// What the schedule of deployments leads to.
    pub(super) async fn go_on(&self) -> Result<WentOn, StoreError> {
        Box::pin(self.go_on_until(Timestamp::MAX)).await
    }

    /// The same, where time is up then.
    pub(super) async fn go_on_until(&self, until: Timestamp) -> Result<WentOn, StoreError> {
        let memory = &self.memory;
        let retention_days = self.settings.retention_days;
        let carry_out =
            CarryOut { store: memory, targets: memory, mail: memory, clock: memory, retention_days };
        Box::pin(go_on(&carry_out, until)).await
    }

    /// What the table's stream leads to.
    pub(super) async fn pay(&self) -> Result<Settled, StoreError> {
        Box::pin(self.settle_until(Timestamp::MAX)).await
    }

    /// The same, where time is up then.
    pub(super) async fn settle_until(&self, until: Timestamp) -> Result<Settled, StoreError> {
        let settle = self.settle();
        let payment = Box::pin(settle.pay(&self.request().id)).await?.expect("it is stored");
        settle.follow(payment, until).await
    }

    pub(super) fn settle(&self) -> Settle<'_, Memory, Memory, Memory, Memory, Memory, Memory> {
        let memory = &self.memory;
        Settle {
            store: memory,
            mail: memory,
            slack: memory,
            workflows: memory,
            clock: memory,
            random: memory,
        }
    }

    /// What an event about the workflow's end leads to.
    pub(super) async fn close_ended(&self) -> Result<usize, CloseError> {
        let memory = &self.memory;
        Box::pin(close_ended(memory, memory, memory, EXECUTION, LISTED, Timestamp::MAX)).await
    }

    /// What the schedule leads to.
    pub(super) async fn sweep(&self) -> Result<Swept, StoreError> {
        Box::pin(sweep(&self.settle(), Timestamp::MAX)).await
    }

    /// The one stored request.
    pub(super) fn request(&self) -> Request {
        let mut requests = self.memory.stored_requests();
        assert_eq!(requests.len(), 1, "one request");
        requests.remove(0)
    }

    /// The personal links that somebody was sent, oldest first.
    pub(super) fn links(&self, name: &str) -> Vec<LinkToken> {
        self.memory.sent_to(&person(name)).iter().filter_map(link_in).collect()
    }

    pub(super) fn mails_to(&self, name: &str) -> usize {
        self.memory.sent_to(&person(name)).len()
    }

    pub(super) fn waits(&self, token: &str) -> bool {
        self.memory.is_waiting(&task_token(token))
    }

    /// Whether the task got the output of an approval; `None` when it got nothing.
    pub(super) fn was_approved(&self, token: &str) -> Option<bool> {
        let answer = self.memory.answer_to(&task_token(token))?;
        Some(matches!(answer, crate::ports::Answer::Success { .. }))
    }
}

/// A policy of these rules, version 7.
pub(super) fn policy(rules: Vec<Rule>) -> StoredPolicy {
    StoredPolicy {
        schema: SCHEMA,
        number: 7,
        hash: "7".repeat(64),
        stored_at: START,
        source: String::new(),
        policy: Policy {
            schema: SCHEMA,
            protected_environments: Vec::new(),
            rules,
            targets: Vec::new(),
            freezes: Vec::new(),
        },
    }
}

/// A rule for services of this name, in every environment.
pub(super) fn rule(name: &str, service: &str, levels: Vec<Level>) -> Rule {
    Rule {
        name: name.to_owned(),
        service: vec![Glob::parse(service).unwrap()],
        environment: vec![Glob::any()],
        kind: vec![Glob::any()],
        amount_up_to: Vec::new(),
        supersede: true,
        levels,
    }
}

pub(super) fn input() -> Value {
    json!({
        "serviceName": "checkout", "version": "2.4.1", "environment": "production",
        "requestedBy": "dev@example.com", "changeLog": "- faster carts"
    })
}

/// A state whose wait has timed out.
pub(super) fn timed_out(details: &Value) -> Value {
    json!({
        "requestedBy": "dev@example.com",
        "deploymentDetails": details,
        "error": {"Error": "States.Timeout", "Cause": ""}
    })
}

/// A state whose request was rejected.
pub(super) fn rejected(details: &Value, request: &Request) -> Value {
    let cause = crate::contract::outcome::cause(request);
    json!({
        "requestedBy": "dev@example.com",
        "deploymentDetails": details,
        "error": {"Error": "RejectedError", "Cause": cause}
    })
}

/// A state whose request was approved.
pub(super) fn approved(details: &Value, request: &Request) -> Value {
    json!({
        "requestedBy": "dev@example.com",
        "deploymentDetails": details,
        "approvalResult": crate::contract::outcome::Report::of(request).to_value()
    })
}

pub(super) fn link_in(mail: &Mail) -> Option<LinkToken> {
    let (_, rest) = mail.text.split_once("token=")?;
    LinkToken::parse(rest.split('&').next()?).ok()
}

pub(super) fn name_of(failed: Result<Value, TaskError>) -> TaskErrorName {
    failed.unwrap_err().name()
}

pub(super) fn id_of(details: &Value, level: u32) -> RequestId {
    let key = details["approval"]["key"].as_str().unwrap();
    RequestId::parse(&format!("{key}-{level}")).unwrap()
}

pub(super) fn first() -> TaskToken {
    task_token("first")
}
