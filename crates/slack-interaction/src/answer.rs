//! What Slack, or whoever pretends to be it, is told.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use common::http::response::{allowing, respond};
use common::http::{Format, Method, Outcome};
use serde_json::json;

use crate::interaction::Interaction;

/// What people read who try to decide in Slack.
const NOT_HERE: &str = "Nothing was recorded: this version does not take votes from Slack. \
                        Please decide through the link in your mail.";

#[derive(Clone, Copy)]
pub(crate) enum Answer {
    /// A message that only the person sees.
    Notice,
    /// The same, in place of the modal's content.
    Modal,
    /// Seen; there is nothing to say.
    Nothing,
    Malformed,
    NotFromSlack,
    MethodNotAllowed,
    TooLarge,
    Unavailable,
}

impl Answer {
    /// The answer to an interaction.
    pub(crate) fn to(interaction: &Interaction) -> Self {
        match interaction {
            Interaction::BlockActions { .. } => Self::Notice,
            Interaction::ViewSubmission { .. } => Self::Modal,
            Interaction::ViewClosed | Interaction::Unknown => Self::Nothing,
        }
    }

    /// The response; always JSON, as nobody opens this in a browser.
    pub(crate) fn respond(self, method: Method) -> ApiGatewayProxyResponse {
        let problem = |code| Outcome::problem(code).to_json();
        let (status, body) = match self {
            Self::Notice => {
                let notice = json!({
                    "response_type": "ephemeral",
                    "replace_original": false,
                    "text": NOT_HERE,
                });
                (200, notice.to_string())
            }
            Self::Modal => (200, modal()),
            Self::Nothing => (200, String::new()),
            Self::Malformed => (400, problem("malformed")),
            Self::NotFromSlack => (401, problem("not_from_slack")),
            Self::MethodNotAllowed => (405, problem("method_not_allowed")),
            Self::TooLarge => (413, problem("too_large")),
            Self::Unavailable => (503, problem("unavailable")),
        };
        let response = respond(method, Format::Json, status, body, None);
        if let Self::MethodNotAllowed = self { allowing(response, "POST") } else { response }
    }
}

fn modal() -> String {
    let text = |text: &str| json!({"type": "plain_text", "text": text});
    json!({
        "response_action": "update",
        "view": {
            "type": "modal",
            "title": text("Not recorded"),
            "blocks": [{"type": "section", "text": text(NOT_HERE)}],
        },
    })
    .to_string()
}
