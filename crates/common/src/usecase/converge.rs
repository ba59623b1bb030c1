//! Converging: every message of a request in Slack comes to show what the record says, whoever changed it by which way.
//!
//! One edit at a time, under a claim in the record: an older edit that lands later would erase the outcome.

use jiff::{SignedDuration, Timestamp};

use super::keep::keep;
use crate::domain::{Command, Request, SlackEdit};
use crate::ports::{Clock, EditSlack, KeepRequests, Random, SlackError, SlackPlace, StoreError};
use crate::render::slack;

/// How long a claim lasts: longer than any edit can be under way.
pub const CLAIM: SignedDuration = SignedDuration::from_secs(90);
/// How much of a claim has to be left when an edit begins.
pub const COVER: SignedDuration = SignedDuration::from_secs(75);
/// How often a claim is made anew because writing it took most of its time.
const MAX_CLAIMS: usize = 3;
/// The longest that a claim keeps everybody away because Slack asks for a pause, or refuses what it may allow later.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(15);
/// How long after the last change an edit that Slack refuses is tried again.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Slack's names for a message that can never be edited. Any other refusal may end: the app is invited again, gets a
/// scope or a token, or is switched on.
const FINAL: &[&str] = &[
    "message_not_found",
    "cant_update_message",
    "edit_window_closed",
    "channel_not_found",
    "is_archived",
    "is_inactive",
];

/// How far the messages of a request have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Converged {
    /// They show what the record says, or can never be edited.
    Shown,
    /// Somebody else edits them, or Slack wants to be left alone or refuses: the schedule comes by later.
    Held,
    /// Slack did not answer, or the time is up; another try may do more.
    Owed,
}

/// What became of one edit.
enum Edited {
    /// The message shows the record, or this is why it never will.
    Settled(Option<String>),
    /// Slack refuses for now.
    Refused,
    /// Slack asks for a pause.
    Limited(SignedDuration),
    /// Slack did not say.
    Unanswered,
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
        let holder = hex::encode(self.random.bits().get(..8).unwrap_or_default());
        let mut refused = Vec::new();
        while let Some(place) = next(&request, &refused) {
            if self.clock.now() >= until {
                return Ok(Converged::Owed);
            }
            // If the process dies after this write, or after an edit, nobody edits until the claim is over; then the
            // schedule finds the record by its debt.
            request = match self.hold(request, &holder).await? {
                Some(held) => held,
                None => return Ok(Converged::Held),
            };
            match self.try_to_edit(&request, &place).await {
                Edited::Settled(failure) => request = self.note(request, &holder, place, failure).await?,
                Edited::Refused => refused.push(place),
                Edited::Limited(pause) => {
                    self.claim(request, &holder, pause).await?;
                    return Ok(Converged::Held);
                }
                // The edit may still be under way, so the claim stays.
                Edited::Unanswered => return Ok(Converged::Owed),
            }
        }
        if refused.is_empty() {
            return Ok(Converged::Shown);
        }
        self.claim(request, &holder, LONGEST_PAUSE).await?;
        Ok(Converged::Held)
    }

    async fn try_to_edit(&self, request: &Request, place: &SlackPlace) -> Edited {
        let Err(error) = self.slack.edit(place, &slack::message(request)).await else {
            return Edited::Settled(None);
        };
        tracing::warn!(approval.id = %request.id, %error, "a message in Slack could not be edited");
        match error {
            SlackError::Refused { error } if self.is_final(request, &error) => Edited::Settled(Some(error)),
            SlackError::Refused { .. } => Edited::Refused,
            SlackError::RateLimited { retry_after_seconds } => {
                Edited::Limited(SignedDuration::from_secs(retry_after_seconds.into()).min(LONGEST_PAUSE))
            }
            SlackError::Unavailable { .. } => Edited::Unanswered,
        }
    }

    /// Whether a message is given up: Slack says that it can never be edited, or has refused for long.
    fn is_final(&self, request: &Request, error: &str) -> bool {
        FINAL.contains(&error) || self.clock.now() >= request.changed_at() + PATIENCE
    }

    async fn note(
        &self,
        request: Request,
        holder: &str,
        place: SlackPlace,
        failure: Option<String>,
    ) -> Result<Request, StoreError> {
        let shown = Command::NoteSlackShown {
            channel: place.channel,
            ts: place.ts,
            shows: request.slack_face(),
            failure,
            edit: self.edit(holder, CLAIM),
        };
        keep(self.store, self.clock, request, &[shown]).await
    }

    /// The record under a claim of ours that covers an edit; `None` when somebody else has it.
    async fn hold(&self, mut request: Request, holder: &str) -> Result<Option<Request>, StoreError> {
        for _ in 0..MAX_CLAIMS {
            if self.is_covered(&request, holder) {
                return Ok(Some(request));
            }
            request = self.claim(request, holder, CLAIM).await?;
        }
        Ok(self.is_covered(&request, holder).then_some(request))
    }

    fn is_covered(&self, request: &Request, holder: &str) -> bool {
        let begins = self.clock.now();
        request.slack_edit.as_ref().is_some_and(|held| held.holder == holder && held.until >= begins + COVER)
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

/// The next message that lags behind, but for those that Slack has just refused to edit.
fn next(request: &Request, refused: &[SlackPlace]) -> Option<SlackPlace> {
    request.stale_slack_messages().find_map(|message| {
        let place = SlackPlace { channel: message.channel.clone(), ts: message.ts.clone()? };
        (!refused.contains(&place)).then_some(place)
    })
}
