//! One file per command: its arguments, and what it does with them.

pub mod completions;
mod lint_text;
pub mod policy_lint;
pub mod policy_simulate;

use std::path::Path;

use crate::arguments::{Arguments, Command, Policy};
use crate::error::Error;
use crate::output::Answer;

/// Carries out what was asked for.
pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Error> {
    match &arguments.command {
        Command::Policy(Policy::Lint(arguments)) => policy_lint::run(arguments),
        Command::Policy(Policy::Simulate(arguments)) => policy_simulate::run(arguments),
        Command::Completions(arguments) => Ok(completions::run(arguments)),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}

fn read_json(path: &Path) -> Result<serde_json::Value, Error> {
    serde_json::from_slice(&read(path)?).map_err(|source| Error::NotJson { path: path.to_owned(), source })
}
