//! From what a caller passes to the request that it means: who is asked, about what, under which id.

use crate::contract::send_approval::{NamedApprover, Payload};
use crate::contract::{Cursor, TaskError, TaskErrorName};
use crate::domain::request_id::Circumstances;
use crate::domain::{
    EmailAddress, Fact, Facts, Fingerprint, GeneralFacts, Level, Matter, NamedBy, NextLevel, Plan, PlanKey,
    PolicyVersion, Preview, RequestId, StoredPolicy, Subject, Workflow,
};

/// The parts of a request that its caller determines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Blueprint {
    pub(super) id: RequestId,
    pub(super) plan: Option<PlanKey>,
    pub(super) level_number: u32,
    pub(super) level_count: u32,
    pub(super) next: Option<NextLevel>,
    pub(super) can_wait: bool,
    pub(super) workflow: Workflow,
    pub(super) facts: Facts,
    pub(super) fingerprint: Fingerprint,
    pub(super) requested_by: Option<EmailAddress>,
    pub(super) policy: Option<PolicyVersion>,
    pub(super) subject: Option<Subject>,
    pub(super) preview: Option<Preview>,
    pub(super) level: Level,
    /// Every level of the workflow, for the separation of duties.
    pub(super) levels: Vec<Level>,
}

/// The request for a level of a stored plan. What the caller shows must be what the plan froze.
pub(super) fn of_plan(payload: &Payload, cursor: &Cursor, plan: Plan) -> Result<Blueprint, TaskError> {
    let number = cursor.level.unwrap_or(1);
    let level = plan.level(number).cloned().ok_or_else(|| {
        TaskError::new(TaskErrorName::NotFound, format!("the stored plan has no level {number}"))
    })?;
    if let Some(facts) = &payload.facts
        && Fingerprint::of(facts, plan.requested_by.as_ref()) != plan.fingerprint
    {
        return Err(TaskError::new(
            TaskErrorName::FingerprintMismatch,
            "what is to be shown is not what prepare froze; pass on what it answered, unchanged",
        ));
    }
    let next = plan.level(number + 1).and_then(|level| {
        let wait_seconds = Cursor::to_level(plan.key.clone(), number + 1, level).wait_seconds?;
        Some(NextLevel { number: number + 1, wait_seconds })
    });
    Ok(Blueprint {
        id: RequestId::of_level(&plan.key, number),
        level_number: number,
        level_count: u32::try_from(plan.levels.len()).unwrap_or(u32::MAX),
        next,
        can_wait: plan.can_wait,
        // The end of a workflow finds its requests by this, also of a caller that said it to `prepare` only.
        workflow: Workflow {
            execution: payload.workflow.execution.clone().or(plan.execution),
            ..payload.workflow.clone()
        },
        facts: plan.facts,
        fingerprint: plan.fingerprint,
        requested_by: plan.requested_by,
        policy: plan.policy,
        subject: plan.subject,
        preview: plan.preview,
        level,
        levels: plan.levels,
        plan: Some(plan.key),
    })
}

/// The request of a caller that names its approver.
pub(super) fn of_caller(payload: &Payload, named: &NamedApprover) -> Blueprint {
    let facts = shown(payload, &named.role);
    let level = Level::of_one(&named.role, &named.role, named.email.clone(), NamedBy::Caller);
    without_plan(payload, facts, level, Some(&named.email))
}

/// The request of a caller that names nobody and has no plan: the policy says who is asked. A single wait is all that
/// such a caller has, so there is one level, and nobody is reminded.
pub(super) fn of_policy(payload: &Payload, stored: &StoredPolicy) -> Result<Blueprint, TaskError> {
    let facts = shown(payload, "approver");
    let rule = stored.policy.rule_for(Matter::of(&facts)).ok_or_else(|| {
        TaskError::new(TaskErrorName::InvalidInput, "no rule of the stored policy is about this")
    })?;
    if stored.policy.forbids(rule, Matter::of(&facts).environment) {
        let message =
            format!("the policy protects the environment, and its rule {:?} asks nobody", rule.name);
        return Err(TaskError::new(TaskErrorName::InvalidInput, message));
    }
    let level = match rule.levels.as_slice() {
        [] => Level::of_nobody(&rule.name),
        [level] => level.clone().for_one_wait(),
        levels => {
            let message = format!(
                "the policy's rule {:?} asks {} levels one after another, which needs a plan: call prepare first, with canWait",
                rule.name,
                levels.len()
            );
            return Err(TaskError::new(TaskErrorName::InvalidInput, message));
        }
    };
    let version = stored.version(rule);
    let levels = if level.groups.is_empty() { Vec::new() } else { vec![level.clone()] };
    // Not the approvers: a retry has to find its request also when a new version names others.
    Ok(Blueprint { policy: Some(version), levels, ..without_plan(payload, facts, level, None) })
}

/// The request of a caller that names nobody: the stack's default approver is asked.
pub(super) fn of_default(payload: &Payload, approver: &EmailAddress) -> Blueprint {
    let level = Level::of_one("approver", "approver", approver.clone(), NamedBy::Stack);
    without_plan(payload, shown(payload, "approver"), level, Some(approver))
}

fn shown(payload: &Payload, role: &str) -> Facts {
    payload.facts.clone().unwrap_or_else(|| what_is_known(payload, role))
}

fn without_plan(payload: &Payload, facts: Facts, level: Level, approver: Option<&EmailAddress>) -> Blueprint {
    let fingerprint = Fingerprint::of(&facts, payload.requested_by.as_ref());
    let id = match &payload.workflow.execution {
        Some(execution) => RequestId::of_circumstances(&Circumstances {
            execution,
            state: payload.workflow.state.as_deref(),
            fingerprint: &fingerprint,
            approvers: approver.into_iter().collect(),
            request_key: payload.request_key.as_deref(),
        }),
        None => RequestId::of_token(&payload.task_token),
    };
    Blueprint {
        id,
        plan: None,
        level_number: 1,
        level_count: 1,
        next: None,
        can_wait: false,
        workflow: payload.workflow.clone(),
        facts,
        fingerprint,
        requested_by: payload.requested_by.clone(),
        policy: None,
        subject: None,
        preview: None,
        levels: vec![level.clone()],
        level,
    }
}

/// With no facts from the caller, the request shows where it comes from.
fn what_is_known(payload: &Payload, role: &str) -> Facts {
    let machine = payload.workflow.state_machine.as_deref().and_then(|arn| arn.rsplit(':').next());
    let title = match machine {
        Some(machine) => format!("{machine}, as {role}"),
        None => format!("a workflow, as {role}"),
    };
    let row = |label: &str, value: Option<&str>| {
        value.map(|value| Fact { label: label.to_owned(), value: value.to_owned() })
    };
    let rows = [
        row("Role", Some(role)),
        row("State machine", machine),
        row("Workflow", payload.workflow.name()),
        row("State", payload.workflow.state.as_deref()),
    ];
    Facts::General(GeneralFacts {
        kind: None,
        title,
        amount: None,
        facts: rows.into_iter().flatten().collect(),
        details: None,
        link: None,
    })
}
