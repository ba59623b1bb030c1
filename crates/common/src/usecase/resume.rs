//! Paying a debt: telling Step Functions the decision that a record owes it. Paying twice is harmless.

use jiff::{SignedDuration, Timestamp};

use super::answering::{Outcome, tell};
use super::keep::keep;
use crate::contract::{TaskErrorName, outcome};
use crate::domain::{Command, Request, Resume, Status};
use crate::ports::{
    Answer, Clock, DescribeWorkflows, HistoryError, KeepRequests, ResumeError, ResumeWorkflows, WorkflowState,
};

/// How long a decision and a mark belong to whoever is making them. Several may pay at once; between the one
/// payer's answer and its mark, another meets "not waiting" and, after a short workflow, finds it ended.
pub const SETTLING: SignedDuration = SignedDuration::from_secs(15);

/// Who comes to pay a debt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payer {
    /// The handler whose write made it. Nobody had a reason to pay before.
    Decider,
    /// Whoever comes by later. The decider may still be between its answer and its mark.
    Passerby,
}

impl Payer {
    /// The decider, if the decision is the one that its write made.
    pub(super) fn of(decided: bool) -> Self {
        if decided { Self::Decider } else { Self::Passerby }
    }
}

/// What became of a debt, with the record as it then stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payment {
    /// All is done that can be done now.
    Settled(Request),
    /// A service did not answer; another try in a moment may do more.
    Interrupted(Request),
}

impl Payment {
    /// The record as it stands.
    pub fn into_request(self) -> Request {
        match self {
            Self::Settled(request) | Self::Interrupted(request) => request,
        }
    }
}

/// Tells the workflow what the record owes it, and answers with the record as it then stands.
///
/// It never fails: a debt that cannot be paid now stays in the record for whoever comes by next.
pub async fn resume<S, W, C>(store: &S, workflows: &W, clock: &C, request: Request, payer: Payer) -> Request
where
    S: KeepRequests,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    try_to_resume(store, workflows, clock, request, payer).await.into_request()
}

/// The same, for a caller that can come by again.
pub async fn try_to_resume<S, W, C>(
    store: &S,
    workflows: &W,
    clock: &C,
    request: Request,
    payer: Payer,
) -> Payment
where
    S: KeepRequests,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    if request.resume != Resume::Owed {
        return Payment::Settled(request);
    }
    let (payment, outcome) = pay(store, workflows, clock, request, payer).await;
    outcome.count();
    payment
}

async fn pay<S, W, C>(
    store: &S,
    workflows: &W,
    clock: &C,
    request: Request,
    payer: Payer,
) -> (Payment, Outcome)
where
    S: KeepRequests,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    match tell(workflows, &request, &answer(&request)).await {
        // If the process dies before the mark, the next payer meets "not waiting" and finds the answer in the
        // workflow's history.
        Ok(()) => (note(store, clock, request, Resume::Done).await, Outcome::Told),
        Err(ResumeError::NotWaiting { .. }) => settle(store, workflows, clock, request, payer).await,
        Err(ResumeError::Temporary { .. }) => (Payment::Interrupted(request), Outcome::Unanswered),
        // Until somebody acts the debt stays, and the workflow's end ends it. Trying again at once would not help.
        Err(ResumeError::Impossible { .. }) => {
            let (payment, _) = settle(store, workflows, clock, request, payer).await;
            (Payment::Settled(payment.into_request()), Outcome::Refused)
        }
    }
}

/// What the waiting task is told. To a task that waits, everything but an approval is `RejectedError`.
pub(crate) fn answer(request: &Request) -> Answer {
    match request.status {
        Status::Approved => Answer::Success { output: outcome::output(request) },
        _ => Answer::Failure { error: TaskErrorName::RejectedError.as_str(), cause: outcome::cause(request) },
    }
}

/// A token that nothing waits for has three meanings: the answer was delivered before, the workflow is
/// between two waits, or it has ended. The record knows the first, unless the payer died before the mark; then
/// the workflow's history does. A look at both may be a moment behind, so a passer-by settles nothing while
/// somebody can be between the answer and the mark.
async fn settle<S, W, C>(
    store: &S,
    workflows: &W,
    clock: &C,
    request: Request,
    payer: Payer,
) -> (Payment, Outcome)
where
    S: KeepRequests,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    let current = match store.request(&request.id).await {
        Ok(Some(current)) => current,
        Ok(None) => return (Payment::Settled(request), Outcome::Gone),
        Err(error) => {
            tracing::warn!(approval.id = %request.id, error = &error as &dyn std::error::Error, "the record could not be read again");
            return (Payment::Interrupted(request), Outcome::Unanswered);
        }
    };
    let outcome = match current.resume {
        Resume::Owed if payer == Payer::Passerby && is_fresh(&current, clock.now()) => Outcome::LeftAlone,
        Resume::Owed => match current.workflow.execution.clone() {
            Some(execution) => return conclude(store, workflows, clock, current, &execution).await,
            None => Outcome::Unconfirmed,
        },
        Resume::Gone => Outcome::Gone,
        Resume::Done | Resume::None => Outcome::ToldBefore,
    };
    (Payment::Settled(current), outcome)
}

/// The history is read after the state: that of a workflow which has ended grows no more, so what it does not
/// have was never told.
async fn conclude<S, W, C>(
    store: &S,
    workflows: &W,
    clock: &C,
    request: Request,
    execution: &str,
) -> (Payment, Outcome)
where
    S: KeepRequests,
    W: DescribeWorkflows,
    C: Clock,
{
    let state = match workflows.describe(execution).await {
        Ok(state) => state,
        Err(error) => {
            tracing::warn!(approval.id = %request.id, %error, "the workflow could not be looked at");
            return (Payment::Interrupted(request), Outcome::Unanswered);
        }
    };
    let told = match workflows.was_told(execution, &request.id).await {
        Ok(told) => told,
        Err(error @ HistoryError::Temporary { .. }) => {
            tracing::warn!(approval.id = %request.id, %error, "whether the workflow was told will be looked up later");
            return (Payment::Interrupted(request), Outcome::Unanswered);
        }
        Err(error @ HistoryError::Unreadable { .. }) => {
            tracing::warn!(approval.id = %request.id, %error, "whether the workflow was told cannot be proven");
            false
        }
    };
    // If the process dies before either mark, the next payer finds the same.
    match (told, state) {
        (true, _) => (note(store, clock, request, Resume::Done).await, Outcome::ToldBefore),
        (false, WorkflowState::Ended(_)) => (note(store, clock, request, Resume::Gone).await, Outcome::Gone),
        (false, WorkflowState::Running) => (Payment::Settled(request), Outcome::BetweenWaits),
    }
}

/// Whether the handler that decided may still be at work. The schedule of `reconcile` comes by later.
fn is_fresh(request: &Request, now: Timestamp) -> bool {
    request.decision.as_ref().is_some_and(|decision| now < decision.at + SETTLING)
}

/// What could not be noted is not told either: whoever goes on with the record would store it without its event.
async fn note(store: &impl KeepRequests, clock: &impl Clock, request: Request, resume: Resume) -> Payment {
    match keep(store, clock, request.clone(), &[Command::NoteResume(resume)]).await {
        Ok(kept) => Payment::Settled(kept),
        Err(error) => {
            tracing::warn!(approval.id = %request.id, error = &error as &dyn std::error::Error, "the delivery could not be noted");
            Payment::Interrupted(request)
        }
    }
}
