//! The promise about freezes: nothing is begun in a window of the policy that is stored at that time.

use common::domain::freeze::When;
use common::domain::{Happening, Policy, Request};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Checks;

const FROZEN: &str = "nothing is begun while a freeze holds";

impl Checks {
    /// The operators have stored this policy.
    pub(crate) fn policy_stored(&mut self, policy: &Policy) {
        let moment = |time: jiff::civil::DateTime| TimeZone::UTC.to_timestamp(time).unwrap_or(Timestamp::MAX);
        let windows = policy.freezes.iter().filter_map(|freeze| match &freeze.when {
            When::Once { starts, ends } => Some((moment(*starts), moment(*ends))),
            When::Weekly { .. } => None,
        });
        self.frozen = windows.collect();
    }

    /// The claim stands in the last level's record; those of the others follow at the end.
    pub(super) fn check_claim(&mut self, before: Option<&Request>, next: &Request) {
        if !next.is_last_level() || before.is_some_and(|before| before.change.is_some()) {
            return;
        }
        let claims = next.events.iter().filter(|event| matches!(event.what, Happening::Claimed { .. }));
        for at in claims.map(|event| event.at) {
            let window = self.frozen.iter().find(|(from, until)| *from <= at && at < *until).copied();
            self.hold(FROZEN, window.is_none(), || format!("{} was begun at {at}, in {window:?}", next.id));
        }
    }
}
