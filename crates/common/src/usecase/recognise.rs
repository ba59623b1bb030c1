//! Recognising: whose Slack account it is, as far as one request is concerned.

use crate::domain::{EmailAddress, Request};
use crate::ports::{AskSlackWho, SlackError};

/// The approver behind an account: as the policy or the record says, or else by the address that Slack knows. `None`:
/// nobody of this request.
///
/// # Errors
/// When Slack has to be asked and does not answer.
pub async fn recognise(
    slack: &impl AskSlackWho,
    request: &Request,
    user: &str,
) -> Result<Option<EmailAddress>, SlackError> {
    if let Some(person) = request.approver_in_slack(user) {
        return Ok(Some(person.clone()));
    }
    let address = slack.address_of(user).await?;
    Ok(address.and_then(|address| request.approver_with_address(&address).cloned()))
}
