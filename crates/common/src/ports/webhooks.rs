//! Receivers outside of AWS, which deploy what they are told of.

use std::future::Future;

use super::TargetError;
use crate::domain::{RequestId, Webhook};

/// What a receiver answered. Its words are phrases that its host's name stands before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// It is done.
    Done,
    /// It is under way; the receiver says more when it is asked again.
    Accepted {
        /// How far it is, in the receiver's words.
        says: Option<String>,
        /// Where people can follow it.
        link: Option<String>,
    },
    /// It will not be done, and nothing of it was.
    Refused(String),
    /// It did not get there, or nobody can tell.
    Failed(String),
    /// What was there before came back.
    RolledBack(String),
}

/// Tells receivers.
pub trait CallWebhooks: Send + Sync {
    /// A word that no other call gets: what is noted with it is nobody else's note.
    fn mark(&self) -> String;

    /// Whether what is sent there can be signed.
    fn signable(&self, place: &Webhook) -> impl Future<Output = Result<(), TargetError>> + Send;

    /// Sends this text, signed, under the request's id, by which the receiver knows it again: however often it is sent,
    /// it is acted on once. A refusal as an error means that nothing could be sent.
    fn post(
        &self,
        place: &Webhook,
        request: &RequestId,
        body: &str,
    ) -> impl Future<Output = Result<Received, TargetError>> + Send;
}
