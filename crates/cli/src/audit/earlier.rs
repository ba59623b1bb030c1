//! An earlier export: the heads that a later state has to go on from.

use std::collections::BTreeMap;
use std::io::BufRead;

use common::domain::event::head;
use common::domain::{Request, RequestId};
use jiff::Timestamp;

use super::line::{Line, Trail};
use super::problem::Trouble;
use super::verify::lines;
use crate::error::Error;

/// What an earlier export knows of a request.
#[derive(Clone, Debug)]
struct Known {
    entries: usize,
    head: String,
    frozen: [u8; 32],
    /// From when on the table may have dropped it.
    expires_at: Option<Timestamp>,
    seen: bool,
}

/// What an earlier export knows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Earlier {
    requests: BTreeMap<RequestId, Known>,
}

impl Earlier {
    /// Reads an export. One that is damaged proves nothing, so it is refused as a whole.
    pub(crate) fn read(from: &mut dyn BufRead, name: &str) -> Result<Self, Error> {
        let mut earlier = Self::default();
        lines(from, name, &mut |number, line| {
            let line = line.and_then(|line| Line::read(&line));
            let why = match line {
                Ok(line) => match line.trouble() {
                    None => {
                        earlier.know(&line.trail);
                        return Ok(());
                    }
                    Some(trouble) => trouble,
                },
                Err(trouble) => trouble,
            };
            Err(Error::Earlier { name: name.to_owned(), line: number, why: why.to_string() })
        })?;
        Ok(earlier)
    }

    /// Of two lines about one request, the one with more entries knows more.
    fn know(&mut self, trail: &Trail) {
        let request = &trail.request;
        let known = Known {
            entries: request.events.len(),
            head: head(&request.events),
            frozen: trail.frozen(),
            expires_at: request.expires_at(),
            seen: false,
        };
        let kept = self.requests.entry(request.id.clone()).or_insert_with(|| known.clone());
        if kept.entries < known.entries {
            *kept = known;
        }
    }

    /// What a trail says otherwise than it did.
    pub(super) fn compare(&mut self, trail: &Trail) -> Vec<Trouble> {
        let Some(known) = self.requests.get_mut(&trail.request.id) else { return Vec::new() };
        known.seen = true;
        let mut found = Vec::new();
        if !goes_on(&trail.request, known) {
            found.push(Trouble::Rewritten { entries: known.entries, head: known.head.clone() });
        }
        if trail.frozen() != known.frozen {
            found.push(Trouble::FrozenDiffers);
        }
        found
    }

    /// Marks what was met but could not be read.
    pub(super) fn met(&mut self, id: &RequestId) {
        if let Some(known) = self.requests.get_mut(id) {
            known.seen = true;
        }
    }

    /// The requests that were not met.
    pub(super) fn unmet(&self) -> Vec<RequestId> {
        self.requests.iter().filter(|(_, known)| !known.seen).map(|(id, _)| id.clone()).collect()
    }

    /// Whether the table may have dropped a request by now. A request that was open is dropped some time after it
    /// is closed, of which the export cannot know.
    pub(super) fn may_be_dropped(&self, id: &RequestId, now: Timestamp) -> bool {
        let end = self.requests.get(id).and_then(|known| known.expires_at);
        end.is_some_and(|end| end <= now)
    }
}

/// The earlier chain is the beginning of this one.
fn goes_on(request: &Request, known: &Known) -> bool {
    request.events.get(..known.entries).is_some_and(|beginning| head(beginning) == known.head)
}
