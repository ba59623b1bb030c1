//! The catalogue of `docs/THREAT-MODEL.md`: every case has tests that are named after its number, or a reason why it has
//! none; and no test is named after a case that the page does not tell it for.

use std::collections::{BTreeMap, BTreeSet};

use crate::code::{files_under, read};

/// How many cases the catalogue has.
const CASES: u32 = 54;

/// What a case without a test of its own says first.
const REASONS: [&str; 2] = ["Not tested: ", "Does not apply: "];

/// A row of the table.
struct Row {
    number: u32,
    expected: String,
    held: String,
}

fn rows() -> Vec<Row> {
    let page = read("docs/THREAT-MODEL.md");
    let row = |line: &str| {
        let cells: Vec<_> =
            line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").map(str::to_owned).collect();
        let [number, _, expected, held] = <[String; 4]>::try_from(cells).ok()?;
        Some(Row { number: number.parse().ok()?, expected, held })
    };
    page.lines().filter_map(row).collect()
}

/// The names in backticks that are tests'.
fn named(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).filter(|name| !name.contains([' ', '/', '.'])).collect()
}

/// Every test function with its file.
fn tests() -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in [files_under("crates", "rs"), files_under("tests", "rs")].concat() {
        let text = read(&path);
        let mut is_test = false;
        for line in text.lines().map(str::trim) {
            if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                is_test = true;
            }
            let function = line.trim_start_matches("async ").strip_prefix("fn ");
            if let Some(name) = function.and_then(|rest| rest.split(['(', '<']).next()) {
                if is_test {
                    found.entry(name.to_owned()).or_default().push(path.clone());
                }
                is_test = false;
            }
        }
    }
    found
}

/// The number in a test's name: `case_13_a_process_that_dies...` is of case 13.
fn case_of(name: &str) -> Option<u32> {
    name.strip_prefix("case_")?.split('_').next()?.parse().ok()
}

#[test]
fn every_case_is_told_once_and_in_order() {
    let numbers: Vec<_> = rows().iter().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=CASES).collect::<Vec<_>>());
    for row in rows() {
        assert!(!row.expected.is_empty() && !row.held.is_empty(), "case {} says nothing", row.number);
    }
}

#[test]
fn every_case_has_a_test_of_its_number_or_a_reason() {
    let tests = tests();
    for row in rows() {
        let held = named(&row.held);
        let unknown: Vec<_> = held.iter().filter(|name| !tests.contains_key(**name)).collect();
        assert!(unknown.is_empty(), "case {} names tests that do not exist: {unknown:?}", row.number);
        let own = held.iter().any(|name| case_of(name) == Some(row.number));
        let reason = REASONS.iter().any(|start| row.held.starts_with(start));
        assert!(own != reason, "case {} needs a test of its number or a reason, and not both", row.number);
    }
}

#[test]
fn every_test_of_a_number_stands_beside_its_case() {
    let rows = rows();
    for (name, files) in tests() {
        let Some(case) = case_of(&name) else { continue };
        assert_eq!(files.len(), 1, "{name} is in {files:?}");
        let row = rows.iter().find(|row| row.number == case);
        assert!(
            row.is_some_and(|row| named(&row.held).contains(name.as_str())),
            "{name} of {files:?} is not told"
        );
    }
}
