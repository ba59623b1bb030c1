//! Noting an end: every level's record says how the deployment ended, and its people are told.

use super::keep::keep;
use super::tell::{tell_everyone, tell_requester};
use crate::domain::{Change, Command, Deployment, Notice, Request, RequestId, Resume};
use crate::ports::{Clock, KeepRequests, SendMail, StoreError};

/// Brings the end that stands in the last level's record into those of the earlier ones, and tells everybody. If the
/// process dies on the way, the last record owes its notice: the retried task, or whoever pays that debt, does the rest.
pub(super) async fn note_end(
    store: &impl KeepRequests,
    mail: &impl SendMail,
    clock: &impl Clock,
    earlier: Vec<Request>,
    last: Request,
) -> Result<Request, StoreError> {
    let Some(end) = last.deployment.clone() else { return Ok(last) };
    for request in earlier {
        let request = note(store, clock, request, &end, last.change.as_ref()).await?;
        if end.failure.is_some() {
            tell_everyone(store, mail, clock, request, Notice::DeploymentFailed).await?;
        }
    }
    // The requester learns every end; whoever was asked learns that it failed.
    if end.failure.is_some() {
        tell_everyone(store, mail, clock, last, Notice::DeploymentFailed).await
    } else {
        tell_requester(store, mail, clock, last, Notice::CarriedOut).await
    }
}

/// What came to an end here proves that the workflow got its approvals.
pub(super) async fn note(
    store: &impl KeepRequests,
    clock: &impl Clock,
    request: Request,
    end: &Deployment,
    change: Option<&Change>,
) -> Result<Request, StoreError> {
    let claim = change.cloned().map(Command::Claim);
    let resumed = Command::NoteResume(Resume::Done);
    let commands: Vec<_> =
        [resumed].into_iter().chain(claim).chain([Command::Execute(end.clone())]).collect();
    keep(store, clock, request, &commands).await
}

/// The records of the levels before this one, in order.
pub(super) async fn earlier_levels(
    store: &impl KeepRequests,
    last: &Request,
) -> Result<Vec<Request>, StoreError> {
    let mut earlier = Vec::new();
    if let Some(key) = &last.plan {
        for number in 1..last.level_number {
            earlier.extend(store.request(&RequestId::of_level(key, number)).await?);
        }
    }
    Ok(earlier)
}
