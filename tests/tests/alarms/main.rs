//! What sets off each alarm of `docs/RUNBOOK.md`, provoked. Those about mail and Slack are provoked where these fail,
//! in `mail_refused` and `in_slack`.

#![expect(clippy::unwrap_used, reason = "what helps a test may fail it")]

mod answers;
mod dead_letters;
mod owed;
mod signatures;

use std::fs;
use std::path::Path;

use countersign_tests::Run;
use serde_json::Value;

/// A recorded event of `reconcile`.
fn event(name: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../events/reconcile/{name}.json"));
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// Lets one minute's run come by, and gives what it found.
fn sweep(run: &Run) -> Value {
    run.call("ReconcileFunctionArn", &event("schedule")).success()
}
