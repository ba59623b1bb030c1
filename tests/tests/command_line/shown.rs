//! Lists, and what is shown of one request: nothing of it is a secret.

use countersign_tests::Mail;

use crate::audited::editing;
use crate::terminal::{Asked, countersign};

fn listed(asked: &Asked, options: &[&str]) -> Option<serde_json::Value> {
    let said = countersign(&asked.run, &[&["list", "--json", "--limit", "1000"], options].concat());
    said.fine();
    let id = asked.id(1);
    said.json()["requests"].as_array()?.iter().find(|request| request["id"] == id.as_str()).cloned()
}

#[test]
fn a_pending_request_is_on_both_lists_and_a_closed_one_on_one() {
    let asked = Asked::by("one");
    asked.start();
    asked.asked(1);
    let _editing = editing();
    for options in [&["--open"][..], &[]] {
        let row = listed(&asked, options).unwrap_or_else(|| panic!("not on the list {options:?}"));
        assert_eq!(row["status"], "pending");
        assert_eq!(row["title"], format!("{} 2.4.1 to production", asked.service));
        assert_eq!(row["requestedBy"], "dev@example.com");
    }
    countersign(&asked.run, &["withdraw", &asked.name, "--reason", "the test is over"]).fine();
    assert_eq!(listed(&asked, &["--open"]), None);
    assert_eq!(listed(&asked, &[]).unwrap_or_default()["status"], "withdrawn");
    let table = countersign(&asked.run, &["list", "--limit", "1000"]);
    let line = table.fine().lines().find(|line| line.contains(&asked.service)).unwrap_or_default();
    assert!(line.starts_with(asked.id(1).as_str()) && line.contains("withdrawn"), "{line}");
}

#[test]
fn every_kind_of_id_shows_it_and_no_secret_with_it() {
    let asked = Asked::by("levels");
    asked.start();
    asked.approve("max");
    let second = asked.asked(2);
    let first = asked.record(1).unwrap_or_else(|| panic!("it was approved"));
    let links: Vec<_> = ["max", "sam"].iter().flat_map(|name| Mail::tokens(&asked.mail_to(name))).collect();

    let ids = [asked.name.clone(), asked.execution(), asked.key().to_string(), asked.id(1).to_string()];
    for id in &ids {
        for options in [&[][..], &["--json"]] {
            let said = countersign(&asked.run, &[&["show", id], options].concat());
            let out = said.fine();
            assert!(
                out.contains(first.id.as_str()) && out.contains(first.fingerprint.as_str()),
                "{id}: {out}"
            );
            assert!(out.contains("max@example.com") && out.contains(&asked.service), "{id}: {out}");
            for record in [&first, &second] {
                assert!(!out.contains(record.task_token.expose()), "a task token in show {id}");
                for link in &record.links {
                    let hash = serde_json::to_value(&link.hash).unwrap_or_default();
                    assert!(!out.contains(hash.as_str().unwrap_or("?")), "a link's hash in show {id}");
                }
            }
            for token in &links {
                assert!(!out.contains(&token[token.len() - 40..]), "a link in show {id}");
            }
        }
    }
    let whole = countersign(&asked.run, &["show", &asked.name]);
    for line in [
        "level 1 of 2, manager: approved by max@example.com (email)",
        "level 2 of 2, security: pending",
        "0 of 2 for security",
        "missing      sam@example.com, sue@example.com, sol@example.com",
        "rule \"levels\"",
        &format!("{} running", asked.name),
    ] {
        assert!(whole.out.contains(line), "{line:?} is not in\n{}", whole.out);
    }
    let page = kept(&asked);
    for part in
        ["Level 1 of 2: manager", "Level 2 of 2: security", first.fingerprint.as_str(), "all of them agree"]
    {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    for secret in
        links.iter().map(String::as_str).chain([first.task_token.expose(), second.task_token.expose()])
    {
        assert!(!page.contains(secret), "a secret in the page to keep");
    }
    countersign(&asked.run, &["withdraw", asked.key().as_str(), "--reason", "the test is over"]).fine();
}

/// The page that `show --html` writes.
fn kept(asked: &Asked) -> String {
    let path = std::env::temp_dir().join(format!("{}.html", asked.name));
    let file = path.to_string_lossy();
    countersign(&asked.run, &["show", &asked.name, "--html", &file]).fine();
    let page = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    std::fs::remove_file(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    page
}
