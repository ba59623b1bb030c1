//! Converging: every message of a request in Slack comes to show what the record says, whoever changed it by which way.
//!
//! One edit at a time, under a claim in the record: an older edit that lands later would erase the outcome.

use jiff::{SignedDuration, Timestamp};

use super::keep::keep;
use crate::domain::{Command, Request, SlackEdit};
use crate::ports::{Clock, EditSlack, KeepRequests, Random, SlackError, SlackPlace, StoreError};
use crate::render::slack;

/// How long a claim lasts: longer than any edit can be under way.
pub const CLAIM: SignedDuration = SignedDuration::from_secs(30);
/// The longest that a claim keeps everybody away because Slack asks for a pause.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(15);

/// How far the messages of a request have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Converged {
    /// They show what the record says, or can never be edited.
    Shown,
    /// Somebody else edits them, or Slack wants to be left alone: the schedule comes by later.
    Held,
    /// Slack did not answer, or the time is up; another try may do more.
    Owed,
}

/// What is needed to converge.
#[derive(Debug)]
pub struct Converge<'a, S, L, C, R> {
    /// Requests.
    pub store: &'a S,
    /// Slack.
    pub slack: &'a L,
    /// Time.
    pub clock: &'a C,
    /// The word that makes a claim ours.
    pub random: &'a R,
}

impl<S: KeepRequests, L: EditSlack, C: Clock, R: Random> Converge<'_, S, L, C, R> {
    /// Edits every message that lags behind, until the time is up.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn run(&self, mut request: Request, until: Timestamp) -> Result<Converged, StoreError> {
        if request.stale_slack_message().is_none() {
            return Ok(Converged::Shown);
        }
        let holder = hex::encode(self.random.bits().get(..8).unwrap_or_default());
        // If the process dies after this write, or after an edit, nobody edits until the claim is over; then the
        // schedule finds the record by its debt.
        request = self.claim(request, &holder, CLAIM).await?;
        while request.stale_slack_message().is_some() {
            if request.slack_edit.as_ref().is_none_or(|held| held.holder != holder) {
                return Ok(Converged::Held);
            }
            if self.clock.now() >= until {
                return Ok(Converged::Owed);
            }
            request = match self.edit_next(request, &holder).await? {
                Ok(request) => request,
                Err(left) => return Ok(left),
            };
        }
        Ok(Converged::Shown)
    }

    /// Edits one message and notes it; or says why not.
    async fn edit_next(
        &self,
        request: Request,
        holder: &str,
    ) -> Result<Result<Request, Converged>, StoreError> {
        let Some(place) = next(&request) else { return Ok(Ok(request)) };
        let failure = match self.slack.edit(&place, &slack::message(&request)).await {
            Ok(()) => None,
            Err(SlackError::RateLimited { retry_after_seconds }) => {
                let pause = SignedDuration::from_secs(retry_after_seconds.into()).min(LONGEST_PAUSE);
                self.claim(request, holder, pause).await?;
                return Ok(Err(Converged::Held));
            }
            Err(error @ SlackError::Unavailable { .. }) => {
                // The edit may still be under way, so the claim stays.
                tracing::warn!(approval.id = %request.id, %error, "a message in Slack will be edited later");
                return Ok(Err(Converged::Owed));
            }
            Err(SlackError::Refused { error }) => {
                tracing::warn!(approval.id = %request.id, code = error, "a message in Slack can never be edited");
                Some(error)
            }
        };
        let shown = Command::NoteSlackShown {
            channel: place.channel,
            ts: place.ts,
            shows: request.slack_face(),
            failure,
            edit: self.edit(holder, CLAIM),
        };
        Ok(Ok(keep(self.store, self.clock, request, &[shown]).await?))
    }

    async fn claim(
        &self,
        request: Request,
        holder: &str,
        duration: SignedDuration,
    ) -> Result<Request, StoreError> {
        let claim = Command::ClaimSlackEdit(self.edit(holder, duration));
        keep(self.store, self.clock, request, &[claim]).await
    }

    fn edit(&self, holder: &str, duration: SignedDuration) -> SlackEdit {
        SlackEdit { holder: holder.to_owned(), until: self.clock.now() + duration }
    }
}

fn next(request: &Request) -> Option<SlackPlace> {
    let message = request.stale_slack_message()?;
    Some(SlackPlace { channel: message.channel.clone(), ts: message.ts.clone()? })
}
