//! How a command ends. The numbers are a promise to scripts: see the README.

use std::process::ExitCode;

/// The exit code of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It is done, and what was asked for is so.
    Ok = 0,
    /// It failed for a reason outside what it was given: a file cannot be read, a service does not answer.
    Failed = 1,
    /// It was used wrongly: an unknown option, or an input that is none.
    Usage = 2,
    /// The request was rejected.
    Rejected = 3,
    /// Nobody decided in time.
    Expired = 4,
    /// The request was withdrawn.
    Withdrawn = 5,
    /// A newer request took its place.
    Superseded = 6,
    /// The workflow failed otherwise: before anybody was asked, or after the approval.
    WorkflowFailed = 7,
    /// The policy has mistakes, or no request like this one can ever pass it.
    Mistakes = 8,
    /// The simulation differs from what was expected.
    Differs = 9,
    /// A record is not sound, or its history was rewritten.
    Unsound = 10,
    /// Somebody pressed Ctrl-C.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
