//! A form that an approver posts: `approve`, with the phrase.

use common::domain::LinkToken;
use serde_json::Value;

const EVENT: &str = include_str!("../../../../events/approval-callback/post-approve.json");

pub(super) fn event() -> Value {
    serde_json::from_str(EVENT).unwrap_or_default()
}

/// The token in it.
pub(super) fn token() -> Option<LinkToken> {
    let event = event();
    let body = event.get("body")?.as_str()?;
    let (_, token) = form_urlencoded::parse(body.as_bytes()).find(|(name, _)| name == "token")?;
    LinkToken::parse(&token).ok()
}

/// The page says that it is recorded.
pub(super) fn is_good(answer: &Value) -> bool {
    answer.get("statusCode").is_some_and(|status| status == 200)
        && answer.get("body").and_then(Value::as_str).is_some_and(|page| page.contains("pproved"))
}
