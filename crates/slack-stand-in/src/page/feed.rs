//! The messages of a channel, as one user sees them.

use std::time::Duration;

use super::blocks::{Place, block};
use super::{Seat, date, escape, mrkdwn};
use crate::workspace::{Message, Workspace};

/// The part of the page that changes by itself.
pub(super) fn feed(workspace: &Workspace, seat: &Seat, now: Duration) -> String {
    let seen: Vec<_> = workspace
        .messages
        .all()
        .iter()
        .filter(|message| message.channel == seat.channel && message.is_seen_by(&seat.user))
        .collect();
    let is_parent = |ts: &str| seen.iter().any(|message| message.ts == ts);
    let mut parts = Vec::new();
    for message in &seen {
        // A reply to what this user does not see stands alone.
        if message.thread_ts.as_deref().is_some_and(is_parent) {
            continue;
        }
        let replies: String = seen
            .iter()
            .filter(|reply| reply.thread_ts.as_deref() == Some(&message.ts))
            .map(|reply| one(workspace, seat, reply, now))
            .collect();
        parts.push(one(workspace, seat, message, now));
        if !replies.is_empty() {
            parts.push(format!(r#"<div class="thread">{replies}</div>"#));
        }
    }
    if parts.is_empty() {
        parts.push(r#"<p class="none">No messages yet.</p>"#.to_owned());
    }
    // The page is loaded anew when another view is before the user.
    let view = workspace.views.before(&seat.user).map(|view| format!("{} {}", view.id, view.hash));
    format!(r#"<div id="state" data-view="{}"></div>{}"#, escape(&view.unwrap_or_default()), parts.concat())
}

fn one(workspace: &Workspace, seat: &Seat, message: &Message, now: Duration) -> String {
    let place = Place { workspace, seat, message: Some(message), now };
    let body = if message.current.blocks.is_empty() {
        format!("<p>{}</p>", mrkdwn::html(&message.current.text, workspace, now))
    } else {
        message.current.blocks.iter().map(|found| block(&place, found)).collect()
    };
    let posted = message.ts.split('.').next().and_then(|at| at.parse().ok()).unwrap_or_default();
    let posted = date::words("{time_secs}", posted, now);
    let edited = match message.history.len() {
        0 => String::new(),
        1 => r#" <small class="edited">(edited)</small>"#.to_owned(),
        times => format!(r#" <small class="edited">(edited {times} times)</small>"#),
    };
    let only = if message.reader.is_some() { r#"<p class="only">Only visible to you</p>"# } else { "" };
    let notice = workspace.notices.find(&seat.user, &message.channel, &message.ts);
    let notice =
        notice.map(|notice| format!(r#"<p class="notice" role="alert">{}</p>"#, escape(&notice.text)));
    let kind = if message.reader.is_some() { "message ephemeral" } else { "message" };
    format!(
        r#"<article class="{kind}">{only}<header><b>countersign</b> <small class="app">APP</small> <time>{posted}</time>{edited}</header>{body}{}</article>"#,
        notice.unwrap_or_default()
    )
}
