//! The audit trail of one request: an append-only chain of what happened.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::canonical::canonical_sha256;
use super::{
    Change, Channel, Decision, EmailAddress, Exclusion, Failure, Fingerprint, Frozen, Generation, Notice,
    PolicyVersion, Purpose, Resume, Stage, Vote,
};

/// One thing that happened, chained to the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// When it was recorded.
    pub at: Timestamp,
    /// What happened.
    pub what: Happening,
    /// SHA-256 over the canonical JSON of the event before; 64 zeros for the first.
    pub previous: String,
}

/// What can happen to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Happening {
    /// The request came to be, for these facts.
    Opened {
        /// Of the facts shown.
        fingerprint: Fingerprint,
        /// Who asked, by their own statement.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        requested_by: Option<EmailAddress>,
        /// The policy that says who must approve.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policy: Option<PolicyVersion>,
        /// Who of them may not.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        excluded: Vec<Exclusion>,
    },
    /// Nobody decided by the deadline, so a further group is asked.
    Escalated {
        /// Its role.
        role: String,
    },
    /// The workflow waits again, with a new task token.
    WaitRenewed {
        /// Which attempt it is.
        generation: Generation,
    },
    /// A message went out to an approver.
    Asked {
        /// To whom.
        approver: EmailAddress,
        /// By which channel.
        channel: Channel,
        /// As what.
        purpose: Purpose,
    },
    /// A message to an approver could not be sent.
    AskFailed {
        /// To whom.
        approver: EmailAddress,
        /// By which channel.
        channel: Channel,
        /// As what.
        purpose: Purpose,
        /// The name of the failure.
        failure: String,
    },
    /// A message was posted in Slack.
    SlackPosted {
        /// To whom directly; absent: to the channel.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<EmailAddress>,
        /// As what.
        purpose: Purpose,
    },
    /// A message could not be posted in Slack.
    SlackFailed {
        /// To whom directly; absent: to the channel.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<EmailAddress>,
        /// As what.
        purpose: Purpose,
        /// The name of the failure.
        failure: String,
    },
    /// A message in Slack that nobody had noted was found, by its button.
    SlackAdopted,
    /// An approver voted.
    Voted {
        /// The vote.
        vote: Vote,
        /// Of what they were shown.
        fingerprint: Fingerprint,
    },
    /// The request ended.
    Decided {
        /// How.
        decision: Decision,
    },
    /// What is known about the workflow following the decision changed.
    Resumed {
        /// What is known now.
        resume: Resume,
    },
    /// People were told how it ended.
    Told {
        /// Which message.
        notice: Notice,
        /// Who got it.
        recipients: Vec<EmailAddress>,
    },
    /// It waits for a freeze to end.
    Frozen {
        /// For which, and until when.
        by: Frozen,
    },
    /// No freeze holds it up any more.
    Thawed,
    /// The approval is about to be used.
    Claimed {
        /// For what.
        change: Change,
    },
    /// The claimed change came further.
    Reached {
        /// How far.
        stage: Stage,
    },
    /// The use of the approval ended.
    Executed {
        /// Whether what was approved is in its place.
        deployed: bool,
        /// How it failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<Failure>,
        /// Why what was approved is not in its place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

impl Event {
    /// The event that follows a chain.
    #[must_use]
    pub fn after(chain: &[Self], what: Happening, at: Timestamp) -> Self {
        Self { at, what, previous: head(chain) }
    }
}

/// The SHA-256 of a chain's last event; 64 zeros for an empty chain.
pub fn head(chain: &[Event]) -> String {
    chain.last().map_or_else(|| "0".repeat(64), |last| hex::encode(canonical_sha256(last)))
}

/// The position of the first event whose link to the one before is broken.
pub fn first_break(chain: &[Event]) -> Option<usize> {
    (0..chain.len()).find(|&at| {
        let (before, rest) = chain.split_at(at);
        rest.first().is_some_and(|event| event.previous != head(before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain() -> Vec<Event> {
        let mut chain = Vec::new();
        for resume in [Resume::Owed, Resume::Done, Resume::Gone] {
            let next = Event::after(&chain, Happening::Resumed { resume }, Timestamp::UNIX_EPOCH);
            chain.push(next);
        }
        chain
    }

    #[test]
    fn an_untouched_chain_holds() {
        assert_eq!(first_break(&chain()), None);
    }

    #[test]
    fn changing_or_dropping_an_event_breaks_the_chain_behind_it() {
        let mut changed = chain();
        changed[0].what = Happening::Resumed { resume: Resume::Gone };
        assert_eq!(first_break(&changed), Some(1));
        let mut dropped = chain();
        dropped.remove(1);
        assert_eq!(first_break(&dropped), Some(1));
    }
}
