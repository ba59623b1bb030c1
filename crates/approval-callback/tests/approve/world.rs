//! A request that waits for Ana (and, where asked for, Bob), its links, and requests to the handler.

use approval_callback::handle;
use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_lambda_events::encodings::Body;
use common::adapters::memory::{Call, Memory, START};
use common::domain::{
    Approver, Command, Confirmation, DeploymentFacts, EmailAddress, Facts, Fingerprint, Generation, Group,
    Level, Link, LinkToken, NamedBy, Request, RequestId, Resume, SCHEMA, Silence, Status, TaskToken,
    Transition, Workflow, apply,
};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) const ID: &str = "7d1f0c2e4b6a48959aa3c1e05f2b8d76-1";
pub(crate) const TASK_TOKEN: &str = "FAKE-TASK-TOKEN-of-this-test";
pub(crate) const EXECUTION: &str =
    "arn:aws:states:us-east-1:123456789012:execution:sample-deployment-approval:run-1";
pub(crate) const BASE: &str = "https://abcde12345.execute-api.us-east-1.amazonaws.com/live";

pub(crate) fn person(name: &str) -> EmailAddress {
    EmailAddress::parse(&format!("{name}@example.com")).unwrap()
}

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
    let facts = Facts::Deployment(DeploymentFacts {
        service_name: "checkout".into(),
        version: "2.4.1".into(),
        environment: "production".into(),
        change_log: Some("- faster carts".into()),
    });
    let requested_by = Some(person("dev"));
    Request {
        schema: SCHEMA,
        id: RequestId::parse(ID).unwrap(),
        version: 1,
        status: Status::Pending,
        resume: Resume::None,
        plan: None,
        policy: None,
        subject: None,
        level_number: 1,
        level_count: 1,
        next: None,
        can_wait: true,
        workflow: Workflow { execution: Some(EXECUTION.into()), ..Workflow::default() },
        task_token: TaskToken::parse(TASK_TOKEN).unwrap(),
        generation: Generation { entered_at: START, retry: 0 },
        fingerprint: Fingerprint::of(&facts, requested_by.as_ref()),
        facts,
        requested_by,
        level: Level {
            name: "approval".into(),
            groups: vec![Group {
                role: "approver".into(),
                approvers: approvers.iter().map(|name| Approver::at(person(name))).collect(),
                quorum,
            }],
            named_by: NamedBy::Stack,
            deadline_seconds: Some(86_400),
            remind_after_seconds: Vec::new(),
            confirmation: Confirmation::Phrase,
            self_approval: false,
            same_person: false,
            reject_quorum: 1,
            silence: Silence::Reject,
            mail: true,
            slack: None,
        },
        excluded: Vec::new(),
        escalated_at: None,
        base_url: BASE.into(),
        opened_at: START,
        deadline: Some(START + SignedDuration::from_hours(24)),
        retention_days: None,
        links: ["ana", "bob", "dev", "eve"]
            .map(|name| Link { approver: person(name), hash: token(name).hash(), minted_at: START })
            .into(),
        contacts: Vec::new(),
        wanted_links: Vec::new(),
        slack_target: None,
        slack: Vec::new(),
        slack_people: Vec::new(),
        slack_edit: None,
        votes: Vec::new(),
        decision: None,
        notices: Vec::new(),
        deployment: None,
        events: Vec::new(),
    }
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
