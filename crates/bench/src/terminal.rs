//! What the person at the terminal sees: how far it is, and then the table.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

use crate::figures;
use crate::record::Record;

/// One line that changes, where somebody looks.
pub(crate) struct Progress {
    is_seen: bool,
}

impl Progress {
    pub(crate) fn start() -> Self {
        Self { is_seen: std::io::stderr().is_terminal() }
    }

    pub(crate) fn say(&self, what: &str) {
        if self.is_seen {
            eprint!("\r\x1b[K{what}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_seen {
            eprintln!();
        }
    }
}

/// The record as a table, and the figures to reach.
pub(crate) fn table(record: &Record) -> String {
    let mut text = format!(
        "{:<12} {:<14} {:<46} {:<20} {:<22} {:<20} {:<18} {:>7}  calls of one event\n",
        "condition",
        "by",
        "milliseconds, median (spread)",
        "CPU, cold",
        "cold",
        "until ready",
        "warm",
        "peak MB"
    );
    for row in &record.rows {
        writeln!(
            text,
            "{:<12} {:<14} {:<46} {:<20} {:<22} {:<20} {:<18} {:>7.1}  {}",
            row.condition,
            row.side.title(),
            format!("{}: {}", row.role, row.job.title()),
            row.cold_cpu_ms.to_string(),
            row.cold_ms.to_string(),
            row.ready_ms.to_string(),
            row.warm_ms.to_string(),
            row.peak_kb.median / 1_024.0,
            row.in_warm.in_words()
        )
        .ok();
    }
    text.push('\n');
    for figure in figures::of(record) {
        let word = if figure.is_reached() { "reached" } else { "NOT REACHED" };
        writeln!(
            text,
            "{:<64} {:>9.2} {:?}, {word}: {:?}",
            figure.what, figure.value, figure.unit, figure.target
        )
        .ok();
    }
    for note in &record.notes {
        writeln!(text, "{note}").ok();
    }
    text
}
