//! Calls that go wrong because a test asked for it.

use hyper::StatusCode;
use serde_json::Value;

use super::refusal::Refusal;
use super::{Result, finish};
use crate::http::{self, Answer};
use crate::workspace::{Fault, Kind};

/// What a proxy between an app and Slack says when it has no better idea.
const PAGE: &str = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>";

/// Answers as the fault says; the call has its effect only where the fault says so, or once a late answer is due.
pub(super) async fn answer(fault: &Fault, work: impl Fn() -> Result<Value>) -> (Answer, Option<String>) {
    let done = fault.has_effect.then(&work);
    match &fault.kind {
        Kind::OkFalse(error) => {
            let body = serde_json::json!({ "ok": false, "error": error });
            (http::json(StatusCode::OK, &body), Some(error.clone()))
        }
        Kind::RateLimited(seconds) => finish(Err(Refusal::RateLimited(*seconds))),
        Kind::Html(code) => {
            (http::answer(status(*code), "text/html; charset=utf-8", PAGE), Some("fault".to_owned()))
        }
        Kind::Status(code) => {
            (http::answer(status(*code), "text/plain; charset=utf-8", ""), Some("fault".to_owned()))
        }
        Kind::Hang(duration) => {
            tokio::time::sleep(*duration).await;
            // A caller that has given up ended this before, and the call with it.
            finish(done.unwrap_or_else(work))
        }
    }
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
