//! A stack in memory in which one request waits for Ana, made by the real handlers.

use std::cell::RefCell;
use std::future::pending;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::adapters::memory::{Memory, START};
use common::domain::samples::person;
use common::domain::{CallerNamedApprovers, Request, audit};
use common::ports::{SigningSecret, SlackWorkspace};
use common::usecase::ask::{Ask, Settings, SlackSettings};
use common::usecase::carry_out::CarryOut;
use common::usecase::prepare::Defaults;
use common::usecase::settle::Settle;
use hmac::{Hmac, KeyInit as _, Mac as _};
use lambda_runtime::Diagnostic;
use serde_json::{Value, json};
use sha2::Sha256;
use slack_interaction::{Desk, Strangers};

/// What confirms a decision.
pub(crate) const PHRASE: &str = "production";
/// Ana's account in Slack.
pub(crate) const ACCOUNT: &str = "U0ANA";

const SECRET: &str = "SIGNING-SECRET-of-the-samples";
const TASK_TOKEN: &str = "FAKE-TASK-TOKEN-of-the-request-that-waits";
const RECORDED_ID: &str = "7d1f0c2e4b6a48959aa3c1e05f2b8d76-1";

/// A function that is a task of a state machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Prepare,
    SendApproval,
    NotifyTimeout,
    NotifyRejection,
    ExecuteDeployment,
}

impl Task {
    pub(crate) const ALL: [Self; 5] = [
        Self::Prepare,
        Self::SendApproval,
        Self::NotifyTimeout,
        Self::NotifyRejection,
        Self::ExecuteDeployment,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Prepare => "prepare",
            Self::SendApproval => "send-approval",
            Self::NotifyTimeout => "notify-timeout",
            Self::NotifyRejection => "notify-rejection",
            Self::ExecuteDeployment => "execute-deployment",
        }
    }
}

pub(crate) struct World {
    pub(crate) memory: Memory,
    /// The token of Ana's link.
    pub(crate) link: String,
    first: Request,
    sent: usize,
    posted: usize,
}

thread_local! {
    /// A world that nothing has happened in yet: most bytes are refused, and making one is what takes long.
    static UNTOUCHED: RefCell<Option<World>> = const { RefCell::new(None) };
}

impl World {
    /// Lets something happen in a world in which the request waits.
    pub(crate) fn visit<T>(happens: impl FnOnce(&Self) -> T) -> T {
        let world = UNTOUCHED.take().unwrap_or_else(Self::pending);
        let what = happens(&world);
        if world.is_untouched() {
            world.memory.forget_calls();
            UNTOUCHED.set(Some(world));
        }
        what
    }

    fn is_untouched(&self) -> bool {
        self.memory.stored_requests() == [self.first.clone()]
            && self.memory.stored_plans().is_empty()
            && self.memory.sent().len() == self.sent
            && self.memory.slack_posts().len() == self.posted
    }

    pub(crate) fn pending() -> Self {
        let memory = Memory::new();
        memory.set_signing_secrets(vec![SigningSecret::new(SECRET.to_owned())]);
        memory
            .set_workspace(Some(SlackWorkspace { team: "T0SAMPLE".to_owned(), app: "A0SAMPLE".to_owned() }));
        memory.add_slack_account(ACCOUNT, Some(person("ana")));
        memory.add_slack_account("U0STRANGER", Some(person("eve")));
        let asked = json!({
            "taskToken": TASK_TOKEN,
            "deploymentDetails": {
                "serviceName": "checkout", "version": "2.4.1", "environment": PHRASE,
                "changeLog": "- faster carts\n- fixes #812",
            },
            "requestedBy": "dev@example.com",
        });
        if let Err(error) = ask(&memory, asked) {
            panic!("nobody is asked: {error:?}");
        }
        let [first] = memory.stored_requests().try_into().unwrap_or_else(|all| panic!("{all:?}"));
        let sent = memory.sent();
        let link = sent.iter().find_map(|mail| token_in(&mail.text)).unwrap_or_else(|| panic!("no link"));
        let (sent, posted) = (sent.len(), memory.slack_posts().len());
        Self { memory, link, first, sent, posted }
    }

