//! What happened in a run, for people. Nothing is written unless somebody wants to read it.

use common::adapters::memory::START;
use jiff::Timestamp;

/// What happened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    lines: Option<Vec<String>>,
}

impl Trace {
    /// One that is written.
    pub(crate) fn written() -> Self {
        Self { lines: Some(Vec::new()) }
    }

    /// Says what happens.
    pub(crate) fn say(&mut self, now: Timestamp, what: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            let seconds = now.duration_since(START).as_secs_f64();
            lines.push(format!("{seconds:>12.3}  {}", what()));
        }
    }

    /// How many lines there are.
    pub(crate) fn len(&self) -> usize {
        self.lines().len()
    }

    /// Takes the lines of one function back, which did nothing.
    pub(crate) fn forget(&mut self, from: usize, of: &str) {
        if let Some(lines) = &mut self.lines {
            let tail = lines.split_off(from.min(lines.len()));
            lines.extend(tail.into_iter().filter(|line| !line.contains(of)));
        }
    }

    /// The lines.
    pub(crate) fn lines(&self) -> &[String] {
        self.lines.as_deref().unwrap_or_default()
    }
}
