//! What an earlier run on the same commit has found: a whole run takes long, and may be interrupted.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use super::{Outcome, Tried};
use crate::error::Error;
use crate::workspace;

/// A file with one line per mutant that was caught: its guard, the seconds, and the tests, each behind a tab.
pub(super) struct Known {
    path: PathBuf,
    text: String,
}

impl Known {
    pub(super) fn of(commit: &str) -> Result<Self, Error> {
        let path = workspace::path(&format!("target/mutants/{commit}.tsv"));
        let text = if path.exists() {
            fs::read_to_string(&path).map_err(Error::file("Cannot read", &path))?
        } else {
            String::new()
        };
        Ok(Self { path, text })
    }

    /// How long it took, and which tests failed.
    pub(super) fn caught(&self, guard: &str) -> Option<(Duration, Vec<String>)> {
        self.text.lines().find_map(|line| {
            let mut parts = line.split('\t');
            (parts.next()? == guard).then_some(())?;
            let seconds = parts.next()?.parse().ok()?;
            Some((Duration::from_secs(seconds), parts.map(str::to_owned).collect()))
        })
    }

    /// What was not caught is tried again.
    pub(super) fn note(&self, tried: &Tried) -> Result<(), Error> {
        let Outcome::Caught(tests) = &tried.outcome else { return Ok(()) };
        let file = File::options().create(true).append(true).open(&self.path);
        let mut file = file.map_err(Error::file("Cannot open", &self.path))?;
        let parts =
            [vec![tried.mutant.guard.clone(), tried.took.as_secs().to_string()], tests.clone()].concat();
        writeln!(file, "{}", parts.join("\t")).map_err(Error::file("Cannot write", &self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_caught_is_found_by_its_guard() {
        let text = "one\t3\ta::b\tc\nother\t4\n".to_owned();
        let known = Known { path: PathBuf::new(), text };
        assert_eq!(
            known.caught("one"),
            Some((Duration::from_secs(3), vec!["a::b".to_owned(), "c".to_owned()]))
        );
        assert_eq!(known.caught("other"), Some((Duration::from_secs(4), Vec::new())));
        assert_eq!(known.caught("on"), None);
    }
}
