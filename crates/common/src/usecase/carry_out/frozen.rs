//! Freezes: an approval that meets one waits, its record says so, and the requester learns it. Whoever cannot ask again
//! leaves it to the schedule.

use jiff::Timestamp;

use super::approvals::Approvals;
use super::{CarryOut, unavailable};
use crate::contract::{FollowUp, TaskError, TaskErrorName};
use crate::domain::freeze::frozen;
use crate::domain::{
    Command, Frozen, Matter, Notice, Progress, Request, RequestId, Resume, Rollout, StoredPolicy,
};
use crate::ports::{
    ClaimApprovals, Clock, KeepRequests, ReachTargets, ReadPlans, ReadPointers, ReadPolicy, SendMail,
    StoreError,
};
use crate::usecase::keep::keep;
use crate::usecase::note_end::note_end;
use crate::usecase::tell::tell_requester;

/// The freeze of this policy that holds the request up. In a zone that is not known nobody guesses.
pub(super) fn freeze_of(
    policy: Option<&StoredPolicy>,
    request: &Request,
    now: Timestamp,
) -> Result<Option<Frozen>, TaskError> {
    let freezes = policy.map_or(&[][..], |stored| &stored.policy.freezes);
    frozen(freezes, Matter::of(&request.facts), now).map_err(|error| unavailable(error.to_string()))
}

impl<S, T, M, C> CarryOut<'_, S, T, M, C>
where
    S: KeepRequests + ClaimApprovals + ReadPlans + ReadPointers + ReadPolicy,
    T: ReachTargets,
    M: SendMail,
    C: Clock,
{
    /// Notes which freeze holds the request up; one that another call has claimed meanwhile stays claimed. If the process
    /// dies after it, the next look tells of it.
    pub(super) async fn note_frozen(&self, request: Request, by: Frozen) -> Result<Request, StoreError> {
        // Whoever asks has the approvals: the workflow, or the schedule that it left them to.
        let commands = [Command::NoteResume(Resume::Done), Command::Freeze(by)];
        keep(self.store, self.clock, request, &commands).await
    }

    /// Notes that nothing freezes it any more; from then on a target that does not answer has its time.
    pub(super) async fn note_thawed(&self, request: Request) -> Result<Request, StoreError> {
        keep(self.store, self.clock, request, &[Command::Thaw]).await
    }

    /// Once; if the process dies after the mail, the next look sends it once more.
    pub(super) async fn tell_frozen(&self, request: Request) -> Result<Request, StoreError> {
        if request.waits_for().is_none() {
            return Ok(request);
        }
        tell_requester(self.store, self.mail, self.clock, request, Notice::Frozen).await
    }

    /// Begins what was left to the schedule, if it may be by now: everything is checked as for a workflow. `None` where a
    /// newer plan took its place.
    pub(in crate::usecase) async fn begin(&self, id: &RequestId) -> Result<Option<Progress>, TaskError> {
        let follow_up = FollowUp { approved_request: Some(id.clone()), ..FollowUp::default() };
        let began = async {
            let Approvals { plan, mut requests } = self.checked(&follow_up).await?;
            let rollout = plan.and_then(|plan| plan.rollout);
            let (Some(rollout), Some(last)) = (rollout, requests.pop()) else { return Ok(Progress::Unused) };
            self.advance(requests, last, &rollout).await
        };
        match began.await {
            Err(error) if error.name() == TaskErrorName::NotApproved => {
                tracing::info!(approval.id = %id, %error, "what waited for a freeze is not begun");
                Ok(None)
            }
            began => began.map(Some),
        }
    }

    /// Takes a change as far as it goes, and tells whoever has to know.
    pub(super) async fn advance(
        &self,
        earlier: Vec<Request>,
        last: Request,
        rollout: &Rollout,
    ) -> Result<Progress, TaskError> {
        let last = self.deploy(&earlier, last, rollout).await?;
        let last = self.tell_frozen(last).await?;
        let progress = last.progress();
        note_end(self.store, self.mail, self.clock, earlier, last).await?;
        Ok(progress)
    }
}
