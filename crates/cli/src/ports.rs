//! What the commands need from outside beside the table: workflows, and the function that withdraws.

use std::future::Future;

use common::domain::{RequestId, Status};
use common::ports::Ending;
use serde_json::Value;

/// A call that was not answered, or was refused. The words are the service's own; none of the services behind these
/// ports puts a secret into them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("AWS did not {operation}: {code}{}", words(.message))]
pub struct CallError {
    /// What was tried.
    pub operation: &'static str,
    /// The service's name for the failure, or ours where it did not speak.
    pub code: String,
    /// What the service said; empty when it said nothing.
    pub message: String,
}

fn words(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}

/// A workflow as it is now.
#[derive(Clone, Debug, PartialEq)]
pub enum Execution {
    /// It is still going.
    Running,
    /// It has ended.
    Ended {
        /// How.
        how: Ending,
        /// The error's name, where it failed and the service tells.
        error: Option<String>,
        /// Why, where it failed and the service tells.
        cause: Option<String>,
        /// What it gave, where it succeeded and the service tells.
        output: Option<Value>,
    },
}

/// Starts workflows and looks at them.
pub trait Workflows {
    /// Starts one under this name, and gives its ARN. The same name and input again is the same workflow while that
    /// runs.
    fn start(&self, name: &str, input: &Value) -> impl Future<Output = Result<String, CallError>>;

    /// How the workflow with this ARN is; `None` when there is none.
    fn look(&self, execution: &str) -> impl Future<Output = Result<Option<Execution>, CallError>>;
}

/// What became of a request that was to be withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// How it stands now; `None` when there is no such request.
    pub status: Option<Status>,
    /// Why it was not withdrawn.
    pub refusal: Option<String>,
}

/// Withdraws requests.
pub trait Withdraws {
    /// Withdraws a pending request. A vote that comes first wins.
    fn withdraw(&self, id: &RequestId, reason: &str) -> impl Future<Output = Result<Withdrawal, CallError>>;
}

/// Lets time pass.
pub trait Pauses {
    /// Waits for so long.
    fn pause(&self, seconds: u32) -> impl Future<Output = ()>;
}
