//! `cargo xtask simulate`: builds the simulator so that it is fast, and runs it. What it does is in `tests/simulator`.

use std::ffi::OsString;
use std::process::ExitCode;

use tokio::process::Command;

use crate::error::Error;
use crate::process::Group;
use crate::workspace;

#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    /// Handed to the simulator; `--help` lists its options
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    rest: Vec<OsString>,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let mut simulate = Command::new(workspace::cargo());
    simulate.args(["run", "--quiet", "--profile", "simulation", "--package", "countersign-simulator", "--"]);
    simulate.args(&arguments.rest).current_dir(workspace::root());
    let mut group = Group::spawn(&mut simulate)?;
    let status = group.wait().await.map_err(Error::run("cargo"))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
