//! `cargo xtask bench`: builds what is deployed as it is deployed, and measures it. The measuring is in `crates/bench`.

use std::ffi::OsString;
use std::process::ExitCode;

use tokio::process::Command;

use crate::error::Error;
use crate::process::Group;
use crate::{terminal, workspace};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Handed to the measurement; `-- --help` lists its options
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    rest: Vec<OsString>,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    terminal::say("Building the binary as it is deployed; the first time takes some minutes.");
    if !cargo(Command::new(workspace::cargo()).args(["build", "--release", "--package", "slack-interaction"]))
        .await?
    {
        return Ok(ExitCode::FAILURE);
    }
    let mut measure = Command::new(workspace::cargo());
    measure.args(["run", "--quiet", "--package", "bench", "--"]).args(&arguments.rest);
    Ok(if cargo(&mut measure).await? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn cargo(command: &mut Command) -> Result<bool, Error> {
    let mut group = Group::spawn(command.current_dir(workspace::root()))?;
    let status = group.wait().await.map_err(Error::run("cargo"))?;
    Ok(status.success())
}
