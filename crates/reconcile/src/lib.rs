#![doc = include_str!("../README.md")]

pub mod trigger;
mod withdraw;

use std::fmt::Display;

use common::ports::{
    Clock, DescribeWorkflows, KeepRequests, ListRequests, ReadPlans, ReadPointers, ResumeWorkflows, SendMail,
};
use common::usecase::close_ended::close_ended;
use common::usecase::pay::pay;
use common::usecase::resume::Payment;
use common::usecase::supersede::supersede;
use common::usecase::sweep::{LISTED, sweep};
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::Diagnostic;
use serde_json::{Value, json};
use trigger::{Change, Changed, Trigger};

/// How long a run begins new requests. One request takes seven calls of at most 10 seconds each (two of them
/// for a long history), and the function has 120.
pub const BUDGET: SignedDuration = SignedDuration::from_secs(45);

/// Answers one invocation.
///
/// # Errors
/// When a list cannot be read, or the workflow that an event is about cannot be looked at.
pub async fn handle<S, M, W, C>(
    store: &S,
    mail: &M,
    workflows: &W,
    clock: &C,
    event: Value,
) -> Result<Value, Diagnostic>
where
    S: KeepRequests + ListRequests + ReadPlans + ReadPointers,
    M: SendMail,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    let until = clock.now() + BUDGET;
    match Trigger::read(&event) {
        Trigger::Stream(changes) => {
            let mut failed = Vec::new();
            for change in changes {
                if !Box::pin(is_done(store, mail, workflows, clock, &change, until)).await {
                    failed.push(json!({ "itemIdentifier": change.sequence_number }));
                }
            }
            Ok(json!({ "batchItemFailures": failed }))
        }
        Trigger::Schedule => {
            // Boxed, as all here: one invocation does one of these, and carries the future of none of the others.
            let swept = Box::pin(sweep(store, mail, workflows, clock, until)).await;
            let swept = swept.map_err(|error| failure("SweepFailed", &error))?;
            tracing::info!(
                owing = swept.owing,
                pending = swept.pending,
                seen = swept.seen,
                failed = swept.failed,
                "swept"
            );
            Ok(
                json!({ "owing": swept.owing, "pending": swept.pending, "seen": swept.seen, "failed": swept.failed }),
            )
        }
        Trigger::Ended { execution } => {
            let seen = Box::pin(close_ended(store, workflows, clock, &execution, LISTED, until)).await;
            Ok(json!({ "seen": seen.map_err(|error| failure("CloseFailed", &error))? }))
        }
        Trigger::Withdraw { request, reason } => {
            Box::pin(withdraw::withdraw(store, workflows, clock, request, &reason)).await
        }
        Trigger::Unknown => {
            tracing::warn!("an event of an unknown kind was dropped");
            Ok(Value::Null)
        }
    }
}

/// Whether a change needs no further delivery. One that a service did not answer for is delivered again, and in
/// the end left to the schedule.
async fn is_done<S, M, W, C>(
    store: &S,
    mail: &M,
    workflows: &W,
    clock: &C,
    change: &Change,
    until: Timestamp,
) -> bool
where
    S: KeepRequests + ReadPlans + ReadPointers,
    M: SendMail,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    if clock.now() >= until {
        return false;
    }
    match &change.what {
        Changed::Request(id) => match pay(store, mail, workflows, clock, id).await {
            Ok(Some(Payment::Interrupted(_))) => false,
            Ok(_) => true,
            Err(error) => not_done(id, &error),
        },
        Changed::Replaced(plan) => match supersede(store, workflows, clock, plan).await {
            Ok(_) => true,
            Err(error) => not_done(plan, &error),
        },
        Changed::Other => true,
    }
}

fn not_done(id: &impl Display, error: &(dyn std::error::Error + 'static)) -> bool {
    tracing::error!(approval.id = %id, error, "a change could not be reconciled");
    false
}

fn failure(name: &str, error: &(dyn std::error::Error + 'static)) -> Diagnostic {
    tracing::error!(error, "a run of reconcile failed");
    Diagnostic { error_type: name.to_owned(), error_message: error.to_string() }
}

#[cfg(test)]
mod tests;
