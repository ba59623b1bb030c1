#![doc = include_str!("../README.md")]

use common::contract::FollowUp;
use common::ports::{Clock, KeepRequests, SendMail};
use common::usecase::report_rejection::report_rejection;
use lambda_runtime::Diagnostic;
use serde_json::Value;

/// Answers one invocation.
///
/// # Errors
/// The names in `common::contract::errors`.
pub async fn handle<S: KeepRequests>(
    store: &S,
    mail: &impl SendMail,
    clock: &impl Clock,
    payload: Value,
) -> Result<Value, Diagnostic> {
    Ok(Box::pin(report_rejection(store, mail, clock, &FollowUp::read(&payload))).await?)
}

#[cfg(test)]
mod tests;
