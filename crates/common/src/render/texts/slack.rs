//! What Slack's messages, modals and private notices say. No `mrkdwn` is made here.

use jiff::Timestamp;

use crate::domain::{Choice, EmailAddress, Refusal, Request};

use super::super::untrusted::Shown;
use super::ends::{Seen, decided, deployment_answer, follow_at, follows, reason, status_badge};
use super::visits::{self, missing_votes};
use super::{SAY, Story, Tone, count, count_with, fill, list};

/// How it ended, in a word or two.
pub(in super::super) fn ended(request: &Request) -> &'static str {
    status_badge(request, Timestamp::MIN).1
}

/// How it ended, in sentences.
pub(in super::super) fn outcome(request: &Request) -> Story {
    let next = follows(request, Seen::InSlack).into_iter().chain(deployment_answer(request));
    let next = next.chain(follow_at(request)).collect();
    Story {
        tone: Tone::Calm,
        heading: ended(request).to_owned(),
        lines: decided(request).into_iter().collect(),
        reason: reason(request),
        next,
    }
}

pub(in super::super) fn requester(person: &EmailAddress) -> String {
    fill(SAY.slack_requester, &[("person", person)])
}

pub(in super::super) fn fingerprint(digits: &str) -> String {
    fill(SAY.slack_fingerprint, &[("fingerprint", &digits)])
}

pub(in super::super) fn level(level: &str) -> String {
    fill(SAY.slack_level, &[("level", &level)])
}

pub(in super::super) fn workflow(name: &Shown) -> String {
    fill(SAY.slack_workflow, &[("name", name)])
}

pub(in super::super) fn more(link: &Shown) -> String {
    fill(SAY.slack_more, &[("link", link)])
}

pub(in super::super) fn more_facts(number: usize) -> String {
    count_with(SAY.slack_more_facts, number, &[("button", &SAY.show_everything)])
}

pub(in super::super) fn more_text(characters: usize) -> String {
    count_with(SAY.slack_more_text, characters, &[("button", &SAY.show_everything)])
}

pub(in super::super) fn more_groups(number: usize) -> String {
    count(SAY.slack_more_groups, number)
}

pub(in super::super) fn confirmation(title: &Shown, fingerprint: &str) -> String {
    fill(SAY.slack_confirmation, &[("fingerprint", &fingerprint), ("title", title)])
}

pub(in super::super) fn type_phrase(phrase: &Shown) -> String {
    fill(SAY.slack_type_phrase, &[("phrase", phrase)])
}

/// That silence has brought in a further group.
pub(in super::super) fn escalated(request: &Request) -> Option<String> {
    let role = Shown::line(&request.further_group()?.role);
    Some(fill(SAY.escalated, &[("role", &role)]))
}

/// That votes are still missing.
pub(in super::super) fn reminder(request: &Request, left: Option<&str>, now: Timestamp) -> String {
    let missing = list(&missing_votes(request, now));
    let line = if missing.is_empty() {
        SAY.slack_still_waiting.to_owned()
    } else {
        fill(SAY.slack_still_needed, &[("votes", &missing)])
    };
    let line = match left {
        None => line,
        Some(span) => fill(SAY.slack_left, &[("line", &line), ("span", &span)]),
    };
    line + "."
}

/// Why somebody's click counts for nothing, and what holds instead.
pub(in super::super) fn refused(
    request: &Request,
    person: Option<&EmailAddress>,
    refusal: Refusal,
    now: Timestamp,
) -> Story {
    match (person, refusal) {
        (None, _) | (_, Refusal::NotAnApprover) => plain(SAY.not_asked, SAY.slack_stranger),
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
    plain(SAY.slack_wrong_place, SAY.slack_wrong_place_line)
}

pub(in super::super) fn not_recorded() -> Story {
    plain(SAY.slack_not_recorded, SAY.slack_not_recorded_line)
}

pub(in super::super) fn slack_did_not_help() -> Story {
    plain(SAY.slack_not_recorded, SAY.slack_did_not_help_line)
}

pub(in super::super) fn not_set_up() -> Story {
    plain(SAY.slack_not_set_up, SAY.slack_not_set_up_line)
}

pub(in super::super) fn not_confirmed() -> Story {
    plain(SAY.slack_not_confirmed, SAY.slack_not_confirmed_line)
}

fn plain(heading: &str, line: &str) -> Story {
    let lines = vec![line.to_owned()];
    Story { tone: Tone::Calm, heading: heading.to_owned(), lines, reason: None, next: Vec::new() }
}
