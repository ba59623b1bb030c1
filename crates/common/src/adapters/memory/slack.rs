//! Slack: conversations with their messages, accounts, modals and private notices; and its ways to fail.

use std::collections::BTreeMap;

use super::{Call, Memory, State};
use crate::domain::EmailAddress;
use crate::ports::{
    AskSlackWho, EditSlack, OpenSlackModals, PostToSlack, SlackCard, SlackError, SlackModal, SlackPlace,
    SlackReply, SlackTrigger, TellPrivately,
};

/// A message that stands in a conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct SlackPost {
    /// Where it stands.
    pub place: SlackPlace,
    /// The message that it answers.
    pub thread: Option<String>,
    /// What it shows now.
    pub card: SlackCard,
    /// How often it was edited.
    pub edits: usize,
}

#[derive(Debug, Default)]
pub(super) struct Slack {
    /// The address of each account; `None` where it has none.
    accounts: BTreeMap<String, Option<EmailAddress>>,
    posts: Vec<SlackPost>,
    modals: Vec<SlackModal>,
    notices: Vec<(String, String, SlackCard)>,
    replies: Vec<(String, SlackCard)>,
    failure: Option<SlackError>,
    /// What fails in one conversation alone.
    failures: BTreeMap<String, SlackError>,
    /// How many messages are still answered with a request to wait, and for how many seconds.
    limited: (usize, u32),
}

impl Memory {
    /// Gives somebody an account.
    pub fn add_slack_account(&self, user: &str, address: Option<EmailAddress>) {
        self.lock().slack.accounts.insert(user.to_owned(), address);
    }

    /// Lets every call of Slack fail like this from now on, or none.
    pub fn fail_slack(&self, failure: Option<SlackError>) {
        self.lock().slack.failure = failure;
    }

    /// Lets every message in one conversation fail like this from now on, or none.
    pub fn fail_slack_in(&self, channel: &str, failure: Option<SlackError>) {
        let failures = &mut self.lock().slack.failures;
        match failure {
            Some(failure) => drop(failures.insert(channel.to_owned(), failure)),
            None => drop(failures.remove(channel)),
        }
    }

    /// Lets the next messages that are posted be answered with a request to wait for so many seconds.
    pub fn limit_slack(&self, messages: usize, seconds: u32) {
        self.lock().slack.limited = (messages, seconds);
    }

    /// Every message, in the order in which they were posted.
    pub fn slack_posts(&self) -> Vec<SlackPost> {
        self.lock().slack.posts.clone()
    }

    /// The same without the first ones.
    pub fn slack_posts_from(&self, first: usize) -> Vec<SlackPost> {
        self.lock().slack.posts.get(first..).unwrap_or_default().to_vec()
    }

    /// The modals that were opened.
    pub fn slack_modals(&self) -> Vec<SlackModal> {
        self.lock().slack.modals.clone()
    }

    /// The replies to pressed buttons: to which address, and what.
    pub fn slack_replies(&self) -> Vec<(String, SlackCard)> {
        self.lock().slack.replies.clone()
    }

    /// The private notices: in which conversation, to which account, and what.
    pub fn slack_notices(&self) -> Vec<(String, String, SlackCard)> {
        self.lock().slack.notices.clone()
    }
}

impl Slack {
    /// A channel has an id of its own, whatever it is called by.
    fn id_of(channel: &str) -> String {
        channel.strip_prefix('#').map_or_else(|| channel.to_owned(), |name| format!("C-{name}"))
    }

    fn check(&self) -> Result<(), SlackError> {
        self.failure.clone().map_or(Ok(()), Err)
    }

    fn check_limit(&mut self) -> Result<(), SlackError> {
        let (left, retry_after_seconds) = self.limited;
        self.limited.0 = left.saturating_sub(1);
        if left == 0 { Ok(()) } else { Err(SlackError::RateLimited { retry_after_seconds }) }
    }

    fn check_in(&self, channel: &str) -> Result<(), SlackError> {
        self.check()?;
        self.failures.get(channel).cloned().map_or(Ok(()), Err)
    }
}

