//! Messages, with everything that they have ever said.

use std::time::Duration;

use serde_json::{Value, json};

use super::{BOT, BOT_USER};
use crate::Credentials;

/// What a message says at one time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Version {
    pub(crate) at: Duration,
    pub(crate) text: String,
    pub(crate) blocks: Vec<Value>,
}

/// What is to be posted.
pub(crate) struct Draft {
    pub(crate) channel: String,
    pub(crate) thread_ts: Option<String>,
    /// The only one who sees it.
    pub(crate) reader: Option<String>,
    pub(crate) metadata: Value,
    pub(crate) version: Version,
}

/// A message of the app.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) channel: String,
    pub(crate) ts: String,
    pub(crate) thread_ts: Option<String>,
    pub(crate) reader: Option<String>,
    pub(crate) is_deleted: bool,
    pub(crate) current: Version,
    /// Older versions, the oldest first.
    pub(crate) history: Vec<Version>,
    metadata: Value,
}

/// Every message, in the order of posting.
#[derive(Debug, Default)]
pub(crate) struct Messages(Vec<Message>);

impl Messages {
    pub(crate) fn post(&mut self, ts: String, draft: Draft) {
        let Draft { channel, thread_ts, reader, metadata, version } = draft;
        self.0.push(Message {
            channel,
            ts,
            thread_ts,
            reader,
            is_deleted: false,
            current: version,
            history: Vec::new(),
            metadata,
        });
    }

    pub(crate) fn all(&self) -> &[Message] {
        &self.0
    }

    pub(crate) fn find(&self, channel: &str, ts: &str) -> Option<&Message> {
        self.0.iter().find(|message| message.channel == channel && message.ts == ts && !message.is_deleted)
    }

    pub(crate) fn find_mut(&mut self, channel: &str, ts: &str) -> Option<&mut Message> {
        self.0
            .iter_mut()
            .find(|message| message.channel == channel && message.ts == ts && !message.is_deleted)
    }
}

impl Message {
    pub(crate) fn edit(&mut self, version: Version) {
        self.history.push(std::mem::replace(&mut self.current, version));
    }

    pub(crate) fn is_seen_by(&self, user: &str) -> bool {
        !self.is_deleted && self.reader.as_ref().is_none_or(|reader| reader == user)
    }

    /// Every version, the newest first.
    pub(crate) fn versions(&self) -> impl Iterator<Item = &Version> {
        std::iter::once(&self.current).chain(self.history.iter().rev())
    }

    /// As Slack shows it to apps.
    pub(crate) fn to_json(&self, credentials: &Credentials) -> Value {
        let mut message = json!({
            "type": "message", "user": BOT_USER, "bot_id": BOT, "app_id": credentials.app_id,
            "team": credentials.team_id, "ts": self.ts, "text": self.current.text, "blocks": self.current.blocks,
        });
        if let Some(fields) = message.as_object_mut() {
            fields.extend(self.thread_ts.as_ref().map(|ts| ("thread_ts".to_owned(), ts.as_str().into())));
            if !self.metadata.is_null() {
                fields.insert("metadata".to_owned(), self.metadata.clone());
            }
        }
        message
    }
}
