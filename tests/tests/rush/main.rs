//! Crowds, on the emulator with the real binaries: storage is contended, functions may run out of time, and still one decision holds per request, the
//! workflow follows it, and nobody is told anything else.
//!
//! This target is the last one of its run but `secrets`. `COUNTERSIGN_RUSH=full` makes the crowds as large as
//! the claim: 1,000 votes on one request, 500 requests decided at once.

#![expect(clippy::unwrap_used, reason = "what helps a test may fail it")]

mod many;
mod one;

use countersign_tests::policy::{group, level, policy, rest, rule};
use serde_json::Value;

/// How large the crowds are.
struct Size {
    /// Votes on one request, by the approvers of `CROWD`.
    votes: usize,
    /// Approvers of one request who all have to approve.
    everybody: usize,
    /// Requests decided at once, by two clients each.
    requests: usize,
}

/// Approvers of one request, who vote again and again.
const CROWD: usize = 20;

fn size() -> Size {
    if std::env::var_os("COUNTERSIGN_RUSH").is_some_and(|size| size == "full") {
        Size { votes: 1_000, everybody: 100, requests: 500 }
    } else {
        Size { votes: 200, everybody: 15, requests: 40 }
    }
}

/// Who approves what: `crowd` by any of many, `everybody` by all of many, `many` by one person.
fn rules() -> Value {
    let people = |count: usize| (0..count).map(|number| format!("voter-{number}")).collect::<Vec<_>>();
    let by = |name: &str, people: Vec<String>, quorum: usize| {
        let names: Vec<_> = people.iter().map(String::as_str).collect();
        let quorum = u32::try_from(quorum).unwrap();
        rule(name, &[level("approval", &[group("approver", &names, quorum)])])
    };
    let everybody = size().everybody;
    policy(&[
        by("crowd", people(CROWD), 3),
        by("everybody", people(everybody), everybody),
        by("many", people(1), 1),
        rest(&[level("approval", &[group("approver", &["ana"], 1)])]),
    ])
}
