//! How a request ends, and whether its workflow knows.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Channel, EmailAddress, PlanKey, PolicyVersion};

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waiting for votes.
    Pending,
    /// Enough approvers agreed.
    Approved,
    /// An approver said no.
    Rejected,
    /// Nobody decided in time.
    Expired,
    /// Taken back, or nobody could be asked.
    Withdrawn,
    /// A newer request for the same subject took its place.
    Superseded,
}

impl Status {
    /// The word in records, payloads and pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
            Self::Superseded => "superseded",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether Step Functions has been told the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resume {
    /// There is nothing to tell: still pending, or the workflow itself asked for the outcome.
    None,
    /// The workflow waits to be told; whoever comes by tells it.
    Owed,
    /// The workflow goes on with the decision.
    Done,
    /// The workflow ended without us.
    Gone,
}

/// The end of a request. It is written once and never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// How it ended; never `pending`.
    pub status: Status,
    /// When.
    pub at: Timestamp,
    /// Whose vote ended it; nobody's when time or an operator did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<EmailAddress>,
    /// Through which channel that vote came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The plan that took its plan's place, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<PlanKey>,
    /// The policy that it was made under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyVersion>,
}

impl Decision {
    /// An end that no vote made.
    pub fn without_vote(status: Status, at: Timestamp) -> Self {
        Self { status, at, by: None, channel: None, reason: None, superseded_by: None, policy: None }
    }
}
