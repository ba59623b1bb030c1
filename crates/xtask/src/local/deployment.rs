//! Deploys the stack to the emulator, with the parameters of a local run.

use std::net::TcpListener;
use std::path::Path;

use serde_json::Value;
use tokio::process::Command;

use super::slack::Slack;
use super::{Error, Settings, emulator};
use crate::aws::Aws;
use crate::process;
use crate::tools::VirtualEnvironment;

/// Whose mail the mailbox shows.
const FROM: &str = "approvals@example.com";
const APPROVER: &str = "ana@example.com";

/// The parameters of the stack.
pub(crate) struct Stack {
    parameters: Vec<(&'static str, String)>,
    callers: String,
}

impl Stack {
    pub(crate) fn of(settings: &Settings, front: &TcpListener, slack: &Slack) -> Result<Self, Error> {
        let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
        let mut parameters = vec![
            ("FromAddress", FROM.to_owned()),
            ("ApproverEmail", APPROVER.to_owned()),
            ("PublicBaseUrl", base_url(front)?),
            ("Architecture", architecture.to_owned()),
        ];
        parameters.extend(slack.parameters(settings.posts_in_slack));
        let times = [
            ("ApprovalTimeoutSeconds", settings.approval_timeout),
            ("RemindAfterSeconds", settings.remind_after),
        ];
        parameters.extend(times.into_iter().filter_map(|(name, seconds)| Some((name, seconds?.to_string()))));
        Ok(Self { parameters, callers: settings.permissions.callers.clone() })
    }
}

/// What the links in mails start with: known before the deployment, because the front has its port already.
pub(crate) fn base_url(front: &TcpListener) -> Result<String, Error> {
    let address = front.local_addr().map_err(Error::Accept)?;
    Ok(format!("http://localhost:{}", address.port()))
}

/// Deploys, and gives the stack's outputs.
pub(crate) async fn deploy(
    tools: &VirtualEnvironment,
    aws: &Aws,
    artifacts: &Path,
    stack: &Stack,
) -> Result<Value, Error> {
    let mut command = Command::new(tools.program("python"));
    emulator::clean(&mut command)
        .args(["-B", "infra/local/deploy.py", "--stack-name", "countersign", "--template", "template.yaml"])
        .args([
            "--endpoint",
            &format!("http://{}", aws.authority),
            "--callers",
            &stack.callers,
            "--artifacts",
        ])
        .arg(artifacts);
    for (name, value) in &stack.parameters {
        command.args(["--parameter", &format!("{name}={value}")]);
    }
    let output = process::capture(&mut command).await?;
    let outputs = serde_json::from_slice(&output.stdout).ok().filter(Value::is_object);
    outputs.filter(|_| output.status.success()).ok_or_else(|| Error::Deploy {
        reasons: String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
    })
}
