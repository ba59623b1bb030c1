//! Whether a request comes from Slack: the signature over its raw bytes.
//!
//! `v0=` and HMAC-SHA256 with the signing secret over `v0:{timestamp}:{body}`, not older than five minutes
//! (<https://docs.slack.dev/authentication/verifying-requests-from-slack>). Nothing of a body is parsed
//! before it has passed here.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;
use thiserror::Error;

use crate::ports::SigningSecret;

/// How far Slack's clock and ours may be apart, in both directions, in seconds.
const TOLERANCE: u64 = 300;

/// What a request says about its origin: every value of the two headers, so that a repeated one is seen.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    /// The values of `X-Slack-Request-Timestamp`.
    pub timestamps: &'a [&'a str],
    /// The values of `X-Slack-Signature`.
    pub signatures: &'a [&'a str],
    /// The body, as it was sent.
    pub body: &'a [u8],
}

/// Why a request is not taken for Slack's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// Slack is off: nothing can be verified.
    #[error("no signing secret is configured")]
    NoSecret,
    /// A header is missing.
    #[error("the signature or its timestamp is missing")]
    Missing,
    /// A header came more than once: two readers could take two different ones.
    #[error("the signature or its timestamp came more than once")]
    Repeated,
    /// The timestamp is no number of seconds, or the signature is not `v0=` and 64 hex digits.
    #[error("the signature or its timestamp is malformed")]
    Malformed,
    /// Signed more than five minutes ago: perhaps a replay.
    #[error("the signature is too old")]
    TooOld,
    /// Signed more than five minutes ahead.
    #[error("the signature is from the future")]
    FromTheFuture,
    /// Another secret, or other bytes.
    #[error("the signature does not match")]
    Mismatch,
}

impl SignatureError {
    /// The name in logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoSecret => "slack_off",
            Self::Missing => "signature_missing",
            Self::Repeated => "signature_repeated",
            Self::Malformed => "signature_malformed",
            Self::TooOld => "signature_too_old",
            Self::FromTheFuture => "signature_from_the_future",
            Self::Mismatch => "signature_mismatch",
        }
    }
}

/// Verifies a request against the secrets that may be valid during a rotation.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn verify(secrets: &[SigningSecret], claim: &Claim<'_>, now: Timestamp) -> Result<(), SignatureError> {
    if secrets.is_empty() {
        return Err(SignatureError::NoSecret);
    }
    let timestamp = only(claim.timestamps)?;
    let signature = parse_signature(only(claim.signatures)?)?;
    check_age(parse_seconds(timestamp)?, now)?;
    // Every secret is tried, so that the time taken does not tell which one matched.
    let matches = secrets
        .iter()
        .fold(false, |matched, secret| matched | is_signed(secret, timestamp, claim.body, &signature));
    if matches { Ok(()) } else { Err(SignatureError::Mismatch) }
}

fn only<'a>(values: &[&'a str]) -> Result<&'a str, SignatureError> {
    match values {
        [] => Err(SignatureError::Missing),
        [value] => Ok(value),
        _ => Err(SignatureError::Repeated),
    }
}

fn parse_seconds(text: &str) -> Result<i64, SignatureError> {
    // `parse` alone would take a sign.
    let digits = (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then_some(text).and_then(|text| text.parse().ok()).ok_or(SignatureError::Malformed)
}

fn parse_signature(text: &str) -> Result<[u8; 32], SignatureError> {
    let digits = text.strip_prefix("v0=").ok_or(SignatureError::Malformed)?;
    let mut signature = [0; 32];
    hex::decode_to_slice(digits, &mut signature).map_err(|_| SignatureError::Malformed)?;
    Ok(signature)
}

fn check_age(signed_at: i64, now: Timestamp) -> Result<(), SignatureError> {
    let now = now.as_second();
    match now.abs_diff(signed_at) > TOLERANCE {
        false => Ok(()),
        true if signed_at < now => Err(SignatureError::TooOld),
        true => Err(SignatureError::FromTheFuture),
    }
}

fn is_signed(secret: &SigningSecret, timestamp: &str, body: &[u8], signature: &[u8; 32]) -> bool {
    // HMAC takes keys of every length; an empty one could be guessed by anyone.
    let key = secret.expose();
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
    mac.update(b"v0:");
    mac.update(timestamp.as_bytes());
    mac.update(b":");
    mac.update(body);
    // Compares in constant time.
    mac.verify_slice(signature).is_ok() && !key.is_empty()
}

#[cfg(test)]
mod tests;
