//! What a freeze does to an approval: it waits, and its record says so.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{Notice, Progress, Request, Status};

/// A freeze that an approval waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Frozen {
    /// The freeze.
    pub name: String,
    /// Since when it waits.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// The same on the clocks of the freeze: `2026-12-21 08:00 Europe/Berlin`.
    pub opens: String,
}

/// The longest that nobody looks whether a freeze was lifted, where that is not long before its end.
const LOOK_SECONDS: i64 = 3_600;
/// Far from its end the looks are rarer: so many of what is left.
const LOOKS: i64 = 24;

impl Frozen {
    /// In one line, for people and programs.
    pub fn says(&self) -> String {
        format!("frozen by {:?} until {}", self.name, self.opens)
    }

    /// How many seconds a workflow waits before it looks again: an hour, or a 24th of what is left where that is more,
    /// and not longer than what is left. So a freeze of a year takes some 170 looks, of nine events each in the
    /// workflow's history; beside [`super::super::Rollout::MAX_POLLS`] there is room for them.
    pub fn poll_seconds(&self, now: Timestamp) -> u32 {
        let left = self.until.duration_since(now);
        let seconds = left.as_secs() + i64::from(left.subsec_nanos() > 0);
        let part = (seconds / LOOKS).max(LOOK_SECONDS);
        u32::try_from(part.min(seconds).max(1)).unwrap_or(u32::MAX)
    }

    /// Whether the record that says this says all of that as well.
    pub(in crate::domain) fn is_same_end(&self, other: &Self) -> bool {
        (&self.name, self.until, &self.opens) == (&other.name, other.until, &other.opens)
    }
}

impl Request {
    /// The freeze that its approval waits for.
    pub fn waits_for(&self) -> Option<&Frozen> {
        self.frozen.as_ref().filter(|_| self.is_unused())
    }

    /// Whether nobody but the schedule begins its deployment: it met a freeze, and its caller asks only once.
    pub fn is_left_to_the_schedule(&self) -> bool {
        let met_a_freeze = self.frozen.is_some() || self.thawed_at.is_some();
        met_a_freeze && !self.can_wait && self.is_unused()
    }

    /// Approved, and neither used nor void.
    fn is_unused(&self) -> bool {
        self.status == Status::Approved
            && self.progress() == Progress::Unused
            && !self.notices.contains(&Notice::Overtaken)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn frozen(until: i64) -> Frozen {
        let until = Timestamp::from_second(until).unwrap();
        Frozen { name: "weekend".to_owned(), since: Timestamp::UNIX_EPOCH, until, opens: "then".to_owned() }
    }

    #[test]
    fn it_is_looked_at_each_hour_and_when_it_ends() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(frozen(86_400).poll_seconds(at(0)), 3_600);
        assert_eq!(frozen(86_400).poll_seconds(at(86_390)), 10);
        assert_eq!(frozen(86_400).poll_seconds(at(86_399) + SignedDuration::from_millis(1)), 1, "not before");
        assert_eq!(frozen(10).poll_seconds(at(7) + SignedDuration::from_millis(1)), 3, "rounded up");
        assert_eq!(frozen(10).poll_seconds(at(11)), 1);
        assert_eq!(frozen(86_400 * 10).poll_seconds(at(0)), 36_000, "a 24th of ten days");
    }

    #[test]
    fn the_longest_freeze_fits_into_a_workflow_s_history() {
        let longest = frozen(366 * 86_400);
        let mut now = Timestamp::UNIX_EPOCH;
        let mut looks = 0;
        while now < longest.until {
            now += SignedDuration::from_secs(longest.poll_seconds(now).into());
            looks += 1;
        }
        assert!(looks <= 170, "{looks}");
    }

    #[test]
    fn it_says_which_freeze_it_is_and_until_when() {
        assert_eq!(frozen(1).says(), "frozen by \"weekend\" until then");
    }
}
