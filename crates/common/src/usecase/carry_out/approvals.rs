//! What a state machine's state leads to: the approvals behind it, every one of them checked.

use crate::contract::{FollowUp, TaskError, TaskErrorName};
use crate::domain::{EmailAddress, Facts, Fingerprint, NamedBy, Plan, Request, RequestId, Status};
use crate::ports::{KeepRequests, ReadPlans};

/// What was approved, and by which requests.
pub(super) struct Approvals {
    /// The plan; absent for a caller without one.
    pub(super) plan: Option<Plan>,
    /// One per level, in order; none where the plan has no level.
    pub(super) requests: Vec<Request>,
}

/// Reads everything again that the state leads to.
pub(super) async fn find<S: KeepRequests + ReadPlans>(
    store: &S,
    follow_up: &FollowUp,
) -> Result<Approvals, TaskError> {
    match named_plan(store, follow_up).await? {
        Named::Plan(plan) => {
            check_facts(follow_up, &plan)?;
            let requests = approvals_of_plan(store, follow_up, &plan).await?;
            Ok(Approvals { plan: Some(*plan), requests })
        }
        Named::Request(request) => {
            Ok(Approvals { plan: None, requests: vec![lone_approval(follow_up, *request)?] })
        }
    }
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

/// A caller that named its approvers itself never asked the plan's levels. Where the policy says who they are, that
/// counts for nothing; without one, its own approval counts if the record says that the caller named them, and that they
/// were shown what the plan froze. If they were shown something else altogether, it counts for that.
async fn approval_by_caller<S: KeepRequests>(
    store: &S,
    follow_up: &FollowUp,
    plan: &Plan,
) -> Result<Request, TaskError> {
    if plan.policy.is_some() {
        return Err(not_approved("a level of the plan was never asked"));
    }
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
    let given = follow_up.facts.as_ref();
    let shown_the_same = match &request.facts {
        Facts::Deployment(_) => given.is_none_or(|given| *given == request.facts),
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

/// The plan's facts must still have their fingerprint, and what is about to be carried out must have it too.
fn check_facts(follow_up: &FollowUp, plan: &Plan) -> Result<(), TaskError> {
    let given = follow_up.facts.as_ref();
    let matches = |facts: &Facts| Fingerprint::of(facts, plan.requested_by.as_ref()) == plan.fingerprint;
    if matches(&plan.facts) && given.is_none_or(matches) { Ok(()) } else { Err(mismatch()) }
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
        "what would be carried out is not what was approved; nothing was done",
    )
}
