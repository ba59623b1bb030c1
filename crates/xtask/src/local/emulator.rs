//! The emulator's process: started by its launcher, watched, and stopped with every function it started.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;

use super::{Error, Permissions};
use crate::aws::{ACCESS_KEY, REGION, SECRET_KEY};
use crate::http;
use crate::preflight;
use crate::process::Group;
use crate::tools::VirtualEnvironment;
use crate::workspace::{self, StateDirectory};

/// How long it may take until it answers; usually it is under two seconds.
const START: Duration = Duration::from_mins(1);
/// How much of its log is shown when it ends by itself.
const TAIL: usize = 8;

/// How its launcher begins the stack that it logs when the emulator answers nothing for a while.
const STOOD_STILL: &str = "The emulator's event loop has stood still for";
/// How much of such a stack is shown.
const STACK: usize = 60;

/// What the functions act with, for the tests that act as one.
const CREDENTIALS: &str = "credentials.json";

pub(crate) struct Emulator {
    group: Group,
    port: u16,
    log: PathBuf,
}

/// The port beside the front's, or any free one.
pub(crate) fn free_port(front: Option<u16>) -> Result<u16, Error> {
    let beside = front.map(|port| port.saturating_add(1));
    let taken: TcpListener = preflight::listen(beside)?;
    taken.local_addr().map(|address| address.port()).map_err(Error::Accept)
}

/// The surroundings of the emulator, its functions and what deploys to it: nothing of the user's AWS settings,
/// proxies or log levels.
pub(crate) fn clean(command: &mut Command) -> &mut Command {
    command.env_clear();
    for kept in ["PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command
        .current_dir(workspace::root())
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
        .env("AWS_DEFAULT_REGION", REGION)
        .env("AWS_REGION", REGION)
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
}

impl Emulator {
    pub(crate) fn start(
        tools: &VirtualEnvironment,
        state: &StateDirectory,
        port: u16,
        permissions: &Permissions,
    ) -> Result<Self, Error> {
        let log = state.file("emulator.log");
        let file = File::create(&log).map_err(Error::file("Cannot write", &log))?;
        let errors = file.try_clone().map_err(Error::file("Cannot write", &log))?;
        let functions = state.file("functions.log");
        let credentials = state.file(CREDENTIALS);
        workspace::remove_if_there(&functions)?;
        workspace::remove_if_there(&credentials)?;
        let mut command = Command::new(tools.program("python"));
        clean(&mut command)
            .args(["-B", "infra/local/launcher"])
            .env("BIND_HOST", Ipv4Addr::LOCALHOST.to_string())
            .env("GATEWAY_PORT", port.to_string())
            .env("MINISTACK_HOST", "localhost")
            .env("AWS_ENDPOINT_URL", format!("http://{}:{port}", Ipv4Addr::LOCALHOST))
            .env("AUTH", permissions.are_evaluated().to_string())
            .env("FUNCTION_LOG", functions)
            .env("FUNCTION_CREDENTIALS", credentials)
            .stdout(file)
            .stderr(errors);
        Ok(Self { group: Group::spawn(&mut command)?, port, log })
    }

    pub(crate) fn authority(&self) -> String {
        format!("{}:{}", Ipv4Addr::LOCALHOST, self.port)
    }

    /// Waits until it answers.
    pub(crate) async fn answers(authority: &str, log: &Path) -> Result<(), Error> {
        let asking = async {
            while http::get_json(authority, "/_ministack/health").await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let silent = |_| Error::EmulatorSilent { log: log.to_owned(), seconds: START.as_secs() };
        tokio::time::timeout(START, asking).await.map_err(silent)
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.log.clone()
    }

    /// Waits until it ends by itself, which it should not.
    pub(crate) async fn ended(&mut self) -> Error {
        match self.group.wait().await {
            Ok(_) => Error::EmulatorEnded { tail: tail(&self.log), log: self.log.clone() },
            Err(source) => Error::Run { program: "The emulator".to_owned(), source },
        }
    }
}

/// Where the emulator stood still, if its log says so: what failed then may have failed for that.
pub(crate) fn standstill(log: &Path) -> Option<String> {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let (_, rest) = text.split_once(STOOD_STILL)?;
    let stack: Vec<_> = rest.lines().take(STACK).collect();
    Some(format!("{STOOD_STILL}{}", stack.join("\n")))
}

fn tail(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines.get(lines.len().saturating_sub(TAIL)..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_of_a_log_is_its_last_lines() {
        let log = std::env::temp_dir().join(format!("xtask-tail-{}", std::process::id()));
        let lines: Vec<_> = (1..=20).map(|number| format!("line {number}")).collect();
        fs::write(&log, lines.join("\n\n")).unwrap();
        assert_eq!(tail(&log), lines[12..].join("\n"));
        fs::remove_file(&log).unwrap();
        assert_eq!(tail(&log), "");
    }

    #[test]
    fn a_standstill_is_shown_from_its_first_words_on() {
        let log = std::env::temp_dir().join(format!("xtask-standstill-{}", std::process::id()));
        fs::write(&log, "all is well\n").unwrap();
        assert_eq!(standstill(&log), None);
        let launcher = fs::read_to_string(workspace::path("infra/local/launcher/__main__.py")).unwrap();
        assert!(launcher.contains(&format!("\"{STOOD_STILL}\"")), "the launcher says it in other words");
        fs::write(&log, format!("all is well\n{STOOD_STILL} 16 s, here:\n  File \"a.py\"\n")).unwrap();
        assert_eq!(standstill(&log), Some(format!("{STOOD_STILL} 16 s, here:\n  File \"a.py\"")));
        fs::remove_file(&log).unwrap();
    }
}
