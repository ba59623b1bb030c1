//! Which messages lag behind, which are due, who may edit them, and who is who.

use super::*;
use crate::domain::samples::{
    after, at, change, closed, escalating_request, group, person, request, request_of, vote,
};
use crate::domain::{Choice, Command, Deployment, Failure, Transition, apply};

fn target() -> SlackTarget {
    SlackTarget { channel: Some("#releases".to_owned()), direct: false }
}

fn message(request: &Request, ts: &str, purpose: Purpose, seconds: i64) -> SlackMessage {
    SlackMessage {
        channel: "C1".to_owned(),
        ts: Some(ts.to_owned()),
        to: None,
        purpose,
        at: at(seconds),
        failure: None,
        passing: false,
        shows: request.slack_face(),
    }
}

fn posted(request: &Request, ts: &str, purpose: Purpose, seconds: i64) -> Request {
    after(request, Command::NoteSlackMessages(vec![message(request, ts, purpose, seconds)]))
}

fn asked() -> Request {
    let request = Request { slack_target: Some(target()), ..request() };
    posted(&request, "1.1", Purpose::Ask, 0)
}

fn edit(holder: &str, seconds: i64) -> SlackEdit {
    SlackEdit { holder: holder.to_owned(), until: at(seconds) }
}

fn claim(holder: &str, seconds: i64) -> Command {
    Command::ClaimSlackEdit(edit(holder, seconds))
}

fn shown(request: &Request, holder: &str) -> Command {
    Command::NoteSlackShown {
        channel: "C1".to_owned(),
        ts: "1.1".to_owned(),
        shows: request.slack_face(),
        failure: None,
        edit: edit(holder, 60),
    }
}

fn unchanged(request: &Request, command: Command, seconds: i64) -> bool {
    apply(request, command, at(seconds)) == Ok(Transition::Unchanged)
}

#[test]
fn a_level_is_asked_where_its_policy_says_or_in_the_stack_s_channel() {
    let of = |slack: Option<SlackTarget>, stack| {
        let level = Level { slack, ..request().level };
        SlackTarget::of_level(&level, stack)
    };
    let channel = |name: &str| SlackTarget { channel: Some(name.to_owned()), direct: false };
    let direct = SlackTarget { channel: None, direct: true };
    assert_eq!(of(None, Some("C9")), Some(channel("C9")));
    assert_eq!(of(None, None), None);
    assert_eq!(of(Some(channel("#own")), Some("C9")), Some(channel("#own")));
    assert_eq!(of(Some(SlackTarget::NOWHERE), Some("C9")), None);
    assert_eq!(of(Some(direct.clone()), Some("C9")), Some(SlackTarget { direct: true, ..channel("C9") }));
    assert_eq!(of(Some(direct.clone()), None), Some(direct));
}

#[test]
fn every_change_that_people_see_makes_a_message_stale() {
    let asked = asked();
    assert_eq!(asked.stale_slack_message(), None);
    let approved = after(&asked, vote("ana", Choice::Approve));
    let done = after(&approved, Command::NoteResume(Resume::Done));
    let used = Deployment::done(at(10));
    let used = after(&done, Command::Execute(used));
    let step = |step, says: &str| Stage::Reached { at: at(10), step, says: says.to_owned(), made: None };
    let claimed = after(&done, Command::Claim(change("2")));
    let first = after(&claimed, Command::Reach(step(1, "10% of the calls")));
    let second = after(&first, Command::Reach(step(2, "50% of the calls")));
    let back = after(&second, Command::Reach(Stage::rolling_back(at(10), "an alarm has gone off")));
    let rolled_back = Deployment::failed(at(10), Failure::RolledBack, "an alarm has gone off");
    let ended = after(&back, Command::Execute(rolled_back));
    let escalated = Request { escalated_at: Some(at(5)), ..asked.clone() };
    let changed = [approved, done, used, claimed, first, second, back, ended, escalated];
    let faces: std::collections::BTreeSet<_> =
        changed.iter().chain([&asked]).map(Request::slack_face).collect();
    assert_eq!(faces.len(), 10);
    for changed in changed {
        assert!(changed.stale_slack_message().is_some() && changed.owing_since().is_some());
    }
    for closed in closed() {
        let message = message(&asked, "1.1", Purpose::Ask, 0);
        assert!(Request { slack: vec![message], ..closed }.stale_slack_message().is_some());
    }
}

#[test]
fn only_a_message_with_buttons_that_can_be_edited_lags_behind() {
    let closed = after(&asked(), Command::Expire);
    let with = |message| Request { slack: vec![message], ..closed.clone() }.stale_slack_message().is_some();
    let lagging = message(&asked(), "1.1", Purpose::Ask, 0);
    assert!(with(lagging.clone()));
    assert!(!with(SlackMessage { purpose: Purpose::Reminder(0), ..lagging.clone() }));
    assert!(!with(SlackMessage { ts: None, ..lagging.clone() }));
    assert!(!with(SlackMessage { failure: Some("message_not_found".to_owned()), ..lagging }));
}

