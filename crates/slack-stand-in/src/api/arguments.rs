//! The arguments of a call: a form, a query, or a JSON object, by its content type.

use hyper::header;
use hyper::http::request::Parts;
use serde_json::{Map, Value};

use super::{Refusal, Result};
use crate::check::Problems;
use crate::http;

/// Methods that read. Slack takes their arguments from a form or a query only and does not look at a JSON body
/// (<https://docs.slack.dev/apis/web-api>).
const FORMS_ONLY: [&str; 2] = ["users.info", "users.lookupByEmail"];

/// What a call says.
pub(super) struct Arguments {
    fields: Map<String, Value>,
    wrong: Option<&'static str>,
}

impl Arguments {
    pub(super) fn read(method: &str, head: &Parts, body: &[u8]) -> Self {
        let query = http::fields(head.uri.query().unwrap_or_default().as_bytes());
        let mut fields: Map<_, _> = query.into_iter().map(|(name, value)| (name, value.into())).collect();
        let kind = http::header(&head.headers, &header::CONTENT_TYPE);
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let mut wrong = None;
        match kind.as_str() {
            "application/json" if FORMS_ONLY.contains(&method) => {}
            "application/json" => match serde_json::from_slice(body) {
                Ok(Value::Object(object)) => fields.extend(object),
                Ok(_) => wrong = Some("json_not_object"),
                Err(_) if body.is_empty() => {}
                Err(_) => wrong = Some("invalid_json"),
            },
            "application/x-www-form-urlencoded" => {
                fields.extend(http::fields(body).into_iter().map(|(name, value)| (name, value.into())));
            }
            "" if body.is_empty() => {}
            "" => wrong = Some("missing_post_type"),
            _ => wrong = Some("invalid_post_type"),
        }
        // Tokens are no argument, and nothing that is kept should hold one.
        fields.remove("token");
        Self { fields, wrong }
    }

    /// Whether they could be read at all.
    pub(super) fn check(&self) -> Result<()> {
        self.wrong.map_or(Ok(()), |name| Err(Refusal::Named(name)))
    }

    pub(super) fn to_json(&self) -> Value {
        Value::Object(self.fields.clone())
    }

    /// A text that says something.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// JSON, which a form has as text; nothing when it is neither.
    pub(super) fn json(&self, name: &str) -> Option<std::result::Result<Value, serde_json::Error>> {
        match self.fields.get(name)? {
            Value::Null => None,
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(serde_json::from_str(text)),
            other => Some(Ok(other.clone())),
        }
    }

    /// The blocks of a message.
    pub(super) fn blocks(&self) -> Result<Option<Vec<Value>>> {
        match self.json("blocks") {
            None => Ok(None),
            Some(Ok(Value::Array(blocks))) => Ok(Some(blocks)),
            Some(_) => Err(Refusal::Named("invalid_blocks_format")),
        }
    }

    /// A view.
    pub(super) fn view(&self) -> Result<Value> {
        let wrong = |what: &str| Refusal::Invalid("invalid_arguments", Problems::of(what, "/view"));
        match self.json("view") {
            None => Err(Refusal::missing("view")),
            Some(Ok(view @ Value::Object(_))) => Ok(view),
            Some(_) => Err(wrong("must be an object")),
        }
    }
}
