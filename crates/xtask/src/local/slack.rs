//! The stand-in for Slack in a local run: what the stack is told of it.

use std::sync::Arc;

use slack_stand_in::{CHANNEL, Credentials, StandIn};

use super::Error;
use crate::aws::Aws;

/// The secret's name. A run starts with an empty emulator, so it is always free.
const SECRET: &str = "countersign-slack";

/// A workspace that the stack can reach once the front is served.
pub(crate) struct Slack {
    stand_in: Arc<StandIn>,
    secret_arn: String,
}

impl Slack {
    /// Makes a workspace with new secrets, and puts them where the stack looks for them.
    pub(crate) async fn start(aws: &Aws, front: &str) -> Result<Self, Error> {
        let credentials =
            Credentials::random().map_err(|error| Error::NoRandomness { reason: error.to_string() })?;
        let stand_in = StandIn::new(credentials, front, &format!("{front}/slack/interactions"));
        let secret_arn = aws.create_secret(SECRET, &stand_in.secret()).await?;
        Ok(Self { stand_in, secret_arn })
    }

    /// The stack's parameters that are about Slack.
    pub(crate) fn parameters(&self, posts_by_itself: bool) -> Vec<(&'static str, String)> {
        let channel = posts_by_itself.then(|| ("SlackChannel", CHANNEL.to_owned()));
        std::iter::once(("SlackSecretArn", self.secret_arn.clone())).chain(channel).collect()
    }

    /// What its addresses start with.
    pub(crate) fn url(&self) -> &str {
        self.stand_in.url()
    }

    /// The stand-in, for whoever serves it.
    pub(crate) fn stand_in(&self) -> Arc<StandIn> {
        Arc::clone(&self.stand_in)
    }
}
