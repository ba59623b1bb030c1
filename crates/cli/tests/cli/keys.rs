//! The format as `docs/POLICY.md` tells it.

use std::collections::BTreeSet;
use std::fs;

use common::domain::Rollout;
use countersign::policy::compile;

use crate::repository;

fn docs() -> String {
    fs::read_to_string(repository("docs/POLICY.md")).unwrap()
}

/// The example with every key.
fn all_at_once() -> String {
    let docs = docs();
    let (_, block) = docs.split_once("```toml\n").unwrap();
    block.split_once("```").unwrap().0.to_owned()
}

/// The keys that a table knows, as the lint names them to whoever writes an unknown one into it.
fn known(table: &str) -> Vec<String> {
    let text = format!("schema = 1\n{table}\nqqqqqqqqqqqq = 1\n");
    let mistakes = compile(text.as_bytes()).mistakes;
    let unknown = mistakes.iter().find(|mistake| mistake.message.contains("qqqqqqqqqqqq"));
    let suggestion = unknown.and_then(|mistake| mistake.suggestion.clone()).unwrap();
    suggestion.trim_start_matches("its keys are: ").split(", ").map(str::to_owned).collect()
}

const TABLES: [(&str, &str); 8] = [
    ("", "### The file"),
    ("[people.ana]", "### A person"),
    ("[[rule]]", "### A rule"),
    ("[[rule]]\n[[rule.level]]", "### A level"),
    ("[[rule]]\n[[rule.level]]\n[[rule.level.group]]", "### A group"),
    ("[[rule]]\n[[rule.level]]\n[rule.level.escalate]", "### A group"),
    ("[[target]]", "### A target"),
    ("[[freeze]]", "### A freeze"),
];

#[test]
fn every_key_in_the_docs_is_accepted() {
    assert_eq!(compile(all_at_once().as_bytes()).mistakes, []);
}

#[test]
fn every_key_is_in_the_docs() {
    let docs = docs();
    let example = all_at_once();
    let level: BTreeSet<_> = known(TABLES[3].0).into_iter().collect();
    for (table, heading) in TABLES {
        let (_, section) = docs.split_once(heading).unwrap();
        let section = section.split("\n##").next().unwrap();
        for key in known(table) {
            // What a rule says for its levels is told where a level is.
            let told =
                section.contains(&format!("`{key}`")) || heading == "### A rule" && level.contains(&key);
            assert!(told, "{heading} does not tell {key}");
            let written = ["\n{} = ", "[{}.", "[{}]", ".{}]"].map(|shape| shape.replace("{}", &key));
            let shown = written.iter().any(|text| format!("\n{example}").contains(text));
            assert!(shown, "the example does not show {key}");
        }
    }
}

/// The shortest target is one, and what it leaves out has the defaults of the table.
#[test]
fn the_shortest_target_of_the_docs_has_the_defaults_that_they_tell() {
    let docs = docs();
    let (_, section) = docs.split_once("## Targets\n").unwrap();
    let (_, block) = section.split_once("```toml\n").unwrap();
    let text = format!("schema = 1\n[[rule]]\nname = \"all\"\n{}", block.split_once("```").unwrap().0);
    let compiled = compile(text.as_bytes());
    assert_eq!(compiled.mistakes, []);
    let Rollout { max_age_seconds, poll_seconds, limit_seconds, .. } =
        &compiled.policy.unwrap().targets[0].rollout;
    assert_eq!((*max_age_seconds, *poll_seconds, *limit_seconds), (None, 15, 3_600));
    let (_, table) = docs.split_once("### A target\n").unwrap();
    for (key, default) in [("max_age", "however old it is"), ("poll", "`\"15s\"`"), ("limit", "`\"1h\"`")] {
        let row = table.lines().find(|line| line.starts_with(&format!("| `{key}` |"))).unwrap();
        assert!(row.ends_with(&format!("| {default} |")), "{row}");
    }
}

#[test]
fn the_sample_of_the_lint_is_what_the_lint_says() {
    let docs = docs();
    let example = fs::read_to_string(repository("policy/approvals.toml")).unwrap();
    let (before, after) = example.split_once("\nremind = ").unwrap();
    let misspelt = format!("{before}\nreminds = {after}");
    for mistake in compile(misspelt.as_bytes()).mistakes {
        let line = format!(
            "policy/approvals.toml:{}:{}: {}: {}\n  help: {}\n",
            mistake.line,
            mistake.column,
            mistake.severity,
            mistake.message,
            mistake.suggestion.unwrap()
        );
        assert!(docs.contains(&line), "{line}");
    }
}

#[test]
fn every_exit_code_is_in_the_docs() {
    let docs = docs();
    let (_, section) = docs.split_once("## Exit codes").unwrap();
    for start in ["| 0 |", "| 1 |", "| 2 |", "| 3, 4, 5, 6 |", "| 7 |", "| 8 |", "| 9 |"] {
        assert!(section.contains(start), "{start}");
    }
}
