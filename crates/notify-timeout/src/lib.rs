#![doc = include_str!("../README.md")]

use common::contract::FollowUp;
use common::ports::{Clock, KeepRequests, ReadPointers, SendMail};
use common::usecase::time_out::time_out;
use lambda_runtime::Diagnostic;
use serde_json::Value;

/// Answers one invocation.
///
/// # Errors
/// The names in `common::contract::errors`.
pub async fn handle<S: KeepRequests + ReadPointers>(
    store: &S,
    mail: &impl SendMail,
    clock: &impl Clock,
    payload: Value,
) -> Result<Value, Diagnostic> {
    // Boxed: the future is large, and the runtime copies it around.
    Ok(Box::pin(time_out(store, mail, clock, &FollowUp::read(&payload))).await?)
}

#[cfg(test)]
mod tests;
