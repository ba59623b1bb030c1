//! What mails and pages show of a request, ready for the templates.

use jiff::Timestamp;

use crate::domain::{EmailAddress, Facts, NamedBy, Request, Status};

use super::texts::preview::{Foreseen, in_full, in_short};
use super::texts::{self, SAY, fill};
use super::untrusted::{More, Shown};
use super::when::{Moment, span};

pub(super) use self::progress::{GroupView, LevelStep, groups, levels};
pub(super) use self::timeline::{Timeline, timeline};

mod progress;
mod timeline;

/// How many facts stand at the top, where no place does.
const KEY_FACTS: usize = 3;

/// What is asked for, by whom, until when.
pub(super) struct About {
    /// `Deployment approval required`.
    pub(super) required: Shown,
    /// `checkout 2.4.1 to production`.
    pub(super) title: Shown,
    /// What has to be seen first: where it lands, or the first facts.
    pub(super) key: Vec<(Shown, Shown)>,
    /// What would change, at first sight; `None` where nobody looked, and when it is decided.
    pub(super) preview: Option<Foreseen>,
    /// The same with every name in full, also when it is decided.
    pub(super) preview_in_full: Option<Foreseen>,
    /// The labelled facts.
    pub(super) rows: Vec<(Shown, Shown)>,
    /// Who asked, by their own statement.
    pub(super) requester: Option<EmailAddress>,
    /// Which level of how many, where there are several.
    pub(super) level: Option<String>,
    /// The workflow's name.
    pub(super) workflow: Option<Shown>,
    /// Which version and rule of the policy says who must approve.
    pub(super) policy: Option<String>,
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
        let rows = texts::rows(&request.facts);
        Self {
            required: Shown::line(&texts::required(&request.facts)),
            title: Shown::line(&request.facts.title()),
            key: key(&request.facts, &rows),
            preview: request.preview.as_ref().filter(|_| request.status == Status::Pending).map(in_short),
            preview_in_full: request.preview.as_ref().map(in_full),
            rows,
            requester: request.requested_by.clone(),
            level: (request.level_count > 1).then(|| {
                texts::level(request.level_number, request.level_count, &Shown::line(&request.level.name))
            }),
            workflow: request.workflow.name().map(Shown::line),
            policy: request.policy.as_ref().map(texts::policy),
            details: Details::of(&request.facts, limit),
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

    /// How long is left, or that nothing is.
    pub(super) fn time_left(&self) -> String {
        match &self.left {
            Some(left) => fill(SAY.in_span, &[("span", left)]),
            None => SAY.time_is_up.to_owned(),
        }
    }
}

fn key(facts: &Facts, rows: &[(Shown, Shown)]) -> Vec<(Shown, Shown)> {
    match facts.environment() {
        Some(environment) => vec![(Shown::line(SAY.place), Shown::line(environment))],
        None => rows.iter().take(KEY_FACTS).cloned().collect(),
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

impl Rest {
    /// What unfolds it.
    pub(super) fn offer(&self) -> String {
        texts::count(SAY.rest, self.length)
    }
}

impl Details {
    fn of(facts: &Facts, limit: usize) -> Option<Self> {
        let text = facts.details().filter(|text| !text.trim().is_empty())?;
        let (start, rest) = Shown::beginning(text, limit);
        let length = rest.chars().count();
        let rest = (length > 0).then(|| Rest { text: Shown::block(rest), length });
        Some(Self { label: texts::details_label(facts), start, rest })
    }
}
