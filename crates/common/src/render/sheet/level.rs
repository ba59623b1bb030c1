//! One level of the record: who was asked, who said what and how surely it was them, and the chain of entries.

use crate::domain::event::{first_break, head};
use crate::domain::{Choice, NamedBy, Request, Status, Strength, Vote};

use super::super::texts::{self, SAY, count, fill};
use super::super::untrusted::Shown;
use super::super::view::{GroupView, groups};
use super::super::when::Moment;
use super::{Row, level_of};

/// How many digits of an entry's SHA-256 stand beside it.
const SHORT: usize = 12;

/// One request.
pub(super) struct LevelSheet {
    /// What the ids on the page end in.
    pub(super) number: u32,
    pub(super) heading: String,
    pub(super) badge: &'static str,
    pub(super) badge_class: &'static str,
    pub(super) rows: Vec<Row>,
    pub(super) groups: Vec<GroupView>,
    pub(super) votes: Vec<VoteSheet>,
    pub(super) entries: Vec<EntrySheet>,
    pub(super) chain: Vec<Row>,
}

/// One vote.
pub(super) struct VoteSheet {
    pub(super) heading: String,
    pub(super) rows: Vec<Row>,
    pub(super) reason: Option<(&'static str, Shown)>,
}

/// One entry of the timeline.
pub(super) struct EntrySheet {
    pub(super) at: String,
    pub(super) line: String,
    pub(super) reason: Option<Shown>,
    /// The start of its SHA-256.
    pub(super) hash: String,
}

/// How a request ended, in a sentence, or that it has not.
pub(super) fn decided(request: &Request) -> String {
    texts::decided(request).unwrap_or_else(|| SAY.record_pending.to_owned())
}

pub(super) fn level_sheet(request: &Request) -> LevelSheet {
    let (tone, badge) = texts::status_badge(request, request.opened_at);
    LevelSheet {
        number: request.level_number,
        heading: fill(SAY.record_level, &[("level", &level_of(request))]),
        badge,
        badge_class: tone.class(),
        rows: rows(request),
        groups: groups(request, None),
        votes: (1..).zip(&request.votes).map(|(number, vote)| vote_sheet(number, vote)).collect(),
        entries: entries(request),
        chain: chain(request),
    }
}

fn rows(request: &Request) -> Vec<Row> {
    let named_by = match request.level.named_by {
        NamedBy::Stack => SAY.record_by_stack,
        NamedBy::Caller => SAY.record_by_caller,
        NamedBy::Policy => SAY.record_by_policy,
    };
    let deadline = match request.deadline {
        Some(deadline) => Row::new(SAY.record_deadline, Moment(deadline)),
        None => Row::new(SAY.record_deadline, SAY.no_deadline).noting(SAY.no_deadline_note),
    };
    let mut rows = vec![
        Row::exact(SAY.record_request, &request.id),
        Row::new(SAY.opened, Moment(request.opened_at)),
        deadline,
        Row::new(SAY.record_named_by, named_by),
        Row::new(SAY.record_decision, decided(request)),
    ];
    let newer = request.decision.as_ref().and_then(|decision| decision.superseded_by.as_ref());
    rows.extend(newer.map(|plan| Row::exact(SAY.decided_superseded, plan)));
    rows.extend(texts::reason(request).map(|(label, words)| Row::new(label.trim_end_matches(':'), words)));
    if request.status != Status::Pending {
        rows.push(Row::new(SAY.record_told, texts::resumed(request.resume)));
    }
    let used = texts::deployment_answer(request).join(" ");
    rows.extend((!used.is_empty()).then(|| Row::new(SAY.record_used, used)));
    rows
}

fn vote_sheet(number: usize, vote: &Vote) -> VoteSheet {
    let verb = match vote.choice {
        Choice::Approve => SAY.approved,
        Choice::Reject => SAY.rejected,
    };
    let strength = match vote.strength {
        Strength::Link => SAY.record_by_link,
        Strength::Slack => SAY.record_by_slack,
    };
    VoteSheet {
        heading: fill(SAY.record_of_vote, &[("number", &number), ("verb", &verb)]),
        rows: vec![
            Row::new(SAY.record_who, &vote.approver),
            Row::new(SAY.record_role, Shown::line(&vote.role)),
            Row::new(SAY.record_way, texts::channel(vote.channel)),
            Row::new(SAY.record_strength, strength),
            Row::new(SAY.record_when, Moment(vote.at)),
        ],
        reason: vote.reason.as_deref().map(|words| (texts::reason_label(vote.choice), Shown::block(words))),
    }
}

/// Every entry, with nothing left out or drawn together.
fn entries(request: &Request) -> Vec<EntrySheet> {
    let entry = |(position, event): (usize, &crate::domain::Event)| {
        let (line, reason) = texts::happening(&event.what, &request.facts);
        let upto = request.events.get(..=position).unwrap_or_default();
        let hash = head(upto).chars().take(SHORT).collect();
        EntrySheet { at: Moment(event.at).machine(), line, reason, hash }
    };
    request.events.iter().enumerate().map(entry).collect()
}

fn chain(request: &Request) -> Vec<Row> {
    let state = match first_break(&request.events) {
        None => SAY.record_holds.to_owned(),
        Some(position) => fill(SAY.record_broken, &[("number", &(position + 1))]),
    };
    vec![
        Row::new(SAY.record_chain, count(SAY.record_entries, request.events.len())).noting(state),
        Row::exact(SAY.record_head, head(&request.events)).noting(SAY.record_head_note),
    ]
}
