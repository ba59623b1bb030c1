//! Lists for people: requests and versions of the policy, as much of each as a line needs. Queries, never a scan.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_dynamo::from_item;

use super::item::ItemError;
use super::{Table, keys, store_error};
use crate::adapters::failure::Failure;
use crate::domain::{EmailAddress, RequestId, Status};
use crate::ports::{BrowseRequests, ListPolicies, Listed, ListedPolicy, ReadInboxes, StoreError};

/// One query, newest first.
struct Query<'a> {
    operation: &'static str,
    index: Option<&'static str>,
    hash: (&'static str, &'a str),
    /// What the sort key must start with.
    starts_with: Option<&'static str>,
    /// A set, and what has to be in it. What is not in it is read, but not sent.
    has: Option<(&'static str, &'a str)>,
    attributes: &'static [&'static str],
    at_most: usize,
}

impl BrowseRequests for Table {
    async fn open_requests(&self, at_most: usize) -> Result<Vec<Listed>, StoreError> {
        let query = Query {
            operation: "list open requests",
            index: Some(keys::OPEN_INDEX),
            hash: (keys::OPEN_SHARD, keys::SHARD),
            starts_with: None,
            has: None,
            attributes: &[keys::ID, keys::TITLE, keys::REQUESTER, keys::OPENED_AT, keys::DEADLINE],
            at_most,
        };
        Ok(self.rows::<RequestRow>(query).await?.into_iter().map(Listed::from).collect())
    }

    async fn requests_in_month_of(&self, time: Timestamp, at_most: usize) -> Result<Vec<Listed>, StoreError> {
        let query = Query {
            operation: "list requests",
            index: Some(keys::OPENED_INDEX),
            hash: (keys::OPENED_MONTH, &keys::month(time)),
            starts_with: None,
            has: None,
            attributes: &[
                keys::ID,
                keys::TITLE,
                keys::REQUESTER,
                keys::OPENED_AT,
                keys::DEADLINE,
                keys::STATUS,
            ],
            at_most,
        };
        Ok(self.rows::<RequestRow>(query).await?.into_iter().map(Listed::from).collect())
    }
}

impl ReadInboxes for Table {
    async fn inbox(&self, person: &EmailAddress, at_most: usize) -> Result<Vec<Listed>, StoreError> {
        let query = Query {
            operation: "list what waits for somebody",
            index: Some(keys::OPEN_INDEX),
            hash: (keys::OPEN_SHARD, keys::SHARD),
            starts_with: None,
            has: Some((keys::AWAITED, person.as_str())),
            attributes: &[keys::ID, keys::TITLE, keys::REQUESTER, keys::OPENED_AT, keys::DEADLINE],
            at_most,
        };
        Ok(self.rows::<RequestRow>(query).await?.into_iter().map(Listed::from).collect())
    }
}

impl ListPolicies for Table {
    async fn policy_versions(&self) -> Result<Vec<ListedPolicy>, StoreError> {
        let query = Query {
            operation: "list the versions of the policy",
            index: None,
            hash: (keys::PK, keys::POLICY),
            starts_with: Some(keys::POLICY_VERSION),
            has: None,
            attributes: &[keys::NUMBER, keys::HASH, keys::STORED_AT, keys::SIZE],
            at_most: usize::MAX,
        };
        Ok(self.rows::<PolicyRow>(query).await?.into_iter().map(ListedPolicy::from).collect())
    }
}

impl Table {
    async fn rows<T: DeserializeOwned>(&self, query: Query<'_>) -> Result<Vec<T>, StoreError> {
        let Query { operation, index, hash: (name, value), starts_with, has, attributes, at_most } = query;
        let mut found = Vec::new();
        let mut from = None;
        while found.len() < at_most {
            let mut call = self
                .client
                .query()
                .table_name(&self.name)
                .set_index_name(index.map(str::to_owned))
                // The indexes have no other reads; the versions of the policy are few.
                .consistent_read(index.is_none())
                .scan_index_forward(false)
                .expression_attribute_names("#hash", name)
                .expression_attribute_values(":hash", AttributeValue::S(value.to_owned()))
                // The limit counts what is read, not what is found.
                .set_limit(has.is_none().then(|| i32::try_from(at_most - found.len()).unwrap_or(i32::MAX)))
                .set_exclusive_start_key(from);
            call = match starts_with {
                None => call.key_condition_expression("#hash = :hash"),
                Some(start) => call
                    .key_condition_expression("#hash = :hash AND begins_with(#range, :start)")
                    .expression_attribute_names("#range", keys::SK)
                    .expression_attribute_values(":start", AttributeValue::S(start.to_owned())),
            };
            if let Some((set, member)) = has {
                call = call
                    .filter_expression("contains(#set, :member)")
                    .expression_attribute_names("#set", set)
                    .expression_attribute_values(":member", AttributeValue::S(member.to_owned()));
            }
            // By number: an attribute may be called as a part of the condition is.
            let projection: Vec<_> = (0..attributes.len()).map(|number| format!("#{number}")).collect();
            for (name, attribute) in projection.iter().zip(attributes) {
                call = call.expression_attribute_names(name, *attribute);
            }
            let page = Box::pin(call.projection_expression(projection.join(", ")).send())
                .await
                .map_err(|error| store_error(operation, Failure::of(&error)))?;
            for item in page.items.unwrap_or_default() {
                let row = from_item(item).map_err(|_| store_error(operation, ItemError::Unreadable))?;
                found.push(row);
            }
            from = page.last_evaluated_key;
            if from.is_none() {
                break;
            }
        }
        found.truncate(at_most);
        Ok(found)
    }
}

/// What the lists keep of a request. The one of open requests does not say the status: each is pending.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestRow {
    id: RequestId,
    status: Option<Status>,
    title: String,
    requester: Option<EmailAddress>,
    opened_at: Timestamp,
    deadline: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PolicyRow {
    number: u32,
    hash: String,
    stored_at: Timestamp,
    size: u64,
}

impl From<RequestRow> for Listed {
    fn from(row: RequestRow) -> Self {
        Self {
            id: row.id,
            status: row.status.unwrap_or(Status::Pending),
            title: row.title,
            requested_by: row.requester,
            opened_at: row.opened_at,
            deadline: row.deadline,
        }
    }
}

impl From<PolicyRow> for ListedPolicy {
    fn from(row: PolicyRow) -> Self {
        Self { number: row.number, hash: row.hash, stored_at: row.stored_at, size: row.size }
    }
}
