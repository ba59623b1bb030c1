//! The table: requests and plans, read consistently and written on conditions.
//!
//! A write that is tried again after a lost reply meets its own effect as a failed condition; the table
//! hands back what stands there, and if that is what was to be written, the write has succeeded.

mod item;
pub mod keys;
mod lists;
mod overview;
mod plans;
mod policies;
mod requests;
#[cfg(test)]
mod tests;
mod transaction;
mod unknown;
mod walk;

use std::error::Error;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;

pub use self::item::ItemError;
use self::item::Stored;
use self::keys::Key;
use crate::adapters::failure::Failure;
use crate::ports::{StoreError, Written};

/// The table.
#[derive(Clone, Debug)]
pub struct Table {
    client: Client,
    name: String,
}

impl Table {
    /// The table with this name.
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    /// Makes the connection, and all else that a first call makes, by reading an item that is never there.
    pub async fn warm(&self) {
        let mut get = self.client.get_item().table_name(&self.name);
        for (name, value) in Key::of_nothing().attributes() {
            get = get.key(name, value);
        }
        // Whether it works is seen by the first call that matters.
        Box::pin(get.send()).await.ok();
    }

    async fn read<T: Stored>(&self, operation: &'static str, key: Key) -> Result<Option<T>, StoreError> {
        let mut get = self.client.get_item().table_name(&self.name).consistent_read(true);
        for (name, value) in key.attributes() {
            get = get.key(name, value);
        }
        let found =
            Box::pin(get.send()).await.map_err(|error| store_error(operation, Failure::of(&error)))?;
        found.item.map(item::read).transpose().map_err(|error| store_error(operation, error))
    }

    /// Writes a value where `condition` holds.
    async fn write<T: Stored>(
        &self,
        operation: &'static str,
        value: &T,
        condition: impl FnOnce(PutItemFluentBuilder) -> PutItemFluentBuilder + Send,
    ) -> Result<Written<T>, StoreError> {
        let item = item::write(value).map_err(|error| store_error(operation, error))?;
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        // Boxed: the SDK's futures are large, and those of the use cases hold several.
        let Err(error) = Box::pin(condition(put).send()).await else {
            return Ok(Written::Stored);
        };
        let stored: T = match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(conflict)) => {
                let found = conflict.item.clone().ok_or_else(|| store_error(operation, ItemError::Absent))?;
                item::read(found).map_err(|error| store_error(operation, error))?
            }
            // A transaction was at work on the item. Whoever thinks again meets its outcome.
            Some(PutItemError::TransactionConflictException(_)) => {
                let found = self.read(operation, value.key()).await?;
                found.ok_or_else(|| store_error(operation, Failure::of(&error)))?
            }
            _ => return Err(store_error(operation, Failure::of(&error))),
        };
        Ok(if stored == *value { Written::Stored } else { Written::Conflict(Box::new(stored)) })
    }
}

fn absent(put: PutItemFluentBuilder) -> PutItemFluentBuilder {
    put.condition_expression("attribute_not_exists(#pk)").expression_attribute_names("#pk", keys::PK)
}

fn store_error(operation: &'static str, source: impl Error + Send + Sync + 'static) -> StoreError {
    StoreError { operation, source: Box::new(source) }
}
