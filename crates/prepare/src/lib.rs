#![doc = include_str!("../README.md")]

use common::contract::prepare::Input;
use common::ports::{Clock, LookAtTargets, Pause, Random, ReadPolicy, StorePlans};
use common::usecase::prepare::{Defaults, prepare};
use lambda_runtime::Diagnostic;
use serde_json::Value;

/// Answers one invocation.
///
/// # Errors
/// `InvalidInput` with every mistake, or `TemporarilyUnavailable`.
pub async fn handle(
    store: &(impl StorePlans + ReadPolicy),
    targets: &impl LookAtTargets,
    clock: &(impl Clock + Pause),
    random: &impl Random,
    defaults: &Defaults,
    payload: Value,
) -> Result<Value, Diagnostic> {
    let input = Input::read(&payload)?;
    let prepared = prepare(store, targets, clock, random, defaults, input).await?;
    Ok(prepared.to_value())
}

#[cfg(test)]
mod tests;
