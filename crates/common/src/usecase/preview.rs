//! Looking ahead: what carrying something out would change, said before anybody decides.
//!
//! Whoever asks is never held up for long by a target, and never fails because of one.

use std::time::Duration;

use super::deploy::foresee;
pub use super::deploy::unfit;
use crate::domain::{Facts, Outlook, Preview, Rollout};
use crate::ports::{Clock, LookAtTargets, Pause, TargetError};

/// Looks at the place of a rollout, for so long at most. Nothing is touched, so it can be repeated and cut short.
pub async fn preview(
    targets: &impl LookAtTargets,
    clock: &(impl Clock + Pause),
    patience: Duration,
    rollout: &Rollout,
    facts: &Facts,
) -> Preview {
    let outlook = tokio::select! {
        biased;
        looked = foresee(targets, &rollout.to, facts) => looked.unwrap_or_else(|error| unknown(&error)),
        () = clock.pause(patience) => Outlook::unknown("it did not answer in time"),
    };
    Preview::of(&rollout.to, outlook, clock.now())
}

/// Every service behind a target names a missing permission alike.
fn unknown(error: &TargetError) -> Outlook {
    match error {
        TargetError::Refused { operation, reason } if reason.starts_with("AccessDenied") => {
            Outlook::not_permitted(&error.to_string(), operation)
        }
        TargetError::Refused { .. } | TargetError::Unavailable { .. } => Outlook::unknown(&error.to_string()),
    }
}
