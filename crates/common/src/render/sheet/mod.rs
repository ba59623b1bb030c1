//! The record of a workflow's requests as one page that can be kept and printed. It holds no secret, leads nowhere,
//! and needs no network.

mod level;

use askama::Template;
use jiff::Timestamp;

use crate::domain::{EmailAddress, Facts, Fingerprint, Plan, PolicyVersion, Preview, Request};

use self::level::{LevelSheet, decided, level_sheet};
use super::filled;
use super::page::{STYLE, style_hash};
use super::texts::preview::{Foreseen, in_full};
use super::texts::{self, SAY, fill};
use super::untrusted::Shown;
use super::when::Moment;

/// What an auditor wants to keep: a plan with its requests, or one request.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The plan, where there is one.
    pub plan: Option<&'a Plan>,
    /// The requests that were opened, in the order of their levels.
    pub requests: &'a [Request],
    /// The workflow's ARN, where it is known.
    pub execution: Option<&'a str>,
    /// How Step Functions says that the workflow stands, in words.
    pub state: Option<&'a str>,
    /// When the record was read.
    pub at: Timestamp,
}

#[derive(Template)]
#[template(path = "page/record.html")]
struct Page {
    policy_of_content: String,
    title: String,
    heading: Shown,
    made: String,
    outcome: Vec<String>,
    facts: Vec<Row>,
    details: Option<(&'static str, Shown)>,
    workflow: Vec<Row>,
    levels: Vec<LevelSheet>,
}

/// A labelled value, and what else is to be said of it.
struct Row {
    label: String,
    value: String,
    /// Whether every letter of it counts.
    exact: bool,
    note: Option<String>,
}

impl Row {
    #[expect(clippy::needless_pass_by_value, reason = "most callers make the value for this")]
    fn new(label: impl Into<String>, value: impl ToString) -> Self {
        Self { label: label.into(), value: value.to_string(), exact: false, note: None }
    }

    fn exact(label: &str, value: impl ToString) -> Self {
        Self { exact: true, ..Self::new(label, value) }
    }

    fn noting(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }
}

/// What all levels have in common.
struct Head<'a> {
    facts: &'a Facts,
    fingerprint: &'a Fingerprint,
    requester: Option<&'a EmailAddress>,
    policy: Option<&'a PolicyVersion>,
    preview: Option<&'a Preview>,
}

impl<'a> Record<'a> {
    fn head(&self) -> Option<Head<'a>> {
        let of_plan = self.plan.map(|plan| Head {
            facts: &plan.facts,
            fingerprint: &plan.fingerprint,
            requester: plan.requested_by.as_ref(),
            policy: plan.policy.as_ref(),
            preview: plan.preview.as_ref(),
        });
        let of_request = || {
            self.requests.first().map(|request| Head {
                facts: &request.facts,
                fingerprint: &request.fingerprint,
                requester: request.requested_by.as_ref(),
                policy: request.policy.as_ref(),
                preview: request.preview.as_ref(),
            })
        };
        of_plan.or_else(of_request)
    }

    /// A line for each level, those that were not asked included.
    fn outcome(&self) -> Vec<String> {
        let line = |level: String, outcome: &str| {
            fill(SAY.record_level_line, &[("level", &level), ("outcome", &outcome)])
        };
        let asked = self.requests.iter().map(|request| line(level_of(request), &decided(request)));
        let planned = self.plan.map(|plan| plan.levels.as_slice()).unwrap_or_default();
        let ahead = (1..).zip(planned).skip(self.requests.len()).map(|(number, level)| {
            let count = u32::try_from(planned.len()).unwrap_or(u32::MAX);
            line(texts::level(number, count, &Shown::line(&level.name)), SAY.record_not_asked)
        });
        let lines: Vec<_> = asked.chain(ahead).collect();
        if lines.is_empty() { vec![SAY.record_nobody_asked.to_owned()] } else { lines }
    }
}

fn level_of(request: &Request) -> String {
    texts::level(request.level_number, request.level_count, &Shown::line(&request.level.name))
}

/// The page; `None` where neither a plan nor a request is known, and so nothing to show.
pub fn sheet(record: &Record<'_>) -> Option<String> {
    let head = record.head()?;
    let heading = Shown::line(&head.facts.title());
    let details = head.facts.details().filter(|text| !text.trim().is_empty());
    Some(filled(&Page {
        policy_of_content: format!("default-src 'none'; style-src '{}'; base-uri 'none'", style_hash()),
        title: fill(SAY.about_title, &[("heading", &SAY.record_of), ("title", &heading)]),
        heading,
        made: fill(SAY.record_made, &[("at", &Moment(record.at))]),
        outcome: record.outcome(),
        facts: facts(&head),
        details: details.map(|text| (texts::details_label(head.facts), Shown::block(text))),
        workflow: workflow(record),
        levels: record.requests.iter().map(level_sheet).collect(),
    }))
}

fn facts(head: &Head<'_>) -> Vec<Row> {
    let mut rows: Vec<_> = texts::rows(head.facts)
        .into_iter()
        .map(|(label, value)| Row::new(label.to_string(), value))
        .collect();
    rows.extend(head.preview.map(|preview| {
        let Foreseen { says, note, .. } = in_full(preview);
        Row::new(SAY.preview, says).noting(note)
    }));
    rows.extend(head.facts.link().map(|link| Row::new(SAY.more, Shown::line(link))));
    rows.push(match head.requester {
        Some(person) => Row::new(SAY.record_requester, person),
        None => Row::new(SAY.record_requester, SAY.record_no_requester),
    });
    let again = Fingerprint::of(head.facts, head.requester);
    let note = if again == *head.fingerprint {
        SAY.record_recomputed.to_owned()
    } else {
        fill(SAY.record_differs, &[("fingerprint", &again)])
    };
    rows.push(Row::exact(SAY.record_fingerprint, head.fingerprint).noting(note));
    rows.push(match head.policy {
        None => Row::new(SAY.policy, SAY.record_policy_none),
        Some(policy) => Row::new(SAY.policy, texts::policy(policy))
            .noting(fill(SAY.record_policy_file, &[("hash", &policy.hash)])),
    });
    rows
}

fn workflow(record: &Record<'_>) -> Vec<Row> {
    let mut rows = vec![match record.execution {
        Some(arn) => Row::exact(SAY.record_execution, Shown::line(arn)),
        None => Row::new(SAY.record_execution, SAY.record_no_execution),
    }];
    let state =
        record.state.map_or_else(|| SAY.record_no_state.to_owned(), |state| Shown::line(state).to_string());
    rows.push(Row::new(SAY.record_state, state));
    let machine = record.requests.iter().find_map(|request| request.workflow.state_machine.as_deref());
    rows.extend(machine.map(|arn| Row::exact(SAY.record_machine, Shown::line(arn))));
    if let Some(plan) = record.plan {
        rows.push(Row::exact(SAY.record_plan, &plan.key));
        rows.push(Row::new(SAY.record_prepared, Moment(plan.prepared_at)));
    }
    rows
}
