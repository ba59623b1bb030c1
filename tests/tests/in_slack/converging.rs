//! Whatever decides, every message comes to show it, and nothing later takes that away.

use common::domain::Status;
use serde_json::json;

use crate::post::{APPROVE, MAX, MIA, Post};

#[test]
fn a_decision_by_mail_is_shown() {
    let post = Post::by("click");
    assert_eq!(post.approve("mia").status, 200);
    let message = post.ended("mia@example.com");
    assert!(message.says("by email"), "{}", message.words());
    post.end().success();
}

#[test]
fn a_decision_in_slack_is_on_the_page() {
    let post = Post::by("click");
    let link = post.ask("max").approve();
    post.click(MIA, APPROVE);
    post.end().success();
    let page = link.confirm("production");
    assert_eq!(page.status, 409);
    assert!(page.says("mia@example.com") && page.says("in Slack"), "{}", page.text());
}

#[test]
fn silence_is_shown() {
    let post = Post::by("expire");
    let (error, _) = post.end().failure();
    assert_eq!(error, "ApprovalExpired");
    post.ended("xpired");
    post.click(MIA, APPROVE);
    post.is_told(MIA, "xpired");
    assert_eq!(post.now().status, Status::Expired);
}

#[test]
fn a_withdrawal_is_shown() {
    let post = Post::by("click");
    let event = json!({ "withdraw": { "requestId": post.id(1), "reason": "The release is cancelled." } });
    post.run.call("ReconcileFunctionArn", &event).success();
    post.ended("The release is cancelled.");
}

#[test]
fn a_newer_request_is_shown() {
    let post = Post::by("click");
    let newer = Post::of(crate::post::workspace(), post.newer("2.5.0"));
    post.ended("newer");
    assert!(newer.shows("2.5.0").has_buttons());
}

#[test]
fn reminder_and_escalation_are_in_the_thread_and_the_end_stays() {
    let post = Post::by("escalate");
    let in_thread = |words: &str| {
        post.slack.message(&format!("in the thread that says {words:?}"), |message| {
            message.thread.as_deref() == Some(&post.message.ts) && message.says(words)
        })
    };
    in_thread("Reminder");
    in_thread("head of engineering");
    let message = post.shows("head of engineering");
    assert!(message.has_buttons(), "{}", message.words());
    assert_eq!(post.approve("hana").status, 200);
    post.end().success();
    let ended = post.ended("hana@example.com");
    assert!(!ended.says("0 of 1"), "{}", ended.words());
}

#[test]
fn direct_messages_follow_as_well() {
    let post = Post::by("direct");
    let direct = |user: &str| {
        post.slack.message(&format!("to {user}"), |message| {
            message.channel.starts_with('D') && message.says(&post.title) && message.channel.contains(user)
        })
    };
    let record = post.when(1, "direct messages", |record| {
        record.slack.iter().filter(|message| message.to.is_some() && message.ts.is_some()).count() == 2
    });
    let directly: Vec<_> = record.slack.iter().filter(|message| message.to.is_some()).collect();
    let first = post.slack.message("to Mia alone", |message| {
        message.channel == directly[0].channel && Some(&message.ts) == directly[0].ts.as_ref()
    });
    assert_eq!(post.slack.click(MIA, &first, APPROVE).status, Some(200));
    post.end().success();
    post.ended("mia@example.com");
    for message in &directly {
        post.slack.message("to one person that has ended", |other| {
            other.channel == message.channel && Some(&other.ts) == message.ts.as_ref() && !other.has_buttons()
        });
    }
    let _ = (direct, MAX);
}
