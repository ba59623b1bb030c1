//! What an item looks like: the struct's own fields, the primary key, and what the sparse indexes and
//! the table's time to live need. All of the latter is derived anew with every write and ignored when read.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_dynamo::{from_item, to_attribute_value, to_item};

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
    /// It has a rule that another version of this program has stored.
    #[error(
        "the item has a field that is not known here ({0}); another version of countersign has stored it"
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
    /// The fields that say what people may do. An item is only read when everything in them is known: what another version
    /// has stored there may forbid something. A new field that is left out when it says nothing keeps items readable.
    const RULES: &'static [&'static str] = &[];

    /// These fields as they were read.
    fn rules(&self) -> Result<Item, ItemError> {
        Ok(Item::new())
    }

    fn key(&self) -> Key;

    /// What is stored beside the fields; it may replace a field by another form of the same value.
    fn derived(&self) -> Vec<(&'static str, AttributeValue)>;
}

impl Stored for Plan {
    const RULES: &'static [&'static str] = &["levels", "rollout"];

    fn rules(&self) -> Result<Item, ItemError> {
        Ok([("levels", attribute(&self.levels)?), ("rollout", attribute(&self.rollout)?)].map(owned).into())
    }

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
    const RULES: &'static [&'static str] = &["policy"];

    fn rules(&self) -> Result<Item, ItemError> {
        Ok([("policy", attribute(&self.policy)?)].map(owned).into())
    }

    fn key(&self) -> Key {
        Key::policy()
    }

    fn derived(&self) -> Vec<(&'static str, AttributeValue)> {
        vec![(keys::SIZE, AttributeValue::N(self.source.len().to_string()))]
    }
}

impl Stored for Request {
    const RULES: &'static [&'static str] = &["level"];

    fn rules(&self) -> Result<Item, ItemError> {
        Ok([("level", attribute(&self.level)?)].map(owned).into())
    }

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

fn attribute(value: &impl Serialize) -> Result<AttributeValue, ItemError> {
    to_attribute_value(value).map_err(|_| ItemError::Unwritable)
}

fn owned((name, value): (&'static str, AttributeValue)) -> (String, AttributeValue) {
    (name.to_owned(), value)
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
    item.extend(value.derived().into_iter().map(owned));
    item.extend(key.attributes().map(owned));
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
    let field = |name: &&str| Some(((*name).to_owned(), item.get(*name)?.clone()));
    let rules: Item = T::RULES.iter().filter_map(field).collect();
    let value: T = from_item(item).map_err(|_| ItemError::Unreadable)?;
    match unknown::field(&rules, &value.rules()?) {
        Some(path) => Err(ItemError::UnknownField(path)),
        None => Ok(value),
    }
}
