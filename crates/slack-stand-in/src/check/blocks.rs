//! Blocks.

use serde_json::Value;

use super::object::{Kinds, at_most, text};
use super::{Ids, Object, Problems, elements, limits};

/// Checks the blocks of a message or a view.
pub(super) fn all(blocks: &[Value], most: usize, at: &str, ids: &mut Ids, problems: &mut Problems) {
    at_most(blocks.len(), most, at, problems);
    for (number, value) in blocks.iter().enumerate() {
        if let Some(block) = Object::at(value, &format!("{at}/{number}"), problems) {
            ids.block(&block, problems);
            one(&block, ids, problems);
        }
    }
}

fn one(block: &Object<'_>, ids: &mut Ids, problems: &mut Problems) {
    match block.kind() {
        "header" => header(block, problems),
        "section" => section(block, ids, problems),
        "context" => context(block, problems),
        "actions" => actions(block, ids, problems),
        "input" => input(block, ids, problems),
        "divider" => block.only(&["type", "block_id"], problems),
        "" => drop(block.required("type", problems)),
        kind => problems.add(&format!("unsupported type: {kind}"), &block.pointer("type")),
    }
}

fn header(block: &Object<'_>, problems: &mut Problems) {
    block.only(&["type", "block_id", "text"], problems);
    block.required("text", problems);
    block.text("text", Kinds::Plain, limits::HEADER_TEXT, problems);
}

fn section(block: &Object<'_>, ids: &mut Ids, problems: &mut Problems) {
    block.only(&["type", "block_id", "text", "fields", "accessory", "expand"], problems);
    if !block.has("text") && !block.has("fields") {
        problems.add("must define either `fields` or `text`", &block.at);
    }
    block.text("text", Kinds::Any, limits::SECTION_TEXT, problems);
    block.booleans(&["expand"], problems);
    for (number, field) in block.items("fields", limits::SECTION_FIELDS, problems).iter().enumerate() {
        let at = format!("{}/{number}", block.pointer("fields"));
        text(field, Kinds::Any, limits::FIELD_TEXT, &at, problems);
    }
    if let Some(accessory) = block.get("accessory") {
        elements::active(accessory, &block.pointer("accessory"), ids, problems);
    }
}

fn context(block: &Object<'_>, problems: &mut Problems) {
    block.only(&["type", "block_id", "elements"], problems);
    block.required("elements", problems);
    for (number, element) in block.items("elements", limits::CONTEXT_ELEMENTS, problems).iter().enumerate() {
        let at = format!("{}/{number}", block.pointer("elements"));
        text(element, Kinds::Any, limits::ANY_TEXT, &at, problems);
    }
}

fn actions(block: &Object<'_>, ids: &mut Ids, problems: &mut Problems) {
    block.only(&["type", "block_id", "elements"], problems);
    block.required("elements", problems);
    for (number, element) in block.items("elements", limits::ACTIONS_ELEMENTS, problems).iter().enumerate() {
        elements::active(element, &format!("{}/{number}", block.pointer("elements")), ids, problems);
    }
}

fn input(block: &Object<'_>, ids: &mut Ids, problems: &mut Problems) {
    block.only(&["type", "block_id", "label", "element", "hint", "optional", "dispatch_action"], problems);
    block.required("label", problems);
    block.text("label", Kinds::Plain, limits::INPUT_LABEL, problems);
    block.text("hint", Kinds::Plain, limits::INPUT_HINT, problems);
    block.booleans(&["optional", "dispatch_action"], problems);
    if let Some(element) = block.required("element", problems) {
        elements::input(element, &block.pointer("element"), ids, problems);
    }
}
