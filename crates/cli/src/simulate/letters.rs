//! Which message is due to whom when a wait begins.

use common::domain::{EmailAddress, Purpose, Request};
use jiff::Timestamp;

/// What to write to somebody who may vote and has not: the ask comes first, then that others are asked as well, then
/// the latest reminder whose time has passed since the last message to them.
pub(super) fn due(request: &Request, person: &EmailAddress, now: Timestamp) -> Option<Purpose> {
    if !request.was_contacted(person, Purpose::Ask) {
        return Some(Purpose::Ask);
    }
    let further = request.further_group();
    if further.is_some_and(|group| !group.has(person)) && !request.was_contacted(person, Purpose::Escalation)
    {
        return Some(Purpose::Escalation);
    }
    let position = request.due_reminder(now)?;
    let due_at = request.reminder_due_at(position)?;
    let written_since = request
        .contacts
        .iter()
        .filter(|contact| contact.approver == *person)
        .any(|contact| contact.sent_at.is_some_and(|sent_at| sent_at >= due_at));
    (!written_since).then_some(Purpose::Reminder(position))
}
