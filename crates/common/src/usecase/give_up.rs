//! Giving up a deployment: its time is over, and nobody has noted how it went.

use jiff::SignedDuration;

use super::keep::keep;
use crate::domain::{Command, Progress, Request};
use crate::ports::{Clock, KeepRequests, StoreError};

/// How long the function that asks last can be at work, and some time more.
const AT_WORK: SignedDuration = SignedDuration::from_mins(2);

/// Notes of a claimed change whose time is over that nobody knows how it went. Whoever notes its end before this write
/// wins. If the process dies after it, the record says by itself that its people have to be told.
///
/// # Errors
/// When storage fails.
pub(super) async fn give_up_if_over(
    store: &impl KeepRequests,
    clock: &impl Clock,
    request: Request,
) -> Result<Request, StoreError> {
    let Some(change) = request.change.as_ref().filter(|_| request.progress() == Progress::Deploying) else {
        return Ok(request);
    };
    if clock.now() < change.until + AT_WORK {
        return Ok(request);
    }
    let reason = "nobody asked how it went until its time was over";
    let end = request.broken_off(clock.now(), reason);
    keep(store, clock, request, &[Command::Execute(end)]).await
}
