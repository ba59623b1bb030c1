//! Walking through all requests by the index of when they were opened. Queries, page by page, never a scan.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::SignedDuration;

use super::item::{ItemError, sortable};
use super::keys::{self, Key};
use super::{Table, store_error};
use crate::adapters::failure::Failure;
use crate::ports::{Opened, OpenedPage, Span, StoreError, WalkRequests};

const WALK: &str = "walk through the requests";

impl WalkRequests for Table {
    async fn opened_requests(&self, span: Span, after: Option<&Opened>) -> Result<OpenedPage, StoreError> {
        // Both ends of BETWEEN are in it.
        let last = span.until - SignedDuration::from_nanos(1);
        if last < span.since {
            return Ok(OpenedPage::default());
        }
        let month = keys::month(span.since);
        let mut query = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(keys::OPENED_INDEX)
            .key_condition_expression("#hash = :hash AND #range BETWEEN :since AND :last")
            .projection_expression("#pk, #range")
            .expression_attribute_names("#hash", keys::OPENED_MONTH)
            .expression_attribute_names("#range", keys::OPENED_AT)
            .expression_attribute_names("#pk", keys::PK)
            .expression_attribute_values(":hash", AttributeValue::S(month.clone()))
            .expression_attribute_values(":since", sortable(span.since))
            .expression_attribute_values(":last", sortable(last));
        if let Some(Opened { at, id }) = after {
            // The place of an item in the index is its key there and its key in the table.
            for (name, value) in Key::request(id).attributes() {
                query = query.exclusive_start_key(name, value);
            }
            query = query
                .exclusive_start_key(keys::OPENED_MONTH, AttributeValue::S(month))
                .exclusive_start_key(keys::OPENED_AT, AttributeValue::S(at.clone()));
        }
        let page = Box::pin(query.send()).await.map_err(|error| store_error(WALK, Failure::of(&error)))?;
        let opened = |item: super::item::Item| {
            let text = |name: &str| item.get(name)?.as_s().ok();
            Some(Opened { at: text(keys::OPENED_AT)?.clone(), id: keys::request_of(text(keys::PK)?)? })
        };
        let found: Option<Vec<_>> = page.items.unwrap_or_default().into_iter().map(opened).collect();
        let requests = found.ok_or_else(|| store_error(WALK, ItemError::Unreadable))?;
        Ok(OpenedPage { requests, more: page.last_evaluated_key.is_some() })
    }
}
