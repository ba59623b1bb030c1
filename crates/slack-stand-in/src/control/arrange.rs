//! Preparing the workspace: people, channels, and what is to go wrong.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Refused, Result, required};
use crate::StandIn;
use crate::json::{flag, list, number, said, text};
use crate::workspace::{Channel, Fault, Kind, User};

pub(super) fn fault(stand_in: &StandIn, body: &Value) -> Result {
    let code = |otherwise| {
        let status = number(body, "status").unwrap_or(otherwise);
        u16::try_from(status).ok().filter(|code| (100..=999).contains(code)).ok_or(Refused::Unknown("status"))
    };
    let kind = match text(body, "kind") {
        Some("ok_false") => Kind::OkFalse(said(body, "error").unwrap_or("internal_error").to_owned()),
        Some("status") => Kind::Status(code(503)?),
        Some("html") => Kind::Html(code(502)?),
        Some("hang") => Kind::Hang(Duration::from_secs(number(body, "seconds").unwrap_or(5))),
        Some("rate_limited") => Kind::RateLimited(number(body, "retry_after").unwrap_or(1)),
        Some(_) => return Err(Refused::Unknown("kind")),
        None => return Err(Refused::Missing("kind")),
    };
    stand_in.workspace().faults.add(Fault {
        method: said(body, "method").unwrap_or("*").to_owned(),
        matching: said(body, "matching").map(str::to_owned),
        kind,
        has_effect: flag(body, "effect"),
        times: number(body, "times").unwrap_or(1),
    });
    Ok(json!({}))
}

pub(super) fn user(stand_in: &StandIn, body: &Value) -> Result {
    let id = required(body, "id")?;
    let name = said(body, "name").unwrap_or(&id).to_owned();
    let email = said(body, "email").map(str::to_owned);
    let user = User { name, email, is_deleted: flag(body, "deleted"), is_bot: flag(body, "is_bot"), id };
    stand_in.workspace().users.put(user);
    Ok(json!({}))
}

pub(super) fn channel(stand_in: &StandIn, body: &Value) -> Result {
    let id = required(body, "id")?;
    let name = said(body, "name").unwrap_or(&id).to_owned();
    let members = list(body, "members").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let has_app = !flag(body, "without_app");
    let is_archived = flag(body, "archived");
    stand_in.workspace().channels.put(Channel { id, name, members, is_direct: false, is_archived, has_app });
    Ok(json!({}))
}

pub(super) fn rate_limit(stand_in: &StandIn, body: &Value) -> Result {
    let is_on = body.get("on").and_then(Value::as_bool).ok_or(Refused::Missing("on"))?;
    stand_in.workspace().rate.is_on = is_on;
    Ok(json!({}))
}
