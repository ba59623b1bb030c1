//! Calls to AWS's APIs that the tests use too little for a client of their own, signed by anybody.

use std::time::SystemTime;

use aws_sdk_sfn::config::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use common::adapters::system::SystemClock;
use common::ports::Clock as _;
use form_urlencoded::Serializer;
use serde_json::Value;
use ureq::http::Request;

use crate::Run;

/// With what somebody signs.
#[derive(Clone, Debug)]
pub struct Keys {
    id: String,
    secret: String,
    session: Option<String>,
}

/// A call to one of AWS's services.
#[derive(Clone, Debug)]
pub struct Call {
    service: &'static str,
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// What the service said.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// JSON, or XML.
    pub body: String,
    /// Of the object that it is about, in a bucket that keeps versions.
    pub version: Option<String>,
}

impl Keys {
    /// Long-lived ones, or those of a session.
    pub fn new(id: &str, secret: &str, session: Option<&str>) -> Self {
        Self { id: id.to_owned(), secret: secret.to_owned(), session: session.map(str::to_owned) }
    }

    /// For a file that tells programs where a run is.
    pub fn id_and_secret(&self) -> (&str, &str) {
        (&self.id, &self.secret)
    }

    /// For a program, by the names of the environment's variables.
    pub fn variables(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let session = self.session.as_deref().map(|session| ("AWS_SESSION_TOKEN", session));
        [("AWS_ACCESS_KEY_ID", self.id.as_str()), ("AWS_SECRET_ACCESS_KEY", self.secret.as_str())]
            .into_iter()
            .chain(session)
    }

    pub(crate) fn credentials(&self) -> Credentials {
        Credentials::new(&self.id, &self.secret, self.session.clone(), None, "tests")
    }
}

impl Call {
    /// Of a service that takes the operation's name in a header.
    pub fn to(service: &'static str, target: &str, body: &Value) -> Self {
        let version = if ["codebuild", "ecs", "logs"].contains(&service) { "1.1" } else { "1.0" };
        let headers = vec![
            ("content-type", format!("application/x-amz-json-{version}")),
            ("x-amz-target", target.to_owned()),
        ];
        Self { service, method: "POST", path: "/".to_owned(), headers, body: body.to_string() }
    }

    /// Of a service that has paths.
    pub fn at(service: &'static str, method: &'static str, path: &str, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        Self { service, method, path: path.to_owned(), headers, body }
    }

    /// Of a service that takes a form.
    pub fn form(service: &'static str, fields: &[(&str, &str)]) -> Self {
        let headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        Self { service, method: "POST", path: "/".to_owned(), headers, body }
    }

    /// Of a service that takes anything.
    pub fn raw(service: &'static str, method: &'static str, path: &str, body: &str) -> Self {
        Self { service, method, path: path.to_owned(), headers: Vec::new(), body: body.to_owned() }
    }

    /// With one more header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

impl Reply {
    /// Its JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// Whether IAM refused this action.
    pub fn denies(&self, action: &str) -> bool {
        self.status >= 400 && self.body.contains(&format!("is not authorized to perform: {action} "))
    }
}

impl Run {
    /// Makes a call as the owner of the account, and expects it to be done.
    pub fn send(&self, call: &Call) -> Reply {
        let reply = self.send_as(self.keys(), call);
        assert!(reply.status < 300, "{} {}: {} {}", call.method, call.path, reply.status, reply.body);
        reply
    }

    /// Makes a call as somebody else.
    pub fn send_as(&self, keys: &Keys, call: &Call) -> Reply {
        let url = format!("{}{}", self.emulator(), call.path);
        let identity = keys.credentials().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region())
            .name(call.service)
            .time(SystemTime::from(SystemClock.now()))
            .settings(SigningSettings::default())
            .build();
        let parameters = parameters.unwrap_or_else(|error| panic!("{error}")).into();
        let headers = call.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let body = SignableBody::Bytes(call.body.as_bytes());
        let signed = SignableRequest::new(call.method, &url, headers, body)
            .and_then(|request| sign(request, &parameters))
            .unwrap_or_else(|error| panic!("{url}: {error}"));
        let mut request = Request::builder().method(call.method).uri(&url);
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        for (name, value) in signed.output().headers() {
            request = request.header(name, value);
        }
        let request = request.body(call.body.clone()).unwrap_or_else(|error| panic!("{url}: {error}"));
        let mut answer = self.http().run(request).unwrap_or_else(|error| panic!("{url}: {error}"));
        let version = answer.headers().get("x-amz-version-id").and_then(|version| version.to_str().ok());
        let version = version.map(str::to_owned);
        let body = answer.body_mut().with_config().limit(u64::MAX).read_to_string();
        Reply {
            version,
            status: answer.status().as_u16(),
            body: body.unwrap_or_else(|error| panic!("{url}: {error}")),
        }
    }
}
