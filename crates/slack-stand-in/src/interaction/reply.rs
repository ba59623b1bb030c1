//! What an app's answer to a submission means (<https://docs.slack.dev/surfaces/modals>).

use serde_json::{Map, Value};

use super::values::inputs;
use crate::app::Answered;
use crate::check;
use crate::json::text;
use crate::workspace::View;

/// What becomes of the modal.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reply {
    /// It closes; the one below comes back.
    Close,
    /// Every modal of the person closes.
    Clear,
    /// It stays open and shows what is wrong, by block.
    Errors(Map<String, Value>),
    /// Something else is shown in it.
    Update(Value),
    /// Another one is put on top of it.
    Push(Value),
    /// It stays open, and the person is told that it did not work. For the developer: why.
    Trouble(String),
}

/// Reads an answer. Slack takes an empty body or a `response_action` and nothing else.
pub(super) fn read(view: &View, answered: &Answered) -> Reply {
    let trouble = |why: &str| Reply::Trouble(why.to_owned());
    let body = match &answered.answer {
        Ok((_, body)) if answered.is_acknowledged() => body.trim(),
        _ => return Reply::Trouble(answered.complaint().unwrap_or_default()),
    };
    if body.is_empty() {
        return Reply::Close;
    }
    let Ok(said @ Value::Object(_)) = serde_json::from_str(body) else {
        return trouble("The answer is neither empty nor a JSON object.");
    };
    match text(&said, "response_action") {
        Some("clear") => Reply::Clear,
        Some("errors") => errors(view, &said),
        Some("update") => content(&said).map_or_else(Reply::Trouble, Reply::Update),
        Some("push") => content(&said).map_or_else(Reply::Trouble, Reply::Push),
        _ => trouble("The answer is not empty and has no `response_action` that Slack knows."),
    }
}

fn errors(view: &View, said: &Value) -> Reply {
    let Some(errors) = said.get("errors").and_then(Value::as_object).filter(|errors| !errors.is_empty())
    else {
        return Reply::Trouble("The answer has no `errors`.".to_owned());
    };
    let is_known = |block: &String| inputs(view).any(|input| input.block_id == block);
    match errors.iter().find(|(block, error)| !is_known(block) || !error.is_string()) {
        Some((block, _)) => Reply::Trouble(format!("`errors` has no text for an input: {block}.")),
        None => Reply::Errors(errors.clone()),
    }
}

fn content(said: &Value) -> Result<Value, String> {
    let view = said.get("view").unwrap_or(&Value::Null);
    let problems = check::view(view);
    if problems.is_empty() { Ok(view.clone()) } else { Err(problems.to_string()) }
}

#[cfg(test)]
mod tests;
