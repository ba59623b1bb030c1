//! A table in memory behind the SDK's client: exactly the conditions that the adapter uses, on items.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{
    TransactWriteItemsError, TransactWriteItemsInput, TransactWriteItemsOutput,
};
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::error::{ConditionalCheckFailedException, TransactionCanceledException};
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason, ConditionCheck, Put};
use aws_smithy_mocks::{MockResponse, Rule, mock};

use super::Item;

type Items = Arc<Mutex<HashMap<(String, String), Item>>>;

pub(super) fn rules() -> [Rule; 4] {
    let items = Items::default();
    let together = Arc::clone(&items);
    let transact =
        mock!(Client::transact_write_items).then_compute_response(move |input| answer_all(&together, input));
    let (read, listed) = (Arc::clone(&items), Arc::clone(&items));
    let put = mock!(Client::put_item).then_compute_response(move |input| answer(&items, input));
    let get = mock!(Client::get_item).then_compute_output(move |input| {
        assert_eq!(input.consistent_read(), Some(true));
        let found = read.lock().unwrap().get(&key(input.key().unwrap())).cloned();
        GetItemOutput::builder().set_item(found).build()
    });
    let query = mock!(Client::query).then_compute_output(move |input| page(&listed, input));
    [put, get, query, transact]
}

/// The attributes that the template gives the table, and each index, as keys.
fn index_keys(index: Option<&str>) -> (&'static str, Option<&'static str>) {
    match index {
        None => ("pk", Some("sk")),
        Some("owed") => ("owedShard", Some("owedSince")),
        Some("open") => ("openShard", Some("openedAt")),
        Some("opened") => ("openedMonth", Some("openedAt")),
        Some("waiting") => ("waitingExecution", None),
        Some(other) => panic!("the template has no index {other}"),
    }
}

/// What the template lets each index tell beside the table's keys and its own.
fn projected(index: &str) -> &'static [&'static str] {
    match index {
        "open" => &["id", "title", "requester", "deadline", "awaited"],
        "opened" => &["id", "title", "requester", "status", "deadline"],
        _ => &[],
    }
}

