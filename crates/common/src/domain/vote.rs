//! What one approver says.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Channel, EmailAddress};

/// The two things an approver can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Go ahead.
    Approve,
    /// Do not go ahead; always with a reason.
    Reject,
}

impl Choice {
    /// Reads `approve` or `reject`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "approve" => Some(Self::Approve),
            "reject" => Some(Self::Reject),
            _ => None,
        }
    }

    /// The word in URLs and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
        }
    }
}

/// How surely a vote is that person's: a link proves that its mail was read, Slack proves a signed-in account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// The holder of the link that was sent to the approver.
    #[default]
    Link,
    /// The signed-in Slack account that is mapped to the approver.
    Slack,
}

/// A vote as it comes in, before the rules have seen it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// Who votes.
    pub approver: EmailAddress,
    /// What they say.
    pub choice: Choice,
    /// Why; a rejection needs it.
    pub reason: Option<String>,
    /// How it came in.
    pub channel: Channel,
    /// How surely it is them.
    pub strength: Strength,
}

/// A vote that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vote {
    /// Who voted.
    pub approver: EmailAddress,
    /// In which role.
    pub role: String,
    /// What they said.
    pub choice: Choice,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How it came in.
    pub channel: Channel,
    /// How surely it was them.
    pub strength: Strength,
    /// When it was recorded.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_from_its_word_and_from_no_other() {
        for (word, choice) in [("approve", Choice::Approve), ("reject", Choice::Reject)] {
            assert_eq!((Choice::parse(word), choice.as_str()), (Some(choice), word));
        }
        assert_eq!((Choice::parse("Approve"), Choice::parse("")), (None, None));
    }
}
