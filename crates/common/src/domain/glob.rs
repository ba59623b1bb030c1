//! Patterns of names: `*` stands for any text, `?` for one character, `[ab]` for one of several.

use std::fmt;

use glob::{MatchOptions, Pattern};
use serde::{Deserialize, Serialize};

/// A pattern that a whole name must match. Upper and lower case are the same: a requester who types
/// `Production` must not fall through to another rule than one who types `production`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Glob {
    text: String,
    pattern: Pattern,
}

/// A text that is not a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GlobError {
    /// It would match only the absent name.
    #[error("an empty pattern matches nothing; write \"*\" for every name")]
    Empty,
    /// It breaks the rules of patterns.
    #[error("{message}, at character {}", position + 1)]
    Malformed {
        /// Which rule.
        message: &'static str,
        /// The character, counted from 0.
        position: usize,
    },
}

const MATCHING: MatchOptions = MatchOptions {
    case_sensitive: false,
    require_literal_separator: false,
    require_literal_leading_dot: false,
};

impl Glob {
    /// Reads a pattern.
    ///
    /// # Errors
    /// When it is empty or malformed.
    pub fn parse(text: &str) -> Result<Self, GlobError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(GlobError::Empty);
        }
        // Lower-cased as a whole: the matcher itself knows the cases of ASCII only.
        match Pattern::new(&text.to_lowercase()) {
            Ok(pattern) => Ok(Self { text: text.to_owned(), pattern }),
            Err(error) => Err(GlobError::Malformed { message: error.msg, position: error.pos }),
        }
    }

    /// The pattern that every name matches.
    pub fn any() -> Self {
        Self { text: "*".to_owned(), pattern: Pattern::new("*").unwrap_or_default() }
    }

    /// Whether the whole name matches; blanks around it do not count.
    pub fn matches(&self, name: &str) -> bool {
        self.pattern.matches_with(&name.trim().to_lowercase(), MATCHING)
    }

    /// Whether every name matches.
    pub fn is_any(&self) -> bool {
        self.text.bytes().all(|byte| byte == b'*')
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for Glob {
    type Error = GlobError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Glob> for String {
    fn from(glob: Glob) -> Self {
        glob.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_whole_names_in_any_case() {
        let matches = |pattern: &str, name: &str| Glob::parse(pattern).unwrap().matches(name);
        for (pattern, name) in [
            ("*", ""),
            ("*", "a/b"),
            ("prod*", "Production"),
            ("PROD-??", "prod-eu"),
            ("prod-[eu]s", "prod-us"),
            ("checkout", " checkout "),
            ("*release*", "data release of May"),
            ("Übergabe", "ÜBERGABE"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("prod", "production"), ("prod-??", "prod-eu1"), ("prod*", "preprod"), ("?", "")]
        {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_pattern_is_kept_as_it_was_written() {
        let glob = Glob::parse("Prod-*").unwrap();
        assert_eq!([glob.as_str(), &glob.to_string(), &String::from(glob.clone())], ["Prod-*"; 3]);
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_its_place() {
        assert_eq!(Glob::parse("  "), Err(GlobError::Empty));
        let GlobError::Malformed { position, .. } = Glob::parse("prod-[eu").unwrap_err() else {
            panic!("expected a place")
        };
        assert_eq!(position, 5);
    }

    #[test]
    fn every_name_is_told_from_some_names() {
        assert!(Glob::any().is_any() && Glob::parse("*").unwrap().is_any());
        assert!(!Glob::parse("?*").unwrap().is_any());
    }
}
