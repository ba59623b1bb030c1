//! What a receiver's answer means. Of its words only some are kept, and not many.

use common::adapters::https::Answer;
use common::domain::WebhookUrl;
use common::ports::Received;
use serde_json::{Map, Value};

/// How many characters of a receiver's own words are kept.
const MAX_WORDS: usize = 300;

/// Statuses below 500 that pass: too slow, at work on the same message, too early, too often.
const PASSING: [u16; 4] = [408, 409, 425, 429];

/// Where a reason stands: ours, that of RFC 9457, and what gateways write.
const REASONS: [&str; 3] = ["reason", "detail", "message"];

/// Reads an answer; the error is a name for what says nothing yet.
pub(super) fn read(answer: &Answer, url: &WebhookUrl) -> Result<Received, String> {
    let content: Map<String, Value> = serde_json::from_slice(&answer.body).unwrap_or_default();
    let words = |key: &str| content.get(key).and_then(Value::as_str).and_then(|text| tidy(text, url));
    let reason = || {
        let found = REASONS.into_iter().find_map(words);
        found.map(|found| format!(": {found}")).unwrap_or_default()
    };
    let status = answer.status;
    Ok(match status {
        200..=299 => match content.get("status").and_then(Value::as_str) {
            Some("failed") => Received::Failed(format!("says that it failed{}", reason())),
            Some("rolled_back") => Received::RolledBack(format!("has taken it back{}", reason())),
            _ if status != 202 => Received::Done,
            _ => {
                let location = answer.headers.get("location").and_then(|value| value.to_str().ok());
                let link = content.get("link").and_then(Value::as_str).or(location);
                Received::Accepted { says: words("says"), link: link.and_then(|link| follow(link, url)) }
            }
        },
        300..=399 => Received::Failed(format!(
            "answers with a redirect (HTTP {status}), which is not followed; nobody knows whether it did anything"
        )),
        400..=499 if !PASSING.contains(&status) => {
            Received::Refused(format!("refused it (HTTP {status}){}", reason()))
        }
        _ => return Err(format!("HTTP {status}")),
    })
}

/// Words in one line, without what may be a password in the address that was called; nothing where none are left.
fn tidy(text: &str, url: &WebhookUrl) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = url.confidential().into_iter().fold(line, |line, part| line.replace(part, "[...]"));
    let line: String = line.chars().take(MAX_WORDS).collect();
    (!line.is_empty()).then_some(line)
}

