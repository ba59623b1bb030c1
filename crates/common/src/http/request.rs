//! A request of API Gateway's REST proxy integration, as our functions see it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::{Fields, Format, Headers};

/// What we read of an event. Everything but the method may be absent or null, and no list has to hold
/// anything: what is odd is answered, not thrown out.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    http_method: String,
    path: Option<String>,
    headers: Option<Single>,
    multi_value_headers: Option<Multiple>,
    query_string_parameters: Option<Single>,
    multi_value_query_string_parameters: Option<Multiple>,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
    request_context: Option<Value>,
}

type Single = BTreeMap<String, Option<String>>;
type Multiple = BTreeMap<String, Option<Vec<String>>>;

/// The methods that mean something here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Render.
    Get,
    /// Render, without the body.
    Head,
    /// Act.
    Post,
    /// Everything else.
    Other,
}

impl Method {
    /// The word in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Other => "other",
        }
    }
}

/// The body, decoded.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// The bytes that were sent.
    Bytes(Vec<u8>),
    /// More of them than are looked at.
    TooLarge,
    /// The gateway says base64, and it is not.
    NotBase64,
}

/// One HTTP request. Reading it never fails on the body: a bad body still has a method to answer.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// What to do.
    pub method: Method,
    /// To what, without the stage.
    pub path: String,
    /// The query, decoded.
    pub query: Fields,
    /// The headers.
    pub headers: Headers,
    /// The body, decoded.
    pub body: Body,
    /// When the gateway took it in, as far as it says so.
    pub received_at: Option<Timestamp>,
}

/// The event is no proxy request of API Gateway's.
#[derive(Debug, Error)]
#[error("the event is not an API Gateway proxy request")]
pub struct Unreadable;

impl HttpRequest {
    /// Reads an event, and a body of up to `limit` bytes.
    ///
    /// Takes the raw event, so that an odd one gets an answer of ours instead of the runtime's failure.
    ///
    /// # Errors
    /// When the event has another form.
    pub fn read(event: Value, limit: usize) -> Result<Self, Unreadable> {
        serde_json::from_value(event).map(|event| Self::of(event, limit)).map_err(|_| Unreadable)
    }

    fn of(event: Event, limit: usize) -> Self {
        let query = match event.multi_value_query_string_parameters {
            Some(several) if !several.is_empty() => multiple(several),
            _ => single(event.query_string_parameters.unwrap_or_default()),
        };
        Self {
            method: match event.http_method.as_str() {
                "GET" => Method::Get,
                "HEAD" => Method::Head,
                "POST" => Method::Post,
                _ => Method::Other,
            },
            path: event.path.unwrap_or_default(),
            query: query.into_iter().collect(),
            headers: Headers::of(
                single(event.headers.unwrap_or_default()),
                multiple(event.multi_value_headers.unwrap_or_default()),
            ),
            body: Body::read(
                event.body.unwrap_or_default(),
                event.is_base64_encoded.unwrap_or_default(),
                limit,
            ),
            received_at: event
                .request_context
                .and_then(|context| context.get("requestTimeEpoch")?.as_i64())
                .and_then(|millis| Timestamp::from_millisecond(millis).ok()),
        }
    }

    /// In which form the answer is wanted.
    pub fn format(&self) -> Format {
        Format::wanted(&self.headers)
    }
}

