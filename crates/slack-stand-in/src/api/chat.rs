//! `chat.postMessage`, `chat.postEphemeral` and `chat.update`.

use serde_json::{Value, json};

use super::{Arguments, Context, Refusal, Result};
use crate::check::{self, limits};
use crate::workspace::{Channel, Draft, Version};

/// <https://docs.slack.dev/reference/methods/chat.postMessage>
pub(super) fn post_message(context: &mut Context<'_>, arguments: &Arguments) -> Result<Value> {
    let channel = channel_for(context, arguments)?;
    let (text, blocks) = content(arguments)?;
    context.workspace.rate.take(&channel.id, context.now).map_err(Refusal::RateLimited)?;
    let (ts, channel) = post(context, arguments, channel, None, (text, blocks.unwrap_or_default()));
    let message = context.workspace.messages.find(&channel, &ts);
    let message = message.map(|message| message.to_json(context.credentials));
    Ok(json!({ "channel": channel, "ts": ts, "message": message }))
}

/// <https://docs.slack.dev/reference/methods/chat.postEphemeral>
pub(super) fn post_ephemeral(context: &mut Context<'_>, arguments: &Arguments) -> Result<Value> {
    let channel = channel_for(context, arguments)?;
    let reader = arguments.text("user").ok_or_else(|| Refusal::missing("user"))?;
    if context.workspace.users.find(reader).is_none() || !channel.has(reader) {
        return Err(Refusal::Named("user_not_in_channel"));
    }
    let (text, blocks) = content(arguments)?;
    let reader = Some(reader.to_owned());
    let (ts, _) = post(context, arguments, channel, reader, (text, blocks.unwrap_or_default()));
    Ok(json!({ "message_ts": ts }))
}

/// <https://docs.slack.dev/reference/methods/chat.update>
pub(super) fn update(context: &mut Context<'_>, arguments: &Arguments) -> Result<Value> {
    let channel = arguments.text("channel").ok_or(Refusal::Named("channel_not_found"))?;
    let ts = arguments.text("ts").ok_or_else(|| Refusal::missing("ts"))?;
    // A name is not enough here, unlike for a new message.
    let channel = context.workspace.channels.find(channel).ok_or(Refusal::Named("channel_not_found"))?;
    may_post(channel)?;
    let channel = channel.id.clone();
    let (text, blocks) = content(arguments)?;
    let at = context.now;
    let message = context.workspace.messages.find_mut(&channel, ts);
    // Nobody can change what one person was shown.
    let message =
        message.filter(|message| message.reader.is_none()).ok_or(Refusal::Named("message_not_found"))?;
    let text = text.unwrap_or_else(|| message.current.text.clone());
    // A text without blocks takes the old blocks away.
    message.edit(Version { at, text: text.clone(), blocks: blocks.unwrap_or_default() });
    Ok(json!({ "channel": channel, "ts": ts, "text": text, "message": message.to_json(context.credentials) }))
}

/// Where a new message goes: a channel by id or name, or a person's conversation with the app.
fn channel_for(context: &mut Context<'_>, arguments: &Arguments) -> Result<Channel> {
    let named = arguments.text("channel").ok_or(Refusal::Named("channel_not_found"))?;
    let workspace = &mut *context.workspace;
    let id = if workspace.users.find(named).is_some() {
        workspace.channels.open_direct(&[named.to_owned()]).0
    } else {
        named.to_owned()
    };
    let channel = workspace.channels.named(&id).ok_or(Refusal::Named("channel_not_found"))?;
    may_post(channel)?;
    Ok(channel.clone())
}

fn may_post(channel: &Channel) -> Result<()> {
    match channel {
        Channel { is_archived: true, .. } => Err(Refusal::Named("is_archived")),
        Channel { has_app: false, .. } => Err(Refusal::Named("not_in_channel")),
        _ => Ok(()),
    }
}

/// What the message says, if Slack would take it.
fn content(arguments: &Arguments) -> Result<(Option<String>, Option<Vec<Value>>)> {
    let text = arguments.text("text").map(str::to_owned);
    let mut blocks = arguments.blocks()?;
    if text.is_none() && blocks.as_ref().is_none_or(Vec::is_empty) {
        return Err(Refusal::Named("no_text"));
    }
    if text.as_ref().is_some_and(|text| text.chars().count() > limits::TEXT) {
        return Err(Refusal::Named("msg_too_long"));
    }
    if let Some(blocks) = &mut blocks {
        let problems = check::message(blocks);
        if !problems.is_empty() {
            return Err(Refusal::Invalid("invalid_blocks", problems));
        }
        if check::characters(blocks) > limits::MESSAGE_CHARACTERS {
            return Err(Refusal::Named("msg_blocks_too_long"));
        }
        check::complete(blocks);
    }
    Ok((text, blocks))
}

/// Gives the new message's time stamp and channel.
fn post(
    context: &mut Context<'_>,
    arguments: &Arguments,
    channel: Channel,
    reader: Option<String>,
    (text, blocks): (Option<String>, Vec<Value>),
) -> (String, String) {
    let ts = context.workspace.stamp(context.now);
    let version = Version { at: context.now, text: text.unwrap_or_default(), blocks };
    let metadata = arguments.json("metadata").and_then(std::result::Result::ok).unwrap_or_default();
    let thread_ts = arguments.text("thread_ts").map(str::to_owned);
    let draft = Draft { channel: channel.id.clone(), thread_ts, reader, metadata, version };
    context.workspace.messages.post(ts.clone(), draft);
    (ts, channel.id)
}
