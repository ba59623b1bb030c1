//! Which message is due to whom.

use jiff::Timestamp;

use super::{EmailAddress, Purpose, Request};

impl Request {
    /// What to write to somebody who may vote and has not: the ask comes first, then that others are asked as well,
    /// then the latest reminder whose time has passed since the last message to them.
    pub fn due_message(&self, person: &EmailAddress, now: Timestamp) -> Option<Purpose> {
        if !self.was_contacted(person, Purpose::Ask) {
            return Some(Purpose::Ask);
        }
        let others_are_asked = self.further_group().is_some_and(|group| !group.has(person));
        if others_are_asked && !self.was_contacted(person, Purpose::Escalation) {
            return Some(Purpose::Escalation);
        }
        let position = self.due_reminder(now)?;
        let due_at = self.reminder_due_at(position)?;
        let written_since = self
            .contacts
            .iter()
            .filter(|contact| contact.approver == *person)
            .any(|contact| contact.sent_at.is_some_and(|sent_at| sent_at >= due_at));
        (!written_since).then_some(Purpose::Reminder(position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{after, at, escalating_request, person, request};
    use crate::domain::{Channel, Command, Contact};

    fn written(request: &Request, name: &str, purpose: Purpose, seconds: i64) -> Request {
        let (approver, sent_at) = (person(name), Some(at(seconds)));
        let contact = Contact { approver, channel: Channel::Email, purpose, sent_at, failure: None };
        after(request, Command::NoteContacts(vec![contact]))
    }

    #[test]
    fn the_ask_comes_first_and_a_reminder_when_its_time_has_passed() {
        let request = request();
        let due = |request: &Request, seconds| request.due_message(&person("ana"), at(seconds));
        assert_eq!(due(&request, 500), Some(Purpose::Ask));
        let asked = written(&request, "ana", Purpose::Ask, 0);
        assert_eq!((due(&asked, 99), due(&asked, 100)), (None, Some(Purpose::Reminder(0))));
        assert_eq!(due(&written(&asked, "ana", Purpose::Reminder(0), 101), 500), None);
    }

    #[test]
    fn whoever_was_written_to_after_a_reminder_s_time_needs_no_such_reminder() {
        let asked_late = written(&request(), "ana", Purpose::Ask, 100);
        assert_eq!(asked_late.due_message(&person("ana"), at(500)), None);
    }

    #[test]
    fn an_escalation_is_told_once_and_only_to_those_who_were_asked_before() {
        let asked = written(&escalating_request(), "ana", Purpose::Ask, 0);
        let escalated = Request { escalated_at: Some(at(1_000)), ..asked };
        let due = |request: &Request, name| request.due_message(&person(name), at(1_000));
        assert_eq!(
            (due(&escalated, "ana"), due(&escalated, "hana")),
            (Some(Purpose::Escalation), Some(Purpose::Ask))
        );
        let told =
            written(&written(&escalated, "ana", Purpose::Escalation, 1_000), "hana", Purpose::Ask, 1_000);
        assert_eq!((due(&told, "ana"), due(&told, "hana")), (None, None));
    }
}
