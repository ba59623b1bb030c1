//! Modals: what is open before whom, and what became of those that were.

use serde_json::{Map, Value, json};

use super::BOT;
use crate::Credentials;
use crate::json::text;

/// What became of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Open,
    Submitted,
    Closed,
}

/// A modal of one person.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) id: String,
    pub(crate) user: String,
    /// The interaction that it answers.
    pub(crate) trigger: String,
    pub(crate) root: String,
    pub(crate) previous: Option<String>,
    pub(crate) hash: String,
    /// As the app sent it, with the ids that it left out.
    pub(crate) content: Value,
    pub(crate) status: Status,
    /// What the app finds wrong, by block.
    pub(crate) errors: Map<String, Value>,
    /// Why the last submission was not taken.
    pub(crate) trouble: Option<String>,
    /// What was typed so far, by block.
    pub(crate) typed: Map<String, Value>,
}

/// Every view, in the order of opening.
#[derive(Debug, Default)]
pub(crate) struct Views(Vec<View>);

impl Views {
    pub(crate) fn all(&self) -> &[View] {
        &self.0
    }

    pub(crate) fn push(&mut self, view: View) {
        self.0.push(view);
    }

    pub(crate) fn find(&self, id: &str) -> Option<&View> {
        self.0.iter().find(|view| view.id == id)
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut View> {
        self.0.iter_mut().find(|view| view.id == id)
    }

    /// By its id or the app's own.
    pub(crate) fn open_one(&mut self, id: Option<&str>, external: Option<&str>) -> Option<&mut View> {
        let is_it = |view: &View| {
            id.map_or(external.is_some() && text(&view.content, "external_id") == external, |id| {
                view.id == id
            })
        };
        self.0.iter_mut().find(|view| view.status == Status::Open && is_it(view))
    }

    /// The one that a person has before them: the last that was opened.
    pub(crate) fn before(&self, user: &str) -> Option<&View> {
        self.0.iter().rev().find(|view| view.user == user && view.status == Status::Open)
    }

    pub(crate) fn opened_by(&self, trigger: &str) -> Option<&View> {
        self.0.iter().rev().find(|view| view.trigger == trigger)
    }

    /// Closes all that a person has open.
    pub(crate) fn clear(&mut self, user: &str, status: Status) {
        for view in self.0.iter_mut().filter(|view| view.user == user && view.status == Status::Open) {
            view.status = status;
        }
    }
}

impl View {
    /// As Slack shows it to apps, with these values in its inputs.
    pub(crate) fn to_json(&self, credentials: &Credentials, values: &Value) -> Value {
        let of = |name: &str| self.content.get(name).cloned().unwrap_or_default();
        let or = |name: &str, otherwise: Value| {
            Some(of(name)).filter(|value| !value.is_null()).unwrap_or(otherwise)
        };
        json!({
            "id": self.id, "team_id": credentials.team_id, "type": "modal", "blocks": of("blocks"),
            "private_metadata": or("private_metadata", "".into()), "callback_id": or("callback_id", "".into()),
            "state": { "values": values }, "hash": self.hash, "title": of("title"), "close": of("close"),
            "submit": of("submit"), "clear_on_close": or("clear_on_close", false.into()),
            "notify_on_close": or("notify_on_close", false.into()), "previous_view_id": self.previous,
            "root_view_id": self.root, "app_id": credentials.app_id, "external_id": or("external_id", "".into()),
            "app_installed_team_id": credentials.team_id, "bot_id": BOT,
        })
    }
}
