//! A line of an export: one request and its plan in canonical JSON, with the head of its chain, and without secrets.

use common::domain::canonical::{canonical_json, canonical_sha256};
use common::domain::event::head;
use common::domain::{Plan, Request};
use serde_json::{Map, Value, json};

use super::problem::Trouble;

/// The number of this shape.
const AUDIT: u32 = 1;

/// The longest line that is read, in bytes: a record and a plan of 400 KB each, with every character escaped.
pub(super) const LONGEST: u64 = 8 * 1024 * 1024;

/// What of a record leaves the table. What is not here stays there: the task token, the hashes of links, where
/// messages went, and where links lead to.
pub(super) const KEPT: [&str; 33] = [
    "schema",
    "id",
    "version",
    "status",
    "resume",
    "plan",
    "policy",
    "subject",
    "levelNumber",
    "levelCount",
    "next",
    "canWait",
    "workflow",
    "generation",
    "facts",
    "fingerprint",
    "requestedBy",
    "preview",
    "level",
    "excluded",
    "escalatedAt",
    "openedAt",
    "deadline",
    "retentionDays",
    "votes",
    "decision",
    "notices",
    "frozen",
    "thawedAt",
    "change",
    "stage",
    "deployment",
    "events",
];

/// What of it never changes.
const FROZEN: [&str; 19] = [
    "schema",
    "id",
    "plan",
    "policy",
    "subject",
    "levelNumber",
    "levelCount",
    "next",
    "canWait",
    "workflow",
    "facts",
    "fingerprint",
    "requestedBy",
    "preview",
    "level",
    "excluded",
    "openedAt",
    "deadline",
    "retentionDays",
];

/// A request with the plan that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trail {
    pub(crate) request: Request,
    pub(crate) plan: Option<Plan>,
}

impl Trail {
    /// Its line, without the end of the line.
    pub(super) fn line(&self) -> String {
        let mut line = json!({
            "audit": AUDIT,
            "entries": self.request.events.len(),
            "head": head(&self.request.events),
            "record": only(&self.request, &KEPT),
        });
        if let (Some(plan), Some(line)) = (&self.plan, line.as_object_mut()) {
            line.insert("plan".to_owned(), json!(plan));
        }
        canonical_json(&line)
    }

    /// SHA-256 over what never changes of it.
    pub(super) fn frozen(&self) -> [u8; 32] {
        canonical_sha256(&json!({ "record": only(&self.request, &FROZEN), "plan": self.plan }))
    }
}

fn only(request: &Request, names: &[&str]) -> Value {
    let Ok(Value::Object(record)) = serde_json::to_value(request) else { return Value::Null };
    let kept = record.into_iter().filter(|(name, _)| names.contains(&name.as_str()));
    Value::Object(kept.collect::<Map<_, _>>())
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) trail: Trail,
    /// How many entries it says that the chain has.
    pub(super) entries: usize,
    /// What it says that the chain's head is.
    pub(super) head: String,
}

impl Line {
    /// Reads a line. What is in it is not repeated when it is none.
    pub(super) fn read(line: &[u8]) -> Result<Self, Trouble> {
        let no_line = |why: &str| Trouble::NoLine { why: why.to_owned() };
        let Ok(Value::Object(mut line)) = serde_json::from_slice(line) else {
            return Err(no_line("it is no JSON object"));
        };
        match line.get("audit") {
            Some(number) if *number == AUDIT => {}
            Some(number) if number.is_u64() => {
                return Err(no_line(&format!("another version of countersign wrote it (audit {number})")));
            }
            _ => return Err(no_line("it has no number of an export (audit)")),
        }
        let Some(Value::Object(mut record)) = line.remove("record") else {
            return Err(no_line("it has no record"));
        };
        record.retain(|name, _| KEPT.contains(&name.as_str()));
        // These stayed in the table.
        record.insert("taskToken".to_owned(), json!("withheld"));
        record.insert("baseUrl".to_owned(), json!(""));
        let request = serde_json::from_value(Value::Object(record))
            .map_err(|_| no_line("its record does not have the form of one"))?;
        let plan = match line.remove("plan") {
            None => None,
            Some(plan) => {
                serde_json::from_value(plan).map_err(|_| no_line("its plan does not have the form of one"))?
            }
        };
        let entries =
            line.get("entries").and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok());
        let head = line.get("head").and_then(Value::as_str).map(str::to_owned);
        match entries.zip(head) {
            Some((entries, head)) => Ok(Self { trail: Trail { request, plan }, entries, head }),
            None => Err(no_line("it does not say its entries and its head")),
        }
    }

    /// Whether it says of its chain what its entries say.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        let events = &self.trail.request.events;
        let true_to_itself = self.entries == events.len() && self.head == head(events);
        (!true_to_itself).then(|| Trouble::HeadDiffers { entries: self.entries, head: self.head.clone() })
    }
}
