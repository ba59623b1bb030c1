//! Durations as people write and read them.

use jiff::{Span, SpanRelativeTo};

/// The longest duration of a policy: a workflow on AWS lives no longer.
pub(crate) const MAX_SECONDS: u32 = 365 * 24 * 60 * 60;

/// Why a text is not a duration that a policy can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DurationError {
    /// It is none at all.
    #[error("is not a duration")]
    Malformed,
    /// Months and years have no fixed length.
    #[error("has months or years, which have no fixed length")]
    NoFixedLength,
    /// A second is divided.
    #[error("is not a whole number of seconds")]
    Fraction,
    /// It is out of bounds.
    #[error("is not between 1 second and 365 days")]
    OutOfBounds,
}

/// Reads a duration such as `90m`, `1h 30m` or `2d`, in seconds. A day has 24 hours.
pub(crate) fn parse(text: &str) -> Result<u32, DurationError> {
    let span: Span = text.trim().parse().map_err(|_| DurationError::Malformed)?;
    if span.get_months() != 0 || span.get_years() != 0 {
        return Err(DurationError::NoFixedLength);
    }
    let duration =
        span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| DurationError::OutOfBounds)?;
    if duration.subsec_nanos() != 0 {
        return Err(DurationError::Fraction);
    }
    u32::try_from(duration.as_secs())
        .ok()
        .filter(|seconds| (1..=MAX_SECONDS).contains(seconds))
        .ok_or(DurationError::OutOfBounds)
}

/// A duration for people: `0s`, `90s`, `4h`, `1h 30m`, `3d`. Up to two days it is told in hours.
pub(crate) fn show(seconds: u32) -> String {
    const DAY: u32 = 24 * 60 * 60;
    let (days, rest) = if seconds > 2 * DAY { (seconds / DAY, seconds % DAY) } else { (0, seconds) };
    let parts = [(days, "d"), (rest / 3600, "h"), (rest % 3600 / 60, "m"), (rest % 60, "s")];
    let shown: Vec<_> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    if shown.is_empty() { "0s".to_owned() } else { shown.join(" ") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("1s", 1),
            ("90m", 5_400),
            ("1h 30m", 5_400),
            ("1h30m", 5_400),
            ("2d", 172_800),
            ("1 day", 86_400),
            ("2 weeks", 1_209_600),
            ("1.5h", 5_400),
            ("365d", MAX_SECONDS),
        ] {
            assert_eq!(parse(text), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        for (text, error) in [
            ("", DurationError::Malformed),
            ("24", DurationError::Malformed),
            ("soon", DurationError::Malformed),
            ("0s", DurationError::OutOfBounds),
            ("-1h", DurationError::OutOfBounds),
            ("366d", DurationError::OutOfBounds),
            ("1mo", DurationError::NoFixedLength),
            ("500ms", DurationError::Fraction),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn durations_are_shown_in_their_largest_units() {
        for (seconds, shown) in [
            (0, "0s"),
            (59, "59s"),
            (90, "1m 30s"),
            (3_600, "1h"),
            (5_400, "1h 30m"),
            (86_400, "24h"),
            (172_800, "48h"),
            (176_400, "2d 1h"),
            (259_200, "3d"),
        ] {
            assert_eq!(show(seconds), shown);
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(seconds in 1..=MAX_SECONDS) {
            prop_assert_eq!(parse(&show(seconds)), Ok(seconds));
        }

        #[test]
        fn any_text_gets_an_answer(text in "\\PC{0,30}") {
            prop_assert!(parse(&text).is_ok_and(|seconds| seconds > 0) || parse(&text).is_err());
        }
    }
}
