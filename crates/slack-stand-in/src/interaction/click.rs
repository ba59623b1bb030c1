//! Pressing a button of a message.

use std::sync::Arc;

use serde_json::Value;

use super::payload::{Clicked, block_actions};
use super::{Delivered, NotPossible, deliver};
use crate::json::{list, patch, text};
use crate::workspace::{Message, Workspace};
use crate::{StandIn, clock};

/// Who presses which button.
#[derive(Clone, Debug)]
pub(crate) struct Click {
    pub(crate) user: String,
    pub(crate) channel: String,
    pub(crate) ts: String,
    pub(crate) action_id: String,
    /// Changes to the payload before it is signed, for what an honest client never sends.
    pub(crate) patch: Value,
}

/// Presses it, and remembers what the person is shown when the app does not acknowledge.
pub(crate) async fn click(stand_in: &Arc<StandIn>, click: &Click) -> Result<Delivered, NotPossible> {
    let (payload, trigger) = prepare(stand_in, click)?;
    let delivered = deliver(stand_in, &payload, Some(trigger)).await;
    let complaint = delivered.answered.complaint();
    stand_in.workspace().notices.set(&click.user, &click.channel, &click.ts, complaint);
    Ok(delivered)
}

fn prepare(stand_in: &StandIn, click: &Click) -> Result<(Value, String), NotPossible> {
    let now = clock::now();
    let mut workspace = stand_in.workspace();
    let workspace: &mut Workspace = &mut workspace;
    let numbers = [workspace.number(), workspace.number()];
    let user = workspace.users.find(&click.user).ok_or(NotPossible::NoSuchUser)?;
    let channel = workspace.channels.find(&click.channel).filter(|channel| channel.has(&user.id));
    let channel = channel.ok_or(NotPossible::NoSuchMessage)?;
    let message = workspace.messages.find(&click.channel, &click.ts);
    let message = message.filter(|message| message.is_seen_by(&user.id)).ok_or(NotPossible::NoSuchMessage)?;
    let (block_id, element) = button(message, &click.action_id).ok_or(NotPossible::NoSuchButton)?;
    let [trigger, response] = numbers;
    let trigger = workspace.triggers.pull(trigger, &user.id, now);
    let response = workspace.triggers.url(response, &user.id, &channel.id, &message.ts, now);
    let clicked = Clicked {
        user,
        channel,
        message,
        block_id,
        element,
        trigger: &trigger,
        response: &response,
        action_ts: clock::stamp(now),
    };
    let mut payload = block_actions(stand_in, &clicked);
    if !click.patch.is_null() {
        patch(&mut payload, &click.patch);
    }
    Ok((payload, trigger))
}

/// The button with this action and its block. A client that has not yet heard of the last update still has the
/// buttons of before, so older versions count.
fn button<'a>(message: &'a Message, action_id: &str) -> Option<(&'a str, &'a Value)> {
    message.versions().flat_map(|version| &version.blocks).find_map(|block| {
        let elements = list(block, "elements").iter().chain(block.get("accessory"));
        let button = elements.into_iter().find(|element| text(element, "action_id") == Some(action_id))?;
        Some((text(block, "block_id").unwrap_or_default(), button))
    })
}
