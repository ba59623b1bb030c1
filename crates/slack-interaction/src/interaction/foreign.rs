//! Slack's own shapes, as far as they are read. What is missing from them means something, so hardly anything is
//! required.

use std::collections::BTreeMap;

use common::domain::RequestId;
use common::ports::{SlackReply, SlackTrigger};
use common::render::slack::{PHRASE, REASON};
use serde::Deserialize;

use super::{Actor, Click, Interaction, Place, Submission};

#[derive(Deserialize)]
pub(super) struct Actions {
    #[serde(flatten)]
    by: Origin,
    #[serde(rename = "actions")]
    buttons: Vec<Action>,
    #[serde(default)]
    container: Option<Container>,
    #[serde(default)]
    channel: Option<Channel>,
    #[serde(default)]
    message: Option<Message>,
    #[serde(default)]
    trigger_id: Option<String>,
    #[serde(default)]
    response_url: Option<String>,
}

#[derive(Deserialize)]
struct Action {
    action_id: String,
    #[serde(default)]
    value: Option<String>,
}

#[derive(Deserialize)]
struct Container {
    #[serde(default)]
    message_ts: Option<String>,
    #[serde(default)]
    channel_id: Option<String>,
}

#[derive(Deserialize)]
struct Channel {
    id: String,
    #[serde(default)]
    name: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    ts: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Submitted {
    #[serde(flatten)]
    by: Origin,
    view: View,
}

#[derive(Deserialize)]
struct View {
    #[serde(default)]
    callback_id: String,
    #[serde(default)]
    private_metadata: String,
    #[serde(default)]
    state: Option<State>,
}

#[derive(Default, Deserialize)]
struct State {
    #[serde(default)]
    values: BTreeMap<String, BTreeMap<String, Typed>>,
}

#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    value: Option<String>,
}

#[derive(Deserialize)]
struct Origin {
    user: User,
    #[serde(default)]
    team: Option<Team>,
    #[serde(default)]
    api_app_id: Option<String>,
}

#[derive(Deserialize)]
struct User {
    id: String,
    #[serde(default)]
    team_id: Option<String>,
}

#[derive(Deserialize)]
struct Team {
    id: String,
}

impl From<Origin> for Actor {
    fn from(origin: Origin) -> Self {
        let Origin { user, team, api_app_id } = origin;
        let home = user.team_id;
        Self { user: user.id, team: team.map(|team| team.id).or_else(|| home.clone()), home, app: api_app_id }
    }
}

impl From<Actions> for Interaction {
    /// Slack sends one action at a time.
    fn from(sent: Actions) -> Self {
        let place = sent.place();
        let Some(action) = sent.buttons.into_iter().next() else { return Self::Unknown };
        Self::BlockActions(Click {
            by: sent.by.into(),
            action_id: action.action_id,
            request: action.value.and_then(|value| RequestId::parse(&value).ok()),
            place,
            trigger: sent.trigger_id.map(SlackTrigger::new),
            reply: sent.response_url.map(SlackReply::new),
        })
    }
}

impl Actions {
    /// The message, by its container or by itself.
    fn place(&self) -> Option<Place> {
        let container = self.container.as_ref();
        let channel = container.and_then(|container| container.channel_id.clone());
        let ts = container.and_then(|container| container.message_ts.clone());
        Some(Place {
            channel: channel.or_else(|| self.channel.as_ref().map(|channel| channel.id.clone()))?,
            name: self.channel.as_ref().and_then(|channel| channel.name.clone()),
            ts: ts.or_else(|| self.message.as_ref()?.ts.clone())?,
        })
    }
}

impl From<Submitted> for Submission {
    fn from(Submitted { by, view }: Submitted) -> Self {
        let mut values = view.state.unwrap_or_default().values;
        let mut typed = |field| values.remove(field).and_then(|mut block| block.remove(field)?.value);
        Self {
            by: by.into(),
            about: serde_json::from_str(&view.private_metadata).ok(),
            phrase: typed(PHRASE),
            reason: typed(REASON),
            callback_id: view.callback_id,
        }
    }
}
