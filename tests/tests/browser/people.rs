//! People who decide.

use common::domain::{Choice, Status};
use countersign_tests::Run;
use countersign_tests::browser::{Browser, ENTER, SPACE, Screen};

use crate::visit::Visitor;

#[test]
fn approve_by_keyboard_alone() {
    let visitor = Visitor::of("keys", Screen::DESK);
    let browser = &visitor.browser;
    browser.tab_to("input[name=action]");
    browser.press(SPACE);
    browser.tab_to("[name=phrase]");
    browser.press("production");
    browser.press(ENTER);
    browser.says("Your approval is recorded");
    visitor.deployment.end().success();
}

#[test]
fn reject_on_the_smallest_screen() {
    let visitor = Visitor::of("small", Screen::SMALLEST);
    let browser = &visitor.browser;
    assert_eq!(browser.script("return document.documentElement.scrollWidth", &[]), 320);
    visitor.decide("reject", "production", "The tests are red.");
    browser.says("Your rejection is recorded");
    assert_eq!(browser.script("return document.documentElement.scrollWidth", &[]), 320);
    let output = visitor.deployment.end().success();
    assert_eq!(output["outcome"]["reason"], "The tests are red.", "{output}");
}

#[test]
fn a_slip_of_the_pen_costs_nothing_that_was_typed() {
    let visitor = Visitor::of("slip", Screen::PHONE);
    let browser = &visitor.browser;
    visitor.decide("reject", "prod", "Not on a Friday.");
    browser.says("production");
    assert_eq!(visitor.deployment.record().status, Status::Pending);
    assert_eq!(browser.value("[name=reason]"), "Not on a Friday.");
    assert!(browser.has("input[value=reject]:checked") && browser.has("[name=phrase][aria-invalid=true]"));
    browser.script("document.querySelector('[name=phrase]').value = ''", &[]);
    browser.type_into("[name=phrase]", "production");
    browser.click("main form button");
    browser.says("Your rejection is recorded");
    assert_eq!(visitor.deployment.record().status, Status::Rejected);
}

#[test]
fn a_form_that_is_sent_twice_is_one_vote() {
    let visitor = Visitor::of("twice", Screen::DESK);
    let browser = &visitor.browser;
    browser.new_tab();
    browser.goto(&visitor.link.url());
    for tab in [0, 1] {
        browser.tab(tab);
        visitor.decide("approve", "production", "");
        browser.says("Your approval is recorded");
    }
    visitor.deployment.end().success();
    assert_eq!(visitor.deployment.record().votes.len(), 1);
}

#[test]
fn going_back_after_deciding_decides_nothing_else() {
    let visitor = Visitor::of("back", Screen::DESK);
    let browser = &visitor.browser;
    visitor.decide("approve", "production", "");
    browser.says("Your approval is recorded");
    browser.back();
    if browser.has("[name=phrase]") {
        visitor.decide("reject", "production", "Changed my mind.");
    }
    browser.says("pproved");
    visitor.deployment.end().success();
    let record = visitor.deployment.record();
    assert_eq!((record.status, record.votes.len()), (Status::Approved, 1));
}

#[test]
fn two_tabs_that_disagree_are_told_what_holds() {
    let visitor = Visitor::of("tabs", Screen::DESK);
    let browser = &visitor.browser;
    browser.new_tab();
    browser.goto(&visitor.link.url());
    visitor.decide("reject", "production", "no");
    browser.says("Your rejection is recorded");
    browser.tab(0);
    visitor.decide("approve", "production", "");
    browser.says("ejected");
    let record = visitor.deployment.record();
    assert_eq!((record.votes.len(), record.votes[0].choice), (1, Choice::Reject));
}

#[test]
fn the_inbox_mails_the_link_to_another_request() {
    let run = Run::connect();
    let (first, second) = (run.ask_to_deploy_in_no_hurry("inbox"), run.ask_to_deploy_in_no_hurry("other"));
    let link = first.mail().approve();
    second.asked();
    let browser = Browser::open(&run, Screen::PHONE);
    browser.goto(&link.url());
    browser.click("a[href^='inbox?']");
    browser.says(&second.title());
    assert!(!browser.has(&format!("input[value='{}']", first.request_id())), "{}", browser.text());
    let form = format!("input[name=request][value='{}'] ~ button", second.request_id());
    browser.click(&form);
    browser.says("is on its way to");
    let mail = run.mail("with the link that was asked for", |mail| {
        mail.subject.starts_with("Your link") && mail.subject.ends_with(&second.title())
    });
    browser.goto(&mail.approve().url());
    browser.type_into("[name=phrase]", "production");
    browser.click("main form button");
    browser.says("Your approval is recorded");
    second.end().success();
    assert_eq!(first.record().status, Status::Pending);
}
