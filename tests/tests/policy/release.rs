//! A deployment by one of the policy's rules.

use common::domain::{PlanKey, Request, RequestId, Status};
use countersign_tests::{Deployment, End, Mail, Page, Run, Workflow, unique, until};
use serde_json::Value;

use crate::stored::Stored;

/// A deployment that somebody asked for.
pub(crate) struct Release {
    pub(crate) run: Run,
    pub(crate) workflow: Workflow,
    pub(crate) service: String,
    /// What mails and pages call it.
    pub(crate) title: String,
    _policy: Stored,
}

impl Release {
    /// By the rule of this name, asked for by somebody who may not approve.
    pub(crate) fn by(rule: &str) -> Self {
        Self::asked_by(rule, &(unique("dev") + "@example.com"))
    }

    pub(crate) fn asked_by(rule: &str, requester: &str) -> Self {
        Self::of(unique(rule), "2.4.1", requester)
    }

    /// The same to another environment.
    pub(crate) fn to(rule: &str, environment: &str) -> Self {
        Self::start(unique(rule), "2.4.1", environment, &(unique("dev") + "@example.com"))
    }

    /// Another version of the same service.
    pub(crate) fn newer(&self, version: &str) -> Self {
        Self::of(self.service.clone(), version, &(unique("dev") + "@example.com"))
    }

    fn of(service: String, version: &str, requester: &str) -> Self {
        Self::start(service, version, "production", requester)
    }

    fn start(service: String, version: &str, environment: &str, requester: &str) -> Self {
        let run = Run::connect();
        let policy = Stored::on(&run);
        let mut input = Deployment::input(&service, requester);
        if let Some(fields) = input.as_object_mut() {
            fields.insert("version".to_owned(), Value::from(version));
            fields.insert("environment".to_owned(), Value::from(environment));
        }
        let workflow = run.start(&input);
        let title = format!("{service} {version} to {environment}");
        Self { run, workflow, service, title, _policy: policy }
    }

    pub(crate) fn id(&self, level: u32) -> RequestId {
        RequestId::of_level(&PlanKey::of_execution(self.workflow.arn()), level)
    }

    pub(crate) fn record(&self, level: u32) -> Option<Request> {
        self.run.record(&self.id(level))
    }

    /// Waits until the record of a level is like this.
    pub(crate) fn when(&self, level: u32, what: &str, like: impl Fn(&Request) -> bool) -> Request {
        until(&format!("{what} of level {level} of {}", self.title), || {
            self.record(level).filter(|record| like(record))
        })
    }

    /// Waits until everybody of a level was asked.
    pub(crate) fn asked(&self, level: u32) -> Request {
        self.when(level, "contacts", |record| !record.contacts.is_empty())
    }

    /// Waits for a mail to somebody whose subject starts like this.
    pub(crate) fn mail(&self, name: &str, start: &str) -> Mail {
        let (to, title) = (format!("{name}@example.com"), &self.title);
        self.run.mail(&format!("{start:?} to {name} about {title}"), |mail| {
            mail.to == to && mail.subject.starts_with(start) && mail.subject.ends_with(title)
        })
    }

    /// Waits for the mail that asks somebody.
    pub(crate) fn ask(&self, name: &str) -> Mail {
        self.mail(name, "Deployment approval required")
    }

    pub(crate) fn approve(&self, name: &str) -> Page {
        self.ask(name).approve().confirm("production")
    }

    pub(crate) fn reject(&self, name: &str, reason: &str) -> Page {
        self.ask(name).reject().refuse("production", reason)
    }

    /// How many mails somebody got about it.
    pub(crate) fn mails_to(&self, name: &str) -> usize {
        let (to, title) = (format!("{name}@example.com"), &self.title);
        self.run.mails().iter().filter(|mail| mail.to == to && mail.subject.ends_with(title)).count()
    }

    pub(crate) fn status(&self, level: u32) -> Option<Status> {
        self.record(level).map(|record| record.status)
    }

    pub(crate) fn end(&self) -> End {
        self.workflow.end()
    }
}
