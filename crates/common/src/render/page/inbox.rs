//! What else waits for the holder of a link.

use askama::Template;
use jiff::Timestamp;

use crate::domain::{EmailAddress, LinkToken, Request, Wanted};
use crate::ports::Listed;

use super::super::filled;
use super::super::texts::{SAY, count, fill};
use super::super::untrusted::Shown;
use super::super::when::{Moment, span};
use super::style::STYLE;

/// Somebody looks at what else waits for them.
#[derive(Clone, Copy, Debug)]
pub struct Inbox<'a> {
    /// The request that their link opens.
    pub request: &'a Request,
    /// To whom the link was sent.
    pub holder: &'a EmailAddress,
    /// The link's token; the page hands it back with the form.
    pub token: &'a LinkToken,
    /// What waits for them, the newest first.
    pub listed: &'a [Listed],
    /// What came of the link that they wanted, if they wanted one.
    pub wanted: Option<Wanted>,
    /// When.
    pub now: Timestamp,
}

struct Row {
    id: String,
    title: Shown,
    requester: Option<String>,
    opened: Moment,
    age: String,
    left: Option<String>,
}

#[derive(Template)]
#[template(path = "page/inbox.html")]
struct Page {
    rows: Vec<Row>,
    intro: String,
    told: Option<(&'static str, String)>,
    belongs: String,
    back: String,
    token: String,
}

/// The page with everything else that waits for somebody.
pub fn inbox(inbox: &Inbox<'_>) -> String {
    let Inbox { request, holder, token, listed, wanted, now } = inbox;
    let others = listed.iter().filter(|listed| listed.id != request.id);
    filled(&Page {
        rows: others.map(|listed| row(listed, *now)).collect(),
        intro: fill(SAY.inbox_intro, &[("person", holder)]),
        told: wanted.map(|wanted| told(wanted, holder)),
        belongs: fill(SAY.holder, &[("person", holder)]),
        back: fill(SAY.inbox_back, &[("title", &Shown::line(&request.facts.title()))]),
        token: token.expose(),
    })
}

fn row(listed: &Listed, now: Timestamp) -> Row {
    let requester = listed.requested_by.as_ref();
    let age = span(listed.opened_at, now).unwrap_or_else(|| count(SAY.minutes, 0));
    Row {
        id: listed.id.to_string(),
        title: Shown::line(&listed.title),
        requester: requester.map(|person| fill(SAY.inbox_requester, &[("person", person)])),
        opened: Moment(listed.opened_at),
        age: fill(SAY.inbox_age, &[("span", &age)]),
        left: listed.deadline.map(|deadline| match span(now, deadline) {
            Some(span) => fill(SAY.inbox_left, &[("span", &span)]),
            None => SAY.time_is_up.to_owned(),
        }),
    }
}

fn told(wanted: Wanted, holder: &EmailAddress) -> (&'static str, String) {
    match wanted {
        Wanted::Noted => ("good", fill(SAY.inbox_noted, &[("person", holder)])),
        Wanted::Lately => ("calm", fill(SAY.inbox_lately, &[("person", holder)])),
        Wanted::NotAwaited => ("calm", SAY.inbox_not_awaited.to_owned()),
    }
}
