//! The policy of these tests.

use common::domain::{Glob, Policy, Rule, Silence};
use countersign_tests::policy::{self, group, level, rest, rule, with};
use serde_json::{Value, json};

use crate::webhooks;

pub(crate) fn policy() -> Value {
    let manager = || level("manager", &[group("manager", &["mia", "max"], 1)]);
    let security = || level("security", &[group("security", &["sam", "sue", "sol"], 2)]);
    let hana = group("head of engineering", &["hana"], 1);
    let escalating = json!({
        "deadlineSeconds": 12, "remindAfterSeconds": [6],
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
        rule("deploy", &[manager()]),
        rule("build", &[manager()]),
        rule("run", &[manager()]),
        rule("hook", &[manager()]),
        rule("unasked", &[]),
    ];
    rules.extend(
        example().rules.into_iter().map(|rule| json!(Rule { service: vec![services("example-*")], ..rule })),
    );
    rules.push(rest(&[manager()]));
    let targets = ["blue", "green", "twice", "frozen"]
        .map(|alias| target(&format!("deploy-{alias}-*"), FUNCTION, alias));
    let others = [
        target("deploy-foreign-*", "countersign-reconcile", "live"),
        target("unasked-*", FUNCTION, "unasked"),
    ];
    let steps = |alias: &str, alarms: &[&str]| {
        let shift = json!({ "steps": [10, 50], "holdSeconds": 3, "alarms": alarms });
        let to = json!({ "kind": "lambda", "function": FUNCTION, "alias": alias, "shift": shift });
        with(target(&format!("deploy-{alias}-*"), FUNCTION, alias), &json!({ "rollout": rollout(&to) }))
    };
    let in_steps = [steps("steps", &[ALARM]), steps("stopped", &[]), steps("unwatched", &["nobody-s-alarm"])];
    let services = [("moves", CLUSTER), ("abroad", "elsewhere")].map(|(name, cluster)| {
        let to = json!({ "kind": "ecs", "cluster": cluster, "ecsService": name });
        json!({
            "service": [format!("deploy-{name}-*")], "environment": ["production"], "rollout": rollout(&to)
        })
    });
    let builds = ["deploy-shop", "somebody-s"].map(|project| {
        let to = json!({ "kind": "codebuild", "project": project });
        json!({
            "service": [format!("build-{project}-*")], "environment": ["production"], "rollout": rollout(&to)
        })
    });
    let machines = ["release-shop", "somebody-s"].map(|name| {
        let arn = format!("arn:aws:states:us-east-1:000000000000:stateMachine:{name}");
        let to = json!({ "kind": "step-functions", "stateMachine": arn });
        json!({ "service": [format!("run-{name}-*")], "environment": ["production"], "rollout": rollout(&to) })
    });
    let webhooks: Vec<_> = webhooks::targets()
        .into_iter()
        .map(|(service, to)| {
            json!({
                "service": [format!("{service}-*")], "environment": ["production"], "rollout": rollout(&to)
            })
        })
        .collect();
    let kinds =
        [&targets[..], &others[..], &in_steps[..], &services[..], &builds[..], &machines[..], &webhooks[..]];
    let targets = kinds.concat();
    policy::with(policy::policy(&rules), &json!({ "targets": targets }))
}

/// The function that the stack may deploy.
pub(crate) const FUNCTION: &str = "checkout";

/// The alarm that the stack may look at.
pub(crate) const ALARM: &str = "checkout-errors";

/// The cluster with the services that the stack may deploy to.
pub(crate) const CLUSTER: &str = "shop";

fn target(services: &str, function: &str, alias: &str) -> Value {
    let to = json!({ "kind": "lambda", "function": function, "alias": alias });
    json!({
        "service": [services], "environment": ["production"], "rollout": rollout(&to)
    })
}

fn rollout(to: &Value) -> Value {
    json!({ "to": to, "pollSeconds": 1, "limitSeconds": 60 })
}

fn services(pattern: &str) -> Glob {
    Glob::parse(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"))
}

/// Until a level's first reminder, and so the shortest of its waits: long enough to write to everyone on a busy machine.
const FIRST_WAIT_SECONDS: u32 = 5;

/// The documented example, each level in fast motion.
pub(crate) fn example() -> Policy {
    let compiled = countersign::policy::compile(include_bytes!("../../../policy/approvals.toml"));
    let Some(mut policy) = compiled.policy else {
        panic!("the example has mistakes: {:?}", compiled.mistakes)
    };
    for level in policy.rules.iter_mut().flat_map(|rule| &mut rule.levels) {
        let Some(first_wait) = level.first_wait_seconds() else { continue };
        let fast = |seconds: u32| seconds / (first_wait / FIRST_WAIT_SECONDS);
        level.deadline_seconds = level.deadline_seconds.map(fast);
        level.remind_after_seconds.iter_mut().for_each(|seconds| *seconds = fast(*seconds));
        if let Silence::Escalate(escalation) = &mut level.silence {
            escalation.deadline_seconds = fast(escalation.deadline_seconds);
        }
    }
    policy
}
