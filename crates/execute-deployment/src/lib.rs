#![doc = include_str!("../README.md")]

use common::contract::FollowUp;
use common::ports::{Clock, KeepRequests, ReadPlans, ReadPointers, SendMail};
use common::usecase::carry_out::carry_out;
use lambda_runtime::Diagnostic;
use serde_json::Value;

/// Answers one invocation.
///
/// # Errors
/// The names in `common::contract::errors`.
pub async fn handle<S: KeepRequests + ReadPlans + ReadPointers>(
    store: &S,
    mail: &impl SendMail,
    clock: &impl Clock,
    payload: Value,
) -> Result<Value, Diagnostic> {
    Ok(carry_out(store, mail, clock, &FollowUp::read(&payload)).await?)
}

#[cfg(test)]
mod tests;
