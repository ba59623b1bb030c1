//! What happened to a request, in order and short enough to read.

use crate::domain::{Channel, Choice, Event, Facts, Happening, Purpose, Request, Status};

use super::super::texts::{self, SAY, Tone, list};
use super::super::untrusted::Shown;
use super::super::when::Moment;

/// The most entries of a page. The command line shows all of them.
const MOST: usize = 150;
/// How many of the earliest stay when some are left out.
const EARLIEST: usize = 20;

/// What happened so far.
pub(in super::super) struct Timeline {
    /// The earlier entries, or all.
    pub(in super::super) entries: Vec<Entry>,
    /// How many are left out behind them.
    pub(in super::super) left_out: usize,
    /// The latest entries, when some are left out.
    pub(in super::super) latest: Vec<Entry>,
}

impl Timeline {
    /// What stands where entries are left out.
    pub(in super::super) fn gap(&self) -> Option<String> {
        (self.left_out > 0).then(|| texts::count(SAY.timeline_left_out, self.left_out))
    }
}

/// One line of the timeline.
pub(in super::super) struct Entry {
    /// When.
    pub(in super::super) at: Moment,
    /// What.
    pub(in super::super) line: String,
    /// What somebody said with it.
    pub(in super::super) reason: Option<Shown>,
    /// The class in the stylesheet.
    pub(in super::super) class: &'static str,
}

/// What happened so far, in order. People who got the same message stand in one entry; that the workflow's wait was
/// renewed concerns nobody.
pub(in super::super) fn timeline(request: &Request) -> Timeline {
    let told: Vec<_> =
        request.events.iter().filter(|event| !matches!(event.what, Happening::WaitRenewed { .. })).collect();
    let entry = |events: &[&Event]| entry(events, &request.facts);
    let mut entries: Vec<_> = told.chunk_by(|one, next| same_message(one, next)).filter_map(entry).collect();
    let left_out = entries.len().saturating_sub(MOST);
    let latest = if left_out > 0 { entries.split_off(EARLIEST + left_out) } else { Vec::new() };
    if left_out > 0 {
        entries.truncate(EARLIEST);
    }
    Timeline { entries, left_out, latest }
}

/// As what and by which way a person got a message.
fn message(event: &Event) -> Option<(Channel, Purpose)> {
    match &event.what {
        Happening::Asked { channel, purpose, .. } => Some((*channel, *purpose)),
        _ => None,
    }
}

fn same_message(one: &Event, next: &Event) -> bool {
    let minute = |event: &Event| event.at.as_second().div_euclid(60);
    message(one).is_some() && message(one) == message(next) && minute(one) == minute(next)
}

fn entry(events: &[&Event], facts: &Facts) -> Option<Entry> {
    let first = events.first()?;
    let at = Moment(first.at);
    if let Some((channel, purpose)) = message(first) {
        let people = events.iter().filter_map(|event| match &event.what {
            Happening::Asked { approver, .. } => Some(approver.to_string()),
            _ => None,
        });
        let line = texts::asked(&list(&people.collect::<Vec<_>>()), channel, purpose);
        return Some(Entry { at, line, reason: None, class: "" });
    }
    let (line, reason) = texts::happening(&first.what, facts);
    Some(Entry { at, line, reason, class: class(&first.what) })
}

/// Votes and decisions stand out.
fn class(what: &Happening) -> &'static str {
    match what {
        Happening::Voted { vote, .. } => match vote.choice {
            Choice::Approve => Tone::Good.class(),
            Choice::Reject => Tone::Bad.class(),
        },
        Happening::Decided { decision } => match decision.status {
            Status::Approved => Tone::Good.class(),
            Status::Rejected => Tone::Bad.class(),
            _ => Tone::Calm.class(),
        },
        _ => "",
    }
}
