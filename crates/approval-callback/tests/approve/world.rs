//! A request that waits for Ana (and, where asked for, Bob), its links, and requests to the handler.

use approval_callback::handle;
use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_lambda_events::encodings::Body;
use common::adapters::memory::{Call, Memory, START};
pub(crate) use common::domain::samples::person;
use common::domain::samples::{group, level, opening};
use common::domain::{
    Command, Level, Link, LinkToken, Opening, Request, RequestId, TaskToken, Transition, Workflow, apply,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) const ID: &str = "7d1f0c2e4b6a48959aa3c1e05f2b8d76-1";
pub(crate) const TASK_TOKEN: &str = "FAKE-TASK-TOKEN-of-this-test";
pub(crate) const EXECUTION: &str =
    "arn:aws:states:us-east-1:123456789012:execution:sample-deployment-approval:run-1";
pub(crate) const BASE: &str = "https://abcde12345.execute-api.us-east-1.amazonaws.com/live";

/// Ana's link is the one in `events/`.
pub(crate) fn token(name: &str) -> LinkToken {
    let secret = if name == "ana" { "sample link secret".to_owned() } else { format!("link of {name}") };
    LinkToken::mint(RequestId::parse(ID).unwrap(), Sha256::digest(secret).into())
}

pub(crate) fn link(name: &str) -> String {
    token(name).expose()
}

/// A pending deployment request with links for everyone, whether they may vote or not.
pub(crate) fn request(approvers: &[&str], quorum: u32) -> Request {
    let level = Level {
        deadline_seconds: Some(86_400),
        remind_after_seconds: Vec::new(),
        ..level(vec![group("approver", approvers, quorum)])
    };
    let opening = Opening {
        id: RequestId::parse(ID).unwrap(),
        workflow: Workflow { execution: Some(EXECUTION.into()), ..Workflow::default() },
        task_token: TaskToken::parse(TASK_TOKEN).unwrap(),
        base_url: BASE.into(),
        ..opening(level)
    };
    let links = ["ana", "bob", "dev", "eve"].map(|name| Link {
        approver: person(name),
        hash: token(name).hash(),
        minted_at: START,
    });
    Request { links: links.into(), ..opening.open(START) }
}

/// The request after a command that the rules allow.
pub(crate) fn after(request: &Request, command: Command) -> Request {
    match apply(request, command, START).unwrap() {
        Transition::Changed(next) => *next,
        Transition::Unchanged => request.clone(),
    }
}

pub(crate) struct World {
    pub(crate) memory: Memory,
}

/// An answer, with its parts at hand.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: i64,
    pub(crate) body: Option<String>,
    pub(crate) response: ApiGatewayProxyResponse,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        self.body.as_deref().unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.response.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.text()).unwrap()
    }
}

impl World {
    pub(crate) fn with(request: Request) -> Self {
        let memory = Memory::new();
        memory.wait(EXECUTION, &request.task_token);
        memory.put_request(request);
        Self { memory }
    }

    pub(crate) fn new() -> Self {
        Self::with(request(&["ana"], 1))
    }

    pub(crate) async fn send(&self, event: Value) -> Answer {
        let response = handle(&self.memory, &self.memory, &self.memory, event).await;
        let body = match response.body.clone() {
            Some(Body::Text(text)) => Some(text),
            None => None,
            Some(other) => panic!("answers are text: {other:?}"),
        };
        Answer { status: response.status_code, body, response }
    }

    pub(crate) async fn get(&self, token: &str, action: &str) -> Answer {
        self.send(event("GET", &[], &[("token", token), ("action", action)], "")).await
    }

    pub(crate) async fn post(&self, body: &str) -> Answer {
        self.send(event("POST", &[], &[], body)).await
    }

    /// A complete form, honestly filled in.
    pub(crate) async fn vote(&self, name: &str, action: &str) -> Answer {
        self.post(&form(&link(name), action)).await
    }

    pub(crate) fn stored(&self) -> Request {
        self.memory.stored_request(&RequestId::parse(ID).unwrap()).unwrap()
    }

    pub(crate) fn writes(&self) -> usize {
        [Call::Open, Call::Keep, Call::RecordVote, Call::StorePlan]
            .map(|call| self.memory.count(call))
            .iter()
            .sum()
    }
}

pub(crate) fn form(token: &str, action: &str) -> String {
    let reason = if action == "reject" { "&reason=freeze+until+Monday" } else { "" };
    format!("token={token}&action={action}&phrase=production{reason}")
}

/// An event of API Gateway's.
pub(crate) fn event(method: &str, headers: &[(&str, &str)], query: &[(&str, &str)], body: &str) -> Value {
    let mut multiple = serde_json::Map::new();
    for (name, value) in headers {
        let values = multiple.entry(*name).or_insert_with(|| json!([]));
        values.as_array_mut().unwrap().push(json!(value));
    }
    let mut queries = serde_json::Map::new();
    for (name, value) in query {
        let values = queries.entry(*name).or_insert_with(|| json!([]));
        values.as_array_mut().unwrap().push(json!(value));
    }
    json!({
        "httpMethod": method,
        "path": "/approve",
        "headers": null,
        "multiValueHeaders": multiple,
        "queryStringParameters": null,
        "multiValueQueryStringParameters": queries,
        "requestContext": {"httpMethod": method},
        "body": body,
        "isBase64Encoded": false,
    })
}
