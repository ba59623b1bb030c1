//! What serving Slack needs from outside.

use common::ports::{
    AskSlackWho, Clock, DescribeWorkflows, KeepRequests, KnowWorkspace, OpenSlackModals, RecordVotes,
    ResumeWorkflows, SigningSecrets, TellPrivately,
};

use crate::strangers::Strangers;

/// The outside, one reference each.
#[derive(Debug)]
pub struct Desk<'a, K, S, W, L, C> {
    /// The signing secrets, and our workspace.
    pub secrets: &'a K,
    /// Requests and votes.
    pub store: &'a S,
    /// Waiting tasks.
    pub workflows: &'a W,
    /// Slack.
    pub slack: &'a L,
    /// Time.
    pub clock: &'a C,
    /// Who has just been found to be nobody.
    pub strangers: &'a Strangers,
}

/// Everything that the outside has to be able to do, in one name for each part.
pub trait Secrets: SigningSecrets + KnowWorkspace {}
impl<K: SigningSecrets + KnowWorkspace> Secrets for K {}

/// Requests, and votes on them.
pub trait Store: RecordVotes + KeepRequests {}
impl<S: RecordVotes + KeepRequests> Store for S {}

/// Workflows that can be told and looked at.
pub trait Workflows: ResumeWorkflows + DescribeWorkflows {}
impl<W: ResumeWorkflows + DescribeWorkflows> Workflows for W {}

/// What is called of Slack while somebody waits.
pub trait Slack: AskSlackWho + OpenSlackModals + TellPrivately {}
impl<L: AskSlackWho + OpenSlackModals + TellPrivately> Slack for L {}

impl<K, S, W, L, C: Clock> Desk<'_, K, S, W, L, C> {
    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }
}
