//! What a policy would do, as people and programs read it.

use std::fs;
use std::path::PathBuf;

use countersign::exit::Exit;
use serde_json::{Value, json};

use crate::{Said, countersign, example, repository};

fn simulate(input: &str, more: &[&str]) -> Said {
    let (policy, input) = (example(), repository(input));
    let line = ["policy", "simulate", &policy, "--input", &input];
    countersign(&[&line, more].concat())
}

/// A file of one test.
fn file(name: &str, content: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path
}

#[test]
fn the_example_has_a_readable_timeline() {
    for (name, input) in [
        ("production", "events/workflow/deployment.json"),
        ("staging", "events/workflow/staging.json"),
        ("production_by_a_manager", "crates/cli/tests/inputs/by_a_manager.json"),
        ("data_release", "crates/cli/tests/inputs/data_release.json"),
        ("development", "crates/cli/tests/inputs/development.json"),
        ("something_else", "crates/cli/tests/inputs/expense_report.json"),
    ] {
        let said = simulate(input, &[]);
        insta::assert_snapshot!(name, said.out);
        assert_eq!((said.exit, said.err.as_str()), (Exit::Ok, ""), "{name}");
    }
}

/// The policy for the examples of other workflows: the amount chooses the levels, and what is not known is not little.
#[test]
fn the_policy_of_the_examples_has_no_mistakes_and_readable_timelines() {
    let policy = repository("policy/workflows.toml");
    let linted = countersign(&["policy", "lint", &policy]);
    assert!(linted.out.ends_with("workflows.toml: no mistakes\n"), "{}", linted.out);
    assert_eq!(linted.out.lines().count(), 1, "{}", linted.out);
    let simulate = |input: &str| countersign(&["policy", "simulate", &policy, "--input", &repository(input)]);
    for (name, input) in [
        ("example_small_expense", "events/workflow/small-expense.json"),
        ("example_expense_report", "events/workflow/expense-report.json"),
        ("example_data_release", "events/workflow/data-release.json"),
    ] {
        let said = simulate(input);
        insta::assert_snapshot!(name, said.out);
        assert_eq!((said.exit, said.err.as_str()), (Exit::Ok, ""), "{name}");
    }
    let unknown = simulate("crates/cli/tests/inputs/expense_report.json").out;
    assert!(unknown.contains("rule \"expenses\": 2 levels"), "no amount: {unknown}");
}

#[test]
fn programs_read_the_whole_timeline() {
    insta::assert_json_snapshot!(simulate("events/workflow/deployment.json", &["--json"]).json());
    let development = simulate("crates/cli/tests/inputs/development.json", &["--json"]).json();
    assert_eq!((&development["approvalNeeded"], &development["levels"]), (&json!(false), &json!([])));
}

#[test]
fn a_recorded_timeline_is_as_expected_however_it_is_formatted() {
    let input = "events/workflow/deployment.json";
    let recorded = simulate(input, &["--json"]).json();
    let expected = file("as_recorded.json", &recorded.to_string());
    let said = simulate(input, &["--expect", expected.to_str().unwrap()]);
    assert_eq!(said.exit, Exit::Ok, "{}", said.out);
    let said = simulate(input, &["--expect", expected.to_str().unwrap(), "--json"]);
    assert_eq!((said.exit, said.json()), (Exit::Ok, json!({"ok": true})));
}

