//! How a call is refused.

use hyper::StatusCode;
use hyper::header::{self, HeaderValue};
use serde_json::{Value, json};

use crate::check::Problems;
use crate::http::{self, Answer};

/// Why a call is not carried out.
#[derive(Debug)]
pub(super) enum Refusal {
    /// By the name that Slack gives it.
    Named(&'static str),
    /// With what is wrong, and where.
    Invalid(&'static str, Problems),
    /// Too many calls; the next is taken after this many seconds.
    RateLimited(u64),
}

impl Refusal {
    /// An argument that is missing.
    pub(super) fn missing(name: &str) -> Self {
        Self::Invalid("invalid_arguments", Problems::of(&format!("missing required field: {name}"), ""))
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Named(name) | Self::Invalid(name, _) => name,
            Self::RateLimited(_) => "ratelimited",
        }
    }

    /// Slack answers most refusals with status 200.
    pub(super) fn to_answer(&self) -> Answer {
        let mut body = match self {
            Self::Invalid(_, problems) => problems.to_json(),
            _ => json!({}),
        };
        if let Some(fields) = body.as_object_mut() {
            fields.insert("ok".to_owned(), Value::Bool(false));
            fields.insert("error".to_owned(), self.name().into());
        }
        let Self::RateLimited(seconds) = self else { return http::json(StatusCode::OK, &body) };
        let mut answer = http::json(StatusCode::TOO_MANY_REQUESTS, &body);
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        answer
    }
}
