//! What is added to the thread of a message while its request is open. Replies carry no buttons: those of the message
//! above them count.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::{Purpose, Request};
use crate::ports::SlackCard;

use super::super::texts;
use super::super::untrusted::Shown;
use super::super::when::span;
use super::blocks::{fallback, section};

/// A reminder, or the word that others are asked as well; `None` for what is no reply.
pub fn reply(request: &Request, purpose: Purpose, now: Timestamp) -> Option<SlackCard> {
    let line = match purpose {
        Purpose::Ask | Purpose::Link => return None,
        Purpose::Reminder(_) => {
            let left = request.deadline.and_then(|deadline| span(now, deadline));
            texts::slack::reminder(request, left.as_deref(), now)
        }
        Purpose::Escalation => texts::slack::escalated(request)?,
    };
    let title = Shown::line(&request.facts.title());
    let blocks: Value = json!([section(&line)]);
    Some(SlackCard { text: fallback(&format!("{line} {title}")), blocks })
}
