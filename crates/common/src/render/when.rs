//! Dates and spans of time in words that cannot be misread.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::texts;

/// A moment: in words for people, in RFC 3339 for machines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment(pub(super) Timestamp);

impl Moment {
    /// For the `datetime` attribute.
    pub(super) fn machine(self) -> String {
        let seconds = Timestamp::from_second(self.0.as_second()).unwrap_or(self.0);
        seconds.to_string()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let utc = self.0.to_zoned(TimeZone::UTC);
        let (day, month, year) = (utc.day(), texts::month(utc.month()), utc.year());
        write!(f, "{day} {month} {year}, {:02}:{:02} UTC", utc.hour(), utc.minute())
    }
}

/// How long it is from one moment to a later one, in its two largest units, rounded to the minute; `None`
/// when the second is not later.
pub(super) fn span(from: Timestamp, to: Timestamp) -> Option<String> {
    let seconds = to.duration_since(from).as_secs();
    if to <= from {
        return None;
    }
    let minutes = (seconds + 30) / 60;
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    Some(match (days, hours, minutes) {
        (0, 0, 0 | 1) if seconds < 60 => texts::LESS_THAN_A_MINUTE.to_owned(),
        (0, 0, _) => texts::minutes(minutes),
        (0, _, 0) => texts::hours(hours),
        (0, ..) => format!("{} {}", texts::hours(hours), texts::minutes(minutes)),
        (_, 0, _) => texts::days(days),
        _ => format!("{} {}", texts::days(days), texts::hours(hours)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_names_its_month_and_its_zone() {
        let at: Timestamp = "2026-11-04T04:05:59.123Z".parse().unwrap();
        assert_eq!(Moment(at).to_string(), "4 November 2026, 04:05 UTC");
        assert_eq!(Moment(at).machine(), "2026-11-04T04:05:59Z");
    }

    #[test]
    fn spans_are_told_in_two_units_at_most() {
        let from = Timestamp::UNIX_EPOCH;
        for (seconds, words) in [
            (1, "less than a minute"),
            (60, "1 minute"),
            (600, "10 minutes"),
            (3_600, "1 hour"),
            (7_260, "2 hours 1 minute"),
            (86_399, "1 day"),
            (93_600, "1 day 2 hours"),
            (1_209_600, "14 days"),
        ] {
            let to = Timestamp::from_second(seconds).unwrap();
            assert_eq!(span(from, to).unwrap(), words, "{seconds}");
        }
        assert_eq!(span(from, from), None);
    }
}
