//! Blocks as HTML.

use std::time::Duration;

use serde_json::Value;

use super::{Seat, escape, mrkdwn};
use crate::PATH;
use crate::json::{list, text};
use crate::workspace::{Message, Workspace};

/// What blocks are rendered for.
pub(super) struct Place<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) seat: &'a Seat,
    /// Buttons work in messages only.
    pub(super) message: Option<&'a Message>,
    pub(super) now: Duration,
}

/// A text object.
pub(super) fn words(place: &Place<'_>, object: &Value) -> String {
    let said = text(object, "text").unwrap_or_default();
    match text(object, "type") {
        Some("mrkdwn") => mrkdwn::html(said, place.workspace, place.now),
        _ => escape(said).replace('\n', "<br>"),
    }
}

/// A text object below a name.
pub(super) fn field(place: &Place<'_>, value: &Value, name: &str) -> String {
    value.get(name).map(|object| words(place, object)).unwrap_or_default()
}

/// A block that is no input.
pub(super) fn block(place: &Place<'_>, block: &Value) -> String {
    match text(block, "type") {
        Some("header") => format!("<h3>{}</h3>", field(place, block, "text")),
        Some("section") => section(place, block),
        Some("context") => {
            let parts: Vec<_> = list(block, "elements").iter().map(|element| words(place, element)).collect();
            format!(r#"<p class="context">{}</p>"#, parts.join(r#" <span class="gap"></span> "#))
        }
        Some("actions") => {
            let buttons: String =
                list(block, "elements").iter().map(|element| button(place, element)).collect();
            format!(r#"<div class="actions">{buttons}</div>"#)
        }
        Some("divider") => "<hr>".to_owned(),
        _ => String::new(),
    }
}

fn section(place: &Place<'_>, block: &Value) -> String {
    let text = block.get("text").map(|text| format!("<p>{}</p>", words(place, text)));
    let fields: Vec<_> =
        list(block, "fields").iter().map(|field| format!("<p>{}</p>", words(place, field))).collect();
    let fields = (!fields.is_empty()).then(|| format!(r#"<div class="fields">{}</div>"#, fields.concat()));
    let accessory = block.get("accessory");
    let accessory =
        accessory.map(|element| format!(r#"<div class="accessory">{}</div>"#, button(place, element)));
    let parts: Vec<_> = [text, fields, accessory].into_iter().flatten().collect();
    format!("<section>{}</section>", parts.concat())
}

fn button(place: &Place<'_>, element: &Value) -> String {
    let label = field(place, element, "text");
    let style = escape(text(element, "style").unwrap_or("default"));
    if let Some(url) = text(element, "url") {
        let url = escape(url);
        return format!(
            r#"<a class="button {style}" href="{url}" target="_blank" rel="noopener noreferrer">{label}</a>"#
        );
    }
    let Some(message) = place.message else {
        return format!(r#"<button class="button {style}" disabled>{label}</button>"#);
    };
    let form = |inside: &str| {
        let [channel, ts] = [&message.channel, &message.ts].map(|text| escape(text));
        let action = escape(text(element, "action_id").unwrap_or_default());
        format!(
            r#"<form method="post" action="{PATH}/click">{}<input type="hidden" name="in" value="{channel}"><input type="hidden" name="ts" value="{ts}"><input type="hidden" name="action_id" value="{action}">{inside}</form>"#,
            place.seat.fields()
        )
    };
    let Some(dialog) = element.get("confirm") else {
        return form(&format!(r#"<button class="button {style}">{label}</button>"#));
    };
    let [title, words, yes, no] = ["title", "text", "confirm", "deny"].map(|name| field(place, dialog, name));
    let yes_style = escape(text(dialog, "style").unwrap_or("primary"));
    let here = escape(&format!("{PATH}/?{}", place.seat.query()));
    let confirm = form(&format!(r#"<button class="button {yes_style}">{yes}</button>"#));
    format!(
        r#"<details class="confirm"><summary class="button {style}">{label}</summary><div class="dialog"><h4>{title}</h4><p>{words}</p><div class="actions"><a class="button default" href="{here}">{no}</a>{confirm}</div></div></details>"#
    )
}
