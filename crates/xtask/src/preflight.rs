//! What the machine must have before anything long is started. What is missing is named in one sentence.

use std::net::{Ipv4Addr, TcpListener};

use tokio::process::Command;

use crate::error::Error;
use crate::process;

/// The oldest Python that the pinned packages accept.
const NEEDED: (u32, u32) = (3, 11);
const NEEDED_TEXT: &str = "3.11";

/// The Python on the path, with its exact version.
pub(crate) struct Python {
    pub(crate) version: String,
}

/// Finds Python and its venv module.
pub(crate) async fn python() -> Result<Python, Error> {
    let asked =
        process::capture(Command::new("python3").args(["-c", "import sys; print(sys.version.split()[0])"]))
            .await;
    let version = match asked {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        _ => return Err(Error::NoPython { needed: NEEDED_TEXT }),
    };
    if !is_recent(&version) {
        return Err(Error::OldPython { found: version, needed: NEEDED_TEXT });
    }
    // Debian takes ensurepip out of Python, and with it the part of venv that installs pip.
    let modules = process::capture(Command::new("python3").args(["-c", "import venv, ensurepip"])).await?;
    if modules.status.success() { Ok(Python { version }) } else { Err(Error::NoVenv) }
}

fn is_recent(version: &str) -> bool {
    let mut numbers = version.split('.').map_while(|part| part.parse().ok());
    numbers.next().zip(numbers.next()).is_some_and(|found: (u32, u32)| found >= NEEDED)
}

/// Finds the C compiler that links the functions and compiles their cryptography.
pub(crate) async fn c_compiler() -> Result<(), Error> {
    match process::capture(Command::new("cc").arg("--version")).await {
        Ok(output) if output.status.success() => Ok(()),
        _ => Err(Error::NoCompiler),
    }
}

/// Takes a port on loopback; without a number, any free one.
pub(crate) fn listen(port: Option<u16>) -> Result<TcpListener, Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0)))
        .map_err(|_| Error::PortTaken { port: port.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(is_recent("3.11.0") && is_recent("3.14.1") && is_recent("4.0.0rc1"));
        assert!(!is_recent("3.9.18") && !is_recent("2.7.18") && !is_recent("three"));
    }

    #[test]
    fn a_taken_port_is_named() {
        let taken = listen(None).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert!(listen(Some(port)).unwrap_err().to_string().starts_with(&format!("Port {port} is taken")));
    }
}
