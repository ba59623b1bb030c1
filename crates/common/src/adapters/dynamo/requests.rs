//! Requests in the table: one item each, compared and set on its version.

use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

use super::keys::{self, Key};
use super::{Table, absent};
use crate::domain::{Request, RequestId, Status};
use crate::ports::{KeepRequests, ReadRequests, RecordVotes, StoreError, Written};

impl ReadRequests for Table {
    async fn request(&self, id: &RequestId) -> Result<Option<Request>, StoreError> {
        self.read("read a request", Key::request(id)).await
    }
}

impl KeepRequests for Table {
    async fn open(&self, request: &Request) -> Result<Written<Request>, StoreError> {
        self.write("open a request", request, absent).await
    }

    async fn keep(&self, next: &Request, follows: u64) -> Result<Written<Request>, StoreError> {
        self.write("keep a request", next, |put| {
            at_version(put, follows).condition_expression("#version = :follows")
        })
        .await
    }
}

impl RecordVotes for Table {
    async fn record_vote(&self, next: &Request, follows: u64) -> Result<Written<Request>, StoreError> {
        // The version alone would do; that no vote goes on top of a decision is worth saying twice.
        self.write("record a vote", next, |put| {
            at_version(put, follows)
                .condition_expression("#version = :follows AND #status = :pending")
                .expression_attribute_names("#status", keys::STATUS)
                .expression_attribute_values(
                    ":pending",
                    AttributeValue::S(Status::Pending.as_str().to_owned()),
                )
        })
        .await
    }
}

fn at_version(put: PutItemFluentBuilder, follows: u64) -> PutItemFluentBuilder {
    put.expression_attribute_names("#version", keys::VERSION)
        .expression_attribute_values(":follows", AttributeValue::N(follows.to_string()))
}
