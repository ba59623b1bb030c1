//! The modals: one to type what a choice needs, one that shows everything, and one that takes their place at the end.

use serde_json::json;

use crate::domain::apply::MAX_REASON;
use crate::domain::{Choice, Refusal, Request};
use crate::ports::{SlackCard, SlackModal};

use super::super::texts::{self, SAY};
use super::super::untrusted::Shown;
use super::super::view::About;
use super::blocks::{SECTION, TITLE, context, fields, input, modal, plain, section, with};
use super::{APPROVE, PHRASE, REASON, REJECT};

/// How much a value of a fact may have where everything is shown; as long as a caller may write it.
const VALUE: usize = 999;
/// The most blocks of a modal.
const MAX_BLOCKS: usize = 100;
/// A phrase is the name of an environment.
const MAX_PHRASE: usize = 200;

/// The modal in which the phrase is typed that approves, or the reason that rejects. It knows what it is about.
pub fn question(request: &Request, choice: Choice) -> SlackModal {
    let about = About::of(request, None, 0);
    let (name, title, submit, field) = match choice {
        Choice::Approve => {
            let label = texts::slack::type_phrase(&Shown::line(request.phrase()));
            (APPROVE, SAY.approve, SAY.approve, input(PHRASE, &label, false, MAX_PHRASE))
        }
        Choice::Reject => {
            let field = input(REASON, SAY.give_reason, true, MAX_REASON);
            (REJECT, SAY.reject, SAY.reject, field)
        }
    };
    let mut blocks = vec![section(&about.title.to_string())];
    blocks.extend(context(&[texts::slack::fingerprint(&about.fingerprint)]));
    blocks.push(field);
    let metadata = json!({"request": request.id, "choice": choice}).to_string();
    let view = modal(title, SAY.cancel, &blocks);
    let view = with(view, "callback_id", json!(name));
    let view = with(view, "submit", plain(submit, TITLE));
    SlackModal(with(view, "private_metadata", json!(metadata)))
}

/// The modal with every fact and the whole of the longer text.
pub fn everything(request: &Request) -> SlackModal {
    let about = About::of(request, None, usize::MAX);
    let rows: Vec<_> =
        about.rows.iter().map(|(label, value)| (label.to_string(), value.to_string())).collect();
    let mut blocks = vec![section(&about.title.to_string())];
    blocks.extend(fields(&rows, VALUE));
    if let Some(details) = &about.details {
        blocks.push(section(details.label));
        blocks.extend(pieces(&details.start.to_string()).iter().map(|piece| section(piece)));
    }
    blocks.extend(context(&[texts::slack::fingerprint(&about.fingerprint)]));
    blocks.truncate(MAX_BLOCKS);
    SlackModal(modal(SAY.show_everything, SAY.close, &blocks))
}

/// The modal that takes another one's place when there is nothing left to type.
pub fn closing(card: &SlackCard) -> SlackModal {
    let blocks = card.blocks.as_array().map(Vec::as_slice).unwrap_or_default();
    SlackModal(modal(SAY.product, SAY.close, blocks))
}

/// The field that a refusal is about, and what to do there; `None` when it is about none.
pub fn field_error(request: &Request, refusal: Refusal) -> Option<(&'static str, String)> {
    texts::field_error(refusal, &Shown::line(request.phrase()))
}

/// A text in parts that each fit into a section.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut left = SECTION;
    for letter in text.chars() {
        if letter.len_utf16() > left {
            pieces.push(String::new());
            left = SECTION;
        }
        left -= letter.len_utf16();
        if let Some(piece) = pieces.last_mut() {
            piece.push(letter);
        }
    }
    pieces
}
