//! One call of Slack's API, with a pause where Slack asks for one. Nothing of a request or an answer is logged.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::access::{GiveAccess, SlackAccess};
use super::answer;
use crate::adapters::https::{Answer, Https, Limits, NoAnswer};
use crate::ports::{Clock, SlackError};

const LIMITS: Limits = Limits { connect: Duration::from_secs(1), answer: 1024 * 1024 };
const JSON: &str = "application/json; charset=utf-8";

/// Who waits for the answer, and so how long a call may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Slack waits for us, for 3 seconds.
    Interaction,
    /// A task of one request, which mail has left already.
    Task,
    /// Many records, one after the other.
    Backlog,
}

impl Patience {
    /// How long one call may take, its connection included.
    pub fn attempt(self) -> Duration {
        match self {
            Self::Interaction => Duration::from_millis(800),
            Self::Task | Self::Backlog => Duration::from_secs(5),
        }
    }

    /// How long a call may take with all that belongs to it: its secret, a short pause, and another try.
    pub fn whole(self) -> Duration {
        match self {
            Self::Interaction => Duration::from_millis(1_600),
            Self::Task | Self::Backlog => Duration::from_secs(20),
        }
    }

    /// For how long nothing is asked of a Slack that did not answer: each record of many would wait for the same.
    fn breather(self) -> SignedDuration {
        match self {
            Self::Interaction | Self::Task => SignedDuration::ZERO,
            Self::Backlog => SignedDuration::from_secs(10),
        }
    }

    /// The longest pause that is waited for on the spot. Posting in a channel is limited to about one message a
    /// second, so a pause is often that short.
    fn waits(self) -> u32 {
        match self {
            Self::Interaction => 0,
            Self::Task | Self::Backlog => 3,
        }
    }
}

/// What a call sends.
pub(super) enum Body {
    Json(Value),
    Form(&'static str, String),
}

impl Body {
    /// What Slack counts a call by: its limit on messages is one for each conversation.
    fn place(&self, method: &str) -> String {
        let channel = match self {
            Self::Json(json) => json.get("channel").and_then(Value::as_str),
            Self::Form(..) => None,
        };
        format!("{method} {}", channel.unwrap_or_default())
    }
}

/// Calls Slack's API.
pub struct SlackClient<A, C> {
    access: A,
    clock: C,
    patience: Patience,
    https: Https,
    /// Until when Slack wants to hear nothing of a method, in one conversation where it is about one.
    pauses: Mutex<BTreeMap<String, Timestamp>>,
    /// How Slack did not answer, and until when it is not asked again.
    silence: Mutex<Option<(SlackError, Timestamp)>>,
}

impl<A: GiveAccess, C: Clock> SlackClient<A, C> {
    /// A client; it connects when it is first used.
    pub fn new(access: A, clock: C, patience: Patience) -> Self {
        Self {
            access,
            clock,
            patience,
            https: Https::new(LIMITS),
            pauses: Mutex::new(BTreeMap::new()),
            silence: Mutex::new(None),
        }
    }

    /// Calls a method, and once more after a short pause, or with a new token when the old one is no longer taken.
    pub(super) async fn call(&self, method: &'static str, body: Body) -> Result<Value, SlackError> {
        self.check_silence()?;
        let place = body.place(method);
        self.check_pause(&place)?;
        let answered = Box::pin(self.call_in_time(method, &body));
        let answered = match tokio::time::timeout(self.patience.whole(), answered).await {
            Ok(answered) => answered,
            Err(_) => Err(unavailable(SlackError::TIMEOUT)),
        };
        self.note_silence(answered.as_ref().err());
        self.note_pause(place, answered.as_ref().err());
        answered
    }

    /// The workspace whose people count, as far as it is known.
    pub(super) async fn team(&self) -> Result<Option<String>, SlackError> {
        access(self.access.access().await).map(|access| access.team)
    }

    async fn call_in_time(&self, method: &'static str, body: &Body) -> Result<Value, SlackError> {
        let access = access(self.access.access().await)?;
        let first = self.exchange(&access, method, body).await;
        match first {
            Err(SlackError::RateLimited { retry_after_seconds: pause }) if pause <= self.patience.waits() => {
                tokio::time::sleep(Duration::from_secs(pause.into())).await;
                self.exchange(&access, method, body).await
            }
            Err(error) if answer::is_locked_out(&error) => {
                let renewed = self::access(self.access.renewed().await)?;
                if renewed == access {
                    return Err(error);
                }
                self.exchange(&renewed, method, body).await
            }
            answered => answered,
        }
    }

