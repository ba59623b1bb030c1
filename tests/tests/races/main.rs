//! Many clients at the same moment, on the emulator with the real binaries. Whoever is faster, one decision holds, the workflow follows
//! it, and everybody is told the same.
//!
//! Nothing here asserts how long something takes, and no test knows who wins.

#![expect(clippy::indexing_slicing, reason = "what a JSON value does not have is null, not a panic")]
#![expect(clippy::unwrap_used, reason = "what helps a test may fail it")]

mod ends;
mod gaps;
mod retries;
mod rounds;
mod timers;
mod votes;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

/// The stack's own state machine, but its first wait lasts only so long.
///
/// Everything else is as it is deployed, so this is a workflow that waits again, as after a reminder.
fn own_workflow(first_wait: u32) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../statemachine/deployment-approval.asl.json");
    let mut definition: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    definition["States"]["PrepareDeployment"]["Next"] = json!("Shorten");
    definition["States"]["Shorten"] = json!({
        "Type": "Pass", "Result": first_wait, "ResultPath": "$.deploymentDetails.approval.waitSeconds", "Next": "ApprovalNeeded?"
    });
    definition
}
