#![doc = include_str!("../README.md")]

pub mod adapters;

use common::contract::FollowUp;
use common::ports::{ClaimApprovals, Clock, KeepRequests, ReachTargets, ReadPlans, ReadPointers, SendMail};
use common::usecase::carry_out::CarryOut;
use lambda_runtime::Diagnostic;
use serde_json::Value;

/// Answers one invocation.
///
/// # Errors
/// The names in `common::contract::errors`.
pub async fn handle<S, T, M, C>(
    carry_out: &CarryOut<'_, S, T, M, C>,
    payload: Value,
) -> Result<Value, Diagnostic>
where
    S: KeepRequests + ClaimApprovals + ReadPlans + ReadPointers,
    T: ReachTargets,
    M: SendMail,
    C: Clock,
{
    // Boxed: the future is large, and the runtime copies it around.
    Ok(Box::pin(carry_out.run(&FollowUp::read(&payload))).await?)
}

#[cfg(test)]
mod tests;
