//! Lists of requests: queries of the sparse indexes, never a scan of the table.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{Table, keys, store_error};
use crate::adapters::failure::Failure;
use crate::domain::RequestId;
use crate::ports::{ListRequests, StoreError};

impl ListRequests for Table {
    async fn owing_requests(&self, at_most: usize) -> Result<Vec<RequestId>, StoreError> {
        self.list("list what is owed", keys::OWED_INDEX, (keys::OWED_SHARD, keys::SHARD), at_most).await
    }

    async fn pending_requests(&self, at_most: usize) -> Result<Vec<RequestId>, StoreError> {
        self.list("list pending requests", keys::OPEN_INDEX, (keys::OPEN_SHARD, keys::SHARD), at_most).await
    }

    async fn requests_of(&self, execution: &str, at_most: usize) -> Result<Vec<RequestId>, StoreError> {
        let hash = (keys::WAITING_EXECUTION, execution);
        self.list("list the requests of a workflow", keys::WAITING_INDEX, hash, at_most).await
    }
}

impl Table {
    /// What an index holds under one hash key, in the order of the index.
    async fn list(
        &self,
        operation: &'static str,
        index: &'static str,
        (name, value): (&'static str, &str),
        at_most: usize,
    ) -> Result<Vec<RequestId>, StoreError> {
        let mut found = Vec::new();
        let mut from = None;
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.name)
                .index_name(index)
                .key_condition_expression("#hash = :hash")
                .expression_attribute_names("#hash", name)
                .expression_attribute_values(":hash", AttributeValue::S(value.to_owned()))
                .projection_expression("#pk")
                .expression_attribute_names("#pk", keys::PK)
                .limit(i32::try_from(at_most - found.len()).unwrap_or(i32::MAX))
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|error| store_error(operation, Failure::of(&error)))?;
            let keys = page.items().iter().filter_map(|item| item.get(keys::PK)?.as_s().ok());
            found.extend(keys.filter_map(|pk| keys::request_of(pk)));
            from = page.last_evaluated_key;
            if from.is_none() || found.len() >= at_most {
                return Ok(found);
            }
        }
    }
}
