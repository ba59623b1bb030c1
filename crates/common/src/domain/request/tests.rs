//! Waits and their boundaries, links, and what is stored.

use super::*;
use crate::domain::samples::{
    after, at, closed, escalating_request, group, person, request, request_of, vote,
};
use crate::domain::{Choice, Silence, Why};
use jiff::SignedDuration;

#[test]
fn each_wait_lasts_until_the_next_reminder_and_the_last_until_the_deadline() {
    let mut request = request();
    request.level.remind_after_seconds = vec![100, 400];
    let next = |seconds| request.next_wait_seconds(at(seconds));
    assert_eq!(next(0), Some(100));
    assert_eq!(next(99), Some(1));
    assert_eq!(next(100), Some(300));
    assert_eq!(next(400), Some(600));
    assert_eq!(next(999), Some(1));
    assert_eq!(next(1_000), None, "the deadline itself is too late");
}

#[test]
fn a_wait_is_whole_seconds_and_never_none_of_them() {
    let request = request();
    let just_before = at(100) - SignedDuration::from_nanos(1);
    assert_eq!(request.next_wait_seconds(just_before), Some(1));
    assert_eq!(request.next_wait_seconds(at(0) + SignedDuration::from_millis(500)), Some(100));
}

#[test]
fn a_reminder_after_the_deadline_does_not_prolong_the_wait() {
    let mut request = request();
    request.level.remind_after_seconds = vec![5_000];
    assert_eq!(request.next_wait_seconds(at(0)), Some(1_000));
}

#[test]
fn the_first_deadline_ends_a_wait_and_a_further_group_that_is_due_needs_no_wait_of_its_own() {
    let request = escalating_request();
    assert_eq!(request.next_wait_seconds(at(100)), Some(900), "until silence brings in a further group");
    assert_eq!(request.next_wait_seconds(at(1_000)), Some(500), "the next wait brings it in, and lasts");
    let escalated = Request { escalated_at: Some(at(1_001)), ..request };
    assert_eq!(escalated.next_wait_seconds(at(1_001)), Some(499));
    assert_eq!(escalated.next_wait_seconds(at(1_500)), None);
}

#[test]
fn a_further_group_that_may_not_vote_is_not_brought_in() {
    let only_dev = |request: &mut Request| {
        let further = Escalation { group: group("head", &["dev"], 1), deadline_seconds: 500 };
        request.level.silence = Silence::Escalate(Box::new(further));
    };
    let mut request = escalating_request();
    only_dev(&mut request);
    assert_eq!((request.escalation_due_at(), request.next_wait_seconds(at(1_000))), (None, Some(500)));
    assert_eq!(apply(&request, Command::Escalate, at(1_000)), Ok(Transition::Unchanged));
}

#[test]
fn nobody_of_the_further_group_may_vote_before_silence_has_brought_them_in() {
    let request = escalating_request();
    assert_eq!(request.check_entitled(&person("hana")), Err(Refusal::NotAnApprover));
    assert_eq!(request.outstanding().count(), 1);
    let escalated = Request { escalated_at: Some(at(1_001)), ..request };
    assert_eq!(escalated.check_entitled(&person("hana")), Ok(()));
    assert_eq!(escalated.outstanding().count(), 2);
}

#[test]
fn who_is_excluded_may_not_vote_under_any_address() {
    let mut request = request_of(vec![group("manager", &["ana", "bob"], 1)]);
    request.excluded = vec![Exclusion { approver: person("ana"), why: Why::VotedAt { level: 1 } }];
    let other = EmailAddress::parse("ana+x@example.com").unwrap();
    for ana in [person("ana"), other] {
        assert_eq!(request.check_entitled(&ana), Err(Refusal::VotedAtEarlierLevel { level: 1 }));
    }
    assert_eq!(request.outstanding().collect::<Vec<_>>(), [&person("bob")]);
}

#[test]
fn without_a_deadline_only_the_callers_own_timeout_ends_the_wait() {
    let mut request = request();
    request.deadline = None;
    assert_eq!(request.next_wait_seconds(at(0)), None);
    assert!(!request.is_past_deadline(at(1_000_000)));
}

#[test]
fn votes_count_until_the_deadline_and_not_at_it() {
    let request = request();
    assert!(!request.is_past_deadline(at(1_000) - SignedDuration::from_nanos(1)));
    assert!(request.is_past_deadline(at(1_000)));
}

#[test]
fn of_several_reminders_whose_time_has_passed_the_latest_is_due() {
    let mut request = request();
    request.level.remind_after_seconds = vec![400, 100];
    assert_eq!(request.due_reminder(at(99)), None);
    assert_eq!(request.due_reminder(at(100)), Some(1));
    assert_eq!(request.due_reminder(at(399)), Some(1));
    assert_eq!(request.due_reminder(at(400)), Some(0));
}

#[test]
fn those_who_have_voted_or_may_not_vote_are_not_outstanding() {
    let request = request_of(vec![group("manager", &["ana", "bob", "dev"], 2)]);
    let request = after(&request, vote("bob", Choice::Approve));
    assert_eq!(request.outstanding().collect::<Vec<_>>(), [&person("ana")]);
}

#[test]
fn a_link_opens_the_request_for_its_holder_alone() {
    let mut request = request();
    let [anas, bobs, strangers] = [1, 2, 3].map(|bits| LinkToken::mint(request.id.clone(), [bits; 32]));
    for (name, token) in [("ana", &anas), ("bob", &bobs)] {
        request.links.push(Link { approver: person(name), hash: token.hash(), minted_at: at(0) });
    }
    assert_eq!(request.holder_of(&anas), Some(&person("ana")));
    assert_eq!(request.holder_of(&bobs), Some(&person("bob")));
    assert_eq!(request.holder_of(&strangers), None);
}

#[test]
fn the_phrase_is_the_environment_or_the_start_of_the_fingerprint() {
    let mut request = request();
    assert_eq!(request.phrase(), "production");
    request.facts = Facts::General(crate::domain::GeneralFacts {
        kind: None,
        title: "Access".to_owned(),
        amount: None,
        facts: Vec::new(),
        details: None,
        link: None,
    });
    assert_eq!(request.phrase(), &request.fingerprint.as_str()[..4]);
}

#[test]
fn only_closed_records_may_ever_be_dropped() {
    let mut open = request();
    open.retention_days = Some(30);
    assert_eq!(open.expires_at(), None);
    for mut request in closed() {
        assert_eq!(request.expires_at(), None, "no retention was set");
        request.retention_days = Some(30);
        assert_eq!(request.expires_at(), Some(at(10) + SignedDuration::from_hours(30 * 24)));
    }
}

#[test]
fn a_stored_request_has_no_null_fields() {
    for request in closed().into_iter().chain([request()]) {
        let json = serde_json::to_string(&request).unwrap();
        assert!(!json.contains("null") && !json.contains("preview"), "{json}");
        assert_eq!(serde_json::from_str::<Request>(&json).unwrap(), request);
    }
}

#[test]
fn a_printed_request_hides_the_task_token() {
    assert!(!format!("{:?}", request()).contains("first"));
}

#[test]
fn channels_have_the_names_that_people_know() {
    assert_eq!([Channel::Email, Channel::Slack].map(Channel::as_str), ["email", "Slack"]);
}
