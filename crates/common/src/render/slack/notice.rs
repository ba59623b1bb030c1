//! What only one person sees, in answer to what they did.

use jiff::Timestamp;
use serde_json::json;

use crate::domain::{Choice, EmailAddress, Refusal, Request};
use crate::ports::SlackCard;

use super::super::texts::{self, Story};
use super::blocks::{fallback, section};

/// Why no vote is taken, and what holds instead. Without a person, nobody of the request is behind the account.
pub fn refused(
    request: &Request,
    person: Option<&EmailAddress>,
    refusal: Refusal,
    now: Timestamp,
) -> SlackCard {
    told(texts::slack::refused(request, person, refusal, now))
}

/// That this person's vote is recorded already.
pub fn recorded(request: &Request, person: &EmailAddress, choice: Choice, now: Timestamp) -> SlackCard {
    told(texts::slack::recorded(request, person, choice, now))
}

/// That a button does not belong to the message that it is in, or leads to no request.
pub fn wrong_place() -> SlackCard {
    told(texts::slack::wrong_place())
}

/// That nothing was recorded, because Slack did not help.
pub fn slack_did_not_help() -> SlackCard {
    told(texts::slack::slack_did_not_help())
}

/// That nothing was recorded, because our own workspace is not known.
pub fn not_set_up() -> SlackCard {
    told(texts::slack::not_set_up())
}

/// That nothing was recorded, because the records could not be reached.
pub fn not_recorded() -> SlackCard {
    told(texts::slack::not_recorded())
}

/// That it is not known whether something was recorded.
pub fn not_confirmed() -> SlackCard {
    told(texts::slack::not_confirmed())
}

fn told(story: Story) -> SlackCard {
    let mut paragraphs = vec![story.heading];
    paragraphs.extend(story.lines);
    paragraphs.extend(story.reason.map(|(label, words)| format!("{label} {words}")));
    let text = paragraphs.join("\n");
    SlackCard { text: fallback(&text), blocks: json!([section(&text)]) }
}
