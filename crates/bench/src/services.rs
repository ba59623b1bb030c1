//! Everything that a function calls: AWS and Slack on one address, over TLS with a certificate of our own, with a
//! fixed latency each, and counted.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::Error;
use crate::click::Click;

/// How often each operation was called.
pub(crate) type Calls = BTreeMap<String, u32>;

pub(crate) struct Services {
    pub(crate) url: String,
    /// The file with the certificate that a process has to trust.
    pub(crate) certificate: PathBuf,
    calls: Arc<Mutex<Calls>>,
}

struct Server {
    tls: TlsAcceptor,
    url: String,
    click: Click,
    calls: Arc<Mutex<Calls>>,
}

impl Services {
    pub(crate) async fn start(click: Click) -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        let certificate = std::env::temp_dir().join(format!("bench-{}.pem", address.port()));
        std::fs::write(&certificate, own.cert.pem())?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![own.cert.der().clone()], key)?;
        let calls = Arc::default();
        let url = format!("https://localhost:{}", address.port());
        let tls = TlsAcceptor::from(Arc::new(config));
        let server = Server { tls, url: url.clone(), click, calls: Arc::clone(&calls) };
        tokio::spawn(serve(listener, Arc::new(server)));
        Ok(Self { url, certificate, calls })
    }

    /// What was called since the last time.
    pub(crate) fn take_calls(&self) -> Calls {
        std::mem::take(&mut *self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        std::fs::remove_file(&self.certificate).ok();
    }
}

async fn serve(listener: TcpListener, server: Arc<Server>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(connection(stream, Arc::clone(&server)));
    }
}

async fn connection(stream: TcpStream, server: Arc<Server>) {
    stream.set_nodelay(true).ok();
    let Ok(stream) = server.tls.accept(stream).await else { return };
    let service = service_fn(move |request| {
        let server = Arc::clone(&server);
        async move { Ok::<_, Infallible>(server.answer(request).await) }
    });
    // It ends with the process that made it.
    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
}

impl Server {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok());
        let operation = match target {
            Some(target) => target.rsplit('.').next().unwrap_or_default().to_owned(),
            None => request.uri().path().trim_start_matches("/api/").to_owned(),
        };
        request.into_body().collect().await.ok();
        *self.calls.lock().unwrap_or_else(PoisonError::into_inner).entry(operation.clone()).or_default() += 1;
        tokio::time::sleep(latency(&operation)).await;
        let answer = self.click.answer_to(&operation, &self.url).unwrap_or(Value::Null);
        let response = Response::builder().header("content-type", "application/x-amz-json-1.0");
        response.body(Full::from(answer.to_string())).unwrap_or_default()
    }
}

/// What a call takes inside one Region, roughly; Slack is farther away.
fn latency(operation: &str) -> Duration {
    Duration::from_millis(match operation {
        "GetItem" | "PutItem" | "TransactWriteItems" => 5,
        "SendTaskSuccess" | "SendTaskFailure" | "GetSecretValue" => 15,
        _ => 80,
    })
}
