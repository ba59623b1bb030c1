//! Slack, as the people and the tests of a local run see it: through the page's control of the stand-in.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{Run, until, until_within};

/// More than a claim, a minute, and what is done then.
const SCHEDULE: Duration = Duration::from_mins(4);

/// The workspace that the stack posts to.
pub struct Slack {
    run: Run,
    /// Where the stand-in is.
    url: String,
}

/// A message, as it stands now.
#[derive(Clone, Debug)]
pub struct Message {
    /// The conversation's id.
    pub channel: String,
    /// Its name in it.
    pub ts: String,
    /// The message whose thread it is in.
    pub thread: Option<String>,
    /// Who alone sees it.
    pub only_for: Option<String>,
    /// How often it was edited.
    pub edits: usize,
    /// What notifications show of it.
    pub text: String,
    /// All of it.
    pub blocks: Value,
}

/// What came of something that a person did.
#[derive(Debug)]
pub struct Interaction {
    /// The status of the app's answer.
    pub status: Option<u64>,
    /// The app's answer.
    pub body: String,
    /// Why Slack tells the person that it went wrong.
    pub trouble: Option<String>,
    /// The name by which it can be sent again.
    pub id: String,
    /// The id of the modal that the app opened.
    pub modal: Option<String>,
}

impl Run {
    /// The workspace that the stack posts to.
    pub fn slack(&self) -> Slack {
        Slack { run: self.clone(), url: self.slack_url().to_owned() }
    }
}

impl Slack {
    /// Where people look at it.
    pub fn page(&self) -> String {
        format!("{}/", self.url.trim_end_matches('/'))
    }

    /// Every message so far, in the order of posting.
    pub fn messages(&self) -> Vec<Message> {
        let answer = self.control("GET", "messages", &json!({}));
        let messages = answer.get("messages").and_then(Value::as_array);
        messages.into_iter().flatten().map(Message::read).collect()
    }

    /// Waits for the first message that `wanted` recognises.
    pub fn message(&self, what: &str, wanted: impl Fn(&Message) -> bool) -> Message {
        until(&format!("message in Slack {what}"), || self.messages().into_iter().find(&wanted))
    }

    /// Waits until a message is as it should be.
    pub fn message_when(&self, message: &Message, what: &str, wanted: impl Fn(&Message) -> bool) -> Message {
        self.message(what, |other| {
            (&other.channel, &other.ts) == (&message.channel, &message.ts) && wanted(other)
        })
    }

    /// Waits as long as it takes until the schedule has come by.
    pub fn message_in_the_end(
        &self,
        message: &Message,
        what: &str,
        wanted: impl Fn(&Message) -> bool,
    ) -> Message {
        until_within(SCHEDULE, &format!("message in Slack {what}"), || {
            let same = |other: &Message| (&other.channel, &other.ts) == (&message.channel, &message.ts);
            self.messages().into_iter().find(|other| same(other) && wanted(other))
        })
    }

    /// Gives somebody with this address an account.
    pub fn add_user(&self, user: &str, address: &str) {
        self.control("POST", "users", &json!({ "id": user, "email": address }));
    }

    /// Presses a button.
    pub fn click(&self, user: &str, message: &Message, action: &str) -> Interaction {
        self.click_with(user, message, action, &json!({})).remove(0)
    }

    /// Presses a button, with these keys besides.
    pub fn click_with(&self, user: &str, message: &Message, action: &str, keys: &Value) -> Vec<Interaction> {
        let click =
            json!({ "user": user, "channel": message.channel, "ts": message.ts, "action_id": action });
        self.interact("click", click, keys)
    }

    /// Fills in a modal and submits it.
    pub fn submit(&self, user: &str, modal: &str, values: &Value) -> Interaction {
        self.submit_with(user, modal, values, &json!({})).remove(0)
    }

    /// Fills in a modal and submits it, with these keys besides.
    pub fn submit_with(&self, user: &str, modal: &str, values: &Value, keys: &Value) -> Vec<Interaction> {
        self.interact("submit", json!({ "user": user, "view_id": modal, "values": values }), keys)
    }

