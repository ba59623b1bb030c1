//! One process of a function.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use tokio::process::{Child, Command};

use crate::Error;
use crate::quota::Quota;

pub(crate) struct Process {
    pub(crate) started: Instant,
    child: Child,
}

impl Process {
    /// Starts a binary with nothing in its environment but this.
    pub(crate) fn start(
        binary: &Path,
        quota: Option<&Quota>,
        environment: &[(&str, String)],
    ) -> Result<Self, Error> {
        let mut command = match quota {
            // The shell moves itself there before it becomes the function.
            Some(quota) => {
                let mut shell = Command::new("/bin/sh");
                shell.args(["-c", "echo $$ > \"$1\"; exec \"$2\"", "sh"]).arg(quota.members()).arg(binary);
                shell
            }
            None => Command::new(binary),
        };
        command.env_clear().envs(environment.iter().map(|(name, value)| (*name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
        let started = Instant::now();
        let child = command.spawn().map_err(|error| format!("{}: {error}", binary.display()))?;
        Ok(Self { started, child })
    }

    /// The most memory that it had so far, in KB.
    pub(crate) fn peak_memory(&self) -> Result<u64, Error> {
        let id = self.child.id().ok_or("the process has ended")?;
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }
}
