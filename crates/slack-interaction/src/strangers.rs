//! Who has just been found to be nobody of a request: whoever presses again and again costs Slack one question a minute.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use common::domain::{EmailAddress, Request, RequestId};
use common::ports::{Clock, SlackError};
use common::usecase::recognise::recognise;
use jiff::{SignedDuration, Timestamp};

use crate::desk::{Desk, Slack};

/// How long a stranger is remembered. So long it may take until a new address in Slack counts.
const REMEMBERED: SignedDuration = SignedDuration::from_secs(60);
/// How many are remembered; the oldest is forgotten for a new one.
const MOST: usize = 200;

/// The strangers of the last minute, oldest first.
#[derive(Debug, Default)]
pub struct Strangers(Mutex<VecDeque<Stranger>>);

#[derive(Debug)]
struct Stranger {
    user: String,
    request: RequestId,
    until: Timestamp,
}

impl Strangers {
    fn knows(&self, user: &str, request: &RequestId, now: Timestamp) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|stranger| now < stranger.until);
        all.iter().any(|stranger| stranger.user == user && stranger.request == *request)
    }

    fn remember(&self, user: &str, request: &RequestId, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.pop_front();
        }
        all.push_back(Stranger { user: user.to_owned(), request: request.clone(), until: now + REMEMBERED });
    }
}

impl<K, S, W, L: Slack, C: Clock> Desk<'_, K, S, W, L, C> {
    /// The approver behind an account; `None`: nobody of this request.
    pub(crate) async fn recognise(
        &self,
        request: &Request,
        user: &str,
    ) -> Result<Option<EmailAddress>, SlackError> {
        if request.approver_in_slack(user).is_none() && self.strangers.knows(user, &request.id, self.now()) {
            return Ok(None);
        }
        let person = recognise(self.slack, request, user).await?;
        if person.is_none() {
            self.strangers.remember(user, &request.id, self.now());
        }
        Ok(person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_ones_are_remembered_for_a_minute() {
        let strangers = Strangers::default();
        let request = RequestId::parse("a-1").unwrap();
        let start = Timestamp::UNIX_EPOCH;
        let known = |user: usize, seconds| {
            strangers.knows(&user.to_string(), &request, start + SignedDuration::from_secs(seconds))
        };
        for user in 0..=MOST {
            strangers.remember(&user.to_string(), &request, start);
        }
        assert!(!known(0, 0) && known(1, 0) && known(MOST, 59));
        assert!(!known(MOST, 60));
    }
}
