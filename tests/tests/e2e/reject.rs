//! A rejection, and what comes after it.

use common::domain::event::first_break;
use common::domain::{Resume, Status};
use countersign_tests::Run;
use serde_json::Value;

#[test]
fn a_rejection_and_its_reason_reach_everyone() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    let mail = checkout.mail();
    let reason = "Freeze until Monday:\nquarter-end closing & \"more\"";

    let page = mail.reject().refuse("production", reason);
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.says("Your rejection is recorded"), "{}", page.text());

    let (error, cause) = checkout.end().failure();
    assert_eq!(error, "RejectedError");
    let cause: Value = serde_json::from_str(&cause).unwrap();
    assert_eq!(cause["status"], "rejected");
    assert_eq!(cause["rejectedBy"], mail.to);
    assert_eq!(cause["reason"], reason);
    assert_eq!(cause["requestId"], checkout.request_id().as_str());
    assert!(cause["rejectedAt"].is_string(), "{cause}");

    for person in [&checkout.requester, &mail.to] {
        let told = checkout.outcome_mail_to(person);
        assert!(told.subject.starts_with("Rejected: "), "{}", told.subject);
        for part in ["Freeze until Monday:", "quarter-end closing & \"more\"", mail.to.as_str()] {
            assert!(told.text.contains(part), "{part} in: {}", told.text);
        }
    }
    let record = checkout.record();
    assert_eq!((record.status, record.resume), (Status::Rejected, Resume::Done));
    assert_eq!(first_break(&record.events), None);
}

#[test]
fn who_has_rejected_cannot_approve_afterwards() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    let link = checkout.mail().reject();
    assert_eq!(link.refuse("production", "not today").status, 200);

    let page = link.confirm("production");
    assert_eq!(page.status, 409, "{}", page.text());
    assert!(page.says("by email"), "{}", page.text());
    let approve = checkout.mail().approve();
    assert_eq!(approve.open().status, 409);
    assert_eq!(approve.open_as_json().json()["refusal"], "already_voted");

    assert_eq!(checkout.end().failure().0, "RejectedError");
    assert_eq!(checkout.record().status, Status::Rejected);
    assert_eq!(checkout.record().votes.len(), 1);
}

#[test]
fn who_has_approved_cannot_reject_afterwards() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    let link = checkout.mail().approve();
    assert_eq!(link.confirm("production").status, 200);
    assert_eq!(link.refuse("production", "changed my mind").status, 409);
    checkout.end().success();
    assert_eq!(checkout.record().status, Status::Approved);
}
