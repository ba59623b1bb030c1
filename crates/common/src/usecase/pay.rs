//! Paying what one record owes: its workflow an answer, and its people a notice of an end that no task tells.

use super::give_up::give_up_if_over;
use super::note_end::{earlier_levels, note_end};
use super::resume::{Payer, Payment, SETTLING, try_to_resume};
use super::tell::tell_everyone;
use crate::domain::{Notice, Request, RequestId};
use crate::ports::{Clock, DescribeWorkflows, KeepRequests, ResumeWorkflows, SendMail, StoreError};

/// Reads the record and pays what it owes, as far as that can be done now. `None`: there is no such record.
///
/// Whoever wakes this up may be late, repeat itself, or be wrong: only the record says what is owed.
///
/// # Errors
/// When storage fails.
pub async fn pay<S, M, W, C>(
    store: &S,
    mail: &M,
    workflows: &W,
    clock: &C,
    id: &RequestId,
) -> Result<Option<Payment>, StoreError>
where
    S: KeepRequests,
    M: SendMail,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    let Some(request) = store.request(id).await? else {
        tracing::warn!(approval.id = %id, "no record is stored for a debt");
        return Ok(None);
    };
    match try_to_resume(store, workflows, clock, request, Payer::Passerby).await {
        Payment::Settled(request) => {
            let request = give_up_if_over(store, clock, request).await?;
            Ok(Some(Payment::Settled(tell(store, mail, clock, request).await?)))
        }
        interrupted @ Payment::Interrupted(_) => Ok(Some(interrupted)),
    }
}

/// A record that has just changed is left alone: a task of the workflow may be about to tell, and a payer that
/// has delivered the decision to prove it. Of a deployment the last level's record tells everybody.
async fn tell(
    store: &impl KeepRequests,
    mail: &impl SendMail,
    clock: &impl Clock,
    request: Request,
) -> Result<Request, StoreError> {
    let settled = clock.now() >= request.changed_at() + SETTLING;
    match request.owed_notice().filter(|_| settled) {
        Some(Notice::CarriedOut | Notice::DeploymentFailed) => {
            let earlier = earlier_levels(store, &request).await?;
            note_end(store, mail, clock, earlier, request).await
        }
        Some(notice) => tell_everyone(store, mail, clock, request, notice).await,
        None => Ok(request),
    }
}
