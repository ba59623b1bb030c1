//! `countersign policy show`

use clap::Args;
use common::domain::StoredPolicy;
use common::ports::StorePolicies;
use serde_json::json;

use crate::aws::Connection;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::Answer;

/// Which version.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  countersign policy show > approvals.toml
  countersign policy show --version 3
  countersign policy show --json

Prints the file as it was stored; --json has the version and what the file says as well.")]
pub struct Arguments {
    /// The number of the version; the newest unless given.
    #[arg(long, value_name = "VERSION")]
    version: Option<u32>,
}

pub(super) async fn run(arguments: &Arguments, connection: &Connection) -> Result<Answer, Error> {
    let stored = stored(&connection.open().await?.table, arguments.version).await?;
    let text = stored.source.clone();
    let json = json!({
        "ok": true, "version": stored.number, "hash": stored.hash, "storedAt": stored.stored_at,
        "source": stored.source, "policy": stored.policy,
    });
    Ok(Answer { exit: Exit::Ok, text, json })
}

/// The policy that holds, or one version.
pub(super) async fn stored(store: &impl StorePolicies, version: Option<u32>) -> Result<StoredPolicy, Error> {
    match version {
        None => store.policy().await?.ok_or(Error::NoPolicy),
        Some(number) => store.policy_version(number).await?.ok_or(Error::NoVersion { number }),
    }
}
