//! What stands around the messages: who one is, and where one can go.

use std::time::Duration;

use super::{Seat, escape, feed, modal};
use crate::PATH;
use crate::workspace::{Channel, Workspace};

/// The whole page.
pub(super) fn page(workspace: &Workspace, seat: &Seat, now: Duration) -> String {
    let title = workspace.channels.find(&seat.channel).map(|channel| name(workspace, channel));
    let title = title.unwrap_or_default();
    let query = escape(&seat.query());
    let people = people(workspace, seat);
    let (channels, direct) = channels(workspace, seat);
    let feed = feed::feed(workspace, seat, now);
    let modal = modal::modal(workspace, seat, now);
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title} - Slack stand-in - Countersign</title>
<link rel="stylesheet" href="{PATH}/page.css">
<script src="{PATH}/page.js" defer></script>
<noscript><meta http-equiv="refresh" content="5"></noscript>
</head>
<body>
<nav>
<h1>Slack stand-in</h1>
<h2>You are</h2>{people}
<h2>Channels</h2><ul>{channels}</ul>
<h2>Direct messages</h2><ul>{direct}</ul>
</nav>
<main>
<h2>{title}</h2>
<div id="feed" data-source="{PATH}/feed?{query}">{feed}</div>
</main>
{modal}
</body>
</html>
"#
    )
}

fn name(workspace: &Workspace, channel: &Channel) -> String {
    if !channel.is_direct {
        return escape(&format!("# {}", channel.name));
    }
    let member = |id: &String| workspace.users.find(id).map_or(id.clone(), |user| user.name.clone());
    escape(&format!("countersign, {}", channel.members.iter().map(member).collect::<Vec<_>>().join(", ")))
}

fn people(workspace: &Workspace, seat: &Seat) -> String {
    let mut links = String::new();
    for user in workspace.users.people() {
        let there = Seat { user: user.id.clone(), channel: seat.channel.clone() };
        let email = escape(user.email.as_deref().unwrap_or("no address"));
        links.push_str(&link(
            &there,
            user.id == seat.user,
            &format!("{} <small>{email}</small>", escape(&user.name)),
        ));
    }
    let email = workspace.users.find(&seat.user).and_then(|user| user.email.as_deref()).unwrap_or_default();
    format!(
        r#"<ul>{links}</ul><form class="email" method="post" action="{PATH}/email">{}<label>Your address <input name="email" value="{}"></label><button class="button default">Set</button></form>"#,
        seat.fields(),
        escape(email)
    )
}

/// The links to the channels, and those to the direct messages.
fn channels(workspace: &Workspace, seat: &Seat) -> (String, String) {
    let (mut open, mut direct) = (String::new(), String::new());
    for channel in workspace.channels.all().iter().filter(|channel| channel.has(&seat.user)) {
        let there = Seat { user: seat.user.clone(), channel: channel.id.clone() };
        let state = match channel {
            Channel { is_archived: true, .. } => " <small>archived</small>",
            _ => "",
        };
        let link = link(&there, channel.id == seat.channel, &format!("{}{state}", name(workspace, channel)));
        if channel.is_direct { &mut direct } else { &mut open }.push_str(&link);
    }
    (open, direct)
}

fn link(there: &Seat, is_here: bool, label: &str) -> String {
    let address = escape(&format!("{PATH}/?{}", there.query()));
    let here = if is_here { r#" aria-current="page""# } else { "" };
    format!(r#"<li><a href="{address}"{here}>{label}</a></li>"#)
}