/// A link that people can be shown: https, and not the address that was called with what may be a password in it.
fn follow(link: &str, url: &WebhookUrl) -> Option<String> {
    let link = WebhookUrl::parse(link).ok().filter(WebhookUrl::is_https)?;
    let tells = url.confidential().into_iter().any(|part| link.expose().contains(part));
    (!tells).then(|| link.expose().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use common::adapters::https::HeaderMap;
    use serde_json::json;

    fn url() -> WebhookUrl {
        WebhookUrl::parse("https://deploy.example.com/T0/B0/s3cret?token=pa55").unwrap()
    }

    fn answered(status: u16, location: Option<&str>, body: &[u8]) -> Result<Received, String> {
        let mut headers = HeaderMap::new();
        if let Some(location) = location {
            headers.insert("location", location.parse().unwrap());
        }
        read(&Answer { status, headers, body: body.to_vec().into() }, &url())
    }

    fn said(status: u16, body: &Value) -> Received {
        answered(status, None, body.to_string().as_bytes()).unwrap()
    }

    fn accepted(says: Option<&str>, link: Option<&str>) -> Received {
        Received::Accepted { says: says.map(str::to_owned), link: link.map(str::to_owned) }
    }

    /// The table in docs/POLICY.md, row by row.
    #[test]
    fn every_status_means_one_thing() {
        let refused = |status| Ok(Received::Refused(format!("refused it (HTTP {status})")));
        let redirected = |status| {
            let how = "which is not followed; nobody knows whether it did anything";
            Ok(Received::Failed(format!("answers with a redirect (HTTP {status}), {how}")))
        };
        let unknown = |status| Err(format!("HTTP {status}"));
        for status in 100..=599 {
            let expected = match status {
                202 => Ok(accepted(None, None)),
                200..=299 => Ok(Received::Done),
                300..=399 => redirected(status),
                408 | 409 | 425 | 429 => unknown(status),
                400..=499 => refused(status),
                _ => unknown(status),
            };
            for body in ["", "<html>", "[]", "null", "{\"status\":\"queued\"}", "\u{0}"] {
                assert_eq!(answered(status, None, body.as_bytes()), expected, "{status} {body}");
            }
        }
    }

    #[test]
    fn a_receiver_says_itself_that_it_failed_or_took_it_back() {
        let failed = |how: &str| Received::Failed(how.to_owned());
        for status in [200, 202, 204] {
            assert_eq!(said(status, &json!({ "status": "failed" })), failed("says that it failed"));
            let with_reason = json!({ "status": "failed", "reason": "the disk\n is full" });
            assert_eq!(said(status, &with_reason), failed("says that it failed: the disk is full"));
            let back = json!({ "status": "rolled_back", "reason": "too slow" });
            assert_eq!(said(status, &back), Received::RolledBack("has taken it back: too slow".to_owned()));
        }
    }

    #[test]
    fn a_refusal_has_the_first_reason_that_is_a_text() {
        for (body, reason) in [
            (json!({ "reason": "frozen", "detail": "no", "message": "no" }), ": frozen"),
            (
                json!({ "reason": 7, "title": "Unprocessable", "detail": "no such version" }),
                ": no such version",
            ),
            (json!({ "message": "Forbidden" }), ": Forbidden"),
            (json!({ "reason": "  " }), ""),
            (json!({ "status": "failed" }), ""),
        ] {
            assert_eq!(said(422, &body), Received::Refused(format!("refused it (HTTP 422){reason}")));
        }
    }

    #[test]
    fn what_goes_on_says_how_far_it_is_and_where_it_can_be_followed() {
        let link = "https://ci.example.com/run/7?tab=log";
        for (location, body, expected) in [
            (None, json!({ "says": "1 of 2 done" }), accepted(Some("1 of 2 done"), None)),
            (Some(link), json!({}), accepted(None, Some(link))),
            (Some("https://example.com/other"), json!({ "link": link }), accepted(None, Some(link))),
            (Some("/run/7"), json!({}), accepted(None, None)),
            (None, json!({ "link": "http://ci.example.com/run/7" }), accepted(None, None)),
            (None, json!({ "link": "http://localhost/run/7" }), accepted(None, None)),
            (None, json!({ "link": "javascript:alert(1)" }), accepted(None, None)),
            (None, json!({ "link": "https://ci.example.com/<b>" }), accepted(None, None)),
            (None, json!({ "link": ["https://ci.example.com"], "says": 7 }), accepted(None, None)),
        ] {
            let answered = answered(202, location, body.to_string().as_bytes());
            assert_eq!(answered, Ok(expected), "{location:?} {body}");
        }
    }

    #[test]
    fn of_its_words_few_are_kept_and_nothing_of_the_address() {
        let Received::Refused(long) = said(400, &json!({ "reason": "a".repeat(10_000) })) else { panic!() };
        assert_eq!(long.chars().count(), "refused it (HTTP 400): ".len() + MAX_WORDS);
        let echo = json!({ "message": "no route for POST /T0/B0/s3cret?token=pa55, token=pa55" });
        assert_eq!(
            said(404, &echo),
            Received::Refused("refused it (HTTP 404): no route for POST [...], [...]".to_owned())
        );
        let echo = json!({ "message": "Cannot POST /T0/B0/s3cret" });
        assert_eq!(
            said(404, &echo),
            Received::Refused("refused it (HTTP 404): Cannot POST [...]".to_owned())
        );
        for link in ["/status?id=7&token=pa55", "/T0/B0/s3cret/status/7"] {
            let link = json!({ "link": format!("https://deploy.example.com{link}") });
            assert_eq!(said(202, &link), accepted(None, None), "{link}");
        }
    }
}
