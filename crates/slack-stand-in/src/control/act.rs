//! Acting as a pretend user, or as somebody who pretends to be Slack.

use std::sync::Arc;

use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Refused, Result, required};
use crate::StandIn;
use crate::interaction::{self, Click, Delivered, NotPossible, Submission};
use crate::json::{flag, number, text};

/// More requests at once than any test needs.
const MOST_AT_ONCE: u64 = 100;

/// Does the same as often as the body asks, all at once. Gives every answer.
async fn at_once<W>(stand_in: &Arc<StandIn>, body: &Value, work: impl Fn(Arc<StandIn>) -> W) -> Result
where
    W: Future<Output = std::result::Result<Delivered, NotPossible>> + Send + 'static,
{
    let times = number(body, "times").unwrap_or(1).min(MOST_AT_ONCE);
    let mut running = JoinSet::new();
    for _ in 0..times {
        running.spawn(work(Arc::clone(stand_in)));
    }
    let mut answers = Vec::new();
    for delivered in running.join_all().await {
        answers.push(delivered?.to_json(stand_in));
    }
    Ok(json!({ "answers": answers }))
}

fn changes(body: &Value) -> Value {
    body.get("patch").cloned().unwrap_or_default()
}

pub(super) async fn click(stand_in: &Arc<StandIn>, body: &Value) -> Result {
    let click = Click {
        user: required(body, "user")?,
        channel: required(body, "channel")?,
        ts: required(body, "ts")?,
        action_id: required(body, "action_id")?,
        patch: changes(body),
    };
    at_once(stand_in, body, |stand_in| {
        let click = click.clone();
        async move { interaction::click(&stand_in, &click).await }
    })
    .await
}

pub(super) async fn submit(stand_in: &Arc<StandIn>, body: &Value) -> Result {
    let submission = Submission {
        user: required(body, "user")?,
        view: required(body, "view_id")?,
        values: body.get("values").cloned().unwrap_or_default(),
        patch: changes(body),
        is_unchecked: flag(body, "unchecked"),
    };
    at_once(stand_in, body, |stand_in| {
        let submission = submission.clone();
        async move { interaction::submit(&stand_in, &submission).await }
    })
    .await
}

pub(super) async fn close(stand_in: &Arc<StandIn>, body: &Value) -> Result {
    let (user, view) = (required(body, "user")?, required(body, "view_id")?);
    let delivered = interaction::close(stand_in, &user, &view).await?;
    let answers: Vec<_> = delivered.iter().map(|delivered| delivered.to_json(stand_in)).collect();
    Ok(json!({ "answers": answers }))
}

pub(super) async fn replay(stand_in: &Arc<StandIn>, body: &Value) -> Result {
    let id = text(body, "id").map(str::to_owned);
    at_once(stand_in, body, |stand_in| {
        let id = id.clone();
        async move { interaction::replay(&stand_in, id.as_deref()).await }
    })
    .await
}

pub(super) async fn send(stand_in: &Arc<StandIn>, body: &Value) -> Result {
    let bytes = match (text(body, "body"), text(body, "body_hex")) {
        (Some(text), None) => Bytes::from(text.to_owned()),
        (None, Some(digits)) => Bytes::from(hex::decode(digits).map_err(|_| Refused::Unknown("body_hex"))?),
        _ => return Err(Refused::Missing("body")),
    };
    let headers = headers(body)?;
    let is_signed = flag(body, "signed");
    at_once(stand_in, body, |stand_in| {
        let (bytes, headers) = (bytes.clone(), headers.clone());
        async move { Ok(interaction::send_raw(&stand_in, bytes, headers, is_signed).await) }
    })
    .await
}

/// By name; a list sends a header several times.
fn headers(body: &Value) -> std::result::Result<Vec<(String, String)>, Refused> {
    let wrong = || Refused::Missing("headers");
    let mut all = Vec::new();
    match body.get("headers") {
        None | Some(Value::Null) => {}
        Some(Value::Object(headers)) => {
            for (name, value) in headers {
                let values = match value {
                    Value::Array(values) => values.as_slice(),
                    one => std::slice::from_ref(one),
                };
                for value in values {
                    all.push((name.clone(), value.as_str().ok_or_else(wrong)?.to_owned()));
                }
            }
        }
        Some(_) => return Err(wrong()),
    }
    Ok(all)
}
