//! Secrets in Secrets Manager. Those of webhooks are in [`keys`].
//!
//! The Slack secret is one JSON object with `signingSecret` (and beside it `previousSigningSecret`
//! during a rotation), `botToken`, `teamId`, `appId`, and for another API than Slack's own, `apiUrl`.

mod cache;
pub mod keys;

use aws_sdk_secretsmanager::Client;
use jiff::SignedDuration;
use serde::Deserialize;

use self::cache::{Cache, YOUNG};
pub use self::keys::{SigningKey, SigningKeys};
use super::slack::{BotToken, GiveAccess, SlackAccess};
use crate::ports::{Clock, KnowWorkspace, SecretError, SigningSecret, SigningSecrets, SlackWorkspace};

/// How long a secret that was read is used before it is read again; so long may a rotation take to be noticed by
/// itself, which `previousSigningSecret` bridges.
const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// How young a secret is too young to be read again because Slack itself refused its token. Only we can bring that
/// about.
const JUST_READ: SignedDuration = SignedDuration::from_secs(3);

/// Slack's secret, or none when Slack is off.
pub struct SlackSecret<C> {
    cache: Cache<C, Parts>,
    arn: Option<String>,
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
        Self { cache: Cache::new(client, clock, parse), arn }
    }

    /// The parts, read at most so long ago, or for a while as they last were; `None` when Slack is off.
    async fn parts(&self, fresh: SignedDuration) -> Result<Option<Parts>, SecretError> {
        let Some(arn) = &self.arn else { return Ok(None) };
        match self.cache.read(arn, fresh).await {
            Ok(parts) => Ok(Some(parts)),
            Err(failure) => Err(SecretError { code: failure.code }),
        }
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

fn parse(json: &str) -> Result<Parts, &'static str> {
    // The error of the parser quotes what it found.
    let content: Content =
        serde_json::from_str(json).map_err(|_| "it is not a JSON object with the text `signingSecret`")?;
    let Some(current) = given(Some(&content.signing_secret)) else {
        // Anybody can sign with an empty secret.
        return Err("its `signingSecret` is empty");
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
