//! Policies for tests: one is stored with the first test that needs it, and taken away with the last.

use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::Run;

static USERS: Mutex<usize> = Mutex::new(0);

/// While there is one, the policy holds. All of a test binary hold the same.
pub struct HeldPolicy(Run);

impl Run {
    /// Stores the policy, unless another test of this binary has done so and still needs it.
    pub fn hold_policy(&self, policy: impl FnOnce() -> Value) -> HeldPolicy {
        let mut users = USERS.lock().unwrap_or_else(PoisonError::into_inner);
        if *users == 0 {
            self.store_policy(&policy());
        }
        *users += 1;
        HeldPolicy(self.clone())
    }
}

impl Drop for HeldPolicy {
    fn drop(&mut self) {
        let mut users = USERS.lock().unwrap_or_else(PoisonError::into_inner);
        *users -= 1;
        if *users == 0 {
            self.0.drop_policy();
        }
    }
}

/// A policy with these rules, of which the last one has to meet everything.
pub fn policy(rules: &[Value]) -> Value {
    json!({ "schema": 1, "protectedEnvironments": [], "rules": rules })
}

/// A rule for services whose names start with its own.
pub fn rule(name: &str, levels: &[Value]) -> Value {
    for_services(name, &format!("{name}-*"), levels)
}

/// The rule for everything that no other one is for.
pub fn rest(levels: &[Value]) -> Value {
    for_services("rest", "*", levels)
}

fn for_services(name: &str, services: &str, levels: &[Value]) -> Value {
    let any = ["*"];
    json!({
        "name": name, "service": [services], "environment": any, "kind": any, "supersede": true, "levels": levels
    })
}

/// A level that nobody but a test ends.
pub fn level(name: &str, groups: &[Value]) -> Value {
    json!({
        "name": name, "groups": groups, "namedBy": "policy", "deadlineSeconds": 600, "confirmation": "phrase",
        "selfApproval": false
    })
}

/// A group of people at example.com.
pub fn group(role: &str, names: &[&str], quorum: u32) -> Value {
    let people: Vec<_> = names.iter().map(|name| json!({ "email": format!("{name}@example.com") })).collect();
    json!({ "role": role, "approvers": people, "quorum": quorum })
}

/// The same with these keys.
#[must_use]
pub fn with(mut level: Value, changes: &Value) -> Value {
    if let (Some(level), Some(changes)) = (level.as_object_mut(), changes.as_object()) {
        level.extend(changes.clone());
    }
    level
}
