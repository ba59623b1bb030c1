#![doc = include_str!("../README.md")]

pub mod trigger;
mod withdraw;

use std::fmt::Display;

use common::ports::{
    AskSlackWho, Clock, DescribeWorkflows, EditSlack, KeepRequests, ListRequests, Pause, PostToSlack, Random,
    ReadPlans, ReadPointers, ResumeWorkflows, SendMail,
};
use common::usecase::close_ended::close_ended;
use common::usecase::settle::{Settle, Settled};
use common::usecase::supersede::supersede;
use common::usecase::sweep::{LISTED, sweep};
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::Diagnostic;
use serde_json::{Value, json};
use trigger::{Change, Changed, Trigger};

/// How long a run begins new requests. One request takes seven calls of at most 10 seconds each (two of them
/// for a long history), or posting in Slack for 40 seconds and one edit, and the function has 120.
pub const BUDGET: SignedDuration = SignedDuration::from_secs(45);

/// Answers one invocation.
///
/// # Errors
/// When a list cannot be read, the workflow that an event is about cannot be looked at, or a change has no number.
pub async fn handle<S, M, L, W, C, R>(
    settle: &Settle<'_, S, M, L, W, C, R>,
    event: Value,
) -> Result<Value, Diagnostic>
where
    S: KeepRequests + ListRequests + ReadPlans + ReadPointers,
    M: SendMail,
    L: EditSlack + PostToSlack + AskSlackWho,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock + Pause,
    R: Random,
{
    let Settle { store, workflows, clock, .. } = *settle;
    let until = clock.now() + BUDGET;
    match Trigger::read(&event) {
        Trigger::Stream { changes, nameless } => {
            let failed = Box::pin(take_in(settle, &changes, until)).await;
            if nameless > 0 {
                // Only a run that fails has such a change delivered alone, and in the end put aside.
                tracing::error!(nameless, "changes without a number were delivered");
                let error_message = format!("{nameless} changes have no number");
                return Err(Diagnostic { error_type: "UnreadableChanges".to_owned(), error_message });
            }
            let failed: Vec<_> = failed.iter().map(|number| json!({ "itemIdentifier": number })).collect();
            Ok(json!({ "batchItemFailures": failed }))
        }
        Trigger::Schedule => {
            // Boxed, as all here: one invocation does one of these, and carries the future of none of the others.
            let swept = Box::pin(sweep(settle, until)).await;
            let swept = swept.map_err(|error| failure("SweepFailed", &error))?;
            tracing::info!(
                owing = swept.owing,
                pending = swept.pending,
                seen = swept.seen,
                failed = swept.failed,
                "swept"
            );
            Ok(json!({
                "owing": swept.owing, "pending": swept.pending, "seen": swept.seen, "failed": swept.failed,
                "oldestOwedSeconds": swept.oldest_owed
            }))
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

/// Pays what the changes brought about, then sees to Slack, and answers with the changes that a service did not answer
/// for, or that cannot be read: they are delivered again, and in the end put aside. What they owe is left to the
/// schedule.
async fn take_in<'a, S, M, L, W, C, R>(
    settle: &Settle<'_, S, M, L, W, C, R>,
    changes: &'a [Change],
    until: Timestamp,
) -> Vec<&'a str>
where
    S: KeepRequests + ReadPlans + ReadPointers,
    M: SendMail,
    L: EditSlack + PostToSlack + AskSlackWho,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock + Pause,
    R: Random,
{
    let Settle { store, workflows, clock, .. } = *settle;
    let mut failed = Vec::new();
    let mut paid = Vec::new();
    for Change { sequence_number, what } in changes {
        let done = clock.now() < until
            && match what {
                Changed::Request(id) => match settle.pay(id).await {
                    Ok(payment) => {
                        paid.extend(payment.map(|payment| (sequence_number, id, payment)));
                        true
                    }
                    Err(error) => not_done(id, &error),
                },
                Changed::Replaced(plan) => match supersede(store, workflows, clock, plan).await {
                    Ok(_) => true,
                    Err(error) => not_done(plan, &error),
                },
                Changed::Other => true,
                Changed::Unreadable => {
                    tracing::error!(stream.number = sequence_number, "a change cannot be read");
                    false
                }
            };
        if !done {
            failed.push(sequence_number.as_str());
        }
    }
    for (sequence_number, id, payment) in paid {
        let done = match settle.follow(payment, until).await {
            Ok(settled) => settled == Settled::Done,
            Err(error) => not_done(id, &error),
        };
        if !done {
            failed.push(sequence_number.as_str());
        }
    }
    failed
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
