//! Attempts of one wait: a send step that failed after its effects, and one that arrives after a newer one.

use common::domain::{Choice, Happening, Resume, Status};
use countersign_tests::crowd::vote;
use countersign_tests::invariants::{Told, all_were_told, one_decision};
use countersign_tests::{Question, Run};
use serde_json::json;

/// The function stored the record and sent the mail, and ended before it could note that. So the retry writes
/// once more, with a link and a task token of its own.
#[test]
fn both_mails_of_a_send_step_that_failed_after_the_first_one_work() {
    let run = Run::connect();
    for vote_with in [0, 1] {
        let question = Question::about("failed step");
        let machine = run.machine(&json!({
            "StartAt": "Ask",
            "States": { "Ask": question.state(json!({
                "TimeoutSeconds": 6,
                "Retry": [{ "ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1, "MaxAttempts": 9, "BackoffRate": 1 }],
                "End": true
            })) }
        }));
        let workflow = machine.start(&json!({}));
        let id = question.id(&workflow, "Ask", None);
        let first = run.record_when(&id, "with the note of the mail", |record| !record.contacts.is_empty());
        run.forget_the_mail(&first);
        let second = run.record_when(&id, "with a second link", |record| record.links.len() == 2);
        assert_ne!(second.task_token, first.task_token);

        let links: Vec<_> = question.mails(&run, 2).iter().map(countersign_tests::Mail::approve).collect();
        assert_ne!(links[0].token(), links[1].token());
        for link in &links {
            assert_eq!(link.open().status, 200);
        }
        let phrase = second.phrase().to_owned();
        let told: Vec<Told> = [vote_with, 1 - vote_with]
            .iter()
            .map(|number| vote(&links[*number], Choice::Approve, &phrase))
            .collect();
        assert_eq!(workflow.end().success()["requestId"], id.as_str());
        let record = run.record_when(&id, "that knows of the end", |record| record.resume == Resume::Done);
        one_decision(&record);
        all_were_told(&record, &told);
        assert_eq!(record.votes.len(), 1);
    }
}

#[test]
fn an_older_attempt_that_arrives_late_changes_nothing() {
    let run = Run::connect();
    let question = Question::about("late attempt");
    let machine = run.machine(&json!({
        "StartAt": "Ask", "States": { "Ask": question.state(json!({ "TimeoutSeconds": 600, "End": true })) }
    }));
    let workflow = machine.start(&json!({}));
    let id = question.id(&workflow, "Ask", None);
    let before = run.record_when(&id, "with the note of the mail", |record| !record.contacts.is_empty());

    let mut late = question.payload();
    for name in ["taskToken", "execution", "state", "enteredAt", "retry"] {
        late.as_object_mut().unwrap().remove(&format!("{name}.$"));
    }
    late["taskToken"] = json!("the token of an attempt that is over");
    late["execution"] = json!(workflow.arn());
    late["state"] = json!("Ask");
    late["enteredAt"] =
        json!((before.generation.entered_at - jiff::SignedDuration::from_secs(1)).to_string());
    // A later retry of an earlier entry is older all the same.
    late["retry"] = json!(3);
    let answer = run.call("SendApprovalFunctionArn", &late).success();
    assert_eq!(answer["requestId"], id.as_str());
    assert_eq!(run.record(&id).unwrap(), before);
    assert_eq!(question.mails(&run, 1).len(), 1);

    let told = vote(&question.mail(&run).approve(), Choice::Approve, before.phrase());
    assert_eq!(workflow.end().success()["approved"], true);
    let record = run.record_when(&id, "that knows of the end", |record| record.resume == Resume::Done);
    one_decision(&record);
    all_were_told(&record, &[told]);
    assert_eq!(record.status, Status::Approved);
    let renewed = |happening: &Happening| matches!(happening, Happening::WaitRenewed { .. });
    assert!(!record.events.iter().any(|event| renewed(&event.what)));
}
