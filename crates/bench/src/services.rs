//! Everything that a function calls: AWS and Slack, over TLS with a certificate of our own, with a fixed latency
//! each, and counted.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::NoServerSessionStorage;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::Error;
use crate::calls::{Call, Calls};
use crate::jobs::Job;
use crate::subject::Subject;

/// The authorities that this system trusts. A function on Lambda has as many to read.
const AUTHORITIES: [&str; 2] = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/// How long the services take to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Latency {
    /// No time: what is measured is the function's own.
    None,
    /// What a call takes inside one Region, roughly; Slack is farther away.
    Usual,
}

impl Latency {
    fn of(self, operation: &str) -> Duration {
        Duration::from_millis(match (self, operation) {
            (Self::None, _) => 0,
            (Self::Usual, "GetItem" | "PutItem" | "UpdateItem" | "TransactWriteItems") => 5,
            (Self::Usual, "SendTaskSuccess" | "SendTaskFailure" | "GetSecretValue") => 15,
            (Self::Usual, "SendEmail") => 30,
            (Self::Usual, _) => 80,
        })
    }
}

/// The services, each at an address of its own as on AWS, with the variable that leads a function there.
const ENDPOINTS: [&str; 4] = [
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_ENDPOINT_URL_SFN",
    "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    "AWS_ENDPOINT_URL_SESV2",
];

pub(crate) struct Services {
    /// The variables with the addresses.
    pub(crate) endpoints: Vec<(&'static str, String)>,
    /// The file with the certificates that a process has to trust.
    pub(crate) certificates: PathBuf,
    seen: Arc<Mutex<Seen>>,
}

/// What was called, and over how many connections.
#[derive(Default)]
struct Seen {
    calls: Vec<Call>,
    connections: u32,
}

struct Server {
    tls: TlsAcceptor,
    slack: String,
    item: Value,
    latency: Latency,
    seen: Arc<Mutex<Seen>>,
}

impl Services {
    pub(crate) async fn start(subject: Subject, latency: Latency) -> Result<Self, Error> {
        let (slack_listener, slack) = listen().await?;
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        let certificates =
            std::env::temp_dir().join(format!("bench-{}.pem", slack_listener.local_addr()?.port()));
        let others = AUTHORITIES.iter().find_map(|file| std::fs::read_to_string(file).ok());
        std::fs::write(&certificates, others.unwrap_or_default() + &own.cert.pem())?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
        let seen = Arc::default();
        let item = subject.job.item(subject.side)?;
        let tls = TlsAcceptor::from(Arc::new(tls(own.cert.der().clone(), key)?));
        let server = Arc::new(Server { tls, slack, item, latency, seen: Arc::clone(&seen) });
        tokio::spawn(serve(slack_listener, Arc::clone(&server)));
        let mut endpoints = Vec::new();
        for variable in ENDPOINTS {
            let (listener, url) = listen().await?;
            endpoints.push((variable, url));
            tokio::spawn(serve(listener, Arc::clone(&server)));
        }
        Ok(Self { endpoints, certificates, seen })
    }

    /// What was called since the last time.
    pub(crate) fn take_calls(&self) -> Calls {
        let Seen { calls, connections } = std::mem::take(&mut *lock(&self.seen));
        Calls::of(calls, connections)
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Services {
    fn drop(&mut self) {
        std::fs::remove_file(&self.certificates).ok();
    }
}

async fn listen() -> Result<(TcpListener, String), Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("https://localhost:{}", listener.local_addr()?.port());
    Ok((listener, url))
}

/// Every connection shakes hands in full: the services share a name here, and would be taken for one.
fn tls(certificate: CertificateDer<'static>, key: PrivateKeyDer<'static>) -> Result<ServerConfig, Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    Ok(config)
}

async fn serve(listener: TcpListener, server: Arc<Server>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(connection(stream, Arc::clone(&server)));
    }
}

async fn connection(stream: TcpStream, server: Arc<Server>) {
    stream.set_nodelay(true).ok();
    let Ok(stream) = server.tls.accept(stream).await else { return };
    lock(&server.seen).connections += 1;
    let service = service_fn(move |request| {
        let server = Arc::clone(&server);
        async move { Ok::<_, Infallible>(server.answer(request).await) }
    });
    // It ends with the process that made it.
    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
}

impl Server {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let began = Instant::now();
        let operation = operation(&request);
        request.into_body().collect().await.ok();
        let latency = self.latency.of(&operation);
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        let answer = Job::answer_to(&operation, &self.slack, &self.item);
        lock(&self.seen).calls.push(Call { operation, began, ended: Instant::now() });
        let response = Response::builder().header("content-type", "application/x-amz-json-1.0");
        response.body(Full::from(answer.to_string())).unwrap_or_default()
    }
}

/// The operation of AWS, or Slack's method.
fn operation(request: &Request<Incoming>) -> String {
    let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok());
    match (target, request.uri().path()) {
        (Some(target), _) => target.rsplit('.').next().unwrap_or_default().to_owned(),
        (None, "/v2/email/outbound-emails") => "SendEmail".to_owned(),
        (None, path) => path.trim_start_matches("/api/").to_owned(),
    }
}
