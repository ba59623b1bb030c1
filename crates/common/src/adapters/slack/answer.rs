//! What an answer of Slack's API means.
//!
//! <https://docs.slack.dev/apis/web-api/>: 200 with `ok`, also for failures; 429 with `Retry-After`; anything else comes
//! from what stands before the API.

use serde::Deserialize;
use serde_json::Value;

use crate::ports::SlackError;

/// How long to wait when Slack does not say.
const DEFAULT_PAUSE: u32 = 30;
/// The longest that is believed.
const LONGEST_PAUSE: u32 = 3_600;

/// Failures that pass by themselves, by the names that Slack gives them. With the first two, some of what was asked
/// may have been done.
const PASSING: &[&str] = &[
    "fatal_error",
    "internal_error",
    "request_timeout",
    "service_unavailable",
    "team_added_to_org",
    "accesslimited",
    "external_service_migration_in_progress",
];

/// The names of a token that is no longer taken.
const LOCKED_OUT: &[&str] =
    &["invalid_auth", "not_authed", "token_expired", "token_revoked", "account_inactive"];

#[derive(Deserialize)]
struct Outer {
    ok: bool,
    #[serde(default)]
    error: Option<String>,
}

/// Reads an answer: its status, its `Retry-After` and its body.
pub(super) fn read(status: u16, retry_after: Option<&str>, body: &[u8]) -> Result<Value, SlackError> {
    let limited = || SlackError::RateLimited { retry_after_seconds: pause(retry_after) };
    if status == 429 {
        return Err(limited());
    }
    let unavailable = |code: String| SlackError::Unavailable { code };
    if status != 200 {
        return Err(unavailable(format!("HTTP {status}")));
    }
    let unreadable = || unavailable("UnreadableResponse".to_owned());
    let answer: Value = serde_json::from_slice(body).map_err(|_| unreadable())?;
    let outer = Outer::deserialize(&answer).map_err(|_| unreadable())?;
    if outer.ok {
        return Ok(answer);
    }
    let error = outer.error.filter(|name| is_name(name)).unwrap_or_else(|| "unnamed_error".to_owned());
    Err(match error.as_str() {
        "ratelimited" | "rate_limited" => limited(),
        name if PASSING.contains(&name) => unavailable(error),
        _ => SlackError::Refused { error },
    })
}

/// Whether Slack no longer takes the token.
pub(super) fn is_locked_out(error: &SlackError) -> bool {
    matches!(error, SlackError::Refused { error } if LOCKED_OUT.contains(&error.as_str()))
}

fn pause(retry_after: Option<&str>) -> u32 {
    let seconds = retry_after.and_then(|text| text.trim().parse().ok()).unwrap_or(DEFAULT_PAUSE);
    seconds.clamp(1, LONGEST_PAUSE)
}

/// What stands in records and logs comes from outside, so it has to look like a name.
fn is_name(text: &str) -> bool {
    let sign = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=60).contains(&text.len()) && text.bytes().all(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, retry_after: Option<&str>, body: &str) -> SlackError {
        read(status, retry_after, body.as_bytes()).unwrap_err()
    }

    fn limited(retry_after_seconds: u32) -> SlackError {
        SlackError::RateLimited { retry_after_seconds }
    }

    #[test]
    fn an_answer_is_a_success_only_when_it_says_so() {
        assert_eq!(read(200, None, br#"{"ok":true,"ts":"1.1"}"#).unwrap()["ts"], "1.1");
        for (status, body, code) in [
            (200, "<html>bad gateway</html>", "UnreadableResponse"),
            (200, "", "UnreadableResponse"),
            (200, "[]", "UnreadableResponse"),
            (200, r#"{"ok":"yes"}"#, "UnreadableResponse"),
            (502, r#"{"ok":true}"#, "HTTP 502"),
            (302, "", "HTTP 302"),
            (404, "not found", "HTTP 404"),
            (200, r#"{"ok":false,"error":"internal_error"}"#, "internal_error"),
        ] {
            assert_eq!(error(status, None, body), SlackError::Unavailable { code: code.to_owned() });
        }
    }

    #[test]
    fn a_refusal_has_slack_s_name_as_long_as_it_is_one() {
        let refused = |error: &str| SlackError::Refused { error: error.to_owned() };
        let named =
            |name: &str| error(200, None, &serde_json::json!({"ok": false, "error": name}).to_string());
        assert_eq!(named("channel_not_found"), refused("channel_not_found"));
        assert_eq!(named("xoxb-Secret token"), refused("unnamed_error"));
        assert_eq!(named(&"a".repeat(61)), refused("unnamed_error"));
        assert_eq!(error(200, None, r#"{"ok":false}"#), refused("unnamed_error"));
        assert!(is_locked_out(&named("invalid_auth")) && !is_locked_out(&named("not_in_channel")));
    }

    #[test]
    fn slack_says_how_long_to_wait_within_reason() {
        assert_eq!(error(429, Some("30"), ""), limited(30));
        assert_eq!(error(429, Some("0"), ""), limited(1));
        assert_eq!(error(429, Some("999999"), ""), limited(3_600));
        assert_eq!(error(429, Some("soon"), ""), limited(30));
        assert_eq!(error(429, None, "<html>"), limited(30));
        assert_eq!(error(200, Some("7"), r#"{"ok":false,"error":"ratelimited"}"#), limited(7));
    }
}
