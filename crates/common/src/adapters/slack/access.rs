//! What opens Slack's API: where it is, and as whom we call it.

use std::fmt;
use std::future::Future;

use crate::ports::SecretError;

/// Slack's own API.
pub(super) const DEFAULT_URL: &str = "https://slack.com/api";

/// Where Slack takes replies to pressed buttons.
const REPLIES: &str = "https://hooks.slack.com/";

/// The bot's token.
#[derive(Clone, PartialEq, Eq)]
pub struct BotToken(String);

impl BotToken {
    /// Takes the token.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BotToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted bot token]")
    }
}

/// Where Slack's API is, and as whom we call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlackAccess {
    pub(super) token: BotToken,
    pub(super) url: String,
    /// The workspace whose people count; absent: none is known.
    pub(super) team: Option<String>,
}

/// The address would carry the token somewhere else than to Slack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no https URL (http only for this machine)")]
pub struct SlackUrlError;

impl SlackAccess {
    /// With Slack's own API, or another one: https, or http on this machine.
    ///
    /// # Errors
    /// When the URL is neither.
    pub fn new(token: BotToken, url: Option<&str>) -> Result<Self, SlackUrlError> {
        let url = url.unwrap_or(DEFAULT_URL).trim_end_matches('/');
        let (scheme, rest) = url.split_once("://").ok_or(SlackUrlError)?;
        let authority = rest.split('/').next().unwrap_or_default();
        let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte);
        let local = matches!(host, "localhost" | "127.0.0.1");
        let good = (scheme == "https" || (scheme == "http" && local))
            && !host.is_empty()
            && port.parse::<u16>().is_ok()
            && rest.bytes().all(plain);
        if good { Ok(Self { token, url: url.to_owned(), team: None }) } else { Err(SlackUrlError) }
    }

    /// Whether an address that came with an interaction is one of Slack's, or of what stands in for it.
    pub(super) fn answers_at(&self, address: &str) -> bool {
        let (scheme, rest) = self.url.split_once("://").unwrap_or_default();
        let origin = format!("{scheme}://{}/", rest.split('/').next().unwrap_or_default());
        address.starts_with(REPLIES) || address.starts_with(&origin)
    }

    /// The same for a workspace: accounts of another one are nobody's.
    #[must_use]
    pub fn of_team(self, team: Option<&str>) -> Self {
        Self { team: team.map(str::to_owned), ..self }
    }
}

/// Gives access to Slack's API.
pub trait GiveAccess: Send + Sync {
    /// The access; `None` when Slack is off.
    fn access(&self) -> impl Future<Output = Result<Option<SlackAccess>, SecretError>> + Send;

    /// The access, read anew because Slack no longer takes the token; the same as before when it was only just read.
    fn renewed(&self) -> impl Future<Output = Result<Option<SlackAccess>, SecretError>> + Send;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_to_slack_or_stays_on_this_machine() {
        let new = |url| SlackAccess::new(BotToken::new("xoxb-1".to_owned()), url);
        assert_eq!(new(None).unwrap().url, "https://slack.com/api");
        for good in ["https://slack-gov.com/api/", "http://127.0.0.1:8090/api", "http://localhost/api"] {
            assert_eq!(new(Some(good)).unwrap().url, good.trim_end_matches('/'));
        }
        for bad in [
            "http://slack.com/api",
            "http://localhost.example.com/api",
            "http://127.0.0.1@example.com/api",
            "https://user@example.com/api",
            "https:///api",
            "ftp://slack.com",
            "slack.com/api",
            "https://slack.com/api?x=",
            "",
        ] {
            assert_eq!(new(Some(bad)), Err(SlackUrlError), "{bad}");
        }
        let stand_in = new(Some("http://127.0.0.1:8090/api")).unwrap();
        for (address, ours) in [
            ("https://hooks.slack.com/actions/T1/2/x", true),
            ("http://127.0.0.1:8090/response/x", true),
            ("http://127.0.0.1:80901/x", false),
            ("https://hooks.slack.com.example.com/x", false),
            ("http://hooks.slack.com/x", false),
        ] {
            assert_eq!(stand_in.answers_at(address), ours, "{address}");
        }
        assert_eq!(format!("{:?}", new(None).unwrap().token), "[redacted bot token]");
    }
}
