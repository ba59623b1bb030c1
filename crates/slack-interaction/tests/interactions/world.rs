//! A stack with a signing secret, its clock where the samples were signed, and requests to the handler.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_lambda_events::encodings::Body;
use common::adapters::memory::Memory;
use common::ports::SigningSecret;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;
use slack_interaction::handle;

pub(crate) const SECRET: &str = "sample-signing-secret";
pub(crate) const NOW: i64 = 1_767_606_067;

pub(crate) struct World {
    pub(crate) memory: Memory,
}

/// An answer, with its parts at hand.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: i64,
    pub(crate) text: String,
    pub(crate) response: ApiGatewayProxyResponse,
}

impl World {
    pub(crate) fn new() -> Self {
        let world = Self::without_slack();
        world.memory.set_signing_secrets(vec![SigningSecret::new(SECRET.to_owned())]);
        world
    }

    pub(crate) fn without_slack() -> Self {
        let memory = Memory::new();
        memory.set_now(Timestamp::from_second(NOW).unwrap());
        Self { memory }
    }

    pub(crate) async fn send(&self, event: Value) -> Answer {
        let response = handle(&self.memory, &self.memory, event).await;
        let text = match response.body.clone() {
            Some(Body::Text(text)) => text,
            None => String::new(),
            Some(other) => panic!("answers are text: {other:?}"),
        };
        Answer { status: response.status_code, text, response }
    }

    /// What Slack sends for a payload.
    pub(crate) async fn receive(&self, payload: &str) -> Answer {
        let body = format!("payload={}", urlencoding::encode(payload));
        self.send(signed(SECRET, NOW, &body)).await
    }
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
