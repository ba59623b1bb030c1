//! How each step went.

use std::time::{Duration, Instant};

use crate::error::Error;
use crate::terminal;

/// How a step ended, short of an error.
pub(crate) enum Outcome {
    Passed,
    /// What it ran has said why.
    Failed,
    /// Why it could not be run.
    Skipped(String),
}

#[derive(Default)]
pub(crate) struct Summary {
    steps: Vec<(&'static str, Outcome, Duration)>,
}

impl Summary {
    /// Runs a step under its name, and remembers how it went. Says whether it passed.
    pub(crate) async fn step(
        &mut self,
        name: &'static str,
        work: impl Future<Output = Result<Outcome, Error>>,
    ) -> bool {
        terminal::say(&format!("\n== {name}"));
        let started = Instant::now();
        let outcome = work.await.unwrap_or_else(|error| {
            terminal::complain(&error);
            Outcome::Failed
        });
        let passed = matches!(outcome, Outcome::Passed);
        self.add(name, outcome, started.elapsed());
        passed
    }

    fn add(&mut self, name: &'static str, outcome: Outcome, took: Duration) {
        self.steps.push((name, outcome, took));
    }

    /// Adds what was done at the same time.
    pub(crate) fn append(&mut self, other: Self) {
        self.steps.extend(other.steps);
    }

    pub(crate) fn all_is_well(&self) -> bool {
        !self.steps.iter().any(|(_, outcome, _)| matches!(outcome, Outcome::Failed))
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |(name, outcome, took): &(&str, Outcome, Duration)| {
            let outcome = match outcome {
                Outcome::Passed => "ok".to_owned(),
                Outcome::Failed => "FAILED".to_owned(),
                Outcome::Skipped(why) => format!("skipped: {why}"),
            };
            format!("{name:<24}{:>6.1} s  {outcome}", took.as_secs_f64())
        };
        std::iter::once(String::new()).chain(self.steps.iter().map(line)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_its_line_and_a_failed_one_counts() {
        let took = Duration::from_millis(61_250);
        let mut summary = Summary::default();
        summary.add("one", Outcome::Passed, took);
        summary.add("two", Outcome::Skipped("npm is missing".to_owned()), took);
        assert!(summary.all_is_well());
        summary.add("three", Outcome::Failed, took);
        assert!(!summary.all_is_well());
        let expected = [
            "",
            "one                       61.2 s  ok",
            "two                       61.2 s  skipped: npm is missing",
            "three                     61.2 s  FAILED",
        ];
        assert_eq!(summary.lines(), expected);
    }
}
