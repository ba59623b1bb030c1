//! What runs have seen: the ways through the state machines, and the changes of records.

use std::collections::BTreeSet;

use common::domain::Request;
use serde_json::Value;

use crate::asl::Edge;
use crate::machines::Machine;

/// What was seen.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    edges: BTreeSet<(&'static str, Edge)>,
    changes: BTreeSet<String>,
}

impl Coverage {
    pub(crate) fn took(&mut self, machine: Machine, edges: &BTreeSet<Edge>) {
        self.edges.extend(edges.iter().map(|edge| (machine.name(), edge.clone())));
    }

    /// Notes what a write did: the kinds of the events that it added, in the status and with the debt of before.
    pub(crate) fn record(&mut self, before: Option<&Request>, next: &Request) {
        let known = before.map_or(0, |before| before.events.len());
        let stood =
            before.map_or("nothing".to_owned(), |before| format!("{} {:?}", before.status, before.resume));
        for event in next.events.iter().skip(known) {
            let kind = serde_json::to_value(&event.what).ok();
            let kind = kind.as_ref().and_then(|kind| kind.get("kind")).and_then(Value::as_str).unwrap_or("?");
            let change = format!("{stood}: {kind}, then {} {:?}", next.status, next.resume);
            if !self.changes.contains(&change) {
                self.changes.insert(change);
            }
        }
    }

    /// Takes in what another run has seen.
    pub fn add(&mut self, other: Self) {
        self.edges.extend(other.edges);
        self.changes.extend(other.changes);
    }

    /// How many ways through the state machines were taken, of how many.
    pub fn edges(&self) -> (usize, usize) {
        (self.edges.len(), Machine::ALL.map(|machine| machine.edges().len()).iter().sum())
    }

    /// The ways that were never taken.
    pub fn missing(&self) -> Vec<(&'static str, Edge)> {
        let all = Machine::ALL
            .into_iter()
            .flat_map(|machine| machine.edges().into_iter().map(move |edge| (machine.name(), edge)));
        all.filter(|edge| !self.edges.contains(edge)).collect()
    }

    /// The kinds of changes of records.
    pub fn changes(&self) -> &BTreeSet<String> {
        &self.changes
    }
}
