//! `countersign policy lint`

use std::path::PathBuf;

use clap::Args;

use super::{lint_text, read};
use crate::error::Error;
use crate::exit::Exit;
use crate::output::Answer;
use crate::policy;

/// What to check.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  countersign policy lint policy/approvals.toml
  countersign policy lint policy/approvals.toml --json

Ends with 0 when the policy can be used, warnings or not, and with 8 when it has mistakes.")]
pub struct Arguments {
    /// The policy file.
    file: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Error> {
    let compiled = policy::compile(&read(&arguments.file)?);
    Ok(Answer {
        exit: if compiled.policy.is_some() { Exit::Ok } else { Exit::Mistakes },
        text: lint_text::text(&arguments.file, &compiled),
        json: lint_text::json(&compiled),
    })
}
