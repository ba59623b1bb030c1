//! Where a webhook goes: whoever listens there is told what was approved, and does the rest.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A receiver outside of AWS, which deploys what it is told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// Where it is told.
    pub url: WebhookUrl,
    /// The ARN of the secret with the key that signs what it is told.
    pub secret: String,
}

/// Pieces of an address that are shorter than this are words, not passwords.
const MIN_PIECE: usize = 8;

/// An address that is called: https, or http for this machine. Its path and query may be as good as a password, so it is
/// never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebhookUrl(String);

/// Why an address is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookUrlError {
    /// Longer than whoever receives it may take.
    #[error("is longer than {} characters", WebhookUrl::MAX_LEN)]
    TooLong,
    /// Anybody on the way could read it.
    #[error("is not https")]
    NotHttps,
    /// A name or a password before the host.
    #[error("has a user in it")]
    UserInfo,
    /// What stands behind the sign #, which no server is told.
    #[error("has a part behind a #")]
    Fragment,
    /// No host, or none that can be one.
    #[error("has no host in it, or a port that is none")]
    NoHost,
    /// What has to be written as `%..`.
    #[error("has a character in it that no address has")]
    Character,
}

/// The hosts of this machine: what is sent there leaves it by no wire.
const THIS_MACHINE: [&str; 2] = ["localhost", "127.0.0.1"];

impl WebhookUrl {
    /// How many characters it may have.
    pub const MAX_LEN: usize = 2_000;

    /// Reads an address; surrounding blanks are dropped.
    ///
    /// # Errors
    /// When it cannot be called, or must not be.
    pub fn parse(text: &str) -> Result<Self, WebhookUrlError> {
        let text = text.trim();
        if text.len() > Self::MAX_LEN {
            return Err(WebhookUrlError::TooLong);
        }
        let (scheme, rest) = text.split_once("://").ok_or(WebhookUrlError::NotHttps)?;
        if rest.contains('#') {
            return Err(WebhookUrlError::Fragment);
        }
        let (authority, behind) = split(rest);
        if authority.contains('@') {
            return Err(WebhookUrlError::UserInfo);
        }
        let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
        if !is_host(host) || port.parse::<u16>().is_err() {
            return Err(WebhookUrlError::NoHost);
        }
        let is_local = THIS_MACHINE.iter().any(|local| host.eq_ignore_ascii_case(local));
        if !(scheme.eq_ignore_ascii_case("https") || is_local && scheme.eq_ignore_ascii_case("http")) {
            return Err(WebhookUrlError::NotHttps);
        }
        if behind.bytes().all(is_plain) { Ok(Self(text.to_owned())) } else { Err(WebhookUrlError::Character) }
    }

    /// The whole address, for the call itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nobody on the way can read what is sent there.
    pub fn is_https(&self) -> bool {
        self.0.split_once("://").is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("https"))
    }

    /// The host, in lower case: what people are shown of it.
    pub fn host(&self) -> String {
        let authority = self.parts().0;
        authority.split(':').next().unwrap_or_default().to_ascii_lowercase()
    }

    /// Whatever in it may be as good as a password, the longest first: what comes behind the host, its path, its query,
    /// and their longer pieces.
    pub fn confidential(&self) -> Vec<&str> {
        let behind = self.parts().1;
        let (path, query) = behind.split_once('?').unwrap_or((behind, ""));
        let values = query.split('&').map(|pair| pair.split_once('=').map_or(pair, |(_, value)| value));
        let pieces = path.split('/').chain(values).filter(|piece| piece.len() >= MIN_PIECE);
        let mut parts: Vec<_> =
            [behind, path, query].into_iter().filter(|part| part.len() > 1).chain(pieces).collect();
        parts.sort_unstable_by_key(|part| std::cmp::Reverse(part.len()));
        parts
    }

    fn parts(&self) -> (&str, &str) {
        split(self.0.split_once("://").map_or("", |(_, rest)| rest))
    }
}

/// Host and port, and what comes behind them.
fn split(rest: &str) -> (&str, &str) {
    rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()))
}

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.len() <= 253 && host.split('.').all(label)
}

