//! Dates in words, as `<!date^...>` asks for them
//! (<https://docs.slack.dev/messaging/formatting-message-text>). Every pretend user lives in UTC.

use std::time::Duration;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// 1970 began on a Thursday.
const DAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];
const DAY: u64 = 86_400;

/// A moment, taken apart.
struct Moment {
    days: u64,
    year: u64,
    month: u64,
    day: u64,
    second: u64,
}

/// Fills a moment into a format such as `{date_short} at {time}`.
pub(super) fn words(format: &str, at: u64, now: Duration) -> String {
    let moment = Moment::at(at);
    let mut pieces = format.split('{');
    let mut words = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let known = piece.split_once('}').and_then(|(token, rest)| Some((moment.token(token, now)?, rest)));
        if let Some((value, rest)) = known {
            words.push_str(&value);
            words.push_str(rest);
        } else {
            words.push('{');
            words.push_str(piece);
        }
    }
    words
}

impl Moment {
    fn at(seconds: u64) -> Self {
        let days = seconds / DAY;
        // Counted from a 1 March, so that the day that leap years add is the last one of a year
        // (<https://howardhinnant.github.io/date_algorithms.html#civil_from_days>).
        let shifted = days + 719_468;
        let era = shifted / 146_097;
        let of_era = shifted % 146_097;
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        Self {
            days,
            year: year_of_era + era * 400 + u64::from(month <= 2),
            month,
            day: of_year - (153 * from_march + 2) / 5 + 1,
            second: seconds % DAY,
        }
    }

    fn token(&self, token: &str, now: Duration) -> Option<String> {
        let relative = |otherwise: &str| {
            let today = now.as_secs() / DAY;
            match (self.days, today) {
                (day, today) if day == today => Some("today".to_owned()),
                (day, today) if day + 1 == today => Some("yesterday".to_owned()),
                (day, today) if day == today + 1 => Some("tomorrow".to_owned()),
                _ => self.token(otherwise, now),
            }
        };
        let Self { year, month, day, .. } = self;
        let month_name = name(&MONTHS, month - 1);
        match token {
            "date_num" => Some(format!("{year}-{month:02}-{day:02}")),
            "date" => Some(format!("{month_name} {day}{}, {year}", self.ordinal())),
            "date_short" => Some(format!("{} {day}, {year}", month_name.get(..3).unwrap_or(month_name))),
            "date_long" => {
                Some(format!("{}, {month_name} {day}{}, {year}", name(&DAYS, self.days % 7), self.ordinal()))
            }
            "date_pretty" => relative("date"),
            "date_short_pretty" => relative("date_short"),
            "date_long_pretty" => relative("date_long"),
            "time" => Some(self.time(false)),
            "time_secs" => Some(self.time(true)),
            "ago" => Some(self.ago(now)),
            _ => None,
        }
    }

    fn ordinal(&self) -> &'static str {
        match self.day {
            1 | 21 | 31 => "st",
            2 | 22 => "nd",
            3 | 23 => "rd",
            _ => "th",
        }
    }

    fn time(&self, has_seconds: bool) -> String {
        let (hour, minute, second) = (self.second / 3600, self.second / 60 % 60, self.second % 60);
        let half = if hour < 12 { "AM" } else { "PM" };
        let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
        if has_seconds {
            format!("{hour}:{minute:02}:{second:02} {half}")
        } else {
            format!("{hour}:{minute:02} {half}")
        }
    }

    fn ago(&self, now: Duration) -> String {
        let (at, now) = (self.days * DAY + self.second, now.as_secs());
        let amount = |seconds: u64| match seconds {
            0..60 => format!("{seconds} seconds"),
            60..3600 => format!("{} minutes", seconds / 60),
            3600..DAY => format!("{} hours", seconds / 3600),
            _ => format!("{} days", seconds / DAY),
        };
        if at > now { format!("in {}", amount(at - now)) } else { format!("{} ago", amount(now - at)) }
    }
}

fn name(names: &[&'static str], number: u64) -> &'static str {
    usize::try_from(number).ok().and_then(|number| names.get(number)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 5 January 2026, 09:41:07 UTC.
    const AT: u64 = 1_767_606_067;

    fn said(format: &str, now: u64) -> String {
        words(format, AT, Duration::from_secs(now))
    }

    #[test]
    fn every_token_has_words() {
        let later = AT + 10 * DAY;
        let cases = [
            ("{date_num}", "2026-01-05"),
            ("{date}", "January 5th, 2026"),
            ("{date_short}", "Jan 5, 2026"),
            ("{date_long}", "Monday, January 5th, 2026"),
            ("{date_short} at {time}", "Jan 5, 2026 at 9:41 AM"),
            ("{time_secs}", "9:41:07 AM"),
            ("{ago}", "10 days ago"),
            ("{unknown} {", "{unknown} {"),
        ];
        for (format, expected) in cases {
            assert_eq!(said(format, later), expected);
        }
    }

    #[test]
    fn days_near_now_have_names() {
        assert_eq!(said("{date_short_pretty}", AT), "today");
        assert_eq!(said("{date_pretty}", AT + DAY), "yesterday");
        assert_eq!(said("{date_long_pretty}", AT - DAY), "tomorrow");
        assert_eq!(said("{date_short_pretty}", AT + 2 * DAY), "Jan 5, 2026");
    }

    #[test]
    fn the_calendar_knows_leap_years_and_midnight() {
        let cases = [
            (0, "1970-01-01 12:00 AM"),
            (951_782_400, "2000-02-29 12:00 AM"),
            (951_868_800, "2000-03-01 12:00 AM"),
            (4_107_542_399, "2100-02-28 11:59 PM"),
            (4_107_542_400, "2100-03-01 12:00 AM"),
        ];
        for (at, expected) in cases {
            assert_eq!(words("{date_num} {time}", at, Duration::ZERO), expected);
        }
    }
}
