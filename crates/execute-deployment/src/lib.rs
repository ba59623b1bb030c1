#![doc = include_str!("../README.md")]

use std::fmt::Display;

use common::contract::{FollowUp, is_schedule};
use common::ports::{
    ClaimApprovals, Clock, KeepRequests, ListRequests, ReachTargets, ReadPlans, ReadPointers, ReadPolicy,
    SendMail,
};
use common::usecase::carry_out::CarryOut;
use common::usecase::go_on::{WentOn, go_on};
use jiff::SignedDuration;
use lambda_runtime::Diagnostic;
use serde_json::{Value, json};

/// How long a run of the schedule takes up further changes, of the function's 60 seconds. What it is killed in the
/// middle of, the next run goes on with.
pub const BUDGET: SignedDuration = SignedDuration::from_secs(20);

/// Answers one invocation.
///
/// # Errors
/// The names in `common::contract::errors`; `GoingOnFailed` when the schedule's list cannot be read.
pub async fn handle<S, T, M, C>(
    carry_out: &CarryOut<'_, S, T, M, C>,
    payload: Value,
) -> Result<Value, Diagnostic>
where
    S: KeepRequests + ListRequests + ClaimApprovals + ReadPlans + ReadPointers + ReadPolicy,
    T: ReachTargets,
    M: SendMail,
    C: Clock,
{
    let follow_up = FollowUp::read(&payload);
    // Boxed: the futures are large, and the runtime copies them around.
    if is_schedule(&payload) && !follow_up.names_an_approval() {
        let went_on = Box::pin(go_on(carry_out, carry_out.clock.now() + BUDGET)).await;
        let WentOn { deploying, ended, waiting, failed } = went_on.map_err(|error| list_failed(&error))?;
        tracing::info!(deploying, ended, waiting, failed, "went on");
        return Ok(json!({ "deploying": deploying, "ended": ended, "waiting": waiting, "failed": failed }));
    }
    Ok(Box::pin(carry_out.run(&follow_up)).await?)
}

fn list_failed(error: &impl Display) -> Diagnostic {
    Diagnostic { error_type: "GoingOnFailed".to_owned(), error_message: error.to_string() }
}

#[cfg(test)]
mod tests;
