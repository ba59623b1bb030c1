//! Wanting a link: whoever opened one request may have the link to another one that waits for them mailed to their own
//! address. Nobody else's is reached, and nothing is mailed here: the stream wakes who does.

use super::keep::keep;
use crate::domain::{Command, EmailAddress, RequestId, Wanted};
use crate::ports::{Clock, KeepRequests, StoreError};

/// Notes that a person wants a link to a request.
///
/// # Errors
/// When storage fails.
pub async fn want_link(
    store: &impl KeepRequests,
    clock: &impl Clock,
    id: &RequestId,
    person: &EmailAddress,
) -> Result<Wanted, StoreError> {
    let Some(request) = store.request(id).await? else { return Ok(Wanted::NotAwaited) };
    let wanted = request.wanted_by(person, clock.now());
    if wanted == Wanted::Noted {
        let want = Command::WantLink { approver: person.clone() };
        // If the process dies after this write, the person sees an error, and the mail comes all the same.
        let request = keep(store, clock, request, &[want]).await?;
        // It may have been decided in between.
        return Ok(if request.is_link_wanted(person) { Wanted::Noted } else { Wanted::NotAwaited });
    }
    Ok(wanted)
}
