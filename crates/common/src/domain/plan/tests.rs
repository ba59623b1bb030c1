//! Dead ends, people, first waits and keys of plans.

use super::*;
use crate::domain::samples::{group, level, person};

#[test]
fn a_level_that_only_the_requester_could_approve_is_a_dead_end() {
    let level = level(vec![group("manager", &["dev"], 1)]);
    assert_eq!(level.unreachable_group(Some(&person("dev"))), Some(&level.groups[0]));
    assert_eq!(level.unreachable_group(Some(&person("ana"))), None);
    assert_eq!(level.unreachable_group(None), None);
}

#[test]
fn where_self_approval_is_allowed_the_requester_counts() {
    let mut level = level(vec![group("manager", &["dev"], 1)]);
    level.self_approval = true;
    assert_eq!(level.unreachable_group(Some(&person("dev"))), None);
    assert!(level.may_vote(&person("dev"), Some(&person("dev"))));
}

#[test]
fn a_quorum_beyond_the_group_is_a_dead_end() {
    let of = |names: &[&str], quorum| {
        level(vec![group("manager", &["ana"], 1), group("security", names, quorum)])
            .unreachable_group(None)
            .map(|group| group.role.clone())
    };
    assert_eq!(of(&["eve", "bob"], 2), None);
    assert_eq!(of(&["eve", "bob"], 3).as_deref(), Some("security"));
    assert_eq!(of(&["eve", "eve"], 2).as_deref(), Some("security"), "one person is one");
    assert_eq!(of(&["eve"], 0).as_deref(), Some("security"), "a group that nobody has to approve for");
    assert_eq!(of(&[], 1).as_deref(), Some("security"));
}

#[test]
fn somebody_in_two_groups_is_asked_once() {
    let level = level(vec![group("manager", &["ana", "bob"], 1), group("security", &["bob", "eve"], 1)]);
    let names: Vec<_> = level.approvers().map(|approver| approver.email.as_str()).collect();
    assert_eq!(names, ["ana@example.com", "bob@example.com", "eve@example.com"]);
    assert_eq!(level.group_of(&person("bob")).map(|group| group.role.as_str()), Some("manager"));
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
