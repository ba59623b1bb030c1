//! Superseding: a newer plan for the same subject takes the place of an older one.
//!
//! The pointer of the subject decides, and it only moves forward. Every write that goes on with an older plan
//! depends on it, so what happens here is only that people and the older workflow learn it soon.

use super::keep::keep;
use super::resume::{Payer, resume};
use crate::domain::{Command, PlanKey, Request, RequestId, Status, Subject};
use crate::ports::{
    Clock, DescribeWorkflows, KeepRequests, ReadPlans, ReadPointers, ResumeWorkflows, StoreError,
};

/// The plan that took this one's place, if one did.
///
/// # Errors
/// When storage fails.
pub(super) async fn newer_plan(
    store: &impl ReadPointers,
    guard: Option<(&Subject, &PlanKey)>,
) -> Result<Option<PlanKey>, StoreError> {
    let Some((subject, plan)) = guard else {
        return Ok(None);
    };
    let pointer = store.pointer(subject).await?;
    Ok(pointer.map(|pointer| pointer.plan).filter(|newest| newest != plan))
}

/// Closes a pending request whose plan's place a newer one took, for a task of its own workflow that comes by. If the
/// process dies after this write, the retried task finds the request closed.
///
/// # Errors
/// When storage fails.
pub(super) async fn close_if_superseded<S: KeepRequests + ReadPointers>(
    store: &S,
    clock: &impl Clock,
    request: Request,
) -> Result<Request, StoreError> {
    if request.status != Status::Pending {
        return Ok(request);
    }
    match newer_plan(store, request.guard()).await? {
        Some(by) => keep(store, clock, request, &[Command::Supersede { by }]).await,
        None => Ok(request),
    }
}

/// Closes what is pending of a plan whose place a newer one took, and ends its workflow. Answers with how many
/// requests that were.
///
/// Whoever wakes this up may be late, repeat itself, or be wrong: only the pointer says which plan is the newest.
///
/// # Errors
/// When storage fails; the schedule does the rest.
pub async fn supersede<S, W, C>(
    store: &S,
    workflows: &W,
    clock: &C,
    older: &PlanKey,
) -> Result<usize, StoreError>
where
    S: KeepRequests + ReadPlans + ReadPointers,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    let Some(plan) = store.plan(older).await? else {
        tracing::warn!(approval.plan = %older, "no plan is stored that was replaced");
        return Ok(0);
    };
    let Some(newer) = newer_plan(store, plan.guard()).await? else {
        return Ok(0);
    };
    let mut closed = 0;
    for number in (1..).take(plan.levels.len()) {
        closed +=
            usize::from(close(store, workflows, clock, &RequestId::of_level(older, number), &newer).await?);
    }
    Ok(closed)
}

/// Closes one request that a newer plan has replaced, if it is pending.
pub(super) async fn close<S, W, C>(
    store: &S,
    workflows: &W,
    clock: &C,
    id: &RequestId,
    newer: &PlanKey,
) -> Result<bool, StoreError>
where
    S: KeepRequests,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    let Some(request) = store.request(id).await?.filter(|request| request.status == Status::Pending) else {
        return Ok(false);
    };
    // A vote that comes before this write was made while this plan was the newest, or is refused by the pointer.
    let request = keep(store, clock, request, &[Command::Supersede { by: newer.clone() }]).await?;
    // If the process dies here, `resume` is owed: the stream and the schedule pay it.
    let payer = Payer::of(request.status == Status::Superseded);
    let request = resume(store, workflows, clock, request, payer).await;
    tracing::info!(approval.id = %request.id, approval.status = %request.status, "a newer plan took a request's place");
    Ok(request.status == Status::Superseded)
}
