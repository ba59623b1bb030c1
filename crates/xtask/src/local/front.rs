//! What people reach in the browser: the mailbox, the stand-in for Slack, and the stack's API behind the addresses
//! that the mails name.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use slack_stand_in::StandIn;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::{Error, mailbox};
use crate::aws::Aws;
use crate::http;

/// As much as API Gateway takes; what the product takes is its own business.
const LARGEST_BODY: usize = 10 * 1024 * 1024;
/// They are about one connection, not about the message.
const HOP_BY_HOP: [header::HeaderName; 5] =
    [header::CONNECTION, header::TE, header::TRAILER, header::TRANSFER_ENCODING, header::UPGRADE];

pub(crate) type Answer = Response<Full<Bytes>>;

pub(crate) struct Front {
    emulator: String,
    /// The path of the stack's REST API at the emulator.
    api: String,
    slack: Arc<StandIn>,
}

impl Front {
    /// Finds the REST API that was just deployed.
    pub(crate) async fn of(aws: &Aws, slack: Arc<StandIn>) -> Result<Self, Error> {
        let stages = aws.api_stages().await.map_err(Error::Call)?;
        // SAM adds a stage of that name to some APIs, beside the one that was asked for.
        let wanted = stages.iter().find(|(_, stage)| stage != "Stage");
        let (api, stage) = wanted.ok_or(Error::NoApi)?;
        let emulator = aws.authority.clone();
        Ok(Self { api: format!("/_aws/execute-api/{api}/{stage}"), emulator, slack })
    }

    /// Serves until accepting connections fails.
    pub(crate) async fn serve(self, listener: TcpListener) -> Error {
        match Arc::new(self).accept(listener).await {
            Ok(never) => match never {},
            Err(error) => Error::Accept(error),
        }
    }

    async fn accept(self: Arc<Self>, listener: TcpListener) -> std::io::Result<std::convert::Infallible> {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    let (stream, peer) = accepted?;
                    connections.spawn(Arc::clone(&self).connection(stream, peer));
                }
                Some(_) = connections.join_next() => {}
            }
        }
    }

    async fn connection(self: Arc<Self>, stream: TcpStream, _: SocketAddr) {
        let service = service_fn(|request| {
            let front = Arc::clone(&self);
            async move { Ok::<_, std::convert::Infallible>(front.answer(request).await) }
        });
        // A browser may end a connection when it likes.
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
    }

    async fn answer(&self, request: Request<Incoming>) -> Answer {
        match request.uri().path() {
            "/approve" | "/inbox" | "/slack/interactions" => self.pass_on(request).await,
            path if !is_ours(request.headers()) => {
                plain(StatusCode::MISDIRECTED_REQUEST, &format!("not for {path}"))
            }
            path if is_slack(path) => self.slack.answer(request).await,
            path => mailbox::answer(&self.emulator, request.method(), path).await,
        }
    }

    /// Hands a request to the API and its answer back, both as they are.
    async fn pass_on(&self, request: Request<Incoming>) -> Answer {
        let (mut head, body) = request.into_parts();
        let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else {
            return plain(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large or broke off");
        };
        let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
        let (Ok(uri), Ok(host)) =
            (format!("{}{target}", self.api).parse(), HeaderValue::from_str(&self.emulator))
        else {
            return plain(StatusCode::BAD_REQUEST, "the address has a wrong form");
        };
        head.uri = uri;
        drop_hop_by_hop(&mut head.headers);
        head.headers.insert(header::HOST, host);
        match http::send(&self.emulator, Request::from_parts(head, Full::new(body.to_bytes()))).await {
            Ok(response) => {
                let (mut head, body) = response.into_parts();
                drop_hop_by_hop(&mut head.headers);
                Response::from_parts(head, Full::new(body))
            }
            Err(error) => plain(StatusCode::BAD_GATEWAY, &format!("the emulator does not answer: {error}")),
        }
    }
}

fn drop_hop_by_hop(headers: &mut HeaderMap) {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
    headers.remove("keep-alive");
}

fn is_slack(path: &str) -> bool {
    path.strip_prefix(slack_stand_in::PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether the browser asked for this machine by name. A foreign name that resolves to loopback could
/// otherwise read the mails, and with them the links.
fn is_ours(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1")
}

/// An answer of one line.
pub(crate) fn plain(status: StatusCode, text: &str) -> Answer {
    let mut answer = Response::new(Full::from(format!("{text}\n")));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(name))])
    }

    #[test]
    fn the_mailbox_is_for_this_machine_only() {
        assert!(is_ours(&host("localhost:8480")) && is_ours(&host("127.0.0.1:8480")));
        assert!(!is_ours(&host("rebound.example.com:8480")) && !is_ours(&HeaderMap::new()));
    }

    #[test]
    fn the_stand_in_has_the_paths_below_its_own() {
        assert!(is_slack("/slack-stand-in") && is_slack("/slack-stand-in/api/auth.test"));
        assert!(!is_slack("/slack-stand-in-not") && !is_slack("/slack/interactions") && !is_slack("/"));
    }

    #[test]
    fn headers_of_the_connection_are_not_passed_on() {
        let mut headers = host("localhost");
        headers.insert(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        headers.insert(header::ORIGIN, HeaderValue::from_static("null"));
        drop_hop_by_hop(&mut headers);
        assert_eq!(headers.len(), 2);
        assert!(headers.contains_key(header::ORIGIN));
    }
}
