//! Settling one record: what it owes its workflow, its people, and its messages in Slack.

use jiff::Timestamp;

use super::converge::{Converge, Converged};
use super::pay::pay;
use super::post::{Post, Turn};
use super::resume::Payment;
use crate::domain::RequestId;
use crate::ports::{
    AskSlackWho, Clock, DescribeWorkflows, EditSlack, KeepRequests, Pause, PostToSlack, Random,
    ResumeWorkflows, SendMail, StoreError,
};

/// The outside that settling needs.
#[derive(Debug)]
pub struct Settle<'a, S, M, L, W, C, R> {
    /// Requests.
    pub store: &'a S,
    /// Mail.
    pub mail: &'a M,
    /// Slack.
    pub slack: &'a L,
    /// Waiting tasks.
    pub workflows: &'a W,
    /// Time.
    pub clock: &'a C,
    /// The word that makes a claim ours, and what spreads those that Slack has asked to wait.
    pub random: &'a R,
}

/// Whether a record needs another visit soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// All is done that can be done now.
    Done,
    /// A service did not answer; another try in a moment may do more.
    Interrupted,
}

impl<S, M, L, W, C, R> Settle<'_, S, M, L, W, C, R>
where
    S: KeepRequests,
    M: SendMail,
    L: EditSlack + PostToSlack + AskSlackWho,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock + Pause,
    R: Random,
{
    /// Reads the record and pays what it owes its workflow and its people. `None`: there is no such record.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn pay(&self, id: &RequestId) -> Result<Option<Payment>, StoreError> {
        pay(self.store, self.mail, self.workflows, self.clock, id).await
    }

    /// Brings the messages of a record to what it says, and posts those that are missing. Slack may take its time, so
    /// whoever settles several records pays them all before.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn follow(&self, payment: Payment, until: Timestamp) -> Result<Settled, StoreError> {
        let paid = matches!(payment, Payment::Settled(_));
        let mut request = payment.into_request();
        let Self { store, slack, clock, random, .. } = self;
        if request.owed_slack_asks().next().is_some() && clock.now() < until {
            let post = Post { store: *store, slack: *slack, clock: *clock, random: *random };
            (request, _) = Box::pin(post.run(request, Turn::Owed)).await?;
        }
        let converge = Converge { store: *store, slack: *slack, clock: *clock, random: *random };
        // Boxed: most records have nothing in Slack.
        let converged = Box::pin(converge.run(request, until)).await?;
        Ok(if paid && converged != Converged::Owed { Settled::Done } else { Settled::Interrupted })
    }
}
