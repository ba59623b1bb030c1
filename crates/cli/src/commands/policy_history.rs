//! `countersign policy history`

use clap::Args;
use common::ports::{ListPolicies, ListedPolicy};
use serde_json::json;

use crate::aws::Connection;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::Answer;
use crate::records::time;

/// Nothing to choose.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  countersign policy history
  countersign policy history --json

Lists every version that was ever stored, the newest first. Who stored it stands in CloudTrail.")]
pub struct Arguments {}

pub(super) async fn run(_: &Arguments, connection: &Connection) -> Result<Answer, Error> {
    Ok(answer(&connection.open().await?.table.policy_versions().await?))
}

pub(super) fn answer(versions: &[ListedPolicy]) -> Answer {
    let mut text = String::new();
    if versions.is_empty() {
        text.push_str("no policy is stored: the stack's default approver decides\n");
    } else {
        text.push_str("version  stored                    bytes  SHA-256\n");
    }
    let lines = versions.iter().map(|version| {
        let ListedPolicy { number, hash, stored_at, size } = version;
        format!("{number:<7}  {:<20}  {size:>9}  {hash}\n", time(*stored_at))
    });
    text.extend(lines);
    let versions: Vec<_> = versions
        .iter()
        .map(|version| {
            json!({
                "version": version.number, "storedAt": version.stored_at, "hash": version.hash, "size": version.size,
            })
        })
        .collect();
    Answer { exit: Exit::Ok, text, json: json!({ "ok": true, "versions": versions }) }
}