#[test]
fn the_ask_comes_first_then_the_escalation_then_a_reminder() {
    let request = escalating_request();
    assert_eq!(request.due_in_slack(None, at(500)), Some(Purpose::Ask));
    let asked = posted(&request, "1.1", Purpose::Ask, 0);
    assert_eq!(asked.due_in_slack(None, at(99)), None);
    assert_eq!(asked.due_in_slack(None, at(100)), Some(Purpose::Reminder(0)));
    assert_eq!(asked.due_in_slack(Some(&person("ana")), at(0)), Some(Purpose::Ask), "another place");
    let reminded = posted(&asked, "1.2", Purpose::Reminder(0), 101);
    assert_eq!(reminded.due_in_slack(None, at(900)), None);
    let escalated = Request { escalated_at: Some(at(1_000)), ..reminded };
    assert_eq!(escalated.due_in_slack(None, at(1_000)), Some(Purpose::Escalation));
    let told = posted(&escalated, "1.3", Purpose::Escalation, 1_000);
    assert_eq!(told.due_in_slack(None, at(1_400)), None);
}

#[test]
fn whoever_is_asked_only_after_the_escalation_is_not_told_of_it() {
    let escalated = Request { escalated_at: Some(at(1_000)), ..escalating_request() };
    let asked = posted(&escalated, "1.1", Purpose::Ask, 1_000);
    assert_eq!(asked.due_in_slack(None, at(1_001)), None);
    let to_hana = SlackMessage { to: Some(person("hana")), ..message(&escalated, "2.1", Purpose::Ask, 999) };
    let direct = after(&escalated, Command::NoteSlackMessages(vec![to_hana]));
    assert_eq!(direct.due_in_slack(Some(&person("hana")), at(1_001)), None);
}

#[test]
fn a_message_that_failed_is_replaced_by_the_next_try_and_one_that_was_posted_never() {
    let failed = SlackMessage {
        ts: None,
        failure: Some("ratelimited".to_owned()),
        ..message(&request(), "", Purpose::Ask, 0)
    };
    let failed = after(&request(), Command::NoteSlackMessages(vec![failed]));
    assert!(!failed.was_anybody_asked());
    let posted_once = posted(&failed, "1.1", Purpose::Ask, 5);
    assert_eq!((posted_once.slack.len(), posted_once.was_anybody_asked()), (1, true));
    let posted_twice = posted(&posted_once, "1.2", Purpose::Ask, 6);
    assert_eq!(posted_twice.slack.len(), 2, "both are on people's screens");
    let again = Command::NoteSlackMessages(vec![message(&request(), "1.2", Purpose::Ask, 7)]);
    assert!(unchanged(&posted_twice, again, 7));
}

#[test]
fn a_message_that_nobody_noted_is_taken_in_once_and_shown_anew() {
    let adopt =
        |ts: &str| Command::AdoptSlackMessage { channel: "C1".to_owned(), ts: ts.to_owned(), to: None };
    assert!(unchanged(&asked(), adopt("1.1"), 0));
    let adopted = after(&asked(), adopt("9.9"));
    assert_eq!(adopted.stale_slack_message().and_then(|message| message.ts.as_deref()), Some("9.9"));
    assert!(unchanged(&adopted, adopt("9.9"), 0));
}

#[test]
fn a_button_counts_only_where_the_request_is_asked() {
    let asked = asked();
    assert!(asked.may_be_asked_in("C1", None), "a message is there");
    assert!(asked.may_be_asked_in("C7", Some("releases")), "the policy names it");
    assert!(!asked.may_be_asked_in("C7", Some("general")) && !asked.may_be_asked_in("D1", None));
    let direct = Request { slack_target: Some(SlackTarget { channel: None, direct: true }), ..asked.clone() };
    assert!(direct.may_be_asked_in("D1", None));
    for name in SHARED_NAMES {
        let target = SlackTarget { channel: Some(format!("#{name}")), direct: false };
        let request = Request { slack_target: Some(target), ..asked.clone() };
        assert!(!request.may_be_asked_in("C7", Some(name)), "every private channel is called that");
    }
    assert!(!Request { slack_target: None, ..asked }.may_be_asked_in("C1", Some("releases")));
}

#[test]
fn edits_come_one_after_the_other() {
    assert!(unchanged(&asked(), claim("a", 40), 10), "nothing is to be edited");
    let stale = after(&asked(), Command::Expire);
    let claimed = after(&stale, claim("a", 40));
    assert!(unchanged(&claimed, claim("b", 50), 39));
    assert!(!unchanged(&claimed, claim("b", 70), 40), "it is over");
    assert!(!unchanged(&claimed, claim("a", 70), 20), "its holder may go on");
    assert!(unchanged(&claimed, shown(&claimed, "b"), 20), "not the holder's");
    let shown = after(&claimed, shown(&claimed, "a"));
    assert_eq!((shown.stale_slack_message(), &shown.slack_edit), (None, &None));
}

