//! Sending an interaction to the app, signed, and what came back.

use std::sync::Arc;

use hyper::body::Bytes;
use hyper::header;
use serde_json::{Value, json};

use super::NotPossible;
use crate::app::{self, Answered, Sent};
use crate::signature::{SIGNATURE, TIMESTAMP};
use crate::{StandIn, clock, sign};

const FORM: &str = "application/x-www-form-urlencoded";
const AGENT: &str = "Slackbot 1.0 (+https://api.slack.com/robots)";

/// A request to the app, and its answer.
#[derive(Debug)]
pub(crate) struct Delivered {
    /// Under which it can be sent again.
    pub(crate) id: String,
    pub(crate) trigger: Option<String>,
    pub(crate) answered: Answered,
}

impl Delivered {
    /// For tests: what the app answered, and the view that it opened meanwhile.
    pub(crate) fn to_json(&self, stand_in: &StandIn) -> Value {
        let workspace = stand_in.workspace();
        let view = self.trigger.as_deref().and_then(|trigger| workspace.views.opened_by(trigger));
        let mut told = self.answered.to_json();
        if let Some(fields) = told.as_object_mut() {
            fields.insert("id".to_owned(), self.id.as_str().into());
            fields.insert("trigger_id".to_owned(), self.trigger.as_deref().into());
            let view = view.map(|view| view.to_json(&stand_in.credentials, &json!({})));
            fields.insert("view".to_owned(), view.into());
        }
        told
    }
}

/// Sends a payload as Slack would, signed now.
pub(crate) async fn deliver(stand_in: &Arc<StandIn>, payload: &Value, trigger: Option<String>) -> Delivered {
    let body =
        form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload.to_string()).finish();
    let mut headers = vec![
        (header::CONTENT_TYPE.to_string(), FORM.to_owned()),
        (header::USER_AGENT.to_string(), AGENT.to_owned()),
        (header::ACCEPT.to_string(), "application/json,*/*".to_owned()),
    ];
    headers.extend(signed(stand_in, body.as_bytes()));
    send(stand_in, Sent { headers, body: Bytes::from(body) }, trigger).await
}

/// Sends a former request once more, byte for byte, with the signature of then.
pub(crate) async fn replay(stand_in: &Arc<StandIn>, id: Option<&str>) -> Result<Delivered, NotPossible> {
    let sent = stand_in.workspace().requests.find(id).ok_or(NotPossible::NothingSent)?;
    Ok(send(stand_in, sent, None).await)
}

/// Sends any bytes with any headers; signed on request.
pub(crate) async fn send_raw(
    stand_in: &Arc<StandIn>,
    body: Bytes,
    mut headers: Vec<(String, String)>,
    is_signed: bool,
) -> Delivered {
    if is_signed {
        headers.extend(signed(stand_in, &body));
    }
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        headers.push((header::CONTENT_TYPE.to_string(), FORM.to_owned()));
    }
    send(stand_in, Sent { headers, body }, None).await
}

fn signed(stand_in: &StandIn, body: &[u8]) -> [(String, String); 2] {
    let timestamp = clock::now().as_secs();
    let signature = sign(&stand_in.credentials.signing_secret, timestamp, body);
    [(TIMESTAMP.to_owned(), timestamp.to_string()), (SIGNATURE.to_owned(), signature)]
}

async fn send(stand_in: &Arc<StandIn>, sent: Sent, trigger: Option<String>) -> Delivered {
    let id = {
        let mut workspace = stand_in.workspace();
        let number = workspace.number();
        workspace.requests.add(number, sent.clone())
    };
    let answered = app::send(&stand_in.interactivity, &sent).await;
    Delivered { id, trigger, answered }
}
