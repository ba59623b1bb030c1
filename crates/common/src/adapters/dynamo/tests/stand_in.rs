//! A table in memory behind the SDK's client: exactly the conditions that the adapter uses, on items.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_smithy_mocks::{MockResponse, Rule, mock};

use super::Item;

type Items = Arc<Mutex<HashMap<(String, String), Item>>>;

pub(super) fn rules() -> [Rule; 2] {
    let items = Items::default();
    let read = Arc::clone(&items);
    let put = mock!(Client::put_item).then_compute_response(move |input| answer(&items, input));
    let get = mock!(Client::get_item).then_compute_output(move |input| {
        assert_eq!(input.consistent_read(), Some(true));
        let found = read.lock().unwrap().get(&key(input.key().unwrap())).cloned();
        GetItemOutput::builder().set_item(found).build()
    });
    [put, get]
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
