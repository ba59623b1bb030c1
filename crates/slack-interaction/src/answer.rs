//! What Slack, or whoever pretends to be it, is told.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use common::http::response::{allowing, respond};
use common::http::{Format, Method, Outcome};
use common::ports::{SlackCard, SlackModal};
use common::render::slack::closing;
use serde_json::json;

/// The answer to one request. What a person is told beside it goes to them by Slack's API.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// Seen; there is nothing to say. A modal that was submitted closes.
    Nothing,
    /// The modal stays open, and says at a field what is wrong there.
    FieldError {
        field: &'static str,
        message: String,
    },
    /// Another modal takes the place of the one that was submitted.
    Instead(SlackModal),
    Malformed,
    NotFromSlack,
    MethodNotAllowed,
    TooLarge,
    Unavailable,
}

impl Answer {
    /// A modal that has been dealt with says so in its place.
    pub(crate) fn instead(card: &SlackCard) -> Self {
        Self::Instead(closing(card))
    }

    /// The response; always JSON, as nobody opens this in a browser.
    pub(crate) fn respond(self, method: Method) -> ApiGatewayProxyResponse {
        let problem = |code| Outcome::problem(code).to_json();
        let allowed = !matches!(self, Self::MethodNotAllowed);
        let (status, body) = match self {
            Self::Nothing => (200, String::new()),
            Self::FieldError { field, message } => {
                (200, json!({"response_action": "errors", "errors": {field: message}}).to_string())
            }
            Self::Instead(SlackModal(view)) => {
                (200, json!({"response_action": "update", "view": view}).to_string())
            }
            Self::Malformed => (400, problem("malformed")),
            Self::NotFromSlack => (401, problem("not_from_slack")),
            Self::MethodNotAllowed => (405, problem("method_not_allowed")),
            Self::TooLarge => (413, problem("too_large")),
            Self::Unavailable => (503, problem("unavailable")),
        };
        let response = respond(method, Format::Json, status, body, None);
        if allowed { response } else { allowing(response, "POST") }
    }
}
