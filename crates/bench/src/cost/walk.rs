//! Goes the whole way through the workflow with the real handlers, in memory, and counts what they do.

use std::collections::BTreeMap;

use common::adapters::dynamo::keys::{self, Key};
use common::adapters::memory::{Call, Memory, START, StoreChange};
use common::domain::samples::{group, level, person, task_token};
use common::domain::{
    CallerNamedApprovers, Confirmation, Destination, Glob, LambdaAlias, LambdaTarget, Level, Policy, Request,
    RequestId, Resume, Rollout, Rule, Status, StoredPolicy, Target, TaskToken,
};
use common::ports::{Answer, Clock as _, Ending};
use common::usecase::ask::{Ask, Settings, SlackSettings};
use common::usecase::carry_out::CarryOut;
use common::usecase::prepare::Defaults;
use common::usecase::settle::Settle;
use jiff::SignedDuration;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Approval, Counts, PLAN, RECORD};

const FUNCTION: &str = "checkout";
const ALIAS: &str = "live";
/// How long after the one before a reminder comes, in seconds.
const REMINDER: u32 = 3_600;

/// What is done on this way when a service is deployed for the second time.
pub(super) async fn counted(approval: &Approval) -> Counts {
    let mut world = World::new(approval);
    world.deploy(approval, "2.4.0").await;
    world.memory.forget_calls();
    world.counts = Counts::default();
    world.sizes.clear();
    world.deploy(approval, "2.4.1").await;
    for call in world.memory.calls() {
        world.counts.add(call);
    }
    world.check_sizes();
    world.counts
}

impl Counts {
    fn add(&mut self, call: Call) {
        match call {
            Call::StorePlan => self.plans += 1,
            Call::Open | Call::RecordVote => self.guarded += 1,
            Call::Claim => self.claims += 1,
            Call::Keep => self.kept += 1,
            Call::ReadRequest | Call::ReadPlan | Call::ReadPolicy | Call::ReadPointer | Call::ListOf => {
                self.reads += 1;
            }
            Call::SendMail => self.mails += 1,
            Call::Answer | Call::ReadAlias | Call::ListVersions | Call::PointAlias => {}
            other => panic!("nobody has said what {other:?} costs"),
        }
    }
}

struct World {
    memory: Memory,
    counts: Counts,
    /// As they stand.
    records: BTreeMap<RequestId, Request>,
    /// Of each record that was written, in KB.
    sizes: Vec<usize>,
    waits: u32,
}

impl World {
    fn new(approval: &Approval) -> Self {
        let memory = Memory::new();
        memory.take_changes();
        memory.put_policy(policy(approval));
        for version in ["2.3.9", "2.4.0", "2.4.1"] {
            memory.publish(FUNCTION, version);
        }
        memory.put_alias(FUNCTION, ALIAS, "1");
        // The claim and the end are not of the same moment.
        memory.slow_down(Call::PointAlias, SignedDuration::from_millis(100));
        Self { memory, counts: Counts::default(), records: BTreeMap::new(), sizes: Vec::new(), waits: 0 }
    }

    fn check_sizes(&self) {
        let (sum, count) = (self.sizes.iter().sum::<usize>(), self.sizes.len());
        assert_eq!((sum + count / 2) / count, RECORD as usize, "{:?}", self.sizes);
        for plan in self.memory.stored_plans() {
            assert_eq!(kilobytes(&plan), PLAN as usize);
        }
    }

    /// Each state does what the state machine says, and each choice is the one that the path makes.
    async fn deploy(&mut self, approval: &Approval, version: &str) {
        let execution =
            format!("arn:aws:states:us-east-1:123456789012:execution:deployment-approval:{version}");
        let mut state = json!({
            "serviceName": "checkout", "version": version, "environment": "production",
            "requestedBy": "dev@example.com", "changeLog": "- faster carts\n- fixes #812",
        });
        let path = approval.path();
        for (name, next) in path.iter().zip(path.iter().skip(1)) {
            match *name {
                "PrepareDeployment" => state["deploymentDetails"] = self.prepare(&execution, &state).await,
                "ApprovalNeeded?" => assert_eq!(state["deploymentDetails"]["approval"]["needed"], true),
                "RequestApproval" => {
                    let token = self.ask(&execution, &state).await;
                    if *next == "ApprovalTimedOut" {
                        self.time_out(&state, &token);
                    } else {
                        state["approvalResult"] = self.approve(&token).await;
                    }
                }
                "ApprovalTimedOut" => state["approvalResult"] = self.ask_the_record(&state).await,
                "WhatTimedOut?" => assert_eq!(state["approvalResult"]["status"], "waiting"),
                "WaitAgain" => {
                    state["deploymentDetails"]["approval"] = state["approvalResult"]["approval"].clone();
                }
                "MoreLevels?" => {
                    let more = state["approvalResult"]["next"]["needed"] == true;
                    assert_eq!(more, *next == "NextLevel", "{state}");
                }
                "NextLevel" => {
                    state["deploymentDetails"]["approval"] = state["approvalResult"]["next"].clone();
                }
                "ExecuteDeployment" => state["deployment"] = self.execute(&state).await,
                "WhatHappened?" => assert_eq!(state["deployment"]["status"], "deployed"),
                other => panic!("nobody has said what happens in {other}"),
            }
        }
        self.end(&execution).await;
    }

