//! The error names that the state machine sees. They are a contract: a test compares them with the ASL.

use lambda_runtime::Diagnostic;

/// The name of a task's failure, as `Error` in the workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskErrorName {
    /// Try again: a service we need did not answer, or throttled.
    TemporarilyUnavailable,
    /// The payload cannot be acted on; the message lists every mistake.
    InvalidInput,
    /// Nobody could be asked, and trying again would not help.
    NobodyAsked,
    /// The request was rejected, withdrawn or superseded.
    RejectedError,
    /// Nobody decided in time.
    ApprovalExpired,
    /// The record does not say approved.
    NotApproved,
    /// What would be deployed is not what was approved.
    FingerprintMismatch,
    /// The payload names a plan or request that is not stored.
    NotFound,
}

impl TaskErrorName {
    /// Every name.
    pub const ALL: [Self; 8] = [
        Self::TemporarilyUnavailable,
        Self::InvalidInput,
        Self::NobodyAsked,
        Self::RejectedError,
        Self::ApprovalExpired,
        Self::NotApproved,
        Self::FingerprintMismatch,
        Self::NotFound,
    ];

    /// The name as the workflow sees it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TemporarilyUnavailable => "TemporarilyUnavailable",
            Self::InvalidInput => "InvalidInput",
            Self::NobodyAsked => "NobodyAsked",
            Self::RejectedError => "RejectedError",
            Self::ApprovalExpired => "ApprovalExpired",
            Self::NotApproved => "NotApproved",
            Self::FingerprintMismatch => "FingerprintMismatch",
            Self::NotFound => "NotFound",
        }
    }
}

/// Why a task failed.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TaskError {
    name: TaskErrorName,
    message: String,
    /// What the log says instead, where the message names people.
    logged: Option<&'static str>,
}

impl TaskError {
    /// A failure with this name, and words for whoever reads the workflow's cause.
    pub fn new(name: TaskErrorName, message: impl Into<String>) -> Self {
        Self { name, message: message.into(), logged: None }
    }

    /// A failure whose words name people: the workflow's owner reads them, the log has others.
    pub fn about_people(name: TaskErrorName, message: impl Into<String>, logged: &'static str) -> Self {
        Self { name, message: message.into(), logged: Some(logged) }
    }

    /// The name.
    pub fn name(&self) -> TaskErrorName {
        self.name
    }
}

impl From<TaskError> for Diagnostic {
    /// The last that we see of a failure, so it is logged here, once.
    fn from(error: TaskError) -> Self {
        let words = error.logged.unwrap_or(&error.message);
        tracing::warn!(error.name = error.name.as_str(), "the task fails: {words}");
        Self { error_type: error.name.as_str().to_owned(), error_message: error.message }
    }
}
