//! Machines that open every link, submit every form and press every button, before the person does.

use common::domain::Status;
use countersign_tests::browser::Screen;
use serde_json::json;

use crate::visit::Visitor;

const ROUNDS: usize = 20;

/// Presses every button of the page once, each on a page that was opened anew.
fn press_everything(visitor: &Visitor, url: &str, text: Option<&str>) {
    let browser = &visitor.browser;
    let count = |browser: &countersign_tests::browser::Browser| {
        browser.script("return document.querySelectorAll('button').length", &[]).as_u64().unwrap_or_default()
    };
    browser.goto(url);
    for number in 0..count(browser) {
        browser.goto(url);
        if let Some(text) = text {
            let fill = "for (const field of document.querySelectorAll('input[type=text], textarea')) field.value = arguments[0]";
            browser.script(fill, &[json!(text)]);
        }
        // Past the browser's own checks, as a machine does.
        let press = "for (const form of document.forms) form.noValidate = true; document.querySelectorAll('button')[arguments[0]].click()";
        browser.script(press, &[json!(number)]);
    }
}

fn is_still_open_and_decided_by_a_person(visitor: &Visitor) {
    let record = visitor.deployment.record();
    assert_eq!((record.status, record.votes.len()), (Status::Pending, 0));
    visitor.browser.goto(&visitor.link.url());
    visitor.decide("approve", "production", "");
    visitor.browser.says("Your approval is recorded");
    visitor.deployment.end().success();
}

#[test]
fn a_scanner_that_follows_submits_and_presses_everything_decides_nothing() {
    let visitor = Visitor::of("scanner", Screen::DESK);
    let mail = visitor.deployment.mail();
    for _ in 0..ROUNDS {
        for link in [mail.approve(), mail.reject()] {
            press_everything(&visitor, &link.url(), None);
        }
    }
    is_still_open_and_decided_by_a_person(&visitor);
}

#[test]
fn a_scanner_that_fills_in_every_field_decides_nothing_where_a_phrase_is_asked_for() {
    let visitor = Visitor::of("filler", Screen::DESK);
    let mail = visitor.deployment.mail();
    for round in 0..ROUNDS {
        let words = ["test", "approve", "yes", "admin", "ana@example.com"];
        let text = format!("{} {round}", words[round % words.len()]);
        for link in [mail.approve(), mail.reject()] {
            press_everything(&visitor, &link.url(), Some(&text));
        }
    }
    is_still_open_and_decided_by_a_person(&visitor);
}
