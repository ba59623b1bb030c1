//! Deciding: the one place where a vote becomes part of a record, whichever channel it came through.

use super::keep::{MAX_ATTEMPTS, contended, keep};
use super::resume::{Payer, resume};
use crate::domain::{Ballot, Command, EmailAddress, LinkToken, Refusal, Request, Status, Transition, apply};
use crate::ports::{
    Clock, DescribeWorkflows, Guarded, KeepRequests, ReadRequests, RecordVotes, ResumeWorkflows, StoreError,
};

/// What a personal link opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The request.
    pub request: Request,
    /// Whose link it is.
    pub holder: EmailAddress,
}

/// Why a vote was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// The rules do not allow it.
    #[error("the vote was refused")]
    Refused {
        /// Why.
        #[source]
        refusal: Refusal,
        /// The request as it stands, which says more.
        request: Box<Request>,
    },
    /// Storage failed; whether the vote stands is not known, and voting again is safe.
    #[error("the vote could not be stored")]
    Store(#[source] StoreError),
}

/// Finds what a link opens: one strongly consistent read.
///
/// # Errors
/// When storage fails.
pub async fn find(store: &impl ReadRequests, token: &LinkToken) -> Result<Option<Opened>, StoreError> {
    let request = store.request(token.request()).await?;
    Ok(request.and_then(|request| {
        let holder = request.holder_of(token)?.clone();
        Some(Opened { request, holder })
    }))
}

/// Records a vote, or recognises that it is recorded already, and tells the workflow if that decided it.
///
/// # Errors
/// When the rules refuse the vote, or storage fails.
pub async fn decide<S, W, C>(
    store: &S,
    workflows: &W,
    clock: &C,
    request: Request,
    ballot: Ballot,
) -> Result<Request, DecideError>
where
    S: RecordVotes + KeepRequests,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    let (decided, payer) = record(store, workflows, clock, request, ballot).await?;
    // If the process dies here, the decision stands with `resume` owed: whoever comes by next (`reconcile`, this
    // person again, the timeout task, the next wait) pays it.
    Ok(resume(store, workflows, clock, decided, payer).await)
}

async fn record<S, W, C>(
    store: &S,
    workflows: &W,
    clock: &C,
    mut request: Request,
    ballot: Ballot,
) -> Result<(Request, Payer), DecideError>
where
    S: RecordVotes + KeepRequests,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    for _ in 0..MAX_ATTEMPTS {
        let next = match apply(&request, Command::Vote(ballot.clone()), clock.now()) {
            Err(refusal) => return Err(DecideError::Refused { refusal, request: Box::new(request) }),
            Ok(Transition::Unchanged) => return Ok((request, Payer::Passerby)),
            Ok(Transition::Changed(next)) => *next,
        };
        match store.record_vote(&next, request.version).await.map_err(DecideError::Store)? {
            Guarded::Stored => return Ok((next, Payer::Decider)),
            Guarded::Conflict(current) => request = *current,
            Guarded::Superseded(by) => {
                // The record has not heard of it yet. If the process dies after this write, the debt stays owed.
                let superseded = [Command::Supersede { by }];
                let closed = keep(store, clock, request, &superseded).await.map_err(DecideError::Store)?;
                // Boxed: this seldom way would make every vote's future as large as itself.
                let payer = Payer::of(closed.status == Status::Superseded);
                request = Box::pin(resume(store, workflows, clock, closed, payer)).await;
            }
        }
    }
    Err(DecideError::Store(contended("record a vote")))
}
