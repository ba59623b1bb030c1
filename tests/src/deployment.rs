//! A deployment that somebody asked for: the stack's own workflow, and everything that belongs to it.

use common::domain::{PlanKey, Request, RequestId};
use serde_json::{Value, json};

use crate::{Caller, End, Machine, Mail, Run, Workflow, unique, until};

/// A running, or ended, deployment workflow.
pub struct Deployment {
    run: Run,
    /// The workflow.
    pub workflow: Workflow,
    /// The service, by a name that no other test uses.
    pub service: String,
    /// Who asked; nobody else in this run has the address.
    pub requester: String,
}

impl Run {
    /// Starts the stack's workflow for a service that nobody else deploys. It reminds and expires soon.
    pub fn ask_to_deploy(&self, service: &str) -> Deployment {
        self.deployment(service, |input| self.start(input))
    }

    /// Asks in the same way, but from a workflow that neither reminds nor expires while a test runs.
    pub fn ask_to_deploy_in_no_hurry(&self, service: &str) -> Deployment {
        self.deployment(service, |input| Caller::with_a_plan_of_its_own().start(self, input))
    }

    /// Asks in the same way through a state machine of the test's own, whose plan knows the workflow.
    pub fn ask_to_deploy_through(&self, service: &str, machine: &Machine) -> Deployment {
        self.deployment(service, |input| machine.start(input))
    }

    fn deployment(&self, service: &str, start: impl FnOnce(&Value) -> Workflow) -> Deployment {
        let (service, requester) = (unique(service), unique("dev") + "@example.com");
        let workflow = start(&Deployment::input(&service, &requester));
        Deployment { run: self.clone(), workflow, service, requester }
    }
}

impl Deployment {
    /// What a person types to ask for it.
    pub fn input(service: &str, requester: &str) -> Value {
        json!({
            "serviceName": service, "version": "2.4.1", "environment": "production", "requestedBy": requester,
            "changeLog": "- faster carts\n- fixes #812"
        })
    }

    /// What mails and pages call it.
    pub fn title(&self) -> String {
        format!("{} 2.4.1 to production", self.service)
    }

    /// Waits for the mail that asks the approver.
    pub fn mail(&self) -> Mail {
        self.mail_with(&format!("Deployment approval required: {}", self.title()))
    }

    /// Waits for the mail that reminds the approver.
    pub fn reminder(&self) -> Mail {
        self.mail_with(&format!("Reminder: Deployment approval required: {}", self.title()))
    }

    fn mail_with(&self, subject: &str) -> Mail {
        self.run.mail(&format!("{subject:?}"), |mail| mail.subject == subject)
    }

    /// Waits for the mail that tells this person how it ended.
    pub fn outcome_mail_to(&self, person: &str) -> Mail {
        self.run.mail(&format!("to {person} about the outcome of {}", self.title()), |mail| {
            mail.to == person && mail.subject.ends_with(&self.title()) && !mail.asks()
        })
    }

    /// Every mail about it so far.
    pub fn mails(&self) -> Vec<Mail> {
        let title = self.title();
        self.run.mails().into_iter().filter(|mail| mail.subject.ends_with(&title)).collect()
    }

    /// The id of its request.
    pub fn request_id(&self) -> RequestId {
        RequestId::of_level(&PlanKey::of_execution(self.workflow.arn()), 1)
    }

    /// Waits for its record, and gives it as it stands.
    pub fn record(&self) -> Request {
        let id = self.request_id();
        until(&format!("record {id}"), || self.run.record(&id))
    }

    /// Waits for its record to say who was asked. From then on it changes only when somebody decides.
    pub fn asked(&self) -> Request {
        until("note of the mail in the record", || {
            Some(self.record()).filter(|record| !record.contacts.is_empty())
        })
    }

    /// Waits for the workflow's end.
    pub fn end(&self) -> End {
        self.workflow.end()
    }
}
