//! One process of a function.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};

use crate::Error;
use crate::quota::Quota;
use crate::subject::Program;

pub(crate) struct Process {
    pub(crate) started: Instant,
    child: Child,
    id: u32,
}

impl Process {
    /// Starts a program with nothing in its environment but this.
    pub(crate) fn start(
        program: &Program,
        quota: Option<&Quota>,
        environment: &[(&str, String)],
    ) -> Result<Self, Error> {
        let mut command = Command::new(&program.path);
        command.args(&program.arguments).env_clear();
        command.envs(environment.iter().map(|(name, value)| (*name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
        let started = Instant::now();
        let child = command.spawn().map_err(|error| format!("{}: {error}", program.path.display()))?;
        let id = child.id().ok_or("the process has ended")?;
        if let Some(quota) = quota {
            quota.hold(id)?;
        }
        Ok(Self { started, child, id })
    }

    /// The CPU time of its threads so far.
    pub(crate) fn cpu(&self) -> Result<Duration, Error> {
        let mut nanoseconds = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.id))? {
            nanoseconds += on_cpu(&task?.path())?;
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// The most memory that it had so far, in KB.
    pub(crate) fn peak_memory(&self) -> Result<u64, Error> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    /// Ends it.
    pub(crate) async fn end(mut self) -> Result<(), Error> {
        Ok(self.child.kill().await?)
    }
}

/// The first number of `schedstat`: time on a CPU, in nanoseconds.
fn on_cpu(task: &Path) -> Result<u64, Error> {
    let text = fs::read_to_string(task.join("schedstat"))?;
    Ok(text.split_whitespace().next().ok_or("an empty schedstat")?.parse()?)
}
