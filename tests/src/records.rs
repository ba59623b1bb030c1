//! The table, read as the operators read it.

use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::AttributeValue;
use common::domain::{Request, RequestId};

use crate::Run;

impl Run {
    /// The record of a request, as it stands now.
    pub fn record(&self, id: &RequestId) -> Option<Request> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let call = self
            .tables()
            .get_item()
            .table_name(self.output("ApprovalTableName"))
            .key("pk", text(&format!("request#{id}")))
            .key("sk", text("record"))
            .consistent_read(true);
        let found =
            self.wait_for(call.send()).unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
        let record = found.item.map(serde_dynamo::from_item);
        record.transpose().unwrap_or_else(|error| panic!("record {id} cannot be read: {error}"))
    }

    /// Every record of the run.
    pub fn records(&self) -> Vec<Request> {
        let pages = self
            .tables()
            .scan()
            .table_name(self.output("ApprovalTableName"))
            .consistent_read(true)
            .into_paginator()
            .items();
        let items = self.wait_for(pages.send().collect::<Result<Vec<_>, _>>());
        let items = items.unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
        let records = items
            .into_iter()
            .filter(|item| item.get("sk").and_then(|sk| sk.as_s().ok()).is_some_and(|kind| kind == "record"));
        let read = |item| {
            serde_dynamo::from_item(item).unwrap_or_else(|error| panic!("a record cannot be read: {error}"))
        };
        records.map(read).collect()
    }
}
