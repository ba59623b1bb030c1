//! Mistakes as people and programs read them.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::policy::{Compiled, Mistake, Severity};

/// One line per mistake, with its way out below it, and how many there are.
pub(super) fn text(file: &Path, compiled: &Compiled) -> String {
    let mut text = String::new();
    for Mistake { line, column, severity, message, suggestion } in &compiled.mistakes {
        let place = format!("{}:{line}:{column}", file.display());
        // Writing to a text cannot fail.
        writeln!(text, "{place}: {severity}: {message}").ok();
        if let Some(suggestion) = suggestion {
            writeln!(text, "  help: {suggestion}").ok();
        }
    }
    writeln!(text, "{}: {}", file.display(), summary(compiled)).ok();
    text
}

/// Whether the file can be used, and what is wrong with it.
pub(super) fn json(compiled: &Compiled) -> Value {
    json!({"ok": compiled.policy.is_some(), "mistakes": compiled.mistakes})
}

fn summary(compiled: &Compiled) -> String {
    let count = |severity, one: &str, more: &str| match compiled
        .mistakes
        .iter()
        .filter(|mistake| mistake.severity == severity)
        .count()
    {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {more}")),
    };
    let errors = count(Severity::Error, "mistake", "mistakes");
    let warnings = count(Severity::Warning, "warning", "warnings");
    match (errors, warnings) {
        (None, None) => "no mistakes".to_owned(),
        (Some(errors), None) => errors,
        (None, Some(warnings)) => format!("no mistakes, {warnings}"),
        (Some(errors), Some(warnings)) => format!("{errors}, {warnings}"),
    }
}
