//! Preparing: the input becomes frozen facts and a stored plan.

use crate::contract::prepare::{Input, Prepared};
use crate::contract::{Cursor, TaskError, TaskErrorName};
use crate::domain::{EmailAddress, Facts, Fingerprint, Level, NamedBy, Plan, PlanKey, SCHEMA};
use crate::ports::{Clock, Random, StorePlans, Written};

/// What the operators set: who approves when nothing else says so, and how long they have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// The stack's default approver.
    pub approver: EmailAddress,
    /// How long approvers have.
    pub timeout_seconds: u32,
    /// After how long they are reminded; `None`: never.
    pub remind_after_seconds: Option<u32>,
}

/// Freezes the facts, stores the plan, and answers with the cursor to its first level.
///
/// # Errors
/// `InvalidInput` when nobody could ever approve it, or when the execution has prepared something else;
/// `TemporarilyUnavailable` when storage fails.
pub async fn prepare(
    store: &impl StorePlans,
    clock: &impl Clock,
    random: &impl Random,
    defaults: &Defaults,
    input: Input,
) -> Result<Prepared, TaskError> {
    let plan = plan(clock, random, defaults, input);
    refuse_dead_end(&plan)?;
    // If the process dies after storing, the retry of the same execution finds this plan and answers with it.
    let plan = match store.store_plan(&plan).await? {
        Written::Stored => plan,
        Written::Conflict(stored) if stored.fingerprint == plan.fingerprint => *stored,
        // Iterations of a Map share their execution: answering with another one's plan would deploy that twice.
        Written::Conflict(_) => {
            return Err(TaskError::new(
                TaskErrorName::InvalidInput,
                "this execution has prepared something else; a state machine that prepares more than once leaves execution out",
            ));
        }
    };
    let Facts::Deployment(facts) = plan.facts else {
        return Err(TaskError::new(TaskErrorName::InvalidInput, "the stored plan is not for a deployment"));
    };
    let cursor = match plan.levels.first() {
        Some(level) => Cursor::to_level(plan.key, 1, level),
        None => Cursor::not_needed(plan.key),
    };
    Ok(Prepared::new(facts, plan.fingerprint, cursor))
}

fn plan(clock: &impl Clock, random: &impl Random, defaults: &Defaults, input: Input) -> Plan {
    let facts = Facts::Deployment(input.facts);
    let requested_by = Some(input.requested_by);
    // Only a caller that loops on `waiting` can be woken for a reminder.
    let remind_after =
        defaults.remind_after_seconds.filter(|after| input.can_wait && *after < defaults.timeout_seconds);
    let key = match &input.execution {
        Some(execution) => PlanKey::of_execution(execution),
        None => PlanKey::random(&random.bits()),
    };
    Plan {
        schema: SCHEMA,
        key,
        execution: input.execution,
        can_wait: input.can_wait,
        prepared_at: clock.now(),
        fingerprint: Fingerprint::of(&facts, requested_by.as_ref()),
        facts,
        requested_by,
        policy: None,
        subject: None,
        levels: vec![Level {
            deadline_seconds: Some(defaults.timeout_seconds),
            remind_after_seconds: remind_after.into_iter().collect(),
            ..Level::of_one("approval", "approver", defaults.approver.clone(), NamedBy::Stack)
        }],
    }
}

fn refuse_dead_end(plan: &Plan) -> Result<(), TaskError> {
    let dead_end = plan
        .levels
        .iter()
        .find_map(|level| level.unreachable_group(plan.requested_by.as_ref()).map(|group| (level, group)));
    dead_end.map_or(Ok(()), |(level, group)| {
        Err(TaskError::new(
            TaskErrorName::InvalidInput,
            format!(
                "nobody could approve this: level {:?} needs {} of its group {:?}, and the requester may not approve their own request",
                level.name, group.quorum, group.role
            ),
        ))
    })
}
