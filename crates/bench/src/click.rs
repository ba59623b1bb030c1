//! What is measured: a click in Slack, signed now, on a request that is open.

use common::adapters::system::SystemClock;
use common::domain::{Facts, Fingerprint};
use common::ports::Clock as _;
use serde_json::{Value, json};
use slack_stand_in::sign;

use crate::Error;
use crate::runtime_api::RuntimeApi;
use crate::services::Services;

const EVENT: &str = include_str!("../../../events/slack-interaction/approve.json");
const REQUEST: &str = "7d1f0c2e4b6a48959aa3c1e05f2b8d76-1";
const SIGNING_SECRET: &str = "bench-signing-secret";
const TEAM: &str = "T0SAMPLE";
const APP: &str = "A0SAMPLE";
const ACCOUNT: &str = "U0ANA";

/// Who clicks what.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Click {
    /// Approve, by an account that the policy names.
    Approve,
    /// Approve, by an account that has to be asked for its address.
    ApproveOfUnknown,
    /// Reject, which opens a modal.
    Reject,
}

impl Click {
    pub(crate) const ALL: [Self; 3] = [Self::Approve, Self::ApproveOfUnknown, Self::Reject];
    pub(crate) const BINARY: &str = "slack-interaction";

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Approve => "Slack: approve",
            Self::ApproveOfUnknown => "Slack: approve, new account",
            Self::Reject => "Slack: reject, opens a modal",
        }
    }

    pub(crate) fn environment(api: &RuntimeApi, services: &Services) -> Vec<(&'static str, String)> {
        let certificate = services.certificate.to_string_lossy().into_owned();
        let fixed = [
            ("AWS_ACCESS_KEY_ID", "bench"),
            ("AWS_SECRET_ACCESS_KEY", "bench"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
            ("TABLE_NAME", "bench"),
            ("SLACK_SECRET_ARN", "bench"),
        ];
        let mut environment: Vec<_> =
            fixed.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        environment.extend([
            ("AWS_LAMBDA_RUNTIME_API", api.authority.clone()),
            ("AWS_ENDPOINT_URL", services.url.clone()),
            ("SSL_CERT_FILE", certificate),
        ]);
        environment
    }

    /// The request from API Gateway.
    pub(crate) fn event(self) -> Value {
        let mut event: Value = serde_json::from_str(EVENT).unwrap_or_default();
        let now = SystemClock.now();
        let timestamp = u64::try_from(now.as_second()).unwrap_or_default();
        let body = event.get("body").and_then(Value::as_str).unwrap_or_default();
        let body = match self {
            Self::Approve | Self::ApproveOfUnknown => body.to_owned(),
            Self::Reject => body.replace("approve_deployment", "reject_deployment"),
        };
        let headers = [
            ("X-Slack-Request-Timestamp", timestamp.to_string()),
            ("X-Slack-Signature", sign(SIGNING_SECRET, timestamp, body.as_bytes())),
        ];
        for (name, value) in headers {
            set(&mut event, &format!("/headers/{name}"), json!(value));
            set(&mut event, &format!("/multiValueHeaders/{name}"), json!([value]));
        }
        set(&mut event, "/body", json!(body));
        set(&mut event, "/requestContext/requestTimeEpoch", json!(now.as_millisecond()));
        event
    }

    /// Whether an answer is what Slack has to get.
    pub(crate) fn check(self, answer: &Value) -> Result<(), Error> {
        let empty = answer.get("body").is_none_or(|body| body.is_null() || body == "");
        if answer.get("statusCode") == Some(&json!(200)) && empty {
            return Ok(());
        }
        Err(format!("{} was answered with {answer}", self.name()).into())
    }

    /// What AWS and Slack say.
    pub(crate) fn answer_to(self, operation: &str, url: &str) -> Option<Value> {
        match operation {
            "GetItem" => Some(json!({ "Item": self.record()? })),
            "GetSecretValue" => Some(json!({ "Name": "bench", "SecretString": secret(url) })),
            "users.info" => Some(json!({
                "ok": true,
                "user": { "id": ACCOUNT, "team_id": TEAM, "profile": { "email": "ana@example.com" } }
            })),
            _ => Some(json!({ "ok": true })),
        }
    }

    /// The open request, as the table has it.
    fn record(self) -> Option<serde_dynamo::Item> {
        let facts = json!({ "deployment": {
            "serviceName": "checkout", "version": "2.4.1", "environment": "production",
            "changeLog": "- faster carts\n- fixes #812"
        }});
        let fingerprint = Fingerprint::of(&serde_json::from_value::<Facts>(facts.clone()).ok()?, None);
        let approver = match self {
            Self::ApproveOfUnknown => json!({ "email": "ana@example.com" }),
            _ => json!({ "email": "ana@example.com", "slack": ACCOUNT }),
        };
        let execution =
            "arn:aws:states:us-east-1:123456789012:execution:countersign-deployment-approval:bench";
        let record = json!({
            "schema": 1, "id": REQUEST, "version": 4, "status": "pending", "resume": "none",
            "plan": REQUEST.trim_end_matches("-1"), "levelNumber": 1, "levelCount": 1, "canWait": true,
            "workflow": { "execution": execution, "state": "RequestApproval" }, "taskToken": "bench-task-token",
            "generation": { "enteredAt": "2026-01-05T09:00:00Z", "retry": 0 }, "facts": facts, "fingerprint": fingerprint,
            "level": {
                "name": "manager", "deadlineSeconds": 600, "confirmation": "button", "namedBy": "policy",
                "selfApproval": false, "groups": [{ "role": "manager", "approvers": [approver], "quorum": 1 }]
            },
            "baseUrl": "https://approvals.example.com", "openedAt": "2026-01-05T09:00:00Z",
            "deadline": "2126-01-05T09:00:00Z", "slackTarget": { "channel": "C0SAMPLE", "direct": false },
            "slack": [{
                "channel": "C0SAMPLE", "ts": "1767600000.000100", "purpose": "ask", "at": "2026-01-05T09:00:00Z",
                "shows": "pending 0 first none unused"
            }]
        });
        serde_dynamo::to_item(record).ok()
    }
}

fn secret(url: &str) -> String {
    json!({
        "signingSecret": SIGNING_SECRET, "botToken": "xoxb-bench", "teamId": TEAM, "appId": APP,
        "apiUrl": format!("{url}/api")
    })
    .to_string()
}

/// Changes what is there already.
fn set(event: &mut Value, pointer: &str, value: Value) {
    if let Some(place) = event.pointer_mut(pointer) {
        *place = value;
    }
}
