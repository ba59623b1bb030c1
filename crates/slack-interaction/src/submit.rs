//! A submitted modal: the phrase that approves, or the reason that rejects.

use common::domain::apply::{check_phrase, check_reason};
use common::domain::{Choice, Confirmation, Refusal, Request};
use common::ports::Clock;
use common::render::slack;

use crate::answer::Answer;
use crate::desk::{Desk, Secrets, Slack, Store, Workflows};
use crate::interaction::Submission;
use crate::journal;
use crate::vote::{Standing, Voter};

impl<K, S, W, L, C> Desk<'_, K, S, W, L, C>
where
    K: Secrets,
    S: Store,
    W: Workflows,
    L: Slack,
    C: Clock,
{
    /// Deals with a modal, and says in its place what its submitter has to know.
    pub(crate) async fn submit(&self, submission: &Submission) -> Answer {
        let Some(choice) = choice_of(&submission.callback_id) else { return Answer::Nothing };
        if let Err(card) = self.check_origin(&submission.by).await {
            return Answer::instead(&card);
        }
        let Some(id) =
            submission.about.as_ref().filter(|about| about.choice == choice).map(|about| &about.request)
        else {
            journal::refused(None, None, "no_request");
            return Answer::instead(&slack::wrong_place());
        };
        let request = match self.find(id).await {
            Ok(request) => request,
            Err(card) => return Answer::instead(&card),
        };
        let person = match self.recognise(&request, &submission.by.user).await {
            Ok(Some(person)) => person,
            Ok(None) => return Answer::instead(&self.refuse_stranger(&request)),
            Err(error) => {
                journal::slack_failed(Some(id), &error, "recognise");
                return Answer::instead(&slack::slack_did_not_help());
            }
        };
        self.count(request, submission, &Voter { person, choice }).await
    }

    async fn count(&self, request: Request, submission: &Submission, voter: &Voter) -> Answer {
        match self.standing(&request, voter) {
            Standing::Refused(refusal) => return Answer::instead(&self.refuse(&request, voter, refusal)),
            // Nothing has to be typed for what stands.
            Standing::Voted => {}
            Standing::Open => {
                if let Err(refusal) = check(&request, submission, voter.choice) {
                    return self.ask_again(&request, voter, refusal);
                }
            }
        }
        let reason = submission.reason.clone().filter(|_| voter.choice == Choice::Reject);
        match self.vote(request, voter, reason).await {
            None => Answer::Nothing,
            Some(card) => Answer::instead(&card),
        }
    }

    /// The modal stays open where a field is to be filled in otherwise.
    fn ask_again(&self, request: &Request, voter: &Voter, refusal: Refusal) -> Answer {
        match slack::field_error(request, refusal) {
            Some((field, message)) => {
                journal::refused(Some(&request.id), Some(&voter.person), refusal.code());
                Answer::FieldError { field, message }
            }
            None => Answer::instead(&self.refuse(request, voter, refusal)),
        }
    }
}

fn choice_of(callback: &str) -> Option<Choice> {
    match callback {
        slack::APPROVE => Some(Choice::Approve),
        slack::REJECT => Some(Choice::Reject),
        _ => None,
    }
}

fn check(request: &Request, submission: &Submission, choice: Choice) -> Result<(), Refusal> {
    match (choice, request.level.confirmation) {
        (Choice::Approve, Confirmation::Phrase) => {
            check_phrase(request, submission.phrase.as_deref().unwrap_or_default())
        }
        (Choice::Approve, Confirmation::Button) => Ok(()),
        (Choice::Reject, _) => check_reason(choice, submission.reason.as_deref()),
    }
}
