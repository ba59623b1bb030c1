//! The plan of a workflow: which levels must approve, who is in them, and by when. Stored once, never changed.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::canonical::canonical_sha256;
use super::request_id::short_hex;
use super::{
    EmailAddress, Facts, Fingerprint, Pointer, PolicyVersion, Preview, Rollout, SCHEMA, SlackTarget,
    Strength, Subject,
};

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
    /// The policy that the levels come from; absent when the stack's default approver decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyVersion>,
    /// What a newer plan takes this one's place by; absent where plans do not replace each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// How what is approved gets to its place; absent where nothing is carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
    /// What that would change, as it was found when the plan was made; absent where nothing is carried out, and in plans
    /// from before there were previews.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<Preview>,
    /// The levels, in order. None: no approval is needed.
    pub levels: Vec<Level>,
}

impl Plan {
    /// The most often that one plan may wait: each wait is some ten events in the workflow's history, which ends at
    /// 25,000.
    pub const MAX_WAITS: u32 = 500;

    /// Points at this plan as the newest for its subject, where plans replace each other.
    pub fn pointer(&self) -> Option<Pointer> {
        let subject = self.subject.clone()?;
        Some(Pointer { schema: SCHEMA, subject, plan: self.key.clone(), prepared_at: self.prepared_at })
    }

    /// The subject for which this plan must be the newest, where plans replace each other.
    pub fn guard(&self) -> Option<(&Subject, &PlanKey)> {
        self.subject.as_ref().map(|subject| (subject, &self.key))
    }

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
    /// Whether people may vote here who voted at another level, and there who voted here.
    #[serde(default)]
    pub same_person: bool,
    /// How many rejections end it. It is rejected as well as soon as its approval can no longer be reached.
    #[serde(default = "one")]
    pub reject_quorum: u32,
    /// What happens when nobody has decided by the deadline.
    #[serde(default)]
    pub silence: Silence,
    /// How surely a vote must be its person's.
    #[serde(default, skip_serializing_if = "is_link")]
    pub strength: Strength,
    /// Whether people are asked by mail.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub mail: bool,
    /// Where they are asked in Slack; absent: in the stack's channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack: Option<SlackTarget>,
}

impl Level {
    /// The level that one person decides, for as long as its caller waits.
    pub fn of_one(name: &str, role: &str, approver: EmailAddress, named_by: NamedBy) -> Self {
        let group = Group { role: role.to_owned(), approvers: vec![Approver::at(approver)], quorum: 1 };
        Self { groups: vec![group], named_by, ..Self::of_nobody(name) }
    }

    /// The level of a policy that asks nobody.
    pub fn of_nobody(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            groups: Vec::new(),
            named_by: NamedBy::Policy,
            deadline_seconds: None,
            remind_after_seconds: Vec::new(),
            confirmation: Confirmation::Phrase,
            self_approval: false,
            same_person: false,
            reject_quorum: one(),
            silence: Silence::Reject,
            strength: Strength::Link,
            mail: true,
            slack: None,
        }
    }

    /// The same for a caller that waits only once: nobody can be reminded, and silence can only reject.
    #[must_use]
    pub fn for_one_wait(self) -> Self {
        Self { remind_after_seconds: Vec::new(), silence: Silence::Reject, ..self }
    }

    /// Everyone who is asked at first, once each, in the order of the groups.
    pub fn approvers(&self) -> impl Iterator<Item = &Approver> {
        once_each(self.groups.iter())
    }

    /// Everyone who may ever be asked: those as well who are only asked when the others are silent.
    pub fn everyone(&self) -> impl Iterator<Item = &Approver> {
        once_each(self.groups.iter().chain(self.escalation().map(|escalation| &escalation.group)))
    }

    /// Whether the link in a mail lets its reader decide.
    pub fn is_decided_by_mail(&self) -> bool {
        self.mail && self.strength == Strength::Link
    }

    /// Whom silence brings in, if it does.
    pub fn escalation(&self) -> Option<&Escalation> {
        match &self.silence {
            Silence::Escalate(escalation) => Some(escalation),
            Silence::Reject | Silence::Approve => None,
        }
    }

    /// Whether it lets a person vote, given who asked.
    pub fn admits(&self, person: &EmailAddress, requested_by: Option<&EmailAddress>) -> bool {
        self.self_approval || requested_by.is_none_or(|requester| !requester.is_same_person(person))
    }

    /// When silence has its effect for good: after the deadline of whoever is asked last.
    pub fn ends_after_seconds(&self) -> Option<u32> {
        let further = self.escalation().map_or(0, |escalation| escalation.deadline_seconds);
        Some(self.deadline_seconds?.saturating_add(further))
    }

    /// How long the first wait lasts: until the first reminder or the deadline, whichever comes first.
    pub fn first_wait_seconds(&self) -> Option<u32> {
        self.remind_after_seconds.iter().copied().chain(self.deadline_seconds).min()
    }

    /// How often it waits at most: until each reminder, each deadline, and the end.
    pub fn waits(&self) -> usize {
        let mut ends: BTreeSet<_> = self.remind_after_seconds.iter().copied().collect();
        ends.extend(self.deadline_seconds);
        ends.extend(self.ends_after_seconds());
        ends.len().max(1)
    }
}

/// One rejection ends a level unless the policy says otherwise.
fn one() -> u32 {
    1
}

/// Mail is a channel of every level that does not say otherwise.
fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_true(flag: &bool) -> bool {
    *flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_link(strength: &Strength) -> bool {
    *strength == Strength::Link
}

fn once_each<'a>(groups: impl Iterator<Item = &'a Group>) -> impl Iterator<Item = &'a Approver> {
    let mut seen = BTreeSet::new();
    groups.flat_map(|group| &group.approvers).filter(move |approver| seen.insert(approver.email.person()))
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
        once_each(std::iter::once(self)).filter(|approver| like(&approver.email)).count()
    }

    /// Whether this person is in it.
    pub fn has(&self, person: &EmailAddress) -> bool {
        self.approvers.iter().any(|approver| approver.email.is_same_person(person))
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
    /// Their id in Slack, where the policy names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack: Option<String>,
}

impl Approver {
    /// Somebody of whom only the address is known.
    pub fn at(email: EmailAddress) -> Self {
        Self { email, name: None, slack: None }
    }
}

/// What happens when nobody has decided by the deadline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// The request expires.
    #[default]
    Reject,
    /// It counts as an approval. Only where little is at risk.
    Approve,
    /// A further group is asked.
    Escalate(Box<Escalation>),
}

/// Whom silence brings in. When this group reaches its quorum, the level is approved without the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Escalation {
    /// Who is asked.
    pub group: Group,
    /// How long everyone has from then on, in seconds. After that, the request expires.
    pub deadline_seconds: u32,
}

/// Who said who the approvers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NamedBy {
    /// The stack's default approver.
    Stack,
    /// The state machine that asked.
    Caller,
    /// The operators' policy.
    Policy,
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
    /// A button is pressed.
    Button,
}

#[cfg(test)]
mod tests;
