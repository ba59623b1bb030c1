//! The words that depend on the record. With `templates/`, this is all that another language would replace.
//!
//! Everything that people wrote comes in as [`Shown`](super::untrusted::Shown) or is made so here.

mod ends;
mod events;
mod problems;
pub(super) mod slack;
mod visits;

pub(super) use ends::{Seen, outcome, outcome_subject, status_badge, why_told};
pub(super) use events::happening;
pub(super) use problems::{field_error, problem};
pub(super) use visits::{missing_votes, recorded, refused};

use crate::domain::{
    Channel, Choice, EmailAddress, Facts, Purpose, Request, Silence, Status, Strength, Vote,
};

use super::untrusted::Shown;

/// How a page or a mail feels: the name of a colour in the stylesheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// It went well.
    Good,
    /// Somebody said no, or it cannot go on.
    Bad,
    /// It ended, or waits, without anyone's fault.
    Calm,
}

impl Tone {
    /// The class in the stylesheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Calm => "calm",
        }
    }
}

/// What is to be told: a headline, sentences, and the words that somebody gave as the reason.
#[derive(Clone, Debug)]
pub(super) struct Story {
    /// How it feels.
    pub(super) tone: Tone,
    /// The headline.
    pub(super) heading: String,
    /// The sentences, one per paragraph.
    pub(super) lines: Vec<String>,
    /// The reason or comment, in somebody's own words, with what it is called.
    pub(super) reason: Option<(&'static str, Shown)>,
}

/// A span that is not worth counting.
pub(super) const LESS_THAN_A_MINUTE: &str = "less than a minute";

/// The name of a month, 1 to 12.
pub(super) fn month(number: i8) -> &'static str {
    match number {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    }
}

/// So many days.
pub(super) fn days(count: i64) -> String {
    counted(count, "day", "days")
}

/// So many hours.
pub(super) fn hours(count: i64) -> String {
    counted(count, "hour", "hours")
}

/// So many minutes.
pub(super) fn minutes(count: i64) -> String {
    counted(count, "minute", "minutes")
}

fn counted(count: i64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// What is asked, without naming it: `Deployment approval required`. The kind in it is the caller's word, as
/// it came.
pub(super) fn required(facts: &Facts) -> String {
    match facts.kind() {
        Some(kind) if !kind.trim().is_empty() => format!("{kind} approval required"),
        _ => "Approval required".to_owned(),
    }
}

/// Who voted, as far as the vote proves it.
pub(super) fn voter(vote: &Vote) -> String {
    match vote.strength {
        Strength::Link => format!("the holder of the link sent to {}", vote.approver),
        Strength::Slack => format!("{} (signed in to Slack)", vote.approver),
    }
}

/// By which way a vote came.
pub(super) fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "by email",
        Channel::Slack => "in Slack",
    }
}

/// What a vote is called: `approval`, `rejection`.
pub(super) fn vote_noun(choice: Choice) -> &'static str {
    match choice {
        Choice::Approve => "approval",
        Choice::Reject => "rejection",
    }
}

/// What a voter did, as the start of a sentence: `Approved`.
pub(super) fn voted_first(choice: Choice) -> &'static str {
    match choice {
        Choice::Approve => "Approved",
        Choice::Reject => "Rejected",
    }
}

/// What a voter did.
pub(super) fn voted(choice: Choice) -> &'static str {
    match choice {
        Choice::Approve => "approved",
        Choice::Reject => "rejected",
    }
}

/// What the words that came with a vote are called.
pub(super) fn reason_label(choice: Choice) -> &'static str {
    match choice {
        Choice::Approve => "Comment:",
        Choice::Reject => "Reason:",
    }
}

/// The start of the subject of a mail that asks.
pub(super) fn asking_prefix(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Ask | Purpose::Link => "",
        Purpose::Reminder(_) => "Reminder: ",
        Purpose::Escalation => "Others are asked as well: ",
    }
}

/// What silence will lead to, where that is not the usual end.
pub(super) fn silence(request: &Request) -> Option<String> {
    let open = request.status == Status::Pending && request.deadline.is_some();
    match &request.level.silence {
        Silence::Approve if open => Some("If nobody decides by then, it counts as approved.".to_owned()),
        Silence::Escalate(escalation) if open && request.escalated_at.is_none() => {
            let role = Shown::line(&escalation.group.role);
            Some(format!("If nobody decides by then, the group “{role}” is asked as well."))
        }
        _ => None,
    }
}

/// What silence has led to, as it concerns a person; `None` while it has led to nothing.
pub(super) fn escalation(request: &Request, person: &EmailAddress) -> Option<String> {
    let group = request.further_group()?;
    let role = Shown::line(&group.role);
    Some(if group.has(person) {
        format!(
            "Nobody decided by the first deadline, so the group “{role}” is asked as well. It can approve alone."
        )
    } else {
        format!(
            "Nobody decided by the first deadline, so the group “{role}” is asked as well, and can approve alone. You can still decide."
        )
    })
}

/// How many of a group must agree.
pub(super) fn quorum(quorum: usize, people: usize) -> String {
    match (quorum, people) {
        (1, 1) => "must approve".to_owned(),
        (needed, all) if needed == all => format!("all {all} must approve"),
        (needed, all) => format!("{needed} of {all} must approve"),
    }
}

/// How far a group is.
pub(super) fn so_far(approved: usize, quorum: usize) -> String {
    format!("{approved} of {quorum} {}", if quorum == 1 { "approval" } else { "approvals" })
}

/// What a group still lacks.
pub(super) fn missing(count: usize, role: &Shown) -> String {
    format!("{count} more {} from the group “{role}”", if count == 1 { "approval" } else { "approvals" })
}

/// One of two ways to the same end.
pub(super) fn either(one: &str, other: &str) -> String {
    format!("{one}, or {other} alone")
}

/// How a level is rejected.
pub(super) fn rejection(quorum: u32) -> String {
    match quorum {
        0 | 1 => "One rejection ends the request.".to_owned(),
        count => {
            format!("{count} rejections end the request, or fewer if too few are left who could approve it.")
        }
    }
}

/// Joins phrases: `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// Which level of how many: `1 of 2: manager`.
pub(super) fn level(number: u32, count: u32, name: &Shown) -> String {
    format!("{number} of {count}: {name}")
}
