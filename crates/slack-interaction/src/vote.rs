//! A vote from Slack, once it is known whose it is and that it may count.

use common::domain::apply::check_vote;
use common::domain::{Ballot, Channel, Choice, EmailAddress, Refusal, Request, Resume, Strength};
use common::ports::{Clock, SlackCard};
use common::render::slack;
use common::usecase::decide::{DecideError, decide};

use crate::desk::{Desk, Store, Workflows};
use crate::journal;

/// How somebody stands to a request.
pub(crate) enum Standing {
    /// They may vote.
    Open,
    /// They have voted like this.
    Voted,
    /// They may not, or no longer.
    Refused(Refusal),
}

/// Who wants what.
#[derive(Clone, Debug)]
pub(crate) struct Voter {
    pub(crate) person: EmailAddress,
    pub(crate) choice: Choice,
}

impl<K, S: Store, W: Workflows, L, C: Clock> Desk<'_, K, S, W, L, C> {
    pub(crate) fn standing(&self, request: &Request, voter: &Voter) -> Standing {
        match check_vote(request, &voter.person, voter.choice, Strength::Slack, self.now()) {
            Err(refusal) => Standing::Refused(whole_truth(request, refusal)),
            Ok(()) if request.vote_of(&voter.person).is_none() => Standing::Open,
            Ok(()) if request.resume == Resume::Gone => Standing::Refused(Refusal::WorkflowGone),
            Ok(()) => Standing::Voted,
        }
    }

    /// Records the vote, and answers with what its voter has to be told; `None`: what they see tells enough.
    pub(crate) async fn vote(
        &self,
        request: Request,
        voter: &Voter,
        reason: Option<String>,
    ) -> Option<SlackCard> {
        let anew = request.vote_of(&voter.person).is_none();
        let ballot = Ballot {
            approver: voter.person.clone(),
            choice: voter.choice,
            reason,
            channel: Channel::Slack,
            strength: Strength::Slack,
        };
        // If the process dies after this, the person sees no change, presses once more, and is told of their vote. The
        // messages follow by the stream.
        match Box::pin(decide(self.store, self.workflows, self.clock, request, ballot)).await {
            Ok(request) => {
                if anew {
                    journal::voted(&request, &voter.person, voter.choice);
                }
                match self.standing(&request, voter) {
                    Standing::Refused(refusal) => Some(self.refuse(&request, voter, refusal)),
                    _ if anew => None,
                    _ => Some(slack::recorded(&request, &voter.person, voter.choice, self.now())),
                }
            }
            Err(DecideError::Refused { refusal, request }) => {
                Some(self.refuse(&request, voter, whole_truth(&request, refusal)))
            }
            Err(DecideError::Store(error)) => {
                journal::store_failed(&error);
                Some(slack::not_confirmed())
            }
        }
    }

    /// Notes a refusal, and says it.
    pub(crate) fn refuse(&self, request: &Request, voter: &Voter, refusal: Refusal) -> SlackCard {
        journal::refused(Some(&request.id), Some(&voter.person), refusal.code());
        slack::refused(request, Some(&voter.person), refusal, self.now())
    }

    /// Notes that somebody is nobody of this request, and says it.
    pub(crate) fn refuse_stranger(&self, request: &Request) -> SlackCard {
        let refusal = Refusal::NotAnApprover;
        journal::refused(Some(&request.id), None, refusal.code());
        slack::refused(request, None, refusal, self.now())
    }
}

/// Who decided matters less than that the decision reached nobody.
fn whole_truth(request: &Request, refusal: Refusal) -> Refusal {
    let decided = matches!(refusal, Refusal::AlreadyDecided { .. } | Refusal::AlreadyVoted { .. });
    if decided && request.resume == Resume::Gone { Refusal::WorkflowGone } else { refusal }
}
