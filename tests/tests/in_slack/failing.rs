//! Slack that fails: nobody waits for it, nothing is lost, and the record says so.

use std::thread;

use common::domain::Status;
use countersign_tests::policy::with;
use countersign_tests::{Release, Run, unique, until};
use serde_json::{Value, json};

use crate::post::{APPROVE, MIA, Post, asking, workspace};
use crate::rules::policy;

/// A release whose messages in Slack meet this fault, again and again.
fn failing(rule: &str, fault: Value) -> Release {
    let slack = workspace();
    let service = unique(rule);
    slack.fail(&service, &with(fault, &json!({ "times": 50 })));
    Release::for_service(policy, service)
}

#[test]
fn the_mail_goes_out_whatever_slack_does() {
    let faults = [
        json!({ "kind": "ok_false", "error": "not_in_channel" }),
        json!({ "kind": "ok_false", "error": "internal_error" }),
        json!({ "kind": "status" }),
        json!({ "kind": "html" }),
        json!({ "kind": "rate_limited", "retry_after": 60 }),
        json!({ "kind": "hang", "seconds": 6 }),
    ];
    thread::scope(|scope| {
        for fault in faults {
            scope.spawn(move || {
                // Slack limits each channel by itself.
                let rule = if fault["kind"] == "rate_limited" { "limited" } else { "click" };
                let release = failing(rule, fault.clone());
                let record = release.when(1, "note that Slack failed", |record| !record.slack.is_empty());
                assert!(
                    record.status == Status::Pending
                        && record.slack[0].failure.is_some()
                        && record.slack[0].ts.is_none(),
                    "{fault}: {:?}",
                    record.slack
                );
                let link = release.ask("mia").approve();
                let page = link.open();
                assert!(page.says("could not be posted in the Slack channel"), "{fault}: {}", page.text());
                assert_eq!(link.confirm("production").status, 200);
                release.end().success();
                assert_eq!(release.mails_to("max"), 1, "{fault}");
            });
        }
    });
}

#[test]
fn a_channel_that_is_not_open_to_the_app_is_named_in_the_record() {
    let slack = workspace();
    let run = Run::connect();
    let listening = run.listen();
    let release = Release::by(policy, "uninvited");
    let record = release.when(1, "note that Slack failed", |record| !record.slack.is_empty());
    assert_eq!(record.slack[0].failure.as_deref(), Some("not_in_channel"));
    until("line that sets off the alarm", || {
        listening.sets_off(&run.alarm("SendFailuresAlarm")).then_some(())
    });
    assert!(listening.lines().iter().any(|line| line["SendFailures"] == 1 && line["what"] == "slack"));
    assert!(slack.messages().iter().all(|message| !message.says(&release.title)));
    assert_eq!(release.approve("mia").status, 200);
    release.end().success();
}

#[test]
fn a_level_that_is_asked_in_slack_alone_fails_at_once_where_that_cannot_be() {
    let slack = workspace();
    let release = Release::by(policy, "lost");
    let (error, cause) = release.end().failure();
    assert_eq!(error, "NobodyAsked");
    assert!(cause.contains("channel_not_found"), "{cause}");
    assert_eq!(release.status(1), Some(Status::Withdrawn));
    assert_eq!(release.mails_to("mia"), 0);
    drop(slack);
}

#[test]
fn a_level_that_is_asked_in_slack_alone_is_tried_again() {
    let slack = workspace();
    let service = unique("alone");
    slack.fail(&service, &json!({ "kind": "status", "times": 1 }));
    let release = Release::for_service(policy, service);
    let post = Post::of(slack, release);
    assert_eq!(post.click(MIA, APPROVE).status, Some(200));
    post.end().success();
    assert_eq!(post.mails_to("mia"), 0);
}

#[test]
fn an_answer_that_was_lost_posts_once_more_and_both_messages_work() {
    let slack = workspace();
    let service = unique("alone");
    slack.fail(&service, &json!({ "kind": "status", "effect": true, "times": 1 }));
    let release = Release::for_service(policy, service);
    let first = asking(&slack, &release.title);
    release.when(1, "note of the message", |record| record.slack.iter().any(|message| message.ts.is_some()));
    assert_eq!(slack.click(MIA, &first, APPROVE).status, Some(200));
    release.end().success();
    for message in slack.messages().into_iter().filter(|message| message.says(&release.title)) {
        slack.message_when(&message, "that has ended", |message| !message.has_buttons());
    }
}

#[test]
fn an_edit_that_fails_is_made_later() {
    thread::scope(|scope| {
        for fault in [json!({ "kind": "html" }), json!({ "kind": "rate_limited", "retry_after": 2 })] {
            scope.spawn(move || {
                let post = Post::by("click");
                post.slack.fail(&post.service, &with(fault, &json!({ "method": "chat.update" })));
                assert_eq!(post.approve("mia").status, 200);
                post.end().success();
                post.slack
                    .message_in_the_end(&post.message, "that has ended", |message| !message.has_buttons());
            });
        }
    });
}

#[test]
fn a_modal_that_cannot_be_opened_is_told() {
    let post = Post::by("typed");
    post.slack.fail(&post.service, &json!({ "method": "views.open", "kind": "hang", "seconds": 5 }));
    let click = post.click(MIA, APPROVE);
    assert_eq!((click.status, click.trouble), (Some(200), None));
    post.hears(MIA, "Slack did not do in time");
    post.is_untouched();
    assert!(post.click(MIA, APPROVE).modal.is_some());
}
