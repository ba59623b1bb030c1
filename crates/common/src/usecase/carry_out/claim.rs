//! The claim: which change an approval is used for, in its record before anything is touched.

use jiff::{SignedDuration, Timestamp};

use super::frozen::freeze_of;
use super::{CarryOut, unavailable};
use crate::contract::TaskError;
use crate::domain::{
    Command, Deployment, Facts, Failure, Frozen, Generation, Level, Opening, Plan, Progress, Request,
    RequestId, Resume, Rollout, TaskToken, Workflow,
};
use crate::ports::{
    ClaimApprovals, Claimed, Clock, Guarded, KeepRequests, ReachTargets, ReadPlans, ReadPointers, ReadPolicy,
    SendMail, TargetError,
};
use crate::usecase::deploy::{self, Seen};
use crate::usecase::keep::{MAX_ATTEMPTS, contended};

impl<S, T, M, C> CarryOut<'_, S, T, M, C>
where
    S: KeepRequests + ClaimApprovals + ReadPlans + ReadPointers + ReadPolicy,
    T: ReachTargets,
    M: SendMail,
    C: Clock,
{
    /// The last level's record under a claim, made now or by an earlier call, or with the end that stands there; unused
    /// where the target does not answer yet, or a freeze holds. No claim is made where a newer plan has come, nor where a
    /// newer policy has: its freezes count. If the process dies after the write, the next call finds it.
    pub(super) async fn claim(
        &self,
        earlier: &[Request],
        last: Request,
        rollout: &Rollout,
    ) -> Result<Request, TaskError> {
        let approved: Vec<_> = earlier
            .iter()
            .chain([&last])
            .filter_map(|request| request.decision.as_ref())
            .map(|end| end.at)
            .collect();
        let mut request = last;
        for _ in 0..MAX_ATTEMPTS {
            if request.progress() != Progress::Unused {
                return Ok(request);
            }
            let policy = self.store.policy().await?;
            let now = self.clock.now();
            let seen = match too_old(&approved, rollout, request.waits_for(), now) {
                Some(reason) => Seen::Impossible(reason),
                None => match freeze_of(policy.as_ref(), &request, now)? {
                    Some(by) => return Ok(self.note_frozen(request, by).await?),
                    None => self.look(&request.facts, rollout).await,
                },
            };
            // Looking takes its time, in which a freeze may have begun.
            let now = self.clock.now();
            if let (Seen::Change(_), Some(by)) = (&seen, freeze_of(policy.as_ref(), &request, now)?) {
                return Ok(self.note_frozen(request, by).await?);
            }
            // That nothing was changed is noted only on the record that was read: another call may have claimed since.
            let command = match seen {
                Seen::Change(change) => Command::Claim(change),
                Seen::Busy(reason) if !request.can_wait && !request.is_left_to_the_schedule() => {
                    return Err(unavailable(reason));
                }
                Seen::Busy(reason) if now < ask_until(&approved, rollout, &request, now) => {
                    tracing::warn!(approval.id = %request.id, reason, "a target cannot be deployed to now");
                    return Ok(self.note_thawed(request).await?);
                }
                Seen::Busy(reason) | Seen::Impossible(reason) => {
                    Command::Execute(Deployment::failed(now, Failure::NothingChanged, &reason))
                }
            };
            let next = [Command::NoteResume(Resume::Done), Command::Thaw, command]
                .into_iter()
                .fold(request.clone(), |next, command| next.after(command, now));
            let policy = policy.map_or(0, |stored| stored.number);
            match self.store.claim(&next, request.version, policy).await? {
                Claimed::Stored => request = next,
                Claimed::Conflict(current) => request = *current,
                Claimed::Superseded(newer) => return Err(self.overtaken(Some(&request), &newer).await?),
                Claimed::NewerPolicy => {}
            }
        }
        Err(contended("claim an approval").into())
    }

    async fn look(&self, facts: &Facts, rollout: &Rollout) -> Seen {
        let now = self.clock.now();
        let until = now + SignedDuration::from_secs(rollout.limit_seconds.into());
        match deploy::look(self.targets, &rollout.to, facts, (now, until)).await {
            Ok(seen) => seen,
            Err(error @ TargetError::Refused { .. }) => Seen::Impossible(error.to_string()),
            Err(error) => Seen::Busy(error.to_string()),
        }
    }

    /// The record of a deployment that the policy lets through without anybody's approval: it is claimed, and told of,
    /// like any other. If the process dies after it is stored, the next call finds it.
    pub(super) async fn waived(&self, plan: &Plan) -> Result<Request, TaskError> {
        let now = self.clock.now();
        let request = of_nobody(plan, self.retention_days, now).after(Command::Waive, now);
        let request = request.after(Command::NoteResume(Resume::Done), now);
        Ok(match self.store.open(&request).await? {
            Guarded::Conflict(stored) => *stored,
            // What is decided is stored whatever came after; the claim is what a newer plan stops.
            Guarded::Stored | Guarded::Superseded(_) => request,
        })
    }
}

/// Until when a target that does not answer is asked: the time for a deployment, from the last approval on, or from when
/// a freeze that it met was gone.
fn ask_until(approved: &[Timestamp], rollout: &Rollout, request: &Request, now: Timestamp) -> Timestamp {
    let thaws = request.waits_for().map(|_| now);
    let from = approved.iter().copied().chain(request.thawed_at.or(thaws)).max();
    from.unwrap_or(Timestamp::MIN) + SignedDuration::from_secs(rollout.limit_seconds.into())
}

/// Why the approvals are too old to be used, if they are.
fn too_old(
    approved: &[Timestamp],
    rollout: &Rollout,
    waited_for: Option<&Frozen>,
    now: Timestamp,
) -> Option<String> {
    let limit = SignedDuration::from_secs(rollout.max_age_seconds?.into());
    let first = approved.iter().min()?;
    let waited = waited_for.map(|frozen| format!(" (it was {})", frozen.says())).unwrap_or_default();
    (now > *first + limit).then(|| {
        format!(
            "it was approved at {first}, and the policy lets an approval be used for {limit:#}{waited}; ask again"
        )
    })
}

/// A request that nobody is asked about, and that no task waits for.
fn of_nobody(plan: &Plan, retention_days: Option<u32>, now: Timestamp) -> Request {
    let rule = plan.policy.as_ref().map_or("policy", |policy| policy.rule.as_str());
    let opening = Opening {
        id: RequestId::of_level(&plan.key, 1),
        plan: Some(plan.key.clone()),
        policy: plan.policy.clone(),
        subject: plan.subject.clone(),
        level_number: 1,
        level_count: 1,
        next: None,
        can_wait: plan.can_wait,
        workflow: Workflow { execution: plan.execution.clone(), ..Workflow::default() },
        task_token: TaskToken::none(),
        generation: Generation { entered_at: now, retry: 0 },
        facts: plan.facts.clone(),
        fingerprint: plan.fingerprint.clone(),
        requested_by: plan.requested_by.clone(),
        preview: plan.preview.clone(),
        level: Level::of_nobody(rule),
        excluded: Vec::new(),
        base_url: String::new(),
        opened_at: now,
        retention_days,
        slack_target: None,
    };
    opening.open(now)
}