    async fn prepare(&mut self, execution: &str, input: &Value) -> Value {
        let w = &self.memory;
        let defaults =
            Defaults { approver: person("ana"), timeout_seconds: REMINDER, remind_after_seconds: None };
        let event = json!({ "input": input, "execution": execution, "canWait": true });
        let answer = prepare::handle(w, w, w, w, &defaults, event).await.unwrap();
        self.invoked().await;
        answer
    }

    async fn ask(&mut self, execution: &str, state: &Value) -> TaskToken {
        self.waits += 1;
        let token = task_token(&format!("token-of-wait-{}", self.waits));
        let w = &self.memory;
        w.wait(execution, &token);
        let event = json!({
            "taskToken": token.expose(), "requestedBy": state["requestedBy"],
            "deploymentDetails": state["deploymentDetails"], "execution": execution,
            "stateMachine": "arn:aws:states:us-east-1:123456789012:stateMachine:deployment-approval",
            "state": "RequestApproval", "enteredAt": w.now(), "retry": 0,
        });
        let settings = Settings {
            default_approver: person("ana"),
            base_url: "https://abcde12345.execute-api.us-east-1.amazonaws.com/live".to_owned(),
            caller_named_approvers: CallerNamedApprovers::Refuse,
            retention_days: None,
            slack: SlackSettings::Off,
        };
        let ask = Ask { store: w, mail: w, slack: w, workflows: w, clock: w, random: w, settings: &settings };
        send_approval::handle(&ask, event).await.unwrap();
        self.invoked().await;
        token
    }

    fn time_out(&self, state: &Value, token: &TaskToken) {
        let seconds = state["deploymentDetails"]["approval"]["waitSeconds"].as_i64().unwrap();
        self.memory.advance(SignedDuration::from_secs(seconds));
        self.memory.end_wait(token);
    }

    async fn ask_the_record(&mut self, state: &Value) -> Value {
        let w = &self.memory;
        let answer = notify_timeout::handle(w, w, w, state.clone()).await.unwrap();
        self.invoked().await;
        answer
    }

    /// Whoever got the last mail opens its link and sends the form.
    async fn approve(&mut self, token: &TaskToken) -> Value {
        let mail = self.memory.sent().pop().unwrap();
        let (_, link) = mail.text.split_once("token=").unwrap();
        let link = link.split(['&', '\n']).next().unwrap();
        self.browse("GET", json!({ "token": [link], "action": ["approve"] }), "").await;
        self.browse("POST", Value::Null, &format!("token={link}&action=approve")).await;
        match self.memory.answer_to(token) {
            Some(Answer::Success { output }) => serde_json::from_str(&output).unwrap(),
            other => panic!("the workflow was told {other:?}"),
        }
    }

    async fn browse(&mut self, method: &str, query: Value, body: &str) {
        let w = &self.memory;
        let event = json!({
            "httpMethod": method, "path": "/approve", "headers": null, "multiValueHeaders": {},
            "queryStringParameters": null, "multiValueQueryStringParameters": query,
            "requestContext": { "httpMethod": method }, "body": body, "isBase64Encoded": false,
        });
        assert_eq!(approval_callback::handle(w, w, w, event).await.status_code, 200);
        self.counts.requests += 1;
        self.invoked().await;
    }

    async fn execute(&mut self, state: &Value) -> Value {
        let w = &self.memory;
        let carry_out = CarryOut { store: w, targets: w, mail: w, clock: w, retention_days: None };
        let answer = execute_deployment::handle(&carry_out, state.clone()).await.unwrap();
        self.invoked().await;
        answer
    }

    async fn end(&mut self, execution: &str) {
        self.memory.end_workflow_as(execution, Ending::Succeeded);
        self.reconcile(json!({
            "source": "aws.states", "detail-type": "Step Functions Execution Status Change",
            "detail": { "status": "SUCCEEDED", "executionArn": execution },
        }))
        .await;
    }

    /// It finds everything done.
    async fn reconcile(&mut self, event: Value) {
        let w = &self.memory;
        let settle = Settle { store: w, mail: w, slack: w, workflows: w, clock: w, random: w };
        reconcile::handle(&settle, event).await.unwrap();
        self.counts.invocations += 1;
        assert!(self.memory.take_changes().is_empty());
    }

