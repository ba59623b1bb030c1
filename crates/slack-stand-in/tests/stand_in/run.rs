//! A stand-in and an app that know each other.

use std::sync::Arc;

use serde_json::{Value, json};
use slack_stand_in::{Credentials, StandIn};

use crate::app::App;
use crate::wire::{self, Reply};

pub(crate) const DEPLOYMENTS: &str = "C0DEPLOY";
pub(crate) const ANA: &str = "U0ANA";
pub(crate) const BEN: &str = "U0BEN";

pub(crate) struct Run {
    pub(crate) app: App,
    pub(crate) credentials: Credentials,
    /// The stand-in, without a slash at the end.
    pub(crate) url: String,
}

impl Run {
    pub(crate) async fn start() -> Self {
        let credentials = Credentials::random().unwrap();
        let (front, front_address) = wire::listen().await;
        let (behind, app_address) = wire::listen().await;
        let stand_in =
            StandIn::new(credentials.clone(), &front_address, &format!("{app_address}/slack/interactions"));
        let secret: Value = serde_json::from_str(&stand_in.secret()).unwrap();
        let url = stand_in.url().to_owned();
        wire::serve(front, move |request| {
            let stand_in = Arc::clone(&stand_in);
            async move { stand_in.answer(request).await }
        });
        let app = App::default();
        let token = format!("Bearer {}", secret["botToken"].as_str().unwrap());
        *app.api.lock().unwrap() = (secret["apiUrl"].as_str().unwrap().to_owned(), token);
        let (serving, signing_secret) = (app.clone(), credentials.signing_secret.clone());
        wire::serve(behind, move |request| serving.clone().answer(signing_secret.clone(), request));
        Self { app, credentials, url }
    }

    /// Calls the Web API as the app does.
    pub(crate) async fn call(&self, method: &str, arguments: Value) -> Value {
        self.call_reply(method, arguments).await.json()
    }

    pub(crate) async fn call_reply(&self, method: &str, arguments: Value) -> Reply {
        let token = format!("Bearer {}", self.credentials.bot_token);
        let headers =
            [("authorization", token.as_str()), ("content-type", "application/json; charset=utf-8")];
        wire::send("POST", &format!("{}/api/{method}", self.url), &headers, arguments.to_string()).await
    }

    /// Posts to the deployments channel. Gives the message's time stamp.
    pub(crate) async fn post(&self, blocks: Value) -> String {
        let posted = self
            .call("chat.postMessage", json!({"channel": DEPLOYMENTS, "text": "t", "blocks": blocks}))
            .await;
        assert_eq!(posted["ok"], true, "{posted}");
        posted["ts"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn control(&self, command: &str, body: Value) -> Value {
        let reply = self.control_reply("POST", command, body).await;
        assert_eq!(reply.status, 200, "{command}: {reply:?}");
        reply.json()
    }

    pub(crate) async fn control_reply(&self, method: &str, command: &str, body: Value) -> Reply {
        let url = format!("{}/control/{command}", self.url);
        wire::send(method, &url, &[("content-type", "application/json")], body.to_string()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        wire::send("GET", &format!("{}/{path}", self.url), &[], String::new()).await
    }

    pub(crate) async fn messages(&self) -> Vec<Value> {
        self.get("control/messages").await.json()["messages"].as_array().unwrap().clone()
    }

    pub(crate) async fn click(&self, user: &str, ts: &str, action_id: &str) -> Value {
        let body = json!({"user": user, "channel": DEPLOYMENTS, "ts": ts, "action_id": action_id});
        self.control("click", body).await["answers"][0].clone()
    }
}

/// A message with both buttons.
pub(crate) fn buttons() -> Value {
    json!([
        {"type": "header", "text": {"type": "plain_text", "text": "Deploy checkout <!channel>"}},
        {"type": "actions", "block_id": "decide", "elements": [
            {"type": "button", "action_id": "approve_deployment", "style": "primary", "value": "r-1",
             "text": {"type": "plain_text", "text": "Approve"},
             "confirm": {
                "title": {"type": "plain_text", "text": "Sure?"}, "text": {"type": "plain_text", "text": "Really"},
                "confirm": {"type": "plain_text", "text": "Yes"}, "deny": {"type": "plain_text", "text": "No"}}},
            {"type": "button", "action_id": "reject_deployment", "style": "danger", "value": "r-1",
             "text": {"type": "plain_text", "text": "Reject"}},
        ]},
    ])
}

/// A modal that asks for a reason.
pub(crate) fn modal() -> Value {
    json!({
        "type": "modal", "callback_id": "reject", "private_metadata": "r-1", "notify_on_close": true,
        "title": {"type": "plain_text", "text": "Reject"}, "submit": {"type": "plain_text", "text": "Reject"},
        "blocks": [{
            "type": "input", "block_id": "reason", "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "text", "multiline": true, "min_length": 3, "max_length": 20},
        }],
    })
}