/// What RFC 3986 lets stand in a path and a query.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/?".contains(&byte)
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookUrl(of {})", self.host())
    }
}

impl TryFrom<String> for WebhookUrl {
    type Error = WebhookUrlError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<WebhookUrl> for String {
    fn from(url: WebhookUrl) -> Self {
        url.0
    }
}

impl fmt::Display for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "webhook of {}", self.url.host())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_sent_cannot_be_read_on_the_way_or_stays_on_this_machine() {
        use WebhookUrlError::{Character, Fragment, NoHost, NotHttps, TooLong, UserInfo};
        for (good, host) in [
            ("https://deploy.example.com/hooks/shop?token=s3cret", "deploy.example.com"),
            (" HTTPS://Deploy.Example.com:8443 ", "deploy.example.com"),
            ("https://10.0.0.7?x=%20", "10.0.0.7"),
            ("http://localhost:8480/hook", "localhost"),
            ("http://127.0.0.1/", "127.0.0.1"),
        ] {
            let url = WebhookUrl::parse(good).unwrap();
            assert_eq!((url.expose(), url.host().as_str()), (good.trim(), host));
            assert_eq!(url.is_https(), good.trim().to_lowercase().starts_with("https"));
        }
        for (bad, error) in [
            ("", NotHttps),
            ("deploy.example.com/hook", NotHttps),
            ("http://deploy.example.com/hook", NotHttps),
            ("http://localhost.example.com/hook", NotHttps),
            ("http://127.0.0.1.example.com/hook", NotHttps),
            ("ftp://deploy.example.com/hook", NotHttps),
            ("https://", NoHost),
            ("https:///hook", NoHost),
            ("https://?hook", NoHost),
            ("https://a..b/hook", NoHost),
            ("https://example.com:0x50/", NoHost),
            ("https://example.com:99999/", NoHost),
            ("https://[::1]/hook", NoHost),
            ("https://exam ple.com/", NoHost),
            ("https://example.com\\@evil.example/", UserInfo),
            ("https://user:pass@example.com/", UserInfo),
            ("http://127.0.0.1@example.com/", UserInfo),
            ("https://example.com/#part", Fragment),
            ("https://example.com#part", Fragment),
            ("https://example.com/a b", Character),
            ("https://example.com/\u{e4}", Character),
            ("https://example.com/\r\nhost:x", Character),
            ("https://example.com/<b>", Character),
            (&format!("https://example.com/{}", "a".repeat(1_981)), TooLong),
        ] {
            assert_eq!(WebhookUrl::parse(bad), Err(error), "{bad}");
        }
        assert!(WebhookUrl::parse(&format!("https://example.com/{}", "a".repeat(1_980))).is_ok());
    }

    #[test]
    fn only_the_host_is_shown() {
        let stored =
            json!({ "url": "https://deploy.example.com/T0/B0/s3cret?token=s3cret", "secret": "arn" });
        let webhook: Webhook = serde_json::from_value(stored.clone()).unwrap();
        assert_eq!(webhook.to_string(), "webhook of deploy.example.com");
        assert!(!format!("{webhook:?}").contains("s3cret"), "{webhook:?}");
        let confidential = ["/T0/B0/s3cret?token=s3cret", "/T0/B0/s3cret", "token=s3cret"];
        assert_eq!(webhook.url.confidential(), confidential);
        let long = WebhookUrl::parse("https://example.com/hooks/abcdefgh?a=b&key=12345678").unwrap();
        assert!(["abcdefgh", "12345678"].iter().all(|piece| long.confidential().contains(piece)));
        assert!(!long.confidential().contains(&"hooks"), "short pieces are words of their own");
        assert_eq!(WebhookUrl::parse("https://example.com/").unwrap().confidential(), [""; 0]);
        assert_eq!(json!(webhook), stored, "what is stored reads again");
    }

    #[test]
    fn no_stored_policy_can_name_an_address_that_is_not_called() {
        let stored = json!({ "url": "http://deploy.example.com", "secret": "arn" });
        let error = serde_json::from_value::<Webhook>(stored).unwrap_err();
        assert_eq!(error.to_string(), "is not https");
    }
}
