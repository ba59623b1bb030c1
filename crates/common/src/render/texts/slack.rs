//! What Slack's messages, modals and private notices say. No `mrkdwn` is made here.

use jiff::Timestamp;

use crate::domain::{Choice, EmailAddress, Refusal, Request};

use super::super::untrusted::Shown;
use super::ends::{Seen, decided, deployment_answer, follows, reason, status_badge};
use super::visits::{self, missing_votes};
use super::{Story, Tone, list};

pub(in super::super) const PRODUCT: &str = "Countersign";
pub(in super::super) const APPROVE: &str = "Approve";
pub(in super::super) const REJECT: &str = "Reject";
pub(in super::super) const EVERYTHING: &str = "Show everything";
pub(in super::super) const CANCEL: &str = "Cancel";
pub(in super::super) const CLOSE: &str = "Close";
pub(in super::super) const CONFIRM_TITLE: &str = "Approve this?";
pub(in super::super) const GIVE_REASON: &str = "Why do you reject it? Everyone who was asked will read it.";
pub(in super::super) const NAMED_BY_CALLER: &str = "The calling workflow named the approvers.";

/// How it ended, in a word or two.
pub(in super::super) fn ended(request: &Request) -> &'static str {
    status_badge(request, Timestamp::MIN).1
}

/// How it ended, in sentences.
pub(in super::super) fn outcome(request: &Request) -> Story {
    let mut lines: Vec<String> = decided(request).into_iter().collect();
    lines.extend(follows(request, Seen::InSlack));
    lines.extend(deployment_answer(request));
    Story { tone: Tone::Calm, heading: ended(request).to_owned(), lines, reason: reason(request) }
}

pub(in super::super) fn requester(person: &EmailAddress) -> String {
    format!("Requested by {person} (stated)")
}

pub(in super::super) fn fingerprint(digits: &str) -> String {
    format!("Fingerprint {digits}")
}

pub(in super::super) fn level(level: &str) -> String {
    format!("Level {level}")
}

pub(in super::super) fn workflow(name: &Shown) -> String {
    format!("Workflow {name}")
}

pub(in super::super) fn more(link: &Shown) -> String {
    format!("More: {link}")
}

pub(in super::super) fn more_facts(count: usize) -> String {
    format!("… and {count} more facts: press “{EVERYTHING}”.")
}

pub(in super::super) fn more_text(characters: usize) -> String {
    format!("({characters} more characters: press “{EVERYTHING}”.)")
}

pub(in super::super) fn more_groups(count: usize) -> String {
    format!("… and {count} more groups")
}

pub(in super::super) fn confirmation(title: &Shown, fingerprint: &str) -> String {
    format!("Fingerprint {fingerprint}. {title}")
}

pub(in super::super) fn type_phrase(phrase: &Shown) -> String {
    format!("Type “{phrase}” to approve")
}

/// That silence has brought in a further group.
pub(in super::super) fn escalated(request: &Request) -> Option<String> {
    let role = Shown::line(&request.further_group()?.role);
    Some(format!(
        "Nobody decided by the first deadline, so the group “{role}” is asked as well, and can approve alone."
    ))
}

/// That votes are still missing.
pub(in super::super) fn reminder(request: &Request, left: Option<&str>, now: Timestamp) -> String {
    let missing = list(&missing_votes(request, now));
    let left = left.map_or(String::new(), |left| format!(" ({left} left)"));
    if missing.is_empty() {
        format!("Reminder: this is still waiting{left}.")
    } else {
        format!("Reminder: still needed is {missing}{left}.")
    }
}

/// Why somebody's click counts for nothing, and what holds instead.
pub(in super::super) fn refused(
    request: &Request,
    person: Option<&EmailAddress>,
    refusal: Refusal,
    now: Timestamp,
) -> Story {
    match (person, refusal) {
        (None, _) | (_, Refusal::NotAnApprover) => {
            let lines = vec![
                "Nothing was recorded: your Slack account is not that of an approver of this request."
                    .to_owned(),
            ];
            plain("You are not asked to decide this", lines)
        }
        (Some(person), refusal) => visits::refused(request, person, refusal, now, Seen::InSlack),
    }
}

/// That a vote stands.
pub(in super::super) fn recorded(
    request: &Request,
    person: &EmailAddress,
    choice: Choice,
    now: Timestamp,
) -> Story {
    visits::recorded(request, person, choice, now, Seen::InSlack)
}

pub(in super::super) fn wrong_place() -> Story {
    let line = "Nothing was recorded: this button does not belong to a request that is asked here.";
    plain("This button leads nowhere", vec![line.to_owned()])
}

pub(in super::super) fn not_recorded() -> Story {
    let line = "Countersign could not reach its records just now, so nothing was recorded. Please try again.";
    plain("Not recorded", vec![line.to_owned()])
}

pub(in super::super) fn slack_did_not_help() -> Story {
    let line = "Slack did not do in time what Countersign needs for this, so nothing was recorded. Please press again.";
    plain("Not recorded", vec![line.to_owned()])
}

pub(in super::super) fn not_set_up() -> Story {
    let line = "Nothing was recorded: Countersign cannot check whether this comes from its own workspace and app, \
                because it is not set up for that. Please tell whoever operates it.";
    plain("Countersign is not set up for this workspace", vec![line.to_owned()])
}

pub(in super::super) fn not_confirmed() -> Story {
    let line = "Countersign did not get an answer from its records in time, so it is not confirmed that anything \
                was recorded. The message shows it if it was. Deciding again is safe: it counts once.";
    plain("Not confirmed", vec![line.to_owned()])
}

fn plain(heading: &str, lines: Vec<String>) -> Story {
    Story { tone: Tone::Calm, heading: heading.to_owned(), lines, reason: None }
}