    /// What follows from an invocation: the stream wakes `reconcile` for each change that its filter lets through.
    async fn invoked(&mut self) {
        self.counts.invocations += 1;
        self.memory.advance(SignedDuration::from_secs(1));
        for change in self.news() {
            self.reconcile(json!({ "Records": [change] })).await;
        }
    }

    /// What the stream tells of. Nothing here is in Slack, and nobody wants another link.
    fn news(&mut self) -> Vec<Value> {
        let mut news = Vec::new();
        for change in self.memory.take_changes() {
            let image = match change {
                StoreChange::Request(request) => {
                    self.stored(&request);
                    let Key { pk, sk } = Key::request(&request.id);
                    let image =
                        json!({ "SequenceNumber": "1", "Keys": { "pk": { "S": pk }, "sk": { "S": sk } } });
                    (request.resume == Resume::Owed).then_some(image)
                }
                StoreChange::Pointer { replaced } => replaced.map(|plan| {
                    json!({
                        "SequenceNumber": "1",
                        "Keys": { "pk": { "S": "subject" }, "sk": { "S": keys::POINTER } },
                        "OldImage": { keys::PLAN: { "S": plan.as_str() } },
                    })
                }),
            };
            news.extend(image.map(|image| json!({ "eventSource": "aws:dynamodb", "dynamodb": image })));
        }
        news
    }

    /// Counts what a record changes in the indexes.
    fn stored(&mut self, request: &Request) {
        self.sizes.push(kilobytes(request));
        let before = self.records.get(&request.id).map(entries).unwrap_or_default();
        let pairs = before.into_iter().zip(entries(request));
        self.counts.entries += pairs.map(|(before, after)| rewritten(before, after)).sum::<u32>();
        self.records.insert(request.id.clone(), request.clone());
    }
}

fn kilobytes(item: &impl Serialize) -> usize {
    serde_json::to_vec(item).unwrap().len().div_ceil(1_024)
}

/// The key in an index, and what stands beside it.
type Entry = (String, Value);

/// Its entry in each of the template's indexes: `owed`, `open`, `opened` and `waiting`.
fn entries(request: &Request) -> [Option<Entry>; 4] {
    let Request { id, requested_by, deadline, opened_at, status, .. } = request;
    let shown = json!([id, request.facts.title(), requested_by, deadline]);
    let awaited: Vec<_> = request.awaited_people().collect();
    let opened = |beside: Value| (opened_at.to_string(), beside);
    [
        request.owing_since().map(|since| (since.to_string(), Value::Null)),
        (*status == Status::Pending).then(|| opened(json!([shown, awaited]))),
        Some(opened(json!([shown, status]))),
        request.awaited_by().map(|execution| (execution.to_owned(), Value::Null)),
    ]
}

/// How many writes an index needs for it. An entry with another key is another one.
fn rewritten(before: Option<Entry>, after: Option<Entry>) -> u32 {
    match (before, after) {
        (None, None) => 0,
        (Some(before), Some(after)) if before == after => 0,
        (Some((before, _)), Some((after, _))) if before != after => 2,
        _ => 1,
    }
}

fn policy(approval: &Approval) -> StoredPolicy {
    let any = || vec![Glob::any()];
    let people = ["ana", "bob", "cai"];
    let levels = people.iter().zip(1..=approval.levels).map(|(name, number)| {
        let reminders = if number == 1 { approval.reminders } else { 0 };
        Level {
            deadline_seconds: Some(REMINDER * (reminders + 1)),
            remind_after_seconds: (1..=reminders).map(|count| REMINDER * count).collect(),
            confirmation: Confirmation::Button,
            ..level(vec![group("manager", &[name], 1)])
        }
    });
    let rule = Rule {
        name: "production".to_owned(),
        service: any(),
        environment: any(),
        kind: any(),
        amount_up_to: Vec::new(),
        supersede: true,
        levels: levels.collect(),
    };
    let place = LambdaAlias { function: FUNCTION.to_owned(), alias: ALIAS.to_owned() };
    let to = Destination::Lambda(LambdaTarget { place, shift: None });
    let rollout = Rollout { to, max_age_seconds: None, poll_seconds: 15, limit_seconds: 300 };
    let policy = Policy {
        schema: 1,
        protected_environments: Vec::new(),
        rules: vec![rule],
        targets: vec![Target::of_deployments(any(), any(), rollout)],
        freezes: Vec::new(),
    };
    let hash = "0".repeat(64);
    StoredPolicy { schema: 1, number: 1, hash, stored_at: START, source: String::new(), policy }
}
