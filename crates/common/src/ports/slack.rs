//! What the use cases need of Slack, one trait per capability.

use std::fmt;
use std::future::Future;

use serde_json::Value;

use super::SecretError;
use crate::domain::EmailAddress;

/// A message in Slack's own form, ready to go.
#[derive(Clone, PartialEq)]
pub struct SlackCard {
    /// What notifications show, with nothing in it that Slack would expand.
    pub text: String,
    /// Its blocks, a JSON list.
    pub blocks: Value,
}

impl fmt::Debug for SlackCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlackCard([redacted])")
    }
}

/// A modal in Slack's own form, a JSON object.
#[derive(Clone, PartialEq)]
pub struct SlackModal(pub Value);

impl fmt::Debug for SlackModal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlackModal([redacted])")
    }
}

/// What lets a modal open for whoever has just pressed a button: once, within three seconds.
#[derive(Clone, PartialEq, Eq)]
pub struct SlackTrigger(String);

impl SlackTrigger {
    /// Takes what Slack sent.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// What Slack wants back.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SlackTrigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted trigger]")
    }
}

/// Where an answer to one pressed button can be sent, without our token: five times, within half an hour.
#[derive(Clone, PartialEq, Eq)]
pub struct SlackReply(String);

impl SlackReply {
    /// Takes what Slack sent.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The address.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SlackReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted reply address]")
    }
}

/// Where a message stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlackPlace {
    /// The conversation's id.
    pub channel: String,
    /// Slack's name for the message in it.
    pub ts: String,
}

/// Why Slack did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlackError {
    /// Too much at once.
    #[error("Slack asks to wait {retry_after_seconds} seconds (ratelimited)")]
    RateLimited {
        /// How long Slack wants to be left alone.
        retry_after_seconds: u32,
    },
    /// Another try will meet the same answer.
    #[error("Slack refuses ({error})")]
    Refused {
        /// Slack's name for it.
        error: String,
    },
    /// No answer, or none that says what happened. It may even have been done.
    #[error("Slack did not answer ({code})")]
    Unavailable {
        /// Our name for it.
        code: String,
    },
}

impl SlackError {
    /// The name for an answer that did not come in time.
    pub const TIMEOUT: &str = "Timeout";
    /// The name for a connection that could not be made, or broke.
    pub const NO_CONNECTION: &str = "NoConnection";

    /// The name of the failure, for records and logs.
    pub fn code(&self) -> &str {
        match self {
            Self::RateLimited { .. } => "ratelimited",
            Self::Refused { error } => error,
            Self::Unavailable { code } => code,
        }
    }

    /// Whether nothing at all came back in time: then Slack as a whole does not answer, whatever it is asked.
    pub fn is_silence(&self) -> bool {
        matches!(self, Self::Unavailable { code } if [Self::TIMEOUT, Self::NO_CONNECTION].contains(&code.as_str()))
    }

    /// Whether another try may work.
    pub fn is_passing(&self) -> bool {
        !matches!(self, Self::Refused { .. })
    }
}

/// Posts messages.
pub trait PostToSlack: Send + Sync {
    /// Posts a message in a conversation, by its id or as `#name`; in the thread of another message there, if one is
    /// given. There is no idempotency: a retry may post it twice.
    fn post(
        &self,
        channel: &str,
        thread: Option<&str>,
        card: &SlackCard,
    ) -> impl Future<Output = Result<SlackPlace, SlackError>> + Send;

    /// The id of the conversation with one account alone.
    fn direct_channel(&self, user: &str) -> impl Future<Output = Result<String, SlackError>> + Send;
}

/// Edits messages that were posted.
pub trait EditSlack: Send + Sync {
    /// Replaces the content of a message.
    fn edit(
        &self,
        place: &SlackPlace,
        card: &SlackCard,
    ) -> impl Future<Output = Result<(), SlackError>> + Send;
}

/// Asks who is behind an account, and which account is whose.
pub trait AskSlackWho: Send + Sync {
    /// The address of an account, if it is a person's that is active and has one.
    fn address_of(&self, user: &str)
    -> impl Future<Output = Result<Option<EmailAddress>, SlackError>> + Send;

    /// The id of the account with an address, if there is one.
    fn user_with(
        &self,
        address: &EmailAddress,
    ) -> impl Future<Output = Result<Option<String>, SlackError>> + Send;
}

/// Opens modals.
pub trait OpenSlackModals: Send + Sync {
    /// Opens a modal for whoever pressed the button.
    fn open_modal(
        &self,
        trigger: &SlackTrigger,
        modal: &SlackModal,
    ) -> impl Future<Output = Result<(), SlackError>> + Send;
}

/// Tells one person something that nobody else sees.
pub trait TellPrivately: Send + Sync {
    /// Shows a message to one account in a conversation, for as long as it is open.
    fn tell_privately(
        &self,
        channel: &str,
        user: &str,
        card: &SlackCard,
    ) -> impl Future<Output = Result<(), SlackError>> + Send;

    /// Shows a message to whoever pressed a button, by the address that came with it.
    fn reply_privately(
        &self,
        reply: &SlackReply,
        card: &SlackCard,
    ) -> impl Future<Output = Result<(), SlackError>> + Send;
}

/// The workspace and the app whose interactions count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlackWorkspace {
    /// The workspace's id.
    pub team: String,
    /// The app's id.
    pub app: String,
}

/// Knows the workspace.
pub trait KnowWorkspace: Send + Sync {
    /// The workspace; `None` when Slack is off.
    fn workspace(&self) -> impl Future<Output = Result<Option<SlackWorkspace>, SecretError>> + Send;
}
