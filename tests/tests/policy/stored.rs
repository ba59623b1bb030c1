//! The policy of these tests: stored with the first test that needs it, and taken away with the last.

use std::sync::{Mutex, PoisonError};

use common::domain::{Glob, Policy, Rule, Silence};
use countersign_tests::Run;
use serde_json::{Value, json};

static USERS: Mutex<usize> = Mutex::new(0);

/// While there is one, the policy holds.
pub(crate) struct Stored(Run);

impl Stored {
    pub(crate) fn on(run: &Run) -> Self {
        let mut users = USERS.lock().unwrap_or_else(PoisonError::into_inner);
        if *users == 0 {
            run.store_policy(&policy());
        }
        *users += 1;
        Self(run.clone())
    }
}

impl Drop for Stored {
    fn drop(&mut self) {
        let mut users = USERS.lock().unwrap_or_else(PoisonError::into_inner);
        *users -= 1;
        if *users == 0 {
            self.0.drop_policy();
        }
    }
}

fn people(names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| json!({ "email": format!("{name}@example.com") })).collect()
}

fn group(role: &str, names: &[&str], quorum: u32) -> Value {
    json!({ "role": role, "approvers": people(names), "quorum": quorum })
}

/// A level that nobody but a test ends.
fn level(name: &str, groups: &[Value]) -> Value {
    json!({
        "name": name, "groups": groups, "namedBy": "policy", "deadlineSeconds": 600, "confirmation": "phrase",
        "selfApproval": false
    })
}

fn with(mut level: Value, changes: &Value) -> Value {
    if let (Some(level), Some(changes)) = (level.as_object_mut(), changes.as_object()) {
        level.extend(changes.clone());
    }
    level
}

/// A rule for services whose names start with this.
fn rule(name: &str, levels: &[Value]) -> Value {
    let any = ["*"];
    json!({
        "name": name, "service": [format!("{name}-*")], "environment": any, "kind": any, "supersede": true,
        "levels": levels
    })
}

fn policy() -> Value {
    let manager = || level("manager", &[group("manager", &["mia", "max"], 1)]);
    let security = || level("security", &[group("security", &["sam", "sue", "sol"], 2)]);
    let hana = group("head of engineering", &["hana"], 1);
    let escalating = json!({
        "deadlineSeconds": 6, "remindAfterSeconds": [3],
        "silence": { "escalate": { "group": hana, "deadlineSeconds": 60 } }
    });
    let both = [group("manager", &["mia", "max"], 1), group("security", &["sam", "sue"], 1)];
    let mut rules = vec![
        rule("levels", &[manager(), security()]),
        rule("quorum", &[with(security(), &json!({ "rejectQuorum": 2 }))]),
        rule("parallel", &[level("both", &both)]),
        rule("served", &[manager(), level("security", &[group("security", &["mia", "sam"], 1)])]),
        rule("needed", &[manager(), level("security", &[group("security", &["mia"], 1)])]),
        rule("escalate", &[with(manager(), &escalating)]),
        rule("expire", &[with(manager(), &json!({ "deadlineSeconds": 3 }))]),
        rule("quiet", &[with(manager(), &json!({ "deadlineSeconds": 3, "silence": "approve" }))]),
        rule("button", &[with(manager(), &json!({ "confirmation": "button" }))]),
        rule("open", &[]),
        rule("alone", &[level("owner", &[group("owner", &["olga"], 1)])]),
        json!({
            "name": "rest", "service": ["*"], "environment": ["*"], "kind": ["*"], "supersede": true,
            "levels": [manager()]
        }),
    ];
    let rest = rules.pop();
    rules.extend(
        example().rules.into_iter().map(|rule| json!(Rule { service: vec![services("example-*")], ..rule })),
    );
    rules.extend(rest);
    json!({ "schema": 1, "protectedEnvironments": [], "rules": rules })
}

fn services(pattern: &str) -> Glob {
    Glob::parse(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"))
}

/// The documented example, with seconds for hours.
pub(crate) fn example() -> Policy {
    let compiled = countersign::policy::compile(include_bytes!("../../../policy/approvals.toml"));
    let Some(mut policy) = compiled.policy else {
        panic!("the example has mistakes: {:?}", compiled.mistakes)
    };
    for level in policy.rules.iter_mut().flat_map(|rule| &mut rule.levels) {
        level.deadline_seconds = level.deadline_seconds.map(hours);
        level.remind_after_seconds.iter_mut().for_each(|seconds| *seconds = hours(*seconds));
        if let Silence::Escalate(escalation) = &mut level.silence {
            escalation.deadline_seconds = hours(escalation.deadline_seconds);
        }
    }
    policy
}

fn hours(seconds: u32) -> u32 {
    seconds / 3_600
}
