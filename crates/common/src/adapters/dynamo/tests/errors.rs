//! What the table's failures and failed conditions become.

use std::error::Error;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_smithy_mocks::{Rule, mock};
use aws_smithy_types::retry::RetryConfig;
use serde_json::{Value, json};

use super::*;
use crate::adapters::mocked::answered;
use crate::adapters::samples::request;
use crate::domain::Request;
use crate::ports::{KeepRequests, ReadRequests, StoreError, Written};

/// What the real service sends when a condition fails, with `ALL_OLD`.
fn condition_failed(stored: Option<&Request>) -> String {
    let mut body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
        "message": "The conditional request failed",
    });
    if let Some(stored) = stored {
        let item = item::write(stored).unwrap();
        body["Item"] = item.iter().map(|(name, value)| (name.clone(), wire(value))).collect();
    }
    body.to_string()
}

/// An attribute as the service's JSON has it.
fn wire(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::Bool(truth) => json!({ "BOOL": truth }),
        AttributeValue::Ss(texts) => json!({ "SS": texts }),
        AttributeValue::L(items) => json!({ "L": items.iter().map(wire).collect::<Vec<_>>() }),
        AttributeValue::M(fields) => {
            let fields: Value = fields.iter().map(|(name, value)| (name.clone(), wire(value))).collect();
            json!({ "M": fields })
        }
        other => panic!("an attribute that no item has: {other:?}"),
    }
}

fn put_answers(body: String) -> Rule {
    mock!(Client::put_item).then_http_response(move || answered!(aws_sdk_dynamodb, 400_u16, body.clone()))
}

async fn keep(rule: Rule) -> Result<Written<Request>, StoreError> {
    Table::new(mocked!(aws_sdk_dynamodb, rule), "approvals").keep(&request("first"), 1).await
}

#[tokio::test]
async fn a_failed_condition_hands_back_what_stands_there() {
    let mut other = request("first");
    other.version = 5;
    let conflict = keep(put_answers(condition_failed(Some(&other)))).await.unwrap();
    assert_eq!(conflict, Written::Conflict(Box::new(other)));
}

/// The SDK repeats a write whose reply was lost; the repetition fails on the write's own effect.
#[tokio::test]
async fn a_write_that_was_repeated_after_a_lost_reply_is_stored() {
    let put = mock!(Client::put_item)
        .sequence()
        .http_status(500, None)
        .http_response(|| answered!(aws_sdk_dynamodb, 400_u16, condition_failed(Some(&request("first")))))
        .build();
    let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
    let table = Table::new(mocked!(aws_sdk_dynamodb, retries = retries, put), "approvals");
    assert_eq!(table.keep(&request("first"), 1).await.unwrap(), Written::Stored);
    assert_eq!(put.num_calls(), 2);
}

#[tokio::test]
async fn a_failed_condition_without_an_item_is_no_conflict() {
    let error = keep(put_answers(condition_failed(None))).await.unwrap_err();
    assert_eq!(error.to_string(), "storage failed to keep a request");
    assert_eq!(error.source().unwrap().to_string(), "the condition failed and nothing is stored there");
}

#[tokio::test]
async fn a_conflict_of_another_schema_is_a_failure() {
    let mut later = request("first");
    later.schema = 2;
    let error = keep(put_answers(condition_failed(Some(&later)))).await.unwrap_err();
    assert!(error.source().unwrap().to_string().contains("schema"));
    assert!(!format!("{error:?}").contains("AAAA-a-task-token"));
}

#[tokio::test]
async fn a_failure_names_what_failed_and_the_service_s_word_for_it() {
    let body = json!({"__type": "ThrottlingException", "message": "too much of AAAA-a-task-token"});
    let error = keep(put_answers(body.to_string())).await.unwrap_err();
    assert_eq!(error.to_string(), "storage failed to keep a request");
    assert_eq!(error.source().unwrap().to_string(), "ThrottlingException");
    assert!(!format!("{error:?}").contains("AAAA"));

    let get = mock!(Client::get_item).then_http_response(|| answered!(aws_sdk_dynamodb, 500_u16, ""));
    let table = Table::new(mocked!(aws_sdk_dynamodb, get), "approvals");
    let error = table.request(&request("first").id).await.unwrap_err();
    assert_eq!(error.to_string(), "storage failed to read a request");
    assert_eq!(error.source().unwrap().to_string(), "HTTP 500");
}