    async fn exchange(&self, access: &SlackAccess, method: &str, body: &Body) -> Result<Value, SlackError> {
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", access.token.expose()))
            .map_err(|_| SlackError::Refused { error: "invalid_auth".to_owned() })?;
        authorization.set_sensitive(true);
        let (kind, content) = match body {
            Body::Json(json) => (JSON, json.to_string()),
            Body::Form(name, value) => {
                let form = format!("{name}={}", urlencoding::encode(value));
                ("application/x-www-form-urlencoded", form)
            }
        };
        let request =
            hyper::Request::post(format!("{}/{method}", access.url)).header(AUTHORIZATION, authorization);
        let Answer { status, headers, body } = self.send(request, kind, content).await?;
        let retry_after = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        answer::read(status, retry_after, &body)
    }

    /// Answers a pressed button at the address that came with it, which needs no token.
    pub(super) async fn answer_click(&self, address: &str, answer: Value) -> Result<(), SlackError> {
        if !access(self.access.access().await)?.answers_at(address) {
            return Err(SlackError::Refused { error: "foreign_reply_address".to_owned() });
        }
        match self.send(hyper::Request::post(address), JSON, answer.to_string()).await?.status {
            200 => Ok(()),
            status => Err(unavailable(&format!("HTTP {status}"))),
        }
    }

    async fn send(
        &self,
        request: hyper::http::request::Builder,
        kind: &'static str,
        content: String,
    ) -> Result<Answer, SlackError> {
        let request = request.header(CONTENT_TYPE, kind).body(Full::new(Bytes::from(content)));
        let request = request.map_err(|_| unavailable("InvalidRequest"))?;
        self.https.send(request, self.patience.attempt()).await.map_err(|error| match error {
            NoAnswer::Timeout => unavailable(SlackError::TIMEOUT),
            NoAnswer::NoConnection => unavailable(SlackError::NO_CONNECTION),
            NoAnswer::Unreadable | NoAnswer::NoRootCertificates => unavailable(&error.to_string()),
        })
    }

    /// Makes what the first call needs, so that nobody waits for it then. If that fails, the first call says so.
    pub fn prepare(&self) {
        self.https.prepare();
    }

    fn check_silence(&self) -> Result<(), SlackError> {
        let silence = self.silence.lock().unwrap_or_else(PoisonError::into_inner);
        match &*silence {
            Some((error, until)) if self.clock.now() < *until => Err(error.clone()),
            _ => Ok(()),
        }
    }

    fn note_silence(&self, error: Option<&SlackError>) {
        let until = self.clock.now() + self.patience.breather();
        let silence = error.filter(|error| error.is_silence()).map(|error| (error.clone(), until));
        *self.silence.lock().unwrap_or_else(PoisonError::into_inner) = silence;
    }

    fn check_pause(&self, place: &str) -> Result<(), SlackError> {
        let pauses = self.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        let left = pauses.get(place).map_or(0, |until| until.duration_since(self.clock.now()).as_secs());
        match u32::try_from(left) {
            Ok(retry_after_seconds @ 1..) => Err(SlackError::RateLimited { retry_after_seconds }),
            _ => Ok(()),
        }
    }

    fn note_pause(&self, place: String, error: Option<&SlackError>) {
        let Some(SlackError::RateLimited { retry_after_seconds }) = error else { return };
        let now = self.clock.now();
        let mut pauses = self.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        pauses.retain(|_, until| *until > now);
        pauses.insert(place, now + SignedDuration::from_secs((*retry_after_seconds).into()));
    }
}

fn unavailable(code: &str) -> SlackError {
    SlackError::Unavailable { code: code.to_owned() }
}

fn access(found: Result<Option<SlackAccess>, crate::ports::SecretError>) -> Result<SlackAccess, SlackError> {
    match found {
        Ok(Some(access)) => Ok(access),
        Ok(None) => Err(SlackError::Refused { error: "slack_off".to_owned() }),
        Err(error) => {
            tracing::error!(%error, "the Slack secret cannot be read, so Slack cannot be called");
            Err(unavailable("NoSecret"))
        }
    }
}
