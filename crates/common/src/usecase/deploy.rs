//! Deploying: how what was approved gets to its place, one file per kind of target.
//!
//! Each kind looks first, and says what it would change. That becomes the claim. Then it acts on the claim as often as
//! it is called, and recognises its own earlier act by what the target itself reports.

mod lambda;

use jiff::Timestamp;

use crate::domain::{Change, Destination, RequestId};
use crate::ports::{PointAliases, TargetError};

/// What looking at a target found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// This would be changed.
    Change(Change),
    /// It cannot be done there, and why.
    Impossible(String),
}

/// How far a claimed change has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Acted {
    /// What was approved is in its place.
    Done,
    /// Somebody else's change was found there and left alone, and this is what was found.
    LeftAlone(String),
}

/// What deploying a version would change, from now until then. Nothing is touched.
///
/// # Errors
/// When the target does not answer, or refuses to be looked at.
pub(super) async fn look(
    targets: &impl PointAliases,
    to: &Destination,
    version: &str,
    time: (Timestamp, Timestamp),
) -> Result<Seen, TargetError> {
    match to {
        Destination::Lambda(place) => lambda::look(targets, place, version, time).await,
    }
}

/// Makes the claimed change, or finds that it was made.
///
/// # Errors
/// When the target does not answer, or refuses; whether anything was changed is not known then.
pub(super) async fn act(
    targets: &impl PointAliases,
    to: &Destination,
    change: &Change,
    request: &RequestId,
) -> Result<Acted, TargetError> {
    match to {
        Destination::Lambda(place) => lambda::act(targets, place, change, request).await,
    }
}
