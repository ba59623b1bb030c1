//! Giving up a deployment: its workflow has ended, and nobody asks any more how it went.

use jiff::SignedDuration;

use super::keep::keep;
use crate::domain::{Command, Deployment, Failure, Progress, Request};
use crate::ports::{Clock, DescribeWorkflows, KeepRequests, StoreError, WorkflowState};

/// How old a claim is before its workflow is looked at: longer than the function that made it can be at work.
const AT_WORK: SignedDuration = SignedDuration::from_mins(2);

/// Gives a claimed change up if its workflow has ended. A workflow that cannot be looked at is looked at again later.
///
/// # Errors
/// When storage fails.
pub(super) async fn give_up_if_over(
    store: &impl KeepRequests,
    workflows: &impl DescribeWorkflows,
    clock: &impl Clock,
    request: Request,
) -> Result<Request, StoreError> {
    let is_old = request.change.as_ref().is_some_and(|change| clock.now() >= change.at + AT_WORK);
    if request.progress() != Progress::Deploying || !is_old {
        return Ok(request);
    }
    let Some(execution) = request.awaited_by() else {
        return Ok(request);
    };
    match workflows.describe(execution).await {
        Ok(WorkflowState::Ended(_)) => give_up(store, clock, request).await,
        Ok(_) => Ok(request),
        Err(error) => {
            tracing::warn!(approval.id = %request.id, %error, "the workflow of a deployment could not be looked at");
            Ok(request)
        }
    }
}

/// Notes that nobody knows how it went. Whoever notes its end before this write wins. If the process dies after it, the
/// record says by itself that its people have to be told.
///
/// # Errors
/// When storage fails.
pub(super) async fn give_up(
    store: &impl KeepRequests,
    clock: &impl Clock,
    request: Request,
) -> Result<Request, StoreError> {
    if request.progress() != Progress::Deploying {
        return Ok(request);
    }
    let reason = "the workflow ended before anybody knew whether it got there";
    let end = Deployment::failed(clock.now(), Failure::Failed, reason);
    keep(store, clock, request, &[Command::Execute(end)]).await
}