#[test]
fn what_was_shown_before_somebody_voted_is_shown_again() {
    let stale =
        after(&asked(), Command::AdoptSlackMessage { channel: "C1".into(), ts: "2.2".into(), to: None });
    let claimed = after(&stale, claim("a", 40));
    let note = shown(&claimed, "a");
    let decided = after(&claimed, vote("ana", Choice::Approve));
    let noted = after(&decided, note);
    assert!(noted.stale_slack_message().is_some() && noted.slack_edit.is_some());
}

#[test]
fn an_account_is_an_approver_s_by_the_policy_or_by_what_was_found_out() {
    let mut request = request();
    assert_eq!(request.approver_in_slack("U1"), None);
    let remember = |user: &str, name| {
        Command::RememberSlackPerson(SlackPerson { user: user.to_owned(), approver: person(name) })
    };
    assert!(unchanged(&request, remember("U1", "eve"), 0), "not an approver");
    let known = after(&request, remember("U1", "ana"));
    assert_eq!(known.approver_in_slack("U1"), Some(&person("ana")));
    assert_eq!(known.slack_user_of(&person("ana")), Some("U1"));
    assert!(unchanged(&known, remember("U1", "ana"), 0));
    assert_eq!(request.approver_with_address(&person("ana")), Some(&person("ana")));
    assert_eq!(request.approver_with_address(&person("ana+releases")), None, "perhaps it is not Ana's");
    request.level.groups[0].approvers[0].slack = Some("U9".to_owned());
    assert_eq!(request.approver_in_slack("U9"), Some(&person("ana")));
    assert_eq!(request.approver_with_address(&person("ana")), None, "the policy names another account");
}

#[test]
fn that_a_failure_passes_is_stored_with_the_message() {
    let posted = message(&request(), "1.1", Purpose::Ask, 0);
    let failed = SlackMessage { passing: true, ..posted.clone() };
    for message in [posted, failed] {
        let stored = serde_json::to_value(&message).unwrap();
        assert_eq!(stored.get("passing").is_some(), message.passing);
        assert_eq!(serde_json::from_value::<SlackMessage>(stored).unwrap(), message);
    }
}

/// A message that could not be posted, for this reason, and will be.
fn not_posted(request: &Request, to: Option<&str>, why: &str) -> SlackMessage {
    let failure = Some(why.to_owned());
    SlackMessage {
        ts: None,
        to: to.map(person),
        failure,
        passing: true,
        ..message(request, "", Purpose::Ask, 0)
    }
}

#[test]
fn whoever_has_voted_is_owed_no_question() {
    let both = request_of(vec![group("security", &["ana", "bob"], 2)]);
    let messages = ["ana", "bob", "eve"].map(|name| not_posted(&both, Some(name), "ratelimited")).into();
    let request = after(&both, Command::NoteSlackMessages(messages));
    let owed = |request: &Request| {
        let to = request.owed_slack_asks().map(|message| message.to.as_ref().unwrap().to_string());
        to.collect::<Vec<_>>()
    };
    assert_eq!(owed(&request), ["ana@example.com", "bob@example.com"], "Eve is no approver");
    assert_eq!(owed(&after(&request, vote("ana", Choice::Approve))), ["bob@example.com"]);
}

#[test]
fn the_same_failure_is_told_once_and_anything_else_is_told() {
    let told = |messages: &[SlackMessage]| {
        let note = |request, message: &SlackMessage| {
            after(&request, Command::NoteSlackMessages(vec![message.clone()]))
        };
        messages.iter().fold(request(), note).events.len() - request().events.len()
    };
    let limited = not_posted(&request(), None, "ratelimited");
    let silent = not_posted(&request(), None, "no_answer");
    let posted = message(&request(), "1.1", Purpose::Ask, 5);
    let again = message(&request(), "1.2", Purpose::Ask, 6);
    assert_eq!(told(&[limited.clone(), limited.clone()]), 1);
    assert_eq!(told(&[limited.clone(), silent.clone()]), 2);
    assert_eq!(told(&[limited.clone(), posted.clone()]), 2);
    assert_eq!(told(&[posted, again]), 2);
    let elsewhere = not_posted(&request(), Some("ana"), "ratelimited");
    assert_eq!(told(&[limited, elsewhere]), 2);
}

#[test]
fn what_is_shown_is_noted_of_that_message_and_of_no_other() {
    let two = posted(&asked(), "1.2", Purpose::Ask, 1);
    let closed = after(&two, Command::Expire);
    let claimed = after(&closed, claim("a", 40));
    let second = Command::NoteSlackShown {
        channel: "C1".to_owned(),
        ts: "1.2".to_owned(),
        shows: closed.slack_face(),
        failure: None,
        edit: edit("a", 60),
    };
    let stale: Vec<_> =
        after(&claimed, second).stale_slack_messages().map(|message| message.ts.clone()).collect();
    assert_eq!(stale, [Some("1.1".to_owned())]);
}
