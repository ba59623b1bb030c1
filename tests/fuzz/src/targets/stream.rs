//! What wakes up `reconcile`: changes of the table, ends of workflows, the schedule, the command line.

use std::path::Path;

use common::domain::Status;
use serde_json::Value;

use crate::samples::files;
use crate::world::World;

pub(crate) fn samples(root: &Path) -> Vec<Vec<u8>> {
    let world = World::pending();
    let recorded = files(&root.join("events/reconcile"));
    // The same, about the request that waits here.
    let adapted: Vec<_> = recorded.iter().map(|event| world.about_this(event)).collect();
    recorded.into_iter().chain(adapted).collect()
}

/// Only the command line takes a request back, a change that is reported as failed was delivered, and no event decides.
pub(crate) fn run(data: &[u8]) -> bool {
    let Ok(event) = serde_json::from_slice::<Value>(data) else { return false };
    World::visit(|world| woken(world, event))
}

fn woken(world: &World, event: Value) -> bool {
    let before = world.record();
    let numbers: Vec<_> = event
        .pointer("/Records")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|record| record.pointer("/dynamodb/SequenceNumber").cloned())
        .collect();
    let takes_back = event.get("withdraw").is_some();
    match world.reconcile(event) {
        Ok(answer) => {
            let failed = answer.get("batchItemFailures").and_then(Value::as_array);
            for failure in failed.into_iter().flatten() {
                assert!(failure.get("itemIdentifier").is_some_and(|number| numbers.contains(number)));
            }
        }
        Err(error) => {
            let known = ["UnreadableChanges", "NotFound", "InvalidInput", "TemporarilyUnavailable"];
            assert!(known.contains(&error.error_type.as_str()), "{error:?}");
        }
    }
    let record = world.record();
    if takes_back {
        assert!(matches!(record.status, Status::Pending | Status::Withdrawn), "{:?}", record.status);
        world.check();
    } else {
        assert_eq!(record.status, before.status);
        assert_eq!(record.votes, before.votes);
    }
    record != before
}
