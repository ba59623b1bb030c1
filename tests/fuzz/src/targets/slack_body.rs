//! The body that Slack sends when somebody presses a button or submits a modal. It is signed: the bytes are what a
//! workspace could make Slack send.

use std::path::Path;

use serde_json::Value;

use crate::samples::bodies;
use crate::world::{ACCOUNT, World};

pub(crate) fn samples(root: &Path) -> Vec<Vec<u8>> {
    let world = World::pending();
    let recorded = bodies(root, "slack-interaction");
    // The same, about the request that waits here.
    let adapted: Vec<_> = recorded.iter().map(|body| world.about_this(body)).collect();
    recorded.into_iter().chain(adapted).collect()
}

/// Only what names Ana's account decides; and Slack always has its answer.
pub(crate) fn run(data: &[u8]) -> bool {
    World::visit(|world| sent(world, data))
}

fn sent(world: &World, data: &[u8]) -> bool {
    let before = world.record();
    let status = world.post_signed(data);
    assert!((200..500).contains(&status), "status {status}");
    let record = world.record();
    if record.votes == before.votes && record.status == before.status {
        return false;
    }
    let payload = form_urlencoded::parse(data).find(|(name, _)| name == "payload");
    let payload: Value = payload.and_then(|(_, text)| serde_json::from_str(&text).ok()).unwrap_or_default();
    let user = payload.pointer("/user/id").and_then(Value::as_str);
    assert_eq!(user, Some(ACCOUNT), "somebody else has decided");
    world.check();
    true
}
