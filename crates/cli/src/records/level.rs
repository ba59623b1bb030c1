//! One level in words: how it stands, who has said what, and who is missing.

use common::domain::{
    Channel, Choice, Decision, EmailAddress, Group, Level, Purpose, Request, Status, tally,
};
use common::render::words;
use jiff::{Timestamp, Unit};
use serde_json::Value;

use crate::duration;

/// How a level stands, for one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// What changes only when something happens.
    pub(crate) what: String,
    /// How long is left; changes with every second.
    pub(crate) left: Option<String>,
}

/// How the level of a request stands.
pub(crate) fn standing(request: &Request, now: Timestamp) -> Standing {
    if let Some(decision) = &request.decision {
        return Standing { what: ended(decision), left: None };
    }
    let mut parts = vec![format!("waits for {}", people(request.outstanding())), groups(request)];
    parts.extend(reminded(request));
    if request.escalated_at.is_some() {
        parts.push("escalated".to_owned());
    }
    let left = request.deadline.map(|deadline| match seconds_until(deadline, now) {
        0 => "the time is up".to_owned(),
        seconds => format!("{} left", duration::show(seconds)),
    });
    Standing { what: parts.join("; "), left }
}

/// How it ended: `rejected by ana@example.com (email) at 2026-01-05T09:00:00Z: not today`.
pub(crate) fn ended(decision: &Decision) -> String {
    let Decision { status, at, by, channel, reason, superseded_by, .. } = decision;
    let by = by.as_ref().map_or(String::new(), |person| format!(" by {person}"));
    let way = channel.map_or(String::new(), |channel| format!(" ({})", channel.as_str()));
    let newer = superseded_by.as_ref().map_or(String::new(), |plan| format!(" by the plan {plan}"));
    let reason = reason.as_deref().map_or(String::new(), |reason| format!(": {}", words::line(reason)));
    format!("{status}{by}{newer}{way} at {}{reason}", time(*at))
}

/// How far each group is: `1 of 2 for security, 0 of 1 for data owner`, and the rejections where one is not enough.
pub(crate) fn groups(request: &Request) -> String {
    let mut counts: Vec<_> = request
        .groups()
        .map(|group| {
            let role = words::line(&group.role);
            format!("{} of {} for {role}", tally::approvals(request, group), group.quorum)
        })
        .collect();
    let rejections = request.votes.iter().filter(|vote| vote.choice == Choice::Reject).count();
    if rejections > 0 {
        counts.push(format!("{rejections} of {} to reject", request.level.reject_quorum));
    }
    counts.join(", ")
}

/// The people of a level that was not opened yet: `security, 2 of 3: eve@example.com, ...`.
pub(super) fn planned(level: &Level) -> Vec<String> {
    let group = |group: &Group, after: &str| {
        let people = people(group.approvers.iter().map(|approver| &approver.email));
        let count = group.count(|_| true);
        format!("{}{after}, {} of {count}: {people}", words::line(&group.role), group.quorum)
    };
    let further = level.escalation().map(|escalation| group(&escalation.group, " (after silence)"));
    level.groups.iter().map(|asked| group(asked, "")).chain(further).collect()
}

/// A workflow's cause as a person would say it. Ours and Lambda's are JSON objects; anything else is shown as it is.
pub(crate) fn cause_in_words(cause: &str) -> String {
    let object: Value = serde_json::from_str(cause).unwrap_or_default();
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let told = ["message", "errorMessage", "reason"].into_iter().find_map(text).unwrap_or(cause);
    words::line(told)
}

fn reminded(request: &Request) -> Option<String> {
    let reminders = request.contacts.iter().filter(|contact| matches!(contact.purpose, Purpose::Reminder(_)));
    let last = reminders.filter_map(|contact| contact.sent_at).max()?;
    Some(format!("reminded at {}", time(last)))
}

/// Addresses in one line.
pub(crate) fn people<'a>(people: impl Iterator<Item = &'a EmailAddress>) -> String {
    let all: Vec<_> = people.map(EmailAddress::as_str).collect();
    if all.is_empty() { "nobody".to_owned() } else { all.join(", ") }
}

/// A time in RFC 3339, without fractions of seconds.
pub(crate) fn time(at: Timestamp) -> String {
    at.round(Unit::Second).unwrap_or(at).to_string()
}

/// 0 when it has passed.
fn seconds_until(end: Timestamp, now: Timestamp) -> u32 {
    u32::try_from(end.duration_since(now).as_secs().max(0)).unwrap_or(u32::MAX)
}

pub(super) fn channel(channel: Channel) -> &'static str {
    channel.as_str()
}

/// Whether its votes still count.
pub(super) fn is_open(request: &Request) -> bool {
    request.status == Status::Pending
}
