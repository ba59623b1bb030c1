//! What a request has in Slack: where it is asked, its messages and what they show, and who is known there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Approver, EmailAddress, Level, Purpose, Request, Resume, Stage, Status};

/// What Slack calls every private conversation in its interactions, and so the name of none.
pub const SHARED_NAMES: [&str; 2] = ["privategroup", "directmessage"];

/// Where the people of a level are asked in Slack. With neither a channel nor direct messages: nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SlackTarget {
    /// The channel, by its id or as `#name`; absent in a policy: the stack's channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Whether each approver gets a direct message as well.
    #[serde(default)]
    pub direct: bool,
}

impl SlackTarget {
    /// Not in Slack at all.
    pub const NOWHERE: Self = Self { channel: None, direct: false };

    /// Where this level is asked in a stack that has Slack; `None` when that is nowhere.
    pub fn of_level(level: &Level, stack_channel: Option<&str>) -> Option<Self> {
        let of_stack = || stack_channel.map(str::to_owned);
        let target = match &level.slack {
            None => Self { channel: of_stack(), direct: false },
            Some(target) if *target == Self::NOWHERE => return None,
            Some(Self { channel, direct }) => {
                Self { channel: channel.clone().or_else(of_stack), direct: *direct }
            }
        };
        (target != Self::NOWHERE).then_some(target)
    }
}

/// One message in Slack that was posted, or could not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SlackMessage {
    /// The conversation's id; what the policy calls it when nothing was posted.
    pub channel: String,
    /// Slack's name for the message in it; absent when it could not be posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ts: Option<String>,
    /// Whose direct message it is; absent for the channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<EmailAddress>,
    /// What it is for.
    pub purpose: Purpose,
    /// When it was posted, or tried.
    pub at: Timestamp,
    /// Why it could not be posted, or can never be edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Whether it could not be posted for a reason that passes soon.
    #[serde(default, skip_serializing_if = "is_false")]
    pub passing: bool,
    /// The [`Request::slack_face`] that it shows.
    #[serde(default)]
    pub shows: String,
}

impl SlackMessage {
    /// Whether it carries buttons and progress, and so has to follow the record.
    fn follows(&self) -> bool {
        self.purpose == Purpose::Ask && self.ts.is_some() && self.failure.is_none()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// A Slack account that was found to be an approver's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SlackPerson {
    /// The account's id.
    pub user: String,
    /// The approver, as the level names them.
    pub approver: EmailAddress,
}

/// Who may edit a request's messages for now. Edits come one after the other: an older one that lands later would
/// erase the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SlackEdit {
    /// A word that only the holder knows.
    pub holder: String,
    /// Until when nobody else may.
    pub until: Timestamp,
}

impl Request {
    /// What its messages must show, as a short text that changes whenever they have to.
    pub fn slack_face(&self) -> String {
        let resume = match self.resume {
            Resume::None => "none",
            Resume::Owed => "owed",
            Resume::Done => "done",
            Resume::Gone => "gone",
        };
        let escalated = if self.escalated_at.is_some() { "escalated" } else { "first" };
        let used = match (&self.stage, &self.deployment) {
            _ if let Some(frozen) = self.waits_for() => format!("frozen-{}", frozen.until.as_second()),
            (Some(Stage::Reached { step, .. }), None) => format!("step-{step}"),
            (Some(Stage::RollingBack { .. }), None) => "rolling-back".to_owned(),
            (None, None) | (_, Some(_)) => self.progress().as_str().to_owned(),
        };
        format!("{} {} {escalated} {resume} {used}", self.status, self.votes.len())
    }

    /// The messages that show something else than what the record says.
    pub fn stale_slack_messages(&self) -> impl Iterator<Item = &SlackMessage> {
        let face = self.slack_face();
        self.slack.iter().filter(move |message| message.follows() && message.shows != face)
    }

    /// A message that shows something else than what the record says.
    pub fn stale_slack_message(&self) -> Option<&SlackMessage> {
        self.stale_slack_messages().next()
    }

