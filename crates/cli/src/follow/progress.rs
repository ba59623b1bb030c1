//! What is shown while a command waits: on a terminal one line per level that keeps changing, elsewhere one line per
//! change.

use std::io::Write;

use common::domain::{Plan, Request};
use common::render::words;
use jiff::Timestamp;

use super::ending::Seen;
use crate::output::{Screen, write};
use crate::records::{Standing, standing, time};

/// Where a command shows how far it is.
pub(crate) struct Progress<'a> {
    to: &'a mut dyn Write,
    screen: Screen,
    /// How many lines are to be painted over.
    painted: usize,
    /// What was last said of each level.
    said: Vec<String>,
}

impl<'a> Progress<'a> {
    /// Shows it there.
    pub(crate) fn new(to: &'a mut dyn Write, screen: Screen) -> Self {
        Self { to, screen, painted: 0, said: Vec::new() }
    }

    /// Says something once.
    pub(crate) fn say(&mut self, line: &str) {
        self.write(&format!("{line}\n"));
    }

    /// Shows how each level stands.
    pub(super) fn show(&mut self, seen: &Seen, now: Timestamp) {
        let levels = lines(seen, now);
        match self.screen {
            Screen::Terminal => self.paint(&levels),
            Screen::Plain => self.tell_changes(&levels, now),
        }
    }

    fn paint(&mut self, levels: &[(String, Standing)]) {
        if levels.is_empty() {
            return;
        }
        let up = match self.painted {
            0 => String::new(),
            lines => format!("\x1b[{lines}A\x1b[J"),
        };
        let lines = levels.iter().map(|(level, standing)| {
            let left = standing.left.as_ref().map_or(String::new(), |left| format!("; {left}"));
            format!("{level}: {}{left}\n", standing.what)
        });
        // Without wrapping, each is one line on the screen, however long it is.
        self.write(&format!("{up}\x1b[?7l{}\x1b[?7h", lines.collect::<String>()));
        self.painted = levels.len();
    }

    /// What cannot be shown is no reason to stop waiting: the end is told once more, and there it counts.
    fn write(&mut self, text: &str) {
        write(self.to, text).ok();
    }

    fn tell_changes(&mut self, levels: &[(String, Standing)], now: Timestamp) {
        for (position, (level, standing)) in levels.iter().enumerate() {
            let what = format!("{level}: {}", standing.what);
            if self.said.get(position) == Some(&what) {
                continue;
            }
            let left = standing.left.as_ref().map_or(String::new(), |left| format!("; {left}"));
            self.write(&format!("{}  {what}{left}\n", time(now)));
            self.said.truncate(position);
            self.said.push(what);
        }
    }
}

/// The levels as far as they have come, and the one that comes next.
fn lines(seen: &Seen, now: Timestamp) -> Vec<(String, Standing)> {
    let Some(plan) = &seen.plan else { return Vec::new() };
    let opened = seen.requests.iter().map(|request| (name_of(request), standing(request, now)));
    let mut lines: Vec<_> = opened.collect();
    let waits = seen.requests.last().is_none_or(|last| last.status == common::domain::Status::Approved);
    if waits && seen.execution_goes_on() {
        lines.extend(not_asked_yet(plan, seen.requests.len()));
    }
    lines
}

fn name_of(request: &Request) -> String {
    name(request.level_number, request.level_count, &request.level.name)
}

fn not_asked_yet(plan: &Plan, opened: usize) -> Option<(String, Standing)> {
    let level = plan.levels.get(opened)?;
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let name = name(number(opened + 1), number(plan.levels.len()), &level.name);
    Some((name, Standing { what: "not asked yet".to_owned(), left: None }))
}

fn name(number: u32, count: u32, name: &str) -> String {
    format!("level {number} of {count}, {}", words::line(name))
}
