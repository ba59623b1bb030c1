//! How failures of the ports become errors of a task.

use crate::contract::{TaskError, TaskErrorName};
use crate::ports::StoreError;

impl From<StoreError> for TaskError {
    /// Storage is retried by the state machine; the record's conditions make a second run harmless.
    fn from(error: StoreError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "storage failed to {}", error.operation);
        Self::new(TaskErrorName::TemporarilyUnavailable, error.to_string())
    }
}
