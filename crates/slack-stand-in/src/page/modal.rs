//! The modal that a user has before them.

use std::time::Duration;

use serde_json::Value;

use super::blocks::{Place, block, field};
use super::{Seat, escape};
use crate::PATH;
use crate::interaction::{Input, inputs};
use crate::json::{flag, list, number, text};
use crate::workspace::{View, Workspace};

/// Empty when none is open.
pub(super) fn modal(workspace: &Workspace, seat: &Seat, now: Duration) -> String {
    let Some(view) = workspace.views.before(&seat.user) else { return String::new() };
    let place = Place { workspace, seat, message: None, now };
    let content = &view.content;
    let body: String = list(content, "blocks").iter().map(|found| part(&place, view, found)).collect();
    let title = field(&place, content, "title");
    let or = |name: &str, otherwise: &str| match field(&place, content, name) {
        empty if empty.is_empty() => otherwise.to_owned(),
        label => label,
    };
    let close = or("close", "Cancel");
    let submit = if content.get("submit").is_some() || inputs(view).next().is_some() {
        format!(r#"<button class="button primary">{}</button>"#, or("submit", "Submit"))
    } else {
        String::new()
    };
    let trouble = view.trouble.as_deref().map(trouble).unwrap_or_default();
    let id = escape(&view.id);
    let fields = seat.fields();
    format!(
        r#"<div class="backdrop"><form class="modal" role="dialog" aria-label="{title}" method="post" action="{PATH}/submit">{fields}<input type="hidden" name="view" value="{id}"><h2>{title}</h2>{trouble}{body}<div class="actions"><button class="button default" formaction="{PATH}/close" formnovalidate>{close}</button>{submit}</div></form></div>"#
    )
}

/// Slack says the first sentence only; whoever builds an app wants the second as well.
fn trouble(why: &str) -> String {
    format!(
        r#"<p class="notice" role="alert">We had some trouble connecting. Try again? <small>{}</small></p>"#,
        escape(why)
    )
}

fn part(place: &Place<'_>, view: &View, found: &Value) -> String {
    let id = text(found, "block_id").unwrap_or_default();
    match inputs(view).find(|input| input.block_id == id) {
        Some(input) => self::input(place, view, &input),
        None => block(place, found),
    }
}

fn input(place: &Place<'_>, view: &View, input: &Input<'_>) -> String {
    let Input { block_id, block, element } = input;
    let typed = view.typed.get(*block_id).and_then(Value::as_str);
    let typed = escape(typed.or(text(element, "initial_value")).unwrap_or_default());
    let label = field(place, block, "label");
    let optional = if flag(block, "optional") { " <small>(optional)</small>" } else { "" };
    let hint = field(place, block, "hint");
    let placeholder = field(place, element, "placeholder");
    let name = escape(block_id);
    let most =
        number(element, "max_length").map(|most| format!(r#" maxlength="{most}""#)).unwrap_or_default();
    let attributes = format!(r#"name="input:{name}" placeholder="{placeholder}"{most}"#);
    let control = if flag(element, "multiline") {
        // A browser drops the first line end after the tag.
        format!("<textarea rows=\"4\" {attributes}>\n{typed}</textarea>")
    } else {
        format!(r#"<input type="text" autocomplete="off" {attributes} value="{typed}">"#)
    };
    let error = view.errors.get(*block_id).and_then(Value::as_str);
    let error = error.map(|error| format!(r#"<span class="error" role="alert">{}</span>"#, escape(error)));
    format!(
        r#"<label>{label}{optional}{control}</label>{}<small class="hint">{hint}</small>"#,
        error.unwrap_or_default()
    )
}
