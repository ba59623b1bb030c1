#![doc = include_str!("../README.md")]

use common::contract::send_approval::Payload;
use common::ports::{
    Clock, KeepRequests, Random, ReadPlans, ReadPointers, ReadPolicy, ResumeWorkflows, SendMail,
};
use common::usecase::ask::Ask;
use lambda_runtime::Diagnostic;
use serde_json::Value;

/// Answers one invocation. The workflow goes on when its task token is answered, not when this returns.
///
/// # Errors
/// Whenever it would otherwise wait in silence.
pub async fn handle<S, M, W, C, R>(ask: &Ask<'_, S, M, W, C, R>, payload: Value) -> Result<Value, Diagnostic>
where
    S: KeepRequests + ReadPlans + ReadPointers + ReadPolicy,
    M: SendMail,
    W: ResumeWorkflows,
    C: Clock,
    R: Random,
{
    Ok(ask.run(&Payload::read(&payload)?).await?)
}

#[cfg(test)]
mod tests;
