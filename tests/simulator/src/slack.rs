//! People in Slack: they see messages, press buttons, and fill in modals. What they send is signed as Slack signs it.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use common::adapters::memory::{Call, SlackPost};
use common::domain::{Choice, Confirmation, Request, RequestId};
use common::render::slack::{APPROVE, PHRASE, REASON, REJECT};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::functions::Role;
use crate::people::{Deed, EVERYBODY, Visit};
use crate::queue::Event;
use crate::scenario::{moment, person};
use crate::world::{Purpose, World};

pub(crate) const SECRET: &str = "SIGNING-SECRET-of-the-simulator";
pub(crate) const TEAM: &str = "T0SIMULATED";
pub(crate) const APP: &str = "A0SIMULATED";

/// Somebody presses a button.
#[derive(Clone, Debug)]
pub(crate) struct Press {
    name: &'static str,
    channel: String,
    ts: String,
    value: String,
    choice: Choice,
}

/// Somebody submits a modal.
#[derive(Clone, Debug)]
pub(crate) struct Submission {
    name: &'static str,
    modal: Value,
    is_right: bool,
}

/// Somebody waits in Slack.
#[derive(Clone, Debug)]
pub(crate) enum Waiting {
    /// Having pressed a button.
    Pressed(Press),
    /// Having submitted a modal.
    Submitted(Submission),
}

/// The account of a person.
pub(crate) fn account(name: &str) -> String {
    format!("U0{}", name.to_uppercase())
}

impl World {
    /// Messages have come: those in the conversation will see them.
    pub(crate) fn notice_messages(&mut self) {
        if !self.scenario.slack {
            return;
        }
        let posts = self.memory.slack_posts_from(self.people.messages);
        self.people.messages += posts.len();
        for post in posts {
            self.checks.posted(&post);
            let Some(value) = button(&post) else { continue };
            for name in EVERYBODY {
                let is_there =
                    post.place.channel == "C0DEPLOY" || post.place.channel == format!("D-{}", account(name));
                // A stranger seldom cares.
                if is_there && self.choices.chance(if name == "eve" { 50 } else { 600 }) {
                    self.click_on(name, &post, &value);
                }
            }
        }
    }

    fn click_on(&mut self, name: &'static str, post: &SlackPost, value: &str) {
        let press = |choice| {
            let (channel, ts, value) = (post.place.channel.clone(), post.place.ts.clone(), value.to_owned());
            Event::Deed(Deed::Press(Press { name, channel, ts, value, choice }))
        };
        let at = moment(&mut self.choices);
        match self.choices.below(5) {
            0 | 1 => self.plan_in(at, press(Choice::Approve)),
            2 => self.plan_in(at, press(Choice::Reject)),
            3 => {
                self.plan_in(at, press(Choice::Approve));
                self.plan_in(at, press(Choice::Approve));
            }
            _ => {
                self.plan_in(at, press(Choice::Approve));
                self.plan_in(at, press(Choice::Reject));
            }
        }
    }

    pub(crate) fn press(&mut self, press: Press) {
        let action = match press.choice {
            Choice::Approve => APPROVE,
            Choice::Reject => REJECT,
        };
        let by_button = |request: &Request| request.level.confirmation == Confirmation::Button;
        if press.choice == Choice::Approve
            && let Some(request) = self.request_named(&press.value).filter(by_button)
        {
            self.checks.means(&request.id, &person(press.name), press.choice);
        }
        let payload = json!({
            "type": "block_actions",
            "user": { "id": account(press.name), "team_id": TEAM }, "team": { "id": TEAM }, "api_app_id": APP,
            "container": { "type": "message", "message_ts": press.ts, "channel_id": press.channel },
            "channel": { "id": press.channel, "name": "deployments" }, "trigger_id": "1.2.trigger",
            "response_url": "https://hooks.slack.com/actions/reply",
            "actions": [{ "action_id": action, "value": press.value }],
        });
        self.send_as_slack(&payload, Waiting::Pressed(press));
    }

