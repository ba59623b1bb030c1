//! What commands about Slack's messages do to a request.

use jiff::Timestamp;

use super::{Transition, happened, when};
use crate::domain::{EmailAddress, Happening, Purpose, Request, SlackEdit, SlackMessage, SlackPerson};

/// Messages that were posted stay; of those that failed, only the last try in each place does.
pub(super) fn note_messages(request: &Request, messages: Vec<SlackMessage>, now: Timestamp) -> Transition {
    let news: Vec<_> = messages
        .into_iter()
        .filter(|message| {
            message.ts.as_deref().is_none_or(|ts| !request.has_slack_message(&message.channel, ts))
        })
        .collect();
    when(!news.is_empty(), request, |next| {
        for message in news {
            let failed_before = |known: &SlackMessage| {
                known.ts.is_none() && (&known.to, known.purpose) == (&message.to, message.purpose)
            };
            let repeats = next.slack.iter().any(|known| {
                failed_before(known) && message.ts.is_none() && known.failure == message.failure
            });
            next.slack.retain(|known| !failed_before(known));
            let (to, purpose) = (message.to.clone(), message.purpose);
            let what = match message.failure.clone().filter(|_| message.ts.is_none()) {
                None => Happening::SlackPosted { to, purpose },
                Some(failure) => Happening::SlackFailed { to, purpose, failure },
            };
            next.slack.push(message);
            // What fails again and again for one reason is told once: a record has its limit.
            if !repeats {
                happened(next, what, now);
            }
        }
    })
}

/// What the message shows is not known, so it has to be shown anew.
pub(super) fn adopt(
    request: &Request,
    channel: String,
    ts: String,
    to: Option<EmailAddress>,
    now: Timestamp,
) -> Transition {
    when(!request.has_slack_message(&channel, &ts), request, |next| {
        let message = SlackMessage {
            channel,
            ts: Some(ts),
            to,
            purpose: Purpose::Ask,
            at: now,
            failure: None,
            passing: false,
            shows: String::new(),
        };
        next.slack.push(message);
        happened(next, Happening::SlackAdopted, now);
    })
}

/// Only where something is to be edited, and nobody else is at it.
pub(super) fn claim(request: &Request, edit: SlackEdit, now: Timestamp) -> Transition {
    let held = request.slack_edit.as_ref();
    let free = held.is_none_or(|held| held.holder == edit.holder || held.until <= now);
    let wanted = request.stale_slack_message().is_some() && held != Some(&edit);
    when(free && wanted, request, |next| next.slack_edit = Some(edit))
}

/// What was shown counts only while the claim is the holder's. It stays for as long as more is to be edited.
pub(super) fn note_shown(
    request: &Request,
    (channel, ts): (&str, &str),
    shows: String,
    failure: Option<String>,
    edit: SlackEdit,
) -> Transition {
    let holds = request.slack_edit.as_ref().is_some_and(|held| held.holder == edit.holder);
    when(holds && request.has_slack_message(channel, ts), request, |next| {
        let place =
            |message: &&mut SlackMessage| message.channel == channel && message.ts.as_deref() == Some(ts);
        if let Some(message) = next.slack.iter_mut().find(place) {
            message.shows = shows;
            message.failure = failure;
        }
        next.slack_edit = next.stale_slack_message().is_some().then_some(edit);
    })
}

/// Only approvers are remembered, each account once.
pub(super) fn remember(request: &Request, person: SlackPerson) -> Transition {
    let known = request.approver_in_slack(&person.user).is_some();
    let approver = request.level.everyone().any(|approver| approver.email == person.approver);
    when(approver && !known, request, |next| next.slack_people.push(person))
}
