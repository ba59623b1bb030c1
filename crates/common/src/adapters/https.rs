//! One call of a service that is not AWS: over the TLS that the AWS SDK uses, with a limit on its time and on the size of
//! its answer. No redirect is followed, and nothing of a request or an answer is logged.

use std::sync::OnceLock;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
pub use hyper::HeaderMap;
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

/// A request, ready to go.
pub type Request = hyper::Request<Full<Bytes>>;

type Http = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// How long a call may take, and how much of an answer is read.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Its connection.
    pub connect: Duration,
    /// The largest answer, in bytes.
    pub answer: usize,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// The whole of its body.
    pub body: Bytes,
}

/// Nothing came back that tells what happened. It may even have been done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// The system knows of no authority that vouches for anybody.
    #[error("NoRootCertificates")]
    NoRootCertificates,
    /// No connection could be made, or it broke.
    #[error("NoConnection")]
    NoConnection,
    /// The answer broke off, or is too large.
    #[error("UnreadableResponse")]
    Unreadable,
    /// It took too long.
    #[error("Timeout")]
    Timeout,
}

/// Makes calls.
#[derive(Debug)]
pub struct Https {
    limits: Limits,
    /// Made when it is first needed, which it never is in a stack that calls nobody.
    http: OnceLock<Http>,
}

impl Https {
    /// A client; it connects when it is first used.
    pub fn new(limits: Limits) -> Self {
        Self { limits, http: OnceLock::new() }
    }

    /// Makes what the first call needs, so that nobody waits for it then. If that fails, the first call says so.
    pub fn prepare(&self) {
        self.http().ok();
    }

    /// Makes a call.
    ///
    /// # Errors
    /// When no whole answer came within this time.
    pub async fn send(&self, request: Request, within: Duration) -> Result<Answer, NoAnswer> {
        // Boxed: a future of this size would be carried by every caller.
        let exchange = Box::pin(self.exchange(request));
        tokio::time::timeout(within, exchange).await.unwrap_or(Err(NoAnswer::Timeout))
    }

    async fn exchange(&self, request: Request) -> Result<Answer, NoAnswer> {
        let response = self.http()?.request(request).await.map_err(|_| NoAnswer::NoConnection)?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, self.limits.answer).collect().await;
        let body = body.map_err(|_| NoAnswer::Unreadable)?.to_bytes();
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
    }

    fn http(&self) -> Result<&Http, NoAnswer> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        let made = connect(self.limits.connect).map_err(|_| NoAnswer::NoRootCertificates)?;
        Ok(self.http.get_or_init(|| made))
    }
}

/// The provider by name: another crate in the build may bring one too, and then none would be the default.
fn connect(within: Duration) -> std::io::Result<Http> {
    let mut tcp = HttpConnector::new();
    tcp.set_connect_timeout(Some(within));
    tcp.set_nodelay(true);
    tcp.enforce_http(false);
    let https = HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(rustls::crypto::aws_lc_rs::default_provider())?
        // Which of the two is allowed where is decided when the URL is read.
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    // A sandbox sleeps between two invocations; what it still holds then is soon closed by the other side.
    Ok(Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(Duration::from_secs(15))
        .build(https))
}
