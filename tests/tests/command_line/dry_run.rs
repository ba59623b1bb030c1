//! What would change, said before anybody decides: by the command line, which starts nothing for it, and to whoever
//! decides. It is read from an alias of a function of the account.

use countersign::exit::Exit;

use crate::terminal::{Asked, countersign, countersign_as};

/// The function's alias leads to its first version, and its second one is published.
const CHANGE: &str = "Now 2.4.0 (1), then 2.4.1 (2)";
const PLACE: &str = "alias live of the function checkout";

#[test]
fn before_anybody_decides_the_dry_run_the_mail_and_the_page_say_the_same() {
    let asked = Asked::by("foreseen");
    let input = asked.input("dev@example.com");
    let looks = asked.run.looker();
    let foretold = countersign_as(&asked.run, &looks, &["request", input.path(), "--dry-run"]);
    for words in ["rule \"foreseen\": 1 level", "max@example.com", PLACE, CHANGE, "nothing was started"] {
        assert!(foretold.fine().contains(words), "{words}: {}", foretold.out);
    }
    let requests = countersign(&asked.run, &["list", "--limit", "1000"]);
    assert!(!requests.fine().contains(&asked.service), "nothing was started");

    asked.start();
    let mail = asked.mail_to("max");
    let page = mail.approve().open();
    for words in [CHANGE, PLACE] {
        assert!(page.says(words), "{words}: {}", page.text());
        assert!(mail.text.replace('\n', " ").contains(words), "{words}: {}", mail.text);
    }
    let shown = countersign(&asked.run, &["show", &asked.name]);
    assert!(shown.fine().contains(CHANGE), "{}", shown.out);
    countersign(&asked.run, &["withdraw", &asked.name, "--reason", "the test is over"]).fine();
}

#[test]
fn a_version_that_nobody_published_is_told_beforehand() {
    let mut asked = Asked::by("foreseen");
    "9.9.9".clone_into(&mut asked.version);
    let input = asked.input("dev@example.com");
    let looks = asked.run.looker();
    let foretold = countersign_as(&asked.run, &looks, &["request", input.path(), "--dry-run", "--json"]);
    assert_eq!(foretold.exit, Exit::WorkflowFailed, "{}", foretold.out);
    let json = foretold.json();
    assert_eq!((&json["ok"], &json["preview"]["outlook"]), (&false.into(), &"impossible".into()));
    assert!(json["preview"]["reason"].as_str().unwrap_or_default().contains("no published version 9.9.9"));

    asked.start();
    let page = asked.mail_to("max").approve().open();
    assert!(page.says("Not possible as things stand"), "{}", page.text());
    assert!(page.has_form(), "it may be there when it is approved");
    countersign(&asked.run, &["withdraw", &asked.name, "--reason", "the test is over"]).fine();
}

#[test]
fn whoever_may_not_look_at_the_target_is_told_which_permission_is_missing() {
    let asked = Asked::by("foreseen");
    if !asked.run.evaluates_permissions() {
        return;
    }
    let input = asked.input("dev@example.com");
    let foretold = countersign(&asked.run, &["request", input.path(), "--dry-run"]);
    let words = "Could not be looked at: alias live of the function checkout: the permission lambda:GetAlias is missing";
    assert!(foretold.fine().contains(words), "{}", foretold.out);
}
