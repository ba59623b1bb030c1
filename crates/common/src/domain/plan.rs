//! The plan of a workflow: which levels must approve, who is in them, and by when. Stored once, never changed.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::canonical::canonical_sha256;
use super::request_id::short_hex;
use super::{EmailAddress, Facts, Fingerprint};

/// Names a stored plan: 32 hex digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlanKey(String);

/// A text that cannot be the key of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not the key of a plan")]
pub struct PlanKeyError;

impl PlanKey {
    /// The key of a workflow's plan; a retried preparation finds the same one.
    pub fn of_execution(execution: &str) -> Self {
        Self(short_hex(&canonical_sha256(&execution)))
    }

    /// A key for a caller that did not say which workflow it is, from random bits.
    pub fn random(bits: &[u8; 32]) -> Self {
        Self(short_hex(bits))
    }

    /// Reads a key.
    ///
    /// # Errors
    /// When the text is not 32 lower-case hex digits.
    pub fn parse(text: &str) -> Result<Self, PlanKeyError> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 32 && text.bytes().all(digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(PlanKeyError)
        }
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PlanKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PlanKey {
    type Error = PlanKeyError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<PlanKey> for String {
    fn from(key: PlanKey) -> Self {
        key.0
    }
}

/// What a workflow must pass before it may go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The number of this shape.
    pub schema: u32,
    /// Its name.
    pub key: PlanKey,
    /// The workflow, where the caller said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution: Option<String>,
    /// Whether the caller loops on `waiting` and on further levels.
    pub can_wait: bool,
    /// When it was stored.
    pub prepared_at: Timestamp,
    /// What approvers will be shown.
    pub facts: Facts,
    /// Who asked, by their own statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<EmailAddress>,
    /// Over the facts and the requester.
    pub fingerprint: Fingerprint,
    /// The levels, in order. None: no approval is needed.
    pub levels: Vec<Level>,
}

impl Plan {
    /// The level with this number; the first is 1.
    pub fn level(&self, number: u32) -> Option<&Level> {
        usize::try_from(number).ok()?.checked_sub(1).and_then(|index| self.levels.get(index))
    }
}

/// An ordered stage of approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Level {
    /// What it is called.
    pub name: String,
    /// Asked at the same time; all must be met.
    pub groups: Vec<Group>,
    /// Who said that these are the approvers.
    pub named_by: NamedBy,
    /// How long approvers have, in seconds from when they are asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_seconds: Option<u32>,
    /// When those who have not voted are reminded, in seconds from when they were asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remind_after_seconds: Vec<u32>,
    /// What an approver must do to confirm.
    pub confirmation: Confirmation,
    /// Whether the requester may approve.
    pub self_approval: bool,
}

impl Level {
    /// Everyone in the level, once each, in the order of its groups.
    pub fn approvers(&self) -> impl Iterator<Item = &Approver> {
        let mut seen = BTreeSet::new();
        self.groups
            .iter()
            .flat_map(|group| &group.approvers)
            .filter(move |approver| seen.insert(&approver.email))
    }

    /// The group that a person is in.
    pub fn group_of(&self, person: &EmailAddress) -> Option<&Group> {
        self.groups.iter().find(|group| group.approvers.iter().any(|approver| approver.email == *person))
    }

    /// Whether a person may vote here, given who asked.
    pub fn may_vote(&self, person: &EmailAddress, requested_by: Option<&EmailAddress>) -> bool {
        self.group_of(person).is_some() && (self.self_approval || requested_by != Some(person))
    }

    /// The first group that could never reach its quorum, given who asked.
    pub fn unreachable_group(&self, requested_by: Option<&EmailAddress>) -> Option<&Group> {
        self.groups.iter().find(|group| {
            let able = group.count(|person| self.may_vote(person, requested_by));
            able < group.quorum as usize || group.quorum == 0
        })
    }

    /// How long the first wait lasts: until the first reminder or the deadline, whichever comes first.
    pub fn first_wait_seconds(&self) -> Option<u32> {
        self.remind_after_seconds.iter().copied().chain(self.deadline_seconds).min()
    }
}

/// People of one role, with how many of them must agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// What they are here ("manager").
    pub role: String,
    /// Who they are.
    pub approvers: Vec<Approver>,
    /// How many of them must approve.
    pub quorum: u32,
}

impl Group {
    /// How many of its people are like this; somebody listed twice is one person.
    pub fn count(&self, like: impl Fn(&EmailAddress) -> bool) -> usize {
        let people: BTreeSet<_> = self.approvers.iter().map(|approver| &approver.email).collect();
        people.into_iter().filter(|person| like(person)).count()
    }
}

/// A person who may vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approver {
    /// Their canonical identity.
    pub email: EmailAddress,
    /// How they are called, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Who said who the approvers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NamedBy {
    /// The stack's default approver.
    Stack,
    /// The state machine that asked.
    Caller,
}

/// Whether approvers named by the calling state machine count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerNamedApprovers {
    /// They do: whoever may invoke the function is trusted through IAM.
    Allow,
    /// They do not, and a call that names some fails.
    Refuse,
}

/// How an approval is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// A short phrase is typed.
    Phrase,
}

#[cfg(test)]
mod tests;
