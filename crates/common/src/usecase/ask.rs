//! Asking: opening a request, or giving an open one its new task token, and writing to its approvers.
//!
//! The order is record (with token and link hashes) first, then mail, then the note that the mail went out; then the
//! same for Slack.

mod letters;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::answering::tell;
use super::blueprint::{self, Blueprint};
use super::failure::dead_end_error;
use super::keep::keep;
use super::resume;
use super::supersede::close_if_superseded;
use crate::contract::send_approval::Payload;
use crate::contract::{TaskError, TaskErrorName};
use crate::domain::separation::{self, Served};
use crate::domain::{
    CallerNamedApprovers, Command, EmailAddress, Exclusion, Generation, Opening, Request, RequestId, Resume,
    SCHEMA, SlackTarget, Status,
};
use crate::ports::{
    AskSlackWho, Clock, Guarded, KeepRequests, Pause, PostToSlack, Random, ReadPlans, ReadPointers,
    ReadPolicy, ResumeError, ResumeWorkflows, SendMail,
};

/// How far back a caller's own time of entry is believed.
const OLDEST_ENTRY: SignedDuration = SignedDuration::from_mins(15);

/// What the operators set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Who is asked when nothing names an approver.
    pub default_approver: EmailAddress,
    /// Where links lead to.
    pub base_url: String,
    /// Whether approvers named by the caller count.
    pub caller_named_approvers: CallerNamedApprovers,
    /// After how many days a closed record may be dropped; `None`: never.
    pub retention_days: Option<u32>,
    /// Whether and where there is Slack.
    pub slack: SlackSettings,
}

/// What the operators set about Slack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlackSettings {
    /// There is none.
    Off,
    /// There is, and this channel is asked in where no policy names one.
    On {
        /// Its id, or `#name`; `None`: only where a policy names one.
        channel: Option<String>,
    },
}

/// The outside that asking needs.
#[derive(Debug)]
pub struct Ask<'a, S, M, L, W, C, R> {
    /// Requests and plans.
    pub store: &'a S,
    /// Mail.
    pub mail: &'a M,
    /// Slack.
    pub slack: &'a L,
    /// Waiting tasks: a decision still owed is delivered on a new token.
    pub workflows: &'a W,
    /// Time.
    pub clock: &'a C,
    /// Link secrets, and what spreads those that Slack has asked to wait.
    pub random: &'a R,
    /// What the operators set.
    pub settings: &'a Settings,
}

