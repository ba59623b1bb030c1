//! What is said of a record, and how. The words themselves stand in [`english`], one file per language.
//!
//! Everything that people wrote comes in as [`Shown`] or is made so here.

pub(super) mod catalogue;
mod ends;
mod english;
mod events;
pub(super) mod preview;
mod problems;
pub(super) mod slack;
mod visits;

pub(super) use catalogue::{Forms, Gap, around, fill};
pub(super) use ends::{
    Seen, decided, deployment_answer, outcome, outcome_subject, reason, status_badge, why_told,
};
pub(super) use english::Texts;
pub(super) use events::{asked, happening, resumed};
pub(super) use problems::{field_error, problem};
pub(super) use visits::{decide_in_slack, needed, recorded, refused};

use crate::domain::{
    Channel, Choice, EmailAddress, Facts, PolicyVersion, Purpose, Request, Silence, Status, Strength, Vote,
};

use super::untrusted::Shown;

/// The language that is spoken.
pub(super) const SAY: &Texts = &english::TEXTS;

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

    /// The colour in mails, which have no stylesheet everywhere.
    pub(super) fn color(self) -> &'static str {
        match self {
            Self::Good => "#17623a",
            Self::Bad => "#a11c1c",
            Self::Calm => "#3a4757",
        }
    }
}

/// What is to be told: a headline, how it came about, the words that somebody gave as the reason, and what follows.
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
    /// What happens now, or has happened since.
    pub(super) next: Vec<String>,
}

/// The form of a text that a number asks for, with the number in its gap `n`.
pub(super) fn count(forms: Forms, number: usize) -> String {
    catalogue::count(SAY, forms, i64::try_from(number).unwrap_or(i64::MAX))
}

/// The same with further gaps.
pub(super) fn count_with(forms: Forms, number: usize, gaps: &[Gap<'_>]) -> String {
    let form = catalogue::pick(SAY, forms, i64::try_from(number).unwrap_or(i64::MAX));
    fill(form, &[gaps, &[("n", &number)]].concat())
}

/// What is said of a deployment, or what is said instead of anything else that was approved.
pub(super) fn of_use(facts: &Facts, deployment: &'static str, other: &'static str) -> &'static str {
    match facts {
        Facts::Deployment(_) => deployment,
        Facts::General(_) => other,
    }
}

/// What is asked, without naming it: `Deployment approval required`. The kind in it is the caller's word, as
/// it came.
pub(super) fn required(facts: &Facts) -> String {
    let kind = match facts {
        Facts::Deployment(_) => Some(SAY.deployment.to_owned()),
        Facts::General(_) => facts.kind(),
    };
    match kind {
        Some(kind) if !kind.trim().is_empty() => fill(SAY.required_kind, &[("kind", &kind)]),
        _ => SAY.required.to_owned(),
    }
}

/// The labelled values, in the order in which they are shown.
pub(super) fn rows(facts: &Facts) -> Vec<(Shown, Shown)> {
    match facts {
        Facts::Deployment(facts) => [
            (SAY.service, &facts.service_name),
            (SAY.version, &facts.version),
            (SAY.environment, &facts.environment),
        ]
        .map(|(label, value)| (Shown::line(label), Shown::line(value)))
        .into(),
        Facts::General(facts) => {
            let amount =
                facts.amount.iter().map(|amount| (Shown::line(SAY.amount), Shown::line(&amount.to_string())));
            let stated = facts.facts.iter().map(|fact| (Shown::line(&fact.label), Shown::line(&fact.value)));
            amount.chain(stated).collect()
        }
    }
}

/// What the longer text is called.
pub(super) fn details_label(facts: &Facts) -> &'static str {
    match facts {
        Facts::Deployment(_) => SAY.changes,
        Facts::General(_) => SAY.details,
    }
}

