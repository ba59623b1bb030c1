//! A request as it stands in Slack.

use std::ops::Deref;

use common::domain::{Request, Status};
use countersign_tests::{Interaction, Message, Release, Run, Slack};
use serde_json::json;

use crate::rules::{open_accounts, policy};

pub(crate) const APPROVE: &str = "approve_deployment";
pub(crate) const REJECT: &str = "reject_deployment";
pub(crate) const MIA: &str = "U0MIA";
pub(crate) const MAX: &str = "U0MAX";

/// A release that was asked for, with the message that asks in the channel.
pub(crate) struct Post {
    pub(crate) release: Release,
    pub(crate) slack: Slack,
    pub(crate) message: Message,
}

impl Deref for Post {
    type Target = Release;

    fn deref(&self) -> &Release {
        &self.release
    }
}

/// A workspace with the policy's people, in which a whole test run may post at once.
pub(crate) fn workspace() -> Slack {
    let slack = Run::connect().slack();
    open_accounts(&slack);
    slack.let_a_crowd_post();
    slack
}

impl Post {
    pub(crate) fn by(rule: &str) -> Self {
        let slack = workspace();
        Self::of(slack, Release::by(policy, rule))
    }

    pub(crate) fn of(slack: Slack, release: Release) -> Self {
        let message = asking(&slack, &release.title);
        release
            .when(1, "note of the message", |record| record.slack.iter().any(|message| message.ts.is_some()));
        Self { release, slack, message }
    }

    pub(crate) fn click(&self, user: &str, action: &str) -> Interaction {
        self.slack.click(user, &self.message, action)
    }

    /// Presses Reject, and gives a reason.
    pub(crate) fn reject(&self, user: &str, reason: &str) -> Interaction {
        self.slack.answer(user, &self.message, REJECT, &json!({ "reason": reason }))
    }

    /// Waits until the message says this.
    pub(crate) fn shows(&self, words: &str) -> Message {
        self.slack.message_when(&self.message, &format!("that says {words:?}"), |message| message.says(words))
    }

    /// Waits until the message says how it ended; then it has no buttons.
    pub(crate) fn ended(&self, words: &str) -> Message {
        let message = self.shows(words);
        assert!(!message.has_buttons(), "{}", message.words());
        message
    }

    /// Waits until somebody alone was told this about the request.
    pub(crate) fn is_told(&self, user: &str, words: &str) -> Message {
        self.slack.message(&format!("that tells {user} {words:?}"), |message| {
            message.only_for.as_deref() == Some(user) && message.says(words) && message.says(&self.title)
        })
    }

    /// Waits until somebody alone was told this, about whatever.
    pub(crate) fn hears(&self, user: &str, words: &str) -> Message {
        self.slack.message(&format!("that tells {user} {words:?}"), |message| {
            message.only_for.as_deref() == Some(user) && message.says(words)
        })
    }

    pub(crate) fn now(&self) -> Request {
        self.when(1, "record", |_| true)
    }

    pub(crate) fn is_untouched(&self) {
        let record = self.now();
        assert_eq!((record.status, record.votes.len()), (Status::Pending, 0));
    }
}

/// Waits for the message that asks about something in a channel.
pub(crate) fn asking(slack: &Slack, title: &str) -> Message {
    slack.message(&format!("that asks about {title}"), |message| {
        message.only_for.is_none()
            && message.thread.is_none()
            && !message.channel.starts_with('D')
            && message.says(title)
    })
}