impl<S, M, L, W, C, R> Ask<'_, S, M, L, W, C, R>
where
    S: KeepRequests + ReadPlans + ReadPointers + ReadPolicy,
    M: SendMail,
    L: PostToSlack + AskSlackWho,
    W: ResumeWorkflows,
    C: Clock + Pause,
    R: Random,
{
    /// Asks, and answers with what became of it; the workflow ignores the answer and waits for its token.
    ///
    /// # Errors
    /// Whenever it would otherwise wait in silence: see [`TaskErrorName`].
    pub async fn run(&self, payload: &Payload) -> Result<Value, TaskError> {
        let blueprint = self.blueprint(payload).await?;
        let served = self.confirm_earlier_levels(&blueprint).await?;
        let excluded = exclusions(&blueprint, &served)?;
        let request = self.open(self.new_request(payload, blueprint, excluded)).await?;
        if request.task_token != payload.task_token {
            tracing::info!(approval.id = %request.id, "an older attempt arrived late and changes nothing");
            return Ok(answer(&request));
        }
        let request = self.waive_if_nobody_is_asked(request).await?;
        if request.status == Status::Pending {
            self.write_to_approvers(payload, request).await
        } else {
            self.deliver_again(request).await
        }
    }

    async fn blueprint(&self, payload: &Payload) -> Result<Blueprint, TaskError> {
        if let Some(named) = &payload.named {
            return match self.settings.caller_named_approvers {
                CallerNamedApprovers::Allow => Ok(blueprint::of_caller(payload, named)),
                CallerNamedApprovers::Refuse => Err(TaskError::new(
                    TaskErrorName::InvalidInput,
                    "this stack refuses approvers that the calling state machine names (parameter CallerNamedApprovers)",
                )),
            };
        }
        let Some(cursor) = &payload.cursor else {
            return match self.store.policy().await? {
                Some(policy) => blueprint::of_policy(payload, &policy),
                None => Ok(blueprint::of_default(payload, &self.settings.default_approver)),
            };
        };
        let plan = self.store.plan(&cursor.key).await?.ok_or_else(|| {
            TaskError::new(TaskErrorName::NotFound, format!("no plan is stored under {}", cursor.key))
        })?;
        blueprint::of_plan(payload, cursor, plan)
    }

    /// A later level may only be asked once those before it approved. That it is asked proves that the workflow got
    /// the last of these approvals. Answers with who voted at them.
    async fn confirm_earlier_levels(&self, blueprint: &Blueprint) -> Result<Vec<Served>, TaskError> {
        let mut served = Vec::new();
        for number in 1..blueprint.level_number {
            let Some(key) = &blueprint.plan else { break };
            let request = self.store.request(&RequestId::of_level(key, number)).await?;
            let Some(request) = request.filter(|request| request.status == Status::Approved) else {
                let message = format!(
                    "level {number} has not approved, so level {} cannot be asked",
                    blueprint.level_number
                );
                return Err(TaskError::new(TaskErrorName::NotApproved, message));
            };
            served.extend(
                request.votes.iter().map(|vote| Served { approver: vote.approver.clone(), level: number }),
            );
            if number + 1 == blueprint.level_number {
                keep(self.store, self.clock, request, &[Command::NoteResume(Resume::Done)]).await?;
            }
        }
        Ok(served)
    }

    /// Stores the new request, or finds the one that this wait belongs to.
    ///
    /// If the process dies after this, the record waits without links that anyone has; the retry of the
    /// task finds it and writes to its approvers.
    async fn open(&self, mut request: Request) -> Result<Request, TaskError> {
        let base = request.id.clone();
        let mut round = 1;
        loop {
            let existing = match self.store.open(&request).await? {
                Guarded::Stored => return Ok(request),
                Guarded::Conflict(existing) => *existing,
                Guarded::Superseded(by) => {
                    // It is stored all the same, so that its end can be seen and its people can be told.
                    request = request.after(Command::Supersede { by }, self.clock.now());
                    continue;
                }
            };
            if !asks_anew(&request, &existing) {
                let renew = Command::RenewWait {
                    task_token: request.task_token.clone(),
                    generation: request.generation,
                };
                let request = keep(self.store, self.clock, existing, &[renew]).await?;
                // On a later wait, a newer plan may have taken the place of its plan.
                return Ok(close_if_superseded(self.store, self.clock, request).await?);
            }
            round += 1;
            request.id = base.of_round(round);
        }
    }

    /// If the process dies after this write, the retry of the task finds the request approved and delivers that.
    async fn waive_if_nobody_is_asked(&self, request: Request) -> Result<Request, TaskError> {
        let by_policy = request.policy.is_some() && request.plan.is_none();
        if by_policy && request.level.groups.is_empty() {
            return Ok(keep(self.store, self.clock, request, &[Command::Waive]).await?);
        }
        Ok(request)
    }

    fn generation(&self, payload: &Payload) -> Generation {
        Generation {
            entered_at: payload.entered_at.unwrap_or_else(|| self.clock.now()),
            retry: payload.retry.unwrap_or(0),
        }
    }

    fn new_request(&self, payload: &Payload, blueprint: Blueprint, excluded: Vec<Exclusion>) -> Request {
        let now = self.clock.now();
        let generation = self.generation(payload);
        let slack_target = match &self.settings.slack {
            SlackSettings::Off => None,
            SlackSettings::On { channel } => SlackTarget::of_level(&blueprint.level, channel.as_deref()),
        };
        let opening = Opening {
            id: blueprint.id,
            plan: blueprint.plan,
            policy: blueprint.policy,
            subject: blueprint.subject,
            level_number: blueprint.level_number,
            level_count: blueprint.level_count,
            next: blueprint.next,
            can_wait: blueprint.can_wait,
            workflow: blueprint.workflow,
            task_token: payload.task_token.clone(),
            generation,
            facts: blueprint.facts,
            fingerprint: blueprint.fingerprint,
            requested_by: blueprint.requested_by,
            preview: blueprint.preview,
            level: blueprint.level,
            excluded,
            base_url: self.settings.base_url.clone(),
            opened_at: asked_since(generation.entered_at, now),
            retention_days: self.settings.retention_days,
            slack_target,
        };
        opening.open(now)
    }
}

impl<S: KeepRequests, M, L, W: ResumeWorkflows, C: Clock, R> Ask<'_, S, M, L, W, C, R> {
    /// A closed request is never opened again: its outcome goes to the token that waits now.
    async fn deliver_again(&self, request: Request) -> Result<Value, TaskError> {
        match tell(self.workflows, &request, &resume::answer(&request)).await {
            Ok(()) => {
                let done = [Command::NoteResume(Resume::Done)];
                Ok(answer(&keep(self.store, self.clock, request, &done).await?))
            }
            Err(ResumeError::NotWaiting { .. }) => Ok(answer(&request)),
            Err(error) => Err(TaskError::new(TaskErrorName::TemporarilyUnavailable, error.to_string())),
        }
    }
}

/// Who of the level's people may not vote there. That somebody can still approve it is checked here once more: the
/// votes of earlier levels are known now.
fn exclusions(blueprint: &Blueprint, served: &[Served]) -> Result<Vec<Exclusion>, TaskError> {
    let requester = blueprint.requested_by.as_ref();
    separation::exclusions(&blueprint.levels, blueprint.level_number, requester, served)
        .map_err(|dead_end| dead_end_error(TaskErrorName::NobodyAsked, "nobody was asked", &dead_end))
}

/// Whether a caller without a plan asks the same question once more, in a loop of its own: the wait that the
/// existing request belongs to is over, and this is a later one.
fn asks_anew(request: &Request, existing: &Request) -> bool {
    let over = match (existing.status, existing.resume) {
        (Status::Pending, _) | (_, Resume::Owed) => false,
        // It may have been taken back between two attempts of one wait; then the retry has to learn it.
        (Status::Withdrawn | Status::Superseded, _) => request.generation.retry == 0,
        _ => true,
    };
    let later = request.generation > existing.generation && request.task_token != existing.task_token;
    existing.plan.is_none() && over && later
}

/// The time from which deadlines count: when the state was entered, as far as that is believable.
fn asked_since(entered_at: Timestamp, now: Timestamp) -> Timestamp {
    if entered_at <= now && now.duration_since(entered_at) <= OLDEST_ENTRY { entered_at } else { now }
}

fn answer(request: &Request) -> Value {
    let sent = request.messages_sent();
    json!({"schema": SCHEMA, "requestId": request.id, "status": request.status, "messagesSent": sent})
}
