//! The body that the page's form sends.

use std::path::Path;

use common::domain::Status;

use crate::samples::bodies;
use crate::world::{PHRASE, World};

pub(crate) fn samples(root: &Path) -> Vec<Vec<u8>> {
    let link = World::pending().link;
    let mut samples = bodies(root, "approval-callback");
    for rest in [
        format!("action=approve&phrase={PHRASE}"),
        "action=reject&phrase=production&reason=freeze+until+Monday".to_owned(),
        "action=approve&phrase=staging".to_owned(),
    ] {
        samples.push(format!("token={link}&{rest}").into_bytes());
    }
    samples
}

/// Only a form with Ana's own token, which says what to do and has the phrase, decides; and nothing breaks the page.
pub(crate) fn run(data: &[u8]) -> bool {
    World::visit(|world| posted(world, data))
}

fn posted(world: &World, data: &[u8]) -> bool {
    let before = world.record();
    let status = world.post(data);
    assert!((200..500).contains(&status), "status {status}");
    let record = world.record();
    if record == before {
        return false;
    }
    // Read by another parser than the handler's.
    let has = |name: &str, value: &str| {
        form_urlencoded::parse(data)
            .any(|(key, found)| key == name && found.trim().eq_ignore_ascii_case(value))
    };
    assert!(has("token", &world.link), "decided without the token");
    let action = if record.status == Status::Approved { "approve" } else { "reject" };
    assert!(has("action", action), "{:?} without being told so", record.status);
    assert!(has("phrase", PHRASE), "decided without the phrase");
    world.check();
    true
}
