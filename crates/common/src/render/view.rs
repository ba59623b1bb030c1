//! What mails and pages show of a request, ready for the templates.

use jiff::Timestamp;

use crate::domain::{Choice, EmailAddress, Group, NamedBy, Refusal, Request, Status};

use super::texts;
use super::untrusted::{More, Shown};
use super::when::{Moment, span};

/// What is asked for, by whom, until when.
pub(super) struct About {
    /// `Deployment approval required`.
    pub(super) required: Shown,
    /// `checkout 2.4.1 to production`.
    pub(super) title: Shown,
    /// The labelled facts.
    pub(super) rows: Vec<(Shown, Shown)>,
    /// Who asked, by their own statement.
    pub(super) requester: Option<EmailAddress>,
    /// Which level of how many, where there are several.
    pub(super) level: Option<String>,
    /// The workflow's name.
    pub(super) workflow: Option<Shown>,
    /// The longer text.
    pub(super) details: Option<Details>,
    /// The address with more.
    pub(super) more: Option<More>,
    /// The fingerprint's first digits.
    pub(super) fingerprint: String,
    /// When it was opened.
    pub(super) opened: Moment,
    /// Until when votes count.
    pub(super) deadline: Option<Moment>,
    /// What happens when nobody has decided by then, where that is not the usual end.
    pub(super) silence: Option<String>,
    /// How long that is from now; `None` when there is no deadline or it has passed.
    pub(super) left: Option<String>,
    /// Whether the calling workflow named the approvers.
    pub(super) named_by_caller: bool,
    /// Whether votes are still taken.
    pub(super) open: bool,
}

impl About {
    /// The view of a request; `now` says how long is left, `limit` how much of the longer text comes first.
    pub(super) fn of(request: &Request, now: Option<Timestamp>, limit: usize) -> Self {
        // Until a further group is asked, what counts for those who are is when that will be.
        let ahead = |due: &Timestamp| now.is_none_or(|now| *due > now);
        let deadline = request.escalation_due_at().filter(ahead).or(request.deadline);
        let row = |fact: crate::domain::Fact| (Shown::line(&fact.label), Shown::line(&fact.value));
        Self {
            required: Shown::line(&texts::required(&request.facts)),
            title: Shown::line(&request.facts.title()),
            rows: request.facts.rows().into_iter().map(row).collect(),
            requester: request.requested_by.clone(),
            level: (request.level_count > 1).then(|| {
                texts::level(request.level_number, request.level_count, &Shown::line(&request.level.name))
            }),
            workflow: request.workflow.name().map(Shown::line),
            details: request
                .facts
                .details()
                .filter(|text| !text.trim().is_empty())
                .map(|text| Details::of(request.facts.details_label(), text, limit)),
            more: request.facts.link().filter(|text| !text.trim().is_empty()).map(More::read),
            fingerprint: request.fingerprint.short().to_owned(),
            opened: Moment(request.opened_at),
            deadline: deadline.map(Moment),
            silence: texts::silence(request),
            left: now.and_then(|now| deadline.and_then(|deadline| span(now, deadline))),
            named_by_caller: request.level.named_by == NamedBy::Caller,
            open: request.status == Status::Pending,
        }
    }
}

/// A longer text, with what is too long for a first look apart.
pub(super) struct Details {
    /// What it is called.
    pub(super) label: &'static str,
    /// Its start, or all of it.
    pub(super) start: Shown,
    /// What follows.
    pub(super) rest: Option<Rest>,
}

/// The end of a longer text.
pub(super) struct Rest {
    /// The text.
    pub(super) text: Shown,
    /// How many characters it has.
    pub(super) length: usize,
}

impl Details {
    fn of(label: &'static str, text: &str, limit: usize) -> Self {
        let (start, rest) = Shown::beginning(text, limit);
        let length = rest.chars().count();
        let rest = (length > 0).then(|| Rest { text: Shown::block(rest), length });
        Self { label, start, rest }
    }
}

