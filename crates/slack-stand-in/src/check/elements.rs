//! Elements: what can be pressed or filled in.

use serde_json::Value;

use super::object::{Kinds, fits};
use super::{Ids, Object, Problems, limits};

const STYLES: [&str; 2] = ["primary", "danger"];

/// Checks an element that is pressed.
pub(super) fn active(value: &Value, at: &str, ids: &mut Ids, problems: &mut Problems) {
    let Some(element) = Object::at(value, at, problems) else { return };
    match element.kind() {
        "button" => button(&element, ids, problems),
        kind => problems.add(&format!("unsupported type: {kind}"), &element.pointer("type")),
    }
}

/// Checks an element that is filled in.
pub(super) fn input(value: &Value, at: &str, ids: &mut Ids, problems: &mut Problems) {
    let Some(element) = Object::at(value, at, problems) else { return };
    match element.kind() {
        "plain_text_input" => plain_text_input(&element, ids, problems),
        kind => problems.add(&format!("unsupported type: {kind}"), &element.pointer("type")),
    }
}

fn button(button: &Object<'_>, ids: &mut Ids, problems: &mut Problems) {
    let known = ["type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"];
    button.only(&known, problems);
    ids.action(button, problems);
    button.required("text", problems);
    button.text("text", Kinds::Plain, limits::BUTTON_TEXT, problems);
    button.string("value", limits::BUTTON_VALUE, problems);
    button.string("accessibility_label", limits::BUTTON_LABEL, problems);
    button.one_of("style", &STYLES, problems);
    if let Some(url) = button.string("url", limits::BUTTON_URL, problems)
        && !(url.starts_with("https://") || url.starts_with("http://"))
    {
        problems.add("must be a valid URL", &button.pointer("url"));
    }
    if let Some(value) = button.get("confirm") {
        confirm(value, &button.pointer("confirm"), problems);
    }
}

fn confirm(value: &Value, at: &str, problems: &mut Problems) {
    let Some(dialog) = Object::at(value, at, problems) else { return };
    dialog.only(&["title", "text", "confirm", "deny", "style"], problems);
    let texts = [
        ("title", limits::CONFIRM_TITLE),
        ("text", limits::CONFIRM_TEXT),
        ("confirm", limits::CONFIRM_BUTTON),
        ("deny", limits::CONFIRM_BUTTON),
    ];
    for (name, longest) in texts {
        dialog.required(name, problems);
        dialog.text(name, Kinds::Plain, longest, problems);
    }
    dialog.one_of("style", &STYLES, problems);
}

fn plain_text_input(input: &Object<'_>, ids: &mut Ids, problems: &mut Problems) {
    let known = [
        "type",
        "action_id",
        "placeholder",
        "initial_value",
        "multiline",
        "min_length",
        "max_length",
        "dispatch_action_config",
        "focus_on_load",
    ];
    input.only(&known, problems);
    ids.action(input, problems);
    input.text("placeholder", Kinds::Plain, limits::PLACEHOLDER, problems);
    input.booleans(&["multiline", "focus_on_load"], problems);
    let shortest = length(input, "min_length", 0, problems);
    let longest = length(input, "max_length", 1, problems);
    if let (Some(shortest), Some(longest)) = (shortest, longest)
        && shortest > longest
    {
        problems.add("`min_length` must not be greater than `max_length`", &input.at);
    }
    if let Some(initial) = input.get("initial_value").and_then(Value::as_str) {
        let longest = longest.unwrap_or(limits::INPUT_LENGTH);
        let longest = usize::try_from(longest).unwrap_or(usize::MAX);
        fits(initial, 0, longest, &input.pointer("initial_value"), problems);
    }
}

/// A length that an input asks for, between this and Slack's limit.
fn length(input: &Object<'_>, name: &str, least: u64, problems: &mut Problems) -> Option<u64> {
    let value = input.get(name)?;
    let number = value.as_u64().filter(|number| (least..=limits::INPUT_LENGTH).contains(number));
    if number.is_none() {
        problems
            .add(&format!("must be a number from {least} to {}", limits::INPUT_LENGTH), &input.pointer(name));
    }
    number
}
