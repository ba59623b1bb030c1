//! Deadlines and reminders of the stack's own workflow. The run has a short approval timeout and an earlier reminder.

use common::domain::event::first_break;
use common::domain::{Resume, Status};
use countersign_tests::{Mail, Run};
use serde_json::Value;

#[test]
fn a_request_that_nobody_decides_is_reminded_of_once_and_expires() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    let mail = checkout.mail();

    let (error, cause) = checkout.end().failure();
    assert_eq!(error, "ApprovalExpired");
    let cause: Value = serde_json::from_str(&cause).unwrap();
    assert_eq!(cause["status"], "expired");
    assert!(cause["message"].as_str().unwrap().contains("nobody decided in time"), "{cause}");

    for person in [&checkout.requester, &mail.to] {
        let told = checkout.outcome_mail_to(person);
        assert!(told.subject.starts_with("Expired: "), "{}", told.subject);
    }
    let asking: Vec<_> = checkout.mails().into_iter().filter(Mail::asks).map(|mail| mail.subject).collect();
    let question = format!("Deployment approval required: {}", checkout.title());
    assert_eq!(asking, [question.clone(), format!("Reminder: {question}")]);

    let link = mail.approve();
    let page = link.open();
    assert_eq!(page.status, 410);
    assert!(page.says("expired") && !page.has_form(), "{}", page.text());
    assert_eq!(link.confirm("production").status, 410);
    let answer = link.open_as_json();
    assert_eq!((answer.status, &answer.json()["refusal"]), (410, &Value::from("expired")));

    let record = checkout.record();
    assert_eq!((record.status, record.resume), (Status::Expired, Resume::None));
    assert!(record.decision.unwrap().at >= record.deadline.unwrap());
    assert_eq!(first_break(&record.events), None);
}

#[test]
fn the_first_mails_link_still_works_after_a_reminder() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    let first = checkout.mail();
    let reminder = checkout.reminder();
    assert_eq!(reminder.to, first.to);
    assert_ne!(reminder.approve().token(), first.approve().token(), "each mail has a secret of its own");
    assert_eq!(reminder.approve().open().status, 200);

    assert_eq!(first.approve().confirm("production").status, 200);
    assert_eq!(checkout.end().success()["approvalResult"]["approved"], true);
    let page = reminder.approve().open();
    assert!(page.says("Your approval is recorded"), "{}", page.text());
    assert_eq!(checkout.record().resume, Resume::Done);
}
