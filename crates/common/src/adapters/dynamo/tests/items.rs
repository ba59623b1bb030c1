//! What stands in an item beside the record itself.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::adapters::dynamo::keys;
use crate::adapters::memory::START;
use crate::adapters::samples::{after, every_shape, plan, request, vote};
use crate::domain::{Choice, Command, Purpose, Request, Resume, SlackMessage};

fn written(request: &Request) -> Item {
    item::write(request).unwrap()
}

fn derived(item: &Item) -> Vec<&str> {
    let names = [
        keys::OPEN_SHARD,
        keys::OWED_SHARD,
        keys::OWED_SINCE,
        keys::WAITING_EXECUTION,
        keys::SLACK_STALE,
        keys::EXPIRES_AT,
    ];
    names.into_iter().filter(|name| item.contains_key(*name)).collect()
}

#[test]
fn every_shape_comes_back_as_it_was() {
    for shape in every_shape() {
        assert_eq!(item::read::<Request>(written(&shape)), Ok(shape));
    }
    let plan = plan("first");
    assert_eq!(item::read(item::write(&plan).unwrap()), Ok(plan));
}

#[test]
fn a_pending_request_is_in_the_open_list_only() {
    let item = written(&request("first"));
    assert_eq!(item["pk"], s("request#first"));
    assert_eq!(item["sk"], s("record"));
    assert_eq!(derived(&item), ["openShard", "waitingExecution"]);
    assert_eq!(item["openShard"], s("0"));
    assert_eq!(item["title"], s("checkout 2.4.1 to production"));
    assert_eq!(item["requester"], s("dev@example.com"));
    assert_eq!(item["openedMonth"], s("2026-01"));
    assert_eq!(item["id"], s("first"), "the open list projects it");
    assert_eq!(item["deadline"], s("2026-01-06T09:00:00Z"), "the open list projects it");
}

#[test]
fn a_decided_request_is_in_the_owed_list_until_the_debt_is_paid() {
    let decided = after(&request("first"), vote(Choice::Approve), START);
    let item = written(&decided);
    assert_eq!(derived(&item), ["owedShard", "owedSince", "waitingExecution"]);
    assert_eq!(item["owedShard"], s("0"));
    assert_eq!(item["owedSince"], s("2026-01-05T09:00:00.000000000Z"));
    let paid = after(&decided, Command::NoteResume(Resume::Done), START);
    assert!(derived(&written(&paid)).is_empty());
}

#[test]
fn a_message_that_lags_behind_the_record_is_owed_and_found_by_the_stream() {
    let posted = SlackMessage {
        channel: "C1".to_owned(),
        ts: Some("1.1".to_owned()),
        to: None,
        purpose: Purpose::Ask,
        at: START,
        failure: None,
        passing: false,
        shows: request("first").slack_face(),
    };
    let asked = after(&request("first"), Command::NoteSlackMessages(vec![posted]), START);
    assert_eq!(derived(&written(&asked)), ["openShard", "waitingExecution"]);
    let expired = after(&asked, Command::Expire, START);
    let item = written(&expired);
    assert_eq!(derived(&item), ["owedShard", "owedSince", "slackStale"]);
    assert_eq!(item["slackStale"], s("yes"));
}

#[test]
fn case_45_only_a_closed_request_with_a_retention_is_ever_dropped() {
    let mut request = request("first");
    request.retention_days = Some(30);
    assert!(!derived(&written(&request)).contains(&"expiresAt"));
    let expired = after(&request, Command::Expire, START);
    let item = written(&expired);
    assert_eq!(derived(&item), ["expiresAt"]);
    let end = START + jiff::SignedDuration::from_hours(30 * 24);
    assert_eq!(item["expiresAt"], AttributeValue::N(end.as_second().to_string()));
}

/// An index sorts its keys as texts.
#[test]
fn times_in_index_keys_sort_as_they_passed() {
    let at = |nanoseconds| {
        let mut request = request("first");
        request.opened_at = START + jiff::SignedDuration::from_nanos(nanoseconds);
        let opened_at = written(&request)["openedAt"].as_s().unwrap().clone();
        assert_eq!(item::read(written(&request)), Ok(request));
        opened_at
    };
    let times = [0, 1, 120_000_000, 123_000_000, 500_000_000, 1_000_000_000].map(at);
    assert!(times.is_sorted(), "{times:?}");
}

/// `openedAt` is the one field that is written in another form; every other name is free.
#[test]
fn what_is_derived_does_not_hide_a_field() {
    let [full, bare] = every_shape();
    let mut open = bare;
    open.requested_by = Some(crate::adapters::samples::person("dev"));
    let Value::Object(fields) = serde_json::to_value(&full).unwrap() else { panic!("a struct") };
    let fields: BTreeSet<_> = fields.keys().map(String::as_str).collect();
    let beside = [
        keys::PK,
        keys::SK,
        keys::OPEN_SHARD,
        keys::OWED_SHARD,
        keys::OWED_SINCE,
        keys::WAITING_EXECUTION,
        keys::SLACK_STALE,
        keys::EXPIRES_AT,
    ];
    assert!(beside.iter().all(|name| !fields.contains(name)));
    for field in [keys::SCHEMA, keys::VERSION, keys::STATUS, keys::OPENED_AT] {
        assert!(fields.contains(field), "{field}");
    }
}

#[test]
fn an_item_of_another_schema_is_not_guessed_at() {
    let mut later = written(&request("first"));
    later.insert("schema".to_owned(), n(2));
    assert_eq!(
        item::read::<Request>(later).unwrap_err().to_string(),
        "the item has a schema number that is not known (2)"
    );
    let mut without = written(&request("first"));
    without.remove("schema");
    assert!(item::read::<Request>(without).is_err());
}

#[test]
fn an_unreadable_item_is_not_quoted() {
    let mut broken = written(&request("first"));
    broken.insert("status".to_owned(), s("AAAA-a-task-token"));
    let error = item::read::<Request>(broken).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("AAAA"));
}
