//! A click in Slack, signed now.

use common::adapters::system::SystemClock;
use common::ports::Clock as _;
use serde_json::{Value, json};
use slack_stand_in::sign;

use super::{samples, set};

const EVENT: &str = include_str!("../../../../events/slack-interaction/approve.json");
const SIGNING_SECRET: &str = "bench-signing-secret";
const TEAM: &str = "T0SAMPLE";
const APP: &str = "A0SAMPLE";
pub(super) const ACCOUNT: &str = "U0ANA";

/// Who clicks what.
#[derive(Clone, Copy)]
pub(super) enum Click {
    /// Approve.
    Approve,
    /// Reject, which opens a modal.
    Reject,
}

impl Click {
    /// The request from API Gateway.
    pub(super) fn event(self) -> Value {
        let mut event: Value = serde_json::from_str(EVENT).unwrap_or_default();
        let now = SystemClock.now();
        let timestamp = u64::try_from(now.as_second()).unwrap_or_default();
        let body = event.get("body").and_then(Value::as_str).unwrap_or_default();
        let body = match self {
            Self::Approve => body.to_owned(),
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
}

/// An empty 200 is what Slack has to get.
pub(super) fn is_good(answer: &Value) -> bool {
    let empty = answer.get("body").is_none_or(|body| body.is_null() || body == "");
    answer.get("statusCode") == Some(&json!(200)) && empty
}

pub(super) fn account() -> Value {
    json!({
        "ok": true,
        "user": { "id": ACCOUNT, "team_id": TEAM, "profile": { "email": samples::APPROVER } }
    })
}

pub(super) fn secret(url: &str) -> String {
    json!({
        "signingSecret": SIGNING_SECRET, "botToken": "xoxb-bench", "teamId": TEAM, "appId": APP,
        "apiUrl": format!("{url}/api")
    })
    .to_string()
}
