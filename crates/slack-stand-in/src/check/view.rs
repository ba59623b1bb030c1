//! Modals (<https://docs.slack.dev/reference/views/modal-views>).

use serde_json::Value;

use super::object::Kinds;
use super::{Ids, Object, Problems, blocks, limits};
use crate::json::list;

const FIELDS: [&str; 10] = [
    "type",
    "title",
    "blocks",
    "close",
    "submit",
    "private_metadata",
    "callback_id",
    "clear_on_close",
    "notify_on_close",
    "external_id",
];

/// Checks a modal.
pub(crate) fn view(value: &Value) -> Problems {
    let mut problems = Problems::default();
    if let Some(view) = Object::at(value, "/view", &mut problems) {
        modal(&view, &mut problems);
        blocks::all(
            list(value, "blocks"),
            limits::VIEW_BLOCKS,
            "/view/blocks",
            &mut Ids::default(),
            &mut problems,
        );
    }
    problems
}

fn modal(view: &Object<'_>, problems: &mut Problems) {
    if view.kind() != "modal" {
        problems.add(&format!("unsupported type: {}", view.kind()), &view.pointer("type"));
    }
    view.only(&FIELDS, problems);
    for name in ["title", "blocks"] {
        view.required(name, problems);
    }
    for name in ["title", "submit", "close"] {
        view.text(name, Kinds::Plain, limits::VIEW_WORDS, problems);
    }
    if view.get("blocks").is_some_and(|blocks| !blocks.is_array()) {
        problems.add("must be an array", &view.pointer("blocks"));
    }
    let blocks = view.get("blocks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if blocks.iter().any(|block| block.get("type").is_some_and(|kind| kind == "input")) {
        view.required("submit", problems);
    }
    // These may be empty, unlike other texts.
    for (name, longest) in [
        ("private_metadata", limits::PRIVATE_METADATA),
        ("callback_id", limits::ID),
        ("external_id", limits::ID),
    ] {
        if view.get(name).is_some_and(|value| value != "") {
            view.string(name, longest, problems);
        }
    }
    view.booleans(&["clear_on_close", "notify_on_close"], problems);
}