#[test]
fn a_timeline_that_differs_is_shown_line_by_line() {
    let input = "events/workflow/deployment.json";
    let mut recorded = simulate(input, &["--json"]).json();
    recorded["levels"][1]["groups"][0]["quorum"] = json!(3);
    recorded["levels"][0]["silence"].as_array_mut().unwrap().pop();
    let expected = file("changed.json", &recorded.to_string());
    let said = simulate(input, &["--expect", expected.to_str().unwrap()]);
    assert_eq!(said.exit, Exit::Differs);
    let (first, difference) = said.out.split_once('\n').unwrap();
    assert!(first.starts_with("not as ") && first.ends_with("changed.json expects (- expected, + found)"));
    insta::assert_snapshot!("difference", difference);
    let json = simulate(input, &["--expect", expected.to_str().unwrap(), "--json"]).json();
    let lines: Vec<_> = json["difference"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!((&json["ok"], lines.join("\n") + "\n"), (&json!(false), difference.to_owned()));
}

/// The target that the example shows as a comment counts once its signs are taken away.
#[test]
fn the_target_of_the_example_says_where_it_goes() {
    let text = fs::read_to_string(example()).unwrap();
    let (before, keys) = text.split_once("# [[target]]\n").unwrap();
    let keys =
        keys.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).collect::<Vec<_>>().join("\n");
    let policy = file("with_a_target.toml", &format!("{before}[[target]]\n{keys}"));
    let linted = countersign(&["policy", "lint", policy.to_str().unwrap()]);
    assert!(linted.out.ends_with("with_a_target.toml: no mistakes\n"), "{}", linted.out);
    let simulate = |input: &str, more: &[&str]| {
        let input = repository(input);
        let line = ["policy", "simulate", policy.to_str().unwrap(), "--input", &input];
        countersign(&[&line, more].concat())
    };
    let production = "events/workflow/deployment.json";
    let end = "\nthen: alias live of the function checkout, at most 48h after its first approval\n";
    assert!(simulate(production, &[]).out.ends_with(end));
    assert_eq!(
        simulate(production, &["--json"]).json()["target"],
        json!({
            "to": { "kind": "lambda", "function": "checkout", "alias": "live" },
            "maxAgeSeconds": 172_800, "pollSeconds": 15, "limitSeconds": 600
        })
    );
    let staging = simulate("events/workflow/staging.json", &[]).out;
    assert!(staging.ends_with("\nthen: nothing is deployed, because no target is about it\n"), "{staging}");
}

const ANA_ALONE: &str = r#"
schema = 1
[people.ana]
email = "ana@example.com"
[[rule]]
name = "everything"
deadline = "1h"
[[rule.level]]
name = "manager"
[[rule.level.group]]
approvers = ["ana"]
"#;

#[test]
fn a_request_that_can_never_be_approved_says_why() {
    let policy = file("ana_alone.toml", ANA_ALONE);
    let input = file(
        "by_ana.json",
        r#"{"serviceName": "a", "version": "1", "environment": "b", "requestedBy": "Ana+x@example.com"}"#,
    );
    let line = ["policy", "simulate", policy.to_str().unwrap(), "--input", input.to_str().unwrap()];
    let said = countersign(&line);
    assert_eq!(said.exit, Exit::Mistakes);
    insta::assert_snapshot!("dead_end", said.out);
    let recorded = countersign(&[&line[..], &["--json"]].concat());
    assert_eq!((recorded.exit, &recorded.json()["deadEnd"]["level"]), (Exit::Mistakes, &json!(1)));
    let expected = file("dead_end.json", &recorded.out);
    let said = countersign(&[&line[..], &["--expect", expected.to_str().unwrap()]].concat());
    assert_eq!(said.exit, Exit::Ok, "a dead end may be what is expected");
}

#[test]
fn a_policy_with_mistakes_is_linted_instead() {
    let policy = repository("crates/cli/tests/policies/dead_ends.toml");
    let input = repository("events/workflow/deployment.json");
    for form in [&[][..], &["--json"]] {
        let line = ["policy", "simulate", policy.as_str(), "--input", &input];
        let simulated = countersign(&[&line, form].concat());
        let linted = countersign(&[&["policy", "lint", policy.as_str()], form].concat());
        assert_eq!((simulated.exit, simulated.out), (Exit::Mistakes, linted.out));
    }
}

#[test]
fn an_input_that_is_none_is_wrong_usage() {
    for (content, message) in [
        ("{", "is not JSON"),
        ("[]", "is not the input of a workflow: the input must be a JSON object"),
        ("{}", "is not the input of a workflow: the input has 4 mistakes"),
        (r#"{"subject": {"kind": "x"}}"#, "subject.title is missing"),
        (r#"{"subject": 5}"#, "subject must be a JSON object"),
        (r#"{"subject": null, "requestedBy": "x@y.zz"}"#, "the subject is missing"),
    ] {
        let path = file("no_input.json", content);
        let policy = example();
        let said = countersign(&["policy", "simulate", &policy, "--input", path.to_str().unwrap()]);
        assert_eq!((said.exit, said.out.as_str()), (Exit::Usage, ""), "{content}");
        assert!(said.err.contains(message), "{content}: {}", said.err);
    }
}
