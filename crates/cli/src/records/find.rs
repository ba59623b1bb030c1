//! What an id means: a request, a plan or a workflow. Found by keys, never by a search.

use common::domain::{Plan, PlanKey, Request, RequestId};
use common::ports::{ReadPlans, ReadRequests, StoreError};

/// What an id led to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    /// The plan, unless the id is that of one request.
    pub(crate) plan: Option<Plan>,
    /// The requests that were opened, in the order of their levels.
    pub(crate) requests: Vec<Request>,
    /// The workflow's ARN, where it is known. It may not exist when there is neither a plan nor a request.
    pub(crate) execution: Option<String>,
}

impl Found {
    /// Whether the table knows it.
    pub(crate) fn is_stored(&self) -> bool {
        self.plan.is_some() || !self.requests.is_empty()
    }

    fn of_request(request: Request) -> Self {
        Self { plan: None, execution: request.workflow.execution.clone(), requests: vec![request] }
    }
}

/// Finds what an id means.
pub(crate) async fn find<S>(store: &S, machine: &str, id: &str) -> Result<Found, StoreError>
where
    S: ReadPlans + ReadRequests,
{
    // A plan's key looks like the id of some requests, and so may the name of a workflow.
    if let Ok(key) = PlanKey::parse(id)
        && let Some(plan) = store.plan(&key).await?
    {
        return of_plan(store, plan).await;
    }
    if let Ok(request) = RequestId::parse(id)
        && let Some(request) = store.request(&request).await?
    {
        return Ok(Found::of_request(request));
    }
    let execution = execution_arn(machine, id);
    match store.plan(&PlanKey::of_execution(&execution)).await? {
        Some(plan) => of_plan(store, plan).await,
        None => Ok(Found { plan: None, requests: Vec::new(), execution: Some(execution) }),
    }
}

/// The ARN of a workflow by its name in a state machine; an ARN is one already.
pub(crate) fn execution_arn(machine: &str, id: &str) -> String {
    if id.starts_with("arn:") {
        return id.to_owned();
    }
    format!("{}:{id}", machine.replacen(":stateMachine:", ":execution:", 1))
}

async fn of_plan<S: ReadRequests>(store: &S, plan: Plan) -> Result<Found, StoreError> {
    let mut requests = Vec::new();
    for (number, _) in (1..).zip(&plan.levels) {
        // A level opens when the one before is approved, so behind the first gap there is nothing.
        let Some(request) = store.request(&RequestId::of_level(&plan.key, number)).await? else { break };
        requests.push(request);
    }
    Ok(Found { execution: plan.execution.clone(), plan: Some(plan), requests })
}
