//! A tiny app: it verifies what it is sent as the product does, and does as it was told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::adapters::slack::signature::{Claim, SignatureError, verify};
use common::ports::SigningSecret;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use serde_json::Value;

use crate::wire;

/// What it does with one request.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) delay: Duration,
    /// A call of the Web API before it answers; `TRIGGER` stands for the request's trigger.
    pub(crate) call: Option<(&'static str, Value)>,
}

impl Default for Step {
    fn default() -> Self {
        Self { status: 200, body: String::new(), delay: Duration::ZERO, call: None }
    }
}

/// A request that it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) body: Bytes,
    pub(crate) signature: Option<String>,
    pub(crate) verified: Result<(), SignatureError>,
    pub(crate) payload: Value,
}

/// The app, shared with the test.
#[derive(Clone, Default)]
pub(crate) struct App {
    pub(crate) received: Arc<Mutex<Vec<Received>>>,
    pub(crate) steps: Arc<Mutex<VecDeque<Step>>>,
    pub(crate) api: Arc<Mutex<(String, String)>>,
}

impl App {
    /// What it does with the next request; without a step it acknowledges.
    pub(crate) fn next(&self, step: Step) {
        self.steps.lock().unwrap().push_back(step);
    }

    pub(crate) fn last(&self) -> Received {
        self.received.lock().unwrap().last().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.received.lock().unwrap().len()
    }

    pub(crate) async fn answer(self, secret: String, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let all = |name: &str| -> Vec<&str> {
            head.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
        };
        let (timestamps, signatures) = (all("x-slack-request-timestamp"), all("x-slack-signature"));
        let claim = Claim { timestamps: &timestamps, signatures: &signatures, body: &body };
        let verified = verify(&[SigningSecret::new(secret)], &claim, now());
        let payload = payload(&body);
        let received = Received {
            body: body.clone(),
            signature: signatures.first().map(|&text| text.to_owned()),
            verified,
            payload: payload.clone(),
        };
        self.received.lock().unwrap().push(received);
        if verified.is_err() {
            return respond(401, String::new());
        }
        let step = self.steps.lock().unwrap().pop_front().unwrap_or_default();
        if let Some((method, arguments)) = &step.call {
            let trigger = payload["trigger_id"].as_str().unwrap_or_default();
            let arguments = arguments.to_string().replace("TRIGGER", trigger);
            let (api, token) = self.api.lock().unwrap().clone();
            let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
            wire::send("POST", &format!("{api}/{method}"), &headers, arguments).await;
        }
        tokio::time::sleep(step.delay).await;
        respond(step.status, step.body)
    }
}

#[expect(clippy::disallowed_methods, reason = "the signature is made with the time of now")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

fn payload(body: &[u8]) -> Value {
    let found = form_urlencoded::parse(body).find(|(name, _)| name == "payload");
    found.and_then(|(_, payload)| serde_json::from_str(&payload).ok()).unwrap_or_default()
}

fn respond(status: u16, body: String) -> Response<Full<Bytes>> {
    Response::builder().status(status).body(Full::new(Bytes::from(body))).unwrap()
}
