//! A stack with Slack, its clock where the samples were signed; the request that the samples are about; and what comes
//! from Slack.

use std::future::pending;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_lambda_events::encodings::Body;
use common::adapters::memory::{Memory, START};
use common::domain::{Choice, EmailAddress, Request, RequestId, Status};
use common::ports::{SigningSecret, SlackWorkspace};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;
use slack_interaction::{Desk, Strangers, handle};

pub(crate) const SECRET: &str = "sample-signing-secret";
pub(crate) const NOW: i64 = 1_767_606_067;
pub(crate) const ID: &str = "7d1f0c2e4b6a48959aa3c1e05f2b8d76-1";
pub(crate) const TASK_TOKEN: &str = "FAKE-TASK-TOKEN-slack";

const EXECUTION: &str = "arn:aws:states:eu-west-1:123456789012:execution:release:first";

pub(crate) struct World {
    pub(crate) memory: Memory,
    strangers: Strangers,
}

/// An answer, with its parts at hand.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: i64,
    pub(crate) text: String,
    pub(crate) response: ApiGatewayProxyResponse,
}

pub(crate) fn person(name: &str) -> EmailAddress {
    EmailAddress::parse(&format!("{name}@example.com")).unwrap()
}

/// Dev's request, posted in the channel of the samples and to Ana; Ana or Bob decides, by a button.
fn request() -> Request {
    let approvers = ["ana", "bob"].map(|name| json!({"email": person(name)}));
    let message = |channel: &str, ts: &str, to: Option<EmailAddress>| {
        let mut message = json!({"channel": channel, "ts": ts, "purpose": "ask", "at": START, "shows": "pending 0 first none unused"});
        if let Some(to) = to {
            message["to"] = json!(to);
        }
        message
    };
    serde_json::from_value(json!({
        "schema": 1, "id": ID, "version": 3, "status": "pending", "resume": "none",
        "levelNumber": 1, "levelCount": 1, "canWait": true,
        "workflow": {"execution": EXECUTION}, "taskToken": TASK_TOKEN,
        "generation": {"enteredAt": START, "retry": 0},
        "facts": {"deployment": {"serviceName": "checkout", "version": "2.4.1", "environment": "production",
            "changeLog": "- faster carts"}},
        "fingerprint": "ecaf5301f612ef388b43d3f683d742890cab7ebc9adb4cef1a5e17c2a40b00e4",
        "requestedBy": "dev@example.com",
        "level": {
            "name": "approval", "namedBy": "policy", "confirmation": "button", "selfApproval": false,
            "groups": [{"role": "approver", "approvers": approvers, "quorum": 1}]
        },
        "slackTarget": {"channel": "#deployments", "direct": true},
        "slack": [
            message("C0SAMPLE", "1767600000.000100", None),
            message("D0SAMPLE", "1767600000.000200", Some(person("ana"))),
        ],
        "deadline": Timestamp::from_second(NOW + 3_600).unwrap(),
        "baseUrl": "https://approvals.example.com", "openedAt": START
    }))
    .unwrap()
}

impl World {
    pub(crate) fn new() -> Self {
        let world = Self::without_slack();
        let memory = &world.memory;
        memory.set_signing_secrets(vec![SigningSecret::new(SECRET.to_owned())]);
        memory
            .set_workspace(Some(SlackWorkspace { team: "T0SAMPLE".to_owned(), app: "A0SAMPLE".to_owned() }));
        for (user, name) in [("U0ANA", "ana"), ("U0BOB", "bob"), ("U0DEV", "dev"), ("U0STRANGER", "eve")] {
            memory.add_slack_account(user, Some(person(name)));
        }
        let request = request();
        memory.wait(EXECUTION, &request.task_token);
        memory.put_request(request);
        world
    }

    pub(crate) fn without_slack() -> Self {
        let memory = Memory::new();
        memory.set_now(Timestamp::from_second(NOW).unwrap());
        Self { memory, strangers: Strangers::default() }
    }

    /// The same with a request that was changed like this.
    pub(crate) fn with(edit: impl FnOnce(&mut Request)) -> Self {
        let world = Self::new();
        let mut request = world.request();
        edit(&mut request);
        world.memory.put_request(request);
        world
    }

    /// The same with a request that a phrase confirms.
    pub(crate) fn with_phrase() -> Self {
        Self::with(|request| request.level.confirmation = common::domain::Confirmation::Phrase)
    }

