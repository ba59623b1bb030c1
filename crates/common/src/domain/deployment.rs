//! What an approval is used for: the change that is claimed first, and how it ended.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Request;
use super::apply::MAX_REASON;

/// A change that is about to be made: claimed before anything is touched, so that retries, redrives and double calls
/// act on the same one. Written once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// When it was claimed.
    pub at: Timestamp,
    /// Until when it is asked how it went.
    pub until: Timestamp,
    /// What is changed, in the words of its kind: `alias live of checkout`.
    pub place: String,
    /// What is there before.
    pub before: String,
    /// What comes there.
    pub after: String,
    /// What the place called its state when it was looked at. In another state it is left alone.
    pub seal: String,
    /// The command that brings back what was there before; absent where nothing can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way_back: Option<String>,
}

/// How the use of an approval ended. Written once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// When it ended.
    pub at: Timestamp,
    /// Whether what was approved is in its place.
    pub deployed: bool,
    /// How it failed; absent when it did not, also where nothing was to be deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Why it is not deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How a deployment failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Nothing was touched.
    NothingChanged,
    /// Somebody else has changed the place since it was looked at, and that was left alone.
    LeftAlone,
    /// It did not get there, or nobody knows whether it did.
    Failed,
}

impl Deployment {
    /// What was approved is in its place.
    pub fn done(at: Timestamp) -> Self {
        Self { at, deployed: true, failure: None, reason: None }
    }

    /// There is no place where it goes.
    pub fn nowhere(at: Timestamp, reason: String) -> Self {
        Self { at, deployed: false, failure: None, reason: Some(reason) }
    }

    /// It failed. The reason may be a service's own words, of which a record keeps so many.
    pub fn failed(at: Timestamp, failure: Failure, reason: &str) -> Self {
        let reason = reason.chars().take(MAX_REASON).collect();
        Self { at, deployed: false, failure: Some(failure), reason: Some(reason) }
    }

    /// Which end it is.
    pub fn progress(&self) -> Progress {
        match self.failure {
            Some(_) => Progress::Failed,
            None if self.deployed => Progress::Deployed,
            None => Progress::NotDeployed,
        }
    }
}

/// How far the use of an approval has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It is not used.
    Unused,
    /// The change is claimed, and may be under way.
    Deploying,
    /// What was approved is in its place.
    Deployed,
    /// There was nothing to change.
    NotDeployed,
    /// It failed.
    Failed,
}

impl Progress {
    /// The word in records, payloads and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unused => "unused",
            Self::Deploying => "deploying",
            Self::Deployed => "deployed",
            Self::NotDeployed => "not_deployed",
            Self::Failed => "failed",
        }
    }
}

impl Request {
    /// The command that brings back what was there before, where it would not undo what somebody else did.
    pub fn way_back(&self) -> Option<&str> {
        let of_use = match &self.deployment {
            None => true,
            Some(end) => end.deployed || end.failure == Some(Failure::Failed),
        };
        self.change.as_ref()?.way_back.as_deref().filter(|_| of_use)
    }

    /// How far the use of its approval has come.
    pub fn progress(&self) -> Progress {
        match (&self.deployment, &self.change) {
            (None, None) => Progress::Unused,
            (None, Some(_)) => Progress::Deploying,
            (Some(end), _) => end.progress(),
        }
    }
}
