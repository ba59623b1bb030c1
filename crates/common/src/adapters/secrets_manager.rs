//! The Slack secret in Secrets Manager: one JSON object with `signingSecret` (and beside it `previousSigningSecret`
//! during a rotation), `botToken`, `teamId`, `appId`, and for another API than Slack's own, `apiUrl`.

use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_sdk_secretsmanager::Client;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::failure::Failure;
use super::slack::{BotToken, GiveAccess, SlackAccess};
use crate::ports::{Clock, KnowWorkspace, SecretError, SigningSecret, SigningSecrets, SlackWorkspace};

/// How long a secret that was read is used before it is read again; so long may a rotation take to be noticed by
/// itself, which `previousSigningSecret` bridges.
const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// For how long a secret is used that cannot be read any more.
const STALE: SignedDuration = SignedDuration::from_hours(1);
/// How young a secret, or a failure to read it, is too young for another read because something did not match it. Anybody can send what does
/// not match.
const YOUNG: SignedDuration = SignedDuration::from_secs(30);
/// How young a secret is too young to be read again because Slack itself refused its token. Only we can bring that
/// about.
const JUST_READ: SignedDuration = SignedDuration::from_secs(3);

/// Slack's secret, or none when Slack is off.
pub struct SlackSecret<C> {
    client: Client,
    clock: C,
    arn: Option<String>,
    cached: Mutex<Option<Cached>>,
}

struct Cached {
    read_at: Timestamp,
    parts: Parts,
    /// When it could last not be read again.
    failed_at: Option<Timestamp>,
}

/// What the secret is made of. Each part that is missing or wrong only fails who needs it.
#[derive(Clone)]
struct Parts {
    signing: Vec<SigningSecret>,
    access: Result<SlackAccess, &'static str>,
    workspace: Result<SlackWorkspace, &'static str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    signing_secret: String,
    #[serde(default)]
    previous_signing_secret: Option<String>,
    #[serde(default)]
    bot_token: Option<String>,
    #[serde(default)]
    team_id: Option<String>,
    #[serde(default)]
    app_id: Option<String>,
    #[serde(default)]
    api_url: Option<String>,
}

impl<C: Clock> SlackSecret<C> {
    /// The secret with this ARN; without one, Slack is off.
    pub fn new(client: Client, clock: C, arn: Option<String>) -> Self {
        Self { client, clock, arn, cached: Mutex::new(None) }
    }

    /// The parts, read at most so long ago, or for a while as they last were; `None` when Slack is off.
    async fn parts(&self, fresh: SignedDuration) -> Result<Option<Parts>, SecretError> {
        let Some(arn) = &self.arn else { return Ok(None) };
        if let Some(parts) = self.cached(fresh) {
            return Ok(Some(parts));
        }
        let read_at = self.clock.now();
        match self.read(arn).await {
            Ok(parts) => {
                *self.lock() = Some(Cached { read_at, parts: parts.clone(), failed_at: None });
                Ok(Some(parts))
            }
            Err(error) => self.stale(error).map(Some),
        }
    }

    async fn read(&self, arn: &str) -> Result<Parts, SecretError> {
        let found = Box::pin(self.client.get_secret_value().secret_id(arn).send()).await;
        let found = found.map_err(|error| SecretError { code: Failure::of(&error).code })?;
        parse(found.secret_string().unwrap_or_default())
    }

    /// What is fresh enough, or has just failed to be read again.
    fn cached(&self, fresh: SignedDuration) -> Option<Parts> {
        let now = self.clock.now();
        let cached = self.lock();
        let known = cached.as_ref()?;
        let just_failed =
            known.failed_at.is_some_and(|at| now.duration_since(at) < YOUNG) && known.is_usable(now);
        (now.duration_since(known.read_at) < fresh || just_failed).then(|| known.parts.clone())
    }

    /// What was read before, for as long as that may be used; else the failure.
    fn stale(&self, error: SecretError) -> Result<Parts, SecretError> {
        let now = self.clock.now();
        let mut cached = self.lock();
        match cached.as_mut().filter(|known| known.is_usable(now)) {
            Some(known) => {
                tracing::warn!(%error, "the Slack secret cannot be read again, so it is used as it was");
                known.failed_at = Some(now);
                Ok(known.parts.clone())
            }
            None => Err(error),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Cached>> {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cached {
    fn is_usable(&self, now: Timestamp) -> bool {
        now.duration_since(self.read_at) < STALE
    }
}

impl<C: Clock> SigningSecrets for SlackSecret<C> {
    async fn signing_secrets(&self) -> Result<Vec<SigningSecret>, SecretError> {
        Ok(self.parts(FRESH).await?.map(|parts| parts.signing).unwrap_or_default())
    }

    async fn signing_secrets_anew(&self) -> Result<Vec<SigningSecret>, SecretError> {
        Ok(self.parts(YOUNG).await?.map(|parts| parts.signing).unwrap_or_default())
    }
}

impl<C: Clock> KnowWorkspace for SlackSecret<C> {
    async fn workspace(&self) -> Result<Option<SlackWorkspace>, SecretError> {
        self.parts(FRESH).await?.map(|parts| parts.workspace.map_err(missing)).transpose()
    }
}

impl<C: Clock> GiveAccess for &SlackSecret<C> {
    async fn access(&self) -> Result<Option<SlackAccess>, SecretError> {
        self.parts(FRESH).await?.map(|parts| parts.access.map_err(missing)).transpose()
    }

    async fn renewed(&self) -> Result<Option<SlackAccess>, SecretError> {
        self.parts(JUST_READ).await?.map(|parts| parts.access.map_err(missing)).transpose()
    }
}

fn missing(what: &'static str) -> SecretError {
    SecretError { code: what.to_owned() }
}

fn parse(json: &str) -> Result<Parts, SecretError> {
    // The error of the parser quotes what it found.
    let content: Content = serde_json::from_str(json)
        .map_err(|_| missing("it is not a JSON object with the text `signingSecret`"))?;
    let Some(current) = given(Some(&content.signing_secret)) else {
        // Anybody can sign with an empty secret.
        return Err(missing("its `signingSecret` is empty"));
    };
    let previous = given(content.previous_signing_secret.as_deref());
    let signing = [Some(current), previous].into_iter().flatten();
    Ok(Parts {
        signing: signing.map(|text| SigningSecret::new(text.to_owned())).collect(),
        access: access(&content),
        workspace: workspace(&content),
    })
}

fn access(content: &Content) -> Result<SlackAccess, &'static str> {
    let token = given(content.bot_token.as_deref()).ok_or("its `botToken` is missing")?;
    let url = given(content.api_url.as_deref());
    SlackAccess::new(BotToken::new(token.to_owned()), url)
        .map(|access| access.of_team(given(content.team_id.as_deref())))
        .map_err(|_| "its `apiUrl` is no https URL (http only for this machine)")
}

fn workspace(content: &Content) -> Result<SlackWorkspace, &'static str> {
    let team = given(content.team_id.as_deref()).ok_or("its `teamId` is missing")?;
    let app = given(content.app_id.as_deref()).ok_or("its `appId` is missing")?;
    Ok(SlackWorkspace { team: team.to_owned(), app: app.to_owned() })
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
