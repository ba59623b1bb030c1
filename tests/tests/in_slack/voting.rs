//! Clicks and modals, of those who may decide and of those who may not.

use std::thread;

use common::domain::{Channel, Choice, Status, Strength};
use countersign_tests::{Interaction, Release};
use serde_json::json;

use crate::post::{APPROVE, MAX, MIA, Post, REJECT, workspace};
use crate::rules::policy;

fn is_acknowledged(interaction: &Interaction) {
    assert_eq!((interaction.status, interaction.trouble.as_deref()), (Some(200), None), "{interaction:?}");
}

#[test]
fn one_click_approves_and_the_message_says_so() {
    let post = Post::by("click");
    assert!(post.message.has_buttons() && post.message.says("manager: 0 of 1 approval"));
    let click = post.click(MIA, APPROVE);
    is_acknowledged(&click);
    assert_eq!((click.body.as_str(), click.modal), ("", None));
    let output = post.end().success();
    assert_eq!(output["approvalResult"]["approvedBy"], "mia@example.com");
    assert_eq!(output["approvalResult"]["approvals"][0]["channel"], "slack");
    let record = post.now();
    let vote = &record.votes[0];
    assert_eq!(
        (vote.channel, vote.strength, vote.choice),
        (Channel::Slack, Strength::Slack, Choice::Approve)
    );
    post.ended("mia@example.com");
}

#[test]
fn a_phrase_is_typed_in_a_modal_that_forgives_a_slip() {
    let post = Post::by("typed");
    let modal = post.click(MIA, APPROVE).modal.unwrap();
    post.is_untouched();
    let slip = post.slack.submit(MIA, &modal, &json!({ "phrase": "prod" }));
    is_acknowledged(&slip);
    assert!(
        slip.body.contains("\"response_action\":\"errors\"") && slip.body.contains("production"),
        "{}",
        slip.body
    );
    post.is_untouched();
    is_acknowledged(&post.slack.submit(MIA, &modal, &json!({ "phrase": "production" })));
    post.end().success();
    post.ended("mia@example.com");
}

#[test]
fn a_rejection_takes_a_reason_and_everyone_reads_it() {
    let post = Post::by("click");
    let empty = post.click(MAX, REJECT).modal.unwrap();
    let refused =
        post.slack.submit_with(MAX, &empty, &json!({ "reason": "  " }), &json!({ "unchecked": true }));
    assert!(refused[0].body.contains("\"response_action\":\"errors\""), "{refused:?}");
    post.is_untouched();
    is_acknowledged(&post.reject(MAX, "The tests are red."));
    let (error, cause) = post.end().failure();
    assert_eq!(error, "RejectedError");
    assert!(cause.contains("The tests are red.") && cause.contains("max@example.com"), "{cause}");
    let message = post.ended("The tests are red.");
    assert!(message.says("max@example.com"), "{}", message.words());
}

#[test]
fn whoever_is_not_asked_is_told_so_and_changes_nothing() {
    let post = Post::by("click");
    for user in ["U0GUEST", "U0EVE"] {
        for action in [APPROVE, REJECT] {
            let click = post.click(user, action);
            is_acknowledged(&click);
            assert_eq!(click.modal, None);
        }
        post.is_told(user, "You are not asked to decide this");
    }
    post.is_untouched();
    assert!(post.shows("0 of 1").has_buttons());
}

#[test]
fn the_requester_cannot_approve_their_own_request() {
    let slack = workspace();
    let post = Post::of(slack, Release::asked_by(policy, "click", "max@example.com"));
    is_acknowledged(&post.click(MAX, APPROVE));
    post.is_told(MAX, "cannot");
    post.is_untouched();
    is_acknowledged(&post.click(MIA, APPROVE));
    post.end().success();
}

#[test]
fn the_policy_says_whose_account_it_is_and_no_other_one_is() {
    let post = Post::by("named");
    post.slack.add_user("U0NIATWO", "nia@example.com");
    post.click("U0NIATWO", APPROVE);
    post.is_told("U0NIATWO", "You are not asked to decide this");
    post.is_untouched();
    is_acknowledged(&post.click("U0NIA", APPROVE));
    assert_eq!(post.end().success()["approvalResult"]["approvedBy"], "nia@example.com");
}

#[test]
fn case_09_one_person_counts_once_by_mail_and_in_slack() {
    let post = Post::by("two");
    assert_eq!(post.ask("mia").approve().confirm("production").status, 200);
    let message = post.shows("1 of 2");
    assert!(message.has_buttons() && message.says("mia@example.com"), "{}", message.words());
    is_acknowledged(&post.click(MIA, APPROVE));
    assert_eq!((post.now().status, post.now().votes.len()), (Status::Pending, 1));
    post.is_told(MIA, "recorded");
    is_acknowledged(&post.click(MAX, APPROVE));
    post.end().success();
    assert_eq!(post.now().votes.len(), 2);
    post.ended("max@example.com");
}

