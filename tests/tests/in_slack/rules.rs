//! The policy of these tests, and the accounts of its people.

use countersign_tests::Slack;
use countersign_tests::policy::{self, group, level, rest, rule, with};
use serde_json::{Value, json};

use crate::hostile::CALLS;

/// The channel in which the policy asks.
const CHANNEL: &str = "C0DEPLOY";

/// Accounts by name: the id in Slack. Everybody's address is at example.com; Nia's account has another one.
pub(crate) const ACCOUNTS: [(&str, &str); 5] =
    [("mia", "U0MIA"), ("max", "U0MAX"), ("sam", "U0SAM"), ("guest", "U0GUEST"), ("another", "U0NIA")];

/// Gives the policy's people their accounts.
pub(crate) fn open_accounts(slack: &Slack) {
    for (name, user) in ACCOUNTS {
        slack.add_user(user, &format!("{name}@example.com"));
    }
}

pub(crate) fn policy() -> Value {
    let level = |name: &str, groups: &[Value]| {
        with(level(name, groups), &json!({ "slack": { "channel": CHANNEL, "direct": false } }))
    };
    let managers = |quorum| [group("manager", &["mia", "max"], quorum)];
    let button = |quorum| with(level("manager", &managers(quorum)), &json!({ "confirmation": "button" }));
    let hana = group("head of engineering", &["hana"], 1);
    let escalating = json!({
        "deadlineSeconds": 12, "remindAfterSeconds": [6],
        "silence": { "escalate": { "group": hana, "deadlineSeconds": 60 } }
    });
    let nia = json!([{ "role": "manager", "quorum": 1, "approvers": [{ "email": "nia@example.com", "slack": "U0NIA" }] }]);
    let hostile = with(button(1), &json!({ "groups": [group(CALLS, &["mia"], 1)] }));
    policy::policy(&[
        with(rule("hostile", &[hostile]), &json!({ "service": ["*"], "kind": ["hostile"] })),
        rule("typed", &[level("manager", &managers(1))]),
        rule("click", &[button(1)]),
        rule("two", &[button(2)]),
        rule(
            "levels",
            &[
                button(1),
                with(
                    level("security", &[group("security", &["sam"], 1)]),
                    &json!({ "confirmation": "button" }),
                ),
            ],
        ),
        rule("named", &[with(button(1), &json!({ "groups": nia }))]),
        rule("direct", &[with(button(1), &json!({ "slack": { "channel": CHANNEL, "direct": true } }))]),
        rule("expire", &[with(button(1), &json!({ "deadlineSeconds": 4 }))]),
        rule("escalate", &[with(button(1), &escalating)]),
        rule("alone", &[with(button(1), &json!({ "mail": false }))]),
        rule("lost", &[with(button(1), &json!({ "mail": false, "slack": { "channel": "#no-such-place" } }))]),
        rule("uninvited", &[with(button(1), &json!({ "slack": { "channel": "C0PRIVATE" } }))]),
        rule("limited", &[with(button(1), &json!({ "slack": { "channel": "C0GENERAL" } }))]),
        rest(&[button(1)]),
    ])
}
