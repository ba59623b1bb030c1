//! The policy file.

use std::path::Path;

use common::domain::{DeploymentFacts, Facts, Matter, Policy, Rollout};
use countersign::policy::compile;
use countersign::simulate::{Asked, simulate};

use crate::samples::files;

pub(crate) fn samples(root: &Path) -> Vec<Vec<u8>> {
    let mut samples = files(&root.join("policy"));
    // The same, with nothing that may go in without a person.
    let strict = |file: &Vec<u8>| {
        String::from_utf8_lossy(file).replacen("[\"production\", \"prod-*\"]", "[\"*\"]", 1).into_bytes()
    };
    samples.extend(samples.iter().map(strict).collect::<Vec<_>>());
    samples
        .extend(files(&root.join("crates/cli/tests/policies")).into_iter().filter(|file| file.len() < 4_096));
    samples
}

/// A file is a policy, or has errors, each at a place in it. A policy survives being stored, has an answer for
/// everything, and lets nothing into a protected environment without a person.
pub(crate) fn run(data: &[u8]) -> bool {
    let compiled = compile(data);
    assert_eq!(compile(data), compiled, "one file, two answers");
    let lines = String::from_utf8_lossy(data).split('\n').count();
    for mistake in &compiled.mistakes {
        assert!((1..=lines).contains(&mistake.line) && mistake.column > 0, "no place: {mistake:?}");
    }
    let Some(policy) = compiled.policy else {
        assert!(!compiled.mistakes.is_empty(), "neither a policy nor a mistake");
        return false;
    };
    let stored = serde_json::to_string(&policy).ok();
    let read = stored.and_then(|stored| serde_json::from_str::<Policy>(&stored).ok());
    assert_eq!(read.as_ref(), Some(&policy), "a policy that does not survive being stored");
    for environment in ["production", "staging", "dev", "prod-eu", ""] {
        answers(&policy, environment);
    }
    true
}

fn answers(policy: &Policy, environment: &str) {
    let facts = Facts::Deployment(DeploymentFacts {
        service_name: "checkout".to_owned(),
        version: "2.4.1".to_owned(),
        environment: environment.to_owned(),
        change_log: None,
    });
    let rule = policy.rule_for(Matter::of(&facts)).unwrap_or_else(|| panic!("no rule for {environment:?}"));
    assert!(!policy.forbids(rule, environment), "{} lets everything into {environment:?}", rule.name);
    let timeline = simulate(policy, &Asked { facts, requested_by: None });
    let timeline =
        timeline.unwrap_or_else(|error| panic!("a policy without mistakes has no timeline: {error}"));
    if let Some(Rollout { poll_seconds, limit_seconds, .. }) = timeline.target {
        let polls = limit_seconds.checked_div(poll_seconds);
        assert!(polls.is_some_and(|polls| polls <= Rollout::MAX_POLLS), "a history without room: {polls:?}");
    }
}
