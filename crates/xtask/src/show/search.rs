//! Finds what an id names: a workflow, its requests, or both. What would let its reader act for somebody is
//! left out.

use serde_json::{Value, json};

use crate::aws::{Aws, CallError, plain_item};
use crate::error::Error;
use crate::local::outputs::LocalRun;

/// They resume a workflow or open a request, so they are shown to nobody.
const SECRETS: [&str; 2] = ["taskToken", "hash"];

#[derive(Default)]
pub(crate) struct Found {
    /// As Step Functions describes it.
    pub(crate) workflow: Option<Value>,
    /// The records of its requests, in the order of its levels.
    pub(crate) requests: Vec<Value>,
}

impl Found {
    pub(crate) fn json(&self) -> Value {
        json!({"workflow": self.workflow, "requests": self.requests})
    }
}

pub(crate) async fn find(run: &LocalRun, id: &str) -> Result<Found, Error> {
    let items: Vec<_> = run.aws.scan(&run.table).await?.iter().map(plain_item).collect();
    let (requests, executions) = pick(&items, id);
    let mut candidates = executions;
    if candidates.is_empty() {
        candidates = executions_called(&run.aws, id).await?;
    }
    let mut workflow = None;
    for arn in candidates {
        workflow = describe(&run.aws, &arn).await?;
        if workflow.is_some() {
            break;
        }
    }
    if workflow.is_none() && requests.is_empty() {
        return Err(Error::NothingFound { id: id.to_owned() });
    }
    Ok(Found { workflow, requests })
}

/// The records that an id means, and the workflows that they belong to.
fn pick(items: &[Value], id: &str) -> (Vec<Value>, Vec<String>) {
    let text = |item: &Value, pointer: &str| item.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let is = |item: &&Value, pointer: &str| text(item, pointer).is_some_and(|found| found == id);
    let belongs = |execution: Option<String>| {
        execution.is_some_and(|arn| arn == id || arn.rsplit(':').next().is_some_and(|name| name == id))
    };
    let records = items.iter().filter(|item| text(item, "/sk").is_some_and(|sk| sk == "record"));
    let mut requests: Vec<Value> = records
        .filter(|item| is(item, "/id") || is(item, "/plan") || belongs(text(item, "/workflow/execution")))
        .map(without_secrets)
        .collect();
    let order =
        |request: &Value| (request.get("levelNumber").and_then(Value::as_u64), text(request, "/openedAt"));
    requests.sort_by_key(order);

    let plans = items.iter().filter(|item| text(item, "/sk").is_some_and(|sk| sk == "plan"));
    let of_plans = plans
        .filter(|item| is(item, "/key") || belongs(text(item, "/execution")))
        .filter_map(|item| text(item, "/execution"));
    let of_requests = requests.iter().filter_map(|request| text(request, "/workflow/execution"));
    let mut executions: Vec<_> = of_requests.chain(of_plans).collect();
    executions.dedup();
    (requests, executions)
}

/// A workflow that ended before it asked anybody is in no record.
async fn executions_called(aws: &Aws, id: &str) -> Result<Vec<String>, Error> {
    if id.starts_with("arn:") {
        return Ok(vec![id.to_owned()]);
    }
    let machines = aws.state_machines().await?;
    let arns = machines.iter().filter_map(|machine| machine.get("stateMachineArn").and_then(Value::as_str));
    Ok(arns.map(|arn| format!("{}:{id}", arn.replacen(":stateMachine:", ":execution:", 1))).collect())
}

async fn describe(aws: &Aws, arn: &str) -> Result<Option<Value>, Error> {
    match aws.describe_execution(arn).await {
        Ok(execution) => Ok(Some(execution)),
        Err(CallError::Refused { kind, .. }) if kind == "ExecutionDoesNotExist" || kind == "InvalidArn" => {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn without_secrets(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !SECRETS.contains(&name.as_str()))
            .map(|(name, member)| (name.clone(), without_secrets(member)))
            .collect(),
        Value::Array(items) => items.iter().map(without_secrets).collect(),
        scalar => scalar.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXECUTION: &str =
        "arn:aws:states:us-east-1:000000000000:execution:countersign-deployment-approval:one";

    fn items() -> Vec<Value> {
        let record = |id: &str, level: u64| {
            json!({
                "pk": format!("request#{id}"), "sk": "record", "id": id, "plan": "k", "levelNumber": level,
                "workflow": {"execution": EXECUTION}, "taskToken": "t", "links": [{"approver": "ana@example.com", "hash": "h"}],
            })
        };
        vec![
            record("k-2", 2),
            record("k-1", 1),
            json!({"pk": "plan#k", "sk": "plan", "key": "k", "execution": EXECUTION}),
            json!({"pk": "request#x", "sk": "record", "id": "x", "levelNumber": 1, "workflow": {}}),
        ]
    }

    fn ids(requests: &[Value]) -> Vec<&str> {
        requests.iter().filter_map(|request| request["id"].as_str()).collect()
    }

    #[test]
    fn every_kind_of_id_finds_the_requests_and_the_workflow() {
        for id in ["k", "one", EXECUTION] {
            let (requests, executions) = pick(&items(), id);
            assert_eq!(
                (ids(&requests), executions.as_slice()),
                (vec!["k-1", "k-2"], [EXECUTION.to_owned()].as_slice()),
                "{id}"
            );
        }
        let (requests, executions) = pick(&items(), "k-2");
        assert_eq!((ids(&requests), executions.as_slice()), (vec!["k-2"], [EXECUTION.to_owned()].as_slice()));
        let (requests, executions) = pick(&items(), "x");
        assert_eq!((ids(&requests), executions.as_slice()), (vec!["x"], [].as_slice()));
        assert_eq!(pick(&items(), "y"), (vec![], vec![]));
    }

    #[test]
    fn no_secret_is_found() {
        let (requests, _) = pick(&items(), "k");
        let text = Value::from(requests).to_string();
        assert!(
            !text.contains("taskToken") && !text.contains("hash") && text.contains("ana@example.com"),
            "{text}"
        );
    }
}
