//! The guards, as `tests/mutants.toml` lists them.

use std::fs;
use std::path::Path;

use crate::error::Error;
use crate::workspace;

const FILE: &str = "tests/mutants.toml";

/// One guard, and what the product looks like without it.
#[derive(Clone, Debug)]
pub(super) struct Mutant {
    /// What is taken away.
    pub(super) guard: String,
    /// Where it stands, from the root.
    pub(super) file: String,
    /// What stands there, exactly once.
    pub(super) search: String,
    /// What stands there instead.
    pub(super) replace: String,
    /// The package, its target, and the names of the tests that must catch it.
    pub(super) test: Vec<String>,
}

impl Mutant {
    /// The text without the guard.
    pub(super) fn apply(&self, text: &str) -> Result<String, Error> {
        let found = text.matches(&self.search).count();
        if found == 1 && self.search != self.replace {
            return Ok(text.replacen(&self.search, &self.replace, 1));
        }
        Err(Error::Mutant { guard: self.guard.clone(), file: self.file.clone(), found })
    }
}

/// Reads the table of a checkout.
pub(super) fn read(root: &Path) -> Result<Vec<Mutant>, Error> {
    let path = root.join(FILE);
    let text = fs::read_to_string(&path).map_err(Error::file("Cannot read", &path))?;
    parse(&text).ok_or(Error::MutantTable { path: workspace::path(FILE) })
}

fn parse(text: &str) -> Option<Vec<Mutant>> {
    let table: toml::Table = text.parse().ok()?;
    table.get("mutant")?.as_array()?.iter().map(mutant).collect()
}

fn mutant(entry: &toml::Value) -> Option<Mutant> {
    let text = |name| entry.get(name)?.as_str().map(str::to_owned);
    let parts = entry.get("test")?.as_array()?.iter().map(|part| part.as_str().map(str::to_owned));
    Some(Mutant {
        guard: text("guard")?,
        file: text("file")?,
        search: text("search")?,
        replace: text("replace")?,
        test: parts.collect::<Option<Vec<_>>>()?,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_mutation_still_applies() {
        let mutants = read(workspace::root()).unwrap();
        assert!(mutants.len() >= 30, "only {} mutants", mutants.len());
        let guards: BTreeSet<_> = mutants.iter().map(|mutant| &mutant.guard).collect();
        assert_eq!(guards.len(), mutants.len(), "each guard has a name of its own");
        for mutant in &mutants {
            let text = fs::read_to_string(workspace::path(&mutant.file)).unwrap();
            mutant.apply(&text).unwrap_or_else(|error| panic!("{error}"));
            assert!(mutant.test.len() >= 3, "{}: a package, a target and a filter", mutant.guard);
        }
    }

    #[test]
    fn a_text_that_is_not_there_once_is_an_error() {
        let mutant = Mutant {
            guard: String::new(),
            file: String::new(),
            search: "a".to_owned(),
            replace: "b".to_owned(),
            test: Vec::new(),
        };
        assert_eq!(mutant.apply("xay").unwrap(), "xby");
        assert!(mutant.apply("xy").is_err() && mutant.apply("aa").is_err());
    }
}
