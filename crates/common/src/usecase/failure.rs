//! How failures of the ports become errors of a task.

use crate::contract::{TaskError, TaskErrorName};
use crate::domain::DeadEnd;
use crate::ports::StoreError;

/// A level that nobody can approve any more. Its sentence names people, so the log has only what it means.
pub(super) fn dead_end_error(name: TaskErrorName, meaning: &'static str, dead_end: &DeadEnd) -> TaskError {
    TaskError::about_people(name, format!("{meaning}: {dead_end}"), meaning)
}

impl From<StoreError> for TaskError {
    /// Storage is retried by the state machine; the record's conditions make a second run harmless.
    fn from(error: StoreError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "storage failed to {}", error.operation);
        Self::new(TaskErrorName::TemporarilyUnavailable, error.to_string())
    }
}
