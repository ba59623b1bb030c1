//! The app behind the interactivity address: it is sent what Slack would send, and has three seconds to answer.

use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Request, Uri, header};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

/// How long Slack waits for an app (<https://docs.slack.dev/interactivity/handling-user-interaction>).
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);
/// When even an answer that nobody waits for is given up.
const LONGEST: Duration = Duration::from_secs(35);

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
    #[error("the app did not answer within 3 seconds")]
    Late,
    #[error("the app cannot be reached")]
    Unreachable,
    #[error("the request has a wrong form")]
    Malformed,
}

/// What an app answered, and how long it took.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    pub(crate) answer: Result<(u16, String), NoAnswer>,
    pub(crate) milliseconds: u128,
}

/// A request as it went over the wire, so that it can go once more.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Answered {
    /// Slack takes nothing but 200 for an acknowledgement.
    pub(crate) fn is_acknowledged(&self) -> bool {
        matches!(self.answer, Ok((200, _)))
    }

    /// What the person is shown where an acknowledgement is missing.
    pub(crate) fn complaint(&self) -> Option<String> {
        match &self.answer {
            Ok((200, _)) => None,
            Ok((status, _)) => Some(format!("This app answered with an error (status {status}).")),
            Err(NoAnswer::Late) => Some("This app did not respond in time.".to_owned()),
            Err(other) => Some(format!("This app did not respond: {other}.")),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let (status, body, error) = match &self.answer {
            Ok((status, body)) => (Some(*status), body.as_str(), None),
            Err(error) => (None, "", Some(error.to_string())),
        };
        let milliseconds = u64::try_from(self.milliseconds).unwrap_or(u64::MAX);
        json!({ "status": status, "body": body, "error": error, "milliseconds": milliseconds })
    }
}

/// Sends a request. An app that is late is not cut off: what it still does has its effect, as with Slack.
pub(crate) async fn send(address: &str, sent: &Sent) -> Answered {
    let started = Instant::now();
    let exchange = exchange(address.to_owned(), sent.clone());
    let running =
        tokio::spawn(async { tokio::time::timeout(LONGEST, exchange).await.unwrap_or(Err(NoAnswer::Late)) });
    let answer = match tokio::time::timeout(PATIENCE, running).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Err(NoAnswer::Unreachable),
        Err(_) => Err(NoAnswer::Late),
    };
    Answered { answer, milliseconds: started.elapsed().as_millis() }
}

async fn exchange(address: String, sent: Sent) -> Result<(u16, String), NoAnswer> {
    let address: Uri = address.parse().map_err(|_| NoAnswer::Malformed)?;
    let authority = address.authority().ok_or(NoAnswer::Malformed)?.as_str().to_owned();
    let path = address.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::post(path).header(header::HOST, &authority);
    for (name, value) in &sent.headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(sent.body)).map_err(|_| NoAnswer::Malformed)?;
    let stream = TcpStream::connect(&authority).await.map_err(|_| NoAnswer::Unreachable)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|_| NoAnswer::Unreachable)?;
    // It ends with the sender; what breaks it also fails the call below.
    drop(tokio::spawn(connection));
    let answer = sender.send_request(request).await.map_err(|_| NoAnswer::Unreachable)?;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.map_err(|_| NoAnswer::Unreachable)?.to_bytes();
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}
