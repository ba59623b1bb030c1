//! Everything that keeps a command from its work, each as one sentence. Printed in one place.

use std::io;
use std::path::PathBuf;

use crate::exit::Exit;
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
}

impl Error {
    /// How the command ends.
    pub fn exit(&self) -> Exit {
        match self {
            Self::NotJson { .. } | Self::Input { .. } | Self::NoSubject { .. } => Exit::Usage,
            Self::Read { .. } | Self::Simulation(_) => Exit::Failed,
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