/// Who voted, as far as the vote proves it.
pub(super) fn voter(vote: &Vote) -> String {
    let text = match vote.strength {
        Strength::Link => SAY.link_holder,
        Strength::Slack => SAY.signed_in,
    };
    fill(text, &[("person", &vote.approver)])
}

/// By which way a vote came.
pub(super) fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => SAY.by_email,
        Channel::Slack => SAY.in_slack,
    }
}

/// What the words that came with a vote are called.
pub(super) fn reason_label(choice: Choice) -> &'static str {
    match choice {
        Choice::Approve => SAY.comment_label,
        Choice::Reject => SAY.reason_label,
    }
}

/// What a mail that asks begins with, where it is not the first.
pub(super) fn asking_prefix(purpose: Purpose) -> Option<&'static str> {
    match purpose {
        Purpose::Ask => None,
        Purpose::Reminder(_) => Some(SAY.reminder),
        Purpose::Escalation => Some(SAY.others_asked),
        Purpose::Link => Some(SAY.link_again),
    }
}

/// What silence will lead to, where that is not the usual end.
pub(super) fn silence(request: &Request) -> Option<String> {
    let open = request.status == Status::Pending && request.deadline.is_some();
    match &request.level.silence {
        Silence::Approve if open => Some(SAY.silence_approves.to_owned()),
        Silence::Escalate(escalation) if open && request.escalated_at.is_none() => {
            let role = Shown::line(&escalation.group.role);
            Some(fill(SAY.silence_escalates, &[("role", &role)]))
        }
        _ => None,
    }
}

/// What silence has led to, as it concerns a person; `None` while it has led to nothing.
pub(super) fn escalation(request: &Request, person: &EmailAddress) -> Option<String> {
    let group = request.further_group()?;
    let role = Shown::line(&group.role);
    Some(if group.has(person) {
        fill(SAY.escalated_to_you, &[("role", &role)])
    } else {
        fill(SAY.escalated_you_can_still, &[("escalated", &fill(SAY.escalated, &[("role", &role)]))])
    })
}

/// How many of a group must agree.
pub(super) fn quorum(quorum: usize, people: usize) -> String {
    match (quorum, people) {
        (1, 1) => SAY.quorum_one.to_owned(),
        (needed, all) if needed == all => fill(SAY.quorum_all, &[("people", &all)]),
        (needed, all) => fill(SAY.quorum_some, &[("quorum", &needed), ("people", &all)]),
    }
}

/// How far a group is.
pub(super) fn so_far(approved: usize, quorum: usize) -> String {
    count_with(SAY.approvals, quorum, &[("approved", &approved), ("quorum", &quorum)])
}

/// What a group still lacks.
pub(super) fn missing(count: usize, role: &Shown) -> String {
    count_with(SAY.lacking, count, &[("role", role)])
}

/// One of two ways to the same end.
pub(super) fn either(one: &str, other: &str) -> String {
    fill(SAY.either, &[("one", &one), ("other", &other)])
}

/// How a level is rejected.
fn rejection(quorum: u32) -> String {
    match quorum {
        0 | 1 => SAY.reject_one.to_owned(),
        several => fill(SAY.reject_some, &[("quorum", &several)]),
    }
}

/// Joins phrases: `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first, middle @ .., last] => {
            let comma =
                |most: String, next: &String| fill(SAY.list_comma, &[("most", &most), ("next", next)]);
            let most = middle.iter().fold(first.clone(), comma);
            fill(SAY.list_and, &[("most", &most), ("last", last)])
        }
    }
}

/// Which version of the policy, and which of its rules.
pub(super) fn policy(policy: &PolicyVersion) -> String {
    let rule = Shown::line(&policy.rule);
    fill(SAY.policy_version, &[("number", &policy.number), ("rule", &rule)])
}

/// Which level of how many: `1 of 2: manager`.
pub(super) fn level(number: u32, count: u32, name: &Shown) -> String {
    fill(SAY.level_of, &[("number", &number), ("count", &count), ("name", name)])
}
