//! The inputs of a modal, and what the client does not let pass.

use serde_json::{Map, Value, json};

use crate::json::{flag, list, number, text};
use crate::workspace::View;

/// One input of a view.
pub(crate) struct Input<'a> {
    pub(crate) block_id: &'a str,
    pub(crate) block: &'a Value,
    pub(crate) element: &'a Value,
}

/// The inputs of a view, in their order.
pub(crate) fn inputs(view: &View) -> impl Iterator<Item = Input<'_>> {
    list(&view.content, "blocks").iter().filter_map(|block| {
        let element = block.get("element")?;
        Some(Input { block_id: text(block, "block_id").unwrap_or_default(), block, element })
    })
}

/// What was typed, by block: a text, or an object with the action's text.
fn typed<'a>(input: &Input<'_>, values: &'a Value) -> &'a str {
    let given = values.get(input.block_id).unwrap_or(&Value::Null);
    let by_action = text(input.element, "action_id").and_then(|action| text(given, action));
    given.as_str().or(by_action).unwrap_or_default()
}

/// `view.state.values`. An empty input has no value.
pub(super) fn state(view: &View, values: &Value) -> Value {
    let entry = |input: Input<'_>| {
        let typed = Some(typed(&input, values)).filter(|typed| !typed.is_empty());
        let action = text(input.element, "action_id").unwrap_or_default();
        let kind = text(input.element, "type").unwrap_or_default();
        (input.block_id.to_owned(), json!({ action: { "type": kind, "value": typed } }))
    };
    Value::Object(inputs(view).map(entry).collect())
}

/// What was typed, for the form that is shown again.
pub(super) fn kept(view: &View, values: &Value) -> Map<String, Value> {
    inputs(view).map(|input| (input.block_id.to_owned(), typed(&input, values).into())).collect()
}

/// What the client finds wrong before it submits, by block.
pub(super) fn incomplete(view: &View, values: &Value) -> Map<String, Value> {
    let complaint = |input: Input<'_>| {
        let length = u64::try_from(typed(&input, values).chars().count()).unwrap_or(u64::MAX);
        let shortest = number(input.element, "min_length").unwrap_or_default();
        let longest = number(input.element, "max_length").unwrap_or(crate::check::limits::INPUT_LENGTH);
        let said = match length {
            0 if flag(input.block, "optional") => return None,
            0 => "Please complete this required field.".to_owned(),
            _ if length < shortest => format!("Please enter at least {shortest} characters."),
            _ if length > longest => format!("Please enter no more than {longest} characters."),
            _ => return None,
        };
        Some((input.block_id.to_owned(), said.into()))
    };
    inputs(view).filter_map(complaint).collect()
}
