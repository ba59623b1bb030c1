//! Carrying out: what was approved is used once, after everything has been read again.
//!
//! The order is claim, act, note the end. Nothing is claimed while a freeze of the newest policy holds. The claim stands in the record of the last level before anything is touched,
//! so that retries, redrives and double calls make the same change.

mod answer;
mod approvals;
mod claim;
mod frozen;

use jiff::Timestamp;
use serde_json::Value;

use self::approvals::Approvals;
use super::deploy::{self, Acted, Work};
use super::keep::{MAX_ATTEMPTS, contended};
use super::note_end::{earlier_levels, note, note_end};
use super::supersede::newer_plan;
use super::tell::tell_requester;
use crate::contract::{FollowUp, TaskError, TaskErrorName};
use crate::domain::{
    Command, Deployment, DeploymentFacts, Facts, Failure, GeneralFacts, Notice, Plan, PlanKey, Progress,
    Request, RequestId, Rollout, Stage,
};
use crate::ports::{
    ClaimApprovals, Clock, KeepRequests, ReachTargets, ReadPlans, ReadPointers, ReadPolicy, SendMail,
    StoreError, TargetError, Written,
};

/// What carrying out needs.
#[derive(Debug)]
pub struct CarryOut<'a, S, T, M, C> {
    /// Requests and plans.
    pub store: &'a S,
    /// Where versions go.
    pub targets: &'a T,
    /// Mail.
    pub mail: &'a M,
    /// Time.
    pub clock: &'a C,
    /// After how many days the record of a deployment that nobody had to approve may be dropped; `None`: never.
    pub retention_days: Option<u32>,
}