    pub(crate) fn desk(&self) -> Desk<'_, Memory, Memory, Memory, Memory, Memory> {
        let memory = &self.memory;
        Desk {
            secrets: memory,
            store: memory,
            workflows: memory,
            slack: memory,
            clock: memory,
            strangers: &self.strangers,
        }
    }

    pub(crate) async fn send(&self, event: Value) -> Answer {
        Answer::of(handle(&self.desk(), event, |_| pending()).await)
    }

    /// The same when time is up at once.
    pub(crate) async fn send_too_late(&self, event: Value) -> Answer {
        Answer::of(handle(&self.desk(), event, |_| std::future::ready(())).await)
    }

    /// What Slack sends for a payload.
    pub(crate) async fn receive(&self, payload: &str) -> Answer {
        self.send(sent(payload)).await
    }

    /// A click that is acknowledged; what its presser is told privately.
    pub(crate) async fn click(&self, payload: &Value) -> Vec<String> {
        let before = self.memory.slack_notices().len();
        let answer = self.receive(&payload.to_string()).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
        let notices = self.memory.slack_notices().split_off(before);
        notices.into_iter().map(|(_, _, card)| card.text).collect()
    }

    pub(crate) async fn submit(&self, payload: &Value) -> Value {
        let answer = self.receive(&payload.to_string()).await;
        assert_eq!(answer.status, 200);
        if answer.text.is_empty() { Value::Null } else { serde_json::from_str(&answer.text).unwrap() }
    }

    pub(crate) fn request(&self) -> Request {
        self.memory.stored_request(&RequestId::parse(ID).unwrap()).unwrap()
    }

    /// Where the request stands, and whose votes it has.
    pub(crate) fn votes(&self) -> (Status, Vec<(EmailAddress, Choice)>) {
        let request = self.request();
        (request.status, request.votes.into_iter().map(|vote| (vote.approver, vote.choice)).collect())
    }
}

impl Answer {
    fn of(response: ApiGatewayProxyResponse) -> Self {
        let text = match response.body.clone() {
            Some(Body::Text(text)) => text,
            None => String::new(),
            Some(other) => panic!("answers are text: {other:?}"),
        };
        Self { status: response.status_code, text, response }
    }
}

/// A click on a button of the message in the channel.
pub(crate) fn click(action: &str, user: &str) -> Value {
    json!({
        "type": "block_actions",
        "user": {"id": user, "team_id": "T0SAMPLE"}, "team": {"id": "T0SAMPLE"}, "api_app_id": "A0SAMPLE",
        "container": {"type": "message", "message_ts": "1767600000.000100", "channel_id": "C0SAMPLE"},
        "channel": {"id": "C0SAMPLE", "name": "deployments"}, "trigger_id": "1111.2222.secret",
        "response_url": "https://hooks.slack.com/actions/T0SAMPLE/1/secret",
        "actions": [{"action_id": action, "value": ID}],
    })
}

pub(crate) fn approve(user: &str) -> Value {
    click("approve_deployment", user)
}

/// A modal, with one field filled in.
pub(crate) fn modal(choice: &str, user: &str, field: &str, text: &str) -> Value {
    json!({
        "type": "view_submission",
        "user": {"id": user, "team_id": "T0SAMPLE"}, "team": {"id": "T0SAMPLE"}, "api_app_id": "A0SAMPLE",
        "view": {
            "callback_id": format!("{choice}_deployment"),
            "private_metadata": json!({"request": ID, "choice": choice}).to_string(),
            "state": {"values": {field: {field: {"type": "plain_text_input", "value": text}}}},
        },
    })
}

/// What Slack sends for a payload.
pub(crate) fn sent(payload: &str) -> Value {
    signed(SECRET, NOW, &format!("payload={}", urlencoding::encode(payload)))
}

pub(crate) fn sign(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("v0:{timestamp}:").as_bytes());
    mac.update(body);
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}

pub(crate) fn signed(secret: &str, at: i64, body: &str) -> Value {
    let timestamp = at.to_string();
    event(&[&timestamp], &[&sign(secret, &timestamp, body.as_bytes())], body)
}

pub(crate) fn event(timestamps: &[&str], signatures: &[&str], body: &str) -> Value {
    json!({
        "httpMethod": "POST",
        "path": "/slack/interactions",
        "headers": null,
        "multiValueHeaders": {
            "X-Slack-Request-Timestamp": timestamps,
            "x-slack-signature": signatures,
        },
        "queryStringParameters": null,
        "multiValueQueryStringParameters": null,
        "requestContext": {"httpMethod": "POST"},
        "body": body,
        "isBase64Encoded": false,
    })
}
