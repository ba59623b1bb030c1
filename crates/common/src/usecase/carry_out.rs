//! Carrying out: what was approved is used once, after everything has been read again.

use serde_json::{Value, json};

use super::keep::keep;
use super::supersede::newer_plan;
use super::tell::tell_requester;
use crate::contract::{FollowUp, TaskError, TaskErrorName};
use crate::domain::{
    Command, Deployment, DeploymentFacts, EmailAddress, Facts, Fingerprint, NamedBy, Notice, Plan, PlanKey,
    Request, RequestId, Resume, SCHEMA, Status,
};
use crate::ports::{Clock, KeepRequests, ReadPlans, ReadPointers, SendMail};

/// Uses an approval: checks every record behind it, then does what was approved, or answers with what the
/// first call did.
///
/// # Errors
/// `NotApproved`, `FingerprintMismatch`, `NotFound` or `InvalidInput` when the records do not carry it;
/// `TemporarilyUnavailable` when storage fails.
pub async fn carry_out<S: KeepRequests + ReadPlans + ReadPointers>(
    store: &S,
    mail: &impl SendMail,
    clock: &impl Clock,
    follow_up: &FollowUp,
) -> Result<Value, TaskError> {
    let approvals = match named_plan(store, follow_up).await? {
        Named::Plan(plan) => {
            check_facts(follow_up, &plan)?;
            if plan.levels.is_empty() {
                if let Some(newer) = newer_plan(store, plan.guard()).await? {
                    return Err(overtaken(&newer));
                }
                return Ok(answer(None, &attempt(&plan.facts, clock)));
            }
            let approvals = approvals_of_plan(store, follow_up, &plan).await?;
            // What was done before a newer plan came stays done, and is answered again.
            let unused = approvals.iter().all(|request| request.deployment.is_none());
            if unused && let Some(newer) = newer_plan(store, plan.guard()).await? {
                // If the process dies in between, the retried task tells once more at most.
                if let Some(last) = approvals.last() {
                    tell_requester(store, mail, clock, last.clone(), Notice::Overtaken).await?;
                }
                return Err(overtaken(&newer));
            }
            approvals
        }
        Named::Request(request) => vec![lone_approval(follow_up, *request)?],
    };
    let Some(last) = approvals.last() else {
        return Err(not_approved("the plan has no level that could have approved"));
    };
    let first_call = approvals.iter().find_map(|request| request.deployment.clone());
    let deployment = first_call.unwrap_or_else(|| attempt(&last.facts, clock));
    // Nothing has been deployed yet, so a process that dies here is simply run again. What is asked for
    // here proves that the workflow got its approvals.
    let mut spent = last.clone();
    for request in approvals {
        let commands = [Command::NoteResume(Resume::Done), Command::Execute(deployment.clone())];
        spent = keep(store, clock, request, &commands).await?;
    }
    let spent = tell_requester(store, mail, clock, spent, Notice::CarriedOut).await?;
    let deployment = spent.deployment.clone().unwrap_or(deployment);
    Ok(answer(Some(&spent), &deployment))
}

/// Nothing is deployed on an approval whose place a newer plan has taken.
fn overtaken(newer: &PlanKey) -> TaskError {
    let newer = RequestId::of_level(newer, 1);
    not_approved(&format!("the newer request {newer} took this one's place; nothing was done"))
}

/// Every level's record must be approved, for the same facts.
async fn approvals_of_plan<S: KeepRequests>(
    store: &S,
    follow_up: &FollowUp,
    plan: &Plan,
) -> Result<Vec<Request>, TaskError> {
    let mut approvals = Vec::new();
    for number in 1..=u32::try_from(plan.levels.len()).unwrap_or(u32::MAX) {
        let Some(request) = store.request(&RequestId::of_level(&plan.key, number)).await? else {
            return Ok(vec![approval_by_caller(store, follow_up, plan).await?]);
        };
        check_approved(&request)?;
        if request.fingerprint != plan.fingerprint {
            return Err(mismatch());
        }
        approvals.push(request);
    }
    Ok(approvals)
}

/// A caller that named its approvers itself never asked the plan's levels; its own approval counts if the
/// record says that the caller named them, and that they were shown what the plan froze. If they were shown
/// something else altogether, it counts for that, and nothing is deployed.
async fn approval_by_caller<S: KeepRequests>(
    store: &S,
    follow_up: &FollowUp,
    plan: &Plan,
) -> Result<Request, TaskError> {
    let Some(request) = (match &follow_up.approved_request {
        Some(id) => store.request(id).await?,
        None => None,
    }) else {
        return Err(not_approved("a level of the plan was never asked"));
    };
    check_approved(&request)?;
    if request.plan.is_some() || request.level.named_by != NamedBy::Caller {
        return Err(not_approved("a level of the plan was never asked"));
    }
    let shown_the_same = request.facts == plan.facts || matches!(request.facts, Facts::General(_));
    if !shown_the_same || !has_its_fingerprint(&request) {
        return Err(mismatch());
    }
    // The caller may not have said who asked; the plan knows.
    let asked =
        |person: &EmailAddress| plan.requested_by.as_ref().is_some_and(|asked| asked.is_same_person(person));
    if request.votes.iter().any(|vote| asked(&vote.approver)) {
        return Err(not_approved("the requester approved their own request"));
    }
    Ok(request)
}

