//! Rules of another version: what they say more is never passed over.

use serde_json::{Value, json};

use super::*;
use crate::adapters::dynamo::item::{ItemError, Stored};
use crate::adapters::samples::{plan, request};
use crate::domain::{Plan, Request, StoredPolicy};

/// A policy in which every kind of section stands.
fn stored() -> StoredPolicy {
    let group = json!({
        "role": "manager", "quorum": 1,
        "approvers": [{ "email": "ana@example.com", "name": "Ana", "slack": "U1" }]
    });
    let level = json!({
        "name": "manager", "groups": [group], "namedBy": "policy", "deadlineSeconds": 3_600,
        "remindAfterSeconds": [600], "confirmation": "phrase", "selfApproval": false,
        "silence": { "escalate": { "group": group, "deadlineSeconds": 600 } }, "strength": "slack",
        "slack": { "channel": "#releases", "direct": true }
    });
    let target = |to: Value| {
        json!({
            "service": ["*"], "environment": ["*"],
            "rollout": { "to": to, "maxAgeSeconds": 60, "pollSeconds": 15, "limitSeconds": 3_600 }
        })
    };
    let shift = json!({ "steps": [10], "holdSeconds": 300, "alarms": ["errors"] });
    let targets = [
        json!({ "kind": "lambda", "function": "checkout", "alias": "live", "shift": shift }),
        json!({ "kind": "ecs", "cluster": "shop", "ecsService": "web", "container": "app" }),
        json!({ "kind": "codebuild", "project": "deploy" }),
        json!({ "kind": "step-functions", "stateMachine": "arn:aws:states:eu-west-1:1:stateMachine:x" }),
        json!({ "kind": "webhook", "url": "https://example.com/", "secret": "arn:aws:secretsmanager:x" }),
    ];
    let freeze = |when: Value| json!({ "name": "nights", "service": ["*"], "environment": ["*"], "exceptServices": ["a"], "zone": "UTC", "when": when });
    let window = json!({ "day": "fri", "from": "18:00:00", "days": 3, "to": "08:00:00" });
    let policy = json!({
        "schema": 1, "protectedEnvironments": ["prod*"],
        "rules": [{
            "name": "all", "service": ["*"], "environment": ["*"], "kind": ["*"], "supersede": true,
            "amountUpTo": [{ "value": "10", "currency": "EUR" }], "levels": [level]
        }],
        "targets": targets.map(target),
        "freezes": [
            freeze(json!({ "kind": "weekly", "windows": [window], "exceptDates": ["2026-12-24"] })),
            freeze(json!({ "kind": "once", "starts": "2026-12-20T00:00:00", "ends": "2026-12-27T00:00:00" })),
        ]
    });
    serde_json::from_value(json!({
        "schema": 1, "number": 1, "hash": "-", "storedAt": "2026-01-05T09:00:00Z", "source": "-", "policy": policy
    }))
    .unwrap()
}

/// The item of the policy with one field more, once for each map in it.
fn with_one_more(value: &AttributeValue) -> Vec<AttributeValue> {
    match value {
        AttributeValue::M(fields) => {
            let mut wider = fields.clone();
            wider.insert("later".to_owned(), s("unless it is full moon"));
            let deeper = fields.iter().flat_map(|(name, value)| {
                with_one_more(value).into_iter().map(|value| {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), value);
                    AttributeValue::M(fields)
                })
            });
            std::iter::once(AttributeValue::M(wider)).chain(deeper).collect()
        }
        AttributeValue::L(values) => (0..values.len())
            .flat_map(|index| {
                with_one_more(&values[index]).into_iter().map(move |value| {
                    let mut values = values.clone();
                    values[index] = value;
                    AttributeValue::L(values)
                })
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// What becomes of items with one field more, each at another depth of this field.
fn refused<T: Stored + std::fmt::Debug>(item: &Item, rules: &str) -> Vec<ItemError> {
    with_one_more(&item[rules])
        .into_iter()
        .map(|wider| {
            let mut item = item.clone();
            item.insert(rules.to_owned(), wider);
            item::read::<T>(item).expect_err("it is refused")
        })
        .collect()
}

fn is_named(error: &ItemError, rules: &str) -> bool {
    matches!(error, ItemError::UnknownField(path) if path.starts_with(rules) && path.rsplit('.').next() == Some("later"))
}

#[test]
fn a_policy_with_a_field_that_is_not_known_is_not_read() {
    let item = item::write(&stored()).unwrap();
    assert_eq!(item::read(item.clone()), Ok(stored()));
    let errors = refused::<StoredPolicy>(&item, "policy");
    let (named, others): (Vec<_>, Vec<_>) = errors.iter().partition(|error| is_named(error, "policy"));
    assert!(named.len() > 30, "every section: {named:?}");
    assert_eq!(others, [&ItemError::Unreadable], "two answers to silence are none");
}

/// What a policy said when they were made is in plans and requests as well.
#[test]
fn neither_is_a_plan_or_a_request_whose_rules_are_not_known() {
    let StoredPolicy { policy, .. } = stored();
    let level = policy.rules[0].levels[0].clone();
    let rollout = Some(policy.targets[0].rollout.clone());
    let plan = Plan { levels: vec![level.clone()], rollout, ..plan("first") };
    let request = Request { level, ..request("first") };
    let (plan, request) = (item::write(&plan).unwrap(), item::write(&request).unwrap());
    assert!(item::read::<Plan>(plan.clone()).is_ok() && item::read::<Request>(request.clone()).is_ok());
    let of_level = refused::<Request>(&request, "level");
    assert_eq!(of_level.iter().filter(|error| is_named(error, "level")).count(), of_level.len() - 1);
    let of_levels = refused::<Plan>(&plan, "levels");
    assert_eq!(of_levels.iter().filter(|error| is_named(error, "levels")).count(), of_level.len() - 1);
    let of_rollout = refused::<Plan>(&plan, "rollout");
    assert!(of_rollout.iter().all(|error| is_named(error, "rollout")), "{of_rollout:?}");
}

/// What they say beside the rules may be read by others: it decides nothing.
#[test]
fn what_is_no_rule_may_be_of_another_version() {
    let mut item = item::write(&request("first")).unwrap();
    item.insert("later".to_owned(), s("a note"));
    assert_eq!(item::read(item), Ok(request("first")));
}

#[test]
fn whoever_cannot_read_a_policy_is_told_which_field_it_is() {
    let mut item = item::write(&stored()).unwrap();
    let AttributeValue::M(policy) = item.get_mut("policy").unwrap() else { panic!("a map") };
    let AttributeValue::L(freezes) = policy.get_mut("freezes").unwrap() else { panic!("a list") };
    let AttributeValue::M(freeze) = &mut freezes[1] else { panic!("a map") };
    freeze.insert("unless".to_owned(), s("it burns"));
    assert_eq!(
        item::read::<StoredPolicy>(item).unwrap_err().to_string(),
        "the item has a field that is not known here (policy.freezes.unless); another version of countersign has stored it"
    );
}
