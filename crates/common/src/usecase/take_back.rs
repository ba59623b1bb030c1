//! Taking back: an open request is withdrawn while its workflow waits, and the workflow ends.

use super::keep::keep;
use super::resume::{Payer, resume};
use crate::domain::{Command, Refusal, Request, RequestId, Status};
use crate::ports::{Clock, DescribeWorkflows, KeepRequests, ResumeWorkflows, StoreError};

/// Why a request was not taken back.
#[derive(Debug, thiserror::Error)]
pub enum TakeBackError {
    /// Nothing is stored under this id.
    #[error("no request has this id")]
    NotFound,
    /// It has ended otherwise.
    #[error("the request was not taken back")]
    Refused {
        /// How it ended.
        #[source]
        refusal: Refusal,
        /// The request as it stands.
        request: Box<Request>,
    },
    /// Storage failed; taking back again is safe.
    #[error("the request could not be taken back")]
    Store(#[from] StoreError),
}

/// Withdraws a pending request and tells its workflow. A vote that comes first wins.
///
/// # Errors
/// When there is no such request, it has ended otherwise, or storage fails.
pub async fn take_back<S, W, C>(
    store: &S,
    workflows: &W,
    clock: &C,
    id: &RequestId,
    reason: &str,
) -> Result<Request, TakeBackError>
where
    S: KeepRequests,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    let request = store.request(id).await?.ok_or(TakeBackError::NotFound)?;
    let was_pending = request.status == Status::Pending;
    let request = keep(store, clock, request, &[Command::TakeBack { reason: reason.to_owned() }]).await?;
    // If the process dies here, `resume` is owed: the stream and the schedule pay it.
    let payer = Payer::of(was_pending && request.status == Status::Withdrawn);
    let request = resume(store, workflows, clock, request, payer).await;
    match Refusal::of_status(request.status) {
        Some(refusal) if request.status != Status::Withdrawn => {
            Err(TakeBackError::Refused { refusal, request: Box::new(request) })
        }
        _ => Ok(request),
    }
}