/// What the caller's state leads to.
enum Named {
    Plan(Box<Plan>),
    Request(Box<Request>),
}

/// A request that belongs to a plan leads to the plan: one approved level does not stand for all.
async fn named_plan<S: KeepRequests + ReadPlans>(
    store: &S,
    follow_up: &FollowUp,
) -> Result<Named, TaskError> {
    let key = match (&follow_up.cursor, &follow_up.approved_request) {
        (Some(cursor), _) => cursor.key.clone(),
        (None, Some(id)) => {
            let request = store.request(id).await?.ok_or_else(|| not_found("request", id))?;
            match &request.plan {
                Some(key) => key.clone(),
                None => return Ok(Named::Request(Box::new(request))),
            }
        }
        (None, None) => {
            return Err(TaskError::new(
                TaskErrorName::InvalidInput,
                "the input names no approval: pass the whole state, or the approval's output",
            ));
        }
    };
    let plan = store.plan(&key).await?.ok_or_else(|| not_found("plan", &key))?;
    Ok(Named::Plan(Box::new(plan)))
}

fn lone_approval(follow_up: &FollowUp, request: Request) -> Result<Request, TaskError> {
    check_approved(&request)?;
    let given = follow_up.facts.clone().map(Facts::Deployment);
    let shown_the_same = match &request.facts {
        Facts::Deployment(_) => given.is_none_or(|given| given == request.facts),
        // Nothing is deployed on an approval of something else, whatever the state holds beside it.
        Facts::General(_) => true,
    };
    if shown_the_same && has_its_fingerprint(&request) { Ok(request) } else { Err(mismatch()) }
}

fn has_its_fingerprint(request: &Request) -> bool {
    Fingerprint::of(&request.facts, request.requested_by.as_ref()) == request.fingerprint
}

fn check_approved(request: &Request) -> Result<(), TaskError> {
    if request.status == Status::Approved {
        return Ok(());
    }
    Err(not_approved(&format!("request {} is {}", request.id, request.status)))
}

/// The plan's facts must still have their fingerprint, and what is about to be deployed must have it too.
fn check_facts(follow_up: &FollowUp, plan: &Plan) -> Result<(), TaskError> {
    let given = follow_up.facts.clone().map(Facts::Deployment);
    let matches = |facts: &Facts| Fingerprint::of(facts, plan.requested_by.as_ref()) == plan.fingerprint;
    if matches(&plan.facts) && given.as_ref().is_none_or(matches) { Ok(()) } else { Err(mismatch()) }
}

fn attempt(facts: &Facts, clock: &impl Clock) -> Deployment {
    let reason = match facts {
        Facts::Deployment(DeploymentFacts { service_name, environment, .. }) => {
            format!("no deployment target is configured for {service_name} in {environment}")
        }
        Facts::General(_) => "the request has no deployment facts".to_owned(),
    };
    Deployment { at: clock.now(), deployed: false, reason: Some(reason) }
}

fn answer(request: Option<&Request>, deployment: &Deployment) -> Value {
    let mut answer = json!({
        "schema": SCHEMA,
        "status": if deployment.deployed { "deployed" } else { "not_deployed" },
        "deployed": deployment.deployed,
        "at": deployment.at,
    });
    if let (Some(answer), Some(reason)) = (answer.as_object_mut(), &deployment.reason) {
        answer.insert("reason".to_owned(), json!(reason));
    }
    if let (Some(answer), Some(request)) = (answer.as_object_mut(), request) {
        answer.insert("requestId".to_owned(), json!(request.id));
        answer.insert("fingerprint".to_owned(), json!(request.fingerprint));
    }
    answer
}

fn not_found(what: &str, name: &impl std::fmt::Display) -> TaskError {
    TaskError::new(TaskErrorName::NotFound, format!("no {what} is stored under {name}"))
}

fn not_approved(message: &str) -> TaskError {
    TaskError::new(TaskErrorName::NotApproved, message)
}

fn mismatch() -> TaskError {
    TaskError::new(
        TaskErrorName::FingerprintMismatch,
        "what would be deployed is not what was approved; nothing was done",
    )
}
