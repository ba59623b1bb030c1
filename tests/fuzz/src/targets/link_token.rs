//! The parameter of a link: parsed, and opened in the page.

use std::path::Path;

use common::domain::LinkToken;

use crate::samples::events;
use crate::world::World;

pub(crate) fn samples(root: &Path) -> Vec<Vec<u8>> {
    let token = |event: &serde_json::Value| {
        Some(event.pointer("/queryStringParameters/token")?.as_str()?.as_bytes().to_vec())
    };
    let mut tokens: Vec<_> = events(root, "approval-callback").iter().filter_map(token).collect();
    tokens.push(World::pending().link.into_bytes());
    tokens
}

/// A token has one way to be written, and whatever is opened, nothing changes and nothing is sent.
pub(crate) fn run(data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    if let Ok(token) = LinkToken::parse(&text) {
        assert_eq!(token.expose(), text, "a second way to write a token");
    }
    World::visit(|world| opened(world, &text))
}

fn opened(world: &World, text: &str) -> bool {
    let before = world.record();
    let sent = world.memory.sent().len();
    let status = world.open(text);
    let opens = text == world.link;
    assert_eq!(status == 200, opens, "status {status} for the token {text:?}");
    assert!((200..500).contains(&status), "status {status}");
    assert_eq!(world.record(), before, "opening a link changed the record");
    assert_eq!(world.memory.sent().len(), sent, "opening a link sent mail");
    opens
}
