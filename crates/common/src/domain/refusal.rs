//! Why something was not done.

use super::{Choice, Status};

/// A typed reason for not recording a vote. Its name is part of the JSON answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The person is not among the approvers of this level.
    #[error("not an approver of this request")]
    NotAnApprover,
    /// The person asked for it and may not approve it too.
    #[error("the requester may not decide their own request")]
    SelfApproval,
    /// The person voted at an earlier level, and nobody may serve at two.
    #[error("this approver voted at level {level}, and nobody may serve at two levels")]
    VotedAtEarlierLevel {
        /// Its number.
        level: u32,
    },
    /// The person is needed at a later level, and nobody may serve at two.
    #[error("this approver is needed at level {level}, and nobody may serve at two levels")]
    NeededAtLaterLevel {
        /// Its number.
        level: u32,
    },
    /// The person has voted, and differently.
    #[error("this approver has already voted to {}", choice.as_str())]
    AlreadyVoted {
        /// What they said.
        choice: Choice,
    },
    /// The request was approved or rejected, by others.
    #[error("the request is already {status}")]
    AlreadyDecided {
        /// How.
        status: Status,
    },
    /// Nobody decided in time.
    #[error("the request has expired")]
    Expired,
    /// The request was taken back.
    #[error("the request was withdrawn")]
    Withdrawn,
    /// A newer request took its place.
    #[error("a newer request took this one's place")]
    Superseded,
    /// The workflow ended before the decision reached it.
    #[error("the workflow ended before the decision reached it")]
    WorkflowGone,
    /// The person may vote, but not by a link.
    #[error("at this level a vote by link does not count")]
    LinkNotEnough,
    /// The phrase was not typed.
    #[error("the phrase is missing")]
    PhraseMissing,
    /// Something else was typed than the phrase.
    #[error("the phrase is wrong")]
    PhraseWrong,
    /// A rejection without a reason.
    #[error("the reason is missing")]
    ReasonMissing,
    /// A reason longer than anyone reads.
    #[error("the reason is too long")]
    ReasonTooLong,
}

impl Refusal {
    /// The name in JSON answers and logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAnApprover => "not_an_approver",
            Self::SelfApproval => "self_approval",
            Self::VotedAtEarlierLevel { .. } => "voted_at_earlier_level",
            Self::NeededAtLaterLevel { .. } => "needed_at_later_level",
            Self::AlreadyVoted { .. } => "already_voted",
            Self::AlreadyDecided { .. } => "already_decided",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
            Self::Superseded => "superseded",
            Self::WorkflowGone => "workflow_gone",
            Self::LinkNotEnough => "link_not_enough",
            Self::PhraseMissing => "phrase_missing",
            Self::PhraseWrong => "phrase_wrong",
            Self::ReasonMissing => "reason_missing",
            Self::ReasonTooLong => "reason_too_long",
        }
    }

    /// The refusal that a closed request answers with; `None` while it is pending.
    pub fn of_status(status: Status) -> Option<Self> {
        match status {
            Status::Pending => None,
            Status::Approved | Status::Rejected => Some(Self::AlreadyDecided { status }),
            Status::Expired => Some(Self::Expired),
            Status::Withdrawn => Some(Self::Withdrawn),
            Status::Superseded => Some(Self::Superseded),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Choice;

    #[test]
    fn every_refusal_has_a_name_of_its_own_that_programs_know() {
        let status = Status::Approved;
        let all = [
            (Refusal::NotAnApprover, "not_an_approver"),
            (Refusal::SelfApproval, "self_approval"),
            (Refusal::VotedAtEarlierLevel { level: 1 }, "voted_at_earlier_level"),
            (Refusal::NeededAtLaterLevel { level: 2 }, "needed_at_later_level"),
            (Refusal::AlreadyVoted { choice: Choice::Approve }, "already_voted"),
            (Refusal::AlreadyDecided { status }, "already_decided"),
            (Refusal::Expired, "expired"),
            (Refusal::Withdrawn, "withdrawn"),
            (Refusal::Superseded, "superseded"),
            (Refusal::WorkflowGone, "workflow_gone"),
            (Refusal::LinkNotEnough, "link_not_enough"),
            (Refusal::PhraseMissing, "phrase_missing"),
            (Refusal::PhraseWrong, "phrase_wrong"),
            (Refusal::ReasonMissing, "reason_missing"),
            (Refusal::ReasonTooLong, "reason_too_long"),
        ];
        for (refusal, code) in all {
            assert_eq!(refusal.code(), code);
        }
    }
}