fn no_reply() -> SlackError {
    SlackError::Unavailable { code: "NoReply".to_owned() }
}

fn refused(error: &str) -> SlackError {
    SlackError::Refused { error: error.to_owned() }
}

impl PostToSlack for Memory {
    async fn post(
        &self,
        channel: &str,
        thread: Option<&str>,
        card: &SlackCard,
    ) -> Result<SlackPlace, SlackError> {
        let (channel, thread, card) = (channel.to_owned(), thread.map(str::to_owned), card.clone());
        let effect = move |state: &mut State| {
            let slack = &mut state.slack;
            slack.check_in(&channel)?;
            slack.check_limit()?;
            let ts = format!("{}.{:06}", state.now.as_second(), slack.posts.len() + 1);
            let place = SlackPlace { channel: Slack::id_of(&channel), ts };
            slack.posts.push(SlackPost { place: place.clone(), thread, card, edits: 0 });
            Ok(place)
        };
        self.call(Call::PostToSlack, effect, no_reply).await
    }

    async fn direct_channel(&self, user: &str) -> Result<String, SlackError> {
        let user = user.to_owned();
        let effect = move |state: &mut State| {
            state.slack.check()?;
            let known = state.slack.accounts.contains_key(&user);
            if known { Ok(format!("D-{user}")) } else { Err(refused("user_not_found")) }
        };
        self.call(Call::OpenDirectChannel, effect, no_reply).await
    }
}

impl EditSlack for Memory {
    async fn edit(&self, place: &SlackPlace, card: &SlackCard) -> Result<(), SlackError> {
        let (place, card) = (place.clone(), card.clone());
        let effect = move |state: &mut State| {
            state.slack.check_in(&place.channel)?;
            let post = state.slack.posts.iter_mut().find(|post| post.place == place);
            let post = post.ok_or_else(|| refused("message_not_found"))?;
            post.card = card;
            post.edits += 1;
            Ok(())
        };
        self.call(Call::EditSlack, effect, no_reply).await
    }
}

impl AskSlackWho for Memory {
    async fn address_of(&self, user: &str) -> Result<Option<EmailAddress>, SlackError> {
        let user = user.to_owned();
        let effect = move |state: &mut State| {
            state.slack.check()?;
            Ok(state.slack.accounts.get(&user).cloned().flatten())
        };
        self.call(Call::AskSlackWho, effect, no_reply).await
    }

    async fn user_with(&self, address: &EmailAddress) -> Result<Option<String>, SlackError> {
        let address = address.clone();
        let effect = move |state: &mut State| {
            state.slack.check()?;
            let mut accounts = state.slack.accounts.iter();
            let found = accounts.find(|(_, known)| known.as_ref() == Some(&address));
            Ok(found.map(|(user, _)| user.clone()))
        };
        self.call(Call::AskSlackWho, effect, no_reply).await
    }
}

impl OpenSlackModals for Memory {
    async fn open_modal(&self, _trigger: &SlackTrigger, modal: &SlackModal) -> Result<(), SlackError> {
        let modal = modal.clone();
        let effect = move |state: &mut State| {
            state.slack.check()?;
            state.slack.modals.push(modal);
            Ok(())
        };
        self.call(Call::OpenSlackModal, effect, no_reply).await
    }
}

impl TellPrivately for Memory {
    async fn tell_privately(&self, channel: &str, user: &str, card: &SlackCard) -> Result<(), SlackError> {
        let notice = (channel.to_owned(), user.to_owned(), card.clone());
        let effect = move |state: &mut State| {
            state.slack.check()?;
            state.slack.notices.push(notice);
            Ok(())
        };
        self.call(Call::TellPrivately, effect, no_reply).await
    }

    /// It is not the API, and works where that does not.
    async fn reply_privately(&self, reply: &SlackReply, card: &SlackCard) -> Result<(), SlackError> {
        let reply = (reply.expose().to_owned(), card.clone());
        let effect = move |state: &mut State| {
            state.slack.replies.push(reply);
            Ok(())
        };
        self.call(Call::ReplyPrivately, effect, no_reply).await
    }
}
