//! The names in the table: keys, attributes and indexes, each written once.

use crate::domain::{PlanKey, RequestId};

/// Partition key.
pub const PK: &str = "pk";
/// Sort key.
pub const SK: &str = "sk";

/// The number of the stored shape; a field of every record and plan.
pub const SCHEMA: &str = "schema";
/// What conditional writes compare; a field of the record.
pub const VERSION: &str = "version";
/// Whether votes still count; a field of the record.
pub const STATUS: &str = "status";

/// The index of requests whose workflow, or whose people, still have to be told.
pub const OWED_INDEX: &str = "owed";
/// Partition key of the owed index; only on records that owe something.
pub const OWED_SHARD: &str = "owedShard";
/// Sort key of the owed index: when it was decided.
pub const OWED_SINCE: &str = "owedSince";

/// The index of pending requests.
pub const OPEN_INDEX: &str = "open";
/// Partition key of the open index; only on pending records.
pub const OPEN_SHARD: &str = "openShard";
/// Sort key of the open index; a field of the record, written so that it sorts.
pub const OPENED_AT: &str = "openedAt";
/// The index of requests by the workflow whose end concerns them.
pub const WAITING_INDEX: &str = "waiting";
/// Partition key of the waiting index: the workflow's ARN; only on records that are pending or owe their answer.
pub const WAITING_EXECUTION: &str = "waitingExecution";

/// For lists: what is asked for.
pub const TITLE: &str = "title";
/// For lists: who asked.
pub const REQUESTER: &str = "requester";

/// When the table may drop a record, in epoch seconds; only on closed records with a retention.
pub const EXPIRES_AT: &str = "expiresAt";

/// The one shard of each index. An index key that is busier than 1,000 writes a second would need more.
pub const SHARD: &str = "0";

const REQUEST: &str = "request#";

/// The request whose record has this partition key; `None` for other items.
pub fn request_of(pk: &str) -> Option<RequestId> {
    RequestId::parse(pk.strip_prefix(REQUEST)?).ok()
}

/// The primary key of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its partition key.
    pub pk: String,
    /// Its sort key.
    pub sk: &'static str,
}

impl Key {
    /// Of a request's record.
    pub fn request(id: &RequestId) -> Self {
        Self { pk: format!("{REQUEST}{id}"), sk: "record" }
    }

    /// Of a plan.
    pub fn plan(key: &PlanKey) -> Self {
        Self { pk: format!("plan#{key}"), sk: "plan" }
    }
}
