//! The methods of Slack's API that we call, each with as little as it needs.
//!
//! <https://docs.slack.dev/reference/methods>

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::access::GiveAccess;
use super::client::{Body, SlackClient};
use crate::domain::EmailAddress;
use crate::ports::{
    AskSlackWho, Clock, EditSlack, OpenSlackModals, PostToSlack, SlackCard, SlackError, SlackModal,
    SlackPlace, SlackReply, SlackTrigger, TellPrivately,
};

#[derive(Deserialize)]
struct Posted {
    channel: String,
    ts: String,
}

#[derive(Deserialize)]
struct Opened {
    channel: Named,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

#[derive(Deserialize)]
struct Found {
    user: Account,
}

#[derive(Deserialize)]
struct Account {
    id: String,
    /// The workspace that it is of.
    #[serde(default)]
    team_id: Option<String>,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    is_bot: bool,
    /// Of another workspace, and not even met here.
    #[serde(default)]
    is_stranger: bool,
    #[serde(default)]
    is_email_confirmed: Option<bool>,
    #[serde(default)]
    profile: Profile,
}

#[derive(Default, Deserialize)]
struct Profile {
    #[serde(default)]
    email: Option<String>,
}

impl Account {
    /// The address, where it is a person's of this workspace, and Slack says that it is theirs.
    fn address(&self, team: Option<&str>) -> Option<EmailAddress> {
        let ours = self.team_id.is_none() || team.is_none() || self.team_id.as_deref() == team;
        let person = !self.deleted && !self.is_bot && !self.is_stranger;
        let proven = ours && person && self.is_email_confirmed.unwrap_or(true);
        self.profile.email.as_deref().filter(|_| proven).and_then(|text| EmailAddress::parse(text).ok())
    }
}

impl<A: GiveAccess, C: Clock> PostToSlack for SlackClient<A, C> {
    async fn post(
        &self,
        channel: &str,
        thread: Option<&str>,
        card: &SlackCard,
    ) -> Result<SlackPlace, SlackError> {
        let mut message = json!({
            "channel": channel,
            "text": card.text,
            "blocks": card.blocks,
            "unfurl_links": false,
            "unfurl_media": false,
        });
        if let (Some(thread), Some(keys)) = (thread, message.as_object_mut()) {
            keys.insert("thread_ts".to_owned(), json!(thread));
        }
        let Posted { channel, ts } = read(self.call("chat.postMessage", Body::Json(message)).await?)?;
        Ok(SlackPlace { channel, ts })
    }

    async fn direct_channel(&self, user: &str) -> Result<String, SlackError> {
        let opened: Opened =
            read(self.call("conversations.open", Body::Json(json!({ "users": user }))).await?)?;
        Ok(opened.channel.id)
    }
}

impl<A: GiveAccess, C: Clock> EditSlack for SlackClient<A, C> {
    async fn edit(&self, place: &SlackPlace, card: &SlackCard) -> Result<(), SlackError> {
        // Without `parse`, an edit's text is read as if somebody had typed it.
        let edited = json!({
            "channel": place.channel,
            "ts": place.ts,
            "text": card.text,
            "blocks": card.blocks,
            "parse": "none",
        });
        self.call("chat.update", Body::Json(edited)).await.map(drop)
    }
}

impl<A: GiveAccess, C: Clock> AskSlackWho for SlackClient<A, C> {
    async fn address_of(&self, user: &str) -> Result<Option<EmailAddress>, SlackError> {
        match self.call("users.info", Body::Form("user", user.to_owned())).await {
            Ok(answer) => {
                let Found { user: account } = read(answer)?;
                let team = self.team().await?;
                Ok(account.address(team.as_deref()).filter(|_| account.id == user))
            }
            Err(SlackError::Refused { error })
                if error == "user_not_found" || error == "user_not_visible" =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn user_with(&self, address: &EmailAddress) -> Result<Option<String>, SlackError> {
        let asked = Body::Form("email", address.as_str().to_owned());
        match self.call("users.lookupByEmail", asked).await {
            Ok(answer) => {
                let Found { user: account } = read(answer)?;
                let team = self.team().await?;
                let theirs = account.address(team.as_deref()).as_ref() == Some(address);
                Ok(theirs.then_some(account.id))
            }
            Err(SlackError::Refused { error }) if error == "users_not_found" => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl<A: GiveAccess, C: Clock> OpenSlackModals for SlackClient<A, C> {
    async fn open_modal(&self, trigger: &SlackTrigger, modal: &SlackModal) -> Result<(), SlackError> {
        let opened = json!({ "trigger_id": trigger.expose(), "view": modal.0 });
        self.call("views.open", Body::Json(opened)).await.map(drop)
    }
}

impl<A: GiveAccess, C: Clock> TellPrivately for SlackClient<A, C> {
    async fn tell_privately(&self, channel: &str, user: &str, card: &SlackCard) -> Result<(), SlackError> {
        let told = json!({ "channel": channel, "user": user, "text": card.text, "blocks": card.blocks });
        self.call("chat.postEphemeral", Body::Json(told)).await.map(drop)
    }

    async fn reply_privately(&self, reply: &SlackReply, card: &SlackCard) -> Result<(), SlackError> {
        let told = json!({
            "response_type": "ephemeral",
            "replace_original": false,
            "text": card.text,
            "blocks": card.blocks,
        });
        self.answer_click(reply.expose(), told).await
    }
}

fn read<T: DeserializeOwned>(answer: Value) -> Result<T, SlackError> {
    serde_json::from_value(answer)
        .map_err(|_| SlackError::Unavailable { code: "UnreadableResponse".to_owned() })
}
