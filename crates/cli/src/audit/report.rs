//! What was checked, and what is wrong with it.

use common::domain::Request;
use common::domain::event::head;
use serde_json::{Value, json};

use super::problem::Problem;
use crate::exit::Exit;
use crate::output::Answer;

/// How many unsound trails are told to people; programs get all of them.
const TOLD: usize = 100;

/// One trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Checked {
    /// The request's id, or the number of a line that has none.
    pub(super) name: String,
    /// How many entries it has, and the head of its chain, where it can be read.
    pub(super) chain: Option<(usize, String)>,
    pub(super) problems: Vec<Problem>,
}

impl Checked {
    pub(super) fn of(request: &Request, problems: Vec<Problem>) -> Self {
        let chain = Some((request.events.len(), head(&request.events)));
        Self { name: request.id.to_string(), chain, problems }
    }

    pub(super) fn without_chain(name: impl Into<String>, problem: impl Into<Problem>) -> Self {
        Self { name: name.into(), chain: None, problems: vec![problem.into()] }
    }

    fn text(&self) -> String {
        let chain = match &self.chain {
            Some((1, head)) => format!("1 entry, head {head}"),
            Some((entries, head)) => format!("{entries} entries, head {head}"),
            None => "no chain".to_owned(),
        };
        let sound = if self.problems.is_empty() { ": sound" } else { "" };
        let problems: Vec<_> = self.problems.iter().map(|problem| format!("  - {problem}\n")).collect();
        format!("{}  {chain}{sound}\n{}", self.name, problems.concat())
    }

    fn json(&self) -> Value {
        let (entries, head) = self.chain.clone().unzip();
        json!({
            "id": self.name, "entries": entries, "head": head, "sound": self.problems.is_empty(),
            "problems": self.problems.iter().map(|problem| {
                let mut json = json!(problem);
                if let Some(json) = json.as_object_mut() {
                    json.insert("text".to_owned(), json!(problem.to_string()));
                }
                json
            }).collect::<Vec<_>>(),
        })
    }
}

/// What is told of all that was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    checked: u64,
    /// Whether sound trails are told one by one as well.
    each: bool,
    told: Vec<Checked>,
    unsound: u64,
    /// How many were there earlier, and were dropped when their retention was over.
    pub(super) dropped: u64,
}

impl Report {
    /// One that tells of sound trails as well.
    pub(super) fn of_each() -> Self {
        Self { each: true, ..Self::default() }
    }

    pub(super) fn add(&mut self, checked: Checked) {
        self.checked += 1;
        let unsound = !checked.problems.is_empty();
        self.unsound += u64::from(unsound);
        if unsound || self.each {
            self.told.push(checked);
        }
    }

    /// How the command ends.
    pub(crate) fn answer(&self) -> Answer {
        let sound = self.checked - self.unsound;
        let mut lines: Vec<_> = self.told.iter().take(TOLD).map(Checked::text).collect();
        if self.told.len() > TOLD {
            lines.push(format!("and {} more, which --json lists\n", self.told.len() - TOLD));
        }
        if self.dropped > 0 {
            lines.push(format!("dropped when their retention was over: {}\n", self.dropped));
        }
        lines.push(format!("checked {}: {sound} sound, {} not\n", self.checked, self.unsound));
        let text = lines.concat();
        let json = json!({
            "ok": self.unsound == 0, "checked": self.checked, "sound": sound, "unsound": self.unsound,
            "dropped": self.dropped, "requests": self.told.iter().map(Checked::json).collect::<Vec<_>>(),
        });
        Answer { exit: if self.unsound == 0 { Exit::Ok } else { Exit::Unsound }, text, json }
    }
}