fn single(values: Single) -> Vec<(String, String)> {
    values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn multiple(values: Multiple) -> Vec<(String, String)> {
    let spread = |(name, values): (String, Option<Vec<String>>)| {
        values.unwrap_or_default().into_iter().map(move |value| (name.clone(), value))
    };
    values.into_iter().flat_map(spread).collect()
}

impl Body {
    fn read(text: String, is_base64: bool, limit: usize) -> Self {
        // Base64 of `limit` bytes: nothing longer is worth decoding.
        if is_base64 && text.len() > limit.div_ceil(3) * 4 {
            return Self::TooLarge;
        }
        let bytes = if is_base64 {
            match STANDARD.decode(text) {
                Ok(bytes) => bytes,
                Err(_) => return Self::NotBase64,
            }
        } else {
            text.into_bytes()
        };
        if bytes.len() > limit { Self::TooLarge } else { Self::Bytes(bytes) }
    }
}

/// A body may carry link secrets and people's words.
impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes([{} redacted])", bytes.len()),
            Self::TooLarge => f.write_str("TooLarge"),
            Self::NotBase64 => f.write_str("NotBase64"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const LIMIT: usize = 64 * 1024;

    fn event(body: &Value, is_base64: bool) -> Value {
        json!({
            "httpMethod": "POST",
            "path": "/approve",
            "headers": {"x-one": "last", "Accept": "application/json", "X-Lone": "single"},
            "multiValueHeaders": {"X-ONE": ["first", "last"], "Accept": ["application/json"]},
            "queryStringParameters": {"token": "b"},
            "multiValueQueryStringParameters": {"token": ["a", "b"]},
            "requestContext": {"httpMethod": "POST"},
            "body": body,
            "isBase64Encoded": is_base64,
        })
    }

    #[test]
    fn header_names_have_no_case_and_repetitions_stay_visible() {
        let request = HttpRequest::read(event(&json!(""), false), LIMIT).unwrap();
        assert_eq!(request.headers.all("x-one"), ["first", "last"]);
        assert_eq!(request.headers.all("x-lone"), ["single"]);
        assert_eq!(request.format(), Format::Json);
        assert!(request.query.one("token").is_err());
    }

    #[test]
    fn plain_and_base64_bodies_are_the_same_bytes() {
        let plain = HttpRequest::read(event(&json!("a=b"), false), LIMIT).unwrap();
        let encoded = HttpRequest::read(event(&json!("YT1i"), true), LIMIT).unwrap();
        assert_eq!(plain.body, Body::Bytes(b"a=b".into()));
        assert_eq!(plain.body, encoded.body);
        let broken = HttpRequest::read(event(&json!("%%%"), true), LIMIT).unwrap();
        assert_eq!(broken.body, Body::NotBase64);
    }

    #[test]
    fn the_limit_counts_decoded_bytes() {
        let full = vec![b'a'; LIMIT];
        let over = vec![b'a'; LIMIT + 1];
        let read = |bytes: &[u8], is_base64| {
            let text =
                if is_base64 { STANDARD.encode(bytes) } else { String::from_utf8(bytes.into()).unwrap() };
            HttpRequest::read(event(&json!(text), is_base64), LIMIT).unwrap().body
        };
        for is_base64 in [false, true] {
            assert_eq!(read(&full, is_base64), Body::Bytes(full.clone()));
            assert_eq!(read(&over, is_base64), Body::TooLarge);
        }
        assert_eq!(read(&vec![b'a'; 10 * LIMIT], true), Body::TooLarge);
    }

    #[test]
    fn what_is_no_proxy_request_is_told_apart() {
        for event in [json!(null), json!({}), json!([1]), json!({"httpMethod": null})] {
            assert!(HttpRequest::read(event, LIMIT).is_err());
        }
    }

    #[test]
    fn nulls_and_empty_lists_hold_nothing() {
        let event = json!({
            "httpMethod": "GET",
            "headers": {"accept": null},
            "multiValueHeaders": {"accept": []},
            "queryStringParameters": {"token": "single"},
            "multiValueQueryStringParameters": {"token": [], "action": null},
            "body": null,
        });
        let request = HttpRequest::read(event, LIMIT).unwrap();
        assert!(request.headers.all("accept").is_empty());
        assert_eq!(request.query.one("token"), Ok(None));
        assert_eq!(request.body, Body::Bytes(Vec::new()));
    }

    #[test]
    fn a_body_is_never_printed() {
        let request = HttpRequest::read(event(&json!("token=secret"), false), LIMIT).unwrap();
        assert!(!format!("{request:?}").contains("secret"));
    }

    proptest! {
        #[test]
        fn any_body_is_read_without_panic(body in "\\PC{0,300}", is_base64: bool) {
            prop_assert!(HttpRequest::read(event(&json!(body), is_base64), 100).is_ok());
        }
    }
}