    /// Sends something again that was sent before, byte for byte.
    pub fn replay(&self, interaction: &Interaction) -> Interaction {
        self.interact("replay", json!({ "id": interaction.id }), &json!({})).remove(0)
    }

    /// Presses the button and types the phrase or the reason into the modal that opens.
    pub fn answer(&self, user: &str, message: &Message, action: &str, typed: &Value) -> Interaction {
        let modal = self.click(user, message, action).modal;
        let modal = modal.unwrap_or_else(|| panic!("{action} opened no modal for {user}"));
        self.submit(user, &modal, typed)
    }

    /// Lets calls fail whose arguments have this text.
    pub fn fail(&self, matching: &str, fault: &Value) {
        let mut fault = fault.clone();
        if let Some(fault) = fault.as_object_mut() {
            fault.insert("matching".to_owned(), json!(matching));
        }
        self.control("POST", "faults", &fault);
    }

    /// Takes more messages than one a second and channel, as Slack does not.
    pub fn let_a_crowd_post(&self) {
        self.control("POST", "rate-limit", &json!({ "on": false }));
    }

    fn interact(&self, command: &str, mut body: Value, keys: &Value) -> Vec<Interaction> {
        if let (Some(body), Some(keys)) = (body.as_object_mut(), keys.as_object()) {
            body.extend(keys.clone());
        }
        let answer = self.control("POST", command, &body);
        let answers = answer.get("answers").and_then(Value::as_array);
        answers.into_iter().flatten().map(Interaction::read).collect()
    }

    fn control(&self, method: &str, command: &str, body: &Value) -> Value {
        let url = format!("{}/control/{command}", self.url);
        let answer = match method {
            "GET" => self.run.http().get(&url).call(),
            _ => self.run.http().post(&url).send(body.to_string()),
        };
        let mut answer = answer.unwrap_or_else(|error| panic!("{command}: {error}"));
        let text = answer.body_mut().with_config().limit(u64::MAX).read_to_string();
        let text = text.unwrap_or_else(|error| panic!("{command}: {error}"));
        assert!(answer.status().is_success(), "{command}: {} {text}", answer.status());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{command}: {error}"))
    }
}

impl Message {
    fn read(message: &Value) -> Self {
        let optional = |key: &str| message.get(key).and_then(Value::as_str).map(str::to_owned);
        let edits = message.get("edits").and_then(Value::as_u64).unwrap_or_default();
        Self {
            channel: optional("channel").unwrap_or_default(),
            ts: optional("ts").unwrap_or_default(),
            thread: optional("thread_ts"),
            only_for: optional("user"),
            edits: usize::try_from(edits).unwrap_or(usize::MAX),
            text: optional("text").unwrap_or_default(),
            blocks: message.get("blocks").cloned().unwrap_or_default(),
        }
    }

    /// Every text in it, one after the other.
    pub fn words(&self) -> String {
        let mut words = vec![self.text.clone()];
        texts(&self.blocks, &mut words);
        words.join("\n")
    }

    /// Whether it says this.
    pub fn says(&self, words: &str) -> bool {
        self.words().contains(words)
    }

    /// Whether it has buttons.
    pub fn has_buttons(&self) -> bool {
        let blocks = self.blocks.as_array().into_iter().flatten();
        blocks.into_iter().any(|block| block.get("type").is_some_and(|kind| kind == "actions"))
    }
}

impl Interaction {
    fn read(answer: &Value) -> Self {
        let text = |key: &str| answer.get(key).and_then(Value::as_str).map(str::to_owned);
        Self {
            status: answer.get("status").and_then(Value::as_u64),
            body: text("body").unwrap_or_default(),
            trouble: text("error"),
            id: text("id").unwrap_or_default(),
            modal: answer.pointer("/view/id").and_then(Value::as_str).map(str::to_owned),
        }
    }
}

/// The texts of blocks, in their order.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(keys) => {
            if let Some(text) = keys.get("text").and_then(Value::as_str) {
                found.push(text.to_owned());
            }
            keys.values().for_each(|item| texts(item, found));
        }
        _ => {}
    }
}