#[test]
fn many_clicks_at_once_are_one_vote() {
    let post = Post::by("two");
    let clicks = post.slack.click_with(MIA, &post.message, APPROVE, &json!({ "times": 5 }));
    clicks.iter().for_each(is_acknowledged);
    assert_eq!((clicks.len(), post.now().votes.len()), (5, 1));
    assert_eq!(post.now().status, Status::Pending);
}

#[test]
fn case_08_approve_against_reject_is_one_decision_and_both_learn_it() {
    let post = Post::by("click");
    let modal = post.click(MAX, REJECT).modal.unwrap();
    let (approved, rejected) = thread::scope(|scope| {
        let approving = scope.spawn(|| post.click(MIA, APPROVE));
        let rejecting = post.slack.submit(MAX, &modal, &json!({ "reason": "no" }));
        (approving.join().unwrap(), rejecting)
    });
    is_acknowledged(&approved);
    is_acknowledged(&rejected);
    post.end();
    let record = post.now();
    assert_eq!(record.votes.len(), 1);
    if record.status == Status::Approved {
        assert!(rejected.body.contains("mia@example.com"), "{rejected:?}");
        post.ended("mia@example.com");
    } else {
        post.is_told(MIA, "max@example.com");
        post.ended("max@example.com");
    }
}

#[test]
fn a_late_click_gets_the_truth() {
    let post = Post::by("click");
    let modal = post.click(MAX, REJECT).modal.unwrap();
    assert_eq!(post.release.reject("mia", "Not on a Friday.").status, 200);
    post.ended("Not on a Friday.");
    is_acknowledged(&post.click(MAX, APPROVE));
    let told = post.is_told(MAX, "mia@example.com");
    assert!(told.says("by email") && told.says("Not on a Friday."), "{}", told.words());
    let late = post.slack.submit(MAX, &modal, &json!({ "reason": "me too" }));
    assert!(late.body.contains("mia@example.com"), "{late:?}");
    assert_eq!(post.now().votes.len(), 1);
}

#[test]
fn what_is_sent_again_changes_nothing() {
    let post = Post::by("two");
    let click = post.click(MIA, APPROVE);
    post.shows("1 of 2");
    let before = post.when(1, "message that is up to date", |record| record.stale_slack_message().is_none());
    for _ in 0..3 {
        is_acknowledged(&post.slack.replay(&click));
    }
    assert_eq!(post.now(), before);
}

#[test]
fn a_message_that_the_record_does_not_know_counts_where_the_request_is_asked() {
    let post = Post::by("click");
    let lost = json!({ "patch": { "container": { "message_ts": "1700000000.000100" }, "message": { "ts": "1700000000.000100" } } });
    let click = post.slack.click_with(MIA, &post.message, APPROVE, &lost).remove(0);
    is_acknowledged(&click);
    post.end().success();
    let record = post.now();
    assert!(record.has_slack_message(&post.message.channel, "1700000000.000100"));
    post.ended("mia@example.com");
}

#[test]
fn a_button_that_was_copied_or_came_from_elsewhere_leads_nowhere() {
    let post = Post::by("click");
    let elsewhere = [
        json!({ "container": { "channel_id": "C0GENERAL" }, "channel": { "id": "C0GENERAL", "name": "general" } }),
        json!({ "team": { "id": "T0OTHER" } }),
        json!({ "user": { "team_id": "T0OTHER" } }),
        json!({ "api_app_id": "A0OTHER" }),
    ];
    for patch in elsewhere {
        let click = post.slack.click_with(MIA, &post.message, APPROVE, &json!({ "patch": patch })).remove(0);
        is_acknowledged(&click);
        post.is_untouched();
    }
    post.hears(MIA, "leads nowhere");
}

#[test]
fn everything_can_be_read_in_slack() {
    let post = Post::by("click");
    let modal = post.click("U0GUEST", "show_everything");
    is_acknowledged(&modal);
    assert!(modal.modal.is_some());
    post.is_untouched();
}

#[test]
fn the_next_level_is_asked_in_a_message_of_its_own() {
    let post = Post::by("levels");
    is_acknowledged(&post.click(MIA, APPROVE));
    let second = post.slack.message("of the second level", |message| {
        message.ts != post.message.ts && message.thread.is_none() && message.says(&post.title)
    });
    is_acknowledged(&post.slack.click("U0MIA", &second, APPROVE));
    post.is_told(MIA, "You are not asked to decide this");
    is_acknowledged(&post.slack.click("U0SAM", &second, APPROVE));
    post.end().success();
    post.slack.message_when(&second, "that has ended", |message| !message.has_buttons());
}
