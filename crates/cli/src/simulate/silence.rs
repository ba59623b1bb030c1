//! What happens at a level when nobody votes.

use common::domain::{Channel, Command, Contact, EmailAddress, Purpose, Request, Status};
use jiff::{SignedDuration, Timestamp};

use super::request::START;
use super::timeline::{Moment, What};

/// Lets the clock run until the request is closed, wait by wait, as the state machine does.
pub(super) fn run(mut request: Request, first_wait: u32) -> Vec<Moment> {
    let mut moments = Vec::new();
    let mut now = START;
    let mut wait = Some(first_wait);
    while let Some(seconds) = wait {
        request = begin_wait(request, now, &mut moments);
        now += SignedDuration::from_secs(i64::from(seconds));
        wait = request.next_wait_seconds(now);
    }
    let request = request.after(Command::Expire, now);
    let what = if request.status == Status::Approved { What::Approves } else { What::Expires };
    moments.push(Moment { after_seconds: seconds_at(now), what, role: None, people: Vec::new() });
    moments
}

/// What `send-approval` does at the start of each wait: brings in the further group when that is due, and writes.
fn begin_wait(request: Request, now: Timestamp, moments: &mut Vec<Moment>) -> Request {
    let was_escalated = request.escalated_at.is_some();
    let request = request.after(Command::Escalate, now);
    let escalates = !was_escalated && request.escalated_at.is_some();
    let due = |person: &EmailAddress| request.due_message(person, now).map(|what| (person.clone(), what));
    let letters: Vec<_> = request.outstanding().filter_map(due).collect();
    let to = |wanted: fn(&Purpose) -> bool| -> Vec<EmailAddress> {
        letters.iter().filter(|(_, purpose)| wanted(purpose)).map(|(person, _)| person.clone()).collect()
    };
    let role = request.further_group().map(|group| group.role.clone()).filter(|_| escalates);
    let asks = if escalates { What::Escalates } else { What::Asks };
    for (what, role, people) in [
        (asks, role, to(|purpose| *purpose == Purpose::Ask)),
        (What::Tells, None, to(|purpose| *purpose == Purpose::Escalation)),
        (What::Reminds, None, to(|purpose| matches!(purpose, Purpose::Reminder(_)))),
    ] {
        if !people.is_empty() || what == What::Escalates {
            moments.push(Moment { after_seconds: seconds_at(now), what, role, people });
        }
    }
    let sent = letters.into_iter().map(|(approver, purpose)| Contact {
        approver,
        channel: Channel::Email,
        purpose,
        sent_at: Some(now),
        failure: None,
    });
    let sent = sent.collect();
    request.after(Command::NoteContacts(sent), now)
}

fn seconds_at(now: Timestamp) -> u32 {
    u32::try_from(now.duration_since(START).as_secs()).unwrap_or(u32::MAX)
}
