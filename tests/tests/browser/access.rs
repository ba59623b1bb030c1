//! Pages for everybody: no barrier that axe-core knows, in light and dark, on a small screen and a large one.

use countersign_tests::Run;
use countersign_tests::browser::{Browser, Screen};

use crate::visit::Visitor;

fn is_open_to_everybody(browser: &Browser, what: &str) {
    let barriers = browser.barriers();
    assert!(barriers.is_empty(), "{what}: {barriers:#?}");
}

fn on(screen: Screen) {
    let visitor = Visitor::of("access", screen);
    let browser = &visitor.browser;
    is_open_to_everybody(browser, "form");
    browser.goto(&visitor.link.url().replace("/approve?", "/inbox?"));
    is_open_to_everybody(browser, "inbox");
    browser.goto(&visitor.link.url());
    visitor.decide("reject", "prod", "Not on a Friday.");
    is_open_to_everybody(browser, "form with a mistake");
    browser.goto(&visitor.link.url());
    visitor.decide("approve", "production", "");
    browser.says("Your approval is recorded");
    is_open_to_everybody(browser, "recorded");
    browser.goto(&visitor.deployment.mail().reject().url());
    is_open_to_everybody(browser, "decided otherwise");
    browser.goto(&visitor.link.with_token("AAAA").url());
    is_open_to_everybody(browser, "not found");
    visitor.deployment.end().success();
}

#[test]
fn on_a_small_light_screen() {
    on(Screen::SMALLEST);
}

#[test]
fn on_a_small_dark_screen() {
    on(Screen::PHONE.dark());
}

#[test]
fn on_a_large_light_screen() {
    on(Screen::DESK);
}

#[test]
fn on_a_large_dark_screen() {
    on(Screen::DESK.dark());
}

#[test]
fn an_expired_request_is_open_to_everybody_and_prints_on_paper() {
    let run = Run::connect();
    let deployment = run.ask_to_deploy("paper");
    let link = deployment.mail().approve();
    deployment.end().failure();
    let browser = Browser::open(&run, Screen::DESK);
    browser.goto(&link.url());
    browser.says("xpired");
    is_open_to_everybody(&browser, "expired");
}
