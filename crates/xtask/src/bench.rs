//! `cargo xtask bench`: builds what is deployed as it is deployed, installs what it is compared with, and measures both.
//! The measuring is in `crates/bench`.

use std::ffi::OsString;
use std::process::ExitCode;

use tokio::process::Command;

use crate::error::Error;
use crate::local;
use crate::process::Group;
use crate::{preflight, terminal, tools, workspace};

/// The functions that every other one is measured against.
const FLOORS: [&str; 2] = ["floor", "one-call"];

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Handed to the measurement; `-- --help` lists its options
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    rest: Vec<OsString>,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let python = tools::boto3(&preflight::python().await?).await?;
    terminal::say("Building the functions as they are deployed; the first time takes some minutes.");
    let functions = local::names()?;
    let packages = functions.iter().map(String::as_str).chain(FLOORS);
    let mut build = Command::new(workspace::cargo());
    build.args(["build", "--release"]).args(packages.flat_map(|name| ["--package", name]));
    if !succeeds(&mut build).await? {
        return Ok(ExitCode::FAILURE);
    }
    let mut measure = Command::new(workspace::cargo());
    measure
        .args(["run", "--quiet", "--profile", "measuring", "--package", "bench", "--", "--python"])
        .arg(python.directory());
    measure.args(&arguments.rest);
    Ok(if succeeds(&mut measure).await? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn succeeds(command: &mut Command) -> Result<bool, Error> {
    let mut group = Group::spawn(command.current_dir(workspace::root()))?;
    let status = group.wait().await.map_err(Error::run("cargo"))?;
    Ok(status.success())
}