    /// The messages that ask, could not be posted for a reason that passes, and still have somebody to ask.
    pub fn owed_slack_asks(&self) -> impl Iterator<Item = &SlackMessage> {
        let waits = |person| self.check_entitled(person).is_ok() && self.vote_of(person).is_none();
        self.slack.iter().filter(move |message| {
            self.status == Status::Pending
                && message.purpose == Purpose::Ask
                && message.passing
                && message.to.as_ref().is_none_or(waits)
        })
    }

    /// The message that asks in this place: the channel, or somebody's direct messages.
    pub fn slack_ask(&self, to: Option<&EmailAddress>) -> Option<&SlackMessage> {
        self.posted_in_slack(to).find(|message| message.purpose == Purpose::Ask)
    }

    /// What is due in this place: the ask comes first, then that others are asked as well, then the latest reminder
    /// whose time has passed since the last message there.
    pub fn due_in_slack(&self, to: Option<&EmailAddress>, now: Timestamp) -> Option<Purpose> {
        let Some(ask) = self.slack_ask(to) else {
            return Some(Purpose::Ask);
        };
        let concerned = self.further_group().is_some_and(|group| to.is_none_or(|person| !group.has(person)));
        let asked_before = self.escalated_at.is_some_and(|escalated_at| ask.at < escalated_at);
        let told = self.posted_in_slack(to).any(|message| message.purpose == Purpose::Escalation);
        if concerned && asked_before && !told {
            return Some(Purpose::Escalation);
        }
        let position = self.due_reminder(now)?;
        let due_at = self.reminder_due_at(position)?;
        let written_since = self.posted_in_slack(to).any(|message| message.at >= due_at);
        (!written_since).then_some(Purpose::Reminder(position))
    }

    /// Whether a message of it has this name.
    pub fn has_slack_message(&self, channel: &str, ts: &str) -> bool {
        self.slack.iter().any(|message| message.channel == channel && message.ts.as_deref() == Some(ts))
    }

    /// Whether a message of it may be in this conversation, whose name is only known to some interactions. One that
    /// was posted by a process that died before the note is recognised by its place.
    pub fn may_be_asked_in(&self, channel: &str, name: Option<&str>) -> bool {
        let Some(target) = &self.slack_target else { return false };
        let known = self.slack.iter().any(|message| message.ts.is_some() && message.channel == channel);
        let name = name.filter(|name| !SHARED_NAMES.contains(name));
        let named = target.channel.as_deref().is_some_and(|place| {
            place == channel || name.is_some_and(|name| place.strip_prefix('#') == Some(name))
        });
        known || named || (target.direct && channel.starts_with('D'))
    }

    /// The approver behind a Slack account, as far as the policy or the record knows.
    pub fn approver_in_slack(&self, user: &str) -> Option<&EmailAddress> {
        let by_policy = self.level.everyone().find(|approver| approver.slack.as_deref() == Some(user));
        let remembered = || self.slack_people.iter().find(|person| person.user == user);
        by_policy.map(|approver| &approver.email).or_else(|| remembered().map(|person| &person.approver))
    }

    /// The Slack account of an approver, as far as the policy or the record knows.
    pub fn slack_user_of(&self, person: &EmailAddress) -> Option<&str> {
        let by_policy = self.approver_at(person).and_then(|approver| approver.slack.as_deref());
        let remembered = || self.slack_people.iter().find(|known| known.approver == *person);
        by_policy.or_else(|| remembered().map(|known| known.user.as_str()))
    }

    /// The approver with the address of a Slack account, to the letter: a mailbox that sorts itself by a `+` may be a
    /// list, or somebody else's. Whoever the policy names by another account is not meant.
    pub fn approver_with_address(&self, address: &EmailAddress) -> Option<&EmailAddress> {
        let approver = self.approver_at(address)?;
        approver.slack.is_none().then_some(&approver.email)
    }

    fn approver_at(&self, address: &EmailAddress) -> Option<&Approver> {
        self.level.everyone().find(|approver| approver.email == *address)
    }

    fn posted_in_slack(&self, to: Option<&EmailAddress>) -> impl Iterator<Item = &SlackMessage> {
        self.slack.iter().filter(move |message| message.ts.is_some() && message.to.as_ref() == to)
    }
}

#[cfg(test)]
mod tests;