impl<S, T, M, C> CarryOut<'_, S, T, M, C>
where
    S: KeepRequests + ClaimApprovals + ReadPlans + ReadPointers + ReadPolicy,
    T: ReachTargets,
    M: SendMail,
    C: Clock,
{
    /// Uses an approval: checks every record behind it, then does what was approved, or answers with what an earlier
    /// call did.
    ///
    /// # Errors
    /// `NotApproved`, `FingerprintMismatch`, `NotFound` or `InvalidInput` when the records do not carry it;
    /// `TemporarilyUnavailable` when storage or the target fails.
    pub async fn run(&self, follow_up: &FollowUp) -> Result<Value, TaskError> {
        let Approvals { plan, mut requests } = self.checked(follow_up).await?;
        let rollout = plan.as_ref().and_then(|plan| plan.rollout.as_ref());
        let Some(last) = requests.pop() else {
            return Ok(answer::ended(None, &nowhere(plan.as_ref(), None, self.clock.now())));
        };
        let last = match rollout {
            None => {
                let end = nowhere(plan.as_ref(), Some(&last.facts), self.clock.now());
                note(self.store, self.clock, last, &end, None).await?
            }
            Some(rollout) => self.deploy(&requests, last, rollout).await?,
        };
        match (last.deployment.clone(), rollout) {
            (None, Some(rollout)) => {
                let last = self.tell_frozen(last).await?;
                Ok(answer::going(&last, rollout.poll_seconds, self.clock.now()))
            }
            (None, None) => Err(contended("note how a deployment ended").into()),
            (Some(end), _) => {
                let told = note_end(self.store, self.mail, self.clock, requests, last).await?;
                Ok(answer::ended(Some(&told), &end))
            }
        }
    }

    /// Goes on with the change that is claimed in this record, and says how far it came; `None` where none is under way
    /// any more.
    ///
    /// # Errors
    /// `TemporarilyUnavailable` when storage fails.
    pub(super) async fn go_on(&self, id: &RequestId) -> Result<Option<Progress>, TaskError> {
        let last = self.store.request(id).await?;
        let Some(last) = last.filter(|last| last.progress() == Progress::Deploying) else { return Ok(None) };
        let plan = match &last.plan {
            Some(key) => self.store.plan(key).await?,
            None => None,
        };
        let Some(rollout) = plan.and_then(|plan| plan.rollout) else { return Ok(Some(last.progress())) };
        let earlier = earlier_levels(self.store, &last).await?;
        self.advance(earlier, last, &rollout).await.map(Some)
    }

    /// The approvals that a state leads to, every one of them checked, and none of them overtaken before it is used.
    async fn checked(&self, follow_up: &FollowUp) -> Result<Approvals, TaskError> {
        let Approvals { plan, mut requests } = approvals::find(self.store, follow_up).await?;
        if let Some(plan) = plan.as_ref().filter(|plan| plan.levels.is_empty() && plan.rollout.is_some()) {
            requests.push(self.waived(plan).await?);
        }
        self.refuse_overtaken(plan.as_ref(), &requests).await?;
        Ok(Approvals { plan, requests })
    }

    /// Nothing is begun on an approval whose place a newer plan has taken. What was begun before goes on, and what it
    /// led to is answered again.
    async fn refuse_overtaken(&self, plan: Option<&Plan>, requests: &[Request]) -> Result<(), TaskError> {
        if requests.iter().any(|request| request.progress() != Progress::Unused) {
            return Ok(());
        }
        match newer_plan(self.store, plan.and_then(Plan::guard)).await? {
            Some(newer) => Err(self.overtaken(requests.last(), &newer).await?),
            None => Ok(()),
        }
    }

    /// If the process dies before this is noted, the retried task tells once more at most.
    async fn overtaken(&self, last: Option<&Request>, newer: &PlanKey) -> Result<TaskError, StoreError> {
        if let Some(last) = last {
            tell_requester(self.store, self.mail, self.clock, last.clone(), Notice::Overtaken).await?;
        }
        let newer = RequestId::of_level(newer, 1);
        let message = format!("the newer request {newer} took this one's place; nothing was done");
        Ok(TaskError::new(TaskErrorName::NotApproved, message))
    }

    /// Claims the change, or goes on with the one that is claimed, and acts on it; without an end, the workflow has to
    /// ask again. If the process dies after the claim or after an act, the next call finds the claim, and the target
    /// tells how far it was acted on.
    async fn deploy(
        &self,
        earlier: &[Request],
        last: Request,
        rollout: &Rollout,
    ) -> Result<Request, TaskError> {
        let mut request = self.claim(earlier, last, rollout).await?;
        let mut noted_now = false;
        for _ in 0..MAX_ATTEMPTS {
            let Some(command) = self.act(&request, rollout, noted_now).await? else { return Ok(request) };
            let next = request.clone().after(command, self.clock.now());
            if next.version == request.version {
                return Ok(request);
            }
            // What was found is true of the record that was read. Whoever has changed it since may have done what was
            // found: it is looked at again.
            match self.store.keep(&next, request.version).await? {
                Written::Stored => (request, noted_now) = (next, true),
                Written::Conflict(current) => {
                    (request, noted_now) = (*current, false);
                    continue;
                }
            }
            // What is to be taken back, or has all that it needs, goes on at once.
            if let Some(Stage::Reached { step: 1.., .. }) = request.stage {
                return Ok(request);
            }
        }
        Err(contended("deploy").into())
    }

    /// What is to be noted of a claimed change after acting on it; nothing where it goes on later, or has ended.
    async fn act(
        &self,
        request: &Request,
        rollout: &Rollout,
        noted_now: bool,
    ) -> Result<Option<Command>, TaskError> {
        let Some(change) = request.change.as_ref().filter(|_| request.deployment.is_none()) else {
            return Ok(None);
        };
        let stage = request.stage.as_ref();
        let work = Work { change, stage, noted_now, request, now: self.clock.now() };
        let acted = deploy::act(self.targets, &rollout.to, &work).await;
        let now = self.clock.now();
        let failed = |failure, reason: &str| Command::Execute(Deployment::failed(now, failure, reason));
        let broken_off = |why: &str| Command::Execute(request.broken_off(now, why));
        Ok(Some(match acted {
            Ok(Acted::Done) => Command::Execute(Deployment::done(now)),
            Ok(Acted::Reached { step, says, made }) => {
                Command::Reach(Stage::Reached { at: now, step, says, made })
            }
            Ok(Acted::Going) => return Ok(None),
            Ok(Acted::Turned(reason)) => {
                let made = stage.and_then(Stage::made);
                Command::Reach(Stage::rolling_back(now, &reason).with(made))
            }
            Ok(Acted::RolledBack(reason)) => failed(Failure::RolledBack, &reason),
            Ok(Acted::Impossible(reason)) => failed(Failure::NothingChanged, &reason),
            Ok(Acted::Failed(reason)) => failed(Failure::Failed, &reason),
            Ok(Acted::LeftAlone(reason)) => failed(Failure::LeftAlone, &reason),
            Err(error @ TargetError::Refused { .. }) => broken_off(&error.to_string()),
            Err(error) if now >= change.until => {
                broken_off(&format!("nobody knows whether it got there, and the time for it is up: {error}"))
            }
            Err(error) => {
                tracing::warn!(approval.id = %request.id, %error, "a target did not answer");
                return Ok(None);
            }
        }))
    }
}

/// No place is configured for what was shown, or for what the plan is about.
fn nowhere(plan: Option<&Plan>, shown: Option<&Facts>, now: Timestamp) -> Deployment {
    let planned = plan.map(|plan| &plan.facts);
    let reason = match shown.or(planned) {
        Some(Facts::Deployment(DeploymentFacts { service_name, environment, .. })) => {
            format!("no deployment target is configured for {service_name} in {environment}")
        }
        Some(facts @ Facts::General(GeneralFacts { kind, .. })) if planned == Some(facts) => match kind {
            Some(kind) => format!("no target is configured for the kind {kind}"),
            None => "no target is configured for what has no kind".to_owned(),
        },
        Some(Facts::General(_)) | None => "the request has no deployment facts".to_owned(),
    };
    Deployment::nowhere(now, reason)
}

fn unavailable(reason: String) -> TaskError {
    TaskError::new(TaskErrorName::TemporarilyUnavailable, reason)
}
