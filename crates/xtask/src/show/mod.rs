//! `cargo xtask show`: how a workflow of the local run is, and each of its requests with what happened to it.

mod print;
mod search;

use std::process::ExitCode;

use crate::error::Error;
use crate::local::outputs::LocalRun;
use crate::terminal;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Request id, plan key, or the name or ARN of a workflow
    id: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let run = LocalRun::read()?;
    let found = search::find(&run, &arguments.id).await?;
    if arguments.json {
        terminal::say(&format!("{:#}", found.json()));
    } else {
        for line in print::lines(&found) {
            terminal::say(&line);
        }
    }
    Ok(ExitCode::SUCCESS)
}
