//! Votes around the end of a workflow: the page says whether the decision reached it.

use common::domain::{Choice, Request, Resume, Status};
use countersign_tests::crowd::{crowded, vote};
use countersign_tests::invariants::{all_were_told, one_decision};
use countersign_tests::{Link, Question, Run, Workflow, until};
use serde_json::json;

use crate::votes::votes;

struct Asked {
    run: Run,
    question: Question,
    workflow: Workflow,
}

impl Asked {
    /// A workflow that is nothing but one question.
    fn for_seconds(seconds: u32) -> Self {
        let (run, question) = (Run::connect(), Question::about("end"));
        let state = question.state(json!({ "TimeoutSeconds": seconds, "End": true }));
        let workflow =
            run.machine(&json!({ "StartAt": "Ask", "States": { "Ask": state } })).start(&json!({}));
        Self { run, question, workflow }
    }

    fn record(&self) -> Request {
        let id = self.question.id(&self.workflow, "Ask", None);
        self.run.record_when(&id, "with the note of the mail", |record| !record.contacts.is_empty())
    }

    /// Approves after the end: it is recorded, and the person learns that it was in vain.
    fn is_told_to_be_gone(&self, link: &Link) {
        // Who sends the form again because a busy machine gave no answer comes by while the first one is at work, and
        // is told for some seconds that nothing is confirmed yet.
        let phrase = self.record().phrase().to_owned();
        let told = until("news that the workflow has ended", || {
            let told = vote(link, Choice::Approve, &phrase);
            assert!(told.http == 200 || told.refusal.as_deref() == Some("workflow_gone"), "{told:?}");
            (told.http == 410).then_some(told)
        });
        let page = link.open();
        assert!(page.says("The workflow has already ended") && !page.has_form(), "{}", page.text());
        let record = self.record();
        one_decision(&record);
        all_were_told(&record, &[told]);
        assert_eq!((record.status, record.resume), (Status::Approved, Resume::Gone));
    }
}

#[test]
fn an_approval_of_a_stopped_workflow_is_told_that_it_is_gone() {
    let asked = Asked::for_seconds(600);
    let link = asked.question.mail(&asked.run).approve();
    asked.workflow.stop();
    asked.is_told_to_be_gone(&link);
    assert_eq!(asked.workflow.end().status, "ABORTED");
}

#[test]
fn an_approval_of_a_caller_that_failed_at_its_timeout_is_told_that_it_is_gone() {
    let asked = Asked::for_seconds(4);
    let link = asked.question.mail(&asked.run).approve();
    assert_eq!(asked.workflow.end().failure().0, "States.Timeout");
    asked.is_told_to_be_gone(&link);
}

/// The workflow ends with the approval itself, so that nothing in it can prove the delivery.
#[test]
fn an_approval_that_ends_its_workflow_is_never_told_to_be_gone() {
    let (_, _turn) = crowded();
    let asked = Asked::for_seconds(600);
    let mail = asked.question.mail(&asked.run);
    let phrase = asked.record().phrase().to_owned();
    let told = votes(&mail, &phrase, 50, |_| Choice::Approve);
    assert_eq!(asked.workflow.end().success()["approved"], true);
    let id = asked.record().id;
    let record = asked.run.record_when(&id, "that knows of the end", |record| record.resume == Resume::Done);
    one_decision(&record);
    all_were_told(&record, &told);
}
