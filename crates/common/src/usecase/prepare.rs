//! Preparing: the input becomes frozen facts and a stored plan.

use std::time::Duration;

use super::failure::dead_end_error;
use super::preview::{preview, unfit};
use crate::contract::prepare::{Input, Prepared};
use crate::contract::{Cursor, TaskError, TaskErrorName};
use crate::domain::{
    EmailAddress, Facts, Fingerprint, Level, Matter, NamedBy, Outlook, Plan, PlanKey, Preview, SCHEMA,
    StoredPolicy, Subject, separation,
};
use crate::ports::{Clock, LookAtTargets, Pause, Random, ReadPolicy, StorePlans, Written};

/// How long a workflow waits to know what would change. Two reads of the table, which may take twenty seconds, and this
/// are less than the function's thirty.
pub const PATIENCE: Duration = Duration::from_secs(3);

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

/// Freezes the facts, looks at what would change, stores the plan, and answers with the cursor to its first level.
///
/// # Errors
/// `InvalidInput` when nobody could ever approve it, when its target could never carry it out, or when the execution has
/// prepared something else;
/// `TemporarilyUnavailable` when storage fails.
pub async fn prepare(
    store: &(impl StorePlans + ReadPolicy),
    targets: &impl LookAtTargets,
    clock: &(impl Clock + Pause),
    random: &impl Random,
    defaults: &Defaults,
    input: Input,
) -> Result<Prepared, TaskError> {
    let plan = match store.policy().await? {
        Some(stored) => plan_of_policy(clock, random, &stored, input)?,
        None => plan_of_defaults(clock, random, defaults, input),
    };
    refuse_dead_end(&plan)?;
    refuse_unfit(&plan)?;
    // If the process dies while it looks, nothing is stored, and the retry of the same execution looks again.
    let plan = Plan { preview: foreseen(targets, clock, &plan).await, ..plan };
    // If the process dies after storing, the retry of the same execution finds this plan and answers with it.
    let plan = match store.store_plan(&plan).await? {
        Written::Stored => plan,
        Written::Conflict(stored) if stored.fingerprint == plan.fingerprint => *stored,
        // Iterations of a Map share their execution: answering with another one's plan would deploy that twice.
        Written::Conflict(_) => {
            return Err(invalid(
                "this execution has prepared something else; a state machine that prepares more than once leaves execution out",
            ));
        }
    };
    let cursor = match plan.levels.first() {
        Some(level) => Cursor::to_level(plan.key, 1, level),
        None => Cursor::not_needed(plan.key),
    };
    Ok(Prepared::new(plan.facts, plan.fingerprint, cursor))
}

fn refuse_dead_end(plan: &Plan) -> Result<(), TaskError> {
    separation::check(&plan.levels, plan.requested_by.as_ref()).map_err(|dead_end| {
        dead_end_error(TaskErrorName::InvalidInput, "nobody could approve this", &dead_end)
    })
}

fn refuse_unfit(plan: &Plan) -> Result<(), TaskError> {
    let unfit = plan.rollout.as_ref().and_then(|rollout| unfit(&rollout.to, &plan.facts));
    unfit.map_or(Ok(()), |reason| Err(invalid(format!("this could not be carried out: {reason}"))))
}

/// What would change, where the plan leads anywhere. It is for people to see and decides nothing here: what is not possible
/// as things stand may be once it is approved.
async fn foreseen(
    targets: &impl LookAtTargets,
    clock: &(impl Clock + Pause),
    plan: &Plan,
) -> Option<Preview> {
    let rollout = plan.rollout.as_ref()?;
    // Boxed: the futures of every kind of target are large, and most plans need none.
    let preview = Box::pin(preview(targets, clock, PATIENCE, rollout, &plan.facts)).await;
    if let Outlook::Unknown { reason, .. } = &preview.outlook {
        tracing::warn!(approval.plan = %plan.key, reason, "what carrying it out would change is not known");
    }
    Some(preview)
}

/// Without a policy, the stack's default approver decides.
fn plan_of_defaults(clock: &impl Clock, random: &impl Random, defaults: &Defaults, input: Input) -> Plan {
    let remind_after = defaults.remind_after_seconds.filter(|after| *after < defaults.timeout_seconds);
    let level = Level {
        deadline_seconds: Some(defaults.timeout_seconds),
        remind_after_seconds: remind_after.into_iter().collect(),
        ..Level::of_one("approval", "approver", defaults.approver.clone(), NamedBy::Stack)
    };
    let subject = subject(&input.facts);
    Plan { subject, ..plan(clock, random, input, vec![level]) }
}

fn plan_of_policy(
    clock: &impl Clock,
    random: &impl Random,
    stored: &StoredPolicy,
    input: Input,
) -> Result<Plan, TaskError> {
    let matter = Matter::of(&input.facts);
    let rule = stored.policy.rule_for(matter);
    let rule = rule.ok_or_else(|| invalid("no rule of the stored policy is about this"))?;
    if stored.policy.forbids(rule, matter.environment) {
        return Err(invalid(format!(
            "the policy protects the environment {:?}, and its rule {:?} would let this in without a person's approval",
            matter.environment, rule.name
        )));
    }
    if rule.levels.len() > 1 && !input.can_wait {
        return Err(invalid(format!(
            "the policy's rule {:?} asks {} levels one after another, and this state machine does not say that it goes on to the next (canWait: true)",
            rule.name,
            rule.levels.len()
        )));
    }
    let subject = subject(&input.facts).filter(|_| rule.supersede);
    let rollout = stored.policy.target_for(&input.facts).map(|target| target.rollout.clone());
    let plan = plan(clock, random, input, rule.levels.clone());
    Ok(Plan { policy: Some(stored.version(rule)), subject, rollout, ..plan })
}

fn plan(clock: &impl Clock, random: &impl Random, input: Input, levels: Vec<Level>) -> Plan {
    let facts = input.facts;
    let requested_by = Some(input.requested_by);
    let key = match &input.execution {
        Some(execution) => PlanKey::of_execution(execution),
        None => PlanKey::random(&random.bits()),
    };
    // Only a caller that loops on `waiting` can be woken before the end.
    let levels = levels.into_iter().map(|level| if input.can_wait { level } else { level.for_one_wait() });
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
        rollout: None,
        preview: None,
        levels: levels.collect(),
    }
}

/// What a newer plan takes an older one's place by. Nothing tells that two subjects are about the same.
fn subject(facts: &Facts) -> Option<Subject> {
    match facts {
        Facts::Deployment(facts) => Some(Subject::of(facts)),
        Facts::General(_) => None,
    }
}

fn invalid(message: impl Into<String>) -> TaskError {
    TaskError::new(TaskErrorName::InvalidInput, message)
}
