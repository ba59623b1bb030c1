//! A decision whose payer died between telling the workflow and noting that. Nothing that comes later in such a workflow proves the
//! delivery: it goes straight to its end.

use common::domain::event::first_break;
use common::domain::{Choice, Request, Resume, Status};
use countersign_tests::{End, Link, Question, Run, Workflow};
use serde_json::json;

use crate::reconcile::{deliveries, swept};

struct Told {
    run: Run,
    question: Question,
    link: Link,
    record: Request,
    end: End,
}

/// A workflow that is nothing but one question, decided and ended, with a record that does not know of the delivery.
fn told(choice: Choice) -> Told {
    let (run, question) = (Run::connect(), Question::about("end"));
    let state = question.state(json!({ "TimeoutSeconds": 600, "End": true }));
    let workflow: Workflow =
        run.machine(&json!({ "StartAt": "Ask", "States": { "Ask": state } })).start(&json!({}));
    let id = question.id(&workflow, "Ask", None);
    let asked = run.record_when(&id, "with the note of the mail", |record| !record.contacts.is_empty());
    let link = question.mail(&run).approve();
    let page = match choice {
        Choice::Approve => link.confirm(asked.phrase()),
        Choice::Reject => link.refuse(asked.phrase(), "not like this"),
    };
    assert_eq!(page.status, 200, "{}", page.text());
    let end = workflow.end();
    let noted = run.record_when(&id, "that knows of the delivery", |record| record.resume == Resume::Done);
    let record = run.forget_the_delivery(&noted);
    assert_eq!((record.resume, deliveries(&record)), (Resume::Owed, 0));
    Told { run, question, link, record, end }
}

impl Told {
    /// The debt becomes `done`, on no way `gone`, and nobody reads that it came too late.
    fn is_found_to_be_delivered(&self) {
        let record = swept(&self.run, &self.record.id, "end of the debt", |record| {
            assert_ne!(record.resume, Resume::Gone, "it was delivered");
            record.resume == Resume::Done
        });
        assert_eq!((deliveries(&record), &record.notices), (1, &Vec::new()));
        assert_eq!((&record.decision, first_break(&record.events)), (&self.record.decision, None));
        assert_eq!(self.link.open().status, self.link.head().status);
        assert!(!self.link.open().says("has already ended"), "{}", self.link.open().text());
        let mails = self.run.mails().into_iter().filter(|mail| mail.to == self.question.approver);
        let told: Vec<_> = mails.filter(|mail| !mail.asks()).map(|mail| mail.subject).collect();
        assert!(told.is_empty(), "{told:?}");
    }
}

#[test]
fn an_approval_that_ended_its_workflow_is_never_gone() {
    let told = told(Choice::Approve);
    told.is_found_to_be_delivered();
    assert_eq!(told.record.status, Status::Approved);
    assert_eq!(told.link.open().status, 200);
    assert_eq!(told.end.success()["requestId"], told.record.id.as_str());
}

#[test]
fn a_rejection_that_ended_its_workflow_is_never_gone() {
    let told = told(Choice::Reject);
    told.is_found_to_be_delivered();
    assert_eq!(told.record.status, Status::Rejected);
    assert_eq!(told.end.failure().0, "RejectedError");
}
