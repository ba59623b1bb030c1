//! The one place that asks for the time. Everything else is given it.

use std::time::{Duration, SystemTime};

/// The time since 1970.
#[expect(clippy::disallowed_methods, reason = "the stand-in is the outside, and has a clock of its own")]
pub(crate) fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// A moment as Slack's ids of messages and actions: seconds, a point, six digits.
pub(crate) fn stamp(at: Duration) -> String {
    format!("{}.{:06}", at.as_secs(), at.subsec_micros())
}
