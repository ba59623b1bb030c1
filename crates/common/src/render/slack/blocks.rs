//! The pieces of Slack's blocks, each within Slack's limits. Whatever people wrote goes into `plain_text`, in which
//! nothing is expanded; `mrkdwn` is only made of what stands here.
//!
//! <https://docs.slack.dev/reference/block-kit/blocks>

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::when::Moment;

/// What shows that a text was cut.
const MARK: char = '…';

/// The longest header.
pub(super) const HEADER: usize = 150;
/// The longest text of a section.
pub(super) const SECTION: usize = 3_000;
/// The most fields of a section.
pub(super) const FIELDS: usize = 10;
/// The longest text of a button.
const BUTTON: usize = 75;
/// The longest title of a modal, and text of its buttons.
pub(super) const TITLE: usize = 24;
const CONFIRM_TITLE: usize = 100;
const CONFIRM_TEXT: usize = 300;
const CONFIRM_BUTTON: usize = 30;
const CONTEXT: usize = 1_000;

/// As much of a text as fits, counted as Slack counts: in UTF-16 units. It is cut between characters, with a mark.
pub(super) fn cut(text: &str, limit: usize) -> String {
    if text.encode_utf16().count() <= limit {
        return text.to_owned();
    }
    let mut left = limit.saturating_sub(MARK.len_utf16());
    let kept = text.chars().take_while(|letter| {
        let fits = letter.len_utf16() <= left;
        left = left.saturating_sub(letter.len_utf16());
        fits
    });
    let mut kept: String = kept.collect();
    kept.truncate(kept.trim_end().len());
    kept.push(MARK);
    kept
}

/// Text in which nothing is expanded. Slack takes no empty ones.
pub(super) fn plain(text: &str, limit: usize) -> Value {
    let text = if text.trim().is_empty() { "–" } else { text };
    json!({"type": "plain_text", "text": cut(text, limit), "emoji": false})
}

pub(super) fn header(text: &str) -> Value {
    json!({"type": "header", "text": plain(text, HEADER)})
}

pub(super) fn section(text: &str) -> Value {
    json!({"type": "section", "text": plain(text, SECTION)})
}

/// Label and value pairs, as many sections as they need.
pub(super) fn fields(rows: &[(String, String)], value_limit: usize) -> Vec<Value> {
    let field = |(label, value): &(String, String)| {
        plain(&format!("{}\n{}", cut(label, value_limit), cut(value, value_limit)), 2 * value_limit + 1)
    };
    rows.chunks(FIELDS)
        .map(|rows| json!({"type": "section", "fields": rows.iter().map(field).collect::<Vec<_>>()}))
        .collect()
}

/// Small print, a line per text.
pub(super) fn context(lines: &[String]) -> Option<Value> {
    let elements: Vec<_> = lines.iter().take(FIELDS).map(|line| plain(line, CONTEXT)).collect();
    (!elements.is_empty()).then(|| json!({"type": "context", "elements": elements}))
}

/// A moment in the reader's own zone. `before` is ours, never anybody's input.
pub(super) fn moment(before: &'static str, at: Timestamp) -> Value {
    let (seconds, utc) = (at.as_second(), Moment(at));
    let text = format!("{before} <!date^{seconds}^{{date_short_pretty}} at {{time}}|{utc}>");
    json!({"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": true}]})
}

/// A button whose value is the request's id.
pub(super) fn button(action: &str, text: &str, request: &str) -> Value {
    json!({"type": "button", "action_id": action, "text": plain(text, BUTTON), "value": request})
}

/// Slack's own question before a button counts.
pub(super) fn confirm(title: &str, text: &str, yes: &str, no: &str) -> Value {
    json!({
        "title": plain(title, CONFIRM_TITLE),
        "text": plain(text, CONFIRM_TEXT),
        "confirm": plain(yes, CONFIRM_BUTTON),
        "deny": plain(no, CONFIRM_BUTTON),
    })
}

pub(super) fn modal(title: &str, close: &str, blocks: &[Value]) -> Value {
    json!({"type": "modal", "title": plain(title, TITLE), "close": plain(close, TITLE), "blocks": blocks})
}

/// A line to type into. Block and element have the name of the field.
pub(super) fn input(field: &str, label: &str, multiline: bool, longest: usize) -> Value {
    json!({
        "type": "input",
        "block_id": field,
        "label": plain(label, SECTION / 2),
        "element": {
            "type": "plain_text_input",
            "action_id": field,
            "multiline": multiline,
            "max_length": longest,
        },
    })
}

/// An object with one more key.
pub(super) fn with(mut object: Value, key: &str, value: Value) -> Value {
    if let Some(keys) = object.as_object_mut() {
        keys.insert(key.to_owned(), value);
    }
    object
}

/// The text for notifications, which Slack reads as `mrkdwn`.
pub(super) fn fallback(text: &str) -> String {
    cut(text, 300).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
