//! What became of the mutants: a line for the terminal, and the table in the documentation.

use std::fmt::Write as _;

use super::{Outcome, Tried};
use crate::terminal;

/// How many of the tests that fail are named.
const NAMED: usize = 2;

pub(super) fn line(tried: &Tried) -> String {
    let what = match &tried.outcome {
        Outcome::Caught(tests) => format!("caught by {}", named(tests, "")),
        Outcome::Missed => "NOT CAUGHT".to_owned(),
        Outcome::NotCompiled(said) => format!("does not compile: {said}"),
    };
    format!("{} ({}): {what}", tried.mutant.guard, terminal::duration(tried.took))
}

pub(super) fn document(commit: &str, all: &[Tried]) -> String {
    let caught = all.iter().filter(|tried| matches!(tried.outcome, Outcome::Caught(_))).count();
    let seconds: u64 = all.iter().map(|tried| tried.took.as_secs()).sum();
    let mut text = format!(
        "# Mutants\n\n\
         Each guard of the product, taken away once, and the tests that fail without it.\n\
         `cargo xtask mutants` writes this page; [`tests/mutants.toml`](../tests/mutants.toml) says what is taken \
         away and how, and a plain test holds that every entry still applies.\n\n\
         Run on commit {commit}: {caught} of {} mutants are caught, in {} minutes.\n\n\
         | guard | where | caught by | seconds |\n|---|---|---|---|\n",
        all.len(),
        seconds.div_ceil(60)
    );
    for tried in all {
        let caught = match &tried.outcome {
            Outcome::Caught(tests) => named(tests, "`"),
            Outcome::Missed => "**nothing**".to_owned(),
            Outcome::NotCompiled(_) => "does not compile".to_owned(),
        };
        let file = tried.mutant.file.trim_start_matches("crates/");
        // Writing to a text does not fail.
        writeln!(text, "| {} | `{file}` | {caught} | {} |", tried.mutant.guard, tried.took.as_secs()).ok();
    }
    text
}

/// The first of the tests, and how many more there are.
fn named(tests: &[String], quote: &str) -> String {
    if tests.is_empty() {
        return "a process that ended early".to_owned();
    }
    let named: Vec<_> = tests.iter().take(NAMED).map(|test| format!("{quote}{test}{quote}")).collect();
    let more = tests.len() - named.len();
    let named = named.join(", ");
    if more > 0 { format!("{named} and {more} more") } else { named }
}
