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
use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use common::adapters::slack::signature::{Claim, SignatureError, verify};
use common::http::{Body, HttpRequest, Method};
use common::ports::{Clock, SecretError, SigningSecret, SlackCard};
use common::render::slack;
use common::telemetry::{causes, count};
use jiff::{SignedDuration, Timestamp};
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

/// When what is not done is given up; what is left after this is for telling somebody that it took too long.
const ENOUGH: SignedDuration = SignedDuration::from_millis(1_900);
/// When Slack has to have its answer, with some time for its way back. Slack waits for 3 seconds.
const ALL: SignedDuration = SignedDuration::from_millis(2_700);
/// How long ago the gateway may have taken a request in; what it says beyond that is not believed.
const SLACK_WAITS: SignedDuration = SignedDuration::from_secs(3);

/// Answers one request to `/slack/interactions`, whatever it is. What is not done in time is given up, as `sleep` says:
/// a decision that was stored by then is told its workflow by whoever comes by next.
pub async fn handle<K, S, W, L, C, F>(
    desk: &Desk<'_, K, S, W, L, C>,
    event: Value,
    sleep: impl Fn(Duration) -> F,
) -> ApiGatewayProxyResponse
where
    K: Secrets,
    S: Store,
    W: Workflows,
    L: Slack,
    C: Clock,
    F: Future<Output = ()>,
{
    let now = desk.now();
    let Ok(request) = HttpRequest::read(event, MAX_BODY) else {
        return refuse(Method::Other, Answer::Malformed, "unreadable");
    };
    let method = request.method;
    let begun = begun(request.received_at, now);
    let until = |end: SignedDuration| sleep(left(begun + end, desk.now()));
    match (method, &request.body) {
        (Method::Post, Body::Bytes(body)) => match desk.read(&request, body).await {
            // Boxed: a forged request need not carry the future of a vote.
            Ok(interaction) => Box::pin(desk.serve(interaction, until)).await.respond(method),
            Err(answer) => answer.respond(method),
        },
        (Method::Post, Body::TooLarge) => refuse(method, Answer::TooLarge, "too_large"),
        (Method::Post, Body::NotBase64) => refuse(method, Answer::Malformed, "not_base64"),
        _ => refuse(method, Answer::MethodNotAllowed, "method_not_allowed"),
    }
}

/// Since when Slack waits: since the gateway took the request in, which a cold start may be long after.
fn begun(received_at: Option<Timestamp>, now: Timestamp) -> Timestamp {
    received_at.filter(|at| *at <= now && now.duration_since(*at) <= SLACK_WAITS).unwrap_or(now)
}

fn left(until: Timestamp, now: Timestamp) -> Duration {
    until.duration_since(now).max(SignedDuration::ZERO).unsigned_abs()
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
            journal::not_from_slack(request.method, cause);
            return Err(Answer::NotFromSlack);
        }
        Interaction::parse(body).map_err(|cause| {
            journal::refused_request(request.method, cause.code());
            Answer::Malformed
        })
    }

    /// `until` comes back when so much time has passed since Slack began to wait.
    async fn serve<F: Future<Output = ()>>(
        &self,
        interaction: Interaction,
        until: impl Fn(SignedDuration) -> F,
    ) -> Answer {
        let kind = interaction.kind();
        let answer = match &interaction {
            Interaction::BlockActions(click) => {
                self.answer_click(click, until).await;
                Answer::Nothing
            }
            Interaction::ViewSubmission(submission) => tokio::select! {
                biased;
                answer = self.submit(submission) => answer,
                () = until(ENOUGH) => {
                    journal::too_slow(kind);
                    Answer::instead(&slack::not_confirmed())
                }
            },
            Interaction::ViewClosed | Interaction::Unknown => Answer::Nothing,
        };
        journal::answered(kind);
        answer
    }

    /// What its presser has to know is told them in the time that is left; that this takes too long makes nothing
    /// untrue.
    async fn answer_click<F: Future<Output = ()>>(
        &self,
        click: &interaction::Click,
        until: impl Fn(SignedDuration) -> F,
    ) {
        let card = tokio::select! {
            biased;
            card = self.press(click) => card,
            () = until(ENOUGH) => {
                journal::too_slow("block_actions");
                Some(slack::not_confirmed())
            }
        };
        let Some(card) = card else { return };
        tokio::select! {
            biased;
            () = self.tell(click, &card) => {}
            () = until(ALL) => journal::too_slow("block_actions"),
        }
    }

    /// That somebody is of our workspace, and came through our app; or what to tell them.
    async fn check_origin(&self, by: &interaction::Actor) -> Result<(), SlackCard> {
        let ours = match self.secrets.workspace().await {
            Ok(Some(ours)) => ours,
            Ok(None) => return Err(slack::not_set_up()),
            Err(failure) => {
                error!(error = causes(&failure), "the workspace is not known, so nobody is let in");
                count("SecretFailures", &[]);
                return Err(slack::not_set_up());
            }
        };
        let refusal = if by.app.as_deref() != Some(&ours.app) {
            "other_app"
        } else if by.team.as_deref() != Some(&ours.team) || by.home.as_deref() != Some(&ours.team) {
            "other_workspace"
        } else {
            return Ok(());
        };
        journal::refused(None, None, refusal);
        Err(slack::wrong_place())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slack_waits_since_the_gateway_took_the_request_in() {
        let now = Timestamp::UNIX_EPOCH;
        let at = |millis| now + SignedDuration::from_millis(millis);
        let since = |received_at| begun(received_at, now);
        assert_eq!((since(Some(at(-1_200))), since(Some(at(-3_000)))), (at(-1_200), at(-3_000)));
        for beyond in [None, Some(at(1)), Some(at(-3_001))] {
            assert_eq!(since(beyond), now);
        }
        assert_eq!(left(at(-1_200) + ENOUGH, now), Duration::from_millis(700));
        assert_eq!(left(at(-3_000) + ENOUGH, now), Duration::ZERO);
    }
}
