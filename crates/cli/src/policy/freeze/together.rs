//! Freezes that never end, by themselves or together: then nothing would ever be begun.

use common::domain::freeze::{When, frozen};
use common::domain::{Freeze, Glob, Matter};
use jiff::{SignedDuration, Timestamp};

use super::Placed;
use crate::policy::mistakes::Mistakes;
use crate::policy::overlap::{all_covered, shapes};

/// What is still frozen a year later never opens.
const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Notes each freeze with which there is no time left in any week.
pub(super) fn check(placed: &[Placed], mistakes: &mut Mistakes<'_>) {
    for (position, Placed { at, freeze }) in placed.iter().enumerate() {
        if !matches!(freeze.when, When::Weekly { .. }) {
            continue;
        }
        let earlier = placed.iter().take(position).map(|placed| &placed.freeze);
        let mut all: Vec<_> =
            earlier.filter(|other| holds_wherever(other, freeze)).map(of_everything).collect();
        if never_opens(&[of_everything(freeze)]) {
            mistakes
                .error(*at, "it never ends, so nothing would ever be deployed")
                .suggest("leave some time open");
            return;
        }
        all.push(of_everything(freeze));
        if never_opens(&all) {
            mistakes
                .error(
                    *at,
                    "together with the freezes before it, it never ends: nothing would ever be deployed",
                )
                .suggest("leave some time open");
            return;
        }
    }
}

/// Whether a freeze of each week surely holds for all that another one does.
fn holds_wherever(freeze: &Freeze, other: &Freeze) -> bool {
    let covers = |wide: &[Glob], narrow: &[Glob]| all_covered(&shapes(narrow), &shapes(wide));
    matches!(freeze.when, When::Weekly { .. })
        && (freeze.except_services.is_empty() || freeze.except_services == other.except_services)
        && covers(&freeze.service, &other.service)
        && covers(&freeze.environment, &other.environment)
}

/// The same times for everything; a few dates that are left out leave no time in a week.
fn of_everything(freeze: &Freeze) -> Freeze {
    let mut freeze = freeze.clone();
    (freeze.service, freeze.environment) = (vec![Glob::any()], vec![Glob::any()]);
    freeze.except_services.clear();
    if let When::Weekly { except_dates, .. } = &mut freeze.when {
        except_dates.clear();
    }
    freeze
}

/// Any week tells of all of them.
fn never_opens(freezes: &[Freeze]) -> bool {
    let nothing = Matter { service: "", environment: "", kind: "", amount: None };
    let now = Timestamp::UNIX_EPOCH;
    frozen(freezes, nothing, now).is_ok_and(|found| found.is_some_and(|frozen| frozen.until >= now + YEAR))
}
