#![doc = include_str!("../README.md")]

mod answer;
mod interaction;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use common::adapters::slack::signature::{Claim, verify};
use common::http::{Body, HttpRequest, Method};
use common::ports::{Clock, SigningSecrets};
use common::telemetry::{causes, count};
use serde_json::Value;
use tracing::{error, info, warn};

use self::answer::Answer;

pub use self::interaction::{Interaction, InteractionError};

/// The largest body that is read. Slack sends the whole message back with a click: up to 10,000 characters
/// of ours, of which one may take 12 bytes as an escaped and encoded surrogate pair, and Slack's own frame.
pub const MAX_BODY: usize = 256 * 1024;

/// Answers one request to `/slack/interactions`, whatever it is.
pub async fn handle(
    secrets: &impl SigningSecrets,
    clock: &impl Clock,
    event: Value,
) -> ApiGatewayProxyResponse {
    let Ok(request) = HttpRequest::read(event, MAX_BODY) else {
        return refuse(Method::Other, Answer::Malformed, "unreadable");
    };
    let method = request.method;
    match (method, &request.body) {
        (Method::Post, Body::Bytes(body)) => receive(secrets, clock, &request, body).await,
        (Method::Post, Body::TooLarge) => refuse(method, Answer::TooLarge, "too_large"),
        (Method::Post, Body::NotBase64) => refuse(method, Answer::Malformed, "not_base64"),
        _ => refuse(method, Answer::MethodNotAllowed, "method_not_allowed"),
    }
}

async fn receive(
    secrets: &impl SigningSecrets,
    clock: &impl Clock,
    request: &HttpRequest,
    body: &[u8],
) -> ApiGatewayProxyResponse {
    let secrets = match secrets.signing_secrets().await {
        Ok(secrets) => secrets,
        Err(failure) => {
            error!(error = causes(&failure), "the signing secret cannot be read, so nothing is verified");
            count("SecretFailures", &[]);
            return Answer::Unavailable.respond(request.method);
        }
    };
    let claim = Claim {
        timestamps: &request.headers.all("x-slack-request-timestamp"),
        signatures: &request.headers.all("x-slack-signature"),
        body,
    };
    if let Err(cause) = verify(&secrets, &claim, clock.now()) {
        return refuse(request.method, Answer::NotFromSlack, cause.code());
    }
    // Nothing of the body has been looked at before this line.
    match Interaction::parse(body) {
        Ok(interaction) => {
            info!(slack.interaction = interaction.kind(), "interaction answered");
            Answer::to(&interaction).respond(request.method)
        }
        Err(cause) => refuse(request.method, Answer::Malformed, cause.code()),
    }
}

/// Whoever sent it learns only the status; the log says why.
fn refuse(method: Method, answer: Answer, refusal: &'static str) -> ApiGatewayProxyResponse {
    warn!(http.method = method.as_str(), refusal, "attempt refused");
    count("RefusedAttempts", &[("refusal", refusal)]);
    answer.respond(method)
}
