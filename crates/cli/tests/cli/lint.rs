//! What the lint finds, in files with every kind of mistake.

use countersign::exit::Exit;
use countersign::policy::{MAX_BYTES, compile};
use serde_json::json;

use crate::{countersign, example, files};

#[test]
fn the_example_has_no_mistakes_and_no_warnings() {
    let said = countersign(&["policy", "lint", &example()]);
    assert!(said.out.ends_with("approvals.toml: no mistakes\n"), "{}", said.out);
    assert_eq!(said.out.lines().count(), 1, "{}", said.out);
    assert_eq!(said.exit, Exit::Ok);
}

#[test]
fn every_mistake_is_named_with_its_place() {
    for (name, path) in files("policies") {
        let said = countersign(&["policy", "lint", path.to_str().unwrap()]);
        let folder = format!("{}/", path.parent().unwrap().display());
        insta::assert_snapshot!(name.as_str(), said.out.replace(&folder, ""));
        let usable = matches!(name.as_str(), "warnings" | "guarded" | "targets_together");
        assert_eq!(said.exit, if usable { Exit::Ok } else { Exit::Mistakes }, "{name}");
        assert_eq!(said.err, "", "{name}");
    }
}

#[test]
fn programs_read_the_same_mistakes() {
    for (name, path) in files("policies") {
        let said = countersign(&["policy", "lint", path.to_str().unwrap(), "--json"]);
        let json = said.json();
        assert_eq!(json["ok"], said.exit == Exit::Ok, "{name}");
        let mistakes = json["mistakes"].as_array().unwrap();
        let text = countersign(&["policy", "lint", path.to_str().unwrap()]).out;
        for mistake in mistakes {
            let line = format!(
                ":{}:{}: {}: {}",
                mistake["line"],
                mistake["column"],
                mistake["severity"].as_str().unwrap(),
                mistake["message"].as_str().unwrap()
            );
            assert!(text.contains(&line), "{name}: {line}");
        }
        let lines = text.lines().filter(|line| line.contains(": error: ") || line.contains(": warning: "));
        assert_eq!(lines.count(), mistakes.len(), "{name}");
    }
}

#[test]
fn a_file_that_is_too_long_or_no_text_is_refused() {
    let long = "#".repeat(MAX_BYTES + 1);
    let mistakes = compile(long.as_bytes()).mistakes;
    assert_eq!(mistakes[0].message, "the file has 102401 bytes; at most 102400 are possible");
    let mistakes = compile(b"schema = 1\nname = \"\xff\"").mistakes;
    assert_eq!((mistakes[0].line, mistakes[0].column), (2, 9));
    assert_eq!(mistakes[0].message, "not a text in UTF-8");
}

#[test]
fn a_rule_has_an_end_and_a_level_a_size() {
    let people: Vec<_> =
        (0..101).map(|number| format!("p{number} = {{ email = \"p{number}@example.com\" }}")).collect();
    let names: Vec<_> = (0..101).map(|number| format!("\"p{number}\"")).collect();
    let level = "[[rule.level]]\nname = \"level\"\n[[rule.level.group]]\napprovers = ";
    let messages = |levels: &str| -> Vec<_> {
        let people = people.join("\n");
        let policy =
            format!("schema = 1\n[people]\n{people}\n[[rule]]\nname = \"rest\"\ndeadline = \"1h\"\n{levels}");
        compile(policy.as_bytes()).mistakes.into_iter().map(|mistake| mistake.message).collect()
    };
    assert_eq!(
        messages(&format!("{level}[{}]\n", names.join(", "))),
        ["the level \"level\" asks 101 people; at most 100 may be asked"]
    );
    let one_each: Vec<_> = names.iter().take(21).map(|name| format!("{level}[{name}]\n")).collect();
    assert_eq!(messages(&one_each.concat()), ["the rule \"rest\" has 21 levels; at most 20 are possible"]);
}

#[test]
fn a_file_that_is_not_there_is_no_mistake_of_the_policy() {
    let said = countersign(&["policy", "lint", "no/such/file.toml"]);
    assert_eq!((said.exit, said.out.as_str()), (Exit::Failed, ""));
    assert!(said.err.starts_with("error: no/such/file.toml cannot be read: "), "{}", said.err);
    let said = countersign(&["policy", "lint", "no/such/file.toml", "--json"]);
    assert_eq!((said.json()["ok"].clone(), said.exit), (json!(false), Exit::Failed));
}

/// A mistake without a file that shows it is one that nobody has seen.
#[test]
fn the_files_show_every_message() {
    let shown: String = files("policies")
        .iter()
        .map(|(_, path)| countersign(&["policy", "lint", path.to_str().unwrap()]).out)
        .collect();
    for message in [
        "unknown key",
        "is used nowhere",
        "is the name of a person and of a team",
        "is the same person as",
        "a team lists people, not other teams",
        "declare the address once, under",
        "nobody is in the group",
        "nobody is in the team",
        "would ask people and not wait",
        "but only",
        "has no approvers",
        "has no group",
        "has no deadline",
        "of one level",
        "before anybody has voted",
        "asks only",
        "is there twice",
        "has ended already",
        "a workflow would wait",
        "no request could ever pass",
        "but to nobody",
        "there is an escalation, but",
        "where little is at risk",
        "low_risk has no effect",
        "two rules are called",
        "is never reached",
        "no rule matches everything",
        "and asks nobody",
        "and silence approves at",
        "never counts",
        "can never approve",
        "belongs to",
        "has no email address",
        "is not the id of a Slack user",
        "is not a pattern",
        "is missing",
        "is not known",
        "not TOML",
        "the file has no rule",
        "a target has no service",
        "a target has no environment",
        "a target has no kind",
        "has no pattern, so nothing matches",
        "of the kind \"lambda\" has no function",
        "is not the name of a Lambda function",
        "write only its name",
        "has digits only",
        "before the second look",
        "a workflow would look",
        "at most 1h is possible",
        "at most 7d is possible",
        "this target is never reached",
        "this target never counts",
        "this target leads where",
    ] {
        assert!(shown.contains(message), "no file shows: {message}");
    }
}
