//! The form: what has to be typed, and what happens when it is not.

use common::domain::Status;
use countersign_tests::{Deployment, Link, Page, Run};

#[test]
fn nothing_is_decided_before_the_phrase_and_a_reason_are_typed() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let link = checkout.mail().approve();
    let before = checkout.asked();
    for (action, phrase, reason, refusal) in [
        ("approve", "", "", "phrase_missing"),
        ("approve", "  ", "", "phrase_missing"),
        ("approve", "staging", "", "phrase_wrong"),
        ("reject", "", "because", "phrase_missing"),
        ("reject", "prod", "because", "phrase_wrong"),
        ("reject", "production", "", "reason_missing"),
        ("reject", "production", " \n ", "reason_missing"),
        ("reject", "production", &"x".repeat(2_001), "reason_too_long"),
    ] {
        let fields = [("action", action), ("phrase", phrase), ("reason", reason)];
        let page = link.post(&fields);
        assert_eq!(page.status, 422, "{fields:?}: {}", page.text());
        let answer = link.post_as_json(&fields);
        assert_eq!((answer.status, answer.json()["refusal"].as_str()), (422, Some(refusal)), "{fields:?}");
    }
    let after = checkout.record();
    assert_eq!((after.status, after.version), (Status::Pending, before.version));
    decided(&checkout, &link);
}

#[test]
fn fields_that_a_machine_leaves_out_decide_nothing() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let link = checkout.mail().approve();
    assert_eq!(link.post(&[("action", "approve")]).status, 422);
    assert_eq!(link.post(&[("action", "reject"), ("phrase", "production")]).status, 422);
    assert_eq!(checkout.record().status, Status::Pending);
    decided(&checkout, &link);
}

#[test]
fn what_was_typed_is_kept() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let link = checkout.mail().approve();
    let reason = "First line,\n\"second\" <line> & more";
    let page = link.refuse("prodaction \"x\"", reason);
    assert_eq!(page.status, 422);
    assert_eq!(page.typed("phrase"), "prodaction \"x\"");
    assert_eq!(page.typed("reason"), reason);
    assert_eq!(page.preselected().as_deref(), Some("reject"));
    assert_eq!(page.typed("token"), link.token());
    decided(&checkout, &link);
}

#[test]
fn the_form_works_without_scripts_from_any_address() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let link = checkout.mail().approve();
    let page = link.open();
    assert_eq!(form_attribute(&page, "method"), "post");
    assert_eq!(form_attribute(&page, "action"), "approve", "relative to wherever the page is served");
    assert_eq!(page.typed("token"), link.token());
    assert_eq!((page.typed("phrase"), page.typed("reason")), (String::new(), String::new()));
    assert!(!page.body.contains("<script"), "{}", page.body);
    assert!(page.says("Type production to confirm"), "{}", page.text());
    decided(&checkout, &link);
}

fn form_attribute(page: &Page, name: &str) -> String {
    let (_, form) = page.body.split_once("<form").unwrap_or_else(|| panic!("no form: {}", page.body));
    let tag = form.split('>').next().unwrap_or_default();
    countersign_tests::text::attributes(tag, name).pop().unwrap_or_default()
}

/// The person can still decide after all that.
fn decided(deployment: &Deployment, link: &Link) {
    assert_eq!(link.confirm("production").status, 200);
    deployment.end().success();
}
