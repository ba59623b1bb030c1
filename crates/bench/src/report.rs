//! Figures: medians with their spread, as a table and as JSON.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

use crate::services::Calls;

/// What one process took.
pub(crate) struct Sample {
    /// From its start until it asked for the first event.
    pub(crate) ready: Duration,
    /// The first event.
    pub(crate) first: Duration,
    /// Those after it.
    pub(crate) warm: Vec<Duration>,
    pub(crate) memory_kb: u64,
    /// What one invocation calls.
    pub(crate) calls: Calls,
}

#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
    notes: Vec<String>,
}

struct Row {
    quota: String,
    what: &'static str,
    cold: Spread,
    ready: Spread,
    first: Spread,
    warm: Spread,
    memory_kb: u64,
    calls: Calls,
}

/// In milliseconds.
struct Spread {
    median: f64,
    lowest: f64,
    highest: f64,
}

impl Spread {
    fn of(values: impl Iterator<Item = Duration>) -> Self {
        let mut values: Vec<_> = values.map(|value| value.as_secs_f64() * 1_000.0).collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or_default();
        Self { median: at(values.len() / 2), lowest: at(0), highest: at(values.len().saturating_sub(1)) }
    }

    fn to_json(&self) -> Value {
        json!({ "median": self.median, "lowest": self.lowest, "highest": self.highest })
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:.1} ({:.1}-{:.1})", self.median, self.lowest, self.highest);
        f.pad(&text)
    }
}

impl Report {
    pub(crate) fn add(&mut self, quota: String, what: &'static str, samples: &[Sample]) {
        self.rows.push(Row {
            quota,
            what,
            cold: Spread::of(samples.iter().map(|sample| sample.ready + sample.first)),
            ready: Spread::of(samples.iter().map(|sample| sample.ready)),
            first: Spread::of(samples.iter().map(|sample| sample.first)),
            warm: Spread::of(samples.iter().flat_map(|sample| sample.warm.iter().copied())),
            memory_kb: samples.iter().map(|sample| sample.memory_kb).max().unwrap_or_default(),
            calls: samples.last().map(|sample| sample.calls.clone()).unwrap_or_default(),
        });
    }

    pub(crate) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    pub(crate) fn to_json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            json!({
                "cpu": row.quota, "what": row.what, "coldMs": row.cold.to_json(), "readyMs": row.ready.to_json(),
                "firstMs": row.first.to_json(), "warmMs": row.warm.to_json(), "peakMemoryKb": row.memory_kb,
                "calls": row.calls,
            })
        });
        json!({ "rows": rows.collect::<Vec<_>>(), "notes": self.notes })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = ["cold", "until ready", "first", "warm"];
        write!(f, "{:<12} {:<30}", "CPU", "milliseconds, median (spread)")?;
        for head in heads {
            write!(f, " {head:<22}")?;
        }
        writeln!(f, " {:>8}  calls of one invocation", "peak MB")?;
        for row in &self.rows {
            write!(f, "{:<12} {:<30}", row.quota, row.what)?;
            for spread in [&row.cold, &row.ready, &row.first, &row.warm] {
                write!(f, " {spread:<22}")?;
            }
            let calls: Vec<_> = row.calls.iter().map(|(name, count)| format!("{name} {count}")).collect();
            writeln!(f, " {:>8}  {}", row.memory_kb / 1_024, calls.join(", "))?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}
