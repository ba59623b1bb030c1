//! What went back and forth, as far as tests ask for it later.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};

use crate::app::Sent;
use crate::clock;

/// How much is remembered.
const MOST: usize = 2000;

/// A call of the Web API.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) at: Duration,
    pub(crate) method: String,
    pub(crate) arguments: Value,
    /// Nothing while it is still being answered, or when the caller went away.
    pub(crate) status: Option<u16>,
    pub(crate) error: Option<String>,
}

/// The last calls; each has a number.
#[derive(Debug, Default)]
pub(crate) struct Calls(VecDeque<(u64, Call)>);

impl Calls {
    pub(crate) fn add(&mut self, number: u64, call: Call) {
        self.0.push_back((number, call));
        if self.0.len() > MOST {
            self.0.pop_front();
        }
    }

    pub(crate) fn answered(&mut self, number: u64, status: u16, error: Option<String>) {
        if let Some((_, call)) = self.0.iter_mut().find(|(known, _)| *known == number) {
            call.status = Some(status);
            call.error = error;
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let line = |(_, call): &(u64, Call)| {
            let Call { at, method, arguments, status, error } = call;
            json!({ "at": clock::stamp(*at), "method": method, "arguments": arguments, "status": status, "error": error })
        };
        self.0.iter().map(line).collect()
    }
}

/// The last requests to the app; each has an id.
#[derive(Debug, Default)]
pub(crate) struct Requests(VecDeque<(String, Sent)>);

impl Requests {
    pub(crate) fn add(&mut self, number: u64, sent: Sent) -> String {
        let id = format!("I{number}");
        self.0.push_back((id.clone(), sent));
        if self.0.len() > MOST {
            self.0.pop_front();
        }
        id
    }

    /// The one with that id; without one, the last.
    pub(crate) fn find(&self, id: Option<&str>) -> Option<Sent> {
        let found = match id {
            Some(id) => self.0.iter().find(|(known, _)| known == id),
            None => self.0.back(),
        };
        found.map(|(_, sent)| sent.clone())
    }
}
