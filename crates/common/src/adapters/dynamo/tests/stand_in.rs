//! A table in memory behind the SDK's client: exactly the conditions that the adapter uses, on items.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_smithy_mocks::{MockResponse, Rule, mock};

use super::Item;

type Items = Arc<Mutex<HashMap<(String, String), Item>>>;

pub(super) fn rules() -> [Rule; 3] {
    let items = Items::default();
    let (read, listed) = (Arc::clone(&items), Arc::clone(&items));
    let put = mock!(Client::put_item).then_compute_response(move |input| answer(&items, input));
    let get = mock!(Client::get_item).then_compute_output(move |input| {
        assert_eq!(input.consistent_read(), Some(true));
        let found = read.lock().unwrap().get(&key(input.key().unwrap())).cloned();
        GetItemOutput::builder().set_item(found).build()
    });
    let query = mock!(Client::query).then_compute_output(move |input| page(&listed, input));
    [put, get, query]
}

/// The attributes that the template gives each index as its keys.
fn index_keys(index: &str) -> (&'static str, Option<&'static str>) {
    match index {
        "owed" => ("owedShard", Some("owedSince")),
        "open" => ("openShard", Some("openedAt")),
        "waiting" => ("waitingExecution", None),
        other => panic!("the template has no index {other}"),
    }
}

/// One page of an index, of at most two items, so that a list takes several.
fn page(items: &Items, input: &QueryInput) -> QueryOutput {
    assert_eq!(input.key_condition_expression(), Some("#hash = :hash"));
    assert_eq!((input.projection_expression(), input.scan_index_forward()), (Some("#pk"), None));
    let names = input.expression_attribute_names().unwrap();
    let (hash, range) = index_keys(input.index_name().unwrap());
    assert_eq!((names["#hash"].as_str(), names["#pk"].as_str()), (hash, "pk"));
    let value = &input.expression_attribute_values().unwrap()[":hash"];
    let items = items.lock().unwrap();
    let mut found: Vec<_> = items.values().filter(|item| item.get(hash) == Some(value)).collect();
    found.retain(|item| range.is_none_or(|range| item.contains_key(range)));
    found.sort_by_key(|item| (range.map(|range| item[range].as_s().unwrap().clone()), key(item)));
    let start = input.exclusive_start_key().map_or(0, |from| {
        found.iter().position(|item| key(item) == key(from)).expect("a key of an earlier page") + 1
    });
    let size = usize::try_from(input.limit().unwrap()).unwrap().min(2);
    assert!(size > 0, "the table refuses a limit of nothing");
    let taken: Vec<_> = found.iter().skip(start).take(size).copied().collect();
    let only = |item: &Item, names: &[&str]| -> Item {
        names.iter().map(|name| ((*name).to_owned(), item[*name].clone())).collect()
    };
    let more = start + taken.len() < found.len();
    QueryOutput::builder()
        .set_items(Some(taken.iter().map(|item| only(item, &["pk"])).collect()))
        .set_last_evaluated_key(taken.last().filter(|_| more).map(|item| only(item, &["pk", "sk"])))
        .build()
}

fn key(item: &Item) -> (String, String) {
    let text = |name: &str| item[name].as_s().unwrap().clone();
    (text("pk"), text("sk"))
}

fn answer(items: &Items, input: &PutItemInput) -> MockResponse<PutItemOutput, PutItemError> {
    let item = input.item().unwrap();
    let mut items = items.lock().unwrap();
    let old = items.get(&key(item));
    if holds(input, old) {
        items.insert(key(item), item.clone());
        return MockResponse::Output(PutItemOutput::builder().build());
    }
    let wanted = input.return_values_on_condition_check_failure() == Some(&AllOld);
    let failed = ConditionalCheckFailedException::builder().set_item(old.filter(|_| wanted).cloned());
    MockResponse::Error(PutItemError::ConditionalCheckFailedException(failed.build()))
}

fn holds(input: &PutItemInput, old: Option<&Item>) -> bool {
    let named = |name: &str| input.expression_attribute_names().unwrap()[name].as_str();
    let equal = |name: &str, value: &str| {
        let value = &input.expression_attribute_values().unwrap()[value];
        old.and_then(|old| old.get(named(name))) == Some(value)
    };
    match input.condition_expression().unwrap() {
        "attribute_not_exists(#pk)" => old.and_then(|old| old.get(named("#pk"))).is_none(),
        "#version = :follows" => equal("#version", ":follows"),
        "#version = :follows AND #status = :pending" => {
            equal("#version", ":follows") && equal("#status", ":pending")
        }
        other => panic!("a condition that the stand-in does not know: {other}"),
    }
}
