//! A deployment by one of a policy's rules: the stack's own workflow, which reminds, escalates and expires.

use common::domain::{PlanKey, Request, RequestId, Status};
use serde_json::Value;

use crate::policy::HeldPolicy;
use crate::{Deployment, End, Mail, Page, Run, Workflow, unique, until};

/// A deployment that somebody asked for.
pub struct Release {
    /// Where it runs.
    pub run: Run,
    /// The workflow.
    pub workflow: Workflow,
    /// The service, whose name begins with the rule's.
    pub service: String,
    /// What mails and pages call it.
    pub title: String,
    policy: fn() -> Value,
    _held: HeldPolicy,
}

impl Release {
    /// By the rule of this name, asked for by somebody who may not approve.
    pub fn by(policy: fn() -> Value, rule: &str) -> Self {
        Self::start(policy, unique(rule), "2.4.1", "production", &unique_requester())
    }

    /// The same of another version.
    pub fn of(policy: fn() -> Value, rule: &str, version: &str) -> Self {
        Self::start(policy, unique(rule), version, "production", &unique_requester())
    }

    /// Of a service whose name is known before.
    pub fn for_service(policy: fn() -> Value, service: String) -> Self {
        Self::start(policy, service, "2.4.1", "production", &unique_requester())
    }

    /// The same, asked for by this person.
    pub fn asked_by(policy: fn() -> Value, rule: &str, requester: &str) -> Self {
        Self::start(policy, unique(rule), "2.4.1", "production", requester)
    }

    /// The same to another environment.
    pub fn to(policy: fn() -> Value, rule: &str, environment: &str) -> Self {
        Self::start(policy, unique(rule), "2.4.1", environment, &unique_requester())
    }

    /// Another version of the same service.
    #[must_use]
    pub fn newer(&self, version: &str) -> Self {
        Self::start(self.policy, self.service.clone(), version, "production", &unique_requester())
    }

    fn start(
        policy: fn() -> Value,
        service: String,
        version: &str,
        environment: &str,
        requester: &str,
    ) -> Self {
        let mut input = Deployment::input(&service, requester);
        if let Some(fields) = input.as_object_mut() {
            fields.insert("version".to_owned(), Value::from(version));
            fields.insert("environment".to_owned(), Value::from(environment));
        }
        let run = Run::connect();
        let held = run.hold_policy(policy);
        let workflow = run.start(&input);
        let title = format!("{service} {version} to {environment}");
        Self { run, workflow, service, title, policy, _held: held }
    }

    /// The id of a level's request.
    pub fn id(&self, level: u32) -> RequestId {
        RequestId::of_level(&PlanKey::of_execution(self.workflow.arn()), level)
    }

    /// A level's record, if it was asked.
    pub fn record(&self, level: u32) -> Option<Request> {
        self.run.record(&self.id(level))
    }

    /// Waits until the record of a level is like this.
    pub fn when(&self, level: u32, what: &str, like: impl Fn(&Request) -> bool) -> Request {
        until(&format!("{what} of level {level} of {}", self.title), || {
            self.record(level).filter(|record| like(record))
        })
    }

    /// Waits until everybody of a level was asked.
    pub fn asked(&self, level: u32) -> Request {
        self.when(level, "contacts", |record| !record.contacts.is_empty())
    }

    /// Waits for a mail to somebody whose subject starts like this.
    pub fn mail(&self, name: &str, start: &str) -> Mail {
        let (to, title) = (format!("{name}@example.com"), &self.title);
        self.run.mail(&format!("{start:?} to {name} about {title}"), |mail| {
            mail.to == to && mail.subject.starts_with(start) && mail.subject.ends_with(title)
        })
    }

    /// Waits for the mail that asks somebody.
    pub fn ask(&self, name: &str) -> Mail {
        self.mail(name, "Deployment approval required")
    }

    /// Approves by somebody's mail.
    pub fn approve(&self, name: &str) -> Page {
        self.ask(name).approve().confirm("production")
    }

    /// Rejects by somebody's mail.
    pub fn reject(&self, name: &str, reason: &str) -> Page {
        self.ask(name).reject().refuse("production", reason)
    }

    /// How many mails somebody got about it.
    pub fn mails_to(&self, name: &str) -> usize {
        let (to, title) = (format!("{name}@example.com"), &self.title);
        self.run.mails().iter().filter(|mail| mail.to == to && mail.subject.ends_with(title)).count()
    }

    /// A level's status, if it was asked.
    pub fn status(&self, level: u32) -> Option<Status> {
        self.record(level).map(|record| record.status)
    }

    /// Waits for the workflow's end.
    pub fn end(&self) -> End {
        self.workflow.end()
    }
}

fn unique_requester() -> String {
    unique("dev") + "@example.com"
}
