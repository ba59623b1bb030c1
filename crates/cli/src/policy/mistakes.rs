//! What is wrong with a policy file, each with its place and, where there is one, a way out.

use std::fmt;

use serde::Serialize;

/// Whether a mistake keeps the policy from being used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It does.
    Error,
    /// It does not, but it is hardly what was meant.
    Warning,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// The line, counted from 1.
    pub line: usize,
    /// The character in the line, counted from 1.
    pub column: usize,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

impl Mistake {
    /// Adds what to do about it.
    pub(super) fn suggest(&mut self, suggestion: impl Into<String>) {
        self.suggestion = Some(suggestion.into());
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// The mistakes found so far in one text.
#[derive(Debug)]
pub(super) struct Mistakes<'a> {
    text: &'a str,
    /// Where each line starts.
    lines: Vec<usize>,
    found: Vec<Mistake>,
    errors: usize,
}

impl<'a> Mistakes<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { text, lines: std::iter::once(0).chain(ends).collect(), found: Vec::new(), errors: 0 }
    }

    /// Notes an error at a byte of the text.
    pub(super) fn error(&mut self, at: usize, message: impl Into<String>) -> &mut Mistake {
        self.errors += 1;
        self.add(at, Severity::Error, message.into())
    }

    /// Notes a warning at a byte of the text.
    pub(super) fn warning(&mut self, at: usize, message: impl Into<String>) -> &mut Mistake {
        self.add(at, Severity::Warning, message.into())
    }

    /// The line of a byte, for a message that is about another place as well.
    pub(super) fn line(&self, at: usize) -> usize {
        self.place(at).0
    }

    /// How many errors there are; the same number before and after a step says that the step found none.
    pub(super) fn errors(&self) -> usize {
        self.errors
    }

    /// All of them, in the order of the text. What a rule says wrongly for several levels is there once.
    pub(super) fn into_sorted(self) -> Vec<Mistake> {
        let mut found = self.found;
        found.sort_by_key(|mistake| (mistake.line, mistake.column));
        found.dedup();
        found
    }

    fn add(&mut self, at: usize, severity: Severity, message: String) -> &mut Mistake {
        let (line, column) = self.place(at);
        self.found.push_mut(Mistake { line, column, severity, message, suggestion: None })
    }

    /// Line and column of a byte, both counted from 1; the column counts characters.
    fn place(&self, at: usize) -> (usize, usize) {
        let at = self.text.floor_char_boundary(at);
        let line = self.lines.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).and_then(|index| self.lines.get(index)).copied().unwrap_or(0);
        let before = self.text.get(start..at).unwrap_or_default();
        (line, before.chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let text = "a = 1\nxü = 2\n";
        let place = |at| Mistakes::of(text).place(at);
        assert_eq!(place(0), (1, 1));
        assert_eq!(place(4), (1, 5));
        assert_eq!(place(6), (2, 1));
        assert_eq!(place(7), (2, 2));
        assert_eq!(place(8), (2, 2), "inside a character is at that character");
        assert_eq!(place(9), (2, 3));
        assert_eq!(place(999), (3, 1));
    }

    #[test]
    fn mistakes_come_in_the_order_of_the_text() {
        let mut mistakes = Mistakes::of("one\ntwo\n");
        mistakes.error(4, "second");
        mistakes.warning(0, "first").suggest("nothing");
        assert_eq!(mistakes.errors(), 1);
        let sorted = mistakes.into_sorted();
        assert_eq!(sorted.iter().map(|mistake| mistake.line).collect::<Vec<_>>(), [1, 2]);
    }
}
