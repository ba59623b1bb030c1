//! An approval, from the mail to the workflow's end.

use common::domain::event::first_break;
use common::domain::{Happening, Resume, Status};
use countersign_tests::Run;

#[test]
fn an_approval_lets_the_workflow_go_on() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    let mail = checkout.mail();

    let page = mail.approve().confirm("production");
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.says("Your approval is recorded"), "{}", page.text());

    let output = checkout.end().success();
    let result = &output["approvalResult"];
    assert_eq!(result["approved"], true);
    assert_eq!(result["approvedBy"], mail.to);
    assert_eq!(result["requestId"], checkout.request_id().as_str());
    assert_eq!(result["fingerprint"], output["deploymentDetails"]["fingerprint"]);
    assert_eq!(result["approvals"][0]["channel"], "email");
    assert_eq!(result["approvals"][0]["strength"], "link");
    let deployment = &output["deployment"];
    assert_eq!(deployment["status"], "not_deployed");
    assert_eq!(deployment["deployed"], false);
    let reason = format!("no deployment target is configured for {} in production", checkout.service);
    assert_eq!(deployment["reason"], reason);

    let told = checkout.outcome_mail_to(&checkout.requester);
    assert!(told.subject.starts_with("Approved: "), "{}", told.subject);
    assert!(told.text.contains(&reason), "{}", told.text);
    assert!(told.text.contains(&mail.to), "{}", told.text);
}

#[test]
fn the_record_of_an_approval_tells_all_of_it() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    let mail = checkout.mail();
    mail.approve().confirm("production");
    checkout.end().success();

    let record = checkout.record();
    assert_eq!((record.status, record.resume), (Status::Approved, Resume::Done));
    let decision = record.decision.as_ref().unwrap();
    assert_eq!(decision.by.as_ref().unwrap().as_str(), mail.to);
    assert_eq!(record.deployment.as_ref().map(|deployment| deployment.deployed), Some(false));
    assert_eq!(first_break(&record.events), None);
    let kinds: Vec<_> = record.events.iter().map(|event| kind(&event.what)).collect();
    assert_eq!(kinds, ["opened", "asked", "voted", "decided", "resumed", "executed", "told"]);
}

#[test]
fn the_mail_and_the_page_show_the_same_facts() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    let mail = checkout.mail();
    let record = checkout.asked();
    let page = mail.reject().open();
    assert_eq!(page.status, 200);
    assert_eq!(page.preselected().as_deref(), Some("reject"));
    assert_eq!(mail.approve().open().preselected().as_deref(), Some("approve"));
    let html = countersign_tests::text::readable(&mail.html);
    for fact in [
        checkout.service.as_str(),
        "2.4.1",
        "production",
        &checkout.requester,
        "- faster carts",
        "- fixes #812",
        record.fingerprint.short(),
    ] {
        assert!(mail.text.contains(fact), "text: {fact}");
        assert!(html.contains(fact), "HTML: {fact}");
        assert!(page.says(fact), "page: {fact}");
    }
    assert_eq!(mail.from, "approvals@example.com");
}

#[test]
fn the_phrase_is_read_as_people_type_it() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    assert_eq!(checkout.mail().approve().confirm(" Production ").status, 200);
    checkout.end().success();
}

#[test]
fn a_comment_on_an_approval_reaches_the_workflow() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    let fields =
        [("action", "approve"), ("phrase", "production"), ("reason", "Load test is green & <fast>.")];
    assert_eq!(checkout.mail().approve().post(&fields).status, 200);
    let output = checkout.end().success();
    assert_eq!(output["approvalResult"]["approvals"][0]["comment"], "Load test is green & <fast>.");
}

fn kind(what: &Happening) -> String {
    serde_json::to_value(what).unwrap()["kind"].as_str().unwrap().to_owned()
}
