#![doc = include_str!("../README.md")]

mod answer;
mod click;
mod desk;
mod interaction;
mod journal;
mod strangers;
mod submit;
mod vote;

use std::future::Future;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use common::adapters::slack::signature::{Claim, SignatureError, verify};
use common::http::{Body, HttpRequest, Method};
use common::ports::{Clock, SecretError, SigningSecret};
use common::render::slack;
use common::telemetry::{causes, count};
use serde_json::Value;
use tracing::error;

use self::answer::Answer;
use self::desk::{Secrets, Slack, Store, Workflows};

pub use self::desk::Desk;
pub use self::interaction::{Interaction, InteractionError};
pub use self::strangers::Strangers;

/// The largest body that is read. Slack sends the whole message back with a click: up to 10,000 characters
/// of ours, of which one may take 12 bytes as an escaped and encoded surrogate pair, and Slack's own frame.
pub const MAX_BODY: usize = 256 * 1024;

/// Answers one request to `/slack/interactions`, whatever it is. What is not done when `time_is_up` is given up: a
/// decision that was stored by then is told its workflow by whoever comes by next.
pub async fn handle<K, S, W, L, C>(
    desk: &Desk<'_, K, S, W, L, C>,
    event: Value,
    time_is_up: impl Future<Output = ()>,
) -> ApiGatewayProxyResponse
where
    K: Secrets,
    S: Store,
    W: Workflows,
    L: Slack,
    C: Clock,
{
    let Ok(request) = HttpRequest::read(event, MAX_BODY) else {
        return refuse(Method::Other, Answer::Malformed, "unreadable");
    };
    let method = request.method;
    match (method, &request.body) {
        (Method::Post, Body::Bytes(body)) => match desk.read(&request, body).await {
            // Boxed: a forged request need not carry the future of a vote.
            Ok(interaction) => Box::pin(desk.serve(interaction, time_is_up)).await.respond(method),
            Err(answer) => answer.respond(method),
        },
        (Method::Post, Body::TooLarge) => refuse(method, Answer::TooLarge, "too_large"),
        (Method::Post, Body::NotBase64) => refuse(method, Answer::Malformed, "not_base64"),
        _ => refuse(method, Answer::MethodNotAllowed, "method_not_allowed"),
    }
}

impl<K, S, W, L, C> Desk<'_, K, S, W, L, C>
where
    K: Secrets,
    S: Store,
    W: Workflows,
    L: Slack,
    C: Clock,
{
    /// Reads what is known to come from Slack. Nothing of the body is looked at before it has been verified.
    async fn read(&self, request: &HttpRequest, body: &[u8]) -> Result<Interaction, Answer> {
        let claim = Claim {
            timestamps: &request.headers.all("x-slack-request-timestamp"),
            signatures: &request.headers.all("x-slack-signature"),
            body,
        };
        let verified = verify(&secrets(self.secrets.signing_secrets().await)?, &claim, self.now());
        let verified = match verified {
            // Perhaps it was signed with a secret that is newer than what we know.
            Err(SignatureError::Mismatch) => {
                verify(&secrets(self.secrets.signing_secrets_anew().await)?, &claim, self.now())
            }
            other => other,
        };
        if let Err(cause) = verified {
            journal::refused_request(request.method, cause.code());
            return Err(Answer::NotFromSlack);
        }
        Interaction::parse(body).map_err(|cause| {
            journal::refused_request(request.method, cause.code());
            Answer::Malformed
        })
    }

    async fn serve(&self, interaction: Interaction, time_is_up: impl Future<Output = ()>) -> Answer {
        let kind = interaction.kind();
        let answer = match &interaction {
            Interaction::BlockActions(click) => {
                tokio::select! {
                    biased;
                    () = self.click(click) => {}
                    () = time_is_up => {
                        journal::too_slow(kind);
                        self.tell(click, &slack::not_confirmed()).await;
                    }
                }
                Answer::Nothing
            }
            Interaction::ViewSubmission(submission) => tokio::select! {
                biased;
                answer = self.submit(submission) => answer,
                () = time_is_up => {
                    journal::too_slow(kind);
                    Answer::instead(&slack::not_confirmed())
                }
            },
            Interaction::ViewClosed | Interaction::Unknown => Answer::Nothing,
        };
        journal::answered(kind);
        answer
    }

    /// Whether somebody is of our workspace, and came through our app.
    async fn is_ours(&self, by: &interaction::Actor) -> bool {
        let ours = match self.secrets.workspace().await {
            Ok(Some(ours)) => ours,
            Ok(None) => return false,
            Err(failure) => {
                error!(error = causes(&failure), "the workspace is not known, so nobody is let in");
                count("SecretFailures", &[]);
                return false;
            }
        };
        let refusal = if by.app.as_deref() != Some(&ours.app) {
            "other_app"
        } else if by.team.as_deref() != Some(&ours.team) || by.home.as_deref() != Some(&ours.team) {
            "other_workspace"
        } else {
            return true;
        };
        journal::refused(None, None, refusal);
        false
    }
}

fn secrets(read: Result<Vec<SigningSecret>, SecretError>) -> Result<Vec<SigningSecret>, Answer> {
    read.map_err(|failure| {
        error!(error = causes(&failure), "the signing secret cannot be read, so nothing is verified");
        count("SecretFailures", &[]);
        Answer::Unavailable
    })
}

/// Whoever sent it learns only the status; the log says why.
fn refuse(method: Method, answer: Answer, refusal: &'static str) -> ApiGatewayProxyResponse {
    journal::refused_request(method, refusal);
    answer.respond(method)
}
