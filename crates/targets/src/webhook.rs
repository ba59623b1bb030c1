//! Receivers of webhooks, as <https://www.standardwebhooks.com> has it: an https POST with the message's id, the time of
//! this try, and a signature over both and the body with each key of the secret.

mod answer;
mod signature;

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::adapters::failure::Failure;
use common::adapters::https::{Https, Limits, Request};
use common::adapters::secrets_manager::SigningKeys;
use common::adapters::system::SystemRandom;
use common::domain::{RequestId, Webhook, WebhookUrl};
use common::ports::{CallWebhooks, Clock, Random as _, Received, TargetError};

use super::Targets;

const LIMITS: Limits = Limits { connect: Duration::from_secs(3), answer: 64 * 1024 };
/// How long a receiver has to answer. The function has 60 seconds; whoever needs longer accepts, and is asked again.
const PATIENCE: Duration = Duration::from_secs(15);
const POST: &str = "POST";

/// Calls receivers.
pub(super) struct Webhooks<C> {
    keys: SigningKeys<C>,
    clock: C,
    https: Https,
    patience: Duration,
}

impl<C> fmt::Debug for Webhooks<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Webhooks")
    }
}

impl CallWebhooks for Targets {
    fn mark(&self) -> String {
        self.webhooks.mark()
    }

    async fn signable(&self, place: &Webhook) -> Result<(), TargetError> {
        self.webhooks.signable(place).await
    }

    async fn post(&self, place: &Webhook, request: &RequestId, body: &str) -> Result<Received, TargetError> {
        self.webhooks.post(place, request, body).await
    }
}

impl<C: Clock> Webhooks<C> {
    pub(super) fn new(keys: SigningKeys<C>, clock: C) -> Self {
        Self { keys, clock, https: Https::new(LIMITS), patience: PATIENCE }
    }
}

impl<C: Clock> CallWebhooks for Webhooks<C> {
    fn mark(&self) -> String {
        STANDARD.encode(SystemRandom.bits())
    }

    async fn signable(&self, place: &Webhook) -> Result<(), TargetError> {
        self.keys.read(&place.secret).await.map(drop).map_err(unread)
    }

    async fn post(&self, place: &Webhook, request: &RequestId, body: &str) -> Result<Received, TargetError> {
        let keys = self.keys.read(&place.secret).await.map_err(unread)?;
        let seconds = self.clock.now().as_second();
        let signature = signature::sign(&keys, request.as_str(), seconds, body);
        let request = request_of(&place.url, request, seconds, &signature, body)?;
        let answer = self.https.send(request, self.patience).await;
        let answer =
            answer.map_err(|error| TargetError::Unavailable { operation: POST, code: error.to_string() })?;
        answer::read(&answer, &place.url).map_err(|code| TargetError::Unavailable { operation: POST, code })
    }
}

fn request_of(
    url: &WebhookUrl,
    request: &RequestId,
    seconds: i64,
    signature: &str,
    body: &str,
) -> Result<Request, TargetError> {
    hyper::Request::post(url.expose())
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .header("user-agent", concat!("countersign/", env!("CARGO_PKG_VERSION")))
        .header("webhook-id", request.as_str())
        .header("webhook-timestamp", seconds)
        .header("webhook-signature", signature)
        .body(body.to_owned().into())
        // Its own words may quote the address.
        .map_err(|_| TargetError::Refused {
            operation: POST,
            reason: "the address cannot be called".to_owned(),
        })
}

fn unread(failure: Failure) -> TargetError {
    let operation = "secretsmanager:GetSecretValue";
    let Failure { code, passing } = failure;
    if passing {
        TargetError::Unavailable { operation, code }
    } else {
        TargetError::Refused { operation, reason: code }
    }
}

#[cfg(test)]
mod tests;