/// How far a group is.
pub(super) struct GroupView {
    /// What its people are.
    pub(super) role: Shown,
    /// How many of them must agree.
    pub(super) rule: String,
    /// How many have.
    pub(super) so_far: String,
    /// Whether that is enough.
    pub(super) met: bool,
    /// Whether silence brought it in.
    pub(super) further: bool,
    /// Its people.
    pub(super) people: Vec<PersonView>,
}

/// Where an approver stands.
pub(super) struct PersonView {
    /// Who.
    pub(super) email: String,
    /// How they are called.
    pub(super) name: Option<Shown>,
    /// Whether they are the reader.
    pub(super) reader: bool,
    /// A mark beside them; the words say the same.
    pub(super) mark: &'static str,
    /// The mark's class in the stylesheet.
    pub(super) class: &'static str,
    /// What they did, in a few words.
    pub(super) says: PersonSays,
    /// When they did it.
    pub(super) at: Option<Moment>,
}

/// What an approver did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PersonSays {
    /// They approved.
    Approved,
    /// They rejected.
    Rejected,
    /// They may still vote.
    NotYet,
    /// They did not vote while it was open.
    DidNotVote,
    /// They asked for it and may not vote.
    Requester,
    /// They voted at this earlier level.
    VotedAt(u32),
    /// This later level needs them.
    NeededAt(u32),
}

/// The progress of every group, as `reader` sees it.
pub(super) fn groups(request: &Request, reader: &EmailAddress) -> Vec<GroupView> {
    request.groups().map(|group| group_view(request, group, reader)).collect()
}

fn group_view(request: &Request, group: &Group, reader: &EmailAddress) -> GroupView {
    let quorum = usize::try_from(group.quorum).unwrap_or(usize::MAX);
    let people: Vec<_> = group
        .approvers
        .iter()
        .map(|approver| {
            let vote = request.vote_of(&approver.email);
            let says = says(request, &approver.email);
            let (mark, class) = match says {
                PersonSays::Approved => ("✓", "good"),
                PersonSays::Rejected => ("✕", "bad"),
                PersonSays::NotYet => ("…", "calm"),
                PersonSays::DidNotVote
                | PersonSays::Requester
                | PersonSays::VotedAt(_)
                | PersonSays::NeededAt(_) => ("–", "calm"),
            };
            PersonView {
                email: approver.email.to_string(),
                name: approver.name.as_deref().map(Shown::line),
                reader: approver.email.is_same_person(reader),
                mark,
                class,
                says,
                at: vote.map(|vote| Moment(vote.at)),
            }
        })
        .collect();
    let approved = people.iter().filter(|person| person.says == PersonSays::Approved).count();
    GroupView {
        role: Shown::line(&group.role),
        rule: texts::quorum(quorum, people.len()),
        so_far: texts::so_far(approved, quorum),
        met: approved >= quorum,
        further: request.further_group() == Some(group),
        people,
    }
}

fn says(request: &Request, person: &EmailAddress) -> PersonSays {
    if let Some(vote) = request.vote_of(person) {
        return match vote.choice {
            Choice::Approve => PersonSays::Approved,
            Choice::Reject => PersonSays::Rejected,
        };
    }
    match request.check_entitled(person) {
        Err(Refusal::SelfApproval) => PersonSays::Requester,
        Err(Refusal::VotedAtEarlierLevel { level }) => PersonSays::VotedAt(level),
        Err(Refusal::NeededAtLaterLevel { level }) => PersonSays::NeededAt(level),
        _ if request.status == Status::Pending => PersonSays::NotYet,
        _ => PersonSays::DidNotVote,
    }
}

/// One line of the timeline.
pub(super) struct TimelineEntry {
    /// When.
    pub(super) at: Moment,
    /// What.
    pub(super) line: String,
    /// What somebody said with it.
    pub(super) reason: Option<Shown>,
}

/// What happened so far, in order.
pub(super) fn timeline(request: &Request) -> Vec<TimelineEntry> {
    request
        .events
        .iter()
        .map(|event| {
            let (line, reason) = texts::happening(&event.what);
            TimelineEntry { at: Moment(event.at), line, reason }
        })
        .collect()
}
