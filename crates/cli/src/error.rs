//! Everything that keeps a command from its work, each as one sentence. Printed in one place.

use std::io;
use std::path::PathBuf;

use common::ports::StoreError;

use crate::aws::ConnectionError;
use crate::exit::Exit;
use crate::ports::CallError;
use crate::simulate::SimulationError;

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("{} cannot be read", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("{} cannot be written", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The standard output cannot be written.
    #[error("the standard output cannot be written")]
    Stdout(#[source] io::Error),
    /// What is to be compared with is no export.
    #[error("{name} is not an export to compare with: line {line}: {why}")]
    Earlier {
        /// What it is called.
        name: String,
        /// Its first line that is none.
        line: usize,
        /// Why it is none.
        why: String,
    },
    /// There is no record to write to a file.
    #[error("nobody has been asked, so there is no record to keep")]
    NothingToKeep,
    /// A file is not JSON.
    #[error("{} is not JSON", path.display())]
    NotJson {
        /// Which.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A file is not the input of a workflow.
    #[error("{} is not the input of a workflow", path.display())]
    Input {
        /// Which.
        path: PathBuf,
        /// Why.
        source: common::contract::TaskError,
    },
    /// A file says that it has a subject, and has none.
    #[error("{} is not the input of a workflow: the subject is missing", path.display())]
    NoSubject {
        /// Which.
        path: PathBuf,
    },
    /// The simulation has no end.
    #[error("the policy cannot be simulated")]
    Simulation(#[source] SimulationError),
    /// The standard input cannot be read.
    #[error("the standard input cannot be read")]
    Stdin(#[source] io::Error),
    /// Nothing can be awaited.
    #[error("the program cannot wait for answers")]
    Runtime(#[source] io::Error),
    /// There is no way to the stack.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// A service did not do what was asked.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The table did not do what was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No workflow can be called this.
    #[error("{name:?} cannot be the name of a workflow: it has 1 to 80 letters, digits, - and _")]
    Name {
        /// The name.
        name: String,
    },
    /// A reason is missing, or longer than anybody reads.
    #[error("the reason must have 1 to {max} characters")]
    Reason {
        /// How many it may have.
        max: usize,
    },
    /// No policy was ever stored.
    #[error(
        "no policy is stored, so the stack's default approver decides; store one with `countersign policy push`"
    )]
    NoPolicy,
    /// There is no such version.
    #[error("there is no version {number} of the policy; `countersign policy history` lists them")]
    NoVersion {
        /// Its number.
        number: u32,
    },
    /// Nothing has this id.
    #[error(
        "nothing is called {id:?}: no request, no plan and no workflow of this stack (a request of a workflow \
         without a plan is only found by its own id)"
    )]
    NotFound {
        /// The id.
        id: String,
    },
    /// There is nothing to withdraw.
    #[error(
        "nobody has been asked, so there is no request to withdraw; the workflow itself can be stopped: {execution}"
    )]
    NothingAsked {
        /// The workflow's ARN.
        execution: String,
    },
}

impl Error {
    /// How the command ends.
    pub fn exit(&self) -> Exit {
        match self {
            Self::NotJson { .. }
            | Self::Input { .. }
            | Self::NoSubject { .. }
            | Self::Earlier { .. }
            | Self::Name { .. }
            | Self::Reason { .. } => Exit::Usage,
            Self::Read { .. }
            | Self::Write { .. }
            | Self::NothingToKeep
            | Self::Simulation(_)
            | Self::Stdin(_)
            | Self::Stdout(_)
            | Self::Runtime(_)
            | Self::Connection(_)
            | Self::Call(_)
            | Self::Store(_)
            | Self::NoPolicy
            | Self::NoVersion { .. }
            | Self::NotFound { .. }
            | Self::NothingAsked { .. } => Exit::Failed,
        }
    }

    /// The error and the causes behind it, in one line.
    pub fn line(&self) -> String {
        let mut line = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(source) = cause {
            line = format!("{line}: {source}");
            cause = source.source();
        }
        line
    }
}
