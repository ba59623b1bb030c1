//! What libFuzzer says at the end of a run.

use std::fmt;

/// How far a run came.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Statistics {
    inputs: u64,
    per_second: u64,
    /// How many places of the code were reached.
    places: u64,
    /// How many inputs are kept, and how large they are together, in libFuzzer's words.
    kept: String,
}

impl Statistics {
    pub(super) fn read(said: &str) -> Self {
        let number = |name: &str| {
            let line = said.lines().rev().find(|line| line.starts_with(name))?;
            line.rsplit(' ').next()?.parse().ok()
        };
        let last = said.lines().rev().find(|line| line.contains(" cov: ")).unwrap_or_default();
        let after = |word: &str| {
            let mut words = last.split_whitespace();
            words.find(|found| *found == word)?;
            words.next()
        };
        Self {
            inputs: number("stat::number_of_executed_units:").unwrap_or_default(),
            per_second: number("stat::average_exec_per_sec:").unwrap_or_default(),
            places: after("cov:").and_then(|places| places.parse().ok()).unwrap_or_default(),
            kept: after("corp:").unwrap_or_default().to_owned(),
        }
    }
}

impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { inputs, per_second, places, kept } = self;
        write!(
            f,
            "  {inputs} inputs, {per_second} a second; {places} places of the code reached; kept {kept}"
        )
    }
}

/// What broke, and how to see it again.
pub(super) fn failure(target: &str, said: &str) -> String {
    let mut lines = said.lines();
    let panicked = lines.find(|line| line.contains("panicked at"));
    let why =
        panicked.into_iter().chain(lines.take(3).take_while(|line| !line.starts_with("stack backtrace")));
    let mut text: Vec<_> = why.map(|line| format!("  {line}")).collect();
    if text.is_empty() {
        text = said.lines().rev().take(10).map(|line| format!("  {line}")).collect();
        text.reverse();
    }
    let path = said.lines().find_map(|line| line.split_once("Test unit written to ").map(|(_, path)| path));
    text.extend(
        path.map(|path| format!("  Once more: cargo run --package countersign-fuzz -- {target} {path}")),
    );
    text.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_figures_count() {
        let said = "#2\tINITED cov: 10 ft: 12 corp: 1/1b exec/s: 0 rss: 40Mb\n\
                    #900\tDONE   cov: 512 ft: 901 corp: 44/12Kb lim: 21 exec/s: 90 rss: 61Mb\n\
                    Done 900 runs in 10 second(s)\n\
                    stat::number_of_executed_units: 900\n\
                    stat::average_exec_per_sec:     90\n";
        let expected = Statistics { inputs: 900, per_second: 90, places: 512, kept: "44/12Kb".to_owned() };
        assert_eq!(Statistics::read(said), expected);
    }

    #[test]
    fn a_failure_says_why_and_how_to_see_it_again() {
        let said = "#2\tINITED cov: 10\n\nthread '<unnamed>' panicked at src/targets/policy.rs:3:1:\nno rule\n\
                    stack backtrace:\n   0: begin\n==1== ERROR: libFuzzer: deadly signal\n\
                    artifact_prefix='/t/'; Test unit written to /t/crash-1\n";
        assert_eq!(
            failure("policy", said),
            "  thread '<unnamed>' panicked at src/targets/policy.rs:3:1:\n  no rule\n  \
             Once more: cargo run --package countersign-fuzz -- policy /t/crash-1"
        );
    }
}
