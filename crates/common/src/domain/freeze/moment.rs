//! What moment a time on a clock is, where clocks skip an hour or show one twice.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// The first moment at which clocks show this time, or a later one where they skip it.
pub(super) fn first(zone: &TimeZone, time: DateTime) -> Timestamp {
    match zone.to_ambiguous_timestamp(time).offset() {
        AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
            offset.to_timestamp(time).unwrap_or(Timestamp::MAX)
        }
        AmbiguousOffset::Gap { after, .. } => {
            let before = after.to_timestamp(time).unwrap_or(Timestamp::MAX);
            zone.following(before).next().map_or(before, |skip| skip.timestamp())
        }
    }
}

/// The last moment at which clocks show this time, or a later one where they skip it.
pub(super) fn last(zone: &TimeZone, time: DateTime) -> Timestamp {
    match zone.to_ambiguous_timestamp(time).offset() {
        AmbiguousOffset::Fold { after, .. } => after.to_timestamp(time).unwrap_or(Timestamp::MAX),
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => first(zone, time),
    }
}
