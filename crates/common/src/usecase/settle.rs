//! Settling one record: what it owes its workflow, its people, and its messages in Slack.

use jiff::Timestamp;

use super::converge::{Converge, Converged};
use super::mail_links::mail_links;
use super::pay::pay;
use super::resume::Payment;
use crate::domain::RequestId;
use crate::ports::{
    Clock, DescribeWorkflows, EditSlack, KeepRequests, Random, ResumeWorkflows, SendMail, StoreError,
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
    /// The word that makes a claim ours.
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
    L: EditSlack,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
    R: Random,
{
    /// Reads the record and pays what it owes, the workflow first. A service that fails holds up no other.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn run(&self, id: &RequestId, until: Timestamp) -> Result<Settled, StoreError> {
        let Some(payment) = pay(self.store, self.mail, self.workflows, self.clock, id).await? else {
            return Ok(Settled::Done);
        };
        let paid = matches!(payment, Payment::Settled(_));
        let Self { store, mail, slack, clock, random, .. } = self;
        let request = mail_links(*store, *mail, *clock, *random, payment.into_request()).await?;
        let converge = Converge { store: *store, slack: *slack, clock: *clock, random: *random };
        // Boxed: most records have nothing in Slack.
        let converged = Box::pin(converge.run(request, until)).await?;
        Ok(if paid && converged != Converged::Owed { Settled::Done } else { Settled::Interrupted })
    }
}
