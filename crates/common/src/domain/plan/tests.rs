//! Dead ends, people, first waits and keys of plans.

use super::*;
use crate::domain::samples::{escalating, group, level};

#[test]
fn somebody_in_two_groups_is_asked_once() {
    let level = level(vec![group("manager", &["ana", "bob"], 1), group("security", &["bob", "eve"], 1)]);
    let names: Vec<_> = level.approvers().map(|approver| approver.email.as_str()).collect();
    assert_eq!(names, ["ana@example.com", "bob@example.com", "eve@example.com"]);
}

#[test]
fn the_first_wait_ends_with_the_first_reminder_or_the_deadline() {
    let mut level = level(vec![group("manager", &["ana"], 1)]);
    level.remind_after_seconds = vec![300, 100];
    assert_eq!(level.first_wait_seconds(), Some(100));
    level.remind_after_seconds = vec![2_000];
    assert_eq!(level.first_wait_seconds(), Some(1_000));
    level.remind_after_seconds.clear();
    level.deadline_seconds = None;
    assert_eq!(level.first_wait_seconds(), None);
}

#[test]
fn a_further_group_prolongs_a_level_and_is_asked_only_then() {
    let level = escalating();
    assert_eq!(level.ends_after_seconds(), Some(1_500));
    let names = |approvers: Vec<&Approver>| {
        approvers.iter().map(|approver| approver.email.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(level.approvers().collect()), ["ana@example.com"]);
    assert_eq!(names(level.everyone().collect()), ["ana@example.com", "hana@example.com"]);
}

#[test]
fn waits_are_counted_by_their_ends() {
    let mut level = level(vec![group("manager", &["ana"], 1)]);
    assert_eq!(level.waits(), 2, "until the reminder, until the deadline");
    level.remind_after_seconds = vec![100, 200, 200];
    assert_eq!(level.waits(), 3);
    assert_eq!(escalating().waits(), 3);
}

#[test]
fn a_caller_that_waits_once_gets_one_wait_until_the_deadline() {
    let level = escalating().for_one_wait();
    assert_eq!(
        (level.waits(), level.first_wait_seconds(), level.ends_after_seconds()),
        (1, Some(1_000), Some(1_000))
    );
}

#[test]
fn a_retried_preparation_finds_the_key_again() {
    assert_eq!(PlanKey::of_execution("arn:a"), PlanKey::of_execution("arn:a"));
    assert_ne!(PlanKey::of_execution("arn:a"), PlanKey::of_execution("arn:b"));
    assert_ne!(PlanKey::random(&[1; 32]), PlanKey::random(&[2; 32]));
    let key = PlanKey::of_execution("arn:a");
    assert_eq!(PlanKey::parse(key.as_str()), Ok(key));
}

#[test]
fn what_no_plan_is_called_is_not_a_key() {
    for text in ["", "abc", &"g".repeat(32), &"A".repeat(32), &"a".repeat(33)] {
        assert_eq!(PlanKey::parse(text), Err(PlanKeyError), "{text}");
    }
}

/// What was stored when nothing was deployed, letter by letter.
#[test]
fn a_plan_that_was_stored_without_a_rollout_still_reads() {
    let stored = r#"{"schema":1,"key":"0123456789abcdef0123456789abcdef","execution":"arn:a","canWait":true,"preparedAt":"2026-01-05T10:00:00Z","facts":{"deployment":{"serviceName":"checkout","version":"2.4.1","environment":"production"}},"requestedBy":"dev@example.com","fingerprint":"FINGERPRINT","levels":[]}"#;
    let stored = stored.replace("FINGERPRINT", &"ab".repeat(32));
    let plan: Plan = serde_json::from_str(&stored).unwrap();
    assert_eq!((plan.rollout.as_ref(), plan.policy.as_ref(), plan.subject.as_ref()), (None, None, None));
    assert_eq!(serde_json::to_string(&plan).unwrap(), stored, "and is written as before");
}

/// What was stored when nobody looked ahead, letter by letter.
#[test]
fn a_plan_that_was_stored_without_a_preview_still_reads() {
    let stored = r#"{"schema":1,"key":"0123456789abcdef0123456789abcdef","canWait":true,"preparedAt":"2026-01-05T10:00:00Z","facts":{"deployment":{"serviceName":"checkout","version":"2.4.1","environment":"production"}},"fingerprint":"FINGERPRINT","rollout":{"to":{"kind":"lambda","function":"checkout","alias":"live"},"pollSeconds":15,"limitSeconds":3600},"levels":[]}"#;
    let stored = stored.replace("FINGERPRINT", &"ab".repeat(32));
    let plan: Plan = serde_json::from_str(&stored).unwrap();
    assert_eq!((plan.rollout.is_some(), plan.preview.as_ref()), (true, None));
    assert_eq!(serde_json::to_string(&plan).unwrap(), stored, "and is written as before");
}

#[test]
fn a_level_that_says_nothing_more_is_rejected_by_one_and_asked_by_mail() {
    let stored =
        r#"{"name":"owner","groups":[],"namedBy":"policy","confirmation":"phrase","selfApproval":false}"#;
    let level: Level = serde_json::from_str(stored).unwrap();
    assert_eq!((level.reject_quorum, level.mail, level.strength), (1, true, Strength::Link));
    let written = |level: &Level, key: &str| serde_json::to_value(level).unwrap().get(key).cloned();
    assert_eq!((written(&level, "mail"), written(&level, "strength")), (None, None));
    let strict = Level { mail: false, strength: Strength::Slack, ..level };
    assert_eq!(written(&strict, "mail"), Some(serde_json::json!(false)));
    assert_eq!(written(&strict, "strength"), Some(serde_json::json!("slack")));
}
