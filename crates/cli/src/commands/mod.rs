//! One file per command: its arguments, and what it does with them.

pub mod audit_export;
pub mod audit_verify;
pub mod completions;
mod dry_run;
mod lint_text;
pub mod list;
mod online;
pub mod policy_history;
pub mod policy_lint;
pub mod policy_push;
pub mod policy_show;
pub mod policy_simulate;
pub mod request;
mod request_text;
pub mod show;
#[cfg(test)]
mod tests;
pub mod withdraw;

use std::path::Path;

use crate::arguments::{Arguments, Command, Policy};
use crate::error::Error;
use crate::output::{Answer, Streams};

/// Carries out what was asked for.
pub(crate) fn run(arguments: &Arguments, streams: Streams<'_>) -> Result<Answer, Error> {
    match &arguments.command {
        Command::Policy(Policy::Lint(arguments)) => policy_lint::run(arguments),
        Command::Policy(Policy::Simulate(arguments)) => policy_simulate::run(arguments),
        Command::Completions(arguments) => Ok(completions::run(arguments)),
        command => online::run(command, &arguments.connection, streams),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}

pub(crate) fn read_json(path: &Path) -> Result<serde_json::Value, Error> {
    serde_json::from_slice(&read(path)?).map_err(|source| Error::NotJson { path: path.to_owned(), source })
}
