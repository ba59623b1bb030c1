//! Everything that can go wrong, each as one sentence that says what to do. Printed in one place, in `main`.

use std::io;
use std::path::PathBuf;

use crate::aws::CallError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    // What this machine lacks.
    #[error(
        "Python 3 is missing: install Python {needed} or newer, so that `python3` starts it, and try again."
    )]
    NoPython { needed: &'static str },
    #[error(
        "`python3` is Python {found}, but {needed} or newer is needed: install a newer one and try again."
    )]
    OldPython { found: String, needed: &'static str },
    #[error(
        "Python's venv module is missing: install it (on Debian and Ubuntu: `sudo apt install python3-venv`) and try again."
    )]
    NoVenv,
    #[error(
        "A C compiler is missing: install one, so that `cc` starts it (on Debian and Ubuntu: `sudo apt install build-essential`), and try again."
    )]
    NoCompiler,
    #[error("npm is missing: install Node.js with npm and try again.")]
    NoNpm,
    #[error(
        "Chromium and its driver are missing: install both (on Debian: `apt-get install chromium chromium-driver`) and try again."
    )]
    NoBrowser,
    #[error(
        "Port {port} is taken by another program: choose a port with `--port` that is free, as well as the one after it."
    )]
    PortTaken { port: u16 },
    #[error("Another run uses {}: stop it with Ctrl-C in its terminal, and try again.", state.display())]
    AlreadyRunning { state: PathBuf },

    // Tools that are installed by us.
    #[error("{what} could not be installed, check the network and try again; the last words were: {last}")]
    Install { what: &'static str, last: String },

    // Building and deploying.
    #[error("The functions could not be built; what cargo says is above.")]
    Build,
    #[error("template.yaml names the binary {name}, but crates/{name} does not exist.")]
    NoSuchFunction { name: String },
    #[error("crates/{name} was built, but it has no binary of that name.")]
    NoBinary { name: String },
    #[error("template.yaml names no binary.")]
    NoFunctions,
    #[error("No test of {package} requires the feature {feature}.")]
    NoEmulatorTests { package: &'static str, feature: &'static str },
    #[error("The stack could not be deployed:\n{reasons}")]
    Deploy { reasons: String },
    #[error("The deployed stack has no REST API that can be reached.")]
    NoApi,
    #[error("The emulator ended; the last lines of {} are:\n{tail}", log.display())]
    EmulatorEnded { log: PathBuf, tail: String },
    #[error("The emulator did not answer within {seconds} seconds; its log is {}", log.display())]
    EmulatorSilent { log: PathBuf, seconds: u64 },

    // Mutants.
    #[error("{} does not list mutants as its head describes them.", path.display())]
    MutantTable { path: PathBuf },
    #[error(
        "The text that is taken away for \"{guard}\" stands {found} times in {file}: it must stand there once, and what replaces it must differ."
    )]
    Mutant { guard: String, file: String, found: usize },
    #[error("Without any mutant, the tests `{test}` do not pass: {said}")]
    BrokenBefore { test: String, said: String },
    #[error("`git {command}` failed: {said}")]
    Git { command: String, said: String },

    // Fuzzing.
    #[error("There is no target {name}. These are: {all}.")]
    NoTarget { name: String, all: String },
    #[error(
        "The targets could not be built; what cargo says is above. libFuzzer needs a C++ compiler (on Debian and Ubuntu: `sudo apt install build-essential`)."
    )]
    BuildFuzzing,

    // Testing on AWS.
    #[error("The AWS CLI is missing: install version 2, so that `aws` starts it, and try again.")]
    NoAwsCli,
    #[error("`{command}` failed: {said}")]
    AwsCli { command: String, said: String },
    #[error("The stack {stack} has no outputs that can be read.")]
    NoSuchStack { stack: String },

    // Talking to a local run.
    #[error(
        "The local run is not up: type `cargo xtask local` in another terminal and wait until it is ready."
    )]
    NotRunning,
    #[error("{} is not JSON: {source}", path.display())]
    NotJson { path: PathBuf, source: serde_json::Error },
    #[error("Nothing is known under {id}: give a request id, a plan key, or the name or ARN of a workflow.")]
    NothingFound { id: String },
    #[error("{0}")]
    Call(#[source] CallError),

    // The operating system.
    #[error("{what} {}", path.display())]
    File { what: &'static str, path: PathBuf, source: io::Error },
    #[error("{program} could not be run")]
    Run { program: String, source: io::Error },
    #[error("Signals cannot be listened to")]
    Signals(#[source] io::Error),
    #[error("The system gives no random numbers: {reason}")]
    NoRandomness { reason: String },
    #[error("Connections cannot be accepted")]
    Accept(#[source] io::Error),
}

impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Unreachable(_) => Self::NotRunning,
            other => Self::Call(other),
        }
    }
}

impl Error {
    /// For `map_err`: a file operation that failed.
    pub(crate) fn file(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { what, path, source }
    }

    /// For `map_err`: a program that did not start.
    pub(crate) fn run(program: &str) -> impl FnOnce(io::Error) -> Self {
        let program = program.to_owned();
        move |source| Self::Run { program, source }
    }
}