    pub(crate) fn submit(&mut self, submission: Submission) {
        let modal = &submission.modal;
        let about = about(modal).and_then(|(id, choice)| Some((self.request_named(&id)?, choice)));
        if let Some((request, choice)) = about.as_ref().filter(|_| submission.is_right) {
            self.checks.means(&request.id, &person(submission.name), *choice);
        }
        let phrase = about.as_ref().map(|(request, _)| request.phrase()).filter(|_| submission.is_right);
        let phrase = phrase.unwrap_or("wrong");
        let reason = if submission.is_right { "not on a Friday" } else { "" };
        let field = |name: &str, text: &str| json!({ name: { "type": "plain_text_input", "value": text } });
        let payload = json!({
            "type": "view_submission",
            "user": { "id": account(submission.name), "team_id": TEAM }, "team": { "id": TEAM }, "api_app_id": APP,
            "view": {
                "callback_id": modal["callback_id"], "private_metadata": modal["private_metadata"],
                "state": { "values": { PHRASE: field(PHRASE, phrase), REASON: field(REASON, reason) } },
            },
        });
        self.send_as_slack(&payload, Waiting::Submitted(submission));
    }

    fn request_named(&self, id: &str) -> Option<Request> {
        self.memory.stored_request(&RequestId::parse(id).ok()?)
    }

    fn send_as_slack(&mut self, payload: &Value, waiting: Waiting) {
        let body = format!("payload={}", urlencoding::encode(&payload.to_string()));
        let timestamp = self.now().as_second().to_string();
        let signature = sign(&timestamp, &body);
        let event = json!({
            "httpMethod": "POST", "path": "/slack/interactions", "headers": null,
            "multiValueHeaders": {
                "X-Slack-Request-Timestamp": [timestamp], "X-Slack-Signature": [signature],
            },
            "queryStringParameters": null, "multiValueQueryStringParameters": null,
            "requestContext": { "httpMethod": "POST", "requestTimeEpoch": self.now().as_millisecond() },
            "body": body, "isBase64Encoded": false,
        });
        self.invoke(Role::SlackInteraction, event, Purpose::Visit(Visit::Slack(waiting)));
    }

    /// Whoever sees a modal fills it in; whoever typed the wrong thing tries once more.
    pub(crate) fn hear_in_slack(
        &mut self,
        waiting: Waiting,
        response: Option<&ApiGatewayProxyResponse>,
        calls: &[Call],
    ) {
        match waiting {
            Waiting::Pressed(press) => {
                if !calls.contains(&Call::OpenSlackModal) {
                    return;
                }
                let wanted = (press.value.clone(), press.choice);
                let mut opened = self.memory.slack_modals();
                opened.retain(|modal| about(&modal.0).as_ref() == Some(&wanted));
                if let Some(modal) = opened.pop() {
                    let is_right = self.choices.chance(850);
                    let submission = Submission { name: press.name, modal: modal.0, is_right };
                    let after = SignedDuration::from_secs(1 + i64::from(self.choices.below(30)));
                    self.plan_in(after, Event::Deed(Deed::Submit(submission)));
                }
            }
            Waiting::Submitted(submission) => {
                let failed = response.is_none_or(|response| response.status_code != 200);
                if failed || !submission.is_right {
                    let again = Submission { is_right: true, ..submission };
                    if self.choices.chance(700) {
                        self.plan_in(SignedDuration::from_secs(5), Event::Deed(Deed::Submit(again)));
                    }
                }
            }
        }
    }
}

/// Which request a modal is about, and what submitting it says.
fn about(modal: &Value) -> Option<(String, Choice)> {
    let about: Value = serde_json::from_str(modal.get("private_metadata")?.as_str()?).ok()?;
    let choice = serde_json::from_value(about.get("choice")?.clone()).ok()?;
    Some((about.get("request")?.as_str()?.to_owned(), choice))
}

/// The request that the button of a message carries, if it has one that approves.
fn button(post: &SlackPost) -> Option<String> {
    let blocks = post.card.blocks.as_array()?;
    let elements = blocks.iter().filter_map(|block| block.get("elements")?.as_array()).flatten();
    let approves = |element: &&Value| element.get("action_id").and_then(Value::as_str) == Some(APPROVE);
    Some(elements.into_iter().find(approves)?.get("value")?.as_str()?.to_owned())
}

fn sign(timestamp: &str, body: &str) -> String {
    let mut mac = match Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()) {
        Ok(mac) => mac,
        Err(error) => panic!("HMAC takes keys of any length: {error}"),
    };
    mac.update(format!("v0:{timestamp}:{body}").as_bytes());
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}
