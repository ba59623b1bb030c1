//! Child processes that do not outlive us. Each has a process group of its own, and the whole group is ended
//! when it is dropped.

use std::io;
use std::process::{ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

use crate::error::Error;

/// How long a group may take to end in its own way.
const PATIENCE: Duration = Duration::from_secs(3);

/// A child process and everything it started.
pub(crate) struct Group {
    pub(crate) child: Child,
    id: Option<Pid>,
}

impl Group {
    pub(crate) fn spawn(command: &mut Command) -> Result<Self, Error> {
        let program = command.as_std().get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).process_group(0).spawn().map_err(Error::run(&program))?;
        let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        Ok(Self { child, id })
    }

    /// Waits until the child ends, and ends what it left behind.
    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.signal(Signal::KILL);
        self.id = None;
        Ok(status)
    }

    fn signal(&self, signal: Signal) {
        if let Some(id) = self.id {
            // It fails when nothing of the group is left, which is what is wanted.
            kill_process_group(id, signal).ok();
        }
    }

    fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    fn wait_briefly(&mut self) {
        let start = Instant::now();
        while !self.has_ended() && start.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.id.is_some() {
            self.signal(Signal::INT);
            self.wait_briefly();
            self.signal(Signal::KILL);
            self.wait_briefly();
        }
    }
}

/// Runs a command and keeps what it prints.
pub(crate) async fn capture(command: &mut Command) -> Result<Output, Error> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let mut group = Group::spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (out, err) = (group.child.stdout.take(), group.child.stderr.take());
    let (stdout, stderr, status) = tokio::join!(read(out), read(err), group.wait());
    let all = || Ok(Output { status: status?, stdout: stdout?, stderr: stderr? });
    all().map_err(Error::run(&program))
}

async fn read(pipe: Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_end(&mut all).await?;
    }
    Ok(all)
}

/// The last line that is not empty, of the error stream or else of the output.
pub(crate) fn last_line(output: &Output) -> String {
    [&output.stderr, &output.stdout]
        .into_iter()
        .find_map(|bytes| {
            let text = String::from_utf8_lossy(bytes);
            text.lines()
                .map(str::trim)
                .rfind(|line| !line.is_empty() && !line.contains("complete log"))
                .map(str::to_owned)
        })
        .unwrap_or_else(|| format!("nothing ({})", output.status))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[tokio::test]
    async fn what_a_command_prints_is_kept() {
        let output =
            capture(&mut shell("echo out; echo first >&2; echo last >&2; echo >&2; exit 3")).await.unwrap();
        assert_eq!((output.stdout.as_slice(), output.status.code()), (b"out\n".as_slice(), Some(3)));
        assert_eq!(last_line(&output), "last");
    }

    #[tokio::test]
    async fn a_program_that_is_missing_is_named() {
        let error = capture(&mut Command::new("no-such-program")).await.unwrap_err();
        assert_eq!(error.to_string(), "no-such-program could not be run");
    }

    #[tokio::test]
    async fn a_dropped_group_takes_its_children_along() {
        let mut group = Group::spawn(shell("sleep 60 & echo $!; wait").stdout(Stdio::piped())).unwrap();
        let mut grandchild = [0; 16];
        let read = group.child.stdout.as_mut().unwrap().read(&mut grandchild).await.unwrap();
        let grandchild = String::from_utf8_lossy(&grandchild[..read]).trim().to_owned();
        drop(group);
        // A killed process is gone soon, or a zombie where nobody collects it.
        let lives = || {
            std::fs::read_to_string(format!("/proc/{grandchild}/stat"))
                .is_ok_and(|stat| !stat.contains(") Z "))
        };
        let start = Instant::now();
        while lives() && start.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(!lives());
    }
}
