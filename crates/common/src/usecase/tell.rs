//! Telling people how a request ended. Best effort: no workflow is held up by a mail that cannot be sent.

use std::collections::BTreeSet;

use super::keep::keep;
use crate::domain::{Command, EmailAddress, Notice, Request};
use crate::ports::{Clock, KeepRequests, SendMail, StoreError};
use crate::render::email;
use crate::telemetry::count;

/// Sends an outcome mail to the requester and everyone who may decide, once per request and notice.
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
    // Who was never asked need not hear that nothing is asked of them any more.
    let concerned = notice != Notice::Closed || request.was_anybody_asked();
    let approvers = request.groups().flat_map(|group| &group.approvers).map(|approver| &approver.email);
    let entitled = approvers.filter(|person| concerned && request.check_entitled(person).is_ok());
    // The record of every level tells its own people of a deployment, and that of the last one the requester.
    let asked = request.requested_by.iter();
    let asked = asked.filter(|_| notice != Notice::DeploymentFailed || request.is_last_level());
    let recipients = asked.chain(entitled).cloned().collect();
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
                count("SendFailures", &[("what", "mail")]);
            }
        }
    }
    // If the process dies before this note, a repeated task sends the mails once more; they decide nothing.
    keep(store, clock, request, &[Command::NoteNotice { notice, recipients: told }]).await
}
