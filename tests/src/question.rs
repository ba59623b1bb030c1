//! A question of a state machine that makes no plan: it names an approver and a subject of its own.

use common::domain::request_id::Circumstances;
use common::domain::{EmailAddress, Facts, Fingerprint, GeneralFacts, Request, RequestId};
use serde_json::{Value, json};

use crate::{Mail, Run, Workflow, unique, until};

/// One question, by a title and an approver that no other test has.
pub struct Question {
    /// What it is about.
    pub title: String,
    /// Who is asked.
    pub approver: String,
}

impl Question {
    /// A question about something.
    ///
    /// Its approver is an address that Amazon SES takes from any account and delivers nowhere:
    /// <https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator>.
    pub fn about(what: &str) -> Self {
        let approver = format!("success+{}@simulator.amazonses.com", unique("approver"));
        Self { title: unique(what), approver }
    }

    /// The state that asks it, with these fields besides.
    pub fn state(&self, fields: Value) -> Value {
        let mut state = json!({
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Parameters": { "FunctionName": "${SendApprovalFunctionArn}", "Payload": self.payload() }
        });
        if let (Some(state), Value::Object(fields)) = (state.as_object_mut(), fields) {
            state.extend(fields);
        }
        state
    }

    /// What that state passes to the function.
    pub fn payload(&self) -> Value {
        json!({
            "taskToken.$": "$$.Task.Token",
            "execution.$": "$$.Execution.Id",
            "state.$": "$$.State.Name",
            "enteredAt.$": "$$.State.EnteredTime",
            "retry.$": "$$.State.RetryCount",
            "approverRole": "approver",
            "approverEmail": self.approver,
            "subject": { "title": self.title }
        })
    }

    /// The id of the request that a state of this name opens.
    pub fn id(&self, workflow: &Workflow, state: &str, key: Option<&str>) -> RequestId {
        let facts = Facts::General(GeneralFacts {
            kind: None,
            title: self.title.clone(),
            amount: None,
            facts: Vec::new(),
            details: None,
            link: None,
        });
        let approver = EmailAddress::parse(&self.approver);
        let approver = approver.unwrap_or_else(|error| panic!("{}: {error}", self.approver));
        RequestId::of_circumstances(&Circumstances {
            execution: workflow.arn(),
            state: Some(state),
            fingerprint: &Fingerprint::of(&facts, None),
            approvers: vec![&approver],
            request_key: key,
        })
    }

    /// Waits for the mails that ask it; they come in any order.
    pub fn mails(&self, run: &Run, count: usize) -> Vec<Mail> {
        until(&format!("{count} mails to {}", self.approver), || {
            let mails = run.mails().into_iter().filter(|mail| mail.to == self.approver && mail.asks());
            Some(mails.collect::<Vec<_>>()).filter(|mails| mails.len() >= count)
        })
    }

    /// Waits for the mail that asks it.
    pub fn mail(&self, run: &Run) -> Mail {
        self.mails(run, 1).swap_remove(0)
    }
}

impl Run {
    /// Waits until the record of a request is as it should be.
    pub fn record_when(&self, id: &RequestId, what: &str, wanted: impl Fn(&Request) -> bool) -> Request {
        until(&format!("record {id} {what}"), || self.record(id).filter(&wanted))
    }
}
