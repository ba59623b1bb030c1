//! What the workspace holds, for tests to look at.

use serde_json::{Value, json};

use crate::workspace::{Message, Status, Version, Workspace};
use crate::{StandIn, clock, http};

/// Every message, or those of one channel.
pub(super) fn messages(stand_in: &StandIn, query: &[(String, String)]) -> Value {
    let workspace = stand_in.workspace();
    let channel = http::field(query, "channel");
    let wanted = |message: &&Message| channel.is_empty() || message.channel == channel;
    let messages = workspace.messages.all().iter().filter(wanted);
    let messages: Vec<_> = messages.map(|message| one(stand_in, &workspace, message)).collect();
    json!({ "messages": messages })
}

fn one(stand_in: &StandIn, workspace: &Workspace, message: &Message) -> Value {
    let name = workspace.channels.find(&message.channel).map(|channel| channel.name.as_str());
    let shown = message.to_json(&stand_in.credentials);
    let history: Vec<_> = message.history.iter().map(version).collect();
    json!({
        "channel": message.channel, "channel_name": name, "ts": message.ts, "thread_ts": message.thread_ts,
        "text": message.current.text, "blocks": message.current.blocks, "metadata": shown.get("metadata"),
        "user": message.reader, "edits": history.len(), "history": history, "deleted": message.is_deleted,
    })
}

fn version(version: &Version) -> Value {
    json!({ "at": clock::stamp(version.at), "text": version.text, "blocks": version.blocks })
}

/// Every view, with what became of it.
pub(super) fn views(stand_in: &StandIn) -> Value {
    let workspace = stand_in.workspace();
    let one = |view: &crate::workspace::View| {
        let status = match view.status {
            Status::Open => "open",
            Status::Submitted => "submitted",
            Status::Closed => "closed",
        };
        json!({
            "user": view.user, "trigger_id": view.trigger, "status": status, "errors": view.errors,
            "trouble": view.trouble, "view": view.to_json(&stand_in.credentials, &json!({})),
        })
    };
    let views: Vec<_> = workspace.views.all().iter().map(one).collect();
    json!({ "views": views })
}
