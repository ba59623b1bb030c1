//! The Slack secret in Secrets Manager: one JSON object with `signingSecret`, and beside it
//! `previousSigningSecret` during a rotation, and `botToken`.

use std::sync::{Mutex, PoisonError};

use aws_sdk_secretsmanager::Client;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::failure::Failure;
use crate::ports::{Clock, SecretError, SigningSecret, SigningSecrets};

/// How long a secret that was read is used before it is read again; so long may a rotation take to be
/// noticed, which `previousSigningSecret` bridges.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// Slack's secret, or none when Slack is off.
pub struct SlackSecret<C> {
    client: Client,
    clock: C,
    arn: Option<String>,
    cached: Mutex<Option<Cached>>,
}

struct Cached {
    read_at: Timestamp,
    secrets: Vec<SigningSecret>,
}

/// The parts of the secret that are for verifying; the bot token stays unread.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    signing_secret: String,
    #[serde(default)]
    previous_signing_secret: Option<String>,
}

impl<C: Clock> SlackSecret<C> {
    /// The secret with this ARN; without one, Slack is off.
    pub fn new(client: Client, clock: C, arn: Option<String>) -> Self {
        Self { client, clock, arn, cached: Mutex::new(None) }
    }

    fn cached(&self) -> Option<Vec<SigningSecret>> {
        let now = self.clock.now();
        let cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = cached.as_ref().filter(|cached| now.duration_since(cached.read_at) < FRESH)?;
        Some(fresh.secrets.clone())
    }
}

impl<C: Clock> SigningSecrets for SlackSecret<C> {
    async fn signing_secrets(&self) -> Result<Vec<SigningSecret>, SecretError> {
        let Some(arn) = &self.arn else { return Ok(Vec::new()) };
        if let Some(secrets) = self.cached() {
            return Ok(secrets);
        }
        let read_at = self.clock.now();
        let found = self.client.get_secret_value().secret_id(arn).send().await;
        let found = found.map_err(|error| SecretError { code: Failure::of(&error).code })?;
        let secrets = parse(found.secret_string().unwrap_or_default())?;
        let cached = Cached { read_at, secrets: secrets.clone() };
        *self.cached.lock().unwrap_or_else(PoisonError::into_inner) = Some(cached);
        Ok(secrets)
    }
}

fn parse(json: &str) -> Result<Vec<SigningSecret>, SecretError> {
    // The error of the parser quotes what it found.
    let content: Content = serde_json::from_str(json).map_err(|_| SecretError {
        code: "it is not a JSON object with the text `signingSecret`".to_owned(),
    })?;
    let current = content.signing_secret.trim();
    if current.is_empty() {
        // Anybody can sign with an empty secret.
        return Err(SecretError { code: "its `signingSecret` is empty".to_owned() });
    }
    let previous = content.previous_signing_secret.as_deref().map(str::trim).filter(|text| !text.is_empty());
    Ok([Some(current), previous]
        .into_iter()
        .flatten()
        .map(|text| SigningSecret::new(text.to_owned()))
        .collect())
}

#[cfg(test)]
mod tests;