    pub(crate) fn record(&self) -> Request {
        let stored = self.memory.stored_request(&self.first.id);
        stored.unwrap_or_else(|| panic!("the request is gone"))
    }

    /// The record's trail explains the record.
    pub(crate) fn check(&self) {
        let findings = audit::check(&self.record(), None);
        assert!(findings.is_empty(), "{findings:?}");
    }

    /// What was recorded, about this world's request.
    pub(crate) fn about_this(&self, recorded: &[u8]) -> Vec<u8> {
        String::from_utf8_lossy(recorded).replace(RECORDED_ID, self.first.id.as_str()).into_bytes()
    }

    /// Opens a link; the status of the answer.
    pub(crate) fn open(&self, token: &str) -> i64 {
        self.page(json!({
            "httpMethod": "GET", "path": "/approve", "queryStringParameters": {"token": token, "action": "approve"},
            "headers": {"Accept": "text/html"},
        }))
    }

    /// Sends a form; the status of the answer.
    pub(crate) fn post(&self, body: &[u8]) -> i64 {
        self.page(json!({
            "httpMethod": "POST", "path": "/approve", "body": STANDARD.encode(body), "isBase64Encoded": true,
            "headers": {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"},
        }))
    }

    fn page(&self, event: Value) -> i64 {
        let memory = &self.memory;
        block_on(approval_callback::handle(memory, memory, memory, event)).status_code
    }

    /// Sends a body that Slack has signed; the status of the answer.
    pub(crate) fn post_signed(&self, body: &[u8]) -> i64 {
        let at = START.as_second().to_string();
        let event = json!({
            "httpMethod": "POST", "path": "/slack/interactions", "body": STANDARD.encode(body),
            "isBase64Encoded": true,
            "headers": {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature(&at, body),
            },
        });
        let memory = &self.memory;
        let strangers = &Strangers::default();
        let desk = Desk {
            secrets: memory,
            store: memory,
            workflows: memory,
            slack: memory,
            clock: memory,
            strangers,
        };
        block_on(slack_interaction::handle(&desk, event, |_| pending())).status_code
    }

    pub(crate) fn reconcile(&self, event: Value) -> Result<Value, Diagnostic> {
        let w = &self.memory;
        let settle = Settle { store: w, mail: w, slack: w, workflows: w, clock: w, random: w };
        block_on(reconcile::handle(&settle, event))
    }

    pub(crate) fn task(&self, task: Task, payload: Value) -> Result<Value, Diagnostic> {
        let w = &self.memory;
        match task {
            Task::Prepare => {
                let defaults = Defaults {
                    approver: person("ana"),
                    timeout_seconds: 86_400,
                    remind_after_seconds: Some(14_400),
                };
                block_on(prepare::handle(w, w, w, w, &defaults, payload))
            }
            Task::SendApproval => ask(w, payload),
            Task::NotifyTimeout => block_on(notify_timeout::handle(w, w, w, payload)),
            Task::NotifyRejection => block_on(notify_rejection::handle(w, w, w, payload)),
            Task::ExecuteDeployment => {
                let carry_out = CarryOut { store: w, targets: w, mail: w, clock: w, retention_days: None };
                block_on(execute_deployment::handle(&carry_out, payload))
            }
        }
    }
}

fn ask(w: &Memory, payload: Value) -> Result<Value, Diagnostic> {
    let settings = Settings {
        default_approver: person("ana"),
        base_url: "https://approvals.example.com/live".to_owned(),
        caller_named_approvers: CallerNamedApprovers::Allow,
        retention_days: None,
        slack: SlackSettings::On { channel: Some("C0SAMPLE".to_owned()) },
    };
    let ask = Ask { store: w, mail: w, slack: w, workflows: w, clock: w, random: w, settings: &settings };
    block_on(send_approval::handle(&ask, payload))
}

fn token_in(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("token=")?;
    Some(rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next()?.to_owned())
}

fn signature(at: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    mac.update(format!("v0:{at}:").as_bytes());
    mac.update(body);
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap_or_else(|error| panic!("{error}")).block_on(future)
}
