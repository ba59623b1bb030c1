//! Dates and spans of time in words that cannot be misread.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::texts::{Forms, SAY, count, fill};

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
        let time = format!("{:02}:{:02}", utc.hour(), utc.minute());
        let text = fill(
            SAY.moment,
            &[
                ("weekday", &nth(SAY.weekdays, utc.weekday().to_monday_zero_offset())),
                ("day", &utc.day()),
                ("month", &nth(SAY.months, utc.month() - 1)),
                ("year", &utc.year()),
                ("time", &time),
            ],
        );
        f.write_str(&text)
    }
}

fn nth(names: Forms, position: i8) -> &'static str {
    usize::try_from(position).ok().and_then(|position| names.get(position)).copied().unwrap_or_default()
}

/// How long it is from one moment to a later one, in its two largest units, rounded to the minute; `None`
/// when the second is not later.
pub(super) fn span(from: Timestamp, to: Timestamp) -> Option<String> {
    if to <= from {
        return None;
    }
    let seconds = usize::try_from(to.duration_since(from).as_secs()).ok()?;
    let minutes = (seconds + 30) / 60;
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let two =
        |larger: String, smaller: String| fill(SAY.two_units, &[("larger", &larger), ("smaller", &smaller)]);
    Some(match (days, hours, minutes) {
        (0, 0, 0 | 1) if seconds < 60 => SAY.less_than_a_minute.to_owned(),
        (0, 0, _) => count(SAY.minutes, minutes),
        (0, _, 0) => count(SAY.hours, hours),
        (0, ..) => two(count(SAY.hours, hours), count(SAY.minutes, minutes)),
        (_, 0, _) => count(SAY.days, days),
        _ => two(count(SAY.days, days), count(SAY.hours, hours)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_names_its_weekday_its_month_and_its_zone() {
        let at: Timestamp = "2026-11-04T04:05:59.123Z".parse().unwrap();
        assert_eq!(Moment(at).to_string(), "Wed 4 November 2026, 04:05\u{a0}UTC");
        assert_eq!(Moment(at).machine(), "2026-11-04T04:05:59Z");
    }

    #[test]
    fn spans_are_told_in_two_units_at_most() {
        let from = Timestamp::UNIX_EPOCH;
        for (seconds, words) in [
            (1, "less than a minute"),
            (60, "1 min"),
            (600, "10 min"),
            (3_600, "1 h"),
            (7_260, "2 h 1 min"),
            (86_399, "1 day"),
            (93_600, "1 day 2 h"),
            (1_209_600, "14 days"),
        ] {
            let to = Timestamp::from_second(seconds).unwrap();
            assert_eq!(span(from, to).unwrap(), words, "{seconds}");
        }
        assert_eq!(span(from, from), None);
    }
}
