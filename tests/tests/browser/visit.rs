//! Somebody who opens a link in a browser.

use countersign_tests::browser::{Browser, Screen};
use countersign_tests::{Deployment, Link, Run};

pub(crate) struct Visitor {
    pub(crate) browser: Browser,
    pub(crate) deployment: Deployment,
    pub(crate) link: Link,
}

impl Visitor {
    /// With the mail's link to approve open.
    pub(crate) fn of(service: &str, screen: Screen) -> Self {
        let run = Run::connect();
        let deployment = run.ask_to_deploy_in_no_hurry(service);
        let link = deployment.mail().approve();
        let browser = Browser::open(&run, screen);
        browser.goto(&link.url());
        Self { browser, deployment, link }
    }

    /// Chooses, fills in and submits the form.
    pub(crate) fn decide(&self, action: &str, phrase: &str, reason: &str) {
        self.browser.click(&format!("input[value={action}]"));
        self.browser.type_into("[name=phrase]", phrase);
        if !reason.is_empty() {
            self.browser.type_into("[name=reason]", reason);
        }
        self.browser.click("main form button");
    }
}
