//! What an item looks like: the struct's own fields, the primary key, and what the sparse indexes and
//! the table's time to live need. All of the latter is derived anew with every write and ignored when read.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_dynamo::{from_item, to_item};

use super::keys::{self, Key};
use super::unknown;
use crate::domain::{Plan, Pointer, Request, SCHEMA, Status, StoredPolicy};

pub(super) type Item = HashMap<String, AttributeValue>;

/// Why an item cannot be written or read. What is in it is never repeated: it holds the task token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    /// Its number is that of another version of this program, or it has none.
    #[error("the item has a schema number that is not known ({0})")]
    UnknownSchema(String),
    /// A field is missing or wrong.
    #[error("the item does not have the form of its schema")]
    Unreadable,
    /// It has a field that a newer version of this program has stored, which may mean that something is not allowed.
    #[error(
        "the item has a field that is not known here ({0}); a newer version of countersign has stored it"
    )]
    UnknownField(String),
    /// A field has no form that the table takes.
    #[error("the item cannot be put into the table's form")]
    Unwritable,
    /// A condition failed, but the table did not say because of what.
    #[error("the condition failed and nothing is stored there")]
    Absent,
}

/// Something that the table stores under its own key.
pub(super) trait Stored: Serialize + DeserializeOwned + PartialEq {
    /// Whether an item is only read when every field in it is known. A field that is left out when it says nothing keeps
    /// items readable for older versions.
    const IS_READ_WHOLE: bool = false;

    fn key(&self) -> Key;

    /// What is stored beside the fields; it may replace a field by another form of the same value.
    fn derived(&self) -> Vec<(&'static str, AttributeValue)>;
}

impl Stored for Plan {
    fn key(&self) -> Key {
        Key::plan(&self.key)
    }

    fn derived(&self) -> Vec<(&'static str, AttributeValue)> {
        Vec::new()
    }
}

impl Stored for Pointer {
    fn key(&self) -> Key {
        Key::pointer(&self.subject)
    }

    fn derived(&self) -> Vec<(&'static str, AttributeValue)> {
        vec![(keys::PREPARED_AT, sortable(self.prepared_at))]
    }
}

impl Stored for StoredPolicy {
    const IS_READ_WHOLE: bool = true;

    fn key(&self) -> Key {
        Key::policy()
    }

    fn derived(&self) -> Vec<(&'static str, AttributeValue)> {
        vec![(keys::SIZE, AttributeValue::N(self.source.len().to_string()))]
    }
}

impl Stored for Request {
    fn key(&self) -> Key {
        Key::request(&self.id)
    }

    fn derived(&self) -> Vec<(&'static str, AttributeValue)> {
        let mut derived = vec![
            (keys::OPENED_AT, sortable(self.opened_at)),
            (keys::OPENED_MONTH, text(&keys::month(self.opened_at))),
            (keys::TITLE, text(&self.facts.title())),
        ];
        derived.extend(self.requested_by.as_ref().map(|who| (keys::REQUESTER, text(who.as_str()))));
        if self.status == Status::Pending {
            derived.push((keys::OPEN_SHARD, text(keys::SHARD)));
        }
        let awaited: Vec<_> = self.awaited_people().map(ToString::to_string).collect();
        if !awaited.is_empty() {
            // A set of strings may not be empty.
            derived.push((keys::AWAITED, AttributeValue::Ss(awaited)));
        }
        if !self.wanted_links.is_empty() {
            derived.push((keys::LINK_WANTED, text("yes")));
        }
        derived.extend(self.awaited_by().map(|arn| (keys::WAITING_EXECUTION, text(arn))));
        if let Some(since) = self.owing_since() {
            derived.push((keys::OWED_SHARD, text(keys::SHARD)));
            derived.push((keys::OWED_SINCE, sortable(since)));
        }
        if self.stale_slack_message().is_some() {
            derived.push((keys::SLACK_STALE, text("yes")));
        }
        if let Some(end) = self.expires_at().filter(|_| self.status != Status::Pending) {
            derived.push((keys::EXPIRES_AT, AttributeValue::N(end.as_second().to_string())));
        }
        derived
    }
}

/// RFC 3339 with all nine digits: shorter fractions would sort `…00.5Z` before `…00Z`.
pub(super) fn sortable(time: Timestamp) -> AttributeValue {
    AttributeValue::S(format!("{time:.9}"))
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

impl Key {
    pub(super) fn attributes(self) -> [(&'static str, AttributeValue); 2] {
        [(keys::PK, AttributeValue::S(self.pk)), (keys::SK, text(&self.sk))]
    }
}

/// The item of a value.
pub(super) fn write<T: Stored>(value: &T) -> Result<Item, ItemError> {
    write_at(value, value.key())
}

/// The item of a value that is stored under another key as well.
pub(super) fn write_at(value: &impl Stored, key: Key) -> Result<Item, ItemError> {
    let mut item: Item = to_item(value).map_err(|_| ItemError::Unwritable)?;
    let named = |(name, value): (&'static str, AttributeValue)| (name.to_owned(), value);
    item.extend(value.derived().into_iter().map(named));
    item.extend(key.attributes().map(named));
    Ok(item)
}

/// The value of an item.
pub(super) fn read<T: Stored>(item: Item) -> Result<T, ItemError> {
    match item.get(keys::SCHEMA) {
        Some(AttributeValue::N(number)) if *number == SCHEMA.to_string() => {}
        Some(AttributeValue::N(number)) => return Err(ItemError::UnknownSchema(number.clone())),
        _ => return Err(ItemError::UnknownSchema("none".to_owned())),
    }
    // The error of the parser quotes what it found.
    let parse = |item| from_item::<_, T>(item).map_err(|_| ItemError::Unreadable);
    if !T::IS_READ_WHOLE {
        return parse(item);
    }
    let value = parse(item.clone())?;
    match unknown::field(&item, &write_at(&value, value.key())?) {
        Some(path) => Err(ItemError::UnknownField(path)),
        None => Ok(value),
    }
}
