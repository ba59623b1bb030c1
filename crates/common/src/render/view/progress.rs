//! How far a request is: its level among the others, its groups and their people.

use std::cmp::Ordering;

use crate::domain::{Choice, EmailAddress, Group, Refusal, Request, Status};

use super::super::texts::{self, SAY, Tone, fill};
use super::super::untrusted::Shown;
use super::super::when::Moment;

/// How far a group is.
pub(in super::super) struct GroupView {
    /// What its people are.
    pub(in super::super) role: Shown,
    /// How many of them must agree.
    pub(in super::super) rule: String,
    /// How many have.
    pub(in super::super) so_far: String,
    /// Whether that is enough.
    pub(in super::super) met: bool,
    /// Whether silence brought it in.
    pub(in super::super) further: bool,
    /// Its people.
    pub(in super::super) people: Vec<PersonView>,
}

/// Where an approver stands.
pub(in super::super) struct PersonView {
    /// Who.
    pub(in super::super) email: String,
    /// How they are called.
    pub(in super::super) name: Option<Shown>,
    /// Whether they are the reader.
    pub(in super::super) reader: bool,
    /// A mark beside them; the words say the same.
    pub(in super::super) mark: &'static str,
    /// How it feels.
    pub(in super::super) tone: Tone,
    /// What they did, in a few words.
    pub(in super::super) says: String,
    /// Whether that is more than that nothing happened.
    pub(in super::super) telling: bool,
}

/// The progress of every group, as `reader` sees it.
pub(in super::super) fn groups(request: &Request, reader: Option<&EmailAddress>) -> Vec<GroupView> {
    request.groups().map(|group| group_view(request, group, reader)).collect()
}

fn group_view(request: &Request, group: &Group, reader: Option<&EmailAddress>) -> GroupView {
    let quorum = usize::try_from(group.quorum).unwrap_or(usize::MAX);
    let people: Vec<_> = group
        .approvers
        .iter()
        .map(|approver| {
            let (mark, tone, says, telling) = says(request, &approver.email);
            PersonView {
                email: approver.email.to_string(),
                name: approver.name.as_deref().map(Shown::line),
                reader: reader.is_some_and(|reader| approver.email.is_same_person(reader)),
                mark,
                tone,
                says,
                telling,
            }
        })
        .collect();
    let approved = crate::domain::tally::approvals(request, group);
    let so_far = texts::so_far(approved, quorum);
    let open = request.status == Status::Pending;
    GroupView {
        role: Shown::line(&group.role),
        rule: texts::quorum(quorum, people.len()),
        so_far: if open { fill(SAY.approvals_so_far, &[("approvals", &so_far)]) } else { so_far },
        met: approved >= quorum,
        further: request.further_group() == Some(group),
        people,
    }
}

/// A mark, its tone, the words, and whether they tell anything.
fn says(request: &Request, person: &EmailAddress) -> (&'static str, Tone, String, bool) {
    if let Some(vote) = request.vote_of(person) {
        let (mark, tone, text) = match vote.choice {
            Choice::Approve => ("✓", Tone::Good, SAY.says_approved_on),
            Choice::Reject => ("✕", Tone::Bad, SAY.says_rejected_on),
        };
        return (mark, tone, fill(text, &[("at", &Moment(vote.at))]), true);
    }
    match request.check_entitled(person) {
        Err(Refusal::SelfApproval) => ("–", Tone::Calm, SAY.says_requester.to_owned(), true),
        Err(Refusal::VotedAtEarlierLevel { level }) => {
            ("–", Tone::Calm, fill(SAY.says_voted_at, &[("level", &level)]), true)
        }
        Err(Refusal::NeededAtLaterLevel { level }) => {
            ("–", Tone::Calm, fill(SAY.says_needed_at, &[("level", &level)]), true)
        }
        _ if request.status == Status::Pending => ("…", Tone::Calm, SAY.says_not_yet.to_owned(), false),
        _ => ("–", Tone::Calm, SAY.says_nothing.to_owned(), false),
    }
}

/// One of the levels of the workflow.
pub(in super::super) struct LevelStep {
    /// What is said of it.
    pub(in super::super) text: String,
    /// Whether it is the one that this request is about.
    pub(in super::super) here: bool,
}

/// Every level of the workflow, where there are several. A record knows only its own by name.
pub(in super::super) fn levels(request: &Request) -> Vec<LevelStep> {
    let here = request.level_number;
    if request.level_count < 2 {
        return Vec::new();
    }
    let goes_on = matches!(request.status, Status::Pending | Status::Approved);
    let step = |number: u32| {
        let text = match number.cmp(&here) {
            Ordering::Less => SAY.level_before,
            Ordering::Equal => SAY.level_now,
            Ordering::Greater if goes_on => SAY.level_after,
            Ordering::Greater => SAY.level_not_asked,
        };
        let name = Shown::line(&request.level.name);
        LevelStep { text: fill(text, &[("number", &number), ("name", &name)]), here: number == here }
    };
    (1..=request.level_count).map(step).collect()
}
