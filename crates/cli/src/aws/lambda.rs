//! Lambda: the function `reconcile`, which withdraws.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use common::domain::{RequestId, Status};
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::failure;
use crate::ports::{CallError, Withdrawal, Withdraws};

const OPERATION: &str = "withdraw the request";

/// The stack's function `reconcile`.
pub struct Reconcile {
    client: Client,
    arn: String,
}

impl Reconcile {
    pub(super) fn new(client: Client, arn: String) -> Self {
        Self { client, arn }
    }
}

impl Withdraws for Reconcile {
    async fn withdraw(&self, id: &RequestId, reason: &str) -> Result<Withdrawal, CallError> {
        let payload = json!({ "withdraw": { "requestId": id, "reason": reason } }).to_string();
        let call = self.client.invoke().function_name(&self.arn).payload(Blob::new(payload));
        let answered = call.send().await.map_err(|error| failure::of(OPERATION, &error))?;
        let answer = answered.payload.map(Blob::into_inner).unwrap_or_default();
        let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
        let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
        let failed = |code: String, message: Option<String>| CallError {
            operation: OPERATION,
            code,
            message: common::render::words::line(&message.unwrap_or_default()),
        };
        if let Some(error) = answered.function_error {
            return Err(failed(text("errorType").unwrap_or(error), text("errorMessage")));
        }
        let status = answer.get("status").and_then(|status| Status::deserialize(status).ok());
        let refusal = text("refusal");
        if status.is_none() && refusal.is_none() {
            return Err(failed("UnreadableResponse".to_owned(), None));
        }
        Ok(Withdrawal { status, refusal })
    }
}
