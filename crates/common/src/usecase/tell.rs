//! Telling people how a request ended. Best effort: no workflow is held up by a mail that cannot be sent.

use std::collections::BTreeSet;

use super::keep::keep;
use crate::domain::{Command, EmailAddress, Notice, Request};
use crate::ports::{Clock, KeepRequests, SendMail, StoreError};
use crate::render::email;

/// Sends an outcome mail to the requester and everyone who was asked, once per request and notice.
///
/// # Errors
/// When storage fails; a mail that fails is only logged.
pub async fn tell_everyone(
    store: &impl KeepRequests,
    mail: &impl SendMail,
    clock: &impl Clock,
    request: Request,
    notice: Notice,
) -> Result<Request, StoreError> {
    let asked = request.contacts.iter().filter(|contact| contact.sent_at.is_some());
    let everyone = request.requested_by.iter().chain(asked.map(|contact| &contact.approver));
    let recipients: BTreeSet<_> = everyone.cloned().collect();
    tell(store, mail, clock, request, notice, recipients).await
}

/// Sends an outcome mail to the requester, once per request and notice.
///
/// # Errors
/// When storage fails; a mail that fails is only logged.
pub async fn tell_requester(
    store: &impl KeepRequests,
    mail: &impl SendMail,
    clock: &impl Clock,
    request: Request,
    notice: Notice,
) -> Result<Request, StoreError> {
    let recipients = request.requested_by.iter().cloned().collect();
    tell(store, mail, clock, request, notice, recipients).await
}

async fn tell(
    store: &impl KeepRequests,
    mail: &impl SendMail,
    clock: &impl Clock,
    request: Request,
    notice: Notice,
    recipients: BTreeSet<EmailAddress>,
) -> Result<Request, StoreError> {
    if request.notices.contains(&notice) {
        return Ok(request);
    }
    let mut told = Vec::new();
    for recipient in recipients {
        match mail.send(&email::outcome(&request, notice, &recipient)).await {
            Ok(()) => told.push(recipient),
            Err(error) => {
                tracing::warn!(approval.id = %request.id, %error, "an outcome mail could not be sent");
            }
        }
    }
    // If the process dies before this note, a repeated task sends the mails once more; they decide nothing.
    keep(store, clock, request, &[Command::NoteNotice { notice, recipients: told }]).await
}
