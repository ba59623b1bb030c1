//! Takes the pictures of the README from a running stack: `cargo xtask screenshots`.

use std::fs;
use std::path::{Path, PathBuf};

use countersign_tests::browser::{Browser, Screen};
use countersign_tests::policy::{group, level, policy, rest, rule, with};
use countersign_tests::{Mail, Run};
use serde_json::{Value, json};

const PHONE: Screen = Screen { width: 390, height: 780, dark: false };
const CHANNEL: Screen = Screen { width: 900, height: 620, dark: false };

fn main() {
    let run = Run::connect();
    let pictures = Pictures { run: run.clone(), directory: directory() };
    let _held = run.hold_policy(rules);
    run.slack().let_a_crowd_post();
    let ask = |service: &str, change_log: &str| {
        let input = json!({
            "serviceName": service, "version": "2.4.1", "environment": "production",
            "requestedBy": "dev@example.com", "changeLog": change_log
        });
        let workflow = run.start(&input);
        let title = format!("{service} 2.4.1 to production");
        (workflow, run.mail(&title, |mail| mail.to == "ana@example.com" && mail.subject.ends_with(&title)))
    };
    let (silent, expired) = ask("billing", "- new invoices");
    let (_open, mail) = ask(
        "checkout",
        "- Carts are faster: one query instead of five\n- Fixes #812: a voucher counted twice\n- Payment by invoice, behind a switch",
    );
    pictures.of_mail("mail", &mail);
    pictures.of_page("page", &mail.approve().url());
    pictures.of_channel();
    let page = mail.approve().confirm("production");
    assert_eq!(page.status, 200, "{}", page.text());
    pictures.of_page("decided", &mail.approve().url());
    silent.end().failure();
    pictures.of_page("expired", &expired.approve().url());
}

fn rules() -> Value {
    let soon = json!({ "deadlineSeconds": 3, "mail": true, "slack": { "channel": null, "direct": false } });
    let manager = || {
        with(level("manager", &[group("manager", &["ana", "bob"], 1)]), &json!({ "deadlineSeconds": 28_800 }))
    };
    let security = level("security", &[group("security", &["eve", "sam", "kim"], 2)]);
    policy(&[
        with(rule("billing", &[with(manager(), &soon)]), &json!({ "service": ["billing"] })),
        rest(&[manager(), security]),
    ])
}

fn directory() -> PathBuf {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/images");
    std::env::args_os().nth(1).map_or(default, PathBuf::from)
}

struct Pictures {
    run: Run,
    directory: PathBuf,
}

impl Pictures {
    fn of_page(&self, name: &str, url: &str) {
        for screen in [PHONE, PHONE.dark()] {
            let browser = Browser::open(&self.run, screen);
            browser.goto(url);
            self.keep(name, screen, &browser);
        }
    }

    fn of_mail(&self, name: &str, mail: &Mail) {
        let file = std::env::temp_dir().join(format!("countersign-mail-{}.html", std::process::id()));
        fs::write(&file, &mail.html).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.of_page(name, &format!("file://{}", file.display()));
        fs::remove_file(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }

    fn of_channel(&self) {
        let browser = Browser::open(&self.run, CHANNEL);
        browser.goto(&self.run.slack().page());
        browser.says("checkout 2.4.1 to production");
        self.keep("slack", CHANNEL, &browser);
    }

    fn keep(&self, name: &str, screen: Screen, browser: &Browser) {
        let scheme = if screen.dark { "dark" } else { "light" };
        let file = self.directory.join(format!("{name}-{scheme}.png"));
        fs::write(&file, browser.picture(false))
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}
