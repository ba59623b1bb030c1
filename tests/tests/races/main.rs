//! Many clients at the same moment, on the emulator with the real binaries. Whoever is faster, one decision holds, the workflow follows
//! it, and everybody is told the same.
//!
//! Nothing here asserts how long something takes, and no test knows who wins.

#![expect(clippy::indexing_slicing, reason = "what a JSON value does not have is null, not a panic")]
#![expect(clippy::unwrap_used, reason = "what helps a test may fail it")]

mod ends;
mod gaps;
mod invariants;
mod retries;
mod rounds;
mod timers;
mod votes;

use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use countersign_tests::Run;
use serde_json::{Value, json};

/// The stack, with an API that turns nobody away.
///
/// One crowd at a time: more of them are only a load on this machine. It is a crowd's turn until the second value is dropped.
fn crowded() -> (Run, MutexGuard<'static, ()>) {
    static TURN: Mutex<()> = Mutex::new(());
    // A crowd that failed does not keep the others from their turn.
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let run = Run::connect();
    run.let_a_crowd_through();
    (run, turn)
}

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
