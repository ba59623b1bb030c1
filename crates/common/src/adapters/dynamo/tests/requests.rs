//! The exact requests that reading and writing make.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::put_item::PutItemOutput;
use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_smithy_mocks::mock;

use super::*;
use crate::adapters::samples::{plan, request};
use crate::ports::{
    Guarded, KeepRequests, ListPolicies, ListRequests, ReadPlans, ReadRequests, RecordVotes, StorePlans,
    Written,
};

#[tokio::test]
async fn reads_are_consistent_and_by_key() {
    let get = mock!(Client::get_item)
        .match_requests(|input| {
            let key = input.key().unwrap();
            input.table_name() == Some("approvals")
                && input.consistent_read() == Some(true)
                && key.len() == 2
                && key["pk"] == s("request#first")
                && key["sk"] == s("record")
        })
        .then_output(|| {
            GetItemOutput::builder().set_item(Some(item::write(&request("first")).unwrap())).build()
        });
    let get_plan = mock!(Client::get_item)
        .match_requests(|input| {
            let key = input.key().unwrap();
            input.consistent_read() == Some(true)
                && key["pk"] == s(&format!("plan#{}", plan("first").key))
                && key["sk"] == s("plan")
        })
        .then_output(|| GetItemOutput::builder().build());
    let table = Table::new(mocked!(aws_sdk_dynamodb, get, get_plan), "approvals");
    assert_eq!(table.request(&request("first").id).await.unwrap(), Some(request("first")));
    assert_eq!(table.plan(&plan("first").key).await.unwrap(), None);
    assert_eq!((get.num_calls(), get_plan.num_calls()), (1, 1));
}

/// The permissions of every function that reads records allow this key, and no request has it.
#[tokio::test]
async fn warming_reads_a_record_that_is_never_there() {
    let get = mock!(Client::get_item)
        .match_requests(|input| {
            let key = input.key().unwrap();
            input.table_name() == Some("approvals") && key["pk"] == s("request#-") && key["sk"] == s("record")
        })
        .then_output(|| GetItemOutput::builder().build());
    Table::new(mocked!(aws_sdk_dynamodb, get), "approvals").warm().await;
    assert_eq!(get.num_calls(), 1);
}

/// One put that must have exactly this condition, names and values.
fn expect_put(
    condition: &'static str,
    names: &'static [(&'static str, &'static str)],
    values: Vec<(&'static str, AttributeValue)>,
) -> aws_smithy_mocks::Rule {
    mock!(Client::put_item)
        .match_requests(move |input| {
            let pairs = |pairs: &[(&str, &str)]| {
                pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
            };
            let values: Item =
                values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            input.table_name() == Some("approvals")
                && input.condition_expression() == Some(condition)
                && *input.expression_attribute_names().unwrap() == pairs(names)
                && input.expression_attribute_values().cloned().unwrap_or_default() == values
                && input.return_values_on_condition_check_failure() == Some(&AllOld)
        })
        .then_output(|| PutItemOutput::builder().build())
}

#[tokio::test]
async fn opening_needs_a_free_key() {
    let put = expect_put("attribute_not_exists(#pk)", &[("#pk", "pk")], Vec::new());
    let table = Table::new(mocked!(aws_sdk_dynamodb, put), "approvals");
    assert_eq!(table.open(&request("first")).await.unwrap(), Guarded::Stored);
    assert_eq!(table.store_plan(&plan("first")).await.unwrap(), Written::Stored);
    assert_eq!(put.num_calls(), 2);
}

#[tokio::test]
async fn keeping_needs_the_version_that_it_follows_from() {
    let put = expect_put("#version = :follows", &[("#version", "version")], vec![(":follows", n(7))]);
    let table = Table::new(mocked!(aws_sdk_dynamodb, put), "approvals");
    assert_eq!(table.keep(&request("first"), 7).await.unwrap(), Written::Stored);
    assert_eq!(put.num_calls(), 1);
}

#[tokio::test]
async fn a_vote_needs_the_version_and_a_pending_request() {
    let put = expect_put(
        "#version = :follows AND #status = :pending",
        &[("#version", "version"), ("#status", "status")],
        vec![(":follows", n(7)), (":pending", s("pending"))],
    );
    let table = Table::new(mocked!(aws_sdk_dynamodb, put), "approvals");
    assert_eq!(table.record_vote(&request("first"), 7).await.unwrap(), Guarded::Stored);
    assert_eq!(put.num_calls(), 1);
}

#[tokio::test]
async fn a_list_is_a_query_of_its_index_and_never_more_than_was_asked_for() {
    let query = mock!(Client::query)
        .match_requests(|input| {
            input.table_name() == Some("approvals")
                && input.index_name() == Some("waiting")
                && input.limit() == Some(7)
                && input.expression_attribute_names().unwrap()["#hash"] == "waitingExecution"
                && input.expression_attribute_values().unwrap()[":hash"] == s("an-execution")
        })
        .then_output(|| {
            let item = |pk: &str| Item::from([("pk".to_owned(), s(pk))]);
            QueryOutput::builder().items(item("request#first")).items(item("plan#not-a-request")).build()
        });
    let table = Table::new(mocked!(aws_sdk_dynamodb, query), "approvals");
    assert_eq!(table.requests_of("an-execution", 7).await.unwrap(), [request("first").id]);
    assert_eq!(query.num_calls(), 1);
}

#[tokio::test]
async fn the_history_of_the_policy_is_its_own_partition_without_the_files() {
    let query = mock!(Client::query)
        .match_requests(|input| {
            let names = input.expression_attribute_names().unwrap();
            let values = input.expression_attribute_values().unwrap();
            let wanted: BTreeSet<_> = input
                .projection_expression()
                .unwrap_or_default()
                .split(", ")
                .map(|name| names[name].as_str())
                .collect();
            input.index_name().is_none()
                && (names["#hash"].as_str(), &values[":hash"]) == ("pk", &s("policy"))
                && (names["#range"].as_str(), &values[":start"]) == ("sk", &s("version#"))
                && input.scan_index_forward() == Some(false)
                && wanted == BTreeSet::from(["number", "hash", "storedAt", "size"])
        })
        .then_output(|| {
            let version = [("number", n(3)), ("hash", s("ab")), ("storedAt", s("2026-01-05T09:00:00Z"))];
            let version = version.into_iter().chain([("size", n(7))]);
            let item: Item = version.map(|(name, value)| (name.to_owned(), value)).collect();
            QueryOutput::builder().items(item).build()
        });
    let table = Table::new(mocked!(aws_sdk_dynamodb, query), "approvals");
    let listed = table.policy_versions().await.unwrap();
    assert_eq!((listed[0].number, listed[0].size), (3, 7));
    assert_eq!(query.num_calls(), 1);
}
