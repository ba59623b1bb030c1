//! What people wrote, made fit for a mail: nothing in it becomes a link, and nothing is longer than a mail can bear.
//! The page has all of it.

use std::cell::Cell;

use crate::domain::{EmailAddress, Request};

use super::super::texts::preview::Foreseen;
use super::super::texts::{SAY, Story, count};
use super::super::unlinked::unlinked_but;
use super::super::untrusted::{More, Shown};
use super::super::view::{About, GroupView};

const MAX_FACTS: usize = 20;
const MAX_LABEL: usize = 80;
const MAX_VALUE: usize = 240;
const MAX_GROUPS: usize = 6;
const MAX_PEOPLE: usize = 12;

/// What is seen first, one line of it.
pub(super) struct Key {
    pub(super) label: String,
    pub(super) value: String,
    pub(super) note: Option<String>,
}

/// Where, by whom, and what else the first look is for.
pub(super) fn key(about: &About) -> Vec<Key> {
    let row = |(label, value): &(Shown, Shown)| Key {
        label: label.to_string(),
        value: value.to_string(),
        note: None,
    };
    let requester = about.requester.as_ref().map(|person| Key {
        label: SAY.requester.to_owned(),
        value: person.to_string(),
        note: Some(SAY.requester_note.to_owned()),
    });
    let preview = about.preview.as_ref().map(|preview| Key {
        label: SAY.preview.to_owned(),
        value: preview.says.clone(),
        note: Some(preview.note.clone()),
    });
    about.key.iter().map(row).chain(preview).chain(requester).collect()
}

/// Knows the addresses of a request's people, which stand as they are.
pub(super) struct Guard {
    known: Vec<String>,
    bracketed: Cell<bool>,
}

impl Guard {
    pub(super) fn of(request: &Request) -> Self {
        let everyone = request.level.everyone().map(|approver| &approver.email);
        let known = everyone.chain(&request.requested_by).map(EmailAddress::to_string).collect();
        Self { known, bracketed: Cell::new(false) }
    }

    /// What to say when something stands in brackets.
    pub(super) fn note(&self) -> Option<&'static str> {
        self.bracketed.get().then_some(SAY.bracketed)
    }

    /// A sentence of ours, with what people wrote in it.
    pub(super) fn line(&self, line: &str) -> String {
        let safe = unlinked_but(line, &self.known);
        self.bracketed.set(self.bracketed.get() || safe != line);
        safe
    }

    /// What somebody wrote.
    pub(super) fn words(&self, words: &Shown) -> Shown {
        let safe = words.unlinked();
        self.bracketed.set(self.bracketed.get() || safe != *words);
        safe
    }

    fn short(&self, words: &Shown, limit: usize) -> Shown {
        self.words(words).cut(limit)
    }

    fn rows(&self, rows: &[(Shown, Shown)]) -> Vec<(Shown, Shown)> {
        let rows = rows.iter().take(MAX_FACTS);
        rows.map(|(label, value)| (self.short(label, MAX_LABEL), self.short(value, MAX_VALUE))).collect()
    }

    /// The facts, and how many were too many.
    pub(super) fn about(&self, about: About) -> (About, Option<String>) {
        let left_out = about.rows.len().saturating_sub(MAX_FACTS);
        let safe = About {
            required: self.short(&about.required, MAX_VALUE),
            title: self.short(&about.title, MAX_VALUE),
            key: self.rows(&about.key),
            preview: about.preview.map(|preview| self.preview(&preview)),
            rows: self.rows(&about.rows),
            level: about.level.map(|level| self.line(&level)),
            workflow: about.workflow.map(|workflow| self.short(&workflow, MAX_VALUE)),
            policy: about.policy.map(|policy| self.line(&policy)),
            silence: about.silence.map(|silence| self.line(&silence)),
            more: about.more.map(|more| match more {
                More::Text(text) => More::Text(self.short(&text, MAX_VALUE)),
                link @ More::Link { .. } => link,
            }),
            details: about.details.map(|mut details| {
                details.start = self.words(&details.start);
                details
            }),
            ..about
        };
        (safe, (left_out > 0).then(|| count(SAY.more_facts, left_out)))
    }

    fn preview(&self, preview: &Foreseen) -> Foreseen {
        let short = |words: &str| Shown::line(&self.line(words)).cut(MAX_VALUE).to_string();
        Foreseen { says: short(&preview.says), note: short(&preview.note), ..*preview }
    }

    pub(super) fn story(&self, story: Story) -> Story {
        Story {
            lines: story.lines.iter().map(|line| self.line(line)).collect(),
            next: story.next.iter().map(|line| self.line(line)).collect(),
            reason: story.reason.map(|(label, words)| (label, self.words(&words))),
            ..story
        }
    }

    /// The groups, each with the reader first and the words for those who have no room.
    pub(super) fn groups(&self, groups: Vec<GroupView>) -> Vec<(GroupView, Option<String>)> {
        groups
            .into_iter()
            .take(MAX_GROUPS)
            .map(|mut group| {
                group.role = self.short(&group.role, MAX_LABEL);
                group.people.sort_by_key(|person| !person.reader);
                for person in &mut group.people {
                    person.name = person.name.as_ref().map(|name| self.short(name, MAX_LABEL));
                }
                let left_out = group.people.len().saturating_sub(MAX_PEOPLE);
                group.people.truncate(MAX_PEOPLE);
                (group, (left_out > 0).then(|| count(SAY.more_people, left_out)))
            })
            .collect()
    }
}
