//! The control for tests: JSON over HTTP, as the crate's README describes it.

mod act;
mod arrange;
mod show;

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::StandIn;
use crate::http::{self, Answer};
use crate::interaction::NotPossible;

/// Why a command is not carried out.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("the body is not a JSON object")]
    NotJson,
    #[error("{0} is missing or of another type")]
    Missing(&'static str),
    #[error("{0} has no such value")]
    Unknown(&'static str),
    #[error(transparent)]
    NotPossible(#[from] NotPossible),
}

type Result = std::result::Result<Value, Refused>;

impl Refused {
    fn to_answer(&self) -> Answer {
        let mut body = json!({ "error": self.to_string() });
        let status = match self {
            Self::NotPossible(NotPossible::Incomplete(errors)) => {
                body = json!({ "error": self.to_string(), "errors": errors });
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::NotPossible(_) => StatusCode::NOT_FOUND,
            _ => StatusCode::BAD_REQUEST,
        };
        http::json(status, &body)
    }
}

/// Carries out a command.
pub(crate) async fn answer(stand_in: &Arc<StandIn>, command: &str, request: Request<Incoming>) -> Answer {
    let (head, body) = request.into_parts();
    let query = http::fields(head.uri.query().unwrap_or_default().as_bytes());
    let body = match http::read(body).await {
        Some(body) if body.is_empty() => Ok(json!({})),
        Some(body) => serde_json::from_slice(&body).ok().filter(Value::is_object).ok_or(Refused::NotJson),
        None => Err(Refused::NotJson),
    };
    let done = match body {
        Ok(body) => carry_out(stand_in, &head.method, command, &query, &body).await,
        Err(refused) => Some(Err(refused)),
    };
    match done {
        Some(Ok(told)) => http::json(StatusCode::OK, &told),
        Some(Err(refused)) => refused.to_answer(),
        None => http::json(StatusCode::NOT_FOUND, &json!({ "error": "no such command" })),
    }
}

/// Nothing when there is no such command.
async fn carry_out(
    stand_in: &Arc<StandIn>,
    method: &Method,
    command: &str,
    query: &[(String, String)],
    body: &Value,
) -> Option<Result> {
    let done = match (method.as_str(), command) {
        ("GET", "messages") => Ok(show::messages(stand_in, query)),
        ("GET", "views") => Ok(show::views(stand_in)),
        ("GET", "calls") => Ok(json!({ "calls": stand_in.workspace().calls.to_json() })),
        ("POST", "click") => act::click(stand_in, body).await,
        ("POST", "submit") => act::submit(stand_in, body).await,
        ("POST", "close") => act::close(stand_in, body).await,
        ("POST", "replay") => act::replay(stand_in, body).await,
        ("POST", "send") => act::send(stand_in, body).await,
        ("POST", "faults") => arrange::fault(stand_in, body),
        ("DELETE", "faults") => {
            stand_in.workspace().faults.clear();
            Ok(json!({}))
        }
        ("POST", "users") => arrange::user(stand_in, body),
        ("POST", "channels") => arrange::channel(stand_in, body),
        ("POST", "rate-limit") => arrange::rate_limit(stand_in, body),
        _ => return None,
    };
    Some(done)
}

/// A text that a command cannot do without.
fn required(body: &Value, name: &'static str) -> std::result::Result<String, Refused> {
    crate::json::said(body, name).map(str::to_owned).ok_or(Refused::Missing(name))
}
