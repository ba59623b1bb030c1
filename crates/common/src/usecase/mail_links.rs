//! Mailing the links that approvers asked for. The page that they asked on cannot send mail; this does, from the stream.

use super::keep::keep;
use crate::domain::{Channel, Command, Contact, Link, LinkToken, Purpose, Request, Status};
use crate::ports::{Clock, KeepRequests, MailError, Random, SendMail, StoreError};
use crate::render::email;
use crate::telemetry::count;

/// Mails every link that is wanted. One that the mail service does not take for now stays wanted.
///
/// # Errors
/// When storage fails.
pub async fn mail_links(
    store: &impl KeepRequests,
    mail: &impl SendMail,
    clock: &impl Clock,
    random: &impl Random,
    mut request: Request,
) -> Result<Request, StoreError> {
    for wanted in request.wanted_links.clone() {
        let token = LinkToken::mint(request.id.clone(), random.bits());
        let link = Link { approver: wanted.approver.clone(), hash: token.hash(), minted_at: clock.now() };
        // If the process dies after this write, the hash opens nothing: no mail with this link went out.
        request = keep(store, clock, request, &[Command::AddLinks(vec![link])]).await?;
        if request.status != Status::Pending {
            break;
        }
        let letter = email::approval_request(&request, &wanted.approver, &token, Purpose::Link, clock.now());
        let sent = mail.send(&letter).await;
        if let Err(error) = &sent {
            tracing::warn!(approval.id = %request.id, %error, "a link could not be mailed");
        }
        if let Err(MailError::Temporary { .. }) = sent {
            continue;
        }
        if sent.is_err() {
            count("SendFailures", &[("what", "mail")]);
        }
        let contact = Contact {
            approver: wanted.approver,
            channel: Channel::Email,
            purpose: Purpose::Link,
            sent_at: sent.is_ok().then(|| clock.now()),
            failure: sent.err().map(|error| error.code().to_owned()),
        };
        // If the process dies before this note, another mail with another link goes out; both work.
        request = keep(store, clock, request, &[Command::NoteContacts(vec![contact])]).await?;
    }
    Ok(request)
}
