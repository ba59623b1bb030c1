//! A small HTTP client for the emulator on this machine: one connection per call, whole bodies.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Longer than API Gateway gives an integration.
const TIMEOUT: Duration = Duration::from_secs(35);

#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("cannot connect")]
    Connect(#[source] std::io::Error),
    #[error("the connection broke")]
    Broken(#[source] hyper::Error),
    #[error("no answer in time")]
    Timeout,
    #[error("the request has a wrong form")]
    Malformed(#[source] hyper::http::Error),
    #[error("the answer is {0}")]
    Status(StatusCode),
    #[error("the answer is not JSON")]
    NotJson(#[source] serde_json::Error),
}

/// Sends a request to `host:port`.
pub(crate) async fn send(
    authority: &str,
    request: Request<Full<Bytes>>,
) -> Result<Response<Bytes>, HttpError> {
    tokio::time::timeout(TIMEOUT, exchange(authority, request)).await.unwrap_or(Err(HttpError::Timeout))
}

async fn exchange(authority: &str, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, HttpError> {
    let stream = TcpStream::connect(authority).await.map_err(HttpError::Connect)?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(HttpError::Broken)?;
    // It ends with the sender; what breaks it also fails the call below.
    drop(tokio::spawn(connection));
    let (head, body) = sender.send_request(request).await.map_err(HttpError::Broken)?.into_parts();
    let body = body.collect().await.map_err(HttpError::Broken)?;
    Ok(Response::from_parts(head, body.to_bytes()))
}

/// Gets a JSON document.
pub(crate) async fn get_json(authority: &str, path: &str) -> Result<serde_json::Value, HttpError> {
    let request = Request::get(path)
        .header(header::HOST, authority)
        .body(Full::default())
        .map_err(HttpError::Malformed)?;
    let response = send(authority, request).await?;
    match response.status() {
        StatusCode::OK => serde_json::from_slice(response.body()).map_err(HttpError::NotJson),
        status => Err(HttpError::Status(status)),
    }
}
