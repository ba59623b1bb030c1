//! The stand-in as a whole: which part answers which address.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::body::Incoming;
use hyper::header::HeaderName;
use hyper::{Method, Request, StatusCode};

use crate::http::{self, Answer};
use crate::workspace::Workspace;
use crate::{Credentials, PATH, api, control, page};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A Slack workspace with one app in it.
pub struct StandIn {
    pub(crate) credentials: Credentials,
    /// Where this is served, with `PATH`.
    pub(crate) url: String,
    /// Where interactions are sent.
    pub(crate) interactivity: String,
    workspace: Mutex<Workspace>,
}

impl StandIn {
    /// A workspace that is served at `front` and sends interactions to the address `interactivity`.
    pub fn new(credentials: Credentials, front: &str, interactivity: &str) -> Arc<Self> {
        Arc::new(Self {
            credentials,
            url: format!("{front}{PATH}"),
            interactivity: interactivity.to_owned(),
            workspace: Mutex::new(Workspace::new()),
        })
    }

    /// What its addresses start with; the page for people is at this and `/`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The content of the secret that the product reads.
    pub fn secret(&self) -> String {
        self.credentials.to_secret(&format!("{}/api", self.url)).to_string()
    }

    /// Answers a request for a path that starts with `PATH`. Whoever serves it keeps it on this machine:
    /// nobody signs in here.
    pub async fn answer(self: &Arc<Self>, request: Request<Incoming>) -> Answer {
        let path = request.uri().path().strip_prefix(PATH).unwrap_or_default().to_owned();
        if let Some(method) = path.strip_prefix("/api/") {
            return api::answer(self, method, request).await;
        }
        if let Some(token) = path.strip_prefix("/response/") {
            return api::respond(self, token, request).await;
        }
        if request.method() == Method::POST && http::header(request.headers(), &FETCH_SITE) == "cross-site" {
            return http::plain(StatusCode::FORBIDDEN, "another site's page may not act here");
        }
        match path.strip_prefix("/control/") {
            Some(command) => control::answer(self, command, request).await,
            None => page::answer(self, &path, request).await,
        }
    }

    /// The workspace, for as long as no other request is answered. Nothing is awaited with it in hand.
    pub(crate) fn workspace(&self) -> MutexGuard<'_, Workspace> {
        self.workspace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
