//! `conversations.open`.

use serde_json::{Value, json};

use super::{Arguments, Context, Refusal, Result};

/// Slack's limit for a conversation of several people.
const MOST: usize = 8;

/// <https://docs.slack.dev/reference/methods/conversations.open>
pub(super) fn open(context: &mut Context<'_>, arguments: &Arguments) -> Result<Value> {
    if let Some(channel) = arguments.text("channel") {
        let known = context.workspace.channels.find(channel).filter(|channel| channel.is_direct);
        let known = known.ok_or(Refusal::Named("channel_not_found"))?;
        return Ok(json!({ "no_op": true, "already_open": true, "channel": { "id": known.id } }));
    }
    let users = arguments.text("users").ok_or(Refusal::Named("users_list_not_supplied"))?;
    let users: Vec<_> = users.split(',').map(|user| user.trim().to_owned()).collect();
    if users.len() > MOST {
        return Err(Refusal::Named("too_many_users"));
    }
    for user in &users {
        let user = context.workspace.users.find(user).ok_or(Refusal::Named("user_not_found"))?;
        if user.is_deleted {
            return Err(Refusal::Named("user_disabled"));
        }
    }
    let (id, was_open) = context.workspace.channels.open_direct(&users);
    if was_open {
        return Ok(json!({ "no_op": true, "already_open": true, "channel": { "id": id } }));
    }
    Ok(json!({ "channel": { "id": id } }))
}
