//! Changing a record: read, think, compare and set, and think again when someone else was faster.

use crate::domain::{Command, Request};
use crate::ports::{Clock, KeepRequests, StoreError, Written};

/// How often a change is thought over again because someone else was faster.
pub(crate) const MAX_ATTEMPTS: usize = 20;

/// Applies commands that the rules never refuse, as one write, and answers with the record that then stands.
///
/// # Errors
/// When storage fails, or others keep changing the record.
pub async fn keep(
    store: &impl KeepRequests,
    clock: &impl Clock,
    mut request: Request,
    commands: &[Command],
) -> Result<Request, StoreError> {
    for _ in 0..MAX_ATTEMPTS {
        let next = apply_all(&request, commands, clock);
        if next.version == request.version {
            return Ok(request);
        }
        match store.keep(&next, request.version).await? {
            Written::Stored => return Ok(next),
            Written::Conflict(current) => request = *current,
        }
    }
    Err(contended("change a request"))
}

/// The failure of a write that others always came before.
pub(crate) fn contended(operation: &'static str) -> StoreError {
    StoreError { operation, source: "others kept changing the record".into() }
}

fn apply_all(request: &Request, commands: &[Command], clock: &impl Clock) -> Request {
    commands.iter().fold(request.clone(), |current, command| current.after(command.clone(), clock.now()))
}
