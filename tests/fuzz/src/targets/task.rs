//! What a state machine hands to the functions that are its tasks. The first byte says to which.

use std::path::Path;

use common::contract::TaskErrorName;
use common::domain::Status;
use serde_json::Value;

use crate::samples::files;
use crate::world::{Task, World};

pub(crate) fn samples(root: &Path) -> Vec<Vec<u8>> {
    let world = World::pending();
    let mut samples = Vec::new();
    for (number, task) in Task::ALL.into_iter().enumerate() {
        let first = b'0' + u8::try_from(number).unwrap_or_default();
        let payloads = files(&root.join("events").join(task.name()));
        for payload in payloads {
            // The same, about the request that waits here.
            let adapted = world.about_this(&payload);
            samples.extend([payload, adapted].map(|payload| [vec![first], payload].concat()));
        }
    }
    samples
}

/// A payload is acted on, or fails by a name that state machines know; and none of them decides.
pub(crate) fn run(data: &[u8]) -> bool {
    let Some((first, payload)) = data.split_first() else { return false };
    let number = usize::from(first.wrapping_sub(b'0')) % Task::ALL.len();
    let Some(task) = Task::ALL.get(number).copied() else { return false };
    let Ok(payload) = serde_json::from_slice::<Value>(payload) else { return false };
    World::visit(|world| invoked(world, task, payload))
}

fn invoked(world: &World, task: Task, payload: Value) -> bool {
    let before = world.record();
    let answer = world.task(task, payload);
    match &answer {
        Ok(answer) => {
            assert!(task != Task::ExecuteDeployment, "deployed without an approval: {answer}");
            assert!(!answer.to_string().contains(&world.link), "the answer holds a link");
        }
        Err(error) => {
            let known = TaskErrorName::ALL.iter().any(|name| name.as_str() == error.error_type);
            assert!(known, "{task:?} fails as {}", error.error_type);
        }
    }
    let record = world.record();
    assert_eq!(record.votes, before.votes);
    assert!(matches!(record.status, Status::Pending | Status::Expired), "{:?}", record.status);
    world.check();
    answer.is_ok()
}
