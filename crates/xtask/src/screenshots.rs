//! `cargo xtask screenshots`: takes the pictures of the README from a run of its own.

use std::process::ExitCode;

use tokio::process::Command;

use crate::error::Error;
use crate::local::{self, Permissions, Scope, Settings};
use crate::process::Group;
use crate::{tools, workspace};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Where they go [default: docs/images]
    #[arg(value_name = "DIRECTORY")]
    directory: Option<std::path::PathBuf>,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    tools::browser().await?;
    let settings = Settings {
        state: workspace::path("target/screenshots"),
        port: None,
        approval_timeout: None,
        remind_after: None,
        posts_in_slack: true,
        permissions: Permissions::evaluated_for("test-*"),
        scope: Scope::Workspace,
    };
    local::during(&settings, async |running| {
        let mut command = Command::new(workspace::cargo());
        command.args(["run", "--quiet", "--package", "countersign-tests", "--features", "emulator"]);
        command.args(["--example", "screenshots", "--"]).args(&arguments.directory);
        command.env("COUNTERSIGN_OUTPUTS", &running.outputs).current_dir(workspace::root());
        let status = Group::spawn(&mut command)?.wait().await.map_err(Error::run("cargo"))?;
        Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
    .await
}
