//! A policy of a newer version: what it says more is never passed over.

use serde_json::{Value, json};

use super::*;
use crate::adapters::dynamo::item::ItemError;
use crate::domain::StoredPolicy;

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

#[test]
fn a_policy_with_a_field_that_is_not_known_is_not_read() {
    let item = item::write(&stored()).unwrap();
    assert_eq!(item::read(item.clone()), Ok(stored()));
    let wider = with_one_more(&AttributeValue::M(item));
    assert!(wider.len() > 30, "every section: {}", wider.len());
    for item in wider {
        let AttributeValue::M(item) = item else { panic!("an item") };
        let error = item::read::<StoredPolicy>(item.clone()).unwrap_err();
        let is_refused = match &error {
            ItemError::UnknownField(path) => path.ends_with("later"),
            error => *error == ItemError::Unreadable,
        };
        assert!(is_refused, "{error}: {item:?}");
    }
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
        "the item has a field that is not known here (policy.freezes.unless); a newer version of countersign has stored it"
    );
}
