//! The names in the table: keys, attributes and indexes, each written once.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::domain::{PlanKey, RequestId, Subject};

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

/// Says that a message in Slack shows something else than the record; the stream is filtered by it.
pub const SLACK_STALE: &str = "slackStale";

/// Says that somebody waits for a link; the stream is filtered by it.
pub const LINK_WANTED: &str = "linkWanted";

/// The index of pending requests.
pub const OPEN_INDEX: &str = "open";
/// Partition key of the open index; only on pending records.
pub const OPEN_SHARD: &str = "openShard";
/// Sort key of the open index; a field of the record, written so that it sorts.
pub const OPENED_AT: &str = "openedAt";
/// The index of all requests.
pub const OPENED_INDEX: &str = "opened";
/// Partition key of the opened index.
pub const OPENED_MONTH: &str = "openedMonth";
/// The index of requests by the workflow whose end concerns them.
pub const WAITING_INDEX: &str = "waiting";
/// Partition key of the waiting index: the workflow's ARN; only on records that are pending or owe their answer.
pub const WAITING_EXECUTION: &str = "waitingExecution";

/// For lists: what is asked for.
pub const TITLE: &str = "title";
/// For lists: who asked.
pub const REQUESTER: &str = "requester";

/// For the lists of one person: whose vote is awaited by mail; only on pending records.
pub const AWAITED: &str = "awaited";

/// When the table may drop a record, in epoch seconds; only on closed records with a retention.
pub const EXPIRES_AT: &str = "expiresAt";

/// The one shard of each index. An index key that is busier than 1,000 writes a second would need more.
pub const SHARD: &str = "0";

/// For lists: the name; a field of the record.
pub const ID: &str = "id";
/// For lists: until when votes count; a field of the record.
pub const DEADLINE: &str = "deadline";

/// What conditional writes of the policy compare; a field of the policy.
pub const NUMBER: &str = "number";
/// For lists: SHA-256 of the file; a field of the policy.
pub const HASH: &str = "hash";
/// For lists: when it was stored; a field of the policy.
pub const STORED_AT: &str = "storedAt";
/// For lists: how many bytes the file of a policy has.
pub const SIZE: &str = "size";
/// The newest plan; a field of the pointer.
pub const PLAN: &str = "plan";
/// When that was prepared, in a form that sorts; a field of the pointer.
pub const PREPARED_AT: &str = "preparedAt";

/// The sort key of every request's record.
pub const RECORD: &str = "record";
/// The sort key of every pointer.
pub const POINTER: &str = "pointer";
/// The partition key of every version of the policy.
pub const POLICY: &str = "policy";
/// What the sort keys of all versions of the policy start with.
pub const POLICY_VERSION: &str = "version#";

/// The month of a time, in UTC: `2026-01`.
pub fn month(time: Timestamp) -> String {
    time.to_string().chars().take(7).collect()
}

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
    pub sk: Cow<'static, str>,
}

impl Key {
    /// Of a request's record.
    pub fn request(id: &RequestId) -> Self {
        Self { pk: format!("{REQUEST}{id}"), sk: RECORD.into() }
    }

    /// Of no record: where one would be that no request is called like.
    pub fn of_nothing() -> Self {
        Self { pk: format!("{REQUEST}-"), sk: RECORD.into() }
    }

    /// Of a plan.
    pub fn plan(key: &PlanKey) -> Self {
        Self { pk: format!("plan#{key}"), sk: "plan".into() }
    }

    /// Of the pointer to a subject's newest plan.
    pub fn pointer(subject: &Subject) -> Self {
        Self { pk: format!("subject#{subject}"), sk: POINTER.into() }
    }

    /// Of the policy that holds.
    pub fn policy() -> Self {
        Self { pk: POLICY.to_owned(), sk: "current".into() }
    }

    /// Of one version of the policy; the numbers sort.
    pub fn policy_version(number: u32) -> Self {
        Self { pk: POLICY.to_owned(), sk: format!("{POLICY_VERSION}{number:010}").into() }
    }
}
