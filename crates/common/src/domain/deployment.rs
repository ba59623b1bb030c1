//! What an approval is used for: the change that is claimed first, and how it ended.

use std::fmt;

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
    /// What is there before; absent where nothing tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What comes there.
    pub after: String,
    /// What the place called its state when it was looked at. In another state it is left alone.
    pub seal: String,
    /// The command that brings back what was there before; absent where nothing can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way_back: Option<String>,
}

impl Change {
    /// At a place that does not tell what it has: so nothing brings that back.
    pub fn of_untold(
        place: &impl fmt::Display,
        version: &str,
        seal: String,
        (at, until): (Timestamp, Timestamp),
    ) -> Self {
        let (place, after) = (place.to_string(), version.to_owned());
        Self { at, until, place, before: None, after, seal, way_back: None }
    }
}

/// How far a claimed change has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// A part of it is in its place.
    Reached {
        /// Since when.
        at: Timestamp,
        /// Which step that is, from 1; at 0 only what it needs is made.
        step: u32,
        /// How much, in the words of its kind: `10% of the calls`.
        says: String,
        /// What was made for it on the way; absent where the place tells by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        made: Option<Made>,
    },
    /// It is being taken back: from here on it goes no other way.
    RollingBack {
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: String,
        /// What was made for it on the way.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        made: Option<Made>,
    },
}

/// What a target made for a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Made {
    /// The target's own name for it.
    pub name: String,
    /// Where people can follow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl Stage {
    /// What was made, where something was.
    pub fn made(&self) -> Option<&Made> {
        match self {
            Self::Reached { made, .. } | Self::RollingBack { made, .. } => made.as_ref(),
        }
    }

    /// It is being taken back. The reason may be a service's own words, of which a record keeps so many.
    pub fn rolling_back(at: Timestamp, reason: &str) -> Self {
        Self::RollingBack { at, reason: reason.chars().take(MAX_REASON).collect(), made: None }
    }

    /// The same, where this was made on the way.
    #[must_use]
    pub fn with(self, made: Option<&Made>) -> Self {
        match self {
            Self::RollingBack { at, reason, .. } => Self::RollingBack { at, reason, made: made.cloned() },
            Self::Reached { at, step, says, .. } => Self::Reached { at, step, says, made: made.cloned() },
        }
    }

    /// Whether this one comes after that.
    pub fn follows(&self, before: Option<&Self>) -> bool {
        match (before, self) {
            (None, _) | (Some(Self::Reached { .. }), Self::RollingBack { .. }) => true,
            (Some(Self::Reached { step: before, .. }), Self::Reached { step, .. }) => step > before,
            (Some(Self::RollingBack { .. }), _) => false,
        }
    }
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
    /// It did not get there as a whole, or nobody knows whether it did.
    Failed,
    /// A part of it got there, and what was there before came back.
    RolledBack,
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
            Some(Failure::NothingChanged | Failure::LeftAlone | Failure::Failed) => Progress::Failed,
            Some(Failure::RolledBack) => Progress::RolledBack,
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
    /// What was there before came back.
    RolledBack,
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
            Self::RolledBack => "rolled_back",
        }
    }
}

impl Request {
    /// The command that brings back what was there before, where it would not undo what somebody else did and is not
    /// being done.
    pub fn way_back(&self) -> Option<&str> {
        let of_use = match &self.deployment {
            None => !matches!(self.stage, Some(Stage::RollingBack { .. })),
            Some(end) => end.deployed || end.failure == Some(Failure::Failed),
        };
        self.change.as_ref()?.way_back.as_deref().filter(|_| of_use)
    }

    /// The end of a claimed change that did not get there as a whole, or of which nobody knows: why, and how far it was
    /// known to be.
    pub fn broken_off(&self, at: Timestamp, why: &str) -> Deployment {
        let reason = match &self.stage {
            None => why.to_owned(),
            Some(Stage::Reached { says, .. }) => format!("{why}; so far: {says}"),
            Some(Stage::RollingBack { reason, .. }) => format!("{why}; it was being taken back: {reason}"),
        };
        Deployment::failed(at, Failure::Failed, &reason)
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
