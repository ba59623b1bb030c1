//! The payloads of interactions
//! (<https://docs.slack.dev/reference/interaction-payloads>).

use serde_json::{Value, json};

use crate::StandIn;
use crate::workspace::{Channel, Message, User, View};

/// What every payload says about where it comes from.
fn origin(stand_in: &StandIn, kind: &str, user: &User) -> Value {
    let credentials = &stand_in.credentials;
    json!({
        "type": kind,
        "user": {
            "id": user.id, "username": user.name, "name": user.name, "team_id": credentials.team_id,
        },
        "api_app_id": credentials.app_id,
        "token": "deprecated-verification-token",
        "team": { "id": credentials.team_id, "domain": "stand-in" },
        "enterprise": null,
        "is_enterprise_install": false,
    })
}

fn with(mut payload: Value, more: Value) -> Value {
    if let (Some(payload), Value::Object(more)) = (payload.as_object_mut(), more) {
        payload.extend(more);
    }
    payload
}

/// A click: on what, by means of which trigger, and where it can be answered.
pub(super) struct Clicked<'a> {
    pub(super) user: &'a User,
    pub(super) channel: &'a Channel,
    pub(super) message: &'a Message,
    pub(super) block_id: &'a str,
    pub(super) element: &'a Value,
    pub(super) trigger: &'a str,
    pub(super) response: &'a str,
    pub(super) action_ts: String,
}

/// `block_actions`.
pub(super) fn block_actions(stand_in: &StandIn, clicked: &Clicked<'_>) -> Value {
    let Clicked { user, channel, message, block_id, element, trigger, response, action_ts } = clicked;
    let is_ephemeral = message.reader.is_some();
    let mut action =
        json!({ "action_id": null, "block_id": block_id, "type": "button", "action_ts": action_ts });
    for name in ["action_id", "text", "value", "style", "url"] {
        if let (Some(action), Some(value)) = (action.as_object_mut(), element.get(name)) {
            action.insert(name.to_owned(), value.clone());
        }
    }
    let mut container = json!({
        "type": "message", "message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": is_ephemeral,
    });
    if let (Some(thread_ts), Some(container)) = (&message.thread_ts, container.as_object_mut()) {
        container.insert("thread_ts".to_owned(), thread_ts.as_str().into());
    }
    let name = if channel.is_direct { "directmessage" } else { &channel.name };
    let mut payload = with(
        origin(stand_in, "block_actions", user),
        json!({
            "container": container,
            "trigger_id": trigger,
            "channel": { "id": channel.id, "name": name },
            "state": { "values": {} },
            "response_url": format!("{}/response/{response}", stand_in.url),
            "actions": [action],
        }),
    );
    if !is_ephemeral {
        payload = with(payload, json!({ "message": message.to_json(&stand_in.credentials) }));
    }
    payload
}

/// `view_submission`.
pub(super) fn view_submission(
    stand_in: &StandIn,
    user: &User,
    view: &View,
    values: &Value,
    trigger: &str,
) -> Value {
    let view = view.to_json(&stand_in.credentials, values);
    with(
        origin(stand_in, "view_submission", user),
        json!({ "trigger_id": trigger, "view": view, "response_urls": [] }),
    )
}

/// `view_closed`.
pub(super) fn view_closed(stand_in: &StandIn, user: &User, view: &View) -> Value {
    let view = view.to_json(&stand_in.credentials, &json!({}));
    with(origin(stand_in, "view_closed", user), json!({ "view": view, "is_cleared": false }))
}
