//! Response URLs: answering an interaction later, without a token
//! (<https://docs.slack.dev/interactivity/handling-user-interaction>).

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::{Request, StatusCode};
use serde_json::{Value, json};

use crate::http::{self, Answer};
use crate::json::{flag, list, text};
use crate::workspace::{Draft, ResponseUrl, Version, Workspace};
use crate::{StandIn, check, clock};

/// Answers what an app sends to a response URL.
pub(crate) async fn respond(stand_in: &Arc<StandIn>, token: &str, request: Request<Incoming>) -> Answer {
    let body = http::read(request.into_body()).await.unwrap_or_default();
    let Ok(said @ Value::Object(_)) = serde_json::from_slice(&body) else {
        return refused(StatusCode::BAD_REQUEST, "invalid_payload");
    };
    let mut workspace = stand_in.workspace();
    let Some(url) = workspace.triggers.respond(token, clock::now()) else {
        return refused(StatusCode::NOT_FOUND, "used_url");
    };
    match carry_out(&mut workspace, &url, &said) {
        Ok(()) => http::plain(StatusCode::OK, "ok"),
        Err(error) => refused(StatusCode::BAD_REQUEST, error),
    }
}

fn refused(status: StatusCode, error: &str) -> Answer {
    http::json(status, &json!({ "ok": false, "error": error }))
}

fn carry_out(workspace: &mut Workspace, url: &ResponseUrl, said: &Value) -> Result<(), &'static str> {
    let now = clock::now();
    if flag(said, "delete_original") {
        let message = workspace.messages.find_mut(&url.channel, &url.ts);
        if let Some(message) = message {
            message.is_deleted = true;
        }
        return Ok(());
    }
    let mut blocks = list(said, "blocks").to_vec();
    let text = text(said, "text").unwrap_or_default().to_owned();
    if text.is_empty() && blocks.is_empty() {
        return Err("no_text");
    }
    if !check::message(&blocks).is_empty() {
        return Err("invalid_blocks");
    }
    check::complete(&mut blocks);
    let version = Version { at: now, text, blocks };
    if flag(said, "replace_original") {
        let message = workspace.messages.find_mut(&url.channel, &url.ts);
        if let Some(message) = message {
            message.edit(version);
        }
        return Ok(());
    }
    let is_for_all = said.get("response_type").is_some_and(|kind| kind == "in_channel");
    let draft = Draft {
        channel: url.channel.clone(),
        thread_ts: crate::json::said(said, "thread_ts").map(str::to_owned),
        reader: (!is_for_all).then(|| url.user.clone()),
        metadata: Value::Null,
        version,
    };
    let ts = workspace.stamp(now);
    workspace.messages.post(ts, draft);
    Ok(())
}