/// One page of a list, of at most two items, so that a list takes several.
fn page(items: &Items, input: &QueryInput) -> QueryOutput {
    let names = input.expression_attribute_names().unwrap();
    let values = input.expression_attribute_values().unwrap();
    let (hash, range) = index_keys(input.index_name());
    assert_eq!(names["#hash"], hash);
    let mut between = None;
    let starts = match input.key_condition_expression().unwrap() {
        "#hash = :hash" => None,
        "#hash = :hash AND #range BETWEEN :since AND :last" => {
            assert_eq!(Some(names["#range"].as_str()), range);
            between = Some([":since", ":last"].map(|name| values[name].as_s().unwrap()));
            None
        }
        "#hash = :hash AND begins_with(#range, :start)" => {
            assert_eq!(Some(names["#range"].as_str()), range);
            Some(values[":start"].as_s().unwrap())
        }
        other => panic!("a condition that the stand-in does not know: {other}"),
    };
    // An index cannot be read consistently, and the table must be.
    assert_eq!(input.consistent_read().unwrap_or_default(), input.index_name().is_none());
    let items = items.lock().unwrap();
    let text = |item: &Item, name: &str| item[name].as_s().unwrap().clone();
    let mut found: Vec<_> = items.values().filter(|item| item.get(hash) == Some(&values[":hash"])).collect();
    found.retain(|item| range.is_none_or(|range| item.contains_key(range)));
    found.retain(|item| starts.is_none_or(|start| text(item, range.unwrap()).starts_with(start)));
    found.retain(|item| {
        let place = || text(item, range.unwrap());
        between.is_none_or(|[since, last]| (since..=last).contains(&&place()))
    });
    found.sort_by_key(|item| (range.map(|range| text(item, range)), key(item)));
    if input.scan_index_forward() == Some(false) {
        found.reverse();
    }
    let start = input.exclusive_start_key().map_or(0, |from| {
        found.iter().position(|item| key(item) == key(from)).expect("a key of an earlier page") + 1
    });
    let size = input.limit().map_or(2, |limit| usize::try_from(limit).unwrap().min(2));
    assert!(size > 0, "the table refuses a limit of nothing");
    let taken: Vec<_> = found.iter().skip(start).take(size).copied().collect();
    let wanted: Vec<_> =
        input.projection_expression().unwrap().split(", ").map(|name| &names[name]).collect();
    for name in input.index_name().into_iter().flat_map(|_| &wanted) {
        let own = ["pk", "sk", hash, range.unwrap_or(hash)];
        let told = projected(input.index_name().unwrap()).contains(&name.as_str());
        assert!(told || own.contains(&name.as_str()), "the index does not tell {name}");
    }
    let only = |item: &Item, names: &[&str]| -> Item {
        names.iter().filter_map(|name| Some(((*name).to_owned(), item.get(*name)?.clone()))).collect()
    };
    let wanted: Vec<_> = wanted.into_iter().map(String::as_str).collect();
    let more = start + taken.len() < found.len();
    let passes = |item: &Item| match input.filter_expression() {
        None => true,
        Some("contains(#set, :member)") => {
            assert!(projected(input.index_name().unwrap()).contains(&names["#set"].as_str()));
            let set = item.get(&names["#set"]).map(|set| set.as_ss().unwrap().clone());
            set.is_some_and(|set| set.contains(values[":member"].as_s().unwrap()))
        }
        Some(other) => panic!("a filter that the stand-in does not know: {other}"),
    };
    QueryOutput::builder()
        .set_items(Some(taken.iter().filter(|item| passes(item)).map(|item| only(item, &wanted)).collect()))
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

/// All or nothing: one reason per write, and what stands there where it was asked for.
fn answer_all(
    items: &Items,
    input: &TransactWriteItemsInput,
) -> MockResponse<TransactWriteItemsOutput, TransactWriteItemsError> {
    let mut items = items.lock().unwrap();
    let refused = |condition: &dyn Condition, key: (String, String)| {
        let old = items.get(&key);
        (!holds(condition, old)).then(|| {
            let wanted = condition.wants_old();
            assert!(wanted || key.0 == "policy", "the policy is large, and not needed where it is checked");
            let old = old.filter(|_| wanted).cloned();
            CancellationReason::builder().code("ConditionalCheckFailed").set_item(old).build()
        })
    };
    let writes = input.transact_items();
    let reasons: Vec<_> = writes
        .iter()
        .map(|write| match (write.put(), write.condition_check()) {
            (Some(put), None) => refused(put, key(put.item())),
            (None, Some(check)) => refused(check, key(check.key())),
            _ => panic!("the adapter puts and checks, nothing else"),
        })
        .collect();
    if reasons.iter().any(Option::is_some) {
        let none = || CancellationReason::builder().code("None").build();
        let reasons = reasons.into_iter().map(|reason| reason.unwrap_or_else(none)).collect();
        let cancelled =
            TransactionCanceledException::builder().set_cancellation_reasons(Some(reasons)).build();
        return MockResponse::Error(TransactWriteItemsError::TransactionCanceledException(cancelled));
    }
    for put in writes.iter().filter_map(|write| write.put()) {
        items.insert(key(put.item()), put.item().clone());
    }
    MockResponse::Output(TransactWriteItemsOutput::builder().build())
}

/// What a write says about the item that stands there.
trait Condition {
    fn expression(&self) -> &str;
    fn names(&self) -> HashMap<String, String>;
    fn values(&self) -> HashMap<String, AttributeValue>;
    fn wants_old(&self) -> bool;
}

macro_rules! condition {
    ($($write:ty),*) => {$(
        impl Condition for $write {
            fn expression(&self) -> &str {
                let expression: Option<&str> = self.condition_expression().into();
                expression.unwrap()
            }
            fn names(&self) -> HashMap<String, String> {
                self.expression_attribute_names().cloned().unwrap_or_default()
            }
            fn values(&self) -> HashMap<String, AttributeValue> {
                self.expression_attribute_values().cloned().unwrap_or_default()
            }
            fn wants_old(&self) -> bool {
                self.return_values_on_condition_check_failure() == Some(&AllOld)
            }
        }
    )*};
}

condition!(PutItemInput, Put, ConditionCheck);

fn holds(input: &dyn Condition, old: Option<&Item>) -> bool {
    let (names, values) = (input.names(), input.values());
    let stored = |name: &str| old.and_then(|old| old.get(&names[name]));
    let equal = |name: &str, value: &str| stored(name) == Some(&values[value]);
    let less = |name: &str, value: &str| {
        stored(name).is_some_and(|stored| stored.as_s().unwrap() < values[value].as_s().unwrap())
    };
    match input.expression() {
        "attribute_not_exists(#pk)" => stored("#pk").is_none(),
        "#version = :follows" => equal("#version", ":follows"),
        "#version = :follows AND #status = :pending" => {
            equal("#version", ":follows") && equal("#status", ":pending")
        }
        "#number = :follows" => equal("#number", ":follows"),
        "attribute_not_exists(#pk) OR #plan = :plan" => stored("#pk").is_none() || equal("#plan", ":plan"),
        "attribute_not_exists(#pk) OR #at < :at OR (#at = :at AND #plan < :plan)" => {
            stored("#pk").is_none() || less("#at", ":at") || (equal("#at", ":at") && less("#plan", ":plan"))
        }
        other => panic!("a condition that the stand-in does not know: {other}"),
    }
}
