//! The secrets of webhooks in Secrets Manager: each one JSON object with `signingSecret`, and beside it
//! `previousSigningSecret` during a rotation, as Standard Webhooks writes keys: `whsec_` and their base64.

use std::fmt;

use aws_sdk_secretsmanager::Client;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::cache::{Cache, YOUNG};
use super::given;
use crate::adapters::failure::Failure;
use crate::ports::Clock;

/// How many bytes a key has, at least and at most
/// (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// A key that signs what a receiver is told.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey(Vec<u8>);

/// Reads the keys of receivers.
pub struct SigningKeys<C>(Cache<C, Vec<SigningKey>>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    signing_secret: String,
    #[serde(default)]
    previous_signing_secret: Option<String>,
}

impl SigningKey {
    /// Reads a key; `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let key = STANDARD.decode(text.trim().strip_prefix("whsec_")?).ok()?;
        BYTES.contains(&key.len()).then_some(Self(key))
    }

    /// The bytes to sign with.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted signing key]")
    }
}

impl<C: Clock> SigningKeys<C> {
    /// Reads them with this client, when they are needed.
    pub fn new(client: Client, clock: C) -> Self {
        Self(Cache::new(client, clock, parse))
    }

    /// The keys in the secret with this ARN, the newest first: what is told is signed with each. A rotation is noticed
    /// within half a minute.
    ///
    /// # Errors
    /// When the secret cannot be read, or holds no key.
    pub async fn read(&self, arn: &str) -> Result<Vec<SigningKey>, Failure> {
        self.0.read(arn, YOUNG).await
    }
}

impl<C> fmt::Debug for SigningKeys<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKeys([redacted])")
    }
}

fn parse(json: &str) -> Result<Vec<SigningKey>, &'static str> {
    // The error of the parser quotes what it found.
    let content: Content = serde_json::from_str(json)
        .map_err(|_| "the secret is not a JSON object with the text `signingSecret`")?;
    let key = SigningKey::parse(&content.signing_secret)
        .ok_or("the secret's `signingSecret` is not `whsec_` and the base64 of 24 to 64 bytes")?;
    let previous = given(content.previous_signing_secret.as_deref())
        .map(|text| SigningKey::parse(text).ok_or("the secret's `previousSigningSecret` is no such key"))
        .transpose()?;
    Ok([Some(key), previous].into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
    use aws_smithy_mocks::mock;
    use jiff::SignedDuration;
    use serde_json::json;

    use super::*;
    use crate::adapters::memory::Memory;
    use crate::adapters::mocked::{answered, mocked};

    const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn key(byte: u8, length: usize) -> String {
        format!("whsec_{}", STANDARD.encode(vec![byte; length]))
    }

    #[test]
    fn a_key_is_as_long_as_the_specification_says_and_never_printed() {
        for length in [24, 32, 64] {
            let key = SigningKey::parse(&format!(" {}\n", key(7, length))).unwrap();
            assert_eq!(key.expose(), vec![7; length]);
            assert_eq!(format!("{key:?}"), "[redacted signing key]");
        }
        let bare = OLD.trim_start_matches("whsec_");
        for bad in ["", "whsec_", bare, &key(7, 23), &key(7, 65), "whsec_not base64"] {
            assert_eq!(SigningKey::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn one_key_signs_or_two_during_a_rotation() {
        let new = key(1, 32);
        let keys = |json: serde_json::Value| parse(&json.to_string());
        let [new_key, old_key] = [&new, OLD].map(|text| SigningKey::parse(text).unwrap());
        assert_eq!(keys(json!({ "signingSecret": new })), Ok(vec![new_key.clone()]));
        let both = json!({ "signingSecret": new, "previousSigningSecret": OLD });
        assert_eq!(keys(both), Ok(vec![new_key.clone(), old_key]));
        let empty = json!({ "signingSecret": new, "previousSigningSecret": " " });
        assert_eq!(keys(empty), Ok(vec![new_key]));
    }

    #[test]
    fn a_secret_without_a_key_is_not_quoted() {
        for bad in [
            json!({}),
            json!({ "signingSecret": "s3cret" }),
            json!({ "signingSecret": { "a": "s3cret" } }),
            json!({ "signingSecret": OLD, "previousSigningSecret": "s3cret" }),
            json!("s3cret"),
        ] {
            let error = parse(&bad.to_string()).unwrap_err();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[tokio::test]
    async fn each_secret_is_read_by_itself_and_again_after_half_a_minute() {
        let rule = mock!(Client::get_secret_value).then_output(|| {
            GetSecretValueOutput::builder().secret_string(json!({ "signingSecret": OLD }).to_string()).build()
        });
        let clock = Memory::new();
        let keys = SigningKeys::new(mocked!(aws_sdk_secretsmanager, rule), clock.clone());
        for (arn, seconds, calls) in
            [("one", 0, 1), ("one", 29, 1), ("other", 0, 2), ("one", 1, 3), ("other", 0, 3)]
        {
            clock.advance(SignedDuration::from_secs(seconds));
            assert_eq!(keys.read(arn).await.unwrap().len(), 1);
            assert_eq!(rule.num_calls(), calls, "{arn} {seconds}");
        }
    }

    #[tokio::test]
    async fn what_passes_is_told_from_what_does_not() {
        for (status, code, passing) in [
            (400_u16, "AccessDeniedException", false),
            (400, "ResourceNotFoundException", false),
            (400, "ThrottlingException", true),
            (500, "InternalServiceError", true),
        ] {
            let rule = mock!(Client::get_secret_value).then_http_response(move || {
                let body = json!({ "__type": code, "message": "no" }).to_string();
                answered!(aws_sdk_secretsmanager, status, body)
            });
            let keys = SigningKeys::new(mocked!(aws_sdk_secretsmanager, rule), Memory::new());
            let failure = keys.read("arn").await.unwrap_err();
            assert_eq!(failure, Failure { code: code.to_owned(), passing });
        }
    }
}
