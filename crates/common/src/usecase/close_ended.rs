//! Closing what a workflow left open when it was stopped, failed or ran out of time.

use jiff::{SignedDuration, Timestamp};

use super::keep::keep;
use super::resume::{Payer, resume};
use super::supersede::{self, newer_plan};
use crate::domain::{Command, Request, RequestId, Status};
use crate::ports::{
    Clock, DescribeError, DescribeWorkflows, Ending, KeepRequests, ListRequests, ReadPointers,
    ResumeWorkflows, StoreError, WorkflowState,
};

/// How old a request is before its workflow is looked at without a reason: the workflow service may not show
/// an execution yet that has just been started.
const YOUNG: SignedDuration = SignedDuration::from_mins(1);

/// Why it is not known whether something has to be closed, or whether it was.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    /// Storage failed.
    #[error("the requests of a workflow could not be closed")]
    Store(#[from] StoreError),
    /// The workflow could not be looked at.
    #[error("the workflow of a request could not be looked at")]
    Describe(#[from] DescribeError),
}

/// Closes every request that is pending in a workflow which is said to have ended, and settles those that owe
/// it their answer. What was delivered is not touched. Answers with how many it looked at.
///
/// The workflow service is asked first: the news may be old, and the workflow running again.
///
/// # Errors
/// When storage fails, or the workflow cannot be looked at; another run does the rest.
pub async fn close_ended<S, W, C>(
    store: &S,
    workflows: &W,
    clock: &C,
    execution: &str,
    at_most: usize,
    until: Timestamp,
) -> Result<usize, CloseError>
where
    S: KeepRequests + ListRequests,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    let ids = store.requests_of(execution, at_most).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let WorkflowState::Ended(how) = workflows.describe(execution).await? else {
        tracing::warn!("a workflow is said to have ended, and is running");
        return Ok(0);
    };
    let mut seen = 0;
    for id in ids {
        // What is left when the time is up is found by the schedule.
        if clock.now() >= until {
            break;
        }
        if let Some(request) = store.request(&id).await?
            && request.awaited_by() == Some(execution)
        {
            let request = withdraw(store, clock, request, how).await?;
            resume(store, workflows, clock, request, Payer::Passerby).await;
            seen += 1;
        }
    }
    Ok(seen)
}

/// Closes one pending request if its workflow has ended, or a newer plan has taken its place: for those of which
/// nobody was told.
///
/// # Errors
/// When storage fails, or the workflow cannot be looked at.
pub async fn close_if_over<S, W, C>(
    store: &S,
    workflows: &W,
    clock: &C,
    id: &RequestId,
) -> Result<(), CloseError>
where
    S: KeepRequests + ReadPointers,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    let Some(request) = store.request(id).await? else {
        return Ok(());
    };
    if request.status != Status::Pending {
        return Ok(());
    }
    if let Some(newer) = newer_plan(store, request.guard()).await? {
        supersede::close(store, workflows, clock, id, &newer).await?;
        return Ok(());
    }
    if clock.now() < request.opened_at + YOUNG {
        return Ok(());
    }
    let Some(execution) = request.awaited_by() else {
        return Ok(());
    };
    if let WorkflowState::Ended(how) = workflows.describe(execution).await? {
        withdraw(store, clock, request, how).await?;
    }
    Ok(())
}

/// A vote that comes before this write wins. If the process dies after it, the record says by itself that its
/// people have to be told, and the schedule tells them.
async fn withdraw<S: KeepRequests>(
    store: &S,
    clock: &impl Clock,
    request: Request,
    how: Ending,
) -> Result<Request, StoreError> {
    let reason = match how {
        Ending::Stopped => "the workflow was stopped",
        Ending::Failed => "the workflow failed",
        Ending::TimedOut => "the workflow timed out",
        Ending::Succeeded | Ending::Forgotten => "the workflow ended",
    };
    let was_pending = request.status == Status::Pending;
    let request = keep(store, clock, request, &[Command::Withdraw { reason: reason.to_owned() }]).await?;
    if was_pending {
        tracing::info!(approval.id = %request.id, approval.status = %request.status, reason, "a workflow left its request behind");
    }
    Ok(request)
}
