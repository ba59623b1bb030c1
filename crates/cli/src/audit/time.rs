//! Times as auditors write them.

use common::ports::Span;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// How far back everything goes that names no beginning. Each month is one query, or more.
const YEARS: i32 = 10;

/// Reads a time in RFC 3339, or a date, which begins at midnight in UTC.
pub(crate) fn parse(text: &str) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    let midnight = text.parse::<Date>().and_then(|date| date.to_zoned(TimeZone::UTC));
    let midnight = midnight.map(|midnight| midnight.timestamp());
    midnight.map_err(|_| "is neither a date (2026-01-31) nor a time (2026-01-31T12:00:00Z)".to_owned())
}

/// From a time, or as long ago as anything can be, until another, or now.
pub(crate) fn span(since: Option<Timestamp>, until: Option<Timestamp>, now: Timestamp) -> Span {
    let long_ago = || {
        let day = now.to_zoned(TimeZone::UTC).date().first_of_month();
        let ago = day.checked_sub(YEARS.years()).and_then(|day| day.to_zoned(TimeZone::UTC));
        ago.map_or(Timestamp::UNIX_EPOCH, |ago| ago.timestamp())
    };
    Span { since: since.unwrap_or_else(long_ago), until: until.unwrap_or(now) }
}

/// The months of a span in UTC, or what of them is in it, the oldest first.
pub(super) fn months(span: Span) -> impl Iterator<Item = Span> {
    let mut since = span.since;
    std::iter::from_fn(move || {
        if since >= span.until {
            return None;
        }
        let first = since.to_zoned(TimeZone::UTC).date().first_of_month();
        let next = first.checked_add(1.month()).and_then(|next| next.to_zoned(TimeZone::UTC));
        let end = next.map_or(span.until, |next| next.timestamp()).min(span.until);
        let month = Span { since, until: end };
        since = end;
        Some(month)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_moment_or_the_beginning_of_a_day() {
        assert_eq!(parse("2026-01-31").unwrap().to_string(), "2026-01-31T00:00:00Z");
        assert_eq!(parse("2026-01-31T12:00:00+02:00").unwrap().to_string(), "2026-01-31T10:00:00Z");
        for wrong in ["", "yesterday", "2026-13-01", "2026-01-31T12:00:00"] {
            // What has no zone is read as a date or not at all.
            assert!(parse(wrong).is_err_and(|why| why.contains("neither")) || wrong.contains('T'), "{wrong}");
        }
    }

    #[test]
    fn a_span_is_walked_month_by_month() {
        let span =
            Span { since: parse("2025-12-15").unwrap(), until: parse("2026-02-01T00:00:01Z").unwrap() };
        let ends: Vec<_> = months(span).map(|month| month.until.to_string()).collect();
        assert_eq!(ends, ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-02-01T00:00:01Z"]);
        assert_eq!(months(Span { since: span.until, until: span.since }).count(), 0);
    }

    #[test]
    fn without_a_beginning_it_is_ten_years() {
        let now = parse("2026-05-20").unwrap();
        assert_eq!(span(None, None, now).since, parse("2016-05-01").unwrap());
        assert_eq!(months(span(None, None, now)).count(), 121);
    }
}
