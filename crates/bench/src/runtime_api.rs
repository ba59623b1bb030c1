//! The Lambda Runtime API, for one process at a time
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use crate::Error;

/// Longer than anything that still works.
const PATIENCE: Duration = Duration::from_mins(1);
const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:bench";

pub(crate) struct RuntimeApi {
    pub(crate) authority: String,
    waiting: mpsc::UnboundedReceiver<Waiting>,
    answers: mpsc::UnboundedReceiver<(Instant, Bytes)>,
}

/// A process that asks for its next event.
pub(crate) struct Waiting {
    at: Instant,
    event: oneshot::Sender<String>,
}

pub(crate) struct Answer {
    pub(crate) took: Duration,
    pub(crate) body: Value,
}

struct Channels {
    waiting: mpsc::UnboundedSender<Waiting>,
    answers: mpsc::UnboundedSender<(Instant, Bytes)>,
}

impl Waiting {
    pub(crate) fn since(&self, start: Instant) -> Duration {
        self.at.duration_since(start)
    }
}

impl RuntimeApi {
    pub(crate) async fn start() -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let authority = listener.local_addr()?.to_string();
        let (waiting_in, waiting) = mpsc::unbounded_channel();
        let (answers_in, answers) = mpsc::unbounded_channel();
        tokio::spawn(serve(listener, Arc::new(Channels { waiting: waiting_in, answers: answers_in })));
        Ok(Self { authority, waiting, answers })
    }

    /// Waits until the process wants an event.
    pub(crate) async fn next(&mut self) -> Result<Waiting, Error> {
        let next = tokio::time::timeout(PATIENCE, self.waiting.recv()).await;
        next.map_err(|_| "the process does not get ready")?.ok_or_else(|| "the Runtime API has ended".into())
    }

    /// Hands it over, and waits for what it answers.
    pub(crate) async fn invoke(&mut self, process: Waiting, event: &Value) -> Result<Answer, Error> {
        let text = event.to_string();
        let start = Instant::now();
        process.event.send(text).map_err(|_| "the process went away")?;
        let answer = tokio::time::timeout(PATIENCE, self.answers.recv()).await;
        let (at, body) = answer.map_err(|_| "no answer")?.ok_or("the Runtime API has ended")?;
        Ok(Answer { took: at.duration_since(start), body: serde_json::from_slice(&body)? })
    }
}

async fn serve(listener: TcpListener, channels: Arc<Channels>) {
    while let Ok((stream, _)) = listener.accept().await {
        let channels = Arc::clone(&channels);
        let service = service_fn(move |request| {
            let channels = Arc::clone(&channels);
            async move { Ok::<_, Infallible>(answer(request, &channels).await) }
        });
        tokio::spawn(
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
        );
    }
}

async fn answer(request: Request<Incoming>, channels: &Channels) -> Response<Full<Bytes>> {
    if request.method() == Method::GET {
        let (event, given) = oneshot::channel();
        channels.waiting.send(Waiting { at: Instant::now(), event }).ok();
        return match given.await {
            Ok(event) => event_response(event),
            // The measurement is over, and the process about to be ended.
            Err(_) => std::future::pending().await,
        };
    }
    let at = Instant::now();
    let body = request.into_body().collect().await.map(http_body_util::Collected::to_bytes);
    channels.answers.send((at, body.unwrap_or_default())).ok();
    let mut accepted = Response::new(Full::default());
    *accepted.status_mut() = StatusCode::ACCEPTED;
    accepted
}

fn event_response(event: String) -> Response<Full<Bytes>> {
    let response = Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", "00000000-0000-0000-0000-000000000000")
        .header("lambda-runtime-deadline-ms", "4102444800000")
        .header("lambda-runtime-invoked-function-arn", FUNCTION)
        .body(Full::from(event));
    response.unwrap_or_default()
}
