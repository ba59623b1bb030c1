//! Which attempt of the waiting state a task token belongs to.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The age of a task token: when the state was entered, then which retry of it this is. Compared in that
/// order, so an attempt that arrives late never replaces the token of a newer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Generation {
    /// When the state was entered (`$$.State.EnteredTime`), or when we were called if unknown.
    pub entered_at: Timestamp,
    /// The number of the retry (`$$.State.RetryCount`), 0 for the first attempt.
    pub retry: u32,
}
